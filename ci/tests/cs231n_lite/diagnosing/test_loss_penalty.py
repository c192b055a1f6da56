"""A wrong penalty in the loss is told by what stands in its place, and by whose gradient fits it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cs231n_lite.diagnosing.loss_penalty import LossPenalty, left_out_reg, loss_slip

RNG = np.random.default_rng(4)
PARAMS = {name: RNG.normal(size=shape) for name, shape in (("W1", (4, 5)), ("b1", 5), ("W2", (5, 3)), ("b2", 3))}
REG, ROWS = 0.3, 7
SQUARES = {name: float(np.sum(value**2)) for name, value in PARAMS.items()}
BOTH = SQUARES["W1"] + SQUARES["W2"]
EXPECTED = 0.5 * REG * BOTH
PRODUCT = float(np.sum(PARAMS["W1"] @ PARAMS["W1"].T) + np.sum(PARAMS["W2"] @ PARAMS["W2"].T))
CASES: dict[str, tuple[float, str, float, str]] = {
    "none": (0.0, "penalty-missing", 1.0, "yours has none"),
    "biases": (0.5 * REG * sum(SQUARES.values()), "penalty-on-bias", 1.0, "yours adds b1, b2"),
    "biases, twice": (REG * sum(SQUARES.values()), "penalty-on-bias", 2.0, "without the ½"),
    "one weight": (REG * SQUARES["W1"], "penalty-missing", 2.0, "W2 is missing"),
    "over N": (EXPECTED / ROWS, "penalty-over-n", 1.0, "divided by the number of rows, 7"),
    "product": (0.5 * REG * PRODUCT, "penalty-formula", 1.0, "½·reg·Σ W·Wᵀ"),
    "reg squared": (REG**2 * BOTH, "penalty-formula", 2.0, "reg²·ΣW²"),
    "half": (0.5 * EXPECTED, "penalty-factor", 1.0, "0.5 times"),
    "no formula": (1.2345 * EXPECTED, "penalty-formula", 1.0, "here: too large"),
}


def slip(penalty: float, part_of: Any = None) -> Any:
    return loss_slip(LossPenalty(penalty, EXPECTED, REG, PARAMS, ["W1", "W2"], ROWS, part_of))


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_penalty_is_told(case: str) -> None:
    penalty, slug, factor, words = CASES[case]
    share = slip(penalty)
    assert (share.slug, share.factor) == (slug, factor)
    assert words in share.message


@pytest.mark.parametrize(
    ("factors", "slug", "words"),
    [
        ({"W2": REG}, "penalty-formula", "the part of W2 is ½·reg²·ΣW2²"),
        ({"W2": 2.0}, "penalty-factor", "the part of W2 is reg·ΣW2²"),
        ({"b1": 1.0}, "penalty-on-bias", "yours adds ½·reg·Σb1²"),
    ],
)
def test_one_parameter_that_is_penalized_otherwise_is_told(factors: dict[str, float], slug: str, words: str) -> None:
    parts = {"W1": 1.0, "b1": 0.0, "W2": 1.0, "b2": 0.0} | factors
    of = lambda name: 0.5 * REG * parts[name] * SQUARES[name]  # noqa: E731
    share = slip(sum(of(name) for name in parts), of)
    assert share.slug == slug
    assert words in share.message


def test_a_penalty_that_does_not_read_reg_shows_where_reg_is_0() -> None:
    for factor in (1.0, 2.0):
        share = left_out_reg(0.5 * factor * BOTH, SQUARES, ["W1", "W2"])
        assert share is not None and (share.slug, share.factor) == ("penalty-formula", factor)
    assert left_out_reg(0.7 * BOTH, SQUARES, ["W1", "W2"]) is None
