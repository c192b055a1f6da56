"""What several test files make: the tiny course and its submissions, notebooks of cells, word of what cannot run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder import HOME
from autograder.corpus.hand_in import HandIn, hand_in
from autograder.course import Course
from autograder.grading.results import ExerciseResult
from autograder.notebooks.notebook import canonical, grade_id, read
from autograder.submission import Submission

RUNGS = ("forked", "bubblewrap", "landlock")
SETUP = "import numpy as np\n\nfrom cs231n_lite import Report, attempt, check_gate, check_values, progress"
SQUARE = {
    # student: the answer to `square`, what becomes of it
    "right": ("def square(x):\n    return x**2", ExerciseResult(1.0, 1.0, "passed", [])),
    "half": (
        "def square(x):\n    return abs(3 * x) if x == 3 else 0.0",
        ExerciseResult(0.5, 1.0, "partial", ["wrong-value"]),
    ),
    "wrong": ("def square(x):\n    return 2 * x", ExerciseResult(0.0, 1.0, "failed", ["wrong-value"])),
    "unwritten": (
        "def square(x):\n    raise NotImplementedError()",
        ExerciseResult(0.0, 1.0, "not-written", ["not-written"]),
    ),
    "raises": ("def square(x):\n    return x / 0", ExerciseResult(0.0, 1.0, "failed", ["raises"])),
    "spoils-the-test": ("del Tally\ndef square(x):\n    return x * x", ExerciseResult(0.0, 1.0, "failed", ["raises"])),
}


def not_run(reason: str) -> None:
    """What this machine cannot show has not passed; where CI runs, it must be able to."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"NOT RUN: {reason}")
    pytest.skip(f"NOT RUN: {reason}")


def copied(tiny_built: Path, folder: Path) -> Course:
    """The tiny course, built, for a test or a module of its own."""
    return Course(Path(shutil.copytree(tiny_built, folder / "course")))


def given_out(folder: Path, assignment: str) -> Course:
    """A course folder with an assignment of this repository, not built anew: CI's step "build in sync" does that."""
    for name in ("source", "assignments"):
        shutil.copytree(HOME / name / assignment, folder / name / assignment)
    return Course(folder)


def put(course: Course, student: str, name: str, source: str) -> Path:
    """Hand in the solution with one cell replaced."""
    hand_in(Submission(course, "1-tiny", student), HandIn())
    path = course.root / "submitted" / student / "1-tiny" / "tiny.ipynb"
    notebook = read(path)
    next(cell for cell in notebook.cells if grade_id(cell) == name).source = source
    path.write_text(canonical(notebook), encoding="utf-8")
    return path


def class_of(course: Course, count: int = 8) -> None:
    """Hand in so many submissions, each with something of its own."""
    answers = [source for source, _ in SQUARE.values()]
    for number in range(count):
        put(course, f"student-{number}", "square", f"# of student {number}\n{answers[number % len(answers)]}")


def cell(name: str, source: str, kind: str, points: float = 2.0) -> NotebookNode:
    flags = {
        "test": {"grade": True, "locked": True, "solution": False, "points": points},
        "answer": {"grade": False, "locked": False, "solution": True},
        "locked": {"grade": False, "locked": True, "solution": False},
    }[kind]
    meta = {"schema_version": 3, "grade_id": name, "task": False, **flags}
    return new_code_cell(source, metadata={"nbgrader": meta})


def notebook(*cells: tuple[str, str]) -> NotebookNode:
    """A notebook of (kind, source); a test is named after its number among the tests."""
    cells_of_it, tests = [cell("setup", SETUP, "locked")], 0
    for number, (kind, source) in enumerate(cells):
        tests += kind == "test"
        cells_of_it.append(cell(f"test-{tests}" if kind == "test" else f"{kind}-{number}", source, kind))
    return new_notebook(cells=cells_of_it)


def reported(*lines: str) -> str:
    """A test cell of one part."""
    body = "\n".join(f"    {line}" for line in "\n".join(lines).split("\n"))
    return f'report = Report("x")\nwith report.part("it holds"):\n{body}\nreport.points(2)'


def held_to_rights() -> list[str]:
    """The words before a command that let it read and write what its user may: root may do all, unless told so."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        not_run("root cannot be held to the rights of files here: there is no setpriv")
    without = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={without}", f"--inh-caps={without}"]
