"""What a student's code returned, as numbers of the test's own: read once, copied, and judged as the copy.

What an object says of itself (its shape, its length, that it is equal) is no evidence, and what is not a number agrees
with nothing: text, booleans, masked entries, nan.
"""

from __future__ import annotations

import contextlib
import numbers
from typing import Any

import numpy as np

from cs231n_lite.running import Trouble

__all__ = ["kind_of", "nan_or_inf", "plain", "real_numbers"]


def plain(value: Any, shape: tuple[int, ...] | None = None, *, name: str = "it", finite: bool = True) -> np.ndarray:
    """Return a student's number or array as a float64 copy, of this `shape` where one is asked for.

    Raises a `Trouble`, which a part of a report tells by its slug: "missing-return" for None, "shape" for what holds no
    real numbers (text, booleans, masked entries, objects) or has another shape, "not-finite" for nan and inf, unless
    `finite` is False. `name` is what the sentence calls the value.
    """
    if value is None or value is Ellipsis:
        raise Trouble("missing-return", f"{name} is {value}: it is not written yet, or its `return` is missing.")
    copy = real_numbers(value, objects=True)
    if copy is None:
        raise Trouble("shape", f"{name} is {kind_of(value)}, and numbers belong there.")
    if shape is not None and copy.shape != tuple(shape):
        raise Trouble("shape", f"{name} has shape {copy.shape}, and {tuple(shape)} is expected.")
    if finite and not np.all(np.isfinite(copy)):
        raise Trouble("not-finite", f"{name} {'is' if not copy.ndim else 'holds'} {nan_or_inf(copy)}.")
    return copy.astype(float)


def kind_of(value: Any) -> str:
    """What a message calls what holds no real numbers."""
    if _is_masked(value):
        return "masked" if not value.ndim else "a masked array (masked entries are hidden, and are no numbers)"
    with contextlib.suppress(Exception):
        kind = {"c": "complex", "b": "True or False" if not np.ndim(value) else "True and False"}
        if np.asarray(value).dtype.kind in kind:
            return f"{'' if not np.ndim(value) else 'an array that holds '}{kind[np.asarray(value).dtype.kind]}"
        if np.ndim(value) and np.asarray(value).dtype.kind in "US":
            return f"{'an array' if isinstance(value, np.ndarray) else 'a list'} of text"
    if isinstance(value, np.ndarray):
        return "an array of other things"
    return f"a {type(value).__name__}"


def _is_masked(value: Any) -> bool:
    """Whether entries of an array are masked, or were so where answers are graded; with none masked, it is plain."""
    if isinstance(value, np.ma.MaskedArray):
        return bool(np.any(np.ma.getmaskarray(value)))
    return isinstance(value, np.ndarray) and hasattr(type(value), "masked")


def nan_or_inf(array: np.ndarray) -> str:
    """Which of the two there is, for a message."""
    return "nan" if np.any(np.isnan(array)) else "inf"


def real_numbers(value: Any, *, objects: bool = False) -> np.ndarray | None:
    """Return a copy of real numbers in the type that they have, or None where they are none.

    Booleans, text, masked arrays and complex numbers are none. With `objects`, Fractions and whatever else is a real
    number of Python's become floats.
    """
    if _is_masked(value):
        return None
    with contextlib.suppress(Exception):  # whatever an object raises when it is read, it is no number
        copy = np.array(value, subok=False)
        if copy.dtype.kind in "fiu":
            return copy
        entries = copy.ravel().tolist() if objects and copy.dtype.kind == "O" else [None]
        if all(isinstance(entry, numbers.Real) and not isinstance(entry, bool) for entry in entries):
            return copy.astype(float)
    return None
