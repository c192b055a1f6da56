"""A diagram in words, for readers who do not see it: each node with the numbers that the picture shows."""

from __future__ import annotations

from typing import Any

import numpy as np

from cs231n_lite.drawing.boxes import BOX
from cs231n_lite.drawing.diagram import Diagram, number
from cs231n_lite.drawing.labels import is_readable
from cs231n_lite.speech import say

__all__ = ["describe"]


def describe(diagram: Diagram) -> str:
    """Return the picture in words: one clause a node, inputs first, then the notes."""
    clauses = []
    for mark in diagram.marks.values():
        if mark.kind == "constant":
            continue
        gates = f"{mark.folded} gates" if mark.kind == BOX else mark.kind
        what = "input" if mark.kind == "input" else f"{gates} of {', '.join(mark.inputs)}"
        clause = f"{mark.name}: {what}, value {_in_words(mark.value)}{', disagrees' if mark.misvalued else ''}"
        if mark.measured is not None:
            clause += f", gradient {_in_words(mark.measured)}"
        if mark.yours is not None:
            verdict = {True: ", agrees", False: ", disagrees", None: ""}[mark.verdict]
            clause += f", yours {_in_words(mark.yours)}{verdict}"
        clauses.append(clause)
    return ". ".join(say(clause, "picture") for clause in [*clauses, *diagram.notes]) + "."


def _in_words(value: Any) -> str:
    if value is None:
        return "not known"
    array = np.asarray(value)
    if not array.ndim:
        return number(value)
    words = f"array of shape {array.shape}"
    if array.dtype.kind not in "fiub" or not array.size:
        return words
    if is_readable(array):
        rows = array.reshape(-1, array.shape[-1])
        return f"{words}: {'; '.join(' '.join(map(number, row)) for row in rows)}"
    return f"{words} from {number(array.min())} to {number(array.max())}"
