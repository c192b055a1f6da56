"""Right in float32 is right, wherever the copies are made; wrong in float32 is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cs231n_lite import check_backward, check_loss


def short(*arrays: Any) -> list[Any]:
    return [np.asarray(array).astype(np.float32) for array in arrays]


def forward_in_float32(x: Any, w: Any, b: Any) -> Any:
    x, w, b = short(x, w, b)
    return x @ w + b, (x, w)


def forward(x: Any, w: Any, b: Any) -> Any:
    return x @ w + b, (x, w)


def backward(dout: Any, cache: Any) -> Any:
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def backward_in_float32(dout: Any, cache: Any) -> Any:
    return backward(dout, short(*cache))


def backward_of_a_short_upstream(dout: Any, cache: Any) -> Any:
    return backward(*short(dout), cache)


def wrong_in_float32(dout: Any, cache: Any) -> Any:
    dx, dw, db = backward_in_float32(dout, cache)
    return dx, 1.01 * dw, db


@pytest.mark.parametrize(
    ("there", "back", "right"),
    [
        (forward_in_float32, backward, True),
        (forward, backward_in_float32, True),
        (forward, backward_of_a_short_upstream, True),
        (forward, wrong_in_float32, False),
        (forward_in_float32, wrong_in_float32, False),
    ],
)
def test_a_layer_in_float32(there: Any, back: Any, right: bool) -> None:
    rng = np.random.default_rng(1)
    report = check_backward(
        there, back, rng.normal(size=(4, 3)), rng.normal(size=(3, 5)), rng.normal(size=5), like="affine"
    )
    assert report.passed == right
    assert report.parts == {"out": True, "dx": True, "dw": right, "db": True}


def softmax(scores: Any, y: Any, kind: Any, off: float = 1.0) -> Any:
    (t,) = short(scores - scores.max(axis=1, keepdims=True))
    n, e = np.arange(len(y)), np.exp(t)
    loss = np.mean(np.log(e.sum(axis=1)) - t[n, y])
    return kind(loss), off * (e / e.sum(axis=1, keepdims=True) - np.eye(t.shape[1])[y]) / len(y)


@pytest.mark.parametrize(("off", "right"), [(1.0, True), (1.01, False)])
@pytest.mark.parametrize("kind", [np.float32, float])
def test_a_loss_in_float32(kind: Any, off: float, right: bool) -> None:
    scores, y = np.random.default_rng(2).normal(size=(6, 4)), np.array([0, 1, 2, 3, 0, 1])
    report = check_loss(lambda s, y: softmax(s, y, kind, off), scores, y, reg=None, like="softmax-loss")
    assert report.parts == {"loss": True, "dscores": right}


def test_a_mistake_in_float32_has_its_name() -> None:
    def mean(dout: Any, cache: Any) -> Any:
        dx, dw, _ = backward(dout, cache)
        return dx, dw, dout.mean(axis=0)

    rng = np.random.default_rng(3)
    arrays = rng.normal(size=(4, 3)), rng.normal(size=(3, 5)), rng.normal(size=5)
    report = check_backward(forward_in_float32, mean, *arrays, like="affine")
    assert [(finding.slug, finding.array) for finding in report.findings] == [("mean-for-sum", "db")]
