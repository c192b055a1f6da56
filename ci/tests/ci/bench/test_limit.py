from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from ci.bench.grading.limit import alone, pieces


def cell(name: str, kind: str, source: str) -> NotebookNode:
    flags = {"answer": (False, True), "test": (True, False), "locked": (False, False)}
    about = {"grade_id": name, "locked": kind != "answer", "points": 2, "schema_version": 3}
    grade, solution = flags[kind]
    nbgrader = about | {"grade": grade, "solution": solution, "task": False}
    return new_code_cell(source, metadata={"nbgrader": nbgrader})


def notebook(*cells: NotebookNode) -> NotebookNode:
    return new_notebook(cells=list(cells))


SETUP = cell("setup", "locked", "import math\nlimit = 3\nunused = print('drawn')")
ANSWER = cell("double", "answer", "def double(x):\n    return 2 * x")
PICTURE = cell("double-picture", "locked", "picture = [double(x) for x in range(limit)]")
TEST = cell("double-test", "test", "2.0 if double(limit) == 6 else 0.0")


def test_a_picture_does_not_run_and_of_a_setup_what_the_test_needs() -> None:
    chosen = pieces(notebook(SETUP, ANSWER, PICTURE, TEST))
    sources = [what if isinstance(what, str) else [each.targets[0].id for each in what] for _, what in chosen]
    assert sources == [["limit"], ANSWER.source, TEST.source]


def test_a_locked_cell_that_an_answer_reads_runs_whole() -> None:
    answer = cell("double", "answer", "def double(x):\n    return math.fsum([x, x])")
    assert pieces(notebook(SETUP, answer, TEST))[0] == ("", SETUP.source)


def test_points_are_those_of_each_test_whatever_failed_before(tmp_path: Path) -> None:
    failing = cell("other", "answer", "raise NotImplementedError")
    other = cell("other-test", "test", "2.0 if other() else 0.0")
    took = alone(pieces(notebook(SETUP, failing, ANSWER, other, TEST)), tmp_path)
    assert took["points"] == {"other-test": 0.0, "double-test": 2.0}


def test_a_file_beside_the_notebook_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "beside_the_limit.py").write_text("half = 0.5")
    test = cell("a-test", "test", "from beside_the_limit import half\nhalf")
    assert alone(pieces(notebook(test)), tmp_path)["points"] == {"a-test": 0.5}


@pytest.mark.parametrize("end", ["import os\nos._exit(0)", "raise SystemExit"])
def test_an_answer_that_ends_costs_its_own_process(tmp_path: Path, end: str) -> None:
    ending = alone(pieces(notebook(cell("double", "answer", end), TEST)), tmp_path)
    assert ending["points"] == {"double-test": 0.0}


def test_nothing_of_one_submission_is_left_for_the_next(tmp_path: Path) -> None:
    spoiling = cell("double", "answer", "import math\nmath.pi = 3\ndef double(x): return 2 * x")
    test = cell("double-test", "test", "import math\nfloat(math.pi)")
    assert alone(pieces(notebook(spoiling, test)), tmp_path)["points"] == {"double-test": 3.0}
    assert alone(pieces(notebook(ANSWER, test)), tmp_path)["points"]["double-test"] > 3.14


def test_the_time_is_that_of_the_cells(tmp_path: Path) -> None:
    spin = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    assert alone(pieces(notebook(cell("double", "answer", spin))), tmp_path)["processor"] >= 0.3
