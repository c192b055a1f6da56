"""A gradient is said to follow from a wrong loss only where it does, without the penalty and with it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ci.tests.cs231n_lite.checking.linear import checked, hinge
from cs231n_lite import check_loss


def test_a_gradient_with_a_mistake_of_its_own_does_not_follow() -> None:
    def loss(W: Any, X: Any, y: Any, reg: float) -> Any:
        data, dW = hinge(W, X, y)
        return 2 * data + 0.5 * reg * np.sum(W * W), dW + reg * dW

    report = checked(loss, "svm-loss")
    assert [(finding.slug, finding.array) for finding in report.findings] == [
        ("factor-2", "loss"),
        ("penalty-formula", "dW"),
    ]


def test_a_gradient_that_is_right_for_the_loss_as_it_is_written_follows() -> None:
    def loss(W: Any, X: Any, y: Any, reg: float) -> Any:
        data, dW = hinge(W, X, y)
        return 2 * data + 0.5 * reg * np.sum(W * W), 2 * dW + reg * W

    report = checked(loss, "svm-loss")
    assert [(finding.slug, finding.array) for finding in report.findings] == [("factor-2", "loss"), ("factor-2", "dW")]
    assert "right for the loss that you wrote" in report.findings[1].message


def net(params: Any, X: Any, y: Any, reg: float, *, relu: bool, masked: bool) -> Any:
    """A two-layer net with one more ReLU at the scores, which the backward pass minds or does not."""
    W1, b1, W2, b2 = params.values()
    H = np.maximum(0, X @ W1 + b1)
    raw = H @ W2 + b2
    S = np.maximum(0, raw) if relu else raw
    p = np.exp(S - S.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    data = -np.mean(np.log(p[np.arange(len(y)), y]))
    p[np.arange(len(y)), y] -= 1.0
    dS = p / len(y) * ((raw > 0) if masked else 1.0)
    dH = dS @ W2.T * (H > 0)
    grads = {"W1": X.T @ dH + reg * W1, "b1": dH.sum(axis=0), "W2": H.T @ dS + reg * W2, "b2": dS.sum(axis=0)}
    return data + 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2)), grads


def of_net(masked: bool) -> list[tuple[str, str, str]]:
    rng = np.random.default_rng(3)
    params = {name: rng.normal(size=shape) for name, shape in (("W1", (4, 5)), ("b1", 5), ("W2", (5, 3)), ("b2", 3))}
    X, y = rng.normal(size=(6, 4)), np.array([0, 2, 1, 1, 0, 2])
    answer = lambda *args: net(*args, relu=True, masked=masked)  # noqa: E731
    report = check_loss(answer, params, X, y, reg=0.1, like="two-layer-net", seed=1)
    return [(finding.slug, finding.array, finding.message) for finding in report.findings]


def test_a_right_backward_pass_of_a_wrong_forward_pass_is_told_as_that() -> None:
    for masked, sentence in (
        (True, "right for the loss that you wrote"),
        (False, "right for the values of your forward pass"),
    ):
        (slug, _, _), (slug_of_gradients, arrays, message) = of_net(masked)
        assert (slug, slug_of_gradients, arrays) == ("extra-relu", "extra-relu", "dW1, db1, dW2, db2")
        assert sentence in message
