"""Each wrong formula of a loss is told by its own sentence, and a right gradient beside it keeps its part."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from ci.tests.cs231n_lite.checking.linear import checked, hinge, softmax
from cs231n_lite.diagnosing.loss_formulas import Formula, loss_formulas
from cs231n_lite.diagnosing.recording import Recording


class Named:
    """Stands for a recorded run, of which the names alone are read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes = [self] if name else []


def formulas(like: str, W: Any, X: Any, y: Any) -> list[Formula]:
    scores, name = (X @ W.T, "gaps") if like == "svm-loss" else (X @ W, "probabilities")
    return loss_formulas(cast(Recording, Named(name)), scores, y)


COUNT = {"linear": 18, "svm-loss": 10}


@pytest.mark.parametrize(("like", "index"), [(like, index) for like, count in COUNT.items() for index in range(count)])
def test_a_formula_is_told_by_its_sentence(like: str, index: int) -> None:
    words = []

    def loss(W: Any, X: Any, y: Any, reg: float) -> Any:
        formula = formulas(like, W, X, y)[index]
        words.append((formula.slug, formula.words))
        if like == "svm-loss":
            return formula.value + 0.5 * reg * np.sum(W * W), hinge(W, X, y)[1] + reg * W
        _, p, hot = softmax(X @ W, y)
        return formula.value + 0.5 * reg * np.sum(W * W), X.T @ (p - hot) / len(y) + reg * W

    report = checked(loss, like)
    assert report.parts["dW"]
    slug, sentence = words[0]
    if "exponential" in sentence:  # nan where a score is negative
        slug = "not-finite"
    assert [finding.slug for finding in report.findings] == [slug]
    assert sentence in report.findings[0].message


def test_there_are_so_many_and_labels_that_are_none_are_let_alone() -> None:
    rng = np.random.default_rng(0)
    W, X, y = rng.normal(size=(3, 4)), rng.normal(size=(5, 4)), np.array([0, 1, 2, 1, 0])
    assert len(formulas("svm-loss", W, X, y)) == COUNT["svm-loss"]
    assert len(formulas("linear", W.T, X, y)) == COUNT["linear"]
    assert formulas("svm-loss", W, X, y + 2) == []
    assert loss_formulas(cast(Recording, Named("")), X @ W.T, y) == []
