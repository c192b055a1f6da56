"""Conditions under which right code must keep every point: sizes, dtypes, ties, kinks, odd batches, odd memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from ci.planted import Operation

__all__ = ["CONDITIONS", "under"]

Change = Callable[[np.ndarray], np.ndarray]


def _tied(x: np.ndarray) -> np.ndarray:
    """Zeros among the entries, where a ReLU has a kink."""
    tied = x.copy()
    tied.flat[:: max(2, x.size // 3)] = 0.0
    return tied


def _near(x: np.ndarray) -> np.ndarray:
    """Entries a billionth from the kink."""
    near = x.copy()
    near.flat[:: max(2, x.size // 3)] = 1e-9
    return near


def _read_only(x: np.ndarray) -> np.ndarray:
    locked = x.copy()
    locked.flags.writeable = False
    return locked


CONDITIONS: dict[str, Change] = {
    "inputs-a-thousandth": lambda x: x * 1e-3,
    "inputs-tenfold": lambda x: x * 10.0,
    "float32": lambda x: x.astype(np.float32),
    "integers": lambda x: np.rint(2.0 * x).astype(int),
    "ties": _tied,
    "near-a-kink": _near,
    "fortran-order": np.asfortranarray,
    "read-only": _read_only,
    "empty-batch": lambda x: x,
    "one-row": lambda x: x,
}
# Which arrays of an operation have the batch as their first axis; the others keep their lengths.
_BATCH = {
    "affine": (0,), "unbroadcast": (0,), "multiply-gate": (0, 1), "add-gate": (0, 1), "max-gate": (0, 1),
    "maxout-gate": (0,),
    "branch-sum": (0, 1), "staged-circuit": (0, 1), "sigmoid-gate": (0,), "tanh-gate": (0,), "relu-gate": (0,),
    "leaky-relu-gate": (0,), "elu-gate": (0,), "memory-profile": (0,),
}  # fmt: skip


def under(operation: Operation, condition: str) -> Operation | None:
    """The operation at a point of this condition, or None where it has no meaning for it."""
    if condition in ("empty-batch", "one-row"):
        rows = 0 if condition == "empty-batch" else 1
        if operation.kind == "loss":
            if not rows:
                return None  # the mean over no rows is not a number
            return (
                dataclasses.replace(operation, data=tuple(value[:rows] for value in operation.data))
                if len(operation.point[0]) > 1
                else None
            )
        if operation.name not in _BATCH or (operation.name, rows) == ("affine", 0):  # NumPy cannot reshape (0, -1)
            return None
        cut = (x[:rows] if k in _BATCH[operation.name] else x for k, x in enumerate(operation.point))
        return dataclasses.replace(operation, point=tuple(cut))
    change = CONDITIONS[condition]
    if operation.kind == "loss":
        if condition == "inputs-tenfold":
            change = lambda x: x * 3.0  # noqa: E731  # ten times the weights, and the logarithm of a softmax is of 0
        params: dict[str, Any] = {name: change(x) for name, x in operation.point[0].items()}
        return dataclasses.replace(operation, point=(params,))
    return dataclasses.replace(operation, point=tuple(change(x) if np.ndim(x) else x for x in operation.point))
