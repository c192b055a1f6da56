"""The penalty in a loss: what stands where ½·reg·ΣW² belongs, and which of the two conventions it follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

__all__ = ["LossPenalty", "LossShare", "left_out_reg", "loss_slip"]

_CLOSE = 1e-7
_NEARLY = 1e-4  # relative: a rounding, and no other formula
_TWICE = " It is also without the ½, which is right as long as the gradient has 2·reg·W."


class LossShare(NamedTuple):
    """What a penalty mistake is called, the sentence that tells it, and whose gradient fits: reg·W or 2·reg·W."""

    slug: str
    message: str
    factor: float = 1.0


class LossPenalty(NamedTuple):
    """A student's penalty in the loss, beside the ½·reg·ΣW² over `weights` that belongs there."""

    penalty: float
    expected: float
    reg: float
    params: Mapping[str, np.ndarray]
    weights: Sequence[str]  # the names of the parameters that are penalized
    rows: int
    part_of: Callable[[str], float] | None = None  # how much of the student's penalty goes when a parameter is 0

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
        sums = {
            "Σ|W|": sum(float(np.sum(np.abs(W))) for W in weights),
            "√ΣW²": float(np.sqrt(sum(squares))),
            "the sum of the norms √ΣW²": sum(float(np.sqrt(square)) for square in squares),
            "ΣW": sum(float(np.sum(W)) for W in weights),
            "(ΣW)²": sum(float(np.sum(W)) ** 2 for W in weights),
            "the mean of W²": sum(float(np.mean(np.square(W))) for W in weights),
            "reg²·ΣW²": self.reg * sum(squares),
        }
        if all(W.ndim == 2 for W in weights):  # a matrix product where each entry is to be squared
            sums["Σ W·Wᵀ, all entries of a matrix product"] = sum(float(np.sum(W @ W.T)) for W in weights)
            sums["Σ Wᵀ·W, all entries of a matrix product"] = sum(float(np.sum(W.T @ W)) for W in weights)
        return sums


def left_out_reg(excess: float, squares: Mapping[str, float], weights: Sequence[str]) -> LossShare | None:
    """Whether a loss at reg = 0 is too large by just ΣW² or ½·ΣW²: its penalty does not read reg."""
    belongs = "The penalty in the loss should be ½·reg·ΣW², summed over " + ", ".join(weights)
    of_weights, of_all = sum(squares[name] for name in weights), sum(squares.values())
    for total, slug, also in ((of_weights, "penalty-formula", ""), (of_all, "penalty-on-bias", " and adds the biases")):
        for factor, formula in ((2.0, "ΣW²"), (1.0, "½·ΣW²")):
            right = 0.5 * factor * total
            if right > 0.0 and abs(excess - right) <= _CLOSE * right:
                message = (
                    f"{belongs}; yours leaves reg out{also}: with reg = 0 the loss is too large by exactly {formula}. "
                    "Multiply the penalty by reg."
                )
                return LossShare(slug, message, factor)
    return None


def loss_slip(loss: LossPenalty) -> LossShare:
    """Name what is wrong with the penalty in a loss."""
    if abs(loss.penalty) <= _CLOSE * abs(loss.expected):
        message = f"{loss.belongs}, and yours has none: with reg and without, the loss is the same."
        return LossShare("penalty-missing", message)
    return _wrong_terms(loss) or _wrong_formula(loss) or _wrong_array(loss) or _wrong_factor(loss)


