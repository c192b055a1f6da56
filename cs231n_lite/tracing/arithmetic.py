"""Python's operators for a value under trace: each runs on the plain values, then writes the operation down."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from cs231n_lite.tracing.tape import constant
from cs231n_lite.tracing.traced_array import SLOTS, Traced, apply, call, plain, split

__all__ = ["give_operators"]

OPERATORS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "matmul": "matmul",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "lshift": "left_shift",
    "rshift": "right_shift",
}
COMPARISONS = {
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "eq": "equal",
    "ne": "not_equal",
}
UNARY = {"neg": "negative", "pos": "positive", "abs": "absolute", "invert": "invert"}


def give_operators() -> None:
    """Give `Traced` its operators; those of one kind differ in nothing but the function."""
    for short, op in OPERATORS.items():
        forward, backward = _binary(op, getattr(operator, f"__{short}__"))
        setattr(Traced, f"__{short}__", forward)
        setattr(Traced, f"__r{short}__", backward)
        setattr(Traced, f"__i{short}__", _in_place(op, getattr(operator, f"__i{short}__"), forward))
    for short, op in COMPARISONS.items():
        setattr(Traced, f"__{short}__", _binary(op, getattr(operator, f"__{short}__"))[0])
    for short, op in UNARY.items():
        setattr(Traced, f"__{short}__", _unary(op, getattr(operator, f"__{short}__")))


def _binary(op: str, function: Callable[[Any, Any], Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def forward(self: Traced, other: Any) -> Any:
        node = self.current()
        tape = self.tape
        if type(other) is Traced:
            ids: tuple[int, ...] = (node, other.current())
            raw = function(self.raw, other.raw)
            second: Any = SLOTS[1]
        elif type(other) in (list, tuple):
            return apply(tape, op, function, (self, other), {})
        else:
            ids, second = (node,), constant(other)
            raw = function(self.raw, other)
        if tape.full:
            return raw
        return Traced(tape, raw, tape.record(op, function, ids, (SLOTS[0], second), {}, raw))

    def backward(self: Traced, other: Any) -> Any:
        node = self.current()
        if type(other) in (list, tuple):
            return apply(self.tape, op, function, (other, self), {})
        raw = function(other, self.raw)
        if self.tape.full:
            return raw
        args = (constant(other), SLOTS[0])
        return Traced(self.tape, raw, self.tape.record(op, function, (node,), args, {}, raw))

    return forward, backward


def _in_place(op: str, function: Callable[[Any, Any], Any], forward: Callable[..., Any]) -> Callable[..., Any]:
    def update(whole: Any, other: Any) -> Any:
        return function(whole.copy(order="K"), other)

    def run(self: Traced, other: Any) -> Any:
        if not isinstance(self.raw, np.ndarray):
            return forward(self, other)
        ids: list[int] = []
        args = (split(self, ids), split(other, ids))
        raw = update(self.raw, plain(other))
        self.write(raw, self.tape.record(op, update, tuple(ids), args, {}, raw))
        return self

    return run


def _unary(op: str, function: Callable[[Any], Any]) -> Callable[[Traced], Any]:
    return lambda self: call(self.tape, op, function, (self,))
