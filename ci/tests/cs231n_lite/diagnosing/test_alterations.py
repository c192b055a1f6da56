"""Each alteration changes the gradients as the backward pass does that a student would have written so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cs231n_lite.diagnosing.alterations import (
    Alteration,
    BothSidesSlip,
    EdgeSlip,
    MixedUp,
    Multiplied,
    OneReader,
    Scaled,
)
from cs231n_lite.diagnosing.case import Case
from cs231n_lite.diagnosing.comparison import Comparison
from cs231n_lite.diagnosing.factors import Number
from cs231n_lite.diagnosing.gradients import UPSTREAM
from cs231n_lite.diagnosing.recording import recording_of

RNG = np.random.default_rng(4)
X, Y, G = RNG.normal(size=5), RNG.normal(size=5), RNG.normal(size=5)


def forward(x: Any, y: Any) -> Any:
    q = x * y
    return q + x


def comparison(dx: Any, dy: Any) -> Comparison:
    run = recording_of(forward, [X, Y], ["x", "y"])
    assert run is not None
    return Comparison(Case(run, G, {0: np.asarray(dx), 1: np.asarray(dy)}))


RUN = comparison(X, Y).run
PRODUCT, SUM = (next(node.id for node in RUN.nodes if node.op == op) for op in ("multiply", "add"))
SLOT = {RUN.nodes[source].name: slot for slot, source in enumerate(RUN.nodes[PRODUCT].inputs)}
OWN_INPUT = [slip.words for slip in comparison(X, Y).slips(PRODUCT, SLOT["x"])].index(
    "multiplied by its own input where the other one belongs"
)
# What a student wrote for (dx, dy), where (g·y + g, g·x) is right, and what that is called.
CASES: dict[str, tuple[Alteration, Any, Any, str]] = {
    "sign": (Scaled(PRODUCT, SLOT["x"], Number(-1.0)), -G * Y + G, G * X, "sign"),
    "branch-forgotten": (Scaled(PRODUCT, SLOT["x"], Number(0.0)), G, G * X, "branch-overwritten"),
    "one-reader": (OneReader(PRODUCT, SLOT["x"]), G * Y, G * X, "branch-overwritten"),
    "branches-multiplied": (Multiplied(PRODUCT, SLOT["x"]), G * Y * G, G * X, "wrong-value"),
    "own-input": (EdgeSlip(PRODUCT, SLOT["x"], OWN_INPUT), G * X + G, G * X, "operands-swapped"),
    "own-inputs": (BothSidesSlip(PRODUCT, OWN_INPUT), G * X + G, G * Y, "operands-swapped"),
    "value-for-upstream": (
        MixedUp(PRODUCT, SLOT["y"], UPSTREAM, "value", PRODUCT),
        G * Y + G,
        X * Y * X,
        "upstream-dropped",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_alteration_gives_what_the_student_has_and_is_called_by_its_name(case: str) -> None:
    alteration, dx, dy, slug = CASES[case]
    student = comparison(dx, dy)
    assert student.explains(alteration, frozenset([0, 1]))
    assert alteration.meaning(student).slug == slug
    assert alteration.top(student.run) == PRODUCT


@pytest.mark.parametrize("case", CASES)
def test_alteration_explains_no_other_students_gradients(case: str) -> None:
    student = comparison(np.sin(X), np.cos(Y))
    assert not student.explains(CASES[case][0], frozenset([0, 1]))


def test_two_kinds_at_the_same_edge_are_not_taken_for_each_other() -> None:
    assert len({OneReader(PRODUCT, 0), Multiplied(PRODUCT, 0), OneReader(PRODUCT, 0)}) == 2


def test_slip_that_is_not_there_at_another_point_changes_nothing() -> None:
    assert EdgeSlip(PRODUCT, 0, 999).changes(comparison(X, Y)) is None
    assert BothSidesSlip(PRODUCT, 999).changes(comparison(X, Y)) is None
