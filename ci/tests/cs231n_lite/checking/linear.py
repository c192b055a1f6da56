"""A linear softmax classifier at one point, for tests to put a mistake into its loss or its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cs231n_lite import Report, check_loss

__all__ = ["checked", "hinge", "softmax"]

Loss = Callable[[Any, Any, Any, float], Any]


def softmax(scores: Any, y: Any) -> tuple[Any, Any, Any]:
    """The data loss, the probabilities, and the labels as rows of 0 and 1."""
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = exps / exps.sum(axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(y)), y])), p, np.eye(scores.shape[1])[y]


def hinge(W: Any, X: Any, y: Any) -> tuple[Any, Any]:
    """The mean hinge loss of X @ W.T, and its gradient in W."""
    rows = np.arange(len(y))
    scores = X @ W.T
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + 1.0)
    margins[rows, y] = 0.0
    on = (margins > 0) / len(y)
    on[rows, y] = -on.sum(axis=1)
    return margins.sum() / len(y), on.T @ X


def checked(loss: Loss, like: str = "linear", sizes: tuple[int, int, int] = (6, 5, 3), reg: float = 0.3) -> Report:
    """The report on a loss of W, (D, C), or (C, D) for "svm-loss", at so many rows, columns and classes."""
    N, D, C = sizes
    rng = np.random.default_rng(1)
    W = rng.normal(size=(C, D) if like == "svm-loss" else (D, C)) * 0.6
    X, y = rng.normal(size=(N, D)), rng.permutation(np.arange(N) % C)
    reference: Any = _linear if like == "linear" else like
    return check_loss(loss, W, X, y, reg=reg, like=reference, seed=1, names=("W",), textbook=C > N)


def _linear(W: Any, X: Any, y: Any, reg: float) -> Any:
    scores = X @ W
    return _named(scores, y) + 0.5 * reg * np.sum(W * W)


def _named(scores: Any, y: Any) -> Any:
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    exps = np.exp(shifted)
    probabilities = exps / np.sum(exps, axis=1, keepdims=True)
    return -np.mean(np.log(probabilities[np.arange(len(y)), y]))
