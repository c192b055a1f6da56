"""The version of nbgrader's tables, entered in a gradebook that has none yet.

nbgrader asks another program for it, `alembic heads`, which takes seconds of each first grading, build and demo. The
same library says it here; where a version is entered, nbgrader makes the tables and asks nobody.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

__all__ = ["versioned"]


def versioned(url: str) -> str:
    """Enter the version of nbgrader's tables in the gradebook at an address unless it has tables; return the address.

    Raises what SQLAlchemy raises where it cannot be had or written.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        path = Path(address.database or "")
        if not path.name or address.database == ":memory:" or "uri" in address.query:
            return url  # of each such address, every connection has its own
        if path.is_file() and path.stat().st_size:
            return url
    with create_engine(address, poolclass=NullPool).begin() as connection:
        if not inspect(connection).get_table_names():
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": _head()})
    return url


@cache
def _head() -> str:
    """What `alembic heads` says of the tables that this nbgrader makes."""
    from alembic.script import ScriptDirectory  # needed once in a gradebook's life, and slow to load

    return str(ScriptDirectory(ALEMBIC_DIR).get_current_head())
