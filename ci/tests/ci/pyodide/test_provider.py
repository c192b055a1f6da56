"""Pyodide's folder: kept, given or fetched, whole or not at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from ci.environment import Unready
from ci.pyodide import files, provider


@pytest.fixture
def fetched(small: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders into which something was fetched; it is what `given` has."""
    folders: list[Path] = []

    def fetch(folder: Path) -> Path:
        folders.append(folder)
        shutil.copytree(small.given, folder / "out")
        lock = folder / "lock.json"
        lock.write_text(json.dumps(small.theirs))
        return lock

    monkeypatch.setattr(provider, "fetch", fetch)
    return folders


def test_fetched_once_and_kept(small: SimpleNamespace, fetched: list[Path]) -> None:
    folder = provider.provide()
    assert provider.provide() == folder and len(fetched) == 1
    assert {path.name for path in folder.iterdir()} == {*files.files(), "pyodide-lock.json"}
    assert (folder / "pyodide-lock.json").read_bytes() == small.lock.read_bytes()
    assert list(folder.parent.iterdir()) == [folder], "nothing else is left"


def test_changed_file_is_fetched_again(fetched: list[Path]) -> None:
    folder = provider.provide()
    (folder / "built.whl").write_bytes(b"half of i")
    assert not files.faults(provider.provide()) and len(fetched) == 2


def test_file_with_another_hash_is_refused_and_nothing_is_kept(small: SimpleNamespace, fetched: list[Path]) -> None:
    (small.given / "built.whl").write_bytes(b"something else")
    with pytest.raises(Unready, match=r"cannot be used: built\.whl is not the file that is pinned"):
        provider.provide()
    assert list(provider.home().iterdir()) == [] and fetched


def test_other_lock_file_of_pyodide_s_is_refused(small: SimpleNamespace, fetched: list[Path]) -> None:
    small.theirs["packages"]["built"]["version"] = "2.0"
    with pytest.raises(Unready, match=r"built: version is 1\.0, and Pyodide's lock file says 2.0"):
        provider.provide()
    assert list(provider.home().iterdir()) == [] and fetched


def test_without_a_network_it_says_what_is_missing_and_what_is_lost(
    small: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(folder: Path) -> Path:
        raise Unready("the packages cannot be fetched")

    monkeypatch.setattr(provider, "fetch", fetch)
    line = provider.prepare()
    assert line.startswith(f"Pyodide {files.VERSION} is missing (4 files), and the packages cannot be fetched; ")
    assert line.endswith("without them there is no site and nothing runs in a browser's Python")
    assert list(provider.home().iterdir()) == []


def test_given_folder_is_copied_and_nothing_is_fetched(small: SimpleNamespace, fetched: list[Path]) -> None:
    folder = provider.provide(small.given)
    assert folder != small.given and not files.faults(folder) and not fetched
    assert provider.provide() == folder and not fetched


def test_given_folder_is_checked_the_same_way(small: SimpleNamespace, fetched: list[Path]) -> None:
    kept = provider.provide()
    (small.given / "pyodide.mjs").write_bytes(b"loads something else")
    with pytest.raises(Unready, match=r"given cannot be used as Pyodide .*: pyodide\.mjs is not the file"):
        provider.provide(small.given)
    assert not files.faults(kept), "what was kept stays"


def test_what_a_given_folder_lacks_of_pypi_s_is_fetched_and_nothing_else(
    small: SimpleNamespace, fetched: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch_pure(names: set[str], folder: Path, out: Path) -> None:
        assert names == {"pure"}
        (out / "pure.whl").write_bytes(b"pure Python, as on PyPI")

    monkeypatch.setattr(provider, "fetch_pure", fetch_pure)
    (small.given / "pure.whl").write_bytes(b"as Pyodide packs it")
    assert not files.faults(provider.provide(small.given)) and not fetched
