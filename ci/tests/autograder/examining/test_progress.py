"""What a graded notebook says of its points is what the gradebook says, whoever ran its tests and however often."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from autograder.examining.job import Job, unpacked
from autograder.examining.store import Store
from autograder.examining.terms import Terms
from autograder.notebooks.kinds import is_test
from ci.tests.autograder.builders import notebook, reported

RIGHT, WRONG = "def first():\n    return 42", "def first():\n    return 41"
HANGS, ENDS = "def first():\n    while True: pass", "def first():\n    import os\n    os._exit(1)"
TESTS = (reported("assert first() == 42"), "assert second() == 7", "assert first() == 42 and second() == 7")


def table(first: str) -> NotebookNode:
    """A notebook of three tests, of which one reports and two are of plain asserts, with their points at its end."""
    answers = first, "def second():\n    return 7", "third = 1"
    cells = [cell for pair in zip(answers, TESTS, strict=True) for cell in (("answer", pair[0]), ("test", pair[1]))]
    progress = ("locked", "progress({'test-1': 2, 'test-2': 2, 'test-3': 2})")
    nb = notebook(*cells, progress)
    for cell in nb.cells:  # the name that a report has at home is the exercise's
        cell.source = cell.source.replace('Report("x")', 'Report("test-1")')
    return nb


def graded(nb: NotebookNode, store: Store | None, *, elsewhere: bool = False) -> tuple[list[float], str]:
    """Run it here, or as another machine does; return its tests' points, and what its last cell says of them."""
    job = Job(nb, {}, {}, Terms(timeout=2.0), unsafe=True)
    results = job.results(store)
    if elsewhere:
        there, remote = unpacked(job.packed(results))
        there.run(remote)
        results.take(remote.filled)
    job.run(job.results(store))
    return [determine_grade(cell)[0] for cell in nb.cells if is_test(cell)], " ".join(
        nb.cells[-1].outputs[0].data["text/plain"].split()
    )


def says(points: list[float], text: str) -> bool:
    return f"together {sum(points):g} of 6" in text and "not checked" not in text


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "on-a-worker"])
@pytest.mark.parametrize("first", [RIGHT, WRONG, ENDS])
def test_table_says_what_the_tests_earned(first: str, elsewhere: bool, tmp_path: Path) -> None:
    points, text = graded(table(first), Store(tmp_path), elsewhere=elsewhere)
    assert says(points, text), text


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "on-a-worker"])
def test_tests_that_were_known_before_are_in_the_table(elsewhere: bool, tmp_path: Path) -> None:
    # Somebody has handed in the same first answers: their tests are known, what comes later is not.
    store = Store(tmp_path)
    graded(table(RIGHT), store)
    nb = table(RIGHT)
    later = next(cell for cell in nb.cells if cell.source == "third = 1")
    later.source = "third = 2"
    points, text = graded(nb, store, elsewhere=elsewhere)
    assert points == [2.0] * 3 and says(points, text), text


def test_table_beside_a_test_that_ran_out_of_time_is_not_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    points, text = graded(table(HANGS), store)
    assert points == [0.0, 2.0, 0.0] and says(points, text), text
    nb = table(HANGS)
    results = Job(nb, {}, {}, Terms(timeout=2.0), unsafe=True).results(store)
    assert len(nb.cells) - 1 in results.needed, "with more time for that test, the table would be another one"


def test_cell_before_handing_in_does_nothing_where_it_is_graded() -> None:
    nb = table(RIGHT)
    look = nb.cells[-1].copy()
    look.source = "from cs231n_lite import before_handing_in\n\nbefore_handing_in()"
    nb.cells.insert(-1, look)
    points, text = graded(nb, None)
    assert points == [2.0] * 3 and says(points, text)
    assert nb.cells[-2].outputs == []
