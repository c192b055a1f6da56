"""`python3 -m ci newest`: which Python it takes, and its one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ci import newest
from ci.environment import Unready

VERSIONS = ["3.15.0", "3.0.1", "4.2"]


@pytest.fixture
def pythons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH, a pyenv and a uv of this test's own, with a Python that says what its file is called after."""
    for name, value in {"PATH": "bin", "PYENV_ROOT": "pyenv", "UV_PYTHON_INSTALL_DIR": "uv"}.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setattr(sys, "executable", str(python(tmp_path / "own", "3.11.2")))
    return tmp_path


def python(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"python{version.rpartition('.')[0]}"
    path.write_text(f"#!/bin/sh\necho {version.replace('.', ' ')}\n")
    path.chmod(0o755)
    return path


def test_newest_python_is_taken_wherever_it_is_kept(pythons: Path) -> None:
    python(pythons / "bin", "3.9.7")
    kept = python(pythons / "pyenv" / "versions" / "3.13.1" / "bin", "3.13.1")
    assert newest.newest_python() == ((3, 13, 1), kept)
    kept = python(pythons / "uv" / "cpython-3.14" / "bin", "3.14.0")
    assert newest.newest_python() == ((3, 14, 0), kept)


def test_python_that_does_not_run_or_is_not_released_is_left_out(pythons: Path) -> None:
    (pythons / "bin").mkdir()
    (pythons / "bin" / "python3.16").write_text("no program")
    python(pythons / "bin", "0.0").rename(pythons / "bin" / "python3.15")
    assert newest.newest_python()[0] == (3, 11, 2)


def test_only_old_pythons_are_told(pythons: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(python(pythons / "bin", "3.10.1")))
    with pytest.raises(Unready, match=r"no Python 3\.11 or newer"):
        newest.newest_python()


def test_verdict_is_one_line() -> None:
    assert newest.verdict(VERSIONS, "....\n12 passed, 1 skipped in 3.41s\n") == (
        "Python 3.15.0, NumPy 3.0.1, matplotlib 4.2: 12 passed, 1 skipped"
    )
    output = "F.\nFAILED ci/tests/a.py::test_a - AssertionError\nFAILED ci/tests/b.py::test_b\n2 failed, 9 passed in 3s"
    assert newest.verdict(VERSIONS, output).endswith(": 2 failed, 9 passed; the first: ci/tests/a.py::test_a")
