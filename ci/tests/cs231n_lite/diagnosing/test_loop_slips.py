"""The same slip at every turn of a loop is one mistake, with one name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cs231n_lite import Report, check_backward


def forward(w: Any, x: Any) -> Any:
    h = 0.0
    for t in range(len(x)):
        h = np.tanh(w * h + x[t])
    return h


def report(local: Any, times: Any = lambda g: g) -> Report:
    """Check a backward pass whose tanh has another local gradient, at every turn."""

    def backward(dout: Any, w: Any, x: Any) -> Any:
        hs = [0.0]
        for t in range(len(x)):
            hs.append(np.tanh(w * hs[-1] + x[t]))
        dw, dx, g = 0.0, np.zeros(len(x)), dout
        for t in reversed(range(len(x))):
            g = times(g) * local(hs[t + 1], w * hs[t] + x[t])
            dw, dx[t], g = dw + g * hs[t], g, g * w
        return dw, dx

    return check_backward(forward, backward, 0.7, np.array([0.4, -0.9, 0.3, 1.1]))


def test_right_loop_passes() -> None:
    assert report(lambda h, z: 1.0 - h**2).passed


@pytest.mark.parametrize(
    ("local", "slug", "words"),
    [
        (lambda h, z: 1.0 - z**2, "activation-input-output-confused", "input where the output belongs"),
        (lambda h, z: -(1.0 - h**2), "sign", "has the wrong sign"),
        (lambda h, z: 2.0 * (1.0 - h**2), "factor-2", "doubled it"),
        (lambda h, z: 1.0, "local-dropped", "without the local one"),
    ],
)
def test_slip_at_every_turn_is_named_once(local: Any, slug: str, words: str) -> None:
    findings = report(local).findings
    assert {finding.slug for finding in findings} == {slug}, findings
    assert words in findings[0].message and "at every turn of the loop" in findings[0].message


def turn(w: Any, x: Any, h: Any) -> Any:
    for t in range(len(x)):
        h = np.tanh(w * h + x[t])
    return h


@pytest.mark.parametrize(
    ("order", "renewed", "slug", "parts"),
    [(1, True, "wrong-order", "dw, dx"), (-1, False, "not-renewed", "dw, dx, dh")],
)
def test_loop_as_a_whole_that_goes_wrong_is_named(order: int, renewed: bool, slug: str, parts: str) -> None:
    def backward(dout: Any, w: Any, x: Any, h: Any) -> Any:
        hs = [h]
        for t in range(len(x)):
            hs.append(np.tanh(w * hs[-1] + x[t]))
        dw, dx, g = 0.0, np.zeros(len(x)), dout
        for t in range(len(x))[::order]:
            a = (g if renewed else dout) * (1.0 - hs[t + 1] ** 2)
            dw, dx[t], g = dw + a * hs[t], a, a * w
        return dw, dx, g

    findings = check_backward(turn, backward, 0.7, np.array([0.4, -0.9, 0.3, 1.1]), 0.2).findings
    assert [(finding.slug, finding.array) for finding in findings] == [(slug, parts)]
