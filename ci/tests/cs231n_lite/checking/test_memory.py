"""Each backward pass answers for its own forward pass, at the point and nearby."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cs231n_lite import Report, check_backward

X = np.array([-1.7, 0.4, 2.3])


def stale(like: str | None) -> Report:
    state: dict[str, Any] = {}

    def forward(x: Any) -> Any:
        out = 1.0 / (1.0 + np.exp(-x))
        if state.get("out") is None:
            state["out"] = out
        return out, state

    return check_backward(forward, lambda dout, cache: dout * cache["out"] * (1 - cache["out"]), X, like=like)


@pytest.mark.parametrize("like", [None, "sigmoid-gate"])
def test_what_is_computed_at_the_first_call_alone_is_stale(like: str | None) -> None:
    report = stale(like)
    assert not report.parts["dx"]
    assert [(finding.slug, finding.array) for finding in report.findings] == [("stale-cache", "dx")]


def test_a_gradient_that_is_right_at_one_point_is_wrong() -> None:
    slopes = X > 0

    def backward(dout: Any, x: Any) -> Any:
        return dout * (slopes if np.array_equal(x, X) else np.ones(3))

    assert not check_backward(lambda x: np.maximum(x, 0.0), backward, X).passed
