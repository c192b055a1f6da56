"""A case knows the right gradients of its recorded run, and what people write along its edges."""

from __future__ import annotations

import numpy as np

from cs231n_lite.diagnosing.case import Case, RightCase
from cs231n_lite.diagnosing.recording import recording_of

X, Y = np.array([1.5, -2.0]), np.array([3.0, 0.5])


def right_case() -> RightCase:
    run = recording_of(lambda x, y: x * y, [X, Y], ["x", "y"])
    assert run is not None
    return RightCase(Case(run, np.array([2.0, -1.0]), {}))


def test_right_gradients_are_upstream_times_local() -> None:
    dx, dy = right_case().right.inputs()
    assert np.allclose(dx, [6.0, -0.5])
    assert np.allclose(dy, [3.0, 2.0])


def test_slips_along_an_edge_hold_the_swapped_operand() -> None:
    case = right_case()
    product = case.run.output
    assert {slip.slug for slip in case.slips(product, 0)} >= {"upstream-dropped", "operands-swapped"}
    assert case.run.nodes[case.source(product, 0)].name == "x"
