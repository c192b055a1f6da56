"""A guess before a picture: edited, moved, copied, broken or deleted it costs nothing, and is shown where it stands."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.converters import GenerateFeedback

from autograder.course import Course, quiet
from autograder.grading.grade import grade
from autograder.grading.pictures import draw_pictures
from autograder.intake.graft import graft
from autograder.notebooks.kinds import FREE
from autograder.notebooks.notebook import canonical, grade_id, read
from autograder.submission import Submission
from autograder.tamper import read_notes
from ci.tests.autograder.small_course import ASSIGNMENT, FLAGS, NOTEBOOK, ROWS, SOLVED, put, small

STUB = "# A guess first (no points): what is 3²?\nguess = None"
PICTURE = (
    "from cs231n_lite import reveal\n\n\ndef picture():\n"
    "    display(reveal(globals().get('guess', ''), square(3), 'three rows of three'))\n\n\npicture()"
)
MINE = STUB.replace("None", "8.5")
Change = Callable[[list[NotebookNode]], None]


def course_with_a_guess(folder: Path) -> Course:
    """The small course with a guess behind `square`, and a picture that shows it."""
    course = small(folder, ROWS)
    path = course.source / ASSIGNMENT / NOTEBOOK
    notebook = read(path)
    meta = {"schema_version": 3, "grade_id": "square-picture", "task": False, **FLAGS["text"]}
    place = [grade_id(cell) for cell in notebook.cells].index("square") + 1
    notebook.cells[place:place] = [
        new_code_cell(STUB, id="square-guess", metadata={"tags": [FREE]}),
        new_code_cell(PICTURE, id="square-picture", metadata={"nbgrader": meta}),
    ]
    path.write_text(canonical(notebook), encoding="utf-8")
    return course


def guess_of(cells: list[NotebookNode]) -> NotebookNode:
    return next(cell for cell in cells if cell.id == "square-guess")


def edited(cells: list[NotebookNode]) -> None:
    guess_of(cells).source = MINE


def deleted(cells: list[NotebookNode]) -> None:
    cells.remove(guess_of(cells))


def moved(cells: list[NotebookNode]) -> None:
    edited(cells)
    cells.insert(0, cells.pop(cells.index(guess_of(cells))))


def copied(cells: list[NotebookNode]) -> None:
    cells.insert(0, copy.deepcopy(guess_of(cells)))
    cells[0].id = "another"
    edited(cells)


def by_another_tool(cells: list[NotebookNode]) -> None:
    edited(cells)
    guess_of(cells).metadata, guess_of(cells).id = NotebookNode(), "3f9a61c2"


def in_words(cells: list[NotebookNode]) -> None:
    """No Python, five words and more, beside a question that is not answered."""
    next(cell for cell in cells if grade_id(cell) == "why").source = "YOUR ANSWER HERE"
    cell = guess_of(cells)
    cell.source = STUB.replace("None", "I think that it is nine or so")
    cells.append(cells.pop(cells.index(cell)))


CHANGES: dict[str, Change | None] = {
    "untouched": None,
    "edited": edited,
    "deleted": deleted,
    "moved": moved,
    "copied": copied,
    "tool": by_another_tool,
    "words": in_words,
}


def handed_in(course: Course, student: str, change: Change | None) -> Path:
    path = put(course, student, SOLVED)
    notebook = read(path)
    if change:
        change(notebook.cells)
    path.write_text(canonical(notebook), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    course = course_with_a_guess(tmp_path_factory.mktemp("guesses"))
    for student, change in CHANGES.items():
        handed_in(course, student, change)
    yield course


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_becomes_of_a_guess_nobody_is_told_and_it_stands_where_the_student_has_it(
    course: Course, name: str
) -> None:
    path = course.root / "submitted" / name / ASSIGNMENT / NOTEBOOK
    grafted, notes = graft(read(course.source / ASSIGNMENT / NOTEBOOK), path, course.config())
    assert [note for note in notes if note.cell != "why"] == []
    theirs = [cell.source for cell in read(path).cells if cell.source.startswith("# A guess")]
    assert [cell.source for cell in grafted.cells if cell.source.startswith("# A guess")] == theirs
    names = [grade_id(cell) for cell in grafted.cells if grade_id(cell)]
    assert "square-guess" not in names and names.count("square-picture") == 1
    order = [cell.source for cell in grafted.cells]
    if name not in ("deleted", "moved", "words"):
        assert order.index(theirs[-1]) == order.index(PICTURE) - 1


def test_a_guess_in_words_is_no_answer_to_a_question_that_is_empty(course: Course) -> None:
    path = course.root / "submitted" / "words" / ASSIGNMENT / NOTEBOOK
    grafted, notes = graft(read(course.source / ASSIGNMENT / NOTEBOOK), path, course.config())
    (why,) = (cell for cell in grafted.cells if grade_id(cell) == "why")
    assert "nine or so" not in why.source and [note.kind for note in notes] == []


def test_points_are_the_same_and_the_guess_is_shown_beside_what_came(course: Course) -> None:
    results = grade(course, ASSIGNMENT)
    scores = {name: result.score for name, result in results.items()}
    assert scores == dict.fromkeys(CHANGES, 5.0)
    for name in CHANGES:
        notes = read_notes(Submission(course, ASSIGNMENT, name).tamper_notes)
        assert [note for note in notes if note.kind not in ("empty-answer",)] == [], name
    draw_pictures(course, ASSIGNMENT, list(CHANGES))
    with quiet():
        course.nbgrader(GenerateFeedback, ASSIGNMENT)
    pages = {name: (course.root / "feedback" / name / ASSIGNMENT / "nb.html").read_text() for name in CHANGES}
    for name in ("edited", "moved", "tool"):
        assert "Your guess: <code>8.5</code>. What came: <code>9</code>. Close" in pages[name], name
    for name in ("untouched", "deleted"):
        assert "No guess yet. What came: <code>9</code>." in pages[name], name
