"""A look through a submission's folder before anything is copied or followed: what must not stay in it.

A folder may be nested by the thousand, hold ten thousand files, or be somebody else's: all of it is looked at one level
at a time, to a bound, so that one hand-in costs the class neither a traceback nor minutes.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder.submission import DEEPEST

__all__ = ["MOST_FILES", "dangerous", "plain"]

LARGEST = 16 * 2**20  # bytes of a file other than the notebook; the course's own data files are far below
MOST_FILES = 100  # in all folders of a submission: nobody's work has as many, and a box can open some 200


def dangerous(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Give what must not stay in a submission: the path, what kind of note it gives, and why."""
    for path in (folder.parent, folder):
        if path.is_symlink():
            yield path, "symlink", f"is a link to {plain(str(path.readlink()))}"
            return
        if path.is_mount():
            yield path, "symlink", "is another folder, mounted there"
            return
    files: list[Path] = []
    for where, folders, names in os.walk(folder, followlinks=False):
        depth = len(Path(where).relative_to(folder).parts)
        for name in [*folders, *names]:
            path = Path(where, name)
            danger = _danger(path, folder, depth)
            if danger:
                yield path, *danger
            if name in folders and (danger or path.is_symlink()):
                folders.remove(name)
            elif not danger:
                files.append(path)
    files = sorted((path for path in files if not path.is_dir()), key=lambda path: _last_to_go(path, folder))
    for path in files[MOST_FILES:]:
        yield path, "too-many-files", f"is one of {len(files)} files, of which {MOST_FILES} were taken"


def _danger(path: Path, folder: Path, depth: int) -> tuple[str, str] | None:
    """What kind of danger a file or folder is, and why; None for none."""
    about = path.lstat()
    is_folder, is_notebook = stat.S_ISDIR(about.st_mode), path.suffix == ".ipynb"
    if stat.S_ISLNK(about.st_mode):
        return "symlink", f"is a link to {plain(str(path.readlink()))}"
    if not stat.S_ISREG(about.st_mode) and not is_folder:
        return "not-a-file", "is a device or a pipe"
    if is_folder and is_notebook:  # in its place nbgrader could not write the graded notebook
        return "not-a-file", "is a folder by the name of a notebook"
    if is_folder and depth >= DEEPEST:
        return "too-deep", f"is a folder more than {DEEPEST} levels down"
    if not path.name.isprintable():  # nbgrader's log could not hold it, or a terminal would obey it
        return "odd-name", "has a name that is no plain text"
    if not os.access(path, os.R_OK | os.X_OK if is_folder else os.R_OK) and (is_folder or not is_notebook):
        return "unreadable", "may not be read"  # nbgrader would stop at it; of a notebook that is told when it is read
    if not is_folder and not is_notebook and about.st_size > LARGEST:
        return "too-large", f"has {about.st_size / 2**20:.0f} MiB"
    if path == folder / "timestamp.txt" and not _is_time(path):
        return "no-time", "holds no time, so that when it was handed in is not known"
    return None


def _last_to_go(path: Path, folder: Path) -> tuple[bool, int, str]:
    """The order in which files are taken: what nbgrader reads itself, then those nearest to the notebook."""
    first = path.parent == folder and (path.suffix == ".ipynb" or path.name == "timestamp.txt")
    return not first, len(path.parts), str(path)


def _is_time(path: Path) -> bool:
    """Whether nbgrader can read the file as the time of handing in; where it cannot, it grades nothing."""
    try:
        text = path.read_text(encoding="utf-8").strip()
        return not text or parse_utc(text) is not None
    except (ValueError, OverflowError):
        return False


def plain(name: str) -> str:
    """Return a name that any file, log and terminal can hold."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:80]
