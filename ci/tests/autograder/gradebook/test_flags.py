"""The formgrader knows what the terminal says: flagged notebooks, the reasons above them, none of it in feedback."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from nbgrader.converters import Autograde, GenerateFeedback

from autograder.course import Course, quiet
from autograder.gradebook.flags import FOR_THE_MARKER
from autograder.gradebook.session import opened
from autograder.grading.grade import grade
from autograder.notebooks.notebook import read
from ci.tests.autograder.small_course import ASSIGNMENT, SOLVED, put, small

ATTACK = SOLVED | {"square": "import ctypes\n" + SOLVED["square"]}


def flagged(course: Course, student: str) -> bool:
    with opened(course.gradebook) as gradebook:
        return bool(gradebook.find_submission_notebook("nb", ASSIGNMENT, student).flagged)


def flag(course: Course, student: str, value: bool) -> None:
    """What the formgrader's button does."""
    with opened(course.gradebook) as gradebook:
        gradebook.find_submission_notebook("nb", ASSIGNMENT, student).flagged = value
        gradebook.db.commit()


def text(course: Course, student: str) -> str:
    cells = read(course.root / "autograded" / student / ASSIGNMENT / "nb.ipynb").cells
    return "".join(cell.source for cell in cells if cell.id == FOR_THE_MARKER)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course: Course = small(tmp_path_factory.mktemp("flags"))
    put(course, "ada", SOLVED)
    put(course, "eve", ATTACK)
    broken = put(course, "bob", SOLVED)
    whole = broken.read_text(encoding="utf-8")
    broken.write_text(whole[: whole.index("def cube")], encoding="utf-8")
    grade(course, ASSIGNMENT)
    return course


def test_who_is_told_of_in_the_terminal_is_flagged_and_nobody_else(course: Course) -> None:
    assert {name: flagged(course, name) for name in ("ada", "bob", "eve")} == {"ada": False, "bob": True, "eve": True}


def test_reasons_stand_above_the_graded_notebook(course: Course) -> None:
    assert "ctypes" in text(course, "eve") and "broken-json" in text(course, "bob") and "cube" in text(course, "bob")
    assert not text(course, "ada")


def test_reasons_are_not_in_feedback(course: Course) -> None:
    with quiet(course.root / "feedback.log"):
        course.nbgrader(GenerateFeedback, ASSIGNMENT)
    page = (course.root / "feedback" / "eve" / ASSIGNMENT / "nb.html").read_text(encoding="utf-8")
    assert "whoever marks" not in page and "suspicious" not in page


def test_log_of_nbgraders_own_autograde_names_them(course: Course) -> None:
    log = course.root / "autograde.log"
    with quiet(log):
        course.nbgrader(Autograde, ASSIGNMENT, student="bob", BaseConverter={"force": True})
    said = log.read_text(encoding="utf-8")
    assert "bob: accident: broken-json" in said and "bob: not in what was handed in: cube" in said


def test_flag_that_a_person_took_away_comes_back_with_a_new_reason_alone(course: Course) -> None:
    flag(course, "eve", False)
    flag(course, "ada", True)
    grade(course, ASSIGNMENT)
    seen = SimpleNamespace(eve=flagged(course, "eve"), ada=flagged(course, "ada"), bob=flagged(course, "bob"))
    assert seen == SimpleNamespace(eve=False, ada=True, bob=True), "they are a person's, or as they were"

    put(course, "eve", ATTACK | {"cube": "import socket\n" + SOLVED["cube"]})
    put(course, "bob", SOLVED)
    grade(course, ASSIGNMENT)
    assert flagged(course, "eve") and not flagged(course, "bob")
