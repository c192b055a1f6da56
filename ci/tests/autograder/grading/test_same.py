"""Farm, store and lighter bookkeeping change nothing: gradebook, graded notebooks and feedback stay the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder import HOME
from autograder.corpus.hand_in import HandIn, hand_in
from autograder.course import Course
from autograder.demo import CLASS, feedback
from autograder.grading.grade import grade, register
from autograder.grading.pictures import draw_pictures
from autograder.submission import Submission
from ci.tests.autograder.builders import class_of, given_out, put

REAL = "1-computational-graphs"
# One student, as each has all pictures of a notebook drawn in each way: answers in another style, and wrong ones.
STUDENT = HandIn({**CLASS["own-style"].changes, **CLASS["overwrites-at-branches"].changes})
# nbgrader's own steps where this repository has lighter ones, every cell examined anew, one submission after another.
NBGRADERS_OWN = """
c.Examine.store = ""
c.SubmissionExporter.optimistic_validation = False
theirs = "nbgrader.preprocessors."
names = ("OverwriteKernelspec", "OverwriteCells", "SaveAutoGrades", "AssignLatePenalties", "CheckCellMetadata")
for steps in (c.Autograde.sanitize_preprocessors, c.Autograde.autograde_preprocessors):
    for place, step in enumerate(steps):
        if step.rsplit(".")[-1] in names:
            steps[place] = theirs + step.rsplit(".")[-1]
"""
LATE = '\nc.LateSubmissionPlugin.penalty_method = "zero"\n'


def handed_in(folder: Path, tiny_built: Path) -> Course:
    """A course folder: a real submission, small ones that are odd or late."""
    course = given_out(folder, REAL)
    hand_in(Submission(course, REAL, "own-style"), STUDENT)
    for name in ("source", "assignments"):
        shutil.copytree(tiny_built / name / "1-tiny", folder / name / "1-tiny")
    small_class(course)
    return course


def set_up(course: Course, more: str) -> None:
    """Write the settings of one way, and let the gradebook know the assignments and a date."""
    settings = (HOME / "nbgrader_config.py").read_text(encoding="utf-8")
    (course.root / "nbgrader_config.py").write_text(settings + LATE + more, encoding="utf-8")
    for assignment in ("1-tiny", REAL):
        register(course, assignment, course.root / "build" / "log")
    with Gradebook(course.gradebook) as gradebook:
        gradebook.update_or_create_assignment("1-tiny", duedate="2026-01-02 00:00:00 UTC")


def small_class(course: Course) -> None:
    """Hand in small submissions, in time and late, odd and broken."""
    class_of(course, 6)
    for name, time in (("student-0", "2026-01-01 12:00:00 UTC"), ("student-1", "2026-01-03 12:00:00 UTC")):
        (course.root / "submitted" / name / "1-tiny" / "timestamp.txt").write_text(time)
    put(course, "broken", "square", "").write_text("not JSON", encoding="utf-8")
    put(course, "shows-html", "square", "from IPython.display import HTML\nHTML('<b onclick=alert(1)>hi</b>')")
    path = put(course, "data-beside", "square", "def square(x):\n    return x * x\nprint(open('table.csv').read())")
    path.with_name("table.csv").write_text("1,2\n")


def by_nbgrader(course: Course) -> None:
    for assignment in ("1-tiny", REAL):
        line = [sys.executable, "-m", "nbgrader", "autograde", assignment]
        done = subprocess.run(line, cwd=course.root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def by_the_farm(course: Course) -> None:
    for assignment in ("1-tiny", REAL):
        students = grade(course, assignment, workers=2)
        draw_pictures(course, assignment, students, workers=2)


WAYS = {
    "nbgrader with its own steps": (by_nbgrader, NBGRADERS_OWN),
    "nbgrader with ours": (by_nbgrader, '\nc.Examine.store = ""\n'),
    "the farm": (by_the_farm, ""),
    "the full store": (by_the_farm, ""),  # which is the farm's
}


@pytest.fixture(scope="module")
def courses(tiny_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Course]]:
    """The same submissions, graded in each way."""
    graded, folder = {}, tmp_path_factory.mktemp("same")
    origin = handed_in(folder / "origin", tiny_built)
    for number, (way, (how, settings)) in enumerate(WAYS.items()):
        course = Course(Path(shutil.copytree(origin.root, folder / str(number))))
        if way == "the full store":
            shutil.copytree(graded["the farm"].root / "build" / "store", course.root / "build" / "store")
        set_up(course, settings)
        how(course)
        for assignment in ("1-tiny", REAL):
            feedback(course, assignment, course.root / "build" / "log")
        graded[way] = course
    yield graded


def entered(course: Course) -> list[Any]:
    """All that the gradebook says of submissions, without its own ids."""
    with Gradebook(course.gradebook) as gradebook:
        return sorted(
            (
                assignment.name,
                submission.student.id,
                str(submission.timestamp),
                submission.total_seconds_late,
                (submission.score, submission.max_score, submission.needs_manual_grade),
                [
                    (
                        notebook.name,
                        notebook.late_submission_penalty,
                        sorted(
                            (mark.name, mark.auto_score, mark.manual_score, mark.needs_manual_grade, mark.max_score)
                            for mark in notebook.grades
                        ),
                        sorted((each.name, each.auto_comment, each.manual_comment) for each in notebook.comments),
                    )
                    for notebook in submission.notebooks
                ],
            )
            for assignment in gradebook.assignments
            for submission in assignment.submissions
        )


def files(course: Course, folder: str) -> dict[str, bytes]:
    contents = {
        str(path.relative_to(course.root / folder)): path.read_bytes()
        for path in sorted((course.root / folder).rglob("*"))
        if path.is_file()
    }
    assert contents, f"{folder} is empty"
    return contents


OTHERS = [way for way in WAYS if way != "nbgrader with its own steps"]


@pytest.mark.parametrize("way", OTHERS)
def test_gradebook_is_the_one_of_nbgraders_own_steps(courses: dict[str, Course], way: str) -> None:
    expected = entered(courses["nbgrader with its own steps"])
    assert len(expected) == 9 + 1
    assert entered(courses[way]) == expected


def test_the_late_one_has_its_penalty_and_the_class_has_points(courses: dict[str, Course]) -> None:
    for way, course in courses.items():
        rows = {(row[0], row[1]): row for row in entered(course)}
        late = rows["1-tiny", "student-1"]
        assert late[3] > 0 and late[5][0][1] == late[4][0] > 0, way
        assert rows["1-tiny", "student-0"][5][0][1] is None, way
        assert rows[REAL, "own-style"][4][0] > 20, way


@pytest.mark.parametrize("folder", ["autograded", "feedback"])
@pytest.mark.parametrize("way", OTHERS)
def test_files_are_those_of_nbgraders_own_steps_byte_by_byte(courses: dict[str, Course], way: str, folder: str) -> None:
    expected, actual = (files(courses[each], folder) for each in ("nbgrader with its own steps", way))
    assert list(actual) == list(expected)
    assert [name for name in expected if actual[name] != expected[name]] == []


def test_gradebook_is_opened_as_often_for_three_as_for_one(tiny: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    class_of(tiny, 3)
    grade(tiny, "1-tiny")  # it is made, and the assignment entered
    opened: list[str] = []
    make = Gradebook.__init__
    monkeypatch.setattr(Gradebook, "__init__", lambda self, url, *rest: (opened.append(url), make(self, url, *rest))[1])
    counts = []
    for students in ("student-0", "*"):
        opened.clear()
        grade(tiny, "1-tiny", students)
        counts.append(len(opened))
    assert counts == [1, 1], "once for all that follows"
