"""The version of nbgrader's tables: the one that nbgrader would enter, without the program that it would start."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from nbgrader import api
from nbgrader.api import Gradebook

from autograder.building.build import build
from autograder.course import Course
from autograder.gradebook.session import kept, opened
from autograder.gradebook.tables import versioned


def schema(path: Path) -> tuple[set[str], list[tuple[str]]]:
    """The statements that made the tables, and the version of them."""
    with contextlib.closing(sqlite3.connect(path)) as book:
        made = {" ".join(text.rstrip(";").split()) for (text,) in book.execute("SELECT sql FROM sqlite_master") if text}
        return made, book.execute("SELECT version_num FROM alembic_version").fetchall()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other program is to be asked."""

    def refused() -> str:
        raise AssertionError("nbgrader starts a program")

    monkeypatch.setattr(api, "get_alembic_version", refused)


def test_gradebook_is_the_one_that_nbgrader_makes(tmp_path: Path) -> None:
    theirs, ours = (tmp_path / name for name in ("theirs.db", "ours.db"))
    Gradebook(f"sqlite:///{theirs}").close()
    with opened(f"sqlite:///{ours}") as gradebook:
        gradebook.add_student("ada")
    assert schema(ours) == schema(theirs)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("way", [opened, kept])
def test_no_program_is_started_for_it(way: type[contextlib.AbstractContextManager[object]], tmp_path: Path) -> None:
    with way(f"sqlite:///{tmp_path}/gradebook.db"):
        pass
    with opened(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        assert gradebook.students == []


@pytest.mark.usefixtures("alone")
def test_none_is_started_for_a_build(tiny: Course) -> None:
    assert build(tiny, "1-tiny")


@pytest.mark.usefixtures("alone")
def test_one_that_ended_before_the_tables_were_made_is_gone_on_with(tmp_path: Path) -> None:
    url = versioned(f"sqlite:///{tmp_path}/gradebook.db")
    with opened(url) as gradebook:
        assert gradebook.students == []
    assert len(schema(tmp_path / "gradebook.db")[1]) == 1


def test_gradebook_that_has_tables_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    with contextlib.closing(sqlite3.connect(path)) as book:
        book.execute("CREATE TABLE mine (it TEXT)")
    before = path.read_bytes()
    versioned(f"sqlite:///{path}")
    assert path.read_bytes() == before


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_gradebook_in_memory_is_nbgraders_own(url: str) -> None:
    assert versioned(url) == url
