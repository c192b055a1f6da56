"""Hand marks stay, and wait for a person only where the answer is another one."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.grading.grade import grade
from autograder.grading.results import ExerciseResult, StudentResult
from autograder.grading.table import table
from ci.tests.autograder.small_course import ASSIGNMENT, ROWS, SOLVED, TASK, mark, put, small


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return small(tmp_path, [*ROWS, TASK])


def ada(course: Course) -> StudentResult:
    return grade(course, ASSIGNMENT)["ada"]


def test_a_mark_is_in_column_and_sum_and_waits_only_for_another_answer(course: Course) -> None:
    put(course, "ada", SOLVED)
    assert ada(course).exercises["why"].points is None
    mark(course, "ada", "why", 2.5, "fine")
    mark(course, "ada", "draw", 4.0)
    mark(course, "ada", "square-test", 1.0)
    result = ada(course)
    assert {slug: exercise.points for slug, exercise in result.exercises.items()} == {
        "square": 1.0,
        "cube": 3.0,
        "why": 2.5,
        "draw": 4.0,
    }
    assert (result.score, result.max_score) == (10.5, 12.0)
    row = next(line for line in table({"ada": result}).splitlines() if line.startswith("ada"))
    assert row.split() == ["ada", "1", "3", "2.5", "4", "10.5"]

    put(course, "ada", SOLVED | {"why": "Because it shrinks."})
    result = ada(course)
    assert result.exercises["why"] == ExerciseResult(None, 3.0, "manual", [], 2.5)
    assert result.exercises["draw"].points is None, "what a task asks for may stand in any cell"
    row = next(line for line in table({"ada": result}).splitlines() if line.startswith("ada"))
    assert row.split() == ["ada", "1?", "3", "2.5?", "4?", "10.5+"]
    assert ada(course).exercises["why"].points is None, "until somebody looks"

    put(course, "ada", SOLVED)
    assert ada(course).exercises["why"].points == 2.5, "the answer that was marked is back"
    put(course, "ada", SOLVED | {"why": "Because it shrinks."})
    ada(course)
    mark(course, "ada", "why", 0.5)
    assert ada(course).exercises["why"].points == 0.5
    with Gradebook(course.gradebook) as gradebook:
        assert gradebook.find_comment("why", "nb", ASSIGNMENT, "ada").manual_comment == "fine"


def test_a_task_waits_for_a_person_and_its_scheme_stays_with_the_markers(course: Course) -> None:
    handed_out = put(course, "ada", SOLVED).read_text(encoding="utf-8")
    assert "parabola" not in handed_out
    result = ada(course)
    assert result.exercises["draw"] == ExerciseResult(None, 4.0, "manual", [])
    graded = (course.root / "autograded" / "ada" / ASSIGNMENT / "nb.ipynb").read_text(encoding="utf-8")
    assert "parabola" in graded
