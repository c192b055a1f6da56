"""Reading a notebook of which one thing was changed, in hundreds of ways: no error, and what is whole is grafted."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from autograder.corpus.answers import answered
from autograder.course import Course
from autograder.intake.graft import graft
from autograder.notebooks.notebook import canonical, grade_id, known
from autograder.tamper import ATTACK, ODD, STRAY, Note

WAYS = 250  # changes of each notebook
OTHER: tuple[Any, ...] = (
    None,
    0,
    -1,
    1e308,
    "",
    "no-such-name",
    [],
    {},
    ["a", 1],
    {"a": []},
    True,
    "\ud800",
    "x" * 500,
)
KEYS = ("grade_id", "grade", "solution", "locked", "task", "points", "schema_version", "cell_type", "checksum")
Data = dict[str, Any]
Change = Callable[[random.Random, Data, Data], None]


def drop_a_key(chance: random.Random, cell: Data, _: Data) -> None:
    cell["metadata"]["nbgrader"].pop(chance.choice(KEYS), None)


def change_a_value(chance: random.Random, cell: Data, _: Data) -> None:
    cell["metadata"]["nbgrader"][chance.choice(KEYS)] = chance.choice(OTHER)


def rename_a_key(chance: random.Random, cell: Data, _: Data) -> None:
    about = cell["metadata"]["nbgrader"]
    about[chance.choice(("gradeid", "Grade_ID", "id"))] = about.pop(chance.choice(("grade_id", "grade", "solution")))


def take_anothers_name(chance: random.Random, cell: Data, notebook: Data) -> None:
    other = chance.choice([other for other in notebook["cells"] if "nbgrader" in other["metadata"]])
    cell["metadata"]["nbgrader"]["grade_id"] = other["metadata"]["nbgrader"]["grade_id"]


def take_anothers_id(chance: random.Random, cell: Data, notebook: Data) -> None:
    cell["id"] = chance.choice(notebook["cells"])["id"]


def change_the_id(chance: random.Random, cell: Data, _: Data) -> None:
    cell["id"] = chance.choice(OTHER)


def lose_metadata_and_id(chance: random.Random, cell: Data, _: Data) -> None:
    cell["metadata"] = chance.choice([{}, None, [], "text", {"nbgrader": None}, {"nbgrader": []}])
    if chance.random() < 0.5:
        cell["id"] = f"{chance.getrandbits(32):08x}"


def lose_the_id_and_the_name(chance: random.Random, cell: Data, _: Data) -> None:
    cell.pop("id", None)
    cell["metadata"]["nbgrader"]["grade_id"] = chance.choice(OTHER)


def retype(chance: random.Random, cell: Data, _: Data) -> None:
    cell["cell_type"] = chance.choice(["code", "markdown", "raw", "heading", *OTHER])


def split_the_source(chance: random.Random, cell: Data, _: Data) -> None:
    source = "".join(cell["source"])
    cell["source"] = chance.choice([source, source.splitlines(keepends=True), list(source), [source, "", 7, None]])


def spoil_the_rest(chance: random.Random, cell: Data, _: Data) -> None:
    cell[chance.choice(["outputs", "execution_count", "attachments", "extra"])] = chance.choice(OTHER)


def copy_the_cell(chance: random.Random, cell: Data, notebook: Data) -> None:
    notebook["cells"].insert(chance.randrange(len(notebook["cells"]) + 1), copy.deepcopy(cell))


def move_the_cell(chance: random.Random, cell: Data, notebook: Data) -> None:
    notebook["cells"].remove(cell)
    notebook["cells"].insert(chance.randrange(len(notebook["cells"]) + 1), cell)


def put_nonsense_beside(chance: random.Random, _: Data, notebook: Data) -> None:
    notebook["cells"].insert(chance.randrange(len(notebook["cells"]) + 1), chance.choice(OTHER))


def put_a_bare_id_before(chance: random.Random, cell: Data, notebook: Data) -> None:
    bare = {"cell_type": "code", "id": cell["id"], "metadata": {}, "source": "# a note", "outputs": []}
    notebook["cells"].insert(chance.randrange(notebook["cells"].index(cell) + 1), bare)


def change_the_notebook(chance: random.Random, _: Data, notebook: Data) -> None:
    notebook[chance.choice(["nbformat", "nbformat_minor", "metadata", "extra"])] = chance.choice(OTHER)


CHANGES: tuple[Change, ...] = (
    drop_a_key, change_a_value, rename_a_key, take_anothers_name, take_anothers_id, change_the_id, lose_metadata_and_id,
    lose_the_id_and_the_name, retype, split_the_source, spoil_the_rest, copy_the_cell, move_the_cell,
    put_nonsense_beside, put_a_bare_id_before, change_the_notebook,
)  # fmt: skip


def answers_of(notebook: NotebookNode) -> dict[str, str]:
    cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return {grade_id(cell): cell.source for cell in cells}


def grafted(tmp_path: Path, master: NotebookNode, notebook: Data) -> tuple[dict[str, str], list[Note]]:
    path = tmp_path / "handed-in.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    whole, notes = graft(master, path)
    # The solution's locked cells have the author's markers in them.
    return answers_of(whole), [note for note in notes if note.kind != "edited"]


@pytest.mark.parametrize("assignment", Course().assignments())
def test_one_change_loses_no_answer_whose_text_is_whole(assignment: str, tmp_path: Path) -> None:
    chance = random.Random(f"one change of {assignment}")
    for name, whole in answered(Course(), assignment, {}).items():
        master = known(Course().source / assignment / name)
        before, expected = json.loads(canonical(whole)), answers_of(whole)
        for number in range(WAYS):
            notebook = copy.deepcopy(before)
            answers = [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")]
            change = CHANGES[number % len(CHANGES)]
            change(chance, chance.choice(answers), notebook)
            got, _ = grafted(tmp_path, master, notebook)
            lost = {key for key in expected if got[key].strip() != expected[key].strip()}
            assert not lost, (change.__name__, number, lost)


@pytest.fixture
def solved() -> tuple[NotebookNode, Data]:
    """A master and its solution as a hand-in."""
    name, whole = next(iter(answered(Course(), Course().assignments()[0], {}).items()))
    return known(Course().source / Course().assignments()[0] / name), json.loads(canonical(whole))


def some_answer(notebook: Data) -> Data:
    cells = [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")]
    return next(cell for cell in cells if cell["cell_type"] == "code")


def test_answer_is_known_by_its_id_where_its_name_is_another(solved: tuple[NotebookNode, Data], tmp_path: Path) -> None:
    master, notebook = solved
    cell = some_answer(notebook)
    cell["metadata"]["nbgrader"]["grade_id"] = "no-such-name"
    answers, notes = grafted(tmp_path, master, notebook)
    assert answers[cell["id"]].strip() == "".join(cell["source"]).strip()
    assert {(note.kind, note.severity) for note in notes} == {("unknown-cell", ODD), ("renamed", ODD)}


def test_answer_without_metadata_and_id_is_known_by_what_it_defines(
    solved: tuple[NotebookNode, Data], tmp_path: Path
) -> None:
    master, notebook = solved
    cell = some_answer(notebook)
    name = cell["id"]
    cell["metadata"], cell["id"] = {}, "a1b2c3d4"
    answers, notes = grafted(tmp_path, master, notebook)
    assert answers[name].strip() == "".join(cell["source"]).strip()
    assert [(note.kind, note.cell, note.severity) for note in notes] == [("metadata-lost", name, STRAY)]


def test_bare_id_of_the_masters_does_not_beat_the_metadata_that_comes_later(
    solved: tuple[NotebookNode, Data], tmp_path: Path
) -> None:
    master, notebook = solved
    cell = some_answer(notebook)
    bare = {"cell_type": "code", "id": cell["id"], "metadata": {}, "source": "# a note", "outputs": []}
    notebook["cells"].insert(0, bare)
    answers, notes = grafted(tmp_path, master, notebook)
    assert answers[cell["id"]].strip() == "".join(cell["source"]).strip()
    assert all(note.severity not in (ODD, ATTACK) for note in notes), notes


def test_own_cell_that_defines_what_an_answer_does_stays_ones_own_where_the_answer_is_there(
    solved: tuple[NotebookNode, Data], tmp_path: Path
) -> None:
    master, notebook = solved
    cell = some_answer(notebook)
    source = ["# first try\n", *cell["source"]]
    own = {"cell_type": "code", "id": "mine", "metadata": {}, "source": source, "outputs": []}
    notebook["cells"].insert(0, own)
    answers, notes = grafted(tmp_path, master, notebook)
    assert answers[cell["id"]].strip() == "".join(cell["source"]).strip()
    assert all(note.severity == STRAY for note in notes), notes


def test_thousands_of_cells_of_no_name_are_read_at_once(solved: tuple[NotebookNode, Data], tmp_path: Path) -> None:
    master, notebook = solved
    cell = some_answer(notebook)
    place = notebook["cells"].index(cell)
    own = {"cell_type": "code", "metadata": {}, "source": "1 + 1", "outputs": []}
    notebook["cells"][place : place + 1] = [own] * 1800
    answers, notes = grafted(tmp_path, master, notebook)
    assert [note.kind for note in notes] == ["missing"]
    assert "raise NotImplementedError" in answers[cell["id"]]
