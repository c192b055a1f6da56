"""One call for every planted operation: the check of its code, with the exercise's forward pass or without."""

from __future__ import annotations

from typing import Any

import numpy as np

from ci.planted import Operation, load
from cs231n_lite import Report, check_backward, check_loss

__all__ = ["OWN", "judge", "point_of"]

# Operations whose exercise has no forward pass of its own under this name.
OWN = {"unbroadcast": lambda x, y: x * y}


def judge(
    operation: Operation, source: str, *, like: bool = True, seed: int = 0, textbook: bool = False, counter: Any = None
) -> Report:
    """Check a source text of an operation at the operation's point."""
    names = load(source)
    if counter is not None:  # a list whose only number counts the forward passes
        names |= {key: _counted(names[key], counter) for key in ("forward", "loss") if key in names}
    more: dict[str, Any] = {"seed": seed, "textbook": textbook}
    reference: Any = OWN.get(operation.name, operation.name) if like else None
    if operation.kind == "backward":
        return check_backward(names["forward"], names["backward"], *operation.point, like=reference, **more)
    params: Any = operation.point[0]
    if len(params) == 1:  # one array and its gradient, not a dict
        (name,) = params
        return check_loss(
            names["loss"], params[name], *operation.data, reg=operation.reg, like=reference, **more, names=(name,)
        )
    return check_loss(names["loss"], params, *operation.data, reg=operation.reg, like=reference, **more)


def _counted(function: Any, counter: list[int]) -> Any:
    def counted(*args: Any) -> Any:
        counter[0] += 1
        return function(*args)

    return counted


def point_of(operation: Operation) -> list[np.ndarray]:
    """The arrays at which an operation is differentiated."""
    if operation.kind == "backward":
        return [np.asarray(value, dtype=float) for value in operation.point]
    return [np.asarray(value, dtype=float) for value in operation.point[0].values()]
