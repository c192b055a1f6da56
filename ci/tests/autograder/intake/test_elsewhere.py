"""Answers in other cells than their own: they count where that is certain, and are for a person to see where not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.preprocessors import ClearHiddenTests

from autograder.course import Course
from autograder.intake.elsewhere import defined
from autograder.intake.graft import graft
from autograder.notebooks.notebook import canonical, grade_id, known, without_markers
from autograder.tamper import ACCIDENT, STRAY, Note
from ci.tests.autograder.builders import cell as master_cell

TINY = Course(Path(__file__).parents[2] / "fixtures" / "course")
MASTER = TINY.source / "1-tiny" / "tiny.ipynb"
STUB = "def square(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
RIGHT = "def square(x):\n    return x * x"
WORDS = "Two branches come out of x, and each of them brings one gradient back."
Data = dict[str, Any]


@pytest.fixture(scope="module")
def solution() -> Data:
    shown, _ = ClearHiddenTests().preprocess(copy.deepcopy(known(MASTER)), {})
    solved: Data = json.loads(canonical(shown))
    for each in solved["cells"]:
        each["source"] = without_markers("".join(each["source"]))
    return solved


@pytest.fixture
def solved(solution: Data) -> Data:
    return copy.deepcopy(solution)


def place(notebook: Data, name: str) -> int:
    return next(number for number, cell in enumerate(notebook["cells"]) if cell["id"] == name)


def own(source: str, kind: str = "code", **more: Any) -> Data:
    return {"cell_type": kind, "metadata": {}, "id": "mine", "source": source, **more}


def grafted(tmp_path: Path, notebook: Data) -> tuple[dict[str, str], list[str], list[Note]]:
    """The answers by name, the texts of the student's own cells, the notes."""
    path = tmp_path / "tiny.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    whole, notes = graft(known(MASTER), path, TINY.config())
    answers = {grade_id(cell): cell.source for cell in whole.cells if grade_id(cell)}
    return answers, [cell.source for cell in whole.cells if not grade_id(cell)], notes


def lost(notebook: Data) -> None:
    """The answer's cell deleted, and written anew there."""
    notebook["cells"][place(notebook, "square")] = own(RIGHT)


def below(notebook: Data) -> None:
    notebook["cells"][place(notebook, "square")]["source"] = STUB
    notebook["cells"].insert(place(notebook, "square") + 1, own(RIGHT))


def above(notebook: Data) -> None:
    notebook["cells"][place(notebook, "square")]["source"] = STUB
    notebook["cells"].insert(place(notebook, "square"), own(RIGHT))


def at_the_end(notebook: Data) -> None:
    notebook["cells"][place(notebook, "square")]["source"] = STUB
    notebook["cells"].append(own(RIGHT))


def as_a_lambda(notebook: Data) -> None:
    notebook["cells"][place(notebook, "square")] = own("square = lambda x: x * x")


def twice(notebook: Data) -> None:
    """A first try and a second one: the last counts, as it does in Python."""
    notebook["cells"][place(notebook, "square")] = own("def square(x):\n    return 2 * x")
    notebook["cells"].insert(place(notebook, "square-test"), own(RIGHT))


def copied_above(notebook: Data) -> None:
    """The cell copied with its name, the upper one written, the lower one left as it was."""
    stub = notebook["cells"][place(notebook, "square")]
    written = copy.deepcopy(stub) | {"source": RIGHT, "id": "copy"}
    stub["source"] = STUB
    notebook["cells"].insert(place(notebook, "square"), written)


def everything_lost(notebook: Data) -> None:
    for cell in notebook["cells"]:
        cell["metadata"] = {"application/vnd.databricks.v1+cell": {"title": ""}}
        del cell["id"]


def everything_lost_above_a_stub(notebook: Data) -> None:
    above(notebook)
    everything_lost(notebook)


CODE: tuple[Callable[[Data], None], ...] = (
    lost, below, above, at_the_end, as_a_lambda, twice, copied_above, everything_lost, everything_lost_above_a_stub,
)  # fmt: skip


