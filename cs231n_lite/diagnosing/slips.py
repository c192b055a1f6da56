"""The wrong contributions that people write at an operation, each with the slug and the words that name it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from cs231n_lite.diagnosing.backward_rules import FLOWS, Array, Step, extreme_flow, fit, matmul_flow, prefers, spread

__all__ = ["Slip", "slips_of"]


class Slip(NamedTuple):
    """A wrong contribution along an edge: the mistake's `slug`, words for it, and the gradient that then flows."""

    slug: str
    words: str  # what the student did there, as in "at the multiply gate you ..."
    flow: Array


def slips_of(step: Step, slot: int, g: Array) -> Iterator[Slip]:
    """The wrong contributions that people write at this operation; plain factors are found without a list."""
    p, op = step.place(slot), step.node.op
    shape = np.shape(step.operands[p])
    slips = [Slip("upstream-dropped", "left out the upstream gradient", FLOWS[op](step, p, np.ones(np.shape(g))))]
    slips += _LOCAL.get(op, _nothing)(step, p, g)
    if np.ndim(g) >= len(shape) and op not in ("add", "subtract", "sum", "mean", "reshape", "getitem"):
        slips.append(Slip("local-dropped", "passed the upstream gradient on without the local one", g))
    whole = np.asarray(FLOWS[op](step, p, g))
    slips.append(Slip("wrong-value", "took the absolute value of the upstream gradient", FLOWS[op](step, p, np.abs(g))))
    if whole.shape != shape and op == "multiply" and whole.ndim:
        apart = fit(g, shape) * fit(np.broadcast_to(step.operands[1 - p], whole.shape), shape)
        slips.append(Slip("wrong-value", "summed before the product, where the products are to be summed", apart))
    for slip in slips:
        try:
            flow = np.asarray(fit(slip.flow, shape), dtype=float)
        except ValueError:
            continue
        if flow.shape == shape:
            yield slip._replace(flow=flow)
    if whole.shape != shape and whole.ndim:
        yield Slip(
            "mean-for-sum",
            "took the mean over the axes of the broadcast where the sum belongs",
            fit(whole, shape, np.mean),
        )
        if whole.ndim > len(shape):
            yield Slip(
                "not-unbroadcast", "kept only the last row where all rows are to be summed", fit(whole[-1], shape)
            )
            yield Slip(
                "not-unbroadcast", "kept only the first row where all rows are to be summed", fit(whole[0], shape)
            )
            for kind, how in (("largest", np.max), ("smallest", np.min), ("product", np.prod)):
                yield Slip(
                    "wrong-value", f"took the {kind} over the rows where their sum belongs", fit(whole, shape, how)
                )


def _nothing(step: Step, p: int, g: Array) -> list[Slip]:
    return []


def _multiply_slips(s: Step, p: int, g: Array) -> list[Slip]:
    mine, other = s.operands[p], s.operands[1 - p]
    constant = len(s.node.inputs) == 1 and np.ndim(other) == 0
    constants = [Slip("local-dropped", f"left out the factor {float(other):g}", g)] if constant else []
    return [
        *constants,
        Slip("operands-swapped", "multiplied by its own input where the other one belongs", g * mine),
        Slip("operands-swapped", "multiplied by the output where the other input belongs", g * s.out),
        Slip("wrong-value", "added the other input where it is to be multiplied", g + other),
        Slip("wrong-value", "subtracted the other input where it is to be multiplied", g - other),
        Slip("wrong-value", "divided by the other input where it is to be multiplied", _safe(g, other)),
    ]


def _add_slips(s: Step, p: int, g: Array) -> list[Slip]:
    words = "multiplied by the value of an input, where the slope of a sum is 1"
    return [Slip("wrong-local", words, g * operand) for operand in s.operands if np.shape(operand) == np.shape(s.out)]


def _divide_slips(s: Step, p: int, g: Array) -> list[Slip]:
    x, y = s.operands[0], s.operands[1]
    if p == 0:
        return [
            Slip("wrong-value", "multiplied by the denominator where it is to be divided by", g * y),
            Slip("operands-swapped", "divided by the numerator", _safe(g, x)),
            Slip("wrong-value", "divided by the square of the denominator", g / np.square(y)),
        ]
    return [
        Slip("wrong-value", "divided by the denominator where its square belongs", -g * x / y),
        Slip("local-dropped", "left out the numerator", -g / np.square(y)),
        Slip("wrong-value", "divided by the cube of the denominator", -g * x / np.power(y, 3)),
        Slip("wrong-value", "multiplied by the square of the denominator", -g * x * np.square(y)),
        Slip("operands-swapped", "divided by the square of the numerator", -_safe(g * y, np.square(x))),
        Slip("wrong-value", "gave the denominator the gradient of the numerator", g / y),
    ]


