"""The pins of Pyodide's files: whole, and every other file is named."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ci.pyodide import files


def test_every_package_that_the_course_needs_is_locked_with_all_that_it_depends_on() -> None:
    names = {name.replace("_", "-").lower() for name in files.locked()}
    assert {"numpy", "matplotlib", "micropip", "ipython", "jedi", "comm"} <= names
    assert {
        needed.replace("_", "-").lower() for package in files.locked().values() for needed in package["depends"]
    } <= names


def test_pins_of_pip_have_the_hashes_of_the_lock_file() -> None:
    hashes = {package["sha256"] for package in files.locked().values()}
    lines = [line for line in files.PINS.read_text().splitlines() if not line.startswith(("#", "open-webui"))]
    assert lines and {line.rpartition(":")[2] for line in lines} <= hashes


def test_folder_with_all_files_has_no_faults(small: SimpleNamespace) -> None:
    assert files.faults(small.given) == {}


def test_missing_file_and_another_one_are_named(small: SimpleNamespace) -> None:
    (small.given / "built.whl").write_bytes(b"something else")
    (small.given / "pyodide.mjs").unlink()
    assert files.faults(small.given) == {
        "built.whl": "built.whl is not the file that is pinned",
        "pyodide.mjs": "pyodide.mjs is missing",
    }


def test_hash_of_a_wheel_from_pypi_may_differ_from_pyodide_s_own_and_no_other(small: SimpleNamespace) -> None:
    assert files.disagreements(small.theirs) == []
    small.theirs["packages"]["built"]["sha256"] = "0" * 64
    (line,) = files.disagreements(small.theirs)
    assert line.startswith("built: sha256 is ") and line.endswith("0" * 64)


@pytest.mark.parametrize(("name", "count"), [("built", 1), ("pure", 0)])
def test_package_that_pyodide_does_not_have_must_be_one_of_pip_s(small: SimpleNamespace, name: str, count: int) -> None:
    del small.theirs["packages"][name]
    assert len(files.disagreements(small.theirs)) == count


def test_another_version_is_told(small: SimpleNamespace) -> None:
    small.theirs["packages"]["pure"]["version"] = "2.0"
    assert files.disagreements(small.theirs) == ["pure: version is 1.0, and Pyodide's lock file says 2.0"]
