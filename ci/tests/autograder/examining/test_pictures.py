"""Cells that no point depends on: shown as handed in, or drawn where the instruments work, and never worth a point."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.examining.job import Job
from autograder.examining.pictures import MODES, look_up, put_off, show, waiting
from autograder.examining.store import Store
from autograder.examining.terms import Terms
from autograder.feedback import display
from autograder.notebooks.kinds import HANDED_IN, METADATA
from autograder.notebooks.notebook import grade_id
from ci.tests.autograder.builders import notebook
from ci.tests.autograder.examining.builders import points, shown

DRAWN = "from cs231n_lite import Graph, draw\ndraw(Graph({'f': ('add', 'x', 'y')}))"
PICTURE = ("locked", "from cs231n_lite import plain\nprint('the picture of', plain([answer()]))")
ANSWER = ("answer", "def answer():\n    return globals().get('left_over', 7)")
TEST = ("test", "assert answer() == 42")
PNG = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}, "metadata": {}}


def job(nb: NotebookNode) -> Job:
    return Job(nb, {}, {}, Terms(timeout=30.0), unsafe=True)


def examined(nb: NotebookNode, mode: str, store: Store | None = None) -> list[int]:
    """Run a notebook for its points, then show and draw as an instructor's settings say; return what was drawn."""
    _, notes = job(nb).run(job(nb).results(store))
    undrawn = show(nb.cells, notes, mode)
    if undrawn:
        job(nb).draw(undrawn, store)
    return undrawn


def handed_in(nb: NotebookNode, name: str, *outputs: object) -> NotebookNode:
    cell = next(cell for cell in nb.cells if grade_id(cell) == name)
    cell.metadata[METADATA] = NotebookNode({HANDED_IN: list(outputs)})
    return nb


def honest() -> NotebookNode:
    """A right answer, a picture of it and a cell of the student's own."""
    nb = notebook(("answer", "def answer():\n    return 42"), PICTURE, TEST)
    nb.cells.append(new_code_cell("print('my own')"))
    return handed_in(nb, "setup")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("brought", [None, (), (PNG,)], ids=["never-ran", "nothing", "a-picture"])
def test_points_are_the_same_in_every_mode(mode: str, brought: tuple[object, ...] | None) -> None:
    nb = honest() if brought is None else handed_in(honest(), "locked-1", *brought)
    examined(nb, mode)
    assert points(nb) == {"test-1": 2.0}
    assert nb.cells[-1].outputs[0].text == "my own\n"


def test_picture_is_shown_as_it_was_handed_in_and_marked_so() -> None:
    nb = handed_in(honest(), "locked-1", PNG)
    assert examined(nb, "handed-in") == []
    marked, picture = nb.cells[2].outputs
    assert marked.data["text/plain"] == "As handed in:" and picture.data == PNG["data"]
    assert METADATA not in nb.cells[2].metadata


@pytest.mark.parametrize(("mode", "drawn"), [("handed-in", [2]), ("drawn", [0, 2])])
def test_picture_is_drawn_with_the_package(mode: str, drawn: list[int]) -> None:
    nb = honest() if mode == "handed-in" else handed_in(honest(), "locked-1", PNG)
    assert examined(nb, mode) == drawn
    assert "the picture of [42.]" in shown(nb, "locked-1")


class Memory(Store):
    """A store whose entries can be looked at."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.entries: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        """Return what was kept."""
        return self.entries.get(key)

    def keep(self, key: str, entry: Any) -> None:
        """Keep it."""
        self.entries[key] = entry


def test_what_may_be_shown_of_a_drawing_is_found_out_once_and_kept() -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><text>a gate of its own</text></svg>"
    drawing = {"output_type": "display_data", "data": {"image/svg+xml": svg}, "metadata": {}}
    nb, store = handed_in(honest(), "locked-1", drawing), Memory()
    show(nb.cells, [], "handed-in")
    look_up(nb.cells, store)
    ((key, (_, kept)),) = store.entries.items()
    assert "a gate of its own" in unquote(kept["data"]["text/html"])
    store.entries[key] = [None, {**kept, "data": {"text/plain": "kept"}}]
    look_up(nb.cells, store)
    assert [safe and safe.data for safe in map(display.shown, nb.cells[2].outputs)] == [None, {"text/plain": "kept"}]
    store.entries[key] = "spoilt"
    look_up(nb.cells, store)
    assert len(store.entries[key]) == 2, "what is no list of outputs is made again"


def test_nothing_is_drawn_where_none_is_to_be_seen() -> None:
    nb = handed_in(honest(), "locked-1", PNG)
    assert examined(nb, "none") == [] and nb.cells[2].outputs == []


def test_cell_that_an_answer_may_depend_on_is_no_picture() -> None:
    # The names are looked up as text, so that anything may be needed: then it runs where points are earned.
    nb = handed_in(notebook(("locked", "left_over = 42"), ANSWER, TEST), "setup")
    assert examined(nb, "handed-in") == [] and points(nb) == {"test-1": 2.0}


def test_own_cell_that_called_an_instrument_is_drawn_and_its_definitions_count() -> None:
    source = "import cs231n_lite\nassert cs231n_lite.plain([1.0]) == 1\ndef answer():\n    return 42\n"
    nb = handed_in(notebook(("answer", source + "print('seen', cs231n_lite.plain([2.0]))"), TEST), "setup")
    nb.cells.append(new_code_cell(DRAWN))
    assert examined(nb, "handed-in") == [1, 3]
    assert points(nb) == {"test-1": 2.0}
    assert "seen [2.]" in shown(nb, "answer-0") and "image/svg+xml" in nb.cells[3].outputs[0].data["text/html"]


def test_error_of_an_own_cell_stays_to_be_seen() -> None:
    nb = handed_in(handed_in(notebook(("answer", f"{DRAWN}\n1 / 0"), TEST), "answer-0", PNG), "setup")
    assert examined(nb, "handed-in") == []
    assert nb.cells[1].outputs[-1].ename == "ZeroDivisionError"


def test_drawn_picture_is_stored_and_drawn_once(tmp_path: Path) -> None:
    store, drawn = Store(tmp_path), set()
    for _ in range(2):
        nb = notebook(
            ("answer", "def answer():\n    return 42"), ("locked", "import time\nprint(time.time_ns())"), TEST
        )
        assert examined(nb, "drawn", store) == [0, 2] and points(nb) == {"test-1": 2.0}
        drawn.add(shown(nb, "locked-1"))
    assert len(drawn) == 1


def test_picture_that_ends_its_python_costs_nobody_a_point_and_is_not_stored(tmp_path: Path) -> None:
    cells = ("answer", "def answer():\n    return 42"), ("locked", "import os\nprint(answer())\nos._exit(3)"), TEST
    nb, store = notebook(*cells), Store(tmp_path)
    examined(nb, "drawn", store)
    assert points(nb) == {"test-1": 2.0} and "DeadKernelError" in str(nb.cells[2].outputs)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"DeadKernelError" in path.read_bytes()]


def test_what_waits_says_so_and_is_known_by_it() -> None:
    nb = honest()
    put_off(nb.cells, [2])
    assert waiting(nb.cells) == [2] and "Not drawn yet" in shown(nb, "locked-1")
