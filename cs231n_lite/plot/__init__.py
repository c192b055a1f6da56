"""Charts: curves, losses, sparsity, montages of pictures; `plot.NAME` is what notebooks call."""

from __future__ import annotations

from cs231n_lite.plot.activations import activation_curves, gate_curves
from cs231n_lite.plot.curves import (
    cached_bytes,
    error_against_step,
    gradient_norms,
    jacobian_sparsity,
    shares,
    training_curves,
    weight_templates,
)
from cs231n_lite.plot.histograms import layer_histograms
from cs231n_lite.plot.moments import learning

__all__ = [
    "activation_curves",
    "cached_bytes",
    "error_against_step",
    "gate_curves",
    "gradient_norms",
    "jacobian_sparsity",
    "layer_histograms",
    "learning",
    "shares",
    "training_curves",
    "weight_templates",
]
