"""Penalty algebra: the penalty's share of a gradient is g(reg) - g(0), and its ratio to reg·W names the mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

__all__ = ["Share", "gradient_slip", "loss_slip"]

_CLOSE = 1e-7


class Share(NamedTuple):
    """What a penalty mistake is called, and the sentence that tells it."""

    slug: str
    message: str


def gradient_slip(
    name: str, weights: np.ndarray, reg: float, got: np.ndarray, factor: float, rows: int
) -> Share | None:
    """Name what is wrong with a parameter's penalty gradient `got`, where factor·reg·W belongs (factor 0: none)."""
    wanted = factor * reg * weights
    if _close(got, wanted, weights, reg):
        return None
    told = _formula(factor)
    ratio = _ratio(got, reg * weights)
    if factor == 0.0:
        if ratio is not None:
            message = (
                f"d{name} contains {_times(ratio)}reg·{name}, but the penalty in the loss is of the weights alone: "
                "biases are not penalised."
            )
            return Share("penalty-on-bias", message)
        return None
    belongs = f"The penalty's part of d{name} should be {told.replace('W', name)}"
    if not np.any(np.abs(got) > _CLOSE * reg * np.max(np.abs(weights))):
        return Share("penalty-missing", f"{belongs}, and it is missing.")
    if ratio is not None:
        over = ratio / factor * rows
        if rows > 2 and abs(over - 1.0) < 1e-6:
            return Share("penalty-over-n", f"{belongs}, and yours is divided by the number of rows, {rows}, as well.")
        if rows > 2 and abs(ratio / factor - rows) < 1e-6:
            return Share("penalty-over-n", f"{belongs}, and yours is multiplied by the number of rows, {rows}.")
        return Share("penalty-factor", f"{belongs}, and yours is {_times(ratio)}reg·{name}.")
    for told_as, form in _forms(name, weights):
        if _ratio(got, form) is not None:
            return Share("penalty-formula", f"{belongs}, and yours is a multiple of {told_as}.")
    return None


def loss_slip(
    got: float, wanted: float, reg: float, params: Mapping[str, np.ndarray], weights: Sequence[str], rows: int
) -> Share:
    """Name what is wrong with the penalty in the loss, where ½·reg·ΣW² over `weights` belongs."""
    squares = {name: float(np.sum(np.square(value))) for name, value in params.items()}
    all_of_them = 0.5 * reg * sum(squares.values())
    biases = [name for name in params if name not in weights]
    near = lambda value: abs(got - value) <= _CLOSE * max(abs(value), abs(wanted))  # noqa: E731
    belongs = "The penalty in the loss should be ½·reg·ΣW², summed over " + ", ".join(weights)
    if abs(got) <= _CLOSE * abs(wanted):
        return Share("penalty-missing", f"{belongs}, and yours has none: with reg and without, the loss is the same.")
    for times, told in ((1.0, ""), (2.0, " (and without the ½)")):
        if biases and near(times * all_of_them):
            return Share(
                "penalty-on-bias", f"{belongs}; yours adds {', '.join(biases)}{told}: biases are not penalised."
            )
        for name in weights:
            if len(weights) > 1 and near(times * (wanted - 0.5 * reg * squares[name])):
                return Share("penalty-missing", f"{belongs}; in yours {name} is missing{told}.")
        if rows > 1 and near(times * wanted / rows):
            return Share("penalty-over-n", f"{belongs}; yours is divided by the number of rows, {rows}, as well{told}.")
        if rows > 1 and near(times * wanted * rows):
            return Share("penalty-over-n", f"{belongs}; yours is multiplied by the number of rows, {rows}{told}.")
    sums = {
        "Σ|W|": sum(float(np.sum(np.abs(params[name]))) for name in weights),
        "√ΣW²": float(np.sqrt(sum(squares[name] for name in weights))),
        "the sum of the norms √ΣW²": sum(float(np.sqrt(squares[name])) for name in weights),
        "ΣW": sum(float(np.sum(params[name])) for name in weights),
        "(ΣW)²": sum(float(np.sum(params[name])) ** 2 for name in weights),
        "the mean of W²": sum(float(np.mean(np.square(params[name]))) for name in weights),
        "reg²·ΣW²": reg * sum(squares[name] for name in weights),
    }
    for told, value in sums.items():
        for times, word in ((1.0, ""), (0.5, "½·"), (2.0, "2·")):
            if near(times * reg * value):
                return Share("penalty-formula", f"{belongs}; yours is {word}reg·{told}.".replace("reg·reg²", "reg²"))
    if reg != 1.0 and near(0.5 * sum(squares[name] for name in weights)):
        return Share("penalty-formula", f"{belongs}; yours leaves reg out.")
    ratio = got / wanted
    if near(0.25 * 2 * wanted) or abs(ratio - round(ratio)) < 1e-6 or abs(1 / ratio - round(1 / ratio)) < 1e-6:
        return Share("penalty-factor", f"{belongs}; yours is {ratio:g} times that.")
    return Share("penalty-formula", f"{belongs}: {wanted:.6g} here. Yours is {got:.6g}.")


def _formula(factor: float) -> str:
    return (
        "reg·W, the derivative of ½·reg·ΣW²" if factor == 1.0 else f"{factor:g}·reg·W, the derivative of your penalty"
    )


def _times(ratio: float) -> str:
    return "" if abs(ratio - 1.0) < 1e-9 else "½·" if abs(ratio - 0.5) < 1e-9 else f"{ratio:.6g}·"


def _close(got: np.ndarray, wanted: np.ndarray, weights: np.ndarray, reg: float) -> bool:
    return bool(np.all(np.abs(got - wanted) <= _CLOSE * reg * float(np.max(np.abs(weights), initial=0.0)) + 1e-12))


def _ratio(got: np.ndarray, form: np.ndarray) -> float | None:
    bottom = float(np.sum(np.square(form)))
    if bottom < 1e-24:
        return None
    ratio = float(np.sum(got * form)) / bottom
    close = np.all(np.abs(got - ratio * form) <= _CLOSE * float(np.max(np.abs(got), initial=0.0)))
    return round(ratio, 9) if close and abs(ratio) > 1e-9 else None


def _forms(name: str, weights: np.ndarray) -> list[tuple[str, np.ndarray]]:
    return [
        (f"{name}²", np.square(weights)),
        (f"the sign of {name}", np.sign(weights)),
        (f"|{name}|", np.abs(weights)),
        ("one number, the same in every entry", np.ones(weights.shape)),
    ]
