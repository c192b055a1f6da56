"""Whether the gradebook's file can be written, told in one line with what to do, before anything is examined.

SQLite itself tells it at the first write: after a hand-in was examined, in the middle of the class, and while an older
score still stands.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import sys
import time
from pathlib import Path

from sqlalchemy.engine import URL

from autograder.problem import Problem

__all__ = ["LOCKED", "copied", "emptied", "patient", "writable"]

PATIENCE = 5.0  # seconds that another program may take to write before anybody is told that this waits
LONGEST = 60  # seconds that it may take at most
ROOM = 4 << 20  # bytes that there must be on the disk
LOCKED = "another program writes into it and does not end: close the formgrader or what else has it open"


def writable(address: URL) -> None:
    """Begin to write into the gradebook's file, and take it back; raises Problem where that cannot be done."""
    if address.database in (None, "", ":memory:") or "uri" in address.query:
        return
    path = Path(str(address.database)).absolute()
    reason = _unfit(path) or _refused(path, PATIENCE)
    if reason == LOCKED:
        words = f"the gradebook, {path}: another program writes into it; this waits up to {LONGEST} s for its end"
        print(words, file=sys.stderr, flush=True)
        reason = _refused(path, LONGEST)
    if reason:
        raise Problem(f"the gradebook, {path}: {reason}; nothing was changed. Then grade again")


def patient(address: URL) -> URL:
    """Return a file's address with which SQLite waits longer for another program to end its writing."""
    return address if "timeout" in address.query else address.update_query_dict({"timeout": str(LONGEST)})


def copied(address: URL) -> str:
    """Copy the gradebook's file to one beside it, whole whoever writes; return its name, "" for a server."""
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return ""
    path = Path(str(address.database)).absolute()
    copy = path.with_name(f"{path.name}.{time.strftime('%Y%m%d-%H%M%S')}")
    with contextlib.closing(sqlite3.connect(path)) as one, contextlib.closing(sqlite3.connect(copy)) as other:
        one.backup(other)
    return copy.name


def emptied(address: URL, copy: Path) -> None:
    """Make a gradebook with the same tables and nothing in them; nothing for a server, or where there is no file yet.

    nbgrader makes one by starting a program for its tables' version, which takes seconds.
    """
    path = Path(str(address.database or "")).absolute()
    if address.get_backend_name() != "sqlite" or not path.is_file():
        return
    with contextlib.closing(sqlite3.connect(path)) as one, contextlib.closing(sqlite3.connect(copy)) as other:
        one.backup(other)
        tables = other.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        for (name,) in tables.fetchall():
            if name != "alembic_version":
                other.execute(f'DELETE FROM "{name}"')
        other.commit()


def _unfit(path: Path) -> str:
    """What can be seen of it without opening it; "" for nothing."""
    if path.is_dir():
        return "is a folder: move it away, or name another file as c.CourseDirectory.db_url in nbgrader_config.py"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}: make it, or mend c.CourseDirectory.db_url in nbgrader_config.py"
    if path.exists() and not path.is_file():
        return "is no plain file: move it away, or name another as c.CourseDirectory.db_url in nbgrader_config.py"
    if shutil.disk_usage(path.parent).free < ROOM:
        return "the disk is full: make room on it"
    return ""


def _refused(path: Path, patience: float) -> str:
    """What SQLite has against writing into it, after so many seconds if another program does; "" for nothing."""
    new = not path.exists()
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("CREATE TABLE can_be_written (it TEXT)")  # writes the journal beside it, too
            database.execute("ROLLBACK")
    except sqlite3.Error as error:
        return _reason(error, path)
    finally:
        if new:
            path.unlink(missing_ok=True)
    return ""


def _reason(error: sqlite3.Error, path: Path) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of it says more than is needed
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return f"cannot be written: give yourself the right to write the file and its folder, {path.parent}"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LOCKED
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return "is no SQLite file, or a broken one: restore it from a copy, or move it away and a new one is made"
    if code == sqlite3.SQLITE_FULL:
        return "the disk is full: make room on it"
    return f"cannot be written ({error}): mend that"
