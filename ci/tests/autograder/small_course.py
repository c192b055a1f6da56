"""A course of a few cells, as an instructor of one's own would write it: plain asserts, and a question by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course import Course
from autograder.gradebook.session import opened
from autograder.notebooks.notebook import canonical, grade_id, read
from autograder.notebooks.versions import released

ASSIGNMENT, NOTEBOOK = "hw", "nb.ipynb"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
FLAGS: dict[str, dict[str, Any]] = {
    "text": {"grade": False, "locked": True, "solution": False},
    "answer": {"grade": False, "locked": False, "solution": True},
    "test": {"grade": True, "locked": True, "solution": False},
    "written": {"grade": True, "locked": False, "solution": True},
    "task": {"grade": False, "locked": True, "solution": False},
}
Row = tuple[str, str, str, float]  # grade_id, kind, text, points
SQUARE: Row = ("square-test", "test", "assert square(3) == 9\nassert isinstance(square(3), int)", 2.0)
ROWS: list[Row] = [
    ("text", "text", "# Powers", 0.0),
    ("square", "answer", "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION", 0.0),
    SQUARE,
    ("cube", "answer", "def cube(x):\n    ### BEGIN SOLUTION\n    return x * x * x\n    ### END SOLUTION", 0.0),
    (
        "cube-test",
        "test",
        "assert cube(2) == 8\n### BEGIN HIDDEN TESTS\nassert cube(-1) == -1\n### END HIDDEN TESTS",
        3.0,
    ),
    ("why", "written", "### BEGIN SOLUTION\nIt grows.\n### END SOLUTION", 3.0),
]
TASK: Row = ("draw", "task", "Draw x².\n### BEGIN MARK SCHEME\nA parabola: 4.\n### END MARK SCHEME", 4.0)
HALF: list[Row] = [
    ("half", "answer", "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION", 0.0),
    ("half-test", "test", "assert half(3) == 1.5", 2.0),
]
SOLVED = {
    "square": "def square(x):\n    return x * x",
    "cube": "def cube(x):\n    return x ** 3",
    "why": "Because it grows.",
}
FLOATS = SOLVED | {"square": "def square(x):\n    return float(x * x)"}


def cell(name: str, kind: str, text: str, points: float) -> NotebookNode:
    meta = {"schema_version": 3, "grade_id": name, "task": kind == "task", **FLAGS[kind]}
    if kind in ("test", "written", "task"):
        meta["points"] = points
    make = new_code_cell if kind in ("test", "answer") else new_markdown_cell
    return make(text, metadata={"nbgrader": meta}, id=name)


def write(course: Course, rows: list[Row], name: str = NOTEBOOK) -> None:
    """Write a notebook of source/."""
    notebook = new_notebook(cells=[cell(*row) for row in rows], metadata={"kernelspec": KERNEL})
    path = course.source / ASSIGNMENT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(canonical(notebook), encoding="utf-8")


def small(folder: Path, rows: list[Row] = ROWS) -> Course:
    """Make the course."""
    course = Course(folder / "course")
    write(course, rows)
    return course


def put(course: Course, student: str, answers: dict[str, str], name: str = NOTEBOOK) -> Path:
    """Hand in what students get of source/ at this moment, with answers in it."""
    notebook = released(read(course.source / ASSIGNMENT / name), course.config())
    for each in notebook.cells:
        each.source = answers.get(grade_id(each), each.source)
    path = course.root / "submitted" / student / ASSIGNMENT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(canonical(notebook), encoding="utf-8")
    return path


def mark(
    course: Course,
    student: str,
    name: str,
    points: float,
    comment: str = "",
    *,
    assignment: str = ASSIGNMENT,
    notebook: str = "nb",
) -> None:
    """Give points by hand, as the formgrader does."""
    with opened(course.gradebook) as gradebook:
        grade = gradebook.find_grade(name, notebook, assignment, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            gradebook.find_comment(name, notebook, assignment, student).manual_comment = comment
        gradebook.db.commit()
