"""Every code cell of the four solutions in Pyodide, in Node: its checks say what they say here."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from ci.environment import ROOT
from ci.pyodide.solutions import Cell, differences, run, table

SOLUTIONS = {
    path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(ROOT.glob("solutions/*/*.ipynb"))
}
PLANTED, RESET = "planted.ipynb", "reset.ipynb"
EXERCISE = ("setup", "multiply-gate", "multiply-gate-test")


def planted() -> dict[str, Any]:
    """A notebook of one exercise, whose answer has the two gradients of a product the wrong way round."""
    cells = copy.deepcopy([cell for cell in SOLUTIONS["computational-graphs.ipynb"]["cells"] if cell["id"] in EXERCISE])
    answer = next(cell for cell in cells if cell["id"] == "multiply-gate")
    lines = ["", "", "class MultiplyGate(MultiplyGate):", "    def backward(self, dout):"]
    lines += ["        return super().backward(dout)[::-1]", ""]
    answer["source"] = ["".join(answer["source"]) + "\n".join(lines)]
    return {"cells": cells}


def with_reset() -> dict[str, Any]:
    """A student's notebook with an answer in it, and cells that bring it back and look at the file."""
    (path,) = ROOT.glob("assignments/*/computational-graphs.ipynb")
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["id"] == "multiply-gate":
            cell["source"], stub = "class MultiplyGate:\n    pass", "".join(cell["source"])
    lines = ["import json", f"cells = json.load(open({RESET!r}))['cells']"]
    lines += ["text = next(''.join(cell['source']) for cell in cells if cell['id'] == 'multiply-gate')"]
    lines += [
        f"assert text == {stub!r}, text",
        "assert open('old-answers/multiply-gate-1.py').read().endswith('pass\\n')",
    ]
    sources = {"reset": f"%run -m cs231n_lite reset multiply-gate {RESET}", "look": "\n".join(lines)}
    own = [
        {"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "source": sources[name]} for name in sources
    ]
    others = [cell if cell["id"] == "multiply-gate" else cell | {"cell_type": "raw"} for cell in notebook["cells"]]
    return notebook | {"cells": [*others, *own]}


@pytest.fixture(scope="module")
def runs() -> dict[str, list[Cell]]:
    """What came of all cells, with a wrong answer among them, and one that is brought back."""
    return run(SOLUTIONS | {PLANTED: planted(), RESET: with_reset()})


@pytest.mark.parametrize("name", SOLUTIONS)
def test_checks_say_in_pyodide_what_they_say_here(name: str, runs: dict[str, list[Cell]]) -> None:
    assert differences(SOLUTIONS[name], runs[name]) == []


def test_planted_wrong_answer_is_seen(runs: dict[str, list[Cell]]) -> None:
    lines = differences(planted(), runs[PLANTED])
    assert "multiply-gate-test: passed is False in Pyodide and True here" in lines
    assert any(line.startswith("multiply-gate-test: points is ") for line in lines)


def test_cell_that_failed_or_did_not_run_is_told(runs: dict[str, list[Cell]]) -> None:
    first, *others = runs[PLANTED]
    failed = Cell(first.name, 0.1, "ModuleNotFoundError: No module named 'numpy'", [], None)
    lines = differences(planted(), [failed, *others[:1]])
    assert lines == ["setup: ModuleNotFoundError: No module named 'numpy'", "2 of 3 cells ran"]


def test_answer_comes_back_in_pyodide_s_own_files(runs: dict[str, list[Cell]]) -> None:
    assert [(cell.name, cell.error) for cell in runs[RESET]] == [("multiply-gate", ""), ("reset", ""), ("look", "")]


def test_seconds_are_printed(runs: dict[str, list[Cell]], capsys: pytest.CaptureFixture[str]) -> None:
    words = table({name: cells for name, cells in runs.items() if name in SOLUTIONS})
    assert all(name in words for name in SOLUTIONS)
    with capsys.disabled():
        print(f"\n{words}")
