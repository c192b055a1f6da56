"""What stands in a gate's circle, and what the gate does to a gradient that comes back to it."""

from __future__ import annotations

__all__ = ["ROLES", "SYMBOLS"]

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
    **dict.fromkeys(("add", "subtract", "sum"), "distribute"),
    **dict.fromkeys(("max", "min", "maximum", "minimum", "relu", "where"), "route"),
    **dict.fromkeys(("multiply", "dot", "matmul"), "switch"),
}
