"""What grading left is read as it is: marks, reports and sources, and what could not be graded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.problem import Problem
from autograder.reporting.reading import Graded, read_class, was_graded
from autograder.submission import Submission
from autograder.tamper import Note, write_notes
from ci.tests.autograder.reporting.planted import STUDENTS


def test_exercises_stand_in_the_notebook_s_order(classes: list[Graded]) -> None:
    first = classes[0]
    assert [(each.slug, each.points, each.by_hand, each.place) for each in first.exercises] == [
        ("gate", 2.0, False, 1),
        ("loop", 3.0, False, 2),
        ("both", 4.0, False, 3),
        ("why", 2.0, True, 4),
    ]
    assert first.title == "The assignment 1-a" and first.exercises[0].title == "Exercise gate"
    assert (first.exercises[0].cell, first.exercises[0].test) == ("gate", "gate-test")


def test_answer_has_its_source_and_what_was_told(classes: list[Graded]) -> None:
    gate, loop = classes[0].exercises[:2]
    answer = gate.answers[STUDENTS[70]]
    assert [(told.slug, told.node) for told in answer.told] == [("sign", "gate")]
    assert answer.source == "def gate(x, dz):\n    return x", "its own cell, without those of other exercises"
    assert loop.answers[STUDENTS[70]].source == "def loop(x, dz):\n    return x * dz"
    assert gate.answers[STUDENTS[85]].result.verdict == "timed-out"


def test_nothing_is_written_and_nothing_runs(course: Course) -> None:
    def state() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in course.root.rglob("*") if path.is_file()}

    before = state()
    read_class(course, "2-b")
    assert state() == before


def test_submission_that_could_not_be_graded_has_crashed(course: Course, tmp_path: Path) -> None:
    copy = Course(Path(shutil.copytree(course.root, tmp_path / "copy")))
    for student in STUDENTS[:2]:
        (Submission(copy, "1-a", student).autograded / "nb.ipynb").write_text("{")
    notes = Submission(copy, "1-a", STUDENTS[0]).tamper_notes
    write_notes(notes, "grade", [Note("not-graded", "", "nbgrader gave up on it")])
    gate = read_class(copy, "1-a").exercises[0]
    assert [gate.answers[student].result.verdict for student in STUDENTS[:2]] == ["crashed", "not-written"]


def test_course_without_a_gradebook_gets_none(course: Course, tmp_path: Path) -> None:
    shutil.copytree(course.source, tmp_path / "source")
    bare = Course(tmp_path)
    assert not was_graded(bare, "1-a") and was_graded(course, "1-a")
    with pytest.raises(Problem, match="there is no gradebook yet; first: python -m autograder grade 1-a"):
        read_class(bare, "1-a")
    assert not (tmp_path / "gradebook.db").exists()
