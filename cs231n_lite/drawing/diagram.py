"""One shape for all that can be drawn: a graph, a student's graph or a trace becomes a `Diagram` of `Mark`s."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cs231n_lite.measuring.wiggle import Slopes

__all__ = ["ROLES", "SYMBOLS", "Diagram", "Mark", "number", "some"]


@dataclass(slots=True)
class Mark:
    """One node of a picture: what it is, its `value`, its `measured` gradient, the student's gradient `yours`.

    `verdict` is None where nothing can be compared, else whether the two gradients agree; while one of a picture does
    not, `measured` is there only beside those that do. `compute` runs the gate on the values of `inputs`; it is None
    for inputs, constants and folded nodes.
    """

    name: str
    label: str
    kind: str
    inputs: tuple[str, ...] = ()
    value: Any = None
    measured: Any = None
    yours: Any = None
    verdict: bool | None = None
    misvalued: bool = False  # the value is the student's, and another one is right
    compute: Callable[..., Any] | None = None
    symbol: str = ""  # what stands in the symbol, where the kind alone does not tell it
    detail: str = ""  # an axis, a shape: a few letters under the symbol
    folded: int = 0  # how many nodes stand behind this one


@dataclass(slots=True)
class Diagram:
    """All marks in topological order, the `output`, sentences (`notes`) for the reader, and the `first_wrong` node."""

    marks: dict[str, Mark]
    output: str
    notes: list[str] = field(default_factory=list)
    first_wrong: str = ""
    slopes: dict[str, Slopes] = field(default_factory=dict)


def number(value: Any) -> str:
    """Return a number with three significant digits, as a person would write it: -0.2, 1230, 4.5e-7."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    try:
        exact = complex(value)
    except (TypeError, ValueError):
        return str(value)
    if exact.imag:
        return f"{exact:.3g}".replace("-", "−")
    real = exact.real
    if np.isnan(real):
        return "NaN"
    if np.isinf(real):
        return "∞" if real > 0 else "−∞"
    if real == int(real) and abs(real) < 1e6:
        text = str(int(real))
    elif 1e-3 <= abs(real) < 1e5:
        text = f"{float(f'{real:.3g}'):.10g}"
    else:
        mantissa, exponent = f"{real:.2e}".split("e")
        text = f"{float(mantissa):g}e{int(exponent)}"
    return text.replace("-", "−")


def some(names: list[str], most: int = 4) -> str:
    """Return the first names of a list, and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


# By the name of a gate of this course, or of NumPy's operation; a gate that is not listed shows its own name.
SYMBOLS = {
    "add": "+",
    "subtract": "−",
    "multiply": "×",
    "divide": "÷",
    "negate": "×−1",
    "negative": "×−1",
    "reciprocal": "1/x",
    "square": "x²",
    "power": "xⁿ",
    "sqrt": "√",
    "sigmoid": "σ",
    "relu": "ReLU",
    "maximum": "max",
    "minimum": "min",
    "dot": "·",
    "matmul": "@",
    "sum": "Σ",
    "absolute": "|x|",
    "transpose": "xᵀ",
    "greater": ">",
    "greater_equal": "≥",
    "less": "<",
    "less_equal": "≤",
    "equal": "=",
    "not_equal": "≠",
    "remainder": "%",
    "floor_divide": "÷⌊⌋",
    "concatenate": "join",
    "getitem": "[…]",
    "setitem": "[…]←",
}
# What a gate does to the gradient that comes back to it, in the lecture's words.
ROLES = {
    **dict.fromkeys(("add", "sum"), "distribute"),
    "subtract": "distribute, 2nd × −1",
    **dict.fromkeys(("max", "min", "maximum", "minimum", "relu", "where"), "route"),
    **dict.fromkeys(("multiply", "dot", "matmul"), "switch"),
}
