"""A chart of each kind, by its name."""

from __future__ import annotations

import numpy as np

from cs231n_lite.plot import activations, curves, histograms
from cs231n_lite.plot.moments import learning

STEPS = np.logspace(-12, 0, 13)
POINTS, LABELS = np.array([[-1.0, 0.0], [-0.25, 0.5], [0.25, 0.0], [1.0, -1.0]]), np.array([0, 0, 1, 1])


def scores(params, places):
    """Those of a net of two inputs, two units that are never off, and two classes."""
    return (places @ params["W1"] + params["b1"]) @ np.eye(2)


def moments(*weights, update=0.01):
    """A training whose first weights were these, a number for each moment: class 1 lies to the right of -0.5."""
    params = [{"W1": np.array([[0.0, weight], [0.0, 0.0]]), "b1": np.array([0.0, 0.5 * weight])} for weight in weights]
    return {f"step {number}": (each, np.full((2, 2), update)) for number, each in enumerate(params)}


CHARTS = {
    "error_against_step": lambda: curves.error_against_step(STEPS, STEPS**2 + 1e-16 / STEPS),
    "error of two rules": lambda: curves.error_against_step(STEPS, {"centred": STEPS**2, "one-sided": STEPS}),
    "cached_bytes": lambda: curves.cached_bytes([8, 16, 24, 16, 8, 0]),
    "activation_curves": lambda: activations.activation_curves({"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0)}),
    "jacobian_sparsity": lambda: curves.jacobian_sparsity(np.eye(4)),
    "learning": lambda: learning(POINTS, LABELS, scores, moments(-0.5, 2.0)),
    "gradient_norms": lambda: curves.gradient_norms({"tanh": [1.0, 0.1, 0.01], "relu": [1.0, 0.9, 0.0]}),
    "layer_histograms": lambda: histograms.layer_histograms({"tanh": {1: np.tanh(STEPS), 40: np.ones(3)}}),
    "weight_templates": lambda: curves.weight_templates(np.arange(24.0).reshape(2, 12), (2, 2, 3), ["red", "blue"]),
    "shares": lambda: curves.shares(
        {"linear": {"red": 1.0, "yellow": 0.0}, "two layers": {"red": 0.98, "yellow": 0.97}}
    ),
    "training_curves": lambda: curves.training_curves({"loss": [2.0, 1.0, 0.5], "train accuracy": [0.5, 0.9]}),
}
