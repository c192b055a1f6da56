"""What formula stands in a gradient's place; where what flows through a node cancels, any does, and none is named."""

from __future__ import annotations

from typing import Any

import numpy as np

from cs231n_lite import Report, check_backward


def forward(x: Any) -> tuple[Any, Any]:
    centred = x - np.mean(x, axis=0)
    std = np.sqrt(np.mean(centred**2, axis=0) + 0.1)
    out = centred / std
    return out, (out, std)


def report(of_variance: float) -> Report:
    def backward(dout: Any, cache: Any) -> Any:
        out, std = cache
        spread = of_variance * out * np.mean(dout * out, axis=0)
        return ((dout - np.mean(dout, axis=0) - spread) / std,)

    return check_backward(forward, backward, np.random.default_rng(1).normal(size=(5, 3)))


def test_right_backward_pass_passes() -> None:
    assert report(1.0).passed


def test_a_share_that_is_missing_is_told_and_no_formula_that_cancels() -> None:
    (finding,) = report(0.0).findings
    assert finding.slug == "branch-missing" and "is missing" in finding.message
    assert "looks like" not in finding.message
