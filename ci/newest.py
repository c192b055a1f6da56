"""`python3 -m ci newest`: the package's own tests with this machine's newest Python and the newest of all they need.

It looks ahead and judges no commit: the course promises the versions in requirements.txt, and CI runs those.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ci.environment import ROOT, Unready
from ci.packages import last_line, reason

__all__ = ["newest_python", "run", "verdict"]

PLACE = ROOT / ".venv-newest"
TESTS = "ci/tests/cs231n_lite"
OLDEST = (3, 11)
VERSIONS = (
    "import matplotlib, numpy, platform as p; print(p.python_version(), numpy.__version__, matplotlib.__version__)"
)
Version = tuple[int, ...]


def run() -> int:
    """Run the tests; print how they went in one line, with the versions; return 1 if one failed."""
    version, python = newest_python()
    print(f"making {PLACE.name} with Python {'.'.join(map(str, version))} and the newest packages …", flush=True)
    shutil.rmtree(PLACE, ignore_errors=True)
    _done([str(python), "-m", "venv", str(PLACE)])
    inside = PLACE / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    _done([str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", f"{ROOT}[dev]"])
    versions = _done([str(inside), "-c", VERSIONS]).split()
    tests = [str(inside), "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider", TESTS]
    process = subprocess.run(tests, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if process.returncode:
        print(process.stdout)
    print(verdict(versions, process.stdout))
    return int(process.returncode != 0)


def verdict(versions: list[str], output: str) -> str:
    """Return one line: with which versions, how many tests passed and failed, and which failed first."""
    words = dict(zip(("Python", "NumPy", "matplotlib"), versions, strict=True))
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", output, flags=re.MULTILINE)
    more = f"; the first: {failed[0]}" if failed else ""
    ended = re.sub(r" in [\d.]+s.*| \(\d+:\d+:\d+\)|=+ *| *=+", "", last_line(output))
    return f"{', '.join(f'{name} {version}' for name, version in words.items())}: {ended}{more}"


def newest_python() -> tuple[Version, Path]:
    """Return the newest Python of this machine, with its version; raises Unready where all are too old."""
    versions = {path: _version(path) for path in _pythons()}
    path = max(versions, key=lambda path: versions[path])
    if versions[path] < OLDEST:
        raise Unready("there is no Python 3.11 or newer on this machine")
    return versions[path], path


def _pythons() -> Iterator[Path]:
    """Every Python on the PATH, and those that pyenv and uv keep beside it."""
    yield Path(sys.executable)
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)]
    homes = (Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions", _uv())
    folders += [folder for home in homes for folder in home.glob("*/bin")]
    for folder in folders:
        yield from folder.glob("python3.[0-9]*[0-9]")


def _uv() -> Path:
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or Path(data) / "uv" / "python")


def _version(path: Path) -> Version:
    """What a Python says that it is; nothing where it does not run, or is one that is not released yet."""
    code = "import sys; v = sys.version_info; print(*v[:3] if v.releaselevel == 'final' else (0,))"
    try:
        process = subprocess.run([str(path), "-I", "-c", code], capture_output=True, text=True, timeout=20)
        return tuple(map(int, process.stdout.split())) if process.returncode == 0 else ()
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ()


def _done(command: list[str]) -> str:
    process = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if process.returncode:
        raise Unready(reason(process.stdout, ROOT) or f"{Path(command[0]).name} failed: {last_line(process.stdout)}")
    return process.stdout
