"""Right derivatives at the edges of what a machine's numbers can hold: far out, in float32, in sums of a million terms.

Each must pass, computed stably or not, within what its own arithmetic allows; with a factor of 1.5 it must not, but
where the derivative itself is below the round-off of the output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ci.planted import OPERATIONS, Operation, load
from ci.planted.checked import OWN
from cs231n_lite import Report, check_backward, check_gradient, check_loss

__all__ = ["Edge", "edges"]

Check = Callable[[float], Report]


class Edge(NamedTuple):
    """One edge by its name: a check of right code, whose gradients are multiplied by a factor."""

    name: str
    check: Check
    visible: bool = True  # whether a factor of 1.5 could be seen at all


def edges() -> Iterator[Edge]:
    """All edges: functions far out, long sums, and each planted operation as someone writes it in float32."""
    for size in (3.0, 20.0, 40.0, 300.0, 700.0, 1000.0):
        yield from _far_out(size)
    for terms in (1_000, 1_000_000):
        yield from _long_sums(terms)
    for operation in OPERATIONS.values():
        yield Edge(f"{operation.name} in float32", _in_float32(operation, like=True))
        yield Edge(f"{operation.name} in float32, no reference", _in_float32(operation, like=False))


def _far_out(size: float) -> Iterator[Edge]:
    x = np.array([-1.0, 0.7, -0.4, 1.0, 0.02]) * size
    for slug, forward, slopes in _ACTIVATIONS:
        for name, slope in slopes.items():
            for like in (slug, None):
                title = f"{slug} at {size:g}, {name}{'' if like else ', no reference'}"
                yield Edge(title, _of(forward, slope, x, like), size < 1000.0 or slug != "tanh-gate")
    scores, y = np.outer(np.linspace(-1.0, 1.0, 5), [1.0, -0.3, 0.8]) * size, np.array([0, 1, 2, 1, 0])
    for name, loss in {"stably": _log_sum_exp, "with a log of p": _log_of_p}.items():
        if size < 100.0 or name == "stably":
            yield Edge(f"softmax-loss at {size:g}, {name}", _softmax(loss, scores, y))
    row = scores[:, 0]
    shifted = lambda s: np.max(s) + np.log(np.sum(np.exp(s - np.max(s))))  # noqa: E731
    naive = lambda s: np.log(np.sum(np.exp(s)))  # noqa: E731
    for name, f in {"stably": shifted, "naively": naive}.items():
        if size < 700.0 or name == "stably":
            yield Edge(f"log-sum-exp at {size:g}, {name}", _gradient(f, _softmax_of, row))


def _long_sums(terms: int) -> Iterator[Edge]:
    x = np.random.default_rng(0).normal(size=terms)
    yield Edge(f"the mean of {terms} squares", _gradient(lambda x: np.mean(x * x), lambda x: 2.0 * x / x.size, x))
    yield Edge(f"the sum of {terms} sines", _gradient(lambda x: np.sum(np.sin(x)), np.cos, x))
    yield Edge(f"{terms} terms beside a large one", _gradient(lambda x: np.sum(x * x) + 1e6, lambda x: 2.0 * x, x))
    single = lambda x: x.astype(np.float32)  # noqa: E731
    mean = lambda x: np.mean(single(x) * single(x))  # noqa: E731
    title, seen = f"the mean of {terms} squares in float32", terms < 10_000
    yield Edge(title, _gradient(mean, lambda x: 2.0 * single(x) / x.size, x), seen)


def _sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


_ACTIVATIONS: list[tuple[str, Any, dict[str, Any]]] = [
    (
        "tanh-gate",
        np.tanh,
        {
            "1 - tanh²": lambda x: 1.0 - np.tanh(x) ** 2,
            "(1 - tanh)(1 + tanh)": lambda x: (1.0 - np.tanh(x)) * (1.0 + np.tanh(x)),
            "1/cosh²": lambda x: 1.0 / np.cosh(x) ** 2,
        },
    ),
    (
        "sigmoid-gate",
        _sigmoid,
        {
            "s(1 - s)": lambda x: _sigmoid(x) * (1.0 - _sigmoid(x)),
            "s(x)s(-x)": lambda x: _sigmoid(x) * _sigmoid(-x),
        },
    ),
]


def _of(forward: Any, slope: Any, x: np.ndarray, like: str | None) -> Check:
    def check(factor: float) -> Report:
        backward = lambda dout, x: factor * dout * slope(x)  # noqa: E731
        return check_backward(forward, backward, x, like=like, seed=3, textbook=True)

    return check


def _gradient(f: Any, gradient: Any, x: np.ndarray) -> Check:
    return lambda factor: check_gradient(f, lambda x: factor * gradient(x), x, seed=5)


def _softmax_of(s: Any) -> Any:
    exps = np.exp(s - np.max(s))
    return exps / np.sum(exps)


def _log_sum_exp(scores: Any, y: Any) -> Any:
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y])


def _log_of_p(scores: Any, y: Any) -> Any:
    return -np.mean(np.log([_softmax_of(row)[label] for row, label in zip(scores, y, strict=True)]))


def _softmax(loss: Any, scores: np.ndarray, y: np.ndarray) -> Check:
    def check(factor: float) -> Report:
        def both(scores: Any, y: Any) -> Any:
            p = np.stack([_softmax_of(row) for row in scores])
            p[np.arange(len(y)), y] -= 1.0
            return loss(scores, y), factor * p / len(y)

        return check_loss(both, scores, y, reg=None, like="softmax-loss", seed=2, names=("scores",), textbook=True)

    return check


def _single(value: Any) -> Any:
    """Arrays and numbers in float32, whatever holds them."""
    if isinstance(value, dict):
        return {key: _single(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return tuple(_single(entry) for entry in value)
    array = np.asarray(value)
    return array.astype(np.float32)[()] if array.dtype.kind == "f" else value


def _in_float32(operation: Operation, like: bool) -> Check:
    """An operation whose every input and result is float32, though the check hands it float64."""
    names = load(operation.source)
    reference: Any = OWN.get(operation.name, operation.name) if like else None

    def check(factor: float) -> Report:
        if operation.kind == "backward":
            forward = lambda *x: _single(names["forward"](*_single(x)))  # noqa: E731

            def backward(dout: Any, cache: Any) -> Any:
                return _times(factor, _single(names["backward"](_single(dout), cache)))

            return check_backward(forward, backward, *operation.point, like=reference, seed=1, textbook=True)

        def loss(*args: Any) -> Any:
            value, gradients = _single(names["loss"](*_single(args)))
            return value, _times(factor, gradients)

        params: Any = operation.point[0]
        more: dict[str, Any] = {}
        if len(params) == 1:
            ((name, params),) = params.items()
            more = {"names": (name,)}
        return check_loss(
            loss, params, *operation.data, reg=operation.reg, like=reference, seed=1, textbook=True, **more
        )

    return check


def _times(factor: float, gradients: Any) -> Any:
    if isinstance(gradients, dict):
        return {key: np.float32(factor) * gradient for key, gradient in gradients.items()}
    if isinstance(gradients, tuple):
        return tuple(np.float32(factor) * gradient for gradient in gradients)
    return np.float32(factor) * gradients
