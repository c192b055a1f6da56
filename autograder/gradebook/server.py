"""Whether the gradebook's server can be had, told in one line that never holds a password.

SQLite is a file; what is wrong with that, file.py tells. A server may be down, refuse a password, lack a database or a
right; SQLAlchemy and the driver tell that in many lines, and a mistyped address in words that hold half of the
password.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from autograder.gradebook.file import writable
from autograder.problem import Problem

__all__ = ["NoPassword", "alone", "reach", "reached"]

FORM = "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
PATIENCE = 10  # seconds for a server to answer; a machine that is off says nothing at all
TURN = "60s"  # to wait for another grader that is entering an assignment


def reach(url: str) -> None:
    """Connect once to the gradebook's server, or begin to write its file; raises Problem where that cannot be done."""
    address = _parsed(url)
    if _is_file(address):
        writable(address)
        return
    try:
        engine = create_engine(address, poolclass=NullPool, connect_args=_patience(address))
        with engine.connect():
            return
    except (SQLAlchemyError, ImportError) as error:
        raise _problem(address, error) from None


@contextmanager
def reached(url: str) -> Iterator[None]:
    """Reach the gradebook first, and tell in one line what it refuses inside; raises Problem."""
    reach(url)
    try:
        yield
    except SQLAlchemyError as error:
        address = _parsed(url)
        if _is_file(address):
            reason = _reason(address, error)
            raise Problem(f"the gradebook, {address.database}: {reason}; mend that, and grade again") from None
        raise _problem(address, error) from None


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Let one process at a time do what is inside, of all that use this PostgreSQL database.

    Two that make nbgrader's tables, or enter the same assignment, at the same time would break each other's work.
    """
    address = _parsed(url)
    if address.get_backend_name() != "postgresql":
        yield
        return
    engine = create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:  # the lock ends with the connection, however the process ends
        connection.execute(text("SELECT set_config('lock_timeout', :turn, false)"), {"turn": TURN})
        connection.execute(text("SELECT pg_advisory_lock(hashtext('nbgrader gradebook'))"))
        yield


class NoPassword(logging.Filter):
    """Takes passwords out of addresses in what is logged: `nbgrader db upgrade` tells the gradebook's."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record's text; let all pass."""
        record.msg, record.args = re.sub(r"(://[^\s:/@]*):\S*@", r"\1:***@", record.getMessage()), None
        return True


def _parsed(url: str) -> URL:
    """Read an address; raises Problem, without a word of it, where it cannot be one."""
    try:
        address = make_url(url)
    except (SQLAlchemyError, ValueError):
        address = None
    # SQLAlchemy takes what follows the first @ of a password for the host, and errors would tell it.
    if address is None or (not _is_file(address) and url.count("@") > 1):
        raise Problem(
            f"c.CourseDirectory.db_url is no address of a database, such as {FORM}; "
            "in a password write %40 for @, %3A for :, %2F for / and %25 for %, or keep it in ~/.pgpass"
        )
    return address


def _is_file(address: URL) -> bool:
    return address.get_backend_name() == "sqlite"


def _patience(address: URL) -> dict[str, Any]:
    unset = address.get_backend_name() == "postgresql" and "connect_timeout" not in address.query
    return {"connect_timeout": PATIENCE} if unset else {}


def _problem(address: URL, error: Exception) -> Problem:
    place = f"database {address.database or '?'} at {address.host or 'this machine'}"
    place += (f":{address.port}" if address.port else "") + (f" as user {address.username}" if address.username else "")
    return Problem(
        f"the gradebook, {place}: {_reason(address, error)}; "
        "the address is c.CourseDirectory.db_url in nbgrader_config.py. Mend it, or the server, and grade again"
    )


def _reason(address: URL, error: Exception) -> str:
    if isinstance(error, ImportError):
        driver = address.get_driver_name()
        extra = "`pip install 'psycopg[binary]'` brings it" if driver == "psycopg" else f"install it, or use {FORM}"
        return f"its driver {driver} is not installed; {extra}"
    words = str(getattr(error, "orig", None) or error).strip()
    # Of several attempts, one for each address of a host's name, the last; libpq puts its own words before the reason.
    ends = re.findall(r"failed: (?:FATAL: +)?((?:(?!failed: ).)+)$", words, re.MULTILINE)
    reason = str(ends[-1] if ends else (words.splitlines() or [type(error).__name__])[0])
    return reason.replace(str(address.password), "***") if address.password else reason
