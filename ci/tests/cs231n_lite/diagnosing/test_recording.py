"""A recorded pass tells whether it stands on a kink, where more than one gradient is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cs231n_lite.diagnosing.recording import recording_of

PASSES: dict[str, Callable[..., Any]] = {
    "maximum": lambda x: np.maximum(x, 0.0),
    "minimum": lambda x: np.minimum(1.0, x + 1.0),
    "where": lambda x: np.where(x > 0.0, x, 0.1 * x),
    "mask": lambda x: x * (x >= 0.0),
    "absolute": np.abs,
}


@pytest.mark.parametrize("name", PASSES)
def test_tie_is_seen_in_any_entry_and_only_where_there_is_one(name: str) -> None:
    for middle, tied in ((0.25, False), (0.0, True)):
        run = recording_of(PASSES[name], [np.array([1.5, middle, -2.0])], ["x"])
        assert run is not None and run.tied is tied


def test_largest_of_several_counts_as_tied_and_smooth_passes_do_not() -> None:
    x = np.array([0.5, 0.0, -0.5])
    largest, smooth = (recording_of(f, [x], ["x"]) for f in (np.max, lambda x: np.sum(np.tanh(x) * x)))
    assert largest is not None and largest.tied
    assert smooth is not None and not smooth.tied
