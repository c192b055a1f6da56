"""Pyodide's files fetched with this machine's own pip and npm, each as it is configured, into a folder to sort out.

npm's package `pyodide` is Pyodide itself with its lock file. Where there is no npm, the wheel `open-webui` has copies
of the same files, with a lock file that names more packages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from ci.environment import Unready, last_line, reason
from ci.progress import Bar, lines_or_ticks
from ci.pyodide.files import PINS, VERSION, files

__all__ = ["MEGABYTES", "fetch", "pip_download"]

MEGABYTES = 115  # that are fetched; a quarter is left
CARRIER, INSIDE = "open_webui-*.whl", "open_webui/frontend/pyodide/"
# The wheels are for Pyodide's Python, whatever Python fetches them.
TARGET = ("--only-binary", ":all:", "--python-version", "3.14", "--ignore-requires-python")
QUIET = ("--no-input", "--disable-pip-version-check", "--no-cache-dir", "--progress-bar", "off", "--quiet")


def fetch(folder: Path) -> Path:
    """Fetch all files into an empty folder; return Pyodide's own lock file. Raises Unready with the cause."""
    out = folder / "out"
    out.mkdir()
    pip_download(folder)
    lock = _from_npm(folder, out)
    for wheel in folder.glob("*.whl"):
        if wheel.match(CARRIER):
            _take(wheel, out)
            lock = lock or _lock(wheel, folder)
            wheel.unlink()
        elif wheel.name in files():
            wheel.rename(out / wheel.name)
    assert lock is not None, "pip ended well without the wheel that it was asked for"
    return lock


def pip_download(folder: Path) -> None:
    """Have pip fetch what `wheels.txt` pins, showing how much is left."""
    temporary = folder / "pip"
    temporary.mkdir()
    command = [sys.executable, "-m", "pip", "download", *QUIET, *TARGET, "--no-deps", "--require-hashes"]
    bar = Bar("MB", MEGABYTES)
    lines: list[str] = []
    with subprocess.Popen(
        [*command, "-r", str(PINS), "-d", str(folder)],
        env=dict(os.environ, TMPDIR=str(temporary)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            for line in lines_or_ticks(process.stdout):
                lines += [line] if line else []
                bar.show(_size(temporary) / 1e6)
        except BaseException:
            process.terminate()
            raise
    text = "\n".join(lines)
    if process.returncode:
        bar.stop()
        raise Unready(reason(text) or f"pip failed: {last_line(text)}")
    bar.finish("comparing them with Pyodide's lock file")
    shutil.rmtree(temporary)


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:  # pip has just moved it
            continue
    return total


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
        for name in files():
            if not (out / name).exists() and INSIDE + name in packed.namelist():
                (out / name).write_bytes(packed.read(INSIDE + name))


def _lock(wheel: Path, folder: Path) -> Path:
    path = folder / "lock.json"
    with zipfile.ZipFile(wheel) as packed:
        path.write_bytes(packed.read(INSIDE + "pyodide-lock.json"))
    return path
