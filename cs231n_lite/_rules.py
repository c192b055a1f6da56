"""How a gradient flows back through each operation of a recorded forward pass, rightly and wrongly.

Private: a diagnosis compares a student's gradients with these, and nobody is to compute with them. `flow` is the right
rule; `slips` lists the wrong ones that people write, each with the slug and the words that name it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from .tape import Slot, TraceNode, fill

Array = Any


class _Slip(NamedTuple):
    slug: str
    words: str  # what the student did there, as in "at the multiply gate you ..."
    flow: Array


class _Step(NamedTuple):
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


def _step(node: TraceNode, nodes: list[TraceNode]) -> _Step:
    values = [nodes[k].value for k in node.inputs]
    return _Step(node, [fill(arg, values) for arg in node.args], node.value)


def _fit(flow: Array, shape: tuple[int, ...], how: Callable[..., Array] = np.sum) -> Array:
    """Sum (or else) over the axes that broadcasting added or stretched."""
    flow = np.asarray(flow)
    if flow.shape == shape:
        return flow
    if flow.ndim < len(shape) or flow.size < int(np.prod(shape)):
        return np.broadcast_to(flow, shape) if flow.size == 1 or flow.ndim <= len(shape) else flow
    extra = flow.ndim - len(shape)
    if extra:
        flow = how(flow, axis=tuple(range(extra)))
    stretched = tuple(k for k, (got, want) in enumerate(zip(flow.shape, shape, strict=True)) if want == 1 != got)
    return how(flow, axis=stretched, keepdims=True) if stretched else flow


def _matmul(step: _Step, p: int, g: Array) -> Array:
    a, b = (np.asarray(operand) for operand in step.operands[:2])
    if p == 0:
        if b.ndim == 1:
            return np.multiply.outer(g, b) if a.ndim > 1 else g * b
        return b @ g if a.ndim == 1 else g @ np.swapaxes(b, -1, -2)
    if a.ndim == 1:
        return np.multiply.outer(a, g) if b.ndim > 1 else g * a
    return np.swapaxes(a, -1, -2) @ g


def _spread(step: _Step, g: Array) -> Array:
    """Give the gradient of a reduction its lost axes back."""
    x, axis = np.asarray(step.operands[0]), step.option("axis", 1)
    if axis is None:
        return np.broadcast_to(np.reshape(g, (1,) * x.ndim), x.shape)
    if np.ndim(g) < x.ndim:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, x.shape)


def _extreme(step: _Step, p: int, g: Array) -> Array:
    x, axis = np.asarray(step.operands[0]), step.option("axis", 1)
    out = np.asarray(step.out)
    if axis is not None and out.ndim < x.ndim:
        out = np.expand_dims(out, axis)
    hit = x == out
    return _spread(step, g) * hit / np.sum(hit, axis=axis, keepdims=True)


def _getitem(step: _Step, p: int, g: Array) -> Array:
    back = np.zeros(np.shape(step.operands[0]))
    np.add.at(back, step.operands[1], g)
    return back


def _setitem(step: _Step, p: int, g: Array) -> Array:
    if p == 2:
        return np.asarray(g)[step.operands[1]]
    kept = np.array(g)
    kept[step.operands[1]] = 0.0
    return kept


def _transpose(step: _Step, p: int, g: Array) -> Array:
    axes = step.option("axes", 1)
    return np.transpose(g, None if axes is None else np.argsort(axes))


def _prefers(step: _Step, p: int) -> Array:
    """Where a maximum or minimum took operand p."""
    mine, other = np.asarray(step.operands[p]), np.asarray(step.operands[1 - p])
    return mine > other if step.node.op in ("maximum", "fmax") else mine < other


def _like_input(step: _Step, p: int, g: Array) -> Array:
    return np.reshape(g, np.shape(step.operands[0]))


_FLOW: dict[str, Callable[[_Step, int, Array], Array]] = {
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
    "maximum": lambda s, p, g: g * _prefers(s, p),
    "minimum": lambda s, p, g: g * _prefers(s, p),
    "where": lambda s, p, g: g * (np.asarray(s.operands[0]) if p == 1 else np.logical_not(s.operands[0])),
    "matmul": _matmul,
    "dot": _matmul,
    "sum": lambda s, p, g: _spread(s, g),
    "mean": lambda s, p, g: _spread(s, g) * (np.size(s.out) / np.size(s.operands[0])),
    "max": _extreme,
    "min": _extreme,
    "amax": _extreme,
    "amin": _extreme,
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


def _known(op: str) -> bool:
    return op in _FLOW


def _flow(step: _Step, slot: int, g: Array) -> Array:
    """The right contribution of one operation to the gradient of one of its inputs."""
    p = step.place(slot)
    return _fit(_FLOW[step.node.op](step, p, g), np.shape(step.operands[p]))


def _slips(step: _Step, slot: int, g: Array) -> Iterator[_Slip]:
    """The wrong contributions that people write at this operation; plain factors are found without a list."""
    p, op = step.place(slot), step.node.op
    shape = np.shape(step.operands[p])
    found = [_Slip("upstream-dropped", "left out the upstream gradient", _FLOW[op](step, p, np.ones(np.shape(g))))]
    found += [slip for slip in _LOCAL.get(op, _nothing)(step, p, g)]
    if np.ndim(g) >= len(shape) and op not in ("add", "subtract", "sum", "mean", "reshape", "getitem"):
        found.append(_Slip("local-dropped", "passed the upstream gradient on without the local one", g))
    whole = np.asarray(_FLOW[op](step, p, g))
    for slip in found:
        try:
            flow = np.asarray(_fit(slip.flow, shape), dtype=float)
        except ValueError:
            continue
        if flow.shape == shape:
            yield slip._replace(flow=flow)
    if whole.shape != shape and whole.ndim:
        yield _Slip("mean-for-sum", "took the mean over the axes of the broadcast where the sum belongs", _fit(whole, shape, np.mean))
        if whole.ndim > len(shape):
            yield _Slip("not-unbroadcast", "kept only the last row where all rows are to be summed", _fit(whole[-1], shape))
            yield _Slip("not-unbroadcast", "kept only the first row where all rows are to be summed", _fit(whole[0], shape))


def _nothing(step: _Step, p: int, g: Array) -> list[_Slip]:
    return []


def _multiply_slips(s: _Step, p: int, g: Array) -> list[_Slip]:
    mine, other = s.operands[p], s.operands[1 - p]
    return [
        _Slip("operands-swapped", "multiplied by its own input where the other one belongs", g * mine),
        _Slip("operands-swapped", "multiplied by the output where the other input belongs", g * s.out),
        _Slip("wrong-value", "added the other input where it is to be multiplied", g + other),
        _Slip("wrong-value", "subtracted the other input where it is to be multiplied", g - other),
        _Slip("wrong-value", "divided by the other input where it is to be multiplied", _safe(g, other)),
    ]


def _divide_slips(s: _Step, p: int, g: Array) -> list[_Slip]:
    x, y = s.operands[0], s.operands[1]
    if p == 0:
        return [
            _Slip("wrong-value", "multiplied by the denominator where it is to be divided by", g * y),
            _Slip("operands-swapped", "divided by the numerator", _safe(g, x)),
            _Slip("wrong-value", "divided by the square of the denominator", g / np.square(y)),
        ]
    return [
        _Slip("wrong-value", "divided by the denominator where its square belongs", -g * x / y),
        _Slip("local-dropped", "left out the numerator", -g / np.square(y)),
        _Slip("wrong-value", "divided by the cube of the denominator", -g * x / np.power(y, 3)),
        _Slip("wrong-value", "multiplied by the square of the denominator", -g * x * np.square(y)),
        _Slip("operands-swapped", "divided by the square of the numerator", -_safe(g * y, np.square(x))),
        _Slip("wrong-value", "gave the denominator the gradient of the numerator", g / y),
    ]


def _safe(top: Array, bottom: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.divide(top, bottom), nan=0.0, posinf=0.0, neginf=0.0)


def _mask_slips(s: _Step, p: int, g: Array) -> list[_Slip]:
    mask = _prefers(s, p)
    mine, other = np.asarray(s.operands[p]), np.asarray(s.operands[1 - p])
    both = mask | ~mask
    gate = s.node.op
    own = np.greater(mine, 0)
    return [
        _Slip("mask-missing", f"let the gradient through everywhere, also where the {gate} took the other value", g * both),
        _Slip("mask-inverted", f"let the gradient through exactly where the {gate} took the other value", g * ~mask),
        _Slip("mask-from-upstream", "asked where the upstream gradient is positive, not where the input is", g * np.greater(g, 0)),
        _Slip("mask-from-upstream", "masked by the input and by the sign of the upstream gradient", g * np.greater(g, 0) * mask),
        _Slip("mask-from-upstream", "asked where the upstream gradient is negative", g * np.less(g, 0)),
        _Slip("activation-input-output-confused", "multiplied by the output where a mask of 0 and 1 belongs", g * s.out),
        _Slip("activation-input-output-confused", "multiplied by the input where a mask of 0 and 1 belongs", g * mine),
        _Slip("mask-inverted", "masked by the sign of the input where the larger input decides", g * own),
        _Slip("wrong-value", "compared with 1 where 0 belongs", g * np.greater(mine, other + 1.0)),
        _Slip("wrong-value", "added the mask where it is to be multiplied", g + mask),
        _Slip("wrong-value", "subtracted the mask where it is to be multiplied", g - mask),
        _Slip("zero", "let nothing through", 0.0 * g),
    ]


def _where_slips(s: _Step, p: int, g: Array) -> list[_Slip]:
    mask = np.asarray(s.operands[0], dtype=bool)
    mask = mask if p == 1 else ~mask
    return [
        _Slip("mask-missing", "let the gradient through on both sides of the condition", g * np.ones(mask.shape)),
        _Slip("mask-inverted", "let the gradient through on the wrong side of the condition", g * ~mask),
        _Slip("mask-from-upstream", "masked by the sign of the upstream gradient", g * np.greater(g, 0)),
    ]


def _tanh_slips(s: _Step, p: int, g: Array) -> list[_Slip]:
    x, y = np.asarray(s.operands[0]), np.asarray(s.out)
    confused = "activation-input-output-confused"
    return [
        _Slip(confused, "used 1 - x² with the input where the output belongs, 1 - tanh(x)²", g * (1.0 - np.square(x))),
        _Slip(confused, "took tanh of the output once more, 1 - tanh(y)²", g * (1.0 - np.square(np.tanh(y)))),
        _Slip("local-dropped", "used 1 - y and forgot the square", g * (1.0 - y)),
        _Slip("wrong-value", "used 1 + y² where 1 - y² belongs", g * (1.0 + np.square(y))),
        _Slip("wrong-value", "used y² where 1 - y² belongs", g * np.square(y)),
        _Slip("wrong-value", "used the sigmoid's derivative y·(1 - y)", g * y * (1.0 - y)),
        _Slip("wrong-value", "used 1 - 2y where 1 - y² belongs", g * (1.0 - 2.0 * y)),
        _Slip("wrong-value", "used 1 - y³ where 1 - y² belongs", g * (1.0 - y**3)),
        _Slip("wrong-value", "used the output where 1 - y² belongs", g * y),
        _Slip("wrong-value", "used 2 - y² where 1 - y² belongs", g * (2.0 - np.square(y))),
        _Slip("wrong-value", "used -y² where 1 - y² belongs", -g * np.square(y)),
        _Slip("wrong-value", "added the upstream gradient to 1 - y²", g + 1.0 - np.square(y)),
        _Slip("wrong-value", "subtracted 1 - y² from the upstream gradient", g - (1.0 - np.square(y))),
        _Slip("wrong-value", "divided by 1 - y²", _safe(g, 1.0 - np.square(y))),
        _Slip("wrong-value", "read upstream·1 - y² without the brackets", g - np.square(y)),
    ]


def _sigmoid_slips(s: _Step, p: int, g: Array) -> list[_Slip]:
    x, y = np.asarray(s.operands[0]), np.asarray(s.out)
    twice = 1.0 / (1.0 + np.exp(-y))
    confused = "activation-input-output-confused"
    return [
        _Slip(confused, "used x·(1 - x) with the input where the output belongs", g * x * (1.0 - x)),
        _Slip(confused, "took the sigmoid of the output once more", g * twice * (1.0 - twice)),
        _Slip("local-dropped", "used only the factor σ of σ·(1 - σ)", g * y),
        _Slip("local-dropped", "used only the factor 1 - σ of σ·(1 - σ)", g * (1.0 - y)),
        _Slip("wrong-value", "used σ·(1 + σ) where σ·(1 - σ) belongs", g * y * (1.0 + y)),
        _Slip("wrong-value", "used 1 - σ² (tanh's derivative) where σ·(1 - σ) belongs", g * (1.0 - np.square(y))),
        _Slip("wrong-value", "used σ² where σ·(1 - σ) belongs", g * np.square(y)),
        _Slip("wrong-value", "used σ + (1 - σ) where the product belongs", g * 1.0),
        _Slip("wrong-value", "used σ - (1 - σ) where the product belongs", g * (2.0 * y - 1.0)),
        _Slip("wrong-value", "used σ·(2 - σ) where σ·(1 - σ) belongs", g * y * (2.0 - y)),
        _Slip("wrong-value", "used σ / (1 - σ) where the product belongs", g * _safe(y, 1.0 - y)),
        _Slip("wrong-value", "used -σ² where σ·(1 - σ) belongs", -g * np.square(y)),
        _Slip("wrong-value", "divided by (1 - σ)", _safe(g * y, 1.0 - y)),
        _Slip("wrong-value", "divided by σ", _safe(g, y) * (1.0 - y)),
        _Slip("wrong-value", "added σ where it is to be multiplied", (g + y) * (1.0 - y)),
        _Slip("wrong-value", "subtracted σ where it is to be multiplied", (g - y) * (1.0 - y)),
        _Slip("wrong-value", "read upstream·σ·1 - σ without the brackets", g * y - y),
    ]


_LOCAL: dict[str, Callable[[_Step, int, Array], list[_Slip]]] = {
    "multiply": _multiply_slips,
    "divide": _divide_slips,
    "maximum": _mask_slips,
    "minimum": _mask_slips,
    "where": _where_slips,
    "tanh": _tanh_slips,
    "sigmoid": _sigmoid_slips,
    "power": lambda s, p, g: [
        _Slip("wrong-value", "kept the exponent as it was, where it goes down by 1", g * s.operands[1] * s.out),
        _Slip("local-dropped", "left out the factor that the exponent gives", g * np.power(s.operands[0], s.operands[1] - 1.0)),
        _Slip("local-dropped", "left out the base: only the exponent is there", g * s.operands[1]),
    ],
    "square": lambda s, p, g: [
        _Slip("wrong-value", "kept the square, where the exponent goes down by 1", 2.0 * g * s.out),
        _Slip("local-dropped", "left out the base: only the factor 2 is there", 2.0 * g),
    ],
    "exp": lambda s, p, g: [
        _Slip("activation-input-output-confused", "multiplied by the input where the output belongs", g * s.operands[0]),
        _Slip("wrong-value", "added exp(x) where it is to be multiplied", g + s.out),
    ],
    "log": lambda s, p, g: [
        _Slip("activation-input-output-confused", "divided by the output where the input belongs", _safe(g, s.out)),
        _Slip("wrong-value", "multiplied by the input where it is to be divided by", g * s.operands[0]),
    ],
    "matmul": lambda s, p, g: _product_slips(s, p, g),
    "dot": lambda s, p, g: _product_slips(s, p, g),
    "sum": lambda s, p, g: [],
}


def _product_slips(s: _Step, p: int, g: Array) -> list[_Slip]:
    right = np.asarray(_matmul(s, p, g))
    found = []
    if right.ndim == 2 and right.shape[0] == right.shape[1]:
        found.append(_Slip("transposed", "transposed the result of the product", right.T))
    other = np.asarray(s.operands[1 - p])
    if other.ndim == 2 and other.shape[0] == other.shape[1] and np.ndim(g) == 2:
        wrong = g @ other if p == 0 else other @ g
        if wrong.shape == right.shape:
            found.append(_Slip("transposed", "forgot to transpose the other factor; it fits because it is square", wrong))
    return found
