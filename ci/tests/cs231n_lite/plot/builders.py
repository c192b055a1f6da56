"""A chart of each kind, by its name."""

from __future__ import annotations

import numpy as np

from cs231n_lite.plot import activations, curves

STEPS = np.logspace(-12, 0, 13)
CHARTS = {
    "error_against_step": lambda: curves.error_against_step(STEPS, STEPS**2 + 1e-16 / STEPS),
    "error of two rules": lambda: curves.error_against_step(STEPS, {"centred": STEPS**2, "one-sided": STEPS}),
    "cached_bytes": lambda: curves.cached_bytes([8, 16, 24, 16, 8, 0]),
    "activation_curves": lambda: activations.activation_curves({"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0)}),
    "jacobian_sparsity": lambda: curves.jacobian_sparsity(np.eye(4)),
    "gradient_norms": lambda: curves.gradient_norms({"tanh": [1.0, 0.1, 0.01], "relu": [1.0, 0.9, 0.0]}),
    "weight_templates": lambda: curves.weight_templates(np.arange(24.0).reshape(2, 12), (2, 2, 3), ["red", "blue"]),
    "shares": lambda: curves.shares(
        {"linear": {"red": 1.0, "yellow": 0.0}, "two layers": {"red": 0.98, "yellow": 0.97}}
    ),
    "training_curves": lambda: curves.training_curves({"loss": [2.0, 1.0, 0.5], "train accuracy": [0.5, 0.9]}),
}
