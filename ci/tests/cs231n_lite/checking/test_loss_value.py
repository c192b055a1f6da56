"""The number that a loss returns is judged by its data loss and its penalty, and its dtype is minded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ci.tests.cs231n_lite.checking.linear import checked, hinge, softmax


def without_reg(W: Any, X: Any, y: Any, reg: float) -> Any:
    data, p, hot = softmax(X @ W, y)
    return data + np.sum(W * W), X.T @ (p - hot) / len(y) + 2 * reg * W


@pytest.mark.parametrize("reg", [0.3, 1.2])
def test_a_penalty_that_does_not_read_reg_costs_the_penalty_alone(reg: float) -> None:
    report = checked(without_reg, reg=reg)
    assert report.parts == {"loss": True, "penalty": False, "dW": True}
    assert [finding.slug for finding in report.findings] == ["penalty-formula"]
    assert "leaves reg out" in report.findings[0].message


def test_a_loss_that_is_nan_is_told_by_the_exponential_that_is_missing_and_the_gradient_is_judged() -> None:
    def loss(W: Any, X: Any, y: Any, reg: float) -> Any:
        S = X @ W
        with np.errstate(invalid="ignore"):
            data = -np.mean(np.log((S / S.sum(axis=1, keepdims=True))[np.arange(len(y)), y]))
        _, p, hot = softmax(S, y)
        return data + 0.5 * reg * np.sum(W * W), X.T @ (p - hot) / len(y) + reg * W

    report = checked(loss)
    assert report.parts == {"loss": False, "penalty": False, "dW": True}
    assert [(finding.slug, finding.array) for finding in report.findings] == [("not-finite", "loss, penalty")]
    assert "without the exponential" in report.findings[0].message


def test_what_one_cause_explains_at_these_sizes_is_tried_at_others() -> None:
    def loss(W: Any, X: Any, y: Any, reg: float) -> Any:  # at 6 rows and 3 classes, twice is N / C times
        data, dW = hinge(W, X, y)
        return 2 * data + 0.5 * reg * np.sum(W * W), dW + reg * W

    report = checked(loss, "svm-loss")
    assert [(finding.slug, finding.array) for finding in report.findings] == [("factor-2", "loss")]


@pytest.mark.parametrize("times", [1.0, 2.0])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_loss_in_float32_is_held_to_its_own_digits(kind: Any, times: float) -> None:
    def loss(W: Any, X: Any, y: Any, reg: float) -> Any:
        W32 = W.astype(kind)
        data, p, hot = softmax(X.astype(kind) @ W32, y)
        grad = X.T.astype(kind) @ (p - hot).astype(kind) / kind(len(y)) + kind(times * reg) * W32
        return kind(data + kind(0.5 * times * reg) * np.sum(W32 * W32)), grad

    assert checked(loss).passed


def test_a_data_loss_in_float32_that_is_finished_in_float64_is_right() -> None:
    def loss(W: Any, X: Any, y: Any, reg: float) -> Any:
        data, p, hot = softmax(X @ W, y)
        return float(np.float32(data)) + 0.5 * reg * np.sum(W * W), X.T @ (p - hot) / len(y) + reg * W

    assert checked(loss).passed


ALMOST: dict[str, tuple[Any, str]] = {
    "too large": (lambda data: 1.3 * data, "which is too large."),
    "too small": (lambda data: 0.7 * data, "which is too small."),
    "three times": (lambda data: 3.0 * data, "which is too large: it is 3 times what it should be."),
    "a third": (lambda data: data / 3.0, "which is too small: it is 1/3 of what it should be."),
    "below 0": (lambda data: data - 9.0, "and a right one is not below 0 here."),
    "a rounding": (lambda data: data + 3e-8, "agrees with the right one in about 8 digits and not beyond"),
}


@pytest.mark.parametrize("name", ALMOST)
def test_a_wrong_loss_is_told_with_its_labels_and_without_the_right_one(name: str) -> None:
    changed, words = ALMOST[name]
    right: list[float] = []

    def loss(W: Any, X: Any, y: Any, reg: float) -> Any:
        data, p, hot = softmax(X @ W, y)
        right.append(data)
        return changed(data) + 0.5 * reg * np.sum(W * W), X.T @ (p - hot) / len(y) + reg * W

    (finding,) = checked(loss).findings
    assert (finding.slug, finding.array) == ("loss-formula", "loss")
    assert words in finding.message and "(reg = 0, labels [" in finding.message
    assert name == "a rounding" or not any(f"{data:.6g}" in finding.message for data in right)


def test_a_penalty_without_a_name_is_told_without_the_right_one() -> None:
    def loss(W: Any, X: Any, y: Any, reg: float) -> Any:
        data, p, hot = softmax(X @ W, y)
        return data + 0.37 * reg * np.sum(W * W), X.T @ (p - hot) / len(y) + reg * W

    (finding,) = checked(loss).findings
    assert (finding.slug, finding.array) == ("penalty-formula", "penalty")
    assert finding.message.endswith("here: too small.")
