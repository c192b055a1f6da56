"""A backward pass that reads one input from elsewhere than from its own cache is told which."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cs231n_lite import check_backward
from cs231n_lite.reporting.report import Report


def report(outside: dict[str, Any]) -> Report:
    """Check a product whose backward pass takes one of its inputs from outside."""

    def forward(w: Any, x: Any) -> Any:
        return np.tanh(w * x), {"w": w, "x": x}

    def backward(dout: Any, cache: Any) -> Any:
        w, x = ({**cache, **outside})["w"], ({**cache, **outside})["x"]
        g = dout * (1.0 - np.tanh(cache["w"] * cache["x"]) ** 2)
        return np.sum(g * x), g * w

    like = lambda w, x: np.tanh(w * x)  # noqa: E731
    return check_backward(forward, backward, 0.7, np.array([0.4, -0.9, 0.3]), like=like)


def test_cache_of_its_own_is_right() -> None:
    assert report({}).passed


@pytest.mark.parametrize(
    ("outside", "part", "words"),
    [({"w": 0.7}, "dx", "right where w = 0.7"), ({"x": np.array([0.4, -0.9, 0.3])}, "dw", "right where x")],
)
def test_input_from_outside_is_named(outside: dict[str, Any], part: str, words: str) -> None:
    findings = report(outside).findings
    assert [(finding.slug, finding.array) for finding in findings] == [("stale-cache", part)], findings
    assert words in findings[0].message
