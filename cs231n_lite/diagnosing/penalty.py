"""Penalty algebra: the penalty's share of a gradient is g(reg) - g(0), and its ratio to reg·W names the mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

__all__ = ["GradientPenalty", "Share", "gradient_slip", "left_out_of_gradient"]

_CLOSE = 1e-7


class Share(NamedTuple):
    """What a penalty mistake is called, and the sentence that tells it."""

    slug: str
    message: str


class GradientPenalty(NamedTuple):
    """A parameter's gradient with the penalty and without it, where factor·reg·W belongs to it (factor 0: nothing)."""

    name: str
    weights: np.ndarray
    reg: float
    gradient: np.ndarray
    bare: np.ndarray
    factor: float
    rows: int

    @property
    def share(self) -> np.ndarray:
        """What the penalty adds to the gradient."""
        return self.gradient - self.bare

    @property
    def right(self) -> bool:
        """Whether the share is what belongs there, as exactly as the gradient's own digits allow."""
        expected = self.factor * self.reg * self.weights
        size = float(np.max(np.abs(self.weights), initial=0.0))
        limit = _CLOSE * self.reg * size + 1e-13 * float(np.max(np.abs(self.gradient), initial=0.0)) + 1e-12
        return bool(np.all(np.abs(self.share - expected) <= limit))

    @property
    def belongs(self) -> str:
        """What belongs there, as the beginning of a sentence."""
        formula = "reg·W, the derivative of ½·reg·ΣW²"
        if self.factor != 1.0:
            formula = f"{self.factor:g}·reg·W, the derivative of your penalty"
        return f"The penalty's part of d{self.name} should be {formula.replace('W', self.name)}"


def gradient_slip(penalty: GradientPenalty) -> Share | None:
    """Name what is wrong with the penalty's share of a gradient; None where it is right, or nothing fits."""
    if penalty.right:
        return None
    name, ratio = penalty.name, _ratio(penalty.share, penalty.reg * penalty.weights)
    if penalty.factor == 0.0:
        if ratio is not None:
            message = (
                f"d{name} contains {_times(ratio)}reg·{name}, but the penalty in the loss is of the weights alone: "
                "biases are not penalized."
            )
            return Share("penalty-on-bias", message)
        return _mixed_with_the_gradient(penalty, f"d{name} has no part of the penalty")
    if not np.any(np.abs(penalty.share) > _CLOSE * penalty.reg * np.max(np.abs(penalty.weights))):
        return Share("penalty-missing", f"{penalty.belongs}, and it is missing.")
    if ratio is not None:
        return _multiple(penalty, ratio)
    for formula, form in _forms(name, penalty.weights):
        if _ratio(penalty.share, form) is not None:
            return Share("penalty-formula", f"{penalty.belongs}, and yours is a multiple of {formula}.")
    return _mixed_with_the_gradient(penalty, penalty.belongs)


def left_out_of_gradient(name: str, weights: np.ndarray, excess: np.ndarray) -> Share | None:
    """Whether a gradient at reg = 0 is too large by just W or 2·W: its penalty does not read reg."""
    for factor in (1.0, 2.0):
        if _same(excess, factor * weights):
            text = f"{_times(factor)}{name}"
            message = (
                f"d{name} contains {text} whatever reg is, also at reg = 0: the penalty's part leaves reg out, and is "
                f"to be {_times(factor)}reg·{name}."
            )
            return Share("penalty-formula", message)
    return None


def _multiple(penalty: GradientPenalty, ratio: float) -> Share:
    """A share that is a multiple of reg·W."""
    name, rows, reg, times = penalty.name, penalty.rows, penalty.reg, ratio / penalty.factor
    if rows > 2 and abs(times * rows - 1.0) < 1e-6:
        return Share(
            "penalty-over-n", f"{penalty.belongs}, and yours is divided by the number of rows, {rows}, as well."
        )
    if rows > 2 and abs(times - rows) < 1e-6:
        return Share("penalty-over-n", f"{penalty.belongs}, and yours is multiplied by the number of rows, {rows}.")
    if not any(abs(ratio - plain) < 1e-6 for plain in (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)):
        for factor in (1.0, 2.0, 0.5):  # reg twice over, or not at all
            if abs(ratio - factor * reg) < 1e-9:
                return Share("penalty-formula", f"{penalty.belongs}, and yours is {_times(factor)}reg²·{name}.")
    return Share("penalty-factor", f"{penalty.belongs}, and yours is {_times(ratio)}reg·{name}.")


def _mixed_with_the_gradient(penalty: GradientPenalty, belongs: str) -> Share | None:
    """A share in which the data loss's own gradient stands: `dW += reg * dW`, or `dW /= N + reg * W`."""
    name, reg, rows = penalty.name, penalty.reg, penalty.rows
    for factor in (1.0, 2.0, 0.5):
        if _same(penalty.share, factor * reg * penalty.bare):
            message = (
                f"{belongs}, and yours is {_times(factor)}reg·d{name}: the gradient is multiplied by reg, where the "
                f"parameter {name} is to be."
            )
            return Share("penalty-formula", message)
    for term, bottom in _denominators(penalty):
        if _same(penalty.gradient * bottom, rows * penalty.bare):
            message = (
                f"{belongs}, and yours is in the denominator: all of d{name} is divided by N + {term}. `a /= b + c` "
                "divides by the whole sum b + c. Divide by N on one line, and add the penalty on the next."
            )
            return Share("penalty-formula", message)
        if _same(penalty.gradient, penalty.bare * (1.0 + rows * (bottom - rows))):
            message = (
                f"{belongs}, and yours is a factor: all of d{name} is multiplied by 1/N + {term}. Multiply on one "
                "line, and add the penalty on the next."
            )
            return Share("penalty-formula", message)
    return None


def _denominators(penalty: GradientPenalty) -> Iterator[tuple[str, np.ndarray]]:
    for factor in (1.0, 2.0, 0.5):
        yield f"{_times(factor)}reg·{penalty.name}", penalty.rows + factor * penalty.reg * penalty.weights


def _times(ratio: float) -> str:
    return "" if abs(ratio - 1.0) < 1e-9 else "½·" if abs(ratio - 0.5) < 1e-9 else f"{ratio:.6g}·"


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    size = float(np.max(np.abs(other), initial=0.0))
    return bool(size > 0 and np.all(np.abs(one - other) <= _CLOSE * size))


def _ratio(share: np.ndarray, form: np.ndarray) -> float | None:
    bottom = float(np.sum(np.square(form)))
    if bottom < 1e-24:
        return None
    ratio = float(np.sum(share * form)) / bottom
    close = np.all(np.abs(share - ratio * form) <= _CLOSE * float(np.max(np.abs(share), initial=0.0)))
    return round(ratio, 9) if close and abs(ratio) > 1e-9 else None


def _forms(name: str, weights: np.ndarray) -> list[tuple[str, np.ndarray]]:
    return [
        (f"{name}²", np.square(weights)),
        (f"the sign of {name}", np.sign(weights)),
        (f"|{name}|", np.abs(weights)),
        ("one number, the same in every entry", np.ones(weights.shape)),
    ]
