"""How a gradient flows back through each operation of a recorded forward pass.

Private: a diagnosis compares a student's gradients with these, and nobody is to compute with them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.tracing.tape import Slot, TraceNode, fill

__all__ = [
    "FLOWS",
    "Array",
    "Step",
    "extreme_flow",
    "fit",
    "flow_of",
    "has_rule",
    "matmul_flow",
    "prefers",
    "spread",
    "step_of",
]

Array = Any


class Step(NamedTuple):
    """One operation with the values of its run: what a rule may look at."""

    node: TraceNode
    operands: list[Any]
    out: Any

    def place(self, slot: int) -> int:
        """Which operand a slot of the template is."""
        for place, arg in enumerate(self.node.args):
            if type(arg) is Slot and arg.index == slot:
                return place
        return 0

    def option(self, name: str, place: int, otherwise: Any = None) -> Any:
        """A keyword argument, wherever it was given."""
        if name in self.node.kwargs:
            return self.node.kwargs[name]
        return self.operands[place] if len(self.operands) > place else otherwise


def step_of(node: TraceNode, nodes: list[TraceNode]) -> Step:
    """The operation of a node with the values of its operands filled in."""
    values = [nodes[k].value for k in node.inputs]
    return Step(node, [fill(arg, values) for arg in node.args], node.value)


def fit(flow: Array, shape: tuple[int, ...], how: Callable[..., Array] = np.sum) -> Array:
    """Sum (or else) over the axes that broadcasting added or stretched."""
    flow = np.asarray(flow)
    extra = flow.ndim - len(shape)
    if extra > 0:
        flow = how(flow, axis=tuple(range(extra)))
    aligned = zip(np.shape(flow), shape[len(shape) - np.ndim(flow) :], strict=True)
    stretched = tuple(k for k, (length, expected) in enumerate(aligned) if expected == 1 != length)
    if stretched:
        flow = how(flow, axis=stretched, keepdims=True)
    return flow if np.shape(flow) == shape else np.broadcast_to(flow, shape)


def matmul_flow(step: Step, p: int, g: Array) -> Array:
    """The gradient of operand p of a @ b: g @ bᵀ or aᵀ @ g, vectors as NumPy multiplies them."""
    a, b = (np.asarray(operand) for operand in step.operands[:2])
    if p == 0:
        if b.ndim == 1:
            return np.multiply.outer(g, b) if a.ndim > 1 else g * b
        return b @ g if a.ndim == 1 else g @ np.swapaxes(b, -1, -2)
    if a.ndim == 1:
        return np.multiply.outer(a, g) if b.ndim > 1 else g * a
    return np.swapaxes(a, -1, -2) @ g


def spread(step: Step, g: Array) -> Array:
    """Give the gradient of a reduction its lost axes back."""
    x, axis = np.asarray(step.operands[0]), step.option("axis", 1)
    if axis is None:
        return np.broadcast_to(np.reshape(g, (1,) * x.ndim), x.shape)
    if np.ndim(g) < x.ndim:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, x.shape)


def extreme_flow(step: Step, p: int, g: Array) -> Array:
    """The gradient of a maximum or minimum along an axis: g where the extreme stands, shared among ties."""
    x, axis = np.asarray(step.operands[0]), step.option("axis", 1)
    out = np.asarray(step.out)
    if axis is not None and out.ndim < x.ndim:
        out = np.expand_dims(out, axis)
    hit = x == out
    return spread(step, g) * hit / np.sum(hit, axis=axis, keepdims=True)


def _getitem(step: Step, p: int, g: Array) -> Array:
    back = np.zeros(np.shape(step.operands[0]))
    np.add.at(back, step.operands[1], g)
    return back


def _setitem(step: Step, p: int, g: Array) -> Array:
    if p == 2:
        return np.asarray(g)[step.operands[1]]
    masked = np.array(g)
    masked[step.operands[1]] = 0.0
    return masked


def _transpose(step: Step, p: int, g: Array) -> Array:
    axes = step.option("axes", 1)
    return np.transpose(g, None if axes is None else np.argsort(axes))


def prefers(step: Step, p: int) -> Array:
    """Where a maximum or minimum took operand p."""
    mine, other = np.asarray(step.operands[p]), np.asarray(step.operands[1 - p])
    return mine > other if step.node.op in ("maximum", "fmax") else mine < other


def _like_input(step: Step, p: int, g: Array) -> Array:
    return np.reshape(g, np.shape(step.operands[0]))


FLOWS: dict[str, Callable[[Step, int, Array], Array]] = {
    "add": lambda s, p, g: g,
    "subtract": lambda s, p, g: g if p == 0 else -g,
    "multiply": lambda s, p, g: g * s.operands[1 - p],
    "divide": lambda s, p, g: g / s.operands[1] if p == 0 else -g * s.operands[0] / np.square(s.operands[1]),
    "power": lambda s, p, g: g * s.operands[1] * np.power(s.operands[0], s.operands[1] - 1.0),
    "negative": lambda s, p, g: -g,
    "positive": lambda s, p, g: g,
    "square": lambda s, p, g: 2.0 * g * s.operands[0],
    "reciprocal": lambda s, p, g: -g * np.square(s.out),
    "exp": lambda s, p, g: g * s.out,
    "log": lambda s, p, g: g / s.operands[0],
    "tanh": lambda s, p, g: g * (1.0 - np.square(s.out)),
    "sigmoid": lambda s, p, g: g * s.out * (1.0 - s.out),
    "sqrt": lambda s, p, g: 0.5 * g / s.out,
    "absolute": lambda s, p, g: g * np.sign(s.operands[0]),
    "maximum": lambda s, p, g: g * prefers(s, p),
    "minimum": lambda s, p, g: g * prefers(s, p),
    "where": lambda s, p, g: g * (np.asarray(s.operands[0]) if p == 1 else np.logical_not(s.operands[0])),
    "matmul": matmul_flow,
    "dot": matmul_flow,
    "sum": lambda s, p, g: spread(s, g),
    "mean": lambda s, p, g: spread(s, g) * (np.size(s.out) / np.size(s.operands[0])),
    "max": extreme_flow,
    "min": extreme_flow,
    "amax": extreme_flow,
    "amin": extreme_flow,
    "getitem": _getitem,
    "setitem": _setitem,
    "reshape": _like_input,
    "ravel": _like_input,
    "flatten": _like_input,
    "squeeze": _like_input,
    "expand_dims": _like_input,
    "transpose": _transpose,
    "astype": lambda s, p, g: g,
    "copy": lambda s, p, g: g,
}


def has_rule(op: str) -> bool:
    """Whether the table knows how a gradient flows back through this operation."""
    return op in FLOWS


def flow_of(step: Step, slot: int, g: Array) -> Array:
    """The right contribution of one operation to the gradient of one of its inputs."""
    p = step.place(slot)
    return fit(FLOWS[step.node.op](step, p, g), np.shape(step.operands[p]))
