"""`nbgrader generate_feedback`, as README says it, gives the page of now, and says what it left and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback

from autograder.course import Course, quiet
from autograder.grading.grade import grade
from ci.tests.autograder.small_course import ASSIGNMENT, ROWS, SOLVED, TASK, mark, put, small


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = small(tmp_path, [*ROWS, TASK])
    for student in ("ada", "bob"):
        put(course, student, SOLVED)
    grade(course, ASSIGNMENT)
    return course


def pages(course: Course) -> dict[str, tuple[int, str]]:
    """Student -> when the page was made, and the page, after nbgrader's command."""
    with quiet(course.root / "feedback.log"):
        course.nbgrader(GenerateFeedback, ASSIGNMENT)
    places = {name: course.root / "feedback" / name / ASSIGNMENT / "nb.html" for name in ("ada", "bob")}
    return {name: (path.stat().st_mtime_ns, path.read_text(encoding="utf-8")) for name, path in places.items()}


def said(course: Course) -> str:
    lines = (course.root / "feedback.log").read_text(encoding="utf-8").splitlines()
    return next(line for line in reversed(lines) if "Feedback of" in line)


def test_a_page_is_made_again_where_a_mark_a_comment_or_a_penalty_is_new(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pages(course)
    assert "Feedback of 2 is made; that of 0 is left" in said(course)
    assert "parabola" not in first["ada"][1], "a mark scheme is the marker's"
    assert pages(course) == first
    assert "of 2 is left: nothing behind it changed" in said(course)

    mark(course, "ada", "why", 2.5, "Well seen: it is cubic.")
    second = pages(course)
    assert "Feedback of 1 is made; that of 1 is left" in said(course)
    assert second["bob"] == first["bob"]
    assert "Well seen: it is cubic." in second["ada"][1]
    assert "2.5" in second["ada"][1]

    monkeypatch.setattr("autograder.gradebook.pages.renew", lambda *_: None)  # it would reckon this one to 0
    with Gradebook(course.gradebook) as gradebook:
        gradebook.find_submission_notebook("nb", ASSIGNMENT, "bob").late_submission_penalty = 1.5
        gradebook.db.commit()
    third = pages(course)
    assert third["ada"] == second["ada"]
    assert third["bob"] != second["bob"]

    put(course, "bob", SOLVED | {"square": "def square(x):\n    return 9"})
    grade(course, ASSIGNMENT, "bob")
    assert "return 9" in pages(course)["bob"][1].replace("</span>", "").replace('<span class="mi">', "").replace(
        '<span class="k">', ""
    ).replace('<span class="w">', "")
