"""A backward pass that measures is told from one that derives, and what looks like measuring is left in peace."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cs231n_lite import Report, check_gate, check_loss, check_values, numerical_gradient
from cs231n_lite.watching import watched

X = np.random.default_rng(0).normal(size=(3, 4))


class Squashed:
    """A right gate whose backward pass may call helpers."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.tanh(x)

    def slope(self, x: Any) -> Any:
        return 1.0 - np.tanh(x) ** 2

    def backward(self, upstream: Any) -> Any:
        return upstream * self.slope(self.x)


class CentredDifference(Squashed):
    def slope(self, x: Any) -> Any:
        def f(z: Any) -> Any:
            return np.tanh(z)

        return (f(x + 1e-4) - f(x - 1e-4)) / 2e-4


class ComplexStep(Squashed):
    def slope(self, x: Any) -> Any:
        f = lambda z: np.tanh(z)  # noqa: E731
        return np.imag(f(x + 1e-30j)) / 1e-30


class EntryByEntry(Squashed):
    def slope(self, x: Any) -> Any:
        slopes = np.zeros_like(x)
        for index in np.ndindex(x.shape):
            ends = []
            for sign in (1.0, -1.0):
                moved = x.copy()
                moved[index] += sign * 1e-4
                ends.append(Squashed().forward(moved)[index])
            slopes[index] = (ends[0] - ends[1]) / 2e-4
        return slopes


class WithTheInstrument(Squashed):
    """Has the package's own derivative do the work, to more digits than a check asks for."""

    def backward(self, upstream: Any) -> Any:
        return numerical_gradient(lambda z: np.sum(upstream * np.tanh(z)), self.x).value


class CalledTwice(Squashed):
    """Runs its own forward pass again, for the output that it did not keep."""

    def backward(self, upstream: Any) -> Any:
        return upstream * (1.0 - self.forward(self.x) ** 2)


class OneByOne(Squashed):
    """Calls a helper for each entry, as many right answers do."""

    def backward(self, upstream: Any) -> Any:
        flat = [u * self.slope(x) for u, x in zip(np.ravel(upstream), np.ravel(self.x), strict=True)]
        return np.reshape(flat, np.shape(self.x))


def report_on(gate: type) -> Report:
    return check_gate(gate, X, like=lambda x: np.tanh(x))


@pytest.mark.parametrize("gate", [CentredDifference, ComplexStep, EntryByEntry, WithTheInstrument])
def test_measured_gradient_earns_nothing_and_is_named(gate: type) -> None:
    report = report_on(gate)
    assert "measured" in {finding.slug for finding in report.findings}, str(report)
    assert report.parts == {"out": True, "dx": False}


@pytest.mark.parametrize("gate", [Squashed, CalledTwice, OneByOne])
def test_derived_gradient_with_helpers_is_right(gate: type) -> None:
    assert report_on(gate).passed, str(report_on(gate))


def test_loss_that_measures_its_gradient_is_named() -> None:
    def loss(params: Any, x: Any, reg: Any) -> Any:
        def value(w: Any) -> Any:
            return np.sum((x @ w) ** 2) + 0.5 * reg * np.sum(w * w)

        w = params["w"]
        slopes = np.zeros_like(w)
        for k in range(len(w)):
            step = np.zeros_like(w)
            step[k] = 1e-4
            slopes[k] = (value(w + step) - value(w - step)) / 2e-4
        return value(w), {"w": slopes}

    report = check_loss(loss, {"w": X[0]}, X, reg=0.1, textbook=True)
    assert "measured" in {finding.slug for finding in report.findings}, str(report)
    assert not report.parts["dw"]


def test_neighbouring_states_of_a_loop_are_no_measurement() -> None:
    def step(h: Any) -> Any:
        return np.tanh(0.5 * h)

    def backward(states: list[Any]) -> Any:
        return [step(h) for h in states]

    h = [np.array(1.0)]
    while len(h) < 40:
        h.append(step(h[-1]))
    with watched() as steps:
        backward(h)
    assert not steps.names


def test_stages_whose_gradients_are_measured_are_named() -> None:
    def stages(x: float) -> dict[str, float]:
        def f(z: float) -> float:
            return float(np.tanh(z))

        return {"f": f(x), "dx": (f(x + 1e-5) - f(x - 1e-5)) / 2e-5}

    expected = {"f": float(np.tanh(0.5)), "dx": float(1.0 - np.tanh(0.5) ** 2)}
    report = check_values(lambda: stages(0.5), expected, tolerance=1e-6, staged=True)
    assert report.parts == {"f": True, "dx": False}, str(report)
    assert [finding.slug for finding in report.findings] == ["measured"]
    assert check_values(lambda: dict(expected), expected, tolerance=1e-6, staged=True).passed
