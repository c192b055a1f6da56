"""A folder with Pyodide's files: kept from an earlier time, given, or fetched; every file is compared with its hash."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from ci.environment import Unready, blame
from ci.pyodide.fetching import MEGABYTES, fetch, fetch_pure
from ci.pyodide.files import LOCK, VERSION, disagreements, faults, files, pure

__all__ = ["home", "prepare", "provide"]

LOST = "without them there is no site and nothing runs in a browser's Python"


def home() -> Path:
    """Return the folder where fetched things are kept from one run to the next, for all copies of this project."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "cs231n-lite"


def prepare() -> str:
    """Have the files at hand; return "" or one line on why there are none."""
    try:
        provide()
    except Unready as problem:
        return str(problem)
    return ""


def provide(folder: Path | None = None) -> Path:
    """Return a folder with Pyodide, the wheels that the course needs, and a lock file that names these alone.

    `folder` has the files already, such as an unpacked release of Pyodide: they are compared and copied; only what it
    lacks of the packages that PyPI has is fetched. Raises Unready with what is missing; what was kept before stays.
    """
    kept = home() / f"pyodide-{VERSION}"
    if folder is None and _whole(kept):
        return kept
    try:
        home().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="pyodide-", dir=home()) as name:
            if folder is None:
                _fetched(Path(name))
            else:
                _copied(folder, Path(name))
            shutil.copyfile(LOCK, Path(name) / "out" / LOCK.name)
            return _moved(Path(name) / "out", kept)
    except OSError as error:
        raise Unready(blame(error)) from None


def _whole(folder: Path) -> bool:
    lock = folder / LOCK.name
    return lock.is_file() and lock.read_bytes() == LOCK.read_bytes() and not faults(folder)


def _fetched(folder: Path) -> None:
    print(f"fetching Pyodide {VERSION} and its wheels, {MEGABYTES} MB, once …", flush=True)
    try:
        lock = fetch(folder)
    except Unready as problem:
        count = len(files())
        raise Unready(f"Pyodide {VERSION} is missing ({count} files), and {problem}; {LOST}") from None
    wrong = disagreements(_read(lock)) + list(faults(folder / "out").values())
    if wrong:
        raise Unready(f"what was fetched of Pyodide {VERSION} cannot be used: {'; '.join(wrong)}")


def _copied(given: Path, folder: Path) -> None:
    """Copy the needed files of a given folder once all of them are right; what PyPI has may be missing there."""
    wrong = faults(given)
    from_pypi = {name: pure(name) for name in wrong if pure(name)}
    lines = [line for name, line in wrong.items() if name not in from_pypi]
    if (given / LOCK.name).is_file():
        lines = disagreements(_read(given / LOCK.name)) + lines
    if lines:
        raise Unready(f"{given} cannot be used as Pyodide {VERSION}: {'; '.join(lines)}")
    out = folder / "out"
    out.mkdir()
    for name in files().keys() - from_pypi.keys():
        shutil.copyfile(given / name, out / name)
    if from_pypi:
        print(f"fetching what {given} lacks of PyPI's: {', '.join(sorted(from_pypi.values()))} …", flush=True)
        try:
            fetch_pure(set(from_pypi.values()), folder, out)
        except Unready as problem:
            raise Unready(f"{'; '.join(wrong.values())}, and {problem}; {LOST}") from None


def _read(lock: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(lock.read_text(encoding="utf-8"))
    return content


def _moved(place: Path, kept: Path) -> Path:
    """Put a whole folder where it is kept, in one step; whoever has just done the same wins."""
    if _whole(kept):
        return kept
    if kept.exists():
        shutil.rmtree(kept)
    place.rename(kept)
    return kept
