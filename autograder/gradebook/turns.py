"""Whose turn it is, where two graders are at one course: folders and scores are written by one of them at a time.

Whoever collects is one of them: a folder of submitted/ is not to be replaced while it is graded.

Two that share a gradebook in a file go one after the other: the second waits until the first has ended. Two that share
one on a PostgreSQL server, perhaps from two machines, work at the same time, and wait for one another at each
submission. Either lock ends with its process, however that ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from autograder.gradebook.file import writable

__all__ = ["Turns", "alone_in", "at_work"]

FILE = "gradebook.lock"  # in the course folder; it is never taken away: a lock on a file that is gone excludes nobody


class Turns:
    """The turns of one grader at a course folder and the gradebook at an address."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.address = folder, make_url(url)
        self._engine: Engine | None = None
        if self.address.get_backend_name() == "postgresql":
            # One connection, looked at before it is used: a server may have closed it in the meantime.
            self._engine = create_engine(self.address, isolation_level="AUTOCOMMIT", pool_size=1, pool_pre_ping=True)

    @contextmanager
    def course(self) -> Iterator[None]:
        """Do what is inside when no other grader is at this course, unless they may share it; say so before waiting."""
        if self._engine is not None:
            try:
                yield
            finally:
                self._engine.dispose()
            return
        with alone_in(self.folder):
            yield

    @contextmanager
    def submission(self, assignment: str, student: str) -> Iterator[None]:
        """Do what is inside when no other grader is at this submission; raises Problem for a file not to be written."""
        if self._engine is None:
            if self.address.get_backend_name() == "sqlite":
                writable(self.address)  # once more: an hour may have passed
            yield
            return
        name = {"name": f"nbgrader submission {assignment} {student}"}
        with self._engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), name)
            try:
                yield
            finally:
                _given_back(connection, name)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Do what is inside when no other process is at this course folder; say so before waiting."""
    with _file(folder) as file:
        if not _taken(file):
            print(f"{_who(file)} is at work in this course; this waits for its end", file=sys.stderr, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        with contextlib.suppress(OSError):  # of another's file, which may be read only
            file.seek(0)  # where its words were read from while it waited
            file.truncate()
            file.write(f"{os.getpid()} on {socket.gethostname()}, since {time.strftime('%H:%M')}")
            file.flush()
        yield


def at_work(folder: Path, url: str) -> str:
    """Return who is grading this course now and does not share it, or ""."""
    if make_url(url).get_backend_name() == "postgresql":
        return ""
    with contextlib.suppress(OSError), _file(folder) as file:
        return "" if _taken(file) else _who(file)
    return ""


def _given_back(connection: Connection, name: dict[str, str]) -> None:
    try:
        connection.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), name)
    except SQLAlchemyError:  # the server is gone, and the lock with the connection: whoever needs both will tell
        connection.invalidate()


def _file(folder: Path) -> TextIO:
    """The file of the lock, open; raises OSError."""
    path = folder / FILE
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except PermissionError:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)  # another user's; it locks as well
        return os.fdopen(handle, encoding="utf-8")
    return os.fdopen(handle, "r+", encoding="utf-8")


def _taken(file: TextIO) -> bool:
    """Whether the lock is this process's now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _who(file: TextIO) -> str:
    with contextlib.suppress(OSError, ValueError):
        file.seek(0)
        words = file.read(200).strip()
        if words.isprintable() and words:
            return f"another grader (process {words})"
    return "another grader"
