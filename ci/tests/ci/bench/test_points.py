from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode, write
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.course import Course
from autograder.submission import Submission
from ci.bench.grading.points import differences, judged_by

PLAIN = {("ada", "add-test"): 2.0, ("ada", "why"): None}


def test_other_points_and_missing_ones_are_differences() -> None:
    assert differences(PLAIN, dict(PLAIN)) == []
    assert differences(PLAIN, PLAIN | {("ada", "add-test"): 1.5}) == [("ada", "add-test")]
    assert differences(PLAIN, {("ada", "add-test"): 2.0}) == [("ada", "why")]
    assert differences(PLAIN, PLAIN | {("ben", "add-test"): 0.0}) == [("ben", "add-test")]


def test_a_way_with_points_of_tests_alone_is_not_asked_for_others() -> None:
    assert differences(PLAIN, {("ada", "add-test"): 2.0}, tests=True) == []
    assert differences(PLAIN, {("ada", "add-test"): 1.0}, tests=True) == [("ada", "add-test")]


def graded(course: Course, outputs: list[NotebookNode]) -> Submission:
    (course.source / "a").mkdir(parents=True)
    about = {"grade_id": "add-test", "grade": True, "solution": False, "locked": True, "points": 2, "schema_version": 3}
    notebook = new_notebook(cells=[new_code_cell("1", metadata={"nbgrader": about}, outputs=outputs)])
    submission = Submission(course, "a", "ada")
    submission.autograded.mkdir(parents=True)
    for folder in (course.source / "a", submission.autograded):
        write(notebook, folder / "a.ipynb", version=4)
    return submission


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ([new_output("stream", name="stderr", text="a\nwarning")], "stderr: a warning"),
        ([new_output("stream", text="hello"), new_output("error", ename="Late", evalue="cell")], "error: Late: cell"),
        ([], "no output"),
    ],
)
def test_what_plain_nbgrader_went_by_is_told(tmp_path: Path, outputs: list[NotebookNode], words: str) -> None:
    assert judged_by(graded(Course(tmp_path), outputs), "add-test") == words
