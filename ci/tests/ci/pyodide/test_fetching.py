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

from ci.environment import Unready
from ci.pyodide import fetching, files


@pytest.fixture
def registries(small: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """Stands in for pip and npm: pip leaves two wheels, npm a tarball, if there is an npm."""

    def pip(folder: Path) -> None:
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

    monkeypatch.setattr(fetching, "pip_download", pip)
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
    assert files.faults(registries.folder / "out") == []


def test_pip_without_a_network_is_told_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(Unready, match="cannot be fetched|does not offer"):
        fetching.fetch(tmp_path)
