"""Nobody is noted for what the course changed, whatever version was handed in; an edit of one's own still is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.course import Course
from autograder.intake.graft import graft
from autograder.notebooks.notebook import grade_id, read
from autograder.notebooks.versions import past, released, remember, rename
from autograder.tamper import Note
from ci.tests.autograder.small_course import ASSIGNMENT, HALF, NOTEBOOK, ROWS, SOLVED, Row, put, small, write

EASIER: Row = ("square-test", "test", "assert square(3) == 9", 4.0)
NEXT: dict[str, list[Row]] = {
    "corrected": [EASIER if row[0] == "square-test" else row for row in ROWS],
    "reworded": [("text", "text", "# Powers of numbers", 0.0), *ROWS[1:]],
    "added": [*ROWS[:3], *HALF, *ROWS[3:]],
    "removed": ROWS[:3] + ROWS[5:],
    "moved": ROWS[3:] + ROWS[:3],
    "renamed": [(name.replace("square", "power"), *rest) for name, *rest in ROWS],  # type: ignore[misc]
}


def handed_out(course: Course) -> None:
    """Remember what source/ gives now, as `build` and `grade` do."""
    master = read(course.source / ASSIGNMENT / NOTEBOOK)
    remember(course, ASSIGNMENT, [("nb", released(master, course.config()))])


def grafted(course: Course) -> tuple[NotebookNode, list[Note]]:
    path = course.root / "submitted" / "ada" / ASSIGNMENT / NOTEBOOK
    return graft(read(course.source / ASSIGNMENT / NOTEBOOK), path, course.config(), past(course, ASSIGNMENT, "nb"))


@pytest.mark.parametrize("change", NEXT)
def test_what_the_course_changed_is_no_edit(tmp_path: Path, change: str) -> None:
    course = small(tmp_path)
    handed_out(course)
    put(course, "ada", SOLVED)
    write(course, NEXT[change])
    handed_out(course)
    if change == "renamed":
        rename(course, ASSIGNMENT, "nb", {"square": "power", "square-test": "power-test"})
    notebook, notes = grafted(course)
    assert notes == []
    texts = {grade_id(cell): cell.source for cell in notebook.cells}
    assert texts["power" if change == "renamed" else "square"] == SOLVED["square"]
    tests = [cell.source for cell in notebook.cells if "assert" in cell.source]
    assert tests == [row[2] for row in NEXT[change] if "assert" in row[2]], "the master's, and no other"


@pytest.mark.parametrize("change", NEXT)
def test_who_has_the_new_version_is_not_noted_either(tmp_path: Path, change: str) -> None:
    course = small(tmp_path)
    handed_out(course)
    write(course, NEXT[change])
    handed_out(course)
    put(course, "ada", SOLVED)
    assert grafted(course)[1] == []


def test_an_edit_of_ones_own_is_noted_whatever_was_handed_out(tmp_path: Path) -> None:
    course = small(tmp_path)
    handed_out(course)
    path = put(course, "ada", SOLVED | {"square-test": "pass"})
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][4]["metadata"]["nbgrader"]["points"] = 99.0
    path.write_text(json.dumps(notebook), encoding="utf-8")
    write(course, NEXT["corrected"])
    handed_out(course)
    assert [(note.kind, note.cell) for note in grafted(course)[1]] == [
        ("edited", "square-test"),
        ("flags", "cube-test"),
    ]


def test_the_stub_of_an_earlier_version_is_no_answer(tmp_path: Path) -> None:
    course = small(tmp_path)
    handed_out(course)
    put(course, "ada", {})
    write(
        course,
        [(*row[:2], row[2].replace("def square(x):", "def square(x):\n    # x is a number"), row[3]) for row in ROWS],
    )
    handed_out(course)
    notebook, notes = grafted(course)
    assert notes == []
    assert "# x is a number" in next(cell.source for cell in notebook.cells if grade_id(cell) == "square")
