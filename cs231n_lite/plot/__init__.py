"""Charts: curves, losses, sparsity, montages of pictures; `plot.NAME` is what notebooks call."""

from __future__ import annotations

from cs231n_lite.plot.curves import (
    activation_curves,
    cached_bytes,
    error_against_step,
    gradient_norms,
    jacobian_sparsity,
    shares,
    training_curves,
    weight_templates,
)

__all__ = [
    "activation_curves",
    "cached_bytes",
    "error_against_step",
    "gradient_norms",
    "jacobian_sparsity",
    "shares",
    "training_curves",
    "weight_templates",
]