def _safe(top: Array, bottom: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.divide(top, bottom), nan=0.0, posinf=0.0, neginf=0.0)


def _mask_slips(s: Step, p: int, g: Array) -> list[Slip]:
    mask = prefers(s, p)
    mine, other = np.asarray(s.operands[p]), np.asarray(s.operands[1 - p])
    both = mask | ~mask
    relu = s.node.op == "maximum" and other.ndim == 0 and not other
    shut = "the input is negative" if relu else f"the {s.node.op} took the other value"
    own = np.greater(mine, 0)
    return [
        Slip("mask-missing", f"let the gradient through everywhere, also where {shut}", g * both),
        Slip("mask-inverted", f"let the gradient through exactly where {shut}", g * ~mask),
        Slip(
            "mask-from-upstream",
            "asked where the upstream gradient is positive, not where the input is",
            g * np.greater(g, 0),
        ),
        Slip(
            "mask-from-upstream",
            "masked by the input and by the sign of the upstream gradient",
            g * np.greater(g, 0) * mask,
        ),
        Slip("mask-from-upstream", "asked where the upstream gradient is negative", g * np.less(g, 0)),
        Slip("activation-input-output-confused", "multiplied by the output where a mask of 0 and 1 belongs", g * s.out),
        Slip("activation-input-output-confused", "multiplied by the input where a mask of 0 and 1 belongs", g * mine),
        Slip("mask-inverted", "masked by the sign of the input where the larger input decides", g * own),
        Slip("wrong-value", "compared with 1 where 0 belongs", g * np.greater(mine, other + 1.0)),
        Slip("wrong-value", "added the mask where it is to be multiplied", g + mask),
        Slip("wrong-value", "subtracted the mask where it is to be multiplied", g - mask),
        Slip("zero", "let nothing through", 0.0 * g),
    ]


def _where_slips(s: Step, p: int, g: Array) -> list[Slip]:
    mask = np.asarray(s.operands[0], dtype=bool)
    mask = mask if p == 1 else ~mask
    return [
        Slip("mask-missing", "let the gradient through on both sides of the condition", g * np.ones(mask.shape)),
        Slip("mask-inverted", "let the gradient through on the wrong side of the condition", g * ~mask),
        Slip("mask-from-upstream", "masked by the sign of the upstream gradient", g * np.greater(g, 0)),
    ]


def _tanh_slips(s: Step, p: int, g: Array) -> list[Slip]:
    x, y = np.asarray(s.operands[0]), np.asarray(s.out)
    confused = "activation-input-output-confused"
    return [
        Slip(confused, "used 1 - x² with the input where the output belongs, 1 - tanh(x)²", g * (1.0 - np.square(x))),
        Slip(confused, "took tanh of the output once more, 1 - tanh(y)²", g * (1.0 - np.square(np.tanh(y)))),
        Slip("local-dropped", "used 1 - y and forgot the square", g * (1.0 - y)),
        Slip("wrong-value", "used 1 + y² where 1 - y² belongs", g * (1.0 + np.square(y))),
        Slip("wrong-value", "used y² where 1 - y² belongs", g * np.square(y)),
        Slip("wrong-local", "used the sigmoid's derivative y·(1 - y), where 1 - y² belongs", g * y * (1.0 - y)),
        Slip("wrong-value", "used 1 - 2y where 1 - y² belongs", g * (1.0 - 2.0 * y)),
        Slip("wrong-value", "used 1 - y³ where 1 - y² belongs", g * (1.0 - y**3)),
        Slip("wrong-value", "used the output where 1 - y² belongs", g * y),
        Slip("wrong-value", "used 2 - y² where 1 - y² belongs", g * (2.0 - np.square(y))),
        Slip("wrong-value", "used -y² where 1 - y² belongs", -g * np.square(y)),
        Slip("wrong-value", "added the upstream gradient to 1 - y²", g + 1.0 - np.square(y)),
        Slip("wrong-value", "subtracted 1 - y² from the upstream gradient", g - (1.0 - np.square(y))),
        Slip("wrong-value", "divided by 1 - y²", _safe(g, 1.0 - np.square(y))),
        Slip("wrong-value", "read upstream·1 - y² without the brackets", g - np.square(y)),
    ]


