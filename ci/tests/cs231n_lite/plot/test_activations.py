"""Activations and their slopes: a gate by its own backward pass, and a scale on which a slope can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from cs231n_lite.plot import activations


class Halved:
    """x / 2, entry by entry, with a backward pass of its own."""

    def forward(self, x):
        self.factor = 0.5
        return x * self.factor

    def backward(self, dout):
        return dout * self.factor


def test_a_gate_is_drawn_with_the_slope_that_its_own_backward_finds():
    (axes,) = activations.gate_curves({"half": Halved}).axes
    value, slope = (next(line for line in axes.lines if line.get_label() == label) for label in ("f(x)", "f′(x)"))
    np.testing.assert_allclose(value.get_ydata(), value.get_xdata() / 2)
    np.testing.assert_allclose(slope.get_ydata(), 0.5)


def test_what_is_bounded_has_a_scale_of_its_own():
    sigmoid = {"sigmoid": lambda x: 1 / (1 + np.exp(-x))}
    (alone,) = activations.activation_curves(sigmoid).axes
    assert alone.get_ylim() == pytest.approx((-0.06, 1.05), abs=0.02)
    three = activations.activation_curves(dict.fromkeys("abc", sigmoid["sigmoid"])).axes
    assert {axes.get_ylim() for axes in three} == {alone.get_ylim()}
    beside = activations.activation_curves(sigmoid | {"relu": lambda x: np.maximum(x, 0)}).axes
    (grows,) = activations.activation_curves({"relu": lambda x: np.maximum(x, 0)}).axes
    assert {axes.get_ylim() for axes in (*beside, grows)} == {(-1.6, 2.6)}
