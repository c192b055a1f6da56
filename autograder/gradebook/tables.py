"""The version of nbgrader's tables, entered in a gradebook that has none yet.

nbgrader asks another program for it, `alembic heads`, which takes seconds of each first grading, build and demo. The
same library says it here; where a version is entered, nbgrader makes the tables and asks nobody.
"""

from __future__ import annotations

import contextlib
import sqlite3
from functools import cache
from pathlib import Path

from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

__all__ = ["versioned"]

TABLE = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"
ENTRY = "INSERT INTO alembic_version (version_num) VALUES ('{}')"


def versioned(url: str) -> str:
    """Enter the version of nbgrader's tables in the gradebook at an address unless it has tables; return the address.

    The table and its entry come together or not at all. What goes wrong here, nbgrader does and tells itself.
    """
    address = make_url(url)
    with contextlib.suppress(sqlite3.Error, SQLAlchemyError, OSError):
        if address.get_backend_name() == "sqlite":
            _in_file(address)
        else:
            with create_engine(address, poolclass=NullPool).begin() as connection:
                if not inspect(connection).get_table_names():
                    connection.exec_driver_sql(TABLE)
                    connection.exec_driver_sql(ENTRY.format(_head()))
    return url


def _in_file(address: URL) -> None:
    path = Path(address.database or "")
    if not path.name or address.database == ":memory:" or "uri" in address.query:
        return  # of each such address, every connection has its own
    if path.is_file() and path.stat().st_size:
        return
    head = _head()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")  # one of all who do this at the same time
        if database.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
            database.execute(TABLE)
            database.execute(ENTRY.format(head))
        database.execute("COMMIT")


@cache
def _head() -> str:
    """What `alembic heads` says of the tables that this nbgrader makes."""
    from alembic.script import ScriptDirectory  # needed once in a gradebook's life, and slow to load

    return str(ScriptDirectory(ALEMBIC_DIR).get_current_head())
