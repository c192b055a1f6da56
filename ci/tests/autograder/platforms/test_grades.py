"""What the gradebook says is what nbgrader's own export says, with the exercises."""

from __future__ import annotations

import pytest

from autograder.course import Course
from autograder.gradebook.session import opened
from autograder.platforms.grades import marks_of
from autograder.problem import Problem
from ci.tests.autograder.platforms.builders import ABSENT, CLASS, LATE, MOST, WAITING, points


def test_points_of_everybody_by_an_independent_sum(marked: Course) -> None:
    with opened(marked.gradebook) as gradebook:
        rows, exercises = marks_of(gradebook, "1-tiny")
    assert exercises == {"double-gate": 2.0, "square": 1.0, "why-double": 2.0}
    assert {row.student for row in rows} == set(CLASS)
    for row in rows:
        name = row.student.id
        assert (row.graded, row.waits, row.most) == (name != ABSENT, name == WAITING, MOST)
        assert row.penalty == (0.5 if name == LATE else 0.0)
        if name not in (ABSENT, WAITING):
            assert row.score == points(name)
            assert sum(value or 0 for value in row.exercises.values()) - row.penalty == pytest.approx(row.score)
    waiting = next(row for row in rows if row.student.id == WAITING)
    assert waiting.exercises["why-double"] is None


def test_assignment_that_was_never_graded_is_told(enrolled: Course) -> None:
    with opened(enrolled.gradebook) as gradebook, pytest.raises(Problem, match="grade it first"):
        marks_of(gradebook, "1-tiny")