def _sigmoid_slips(s: Step, p: int, g: Array) -> list[Slip]:
    x, y = np.asarray(s.operands[0]), np.asarray(s.out)
    twice = 1.0 / (1.0 + np.exp(-y))
    confused = "activation-input-output-confused"
    return [
        Slip(confused, "used x·(1 - x) with the input where the output belongs", g * x * (1.0 - x)),
        Slip(confused, "took the sigmoid of the output once more", g * twice * (1.0 - twice)),
        Slip("local-dropped", "used only the factor σ of σ·(1 - σ)", g * y),
        Slip("local-dropped", "used only the factor 1 - σ of σ·(1 - σ)", g * (1.0 - y)),
        Slip("wrong-value", "used σ·(1 + σ) where σ·(1 - σ) belongs", g * y * (1.0 + y)),
        Slip("wrong-local", "used 1 - σ² (tanh's derivative) where σ·(1 - σ) belongs", g * (1.0 - np.square(y))),
        Slip("wrong-value", "used σ² where σ·(1 - σ) belongs", g * np.square(y)),
        Slip("wrong-value", "used σ + (1 - σ) where the product belongs", g * 1.0),
        Slip("wrong-value", "used σ - (1 - σ) where the product belongs", g * (2.0 * y - 1.0)),
        Slip("wrong-value", "used σ·(2 - σ) where σ·(1 - σ) belongs", g * y * (2.0 - y)),
        Slip("wrong-value", "used σ / (1 - σ) where the product belongs", g * _safe(y, 1.0 - y)),
        Slip("wrong-value", "used -σ² where σ·(1 - σ) belongs", -g * np.square(y)),
        Slip("wrong-value", "divided by (1 - σ)", _safe(g * y, 1.0 - y)),
        Slip("wrong-value", "divided by σ", _safe(g, y) * (1.0 - y)),
        Slip("wrong-value", "added σ where it is to be multiplied", (g + y) * (1.0 - y)),
        Slip("wrong-value", "subtracted σ where it is to be multiplied", (g - y) * (1.0 - y)),
        Slip("wrong-value", "read upstream·σ·1 - σ without the brackets", g * y - y),
    ]


_LOCAL: dict[str, Callable[[Step, int, Array], list[Slip]]] = {
    "add": _add_slips,
    "multiply": _multiply_slips,
    "divide": _divide_slips,
    "maximum": _mask_slips,
    "minimum": _mask_slips,
    "where": _where_slips,
    "tanh": _tanh_slips,
    "sigmoid": _sigmoid_slips,
    "power": lambda s, p, g: [
        Slip("wrong-value", "kept the exponent as it was, where it goes down by 1", g * s.operands[1] * s.out),
        Slip(
            "local-dropped",
            "left out what the exponent brings as a factor",
            g * np.power(s.operands[0], s.operands[1] - 1.0),
        ),
        Slip("local-dropped", "left out the base: only the exponent is there", g * s.operands[1]),
    ],
    "square": lambda s, p, g: [
        Slip("wrong-value", "kept the square, where the exponent goes down by 1", 2.0 * g * s.out),
        Slip("local-dropped", "left out the base: only the factor 2 is there", 2.0 * g),
    ],
    "exp": lambda s, p, g: [
        Slip("activation-input-output-confused", "multiplied by the input where the output belongs", g * s.operands[0]),
        Slip("wrong-value", "added exp(x) where it is to be multiplied", g + s.out),
    ],
    "log": lambda s, p, g: [
        Slip("activation-input-output-confused", "divided by the output where the input belongs", _safe(g, s.out)),
        Slip("wrong-value", "multiplied by the input where it is to be divided by", g * s.operands[0]),
    ],
    "matmul": lambda s, p, g: _product_slips(s, p, g),
    "dot": lambda s, p, g: _product_slips(s, p, g),
    "max": lambda s, p, g: [
        Slip("mask-missing", "gave every input the gradient, also those that were not the largest", spread(s, g)),
        Slip(
            "mask-inverted",
            "gave the gradient to the inputs that were not the largest",
            spread(s, g) - extreme_flow(s, p, g),
        ),
        Slip(
            "mean-for-sum",
            "shared the gradient among all inputs, where the largest gets all of it",
            spread(s, g) * np.size(s.out) / np.size(s.operands[0]),
        ),
    ],
}


def _product_slips(s: Step, p: int, g: Array) -> list[Slip]:
    right = np.asarray(matmul_flow(s, p, g))
    slips = []
    if right.ndim == 2 and right.shape[0] == right.shape[1]:
        slips.append(Slip("transposed", "transposed the result of the product", right.T))
    other = np.asarray(s.operands[1 - p])
    if other.ndim == 2 and other.shape[0] == other.shape[1] and np.ndim(g) in (1, 2):  # 1: a matrix times a vector
        wrong = g @ other if p == 0 else other @ g
        if wrong.shape == right.shape:
            slips.append(
                Slip("transposed", "forgot to transpose the other factor; it fits because it is square", wrong)
            )
    return slips
