"""A loss that raises at some data is told at which, and keeps what is right where it runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ci.tests.cs231n_lite.checking.linear import checked, softmax
from cs231n_lite import check_loss


def counted(W: Any, X: Any, y: Any, reg: float) -> Any:
    data, p, _ = softmax(X @ W, y)
    dW = X.T @ p
    for d in range(len(W)):
        dW[d] -= np.bincount(y, X[:, d])  # as long as the largest label that is there
    return data + 0.5 * reg * np.sum(W * W), dW / len(y) + reg * W


@pytest.mark.parametrize("sizes", [(6, 5, 3), (5, 4, 7)])
def test_labels_that_are_not_there_are_told(sizes: tuple[int, int, int]) -> None:
    report = checked(counted, sizes=sizes)
    assert report.parts == {"loss": True, "penalty": True, "dW": False}
    assert [(finding.slug, finding.array) for finding in report.findings] == [("raises", "dW")]
    assert f"no row has the last label, {sizes[2] - 1}" in report.findings[0].message


def crossed(W: Any, X: Any, y: Any, reg: float) -> Any:
    data, p, _ = softmax(X @ W, y)
    dW = np.zeros_like(W)
    for i in range(len(y)):
        dW[:, y[i]] -= X[i]
        for j in range(W.shape[1]):
            dW[:, j] += X[i] * (p[i, j] - (y[j] == j))
    return data + 0.5 * reg * np.sum(W * W), dW / len(y) + reg * W


def test_an_index_of_another_axis_is_no_size_that_is_typed_in() -> None:
    report = checked(crossed, sizes=(5, 4, 7))
    assert report.parts == {"loss": True, "penalty": True, "dW": False}
    assert "fewer rows than classes, 5 and 7" in report.findings[0].message
    assert "X (5, 4), y (5,)" in report.findings[0].message
    slugs = {
        finding.slug
        for sizes in ((6, 5, 3), (7, 3, 5), (5, 4, 7))
        for finding in checked(crossed, sizes=sizes).findings
    }
    assert slugs <= {"wrong-value", "raises"}


def crossed_scores(scores: Any, y: Any) -> Any:
    data, p, _ = softmax(scores, y)
    for i in range(len(y)):
        for j in range(scores.shape[1]):
            p[i, j] -= y[j] == j
    return data, p / len(y)


def test_so_it_is_where_the_scores_themselves_are_differentiated() -> None:
    scores = np.random.default_rng(1).normal(size=(3, 5))
    report = check_loss(crossed_scores, scores, np.arange(3), reg=None, like="softmax-loss", textbook=True)
    assert report.parts == {"loss": True, "dscores": False}
    assert "fewer rows than classes, 3 and 5" in report.findings[0].message


def test_a_crash_at_all_data_keeps_nothing() -> None:
    def loss(W: Any, X: Any, y: Any, reg: float) -> Any:
        return np.sum(X @ X), W

    report = checked(loss)
    assert not any(report.parts.values())
    assert "A @ B needs as many columns of A as rows of B" in report.findings[0].message