@pytest.mark.parametrize("change", CODE, ids=lambda change: change.__name__)
def test_the_stub_never_wins_over_code_of_the_students_own(
    solved: Data, tmp_path: Path, change: Callable[[Data], None]
) -> None:
    change(solved)
    answers, others, notes = grafted(tmp_path, solved)
    scope: Data = {}
    exec("\n\n".join([answers["square"], *others]), scope)  # the student's own, as they follow one another
    assert scope["square"](3) == 9, (answers["square"], others)
    assert all(note.severity == STRAY for note in notes), notes


def test_own_cell_that_tries_an_answer_anew_stays_where_it_is(solved: Data, tmp_path: Path) -> None:
    solved["cells"].insert(place(solved, "square"), own("def square(x):\n    return 3"))
    answers, others, notes = grafted(tmp_path, solved)
    assert "product" in answers["square"] and others == ["def square(x):\n    return 3"] and notes == []


def written(kind: str, where: int) -> Callable[[Data], None]:
    def change(notebook: Data) -> None:
        notebook["cells"][place(notebook, "why-double")]["source"] = "*Your answer here.*"
        source = f"# {WORDS}" if kind == "code" else WORDS
        notebook["cells"].insert(place(notebook, "why-double") + where, own(source, kind))

    return change


@pytest.mark.parametrize("kind", ["markdown", "raw", "code"])
@pytest.mark.parametrize("where", [0, 1], ids=["above", "below"])
def test_written_answer_in_a_cell_beside_its_own_is_the_answer(
    solved: Data, tmp_path: Path, kind: str, where: int
) -> None:
    written(kind, where)(solved)
    answers, others, notes = grafted(tmp_path, solved)
    assert WORDS in answers["why-double"] and others == []
    assert [(note.kind, note.cell, note.severity) for note in notes] == [("answer-elsewhere", "why-double", ACCIDENT)]


def test_photo_in_a_cell_beside_the_answers_own_is_the_answer(solved: Data, tmp_path: Path) -> None:
    written("markdown", 1)(solved)
    photo = {"photo.png": {"image/png": "iVBORw0KGgo="}}
    solved["cells"][-1] |= {"source": "![](attachment:photo.png)", "attachments": photo}
    answers, _, notes = grafted(tmp_path, solved)
    assert "photo.png" in answers["why-double"] and [note.kind for note in notes] == ["answer-elsewhere"]


def test_a_question_left_open_where_nothing_else_is_written_stays_open(solved: Data, tmp_path: Path) -> None:
    solved["cells"][-1]["source"] = "*Your answer here.*"
    solved["cells"].insert(0, own("Ada Lovelace", "markdown"))
    solved["cells"].insert(1, own("Notes of my own from the lecture on computational graphs", "markdown"))
    answers, others, notes = grafted(tmp_path, solved)
    assert answers["why-double"] == "*Your answer here.*" and len(others) == 2 and notes == []


def test_where_two_questions_share_a_text_a_person_sees_both(tmp_path: Path) -> None:
    text = {"grade": True, "locked": False, "solution": True, "task": False, "schema_version": 3, "points": 2}
    questions = [
        new_markdown_cell("YOUR ANSWER HERE", metadata={"nbgrader": {**text, "grade_id": name}})
        for name in ("one", "two")
    ]
    master = new_notebook(cells=[master_cell("setup", "x = 1", "locked"), *questions])
    handed_in = json.loads(canonical(master))
    handed_in["cells"].insert(2, own(WORDS, "markdown"))
    path = tmp_path / "hand-in.ipynb"
    path.write_text(json.dumps(handed_in), encoding="utf-8")
    whole, notes = graft(master, path)
    assert [cell.source.strip() for cell in whole.cells][1] == WORDS
    # What nbgrader takes for an answer is what is not the stub: this one waits for a person, too.
    assert "please look there" in whole.cells[2].source
    assert {(note.cell, note.severity) for note in notes} == {("one", ACCIDENT), ("two", ACCIDENT)}


def test_names_are_those_that_a_cell_sets_at_its_top() -> None:
    source = "a = 1\nb: int = 2\nc == 3\ndef d():\n    e = 1\nclass F:\n    g = 1\nasync def h(): pass\ni += 1"
    assert defined(source) == {"a", "b", "d", "F", "h"}
