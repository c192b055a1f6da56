"""What an answer finds of the course's package while it is graded: imports and data, and no instrument."""

from __future__ import annotations

import pytest

from autograder.notebooks.kinds import is_test
from autograder.notebooks.notebook import text_of
from autograder.sandbox.handover import REAL, public_names
from ci.tests.autograder.builders import notebook
from ci.tests.autograder.examining.builders import examined, points

SETUP = ("locked", "from cs231n_lite import *\nimport cs231n_lite, numpy as np")
TEST = ("test", "assert answer() == 42")
INSTRUMENTS = sorted(set(public_names()) - {name for names in REAL.values() for name in names})
MODULES = (
    "cs231n_lite.diagnosing.recording",
    "cs231n_lite.checking.right_forwards",
    "cs231n_lite.graph",
    "cs231n_lite.nowhere",
)


def test_imports_data_and_attempt_work_where_points_are_earned() -> None:
    nb = notebook(
        SETUP,
        (
            "answer",
            "from cs231n_lite import attempt, draw_cars, held_out_split, load_digits\n"
            "def answer():\n"
            "    with attempt('x'):\n"
            "        raise NotImplementedError\n"
            "    X, y = load_digits()\n"
            "    sizes = X.shape, len(draw_cars(3).labels), len(held_out_split(X, y).y)\n"
            "    return 42 if sizes == ((1797, 8, 8), 3, 1348) else sizes",
        ),
        TEST,
    )
    examined(nb)
    assert list(points(nb).values()) == [2.0]


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_what_an_instrument_computes_earns_nothing_and_is_noted(name: str) -> None:
    # Whatever it would give: it cannot be compared, shaped or counted.
    nb = notebook(
        SETUP,
        (
            "answer",
            f"def answer():\n    return cs231n_lite.{name}({{'q': ('add', 'x', 'y')}}).forward().x + 42",
        ),
        TEST,
    )
    run = examined(nb)
    assert list(points(nb).values()) == [0.0]
    assert any(note.kind == "instrument" for note in run.notes), run.notes


@pytest.mark.parametrize("module", MODULES)
def test_every_module_can_be_imported_and_holds_nothing(module: str) -> None:
    nb = notebook(SETUP, ("answer", f"from {module} import anything\ndef answer():\n    return anything(1) + 42"), TEST)
    examined(nb)
    shown_text = "\n".join(text_of(output) for cell in nb.cells if is_test(cell) for output in cell.outputs)
    assert list(points(nb).values()) == [0.0]
    assert "instruments do not work while an answer is graded" in shown_text


def test_cell_that_draws_first_still_defines_its_function() -> None:
    code = "draw(trace(lambda x: x, 1.0))\nprint(check_gradient(len, [1.0], 1.0))\ndef answer():\n    return 42"
    nb = notebook(SETUP, ("answer", code), TEST)
    run = examined(nb)
    assert list(points(nb).values()) == [2.0]
    assert any("called" in note.detail for note in run.notes)


def test_no_module_or_object_of_an_instrument_is_in_the_process() -> None:
    code = """
import gc, sys
REAL = ("cells", "data", "running", "speech", "watching", "wiring")
KINDS = {"Node", "Trace", "Tape", "Report", "Directions", "Recording", "RightGradients", "Picture"}

def answer():
    modules = [m for m in sys.modules if m.startswith("cs231n_lite.") and m.split(".")[1] not in REAL]
    kinds = {type(o).__name__ for o in gc.get_objects()} & KINDS
    return 42 if not modules and not kinds else f"{modules} {kinds}"
"""
    nb = notebook(("answer", code), TEST)
    examined(nb)
    assert list(points(nb).values()) == [2.0], "\n".join(
        text_of(output) for cell in nb.cells for output in cell.outputs
    )


def test_library_that_is_not_allowed_is_not_there() -> None:
    source = "import autograd.numpy as anp\ndef answer():\n    return float(anp.multiply(6.0, 7.0))"
    nb = notebook(SETUP, ("answer", source), TEST)
    examined(nb)
    assert list(points(nb).values()) == [0.0]


def test_statement_that_needs_an_instrument_costs_those_after_it_nothing_and_says_so() -> None:
    checks = "import numpy as np\nassert np.allclose(cs231n_lite.numerical_gradient(abs, 3.0) - 1.0, 0.0)\n"
    nb = notebook(SETUP, ("answer", checks + "def answer():\n    return 42"), TEST)
    run = examined(nb)
    assert points(nb) == {"test-1": 2.0} and any(note.kind == "instrument" for note in run.notes)
    assert "numerical_gradient is an instrument of the course" in nb.cells[2].outputs[0].text


def test_statement_with_an_error_of_its_own_ends_the_cell_as_everywhere() -> None:
    nb = notebook(SETUP, ("answer", "1 / 0\ndef answer():\n    return 42"), TEST)
    examined(nb)
    assert points(nb) == {"test-1": 0.0}
