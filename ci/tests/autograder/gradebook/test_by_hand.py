"""Marks are read for a class and written as nbgrader's own, only where all is as it was seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.gradebook.by_hand import Mark, marks_of, write
from autograder.gradebook.session import kept, opened
from ci.tests.autograder.marking.builders import graded
from ci.tests.autograder.small_course import ASSIGNMENT, mark


@pytest.fixture
def url(tmp_path: Path) -> str:
    course = graded(tmp_path, {"ada": "one", "bob": "two", "cas": "three"})
    mark(course, "cas", "why", 1.5, "so so")
    return course.gradebook


def read(url: str) -> dict[str, Mark]:
    with opened(url) as gradebook:
        return {each.student: each for each in marks_of(gradebook, ASSIGNMENT, "nb", "why")}


def test_what_waits_and_what_is_marked_is_read_with_its_comment(url: str) -> None:
    marks = read(url)
    assert {name: (each.points, each.waits, each.comment) for name, each in marks.items()} == {
        "ada": (None, True, ""),
        "bob": (None, True, ""),
        "cas": (1.5, False, "so so"),
    }


def test_mark_is_written_where_it_is_as_seen_and_nowhere_else(url: str) -> None:
    seen = read(url)
    wanted = {each.grade_id: replace(each, points=2.0, waits=False, comment="all") for each in seen.values()}
    stale = {each.grade_id: each for each in seen.values()}
    stale[seen["cas"].grade_id] = replace(seen["cas"], comment="something else")
    with kept(url), opened(url) as gradebook:
        written = write(gradebook, wanted, stale)
    assert {each.student for each in written.values()} == {"ada", "bob"}
    now = read(url)
    assert (
        now["ada"]
        == replace(seen["ada"], points=2.0, waits=False, comment="all")
        == replace(now["bob"], **{"grade_id": seen["ada"].grade_id, "student": "ada"})
    )
    assert now["cas"] == seen["cas"]


def test_comment_that_is_taken_away_is_nbgraders_none(url: str) -> None:
    seen = read(url)["cas"]
    with opened(url) as gradebook:
        write(gradebook, {seen.grade_id: replace(seen, comment="")}, {seen.grade_id: seen})
        comment = gradebook.find_comment("why", "nb", ASSIGNMENT, "cas")
        assert comment.manual_comment is None and comment.comment is None
