"""A length that is typed in as a number is found, and nothing else is taken for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cs231n_lite import check_backward, check_loss

X, W, B = (np.random.default_rng(2).normal(size=shape) for shape in ((5, 3), (3, 4), 4))
ADDED: dict[str, tuple[Callable[[Any, Any], Any], list[str]]] = {
    "length-of-the-array": (lambda db, x: db * len(x) / len(x), []),
    "length-as-a-number": (lambda db, x: db * len(x) / 5, ["hard-coded-size"]),
    "shape-as-a-number": (lambda db, x: db + np.zeros(4), ["hard-coded-size"]),
}


@pytest.mark.parametrize("case", ADDED)
def test_backward_is_run_at_other_sizes(case: str) -> None:
    change, slugs = ADDED[case]
    backward = lambda d, x, w, b: (d @ w.T, x.T @ d, change(d.sum(axis=0), x))  # noqa: E731
    check = lambda **more: check_backward(lambda x, w, b: x @ w + b, backward, X, W, B, like="affine", **more)  # noqa: E731
    assert [finding.slug for finding in check().findings] == slugs
    assert check(resize=False).passed
    assert all("other ones (x of shape" in finding.message for finding in check().findings)


@pytest.mark.parametrize(("rows", "slugs"), [(None, []), (7, ["hard-coded-size"])])
def test_loss_is_called_at_other_sizes(rows: int | None, slugs: list[str]) -> None:
    X, y = np.random.default_rng(3).normal(size=(7, 3)), np.array([0, 1, 2, 3, 0, 1, 2])

    def loss(params: Any, X: Any, y: Any, reg: float) -> Any:
        scores = X @ params["W"] + params["b"]
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        value = -np.mean(np.log(p[np.arange(len(y)), y])) + 0.5 * reg * np.sum(params["W"] ** 2)
        p[np.arange(len(y)), y] -= 1.0
        p /= rows or len(y)
        return value, {"W": X.T @ p + reg * params["W"], "b": p.sum(axis=0)}

    report = check_loss(loss, {"W": W, "b": B}, X, y, reg=0.1, like="linear-softmax")
    assert [finding.slug for finding in report.findings] == slugs
    assert report.passed == (not slugs)
