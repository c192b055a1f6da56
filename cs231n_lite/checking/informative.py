"""The refusal of points that could not show a mistake: a ReLU never off, a square matrix, a class never drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from cs231n_lite.diagnosing.recording import Recording

__all__ = ["UninformativePoint", "refuse"]


class UninformativePoint(ValueError):
    """A check was asked for at a point where some mistake would not show; the message says which, and what to draw."""


def refuse(names: Sequence[str], point: Sequence[np.ndarray], run: Recording | None, labels: Any = None) -> None:
    """Raise UninformativePoint if a mistake could hide at this point; plain numbers, as in a textbook, are let through.

    Looks at the arrays themselves and, where the exercise's forward pass is recorded, at what its gates see: each max
    or ReLU must go both ways, the lengths in a matrix product must differ, and each class must be drawn.
    """
    if all(x.size <= 1 for x in point):
        return
    for name, x in zip(names, point, strict=True):
        if x.size > 1 and np.all(x == x.flat[0]):
            value = f"{float(x.flat[0]):g}"
            _refuse(
                f"every entry of {name} is {value}",
                "a transpose, a wrong axis or a dropped factor",
                f"{name} at random",
            )
    for k, (name, x) in enumerate(zip(names, point, strict=True)):
        for other, y in zip(names[k + 1 :], point[k + 1 :], strict=True):
            if x.size > 1 and x.shape == y.shape and np.array_equal(x, y):
                _refuse(
                    f"{name} and {other} are equal", "one taken for the other", "each with random numbers of its own"
                )
    if labels is not None and len(labels) == 1:
        _refuse("there is one row", "a missing division by the number of rows", "at least 5 rows")
    if run is not None:
        _gates(run)
        _classes(run, labels)


def _refuse(what: str, hides: str, better: str) -> None:
    raise UninformativePoint(
        f"this point could not show {hides}: {what}. Draw {better}; a textbook's own point passes with textbook=True."
    )


def _gates(run: Recording) -> None:
    for n in sorted(run.active):
        step, node = run.step(n), run.nodes[n]
        shape = np.shape(node.value)
        if node.op in ("maximum", "minimum") and int(np.prod(shape)) > 1:
            one, other = step.operands[:2]
            first = np.broadcast_to(np.asarray(one) > np.asarray(other), shape)
            if np.all(first) or not np.any(first):
                where = f" that makes {node.name}" if node.name else ""
                _refuse(
                    f"the {node.op}{where} takes the same side in every entry",
                    "a missing or inverted mask",
                    "both signs",
                )
        if node.op == "where" and int(np.prod(shape)) > 1:
            condition = np.asarray(step.operands[0])
            if np.all(condition) or not np.any(condition):
                _refuse("the condition is the same in every entry", "a missing or inverted mask", "both signs")
        if node.op in ("matmul", "dot"):
            one, other = (np.shape(operand) for operand in step.operands[:2])
            lengths = [length for length in (*one, *other[1:]) if length > 1]
            if len(set(lengths)) < len(lengths):
                sizes = f"{one} @ {other}"
                _refuse(
                    f"two lengths in the product {sizes} are equal", "a transpose", "arrays whose lengths all differ"
                )


def _classes(run: Recording, labels: Any) -> None:
    scores = next(
        (node.value for node in reversed(run.nodes) if node.name == "scores" and np.ndim(node.value) == 2), None
    )
    if labels is None or scores is None:
        return
    missing = sorted(set(range(np.shape(scores)[1])) - {int(label) for label in labels})
    if missing:
        classes = ", ".join(str(label) for label in missing)
        _refuse(f"no row has the label {classes}", "what happens at that class", "labels that contain every class")
