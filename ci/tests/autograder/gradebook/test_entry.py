"""nbgrader's own autograde grades by what is in source/ now, too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder import HOME
from autograder.course import Course
from autograder.gradebook.entry import is_entered
from autograder.grading.grade import grade
from autograder.problem import Problem
from ci.tests.autograder.small_course import ASSIGNMENT, FLOATS, HALF, ROWS, SQUARE, mark, put, small, write


def nbgrader(course: Course, *words: str) -> subprocess.CompletedProcess[str]:
    (course.root / "nbgrader_config.py").write_text((HOME / "nbgrader_config.py").read_text(encoding="utf-8"))
    command = [sys.executable, "-m", "nbgrader", *words]
    environment = os.environ | {"PYTHONPATH": str(HOME)}
    return subprocess.run(command, cwd=course.root, env=environment, capture_output=True, text=True, check=False)


def scores(course: Course) -> dict[str, float]:
    with Gradebook(course.gradebook) as gradebook:
        return {grade.name: grade.score for grade in gradebook.find_submission(ASSIGNMENT, "ada").notebooks[0].grades}


def test_an_assignment_is_entered_once_it_is_graded(tmp_path: Path) -> None:
    course = small(tmp_path)
    assert not is_entered(course.gradebook, ASSIGNMENT)


def test_nbgraders_autograde_uses_a_corrected_test_and_refuses_an_exercise_more(tmp_path: Path) -> None:
    course = small(tmp_path)
    put(course, "ada", FLOATS)
    grade(course, ASSIGNMENT)
    mark(course, "ada", "why", 2.5)
    assert scores(course) == {"square-test": 0.0, "cube-test": 3.0, "why": 2.5}

    easier = [("square-test", "test", "assert square(3) == 9", 2.0) if row == SQUARE else row for row in ROWS]
    write(course, easier)
    done = nbgrader(course, "autograde", ASSIGNMENT, "--force")
    assert done.returncode == 0, done.stderr
    assert "used now: square (its test)" in done.stderr
    assert scores(course) == {"square-test": 2.0, "cube-test": 3.0, "why": 2.5}
    graded = (course.root / "autograded" / "ada" / ASSIGNMENT / "nb.ipynb").read_text(encoding="utf-8")
    assert "isinstance" not in "".join("".join(cell["source"]) for cell in json.loads(graded)["cells"])
    with Gradebook(course.gradebook) as gradebook:
        assert not gradebook.find_submission(ASSIGNMENT, "ada").needs_manual_grade, "the answer is the same"

    write(course, [*easier, *HALF])
    done = nbgrader(course, "autograde", ASSIGNMENT, "--force")
    assert done.returncode != 0
    assert "half was added" in done.stderr
    assert scores(course) == {"square-test": 2.0, "cube-test": 3.0, "why": 2.5}
    assert (course.root / "autograded" / "ada" / ASSIGNMENT / "nb.ipynb").read_text(encoding="utf-8") == graded
    with pytest.raises(Problem, match="half was added"):
        grade(course, ASSIGNMENT)
    assert grade(course, ASSIGNMENT, exercises=True)["ada"].exercises["half"].verdict == "not-written"
    assert scores(course) == {"square-test": 2.0, "cube-test": 3.0, "why": 2.5, "half-test": 0.0}
