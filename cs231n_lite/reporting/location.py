"""Where a gradient is wrong and in which way: a sentence, a short table, and a map of the array.

What would be right is never shown, and no number that gives it: only what a student has, and what it was made from.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

__all__ = ["description", "one_factor", "relation", "where"]

_ROWS = 4  # entries shown in a table: enough to see a pattern, few enough to read
_FEW = 12  # numbers that can be read, and typed in to compute a gradient again
_NEAR = 0.01  # relative: a rounding, a step or a small term, and no other formula


def figure(value: float) -> str:
    """A number with six significant digits, aligned by the sign."""
    return f"{value + 0.0: .6g}"  # no -0


def description(
    part: str,
    gradient: np.ndarray,
    expected: np.ndarray,
    wrong: np.ndarray,
    source: Mapping[str, np.ndarray] | None = None,
) -> tuple[str, str]:
    """Say which entries are wrong, as a sentence, and show the worst of them as a table with a map.

    `source` holds what the gradient is to be computed from, by name; it is shown where it is short.
    """
    count, measured = int(wrong.sum()), int((~np.isnan(expected)).sum())
    if gradient.ndim == 0:
        return f"{part} is wrong.", table(gradient, expected, wrong, source)
    if measured < gradient.size:
        sentence = f"{part} is wrong in at least {count} of its {gradient.size} entries."
    elif gradient.size == 1:
        sentence = f"{part} is wrong in its only entry."
    elif count == gradient.size:
        sentence = f"{part} is wrong in all of its {count} entries."
    else:
        sentence = f"{part} is wrong in {count} of its {gradient.size} entries{where(wrong)}."
    detail = table(gradient, expected, wrong, source)
    if 0 < count < gradient.size and measured == gradient.size:
        detail += "\n" + picture(wrong)
    return sentence, detail


def table(
    gradient: np.ndarray, expected: np.ndarray, wrong: np.ndarray, source: Mapping[str, np.ndarray] | None = None
) -> str:
    """The entries that are furthest off: index, what they are made from, yours, and in which way that is wrong."""
    miss = np.where(wrong, np.abs(gradient - expected), -1.0)
    order = sorted(np.ndindex(gradient.shape), key=lambda index: -miss[index])[: min(_ROWS, int(wrong.sum()))]
    source = source or {}
    beside = source if all(value.shape == gradient.shape for value in source.values()) else {}
    index_head = ("index",) if gradient.ndim else ()
    rows = [(*index_head, *beside, "yours", "which is")]
    for index in sorted(order):
        mine, right = float(gradient[index]), float(expected[index])
        place = (str(list(index)),) if gradient.ndim else ()
        values = (figure(float(value[index])) for value in beside.values())
        rows.append((*place, *values, figure(mine), _fault(mine, right)))
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines + ([] if beside else _in_full(source)))


def _fault(mine: float, right: float) -> str:
    """In which way a number is wrong, in words from which nobody can tell the right one."""
    if mine and right and (mine < 0) != (right < 0):
        return "of the wrong sign"
    if abs(mine - right) <= _NEAR * abs(right):
        return "nearly right"
    return "too near to 0" if abs(mine) < abs(right) else "too far from 0"


def _in_full(source: Mapping[str, np.ndarray]) -> list[str]:
    """What a gradient is made from, where it is few numbers, one line each."""
    if sum(value.size for value in source.values()) > _FEW:
        return []
    return [f"{name} = {_written(value)}" for name, value in source.items()]


def _written(value: np.ndarray) -> str:
    """A short array as it is typed in."""
    if not value.ndim:
        return figure(float(value)).strip()
    return "[" + ", ".join(_written(row) for row in value) + "]"


def one_factor(wrong: np.ndarray, expected: np.ndarray) -> bool:
    """Whether several wrong entries are the right ones times one number, which is neither 0 nor 1."""
    if wrong.size < 2 or not np.all(expected) or not np.all(wrong):
        return False
    ratios = wrong / expected
    return bool(np.ptp(ratios) <= 1e-6 * np.max(np.abs(ratios)) and abs(ratios.flat[0] - 1.0) > _NEAR)


def where(wrong: np.ndarray) -> str:
    """The pattern of the wrong entries in words, if there is one: a row, a column, the last class."""
    places = np.argwhere(wrong)
    if len(places) == 1:
        return f", at {[int(i) for i in places[0]]}"
    for axis in range(wrong.ndim):
        lines = sorted({int(place[axis]) for place in places})
        others = tuple(other for other in range(wrong.ndim) if other != axis)
        if len(lines) < wrong.shape[axis] and np.all(np.any(wrong, axis=others) == np.all(wrong, axis=others)):
            kind = {(2, 0): "row", (2, 1): "column"}.get((wrong.ndim, axis), f"place along axis {axis}")
            if wrong.ndim == 1:
                return f", at {', '.join(str(line) for line in lines[:8])}" + (" and on" if len(lines) > 8 else "")
            whole = "the whole of " if len(others) else ""
            plural = "s" if len(lines) > 1 else ""
            return f": {whole}{kind}{plural} {', '.join(str(line) for line in lines[:8])}"
    return ""


def picture(wrong: np.ndarray) -> str:
    """A map of the array, x where it is wrong; leading axes are laid one under the other, and a large array is cut."""
    grid = wrong.reshape(-1, wrong.shape[-1]) if wrong.ndim > 1 else wrong.reshape(1, -1)
    corner = grid[:10, :32]
    lines = ["".join(" x" if cell else " ·" for cell in row) for row in corner]
    if corner.shape != grid.shape:
        lines.append(f" (the first {corner.shape[0]} rows and {corner.shape[1]} columns; x marks a wrong entry)")
    else:
        lines.append(" (x marks a wrong entry)")
    return "\n".join(lines)


def relation(gradient: np.ndarray, expected: np.ndarray) -> tuple[str, str] | None:
    """The slug and a phrase for a plain relation of a wrong gradient to the right one, or None.

    Only relations that no other mistake makes by chance: all zero, the sign, a factor of 2 or ½, the transpose, the
    reverse order, the sum.
    """
    if np.any(np.isnan(expected)) or not np.any(expected):
        return None
    size = float(np.max(np.abs(expected)))
    close = lambda guess: bool(np.all(np.abs(gradient - guess) <= 1e-7 * size))  # noqa: E731
    if not np.any(gradient):
        return "zero", "is 0 everywhere, and the loss does depend on {array}. Is a branch of the backward pass missing?"
    if close(-expected):
        return "sign", "has the wrong sign everywhere: it is exactly -1 times the gradient."
    if close(2.0 * expected):
        return "factor-2", "is exactly twice the gradient. Is something counted twice, or a ½ left out?"
    if close(0.5 * expected):
        return "factor-half", "is exactly half the gradient. Is a factor of 2 left out, or a ½ too many?"
    square = expected.ndim == 2 and expected.shape[0] == expected.shape[1] > 1
    if square and close(expected.T) and not close(expected):
        return "transposed", "is the transpose of the gradient."
    if expected.ndim and expected.shape[-1] > 2 and close(expected[..., ::-1]):
        return "reversed", "holds the right numbers in the reverse order: last and first are exchanged."
    if expected.ndim > 1 and len(expected) > 1 and (row := _only_row(gradient, expected, 1e-7 * size)):
        return (
            "one-row-only",
            f"is right in its {row} row and 0 in all others: each row of {{array}} has its own gradient.",
        )
    if expected.size > 1 and close(np.sum(expected)):
        return (
            "summed",
            "holds the same number everywhere, the sum over all: each entry of {array} has its own gradient.",
        )
    return None


def _only_row(gradient: np.ndarray, expected: np.ndarray, limit: float) -> str:
    """Whether a gradient is right in its "first" or "last" row and 0 in the others, where it should not be; else ""."""
    for place, name in ((0, "first"), (-1, "last")):
        others = np.delete(np.arange(len(expected)), place)
        right = np.any(expected[place]) and np.all(np.abs(gradient[place] - expected[place]) <= limit)
        if right and not np.any(gradient[others]) and np.any(expected[others]):
            return name
    return ""
