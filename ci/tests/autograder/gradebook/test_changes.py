"""What the course changes after something was handed in: entered, with all marks, or told and left."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.gradebook.entry import bring_up, pending
from autograder.grading.grade import register
from autograder.problem import Problem
from ci.tests.autograder.small_course import ASSIGNMENT, HALF, NOTEBOOK, ROWS, SQUARE, TASK, Row, mark, small, write

Said = list[str]


def renamed(old: str, new: str) -> list[Row]:
    """The exercises, one of them under another name."""
    return [(name.replace(old, new), *rest) for name, *rest in ROWS]  # type: ignore[misc]


@pytest.fixture(scope="module")
def entered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that is in the gradebook; making one takes seconds."""
    course = small(tmp_path_factory.mktemp("entered"))
    register(course, ASSIGNMENT, course.root / "log")
    return course.root


@pytest.fixture
def fresh(entered: Path, tmp_path: Path) -> Course:
    return Course(Path(shutil.copytree(entered, tmp_path / "course")))


@pytest.fixture
def course(fresh: Course) -> Course:
    """A course with a submission of ada's, which is marked."""
    course = fresh
    with Gradebook(course.gradebook) as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission(ASSIGNMENT, "ada")
    mark(course, "ada", "why", 2.5, "fine")
    mark(course, "ada", "square-test", 1.5)
    return course


def now(course: Course, **how: Any) -> Said:
    said: Said = []
    bring_up(course, course.gradebook, ASSIGNMENT, said.append, **how)
    return said


def points(course: Course) -> dict[str, tuple[float | None, float]]:
    """What ada has by hand, and the most there is, of each exercise; and her comments."""
    with Gradebook(course.gradebook) as gradebook:
        notebooks = gradebook.find_submission(ASSIGNMENT, "ada").notebooks
        return {grade.name: (grade.manual_score, grade.max_score) for each in notebooks for grade in each.grades}


BEFORE = {"square-test": (1.5, 2.0), "cube-test": (None, 3.0), "why": (2.5, 3.0)}
EASIER: Row = ("square-test", "test", "assert square(3) == 9", 2.0)


def test_nothing_is_said_of_what_did_not_change(course: Course) -> None:
    assert now(course) == []
    assert not pending(course, course.gradebook, ASSIGNMENT)


def test_a_corrected_test_is_entered_and_named(course: Course) -> None:
    write(course, [EASIER if row == SQUARE else row for row in ROWS])
    assert now(course) == ["hw: other in source/ than when it was last graded, and used now: square (its test)"]
    with Gradebook(course.gradebook) as gradebook:
        assert gradebook.find_source_cell("square-test", "nb", ASSIGNMENT).source == EASIER[2]
    assert points(course) == BEFORE
    assert now(course) == [], "once"


def test_other_points_are_entered_and_named(course: Course) -> None:
    write(course, [(*row[:3], 4.0) if row == SQUARE else row for row in ROWS])
    assert now(course) == ["hw: other in source/ than when it was last graded, and used now: square (2 → 4 points)"]
    assert points(course) == BEFORE | {"square-test": (1.5, 4.0)}


def test_texts_come_and_go_without_a_word(course: Course) -> None:
    write(course, [*ROWS[1:], ("more", "text", "What to do next", 0.0)])
    assert now(course) == []
    with Gradebook(course.gradebook) as gradebook:
        names = {cell.name for cell in gradebook.find_notebook("nb", ASSIGNMENT).source_cells}
    assert "more" in names
    assert "text" not in names


@pytest.mark.parametrize(
    ("rows", "words", "after"),
    [
        ([*ROWS, *HALF], "half was added (2 points)", BEFORE | {"half-test": (None, 2.0)}),
        ([*ROWS, TASK], "draw was added (4 points)", BEFORE | {"draw": (None, 4.0)}),
        (ROWS[:3] + ROWS[5:], "cube was removed", {"square-test": (1.5, 2.0), "why": (2.5, 3.0)}),
        (
            renamed("square", "power"),
            "square was renamed to power",
            {"power-test": (1.5, 2.0), "cube-test": (None, 3.0), "why": (2.5, 3.0)},
        ),
        (
            [("because", *ROWS[5][1:]) if row == ROWS[5] else row for row in ROWS],
            "why was renamed to because",
            {"square-test": (1.5, 2.0), "cube-test": (None, 3.0), "because": (2.5, 3.0)},
        ),
        (
            [("why", "task", "Draw it.", 3.0) if row == ROWS[5] else row for row in ROWS],
            "why was added (3 points), why was removed",
            BEFORE | {"why": (None, 3.0)},
        ),
    ],
    ids=["added", "task", "removed", "renamed", "question", "kind"],
)
def test_other_exercises_are_refused_in_a_line_and_entered_on_demand(
    course: Course, rows: list[Row], words: str, after: dict[str, Any]
) -> None:
    write(course, rows)
    before = points(course)
    with pytest.raises(Problem, match="nothing was changed") as refused:
        now(course)
    assert words in str(refused.value)
    assert "grade hw --changed-exercises" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert points(course) == before
    kept, used = now(course, exercises=True)
    assert words in used
    assert (course.root / kept.split()[-1]).is_file(), "the gradebook as it was"
    assert points(course) == after
    assert now(course) == []


def test_a_notebook_more_and_one_less_are_exercises_too(course: Course) -> None:
    write(course, HALF, "other.ipynb")
    with pytest.raises(Problem, match="half was added"):
        now(course)
    now(course, exercises=True)
    assert points(course) == BEFORE | {"half-test": (None, 2.0)}
    (course.source / ASSIGNMENT / NOTEBOOK).unlink()
    with pytest.raises(Problem, match="cube was removed"):
        now(course)
    now(course, exercises=True)
    assert points(course) == {"half-test": (None, 2.0)}


def test_before_anything_is_handed_in_exercises_come_and_go(fresh: Course) -> None:
    course = fresh
    write(course, [*ROWS[:3], *HALF])
    assert now(course) == []
    with Gradebook(course.gradebook) as gradebook:
        assert gradebook.find_assignment(ASSIGNMENT).max_score == 4.0


def test_a_source_that_nbgrader_refuses_is_told_in_a_line_before_anything_changes(course: Course) -> None:
    write(course, [("text", "text", "### BEGIN SOLUTION\nx\n### END SOLUTION", 0.0), *ROWS[1:]])
    with pytest.raises(Problem, match=r"hw: .* run `python -m autograder build hw`"):
        now(course)
