"""HIPS autograd as an independent witness: the planted right code is right, and so is what the check measures."""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from ci.planted import OPERATIONS, Operation, load
from ci.planted.checked import point_of
from cs231n_lite.checking.right_forwards import forward_of
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.recording import recording_of
from cs231n_lite.measuring.directions import Directions

# One line an operation, written for this test and not for the package.
ORACLE = {
    "multiply-gate": lambda x, y: x * y,
    "add-gate": lambda x, y: x + y,
    "max-gate": lambda x, y: anp.maximum(x, y),
    "sigmoid-gate": lambda x: 0.5 * (anp.tanh(0.5 * x) + 1.0),
    "tanh-gate": lambda x: anp.sinh(x) / anp.cosh(x),
    "relu-gate": lambda x: anp.maximum(x, 0.0),
    "leaky-relu-gate": lambda x: anp.maximum(x, 0.01 * x),
    "elu-gate": lambda x: anp.where(x > 0, x, anp.expm1(x)),
    "maxout-gate": lambda x: anp.max(x, axis=2),
    "branch-sum": lambda x, y: (x * y + x) * x * y**2,
    "staged-circuit": lambda x, y: (x + sigmoid(y)) / (sigmoid(x) + (x + y) ** 2),
    "norm-squared": lambda x, W: anp.dot(anp.dot(W, x), anp.dot(W, x)),
    "affine": lambda x, w, b: anp.einsum("nk,km->nm", anp.reshape(x, (len(x), -1)), w) + b,
    "unbroadcast": lambda x, y: anp.einsum("nd,d->nd", x, y),
    "unrolled-loop": lambda w, x, h0: anp.tanh(
        w * anp.tanh(w * anp.tanh(w * anp.tanh(w * h0 + x[0]) + x[1]) + x[2]) + x[3]
    ),
    "neuron": lambda inputs, weights, bias: sigmoid(anp.dot(weights, inputs) + bias),
    "memory-profile": lambda x, weights: anp.tanh(weights[2] * anp.tanh(weights[1] * anp.tanh(weights[0] * x))),
}


def sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + anp.exp(-x))


def cross_entropy(scores: Any, y: Any) -> Any:
    return anp.mean(anp.log(anp.sum(anp.exp(scores), axis=1)) - scores[anp.arange(len(y)), y])


def hinge(scores: Any, y: Any) -> Any:
    rows = anp.arange(len(y))
    return (anp.sum(anp.maximum(0.0, scores - scores[rows, y][:, None] + 1.0)) - len(y)) / len(y)


def layers(X: Any, *params: Any) -> Any:
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        X = anp.maximum(0.0, anp.dot(X, W) + b)
    return anp.dot(X, params[-2]) + params[-1]


def oracle_loss(operation: Operation) -> Any:
    data, reg = operation.data, operation.reg
    if operation.name == "softmax-loss":
        return lambda scores: cross_entropy(scores, data[0])
    if operation.name == "svm-loss":
        return lambda W: hinge(anp.dot(data[0], W.T), data[1]) + 0.5 * reg * anp.sum(W * W)
    if operation.name == "sigmoid-net":
        return lambda W1, W2: anp.sum((anp.dot(sigmoid(anp.dot(data[0], W1)), W2) - data[1]) ** 2)
    penalized = lambda params: sum(anp.sum(W * W) for W in params[::2])  # noqa: E731
    return lambda *params: cross_entropy(layers(data[0], *params), data[1]) + 0.5 * reg * penalized(params)


@pytest.mark.parametrize("name", OPERATIONS)
def test_right_code_measured_slopes_and_recorded_gradients_agree_with_autograd(name: str) -> None:
    operation = OPERATIONS[name]
    point, source = point_of(operation), load(operation.source)
    oracle = ORACLE[name] if operation.kind == "backward" else oracle_loss(operation)
    upstream = np.random.default_rng(3).normal(size=np.shape(oracle(*point)))
    scalar = lambda *inputs: anp.sum(upstream * oracle(*inputs)) if operation.kind == "backward" else oracle(*inputs)  # noqa: E731
    expected = [np.asarray(autograd.grad(scalar, k)(*point)) for k in range(len(point))]

    if operation.kind == "backward":
        _, cache = source["forward"](*point)
        returned = source["backward"](upstream, cache)
        gradients = list(returned) if isinstance(returned, tuple) else [returned]
    else:
        first: Any = operation.point[0] if len(point) > 1 else point[0]
        _, grads = source["loss"](first, *operation.data, *([] if operation.reg is None else [operation.reg]))
        gradients = [grads[key] for key in operation.point[0]] if isinstance(grads, dict) else [grads]
        upstream = np.ones(())
    for mine, right in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(mine, right, rtol=1e-9, atol=1e-11)

    def whole(*inputs: Any) -> Any:
        like: Any = (lambda x, y: x * y) if name == "unbroadcast" else forward_of(name)
        if operation.kind == "backward":
            return like(*inputs)
        reg = [] if operation.reg is None else [operation.reg]
        return like(
            dict(zip(operation.point[0], inputs, strict=True)) if len(point) > 1 else inputs[0], *operation.data, *reg
        )

    names = list(operation.point[0]) if operation.kind == "loss" else [f"x{k}" for k in range(len(point))]
    run = recording_of(whole, point, names)
    assert run is not None, f"the forward pass of {name} cannot be recorded"
    for mine, right in zip(RightGradients(run, upstream).inputs(), expected, strict=True):
        np.testing.assert_allclose(mine, right, rtol=1e-9, atol=1e-11)

    slopes = Directions(lambda moved: np.asarray(whole(*moved)), point, np.random.default_rng(0))
    for k, right in enumerate(expected):
        wrong, measured = slopes.entries(k, right, upstream)
        assert not np.any(wrong)
        np.testing.assert_allclose(measured.value, right, rtol=1e-6, atol=1e-8)