def _wrong_terms(loss: LossPenalty) -> LossShare | None:
    """Biases among the weights, a weight that is missing, a division by the number of rows; with or without the ½."""
    squares, rows, expected = loss.squares(), loss.rows, loss.expected
    all_of_them = 0.5 * loss.reg * sum(squares.values())
    biases = [name for name in loss.params if name not in loss.weights]
    for times, half in ((1.0, ""), (2.0, _TWICE)):
        if biases and loss.near(times * all_of_them):
            message = f"{loss.belongs}; yours adds {', '.join(biases)}, and biases are not penalized.{half}"
            return LossShare("penalty-on-bias", message, times)
        for name in loss.weights:
            if len(loss.weights) > 1 and loss.near(times * (expected - 0.5 * loss.reg * squares[name])):
                return LossShare("penalty-missing", f"{loss.belongs}; in yours {name} is missing.{half}", times)
        if rows > 1 and loss.near(times * expected / rows):
            message = f"{loss.belongs}; yours is divided by the number of rows, {rows}, as well.{half}"
            return LossShare("penalty-over-n", message, times)
        if rows > 1 and loss.near(times * expected * rows):
            message = f"{loss.belongs}; yours is multiplied by the number of rows, {rows}.{half}"
            return LossShare("penalty-over-n", message, times)
    return None


def _wrong_formula(loss: LossPenalty) -> LossShare | None:
    for formula, value in loss.sums().items():
        for times, word in ((1.0, ""), (0.5, "½·"), (2.0, "2·")):
            if loss.near(times * loss.reg * value):
                text = f"{word}reg·{formula}".replace("reg·reg²", "reg²")
                return LossShare("penalty-formula", f"{loss.belongs}; yours is {text}.", 2.0 if times == 1.0 else 1.0)
    return None


def _wrong_array(loss: LossPenalty) -> LossShare | None:
    """One parameter's part of the penalty is off, and the others' are right."""
    if loss.part_of is None or len(loss.params) < 2:
        return None
    squares = loss.squares()
    whole = {name: 0.5 * loss.reg * squares[name] for name in loss.params}
    ratios = {name: loss.part_of(name) / whole[name] for name in loss.params if whole[name]}
    for times, half in ((1.0, ""), (2.0, _TWICE)):
        wanted = {name: times if name in loss.weights else 0.0 for name in ratios}
        off = [name for name in ratios if abs(ratios[name] - wanted[name]) > 1e-6]
        if len(off) != 1 or len(ratios) < 2:
            continue
        name, ratio = off[0], ratios[off[0]]
        if name not in loss.weights:
            text = f"yours adds {_times_reg(ratio / 2.0, loss.reg)}·Σ{name}², and biases are not penalized.{half}"
            return LossShare("penalty-on-bias", f"{loss.belongs}; {text}", times)
        text = f"the part of {name} is {_times_reg(ratio / 2.0, loss.reg)}·Σ{name}² in yours.{half}"
        slug = "penalty-formula" if abs(ratio - times * loss.reg) < 1e-6 else "penalty-factor"
        return LossShare(slug, f"{loss.belongs}; {text}", times)
    return None


def _times_reg(ratio: float, reg: float) -> str:
    """A factor of ΣW² that is `ratio` times reg, as a student would have written it."""
    for factor, text in ((0.5, "½·"), (1.0, ""), (2.0, "2·")):
        if abs(ratio - factor) < 1e-6:
            return f"{text}reg"
        if abs(ratio - factor * reg) < 1e-6:
            return f"{text}reg²"
    return f"{ratio:.6g}·reg"


def _wrong_factor(loss: LossPenalty) -> LossShare:
    ratio = loss.penalty / loss.expected
    if abs(ratio - 1.0) < _NEARLY:
        message = (
            f"{loss.belongs}. Yours agrees with that in about {-np.log10(abs(ratio - 1.0)):.0f} digits and not beyond: "
            "is a part of the loss computed in float32?"
        )
        return LossShare("penalty-formula", message)
    if loss.near(0.5 * loss.expected) or any(abs(x - round(x)) < 1e-6 for x in (ratio, 1 / ratio)):
        return LossShare("penalty-factor", f"{loss.belongs}; yours is {ratio:g} times that.")
    size = "small" if loss.penalty < loss.expected else "large"
    message = f"{loss.belongs}. Yours, the loss with reg less the loss without, is {loss.penalty:.6g} here: too {size}."
    return LossShare("penalty-formula", message)
