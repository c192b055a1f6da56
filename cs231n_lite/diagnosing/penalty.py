"""Penalty algebra: the penalty's share of a gradient is g(reg) - g(0), and its ratio to reg·W names the mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

__all__ = ["LossPenalty", "Share", "gradient_slip", "loss_slip"]

_CLOSE = 1e-7


class Share(NamedTuple):
    """What a penalty mistake is called, and the sentence that tells it."""

    slug: str
    message: str


def gradient_slip(
    name: str, weights: np.ndarray, reg: float, share: np.ndarray, factor: float, rows: int
) -> Share | None:
    """Name what is wrong with a parameter's penalty gradient `got`, where factor·reg·W belongs (factor 0: none)."""
    expected = factor * reg * weights
    if _close(share, expected, weights, reg):
        return None
    derivative = _formula(factor)
    ratio = _ratio(share, reg * weights)
    if factor == 0.0:
        if ratio is not None:
            message = (
                f"d{name} contains {_times(ratio)}reg·{name}, but the penalty in the loss is of the weights alone: "
                "biases are not penalised."
            )
            return Share("penalty-on-bias", message)
        return None
    belongs = f"The penalty's part of d{name} should be {derivative.replace('W', name)}"
    if not np.any(np.abs(share) > _CLOSE * reg * np.max(np.abs(weights))):
        return Share("penalty-missing", f"{belongs}, and it is missing.")
    if ratio is not None:
        over = ratio / factor * rows
        if rows > 2 and abs(over - 1.0) < 1e-6:
            return Share("penalty-over-n", f"{belongs}, and yours is divided by the number of rows, {rows}, as well.")
        if rows > 2 and abs(ratio / factor - rows) < 1e-6:
            return Share("penalty-over-n", f"{belongs}, and yours is multiplied by the number of rows, {rows}.")
        return Share("penalty-factor", f"{belongs}, and yours is {_times(ratio)}reg·{name}.")
    for formula, form in _forms(name, weights):
        if _ratio(share, form) is not None:
            return Share("penalty-formula", f"{belongs}, and yours is a multiple of {formula}.")
    return None


class LossPenalty(NamedTuple):
    """A student's penalty in the loss, beside the ½·reg·ΣW² over `weights` that belongs there."""

    penalty: float
    expected: float
    reg: float
    params: Mapping[str, np.ndarray]
    weights: Sequence[str]  # the names of the parameters that are penalised
    rows: int

    @property
    def belongs(self) -> str:
        """What belongs there, as the beginning of a sentence."""
        return "The penalty in the loss should be ½·reg·ΣW², summed over " + ", ".join(self.weights)

    def near(self, value: float) -> bool:
        """Whether the student's penalty is this number."""
        return abs(self.penalty - value) <= _CLOSE * max(abs(value), abs(self.expected))

    def squares(self) -> dict[str, float]:
        """ΣW² of each parameter."""
        return {name: float(np.sum(np.square(value))) for name, value in self.params.items()}

    def sums(self) -> dict[str, float]:
        """What people write in place of ΣW², by its formula."""
        weights = [self.params[name] for name in self.weights]
        squares = [float(np.sum(np.square(W))) for W in weights]
        return {
            "Σ|W|": sum(float(np.sum(np.abs(W))) for W in weights),
            "√ΣW²": float(np.sqrt(sum(squares))),
            "the sum of the norms √ΣW²": sum(float(np.sqrt(square)) for square in squares),
            "ΣW": sum(float(np.sum(W)) for W in weights),
            "(ΣW)²": sum(float(np.sum(W)) ** 2 for W in weights),
            "the mean of W²": sum(float(np.mean(np.square(W))) for W in weights),
            "reg²·ΣW²": self.reg * sum(squares),
        }


def loss_slip(loss: LossPenalty) -> Share:
    """Name what is wrong with the penalty in a loss."""
    if abs(loss.penalty) <= _CLOSE * abs(loss.expected):
        message = f"{loss.belongs}, and yours has none: with reg and without, the loss is the same."
        return Share("penalty-missing", message)
    return _wrong_terms(loss) or _wrong_formula(loss) or _wrong_factor(loss)


def _wrong_terms(loss: LossPenalty) -> Share | None:
    """Biases among the weights, a weight that is missing, a division by the number of rows; with or without the ½."""
    squares, rows, expected = loss.squares(), loss.rows, loss.expected
    all_of_them = 0.5 * loss.reg * sum(squares.values())
    biases = [name for name in loss.params if name not in loss.weights]
    for times, half in ((1.0, ""), (2.0, " (and without the ½)")):
        if biases and loss.near(times * all_of_them):
            message = f"{loss.belongs}; yours adds {', '.join(biases)}{half}: biases are not penalised."
            return Share("penalty-on-bias", message)
        for name in loss.weights:
            if len(loss.weights) > 1 and loss.near(times * (expected - 0.5 * loss.reg * squares[name])):
                return Share("penalty-missing", f"{loss.belongs}; in yours {name} is missing{half}.")
        if rows > 1 and loss.near(times * expected / rows):
            message = f"{loss.belongs}; yours is divided by the number of rows, {rows}, as well{half}."
            return Share("penalty-over-n", message)
        if rows > 1 and loss.near(times * expected * rows):
            return Share("penalty-over-n", f"{loss.belongs}; yours is multiplied by the number of rows, {rows}{half}.")
    return None


def _wrong_formula(loss: LossPenalty) -> Share | None:
    for formula, value in loss.sums().items():
        for times, word in ((1.0, ""), (0.5, "½·"), (2.0, "2·")):
            if loss.near(times * loss.reg * value):
                text = f"{word}reg·{formula}".replace("reg·reg²", "reg²")
                return Share("penalty-formula", f"{loss.belongs}; yours is {text}.")
    squares = loss.squares()
    if loss.reg != 1.0 and loss.near(0.5 * sum(squares[name] for name in loss.weights)):
        return Share("penalty-formula", f"{loss.belongs}; yours leaves reg out.")
    return None


def _wrong_factor(loss: LossPenalty) -> Share:
    ratio = loss.penalty / loss.expected
    if loss.near(0.5 * loss.expected) or any(abs(x - round(x)) < 1e-6 for x in (ratio, 1 / ratio)):
        return Share("penalty-factor", f"{loss.belongs}; yours is {ratio:g} times that.")
    message = f"{loss.belongs}: {loss.expected:.6g} here. Yours is {loss.penalty:.6g}."
    return Share("penalty-formula", message)


def _formula(factor: float) -> str:
    return (
        "reg·W, the derivative of ½·reg·ΣW²" if factor == 1.0 else f"{factor:g}·reg·W, the derivative of your penalty"
    )


def _times(ratio: float) -> str:
    return "" if abs(ratio - 1.0) < 1e-9 else "½·" if abs(ratio - 0.5) < 1e-9 else f"{ratio:.6g}·"


def _close(share: np.ndarray, expected: np.ndarray, weights: np.ndarray, reg: float) -> bool:
    return bool(np.all(np.abs(share - expected) <= _CLOSE * reg * float(np.max(np.abs(weights), initial=0.0)) + 1e-12))


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
