"""The forward pass of each exercise as the course means it, for `like="affine"` to compare a student's with.

Values only. The names of the variables are read by `trace`, and a diagnosis speaks of them: scores, hidden, penalty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = ["Like", "forward_of"]

Like = Callable[..., Any] | str | None


def forward_of(like: Like) -> Callable[..., Any] | None:
    """Look up the forward pass of an exercise by its slug; a function, or None, is returned as it is.

    Raises ValueError, with the slugs that there are, for one that has no forward pass of its own.
    """
    if not isinstance(like, str):
        return like
    if like not in FORWARDS:
        raise ValueError(f"no exercise {like!r} has a forward pass here; these have: {', '.join(FORWARDS)}")
    return FORWARDS[like]


def _sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def _unrolled_loop(w: Any, x: Any, h0: Any) -> Any:
    h = h0
    for t in range(len(x)):
        h = np.tanh(w * h + x[t])
    return h


def _sigmoid_circuit(w: Any, x: Any) -> Any:
    total = w[0] * x[0] + w[1] * x[1] + w[2]
    return _sigmoid(total)


def _chain(x: Any, weights: Any) -> Any:
    h = x
    for t in range(len(weights)):
        h = np.tanh(weights[t] * h)
    return h


def _leaky_relu(x: Any, slope: float = 0.01) -> Any:  # Maas, Hannun and Ng, ICML 2013
    return np.where(x > 0, x, slope * x)


def _elu(x: Any, alpha: float = 1.0) -> Any:  # Clevert, Unterthiner and Hochreiter, ICLR 2016
    return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0.0)) - 1.0))


def _staged_circuit(x: Any, y: Any) -> Any:
    sigy = 1.0 / (1.0 + np.exp(-y))
    numerator = x + sigy
    sigx = 1.0 / (1.0 + np.exp(-x))
    total = x + y
    squared = total**2
    denominator = sigx + squared
    return numerator / denominator


def _branch_sum(x: Any, y: Any) -> Any:
    q = x * y
    r = q + x
    s = q * y
    f = r * s
    return f


def _norm_squared(x: Any, W: Any) -> Any:
    q = W @ x
    return np.sum(q * q)


def _affine(x: Any, w: Any, b: Any) -> Any:
    rows = x.reshape(x.shape[0], -1)
    out = rows @ w + b
    return out


def _conv1d(x: Any, w: Any, b: Any) -> Any:
    places = x.shape[1] - len(w) + 1
    out = b
    for k in range(len(w)):
        out = out + w[k] * x[:, k : k + places]
    return out


def _softmax_loss(scores: Any, y: Any, _reg: Any = None) -> Any:
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    exps = np.exp(shifted)
    probabilities = exps / np.sum(exps, axis=1, keepdims=True)
    chosen = probabilities[np.arange(len(y)), y]
    loss = -np.mean(np.log(chosen))
    return loss


def _hinge(scores: Any, y: Any) -> Any:
    rows = np.arange(len(y))
    correct = scores[rows, y]
    gaps = scores - correct[:, None] + 1.0
    margins = np.maximum(0.0, gaps)
    data_loss = (np.sum(margins) - len(y)) / len(y)  # the right class's own margin of 1 does not count
    return data_loss


def _penalty(reg: Any, *weights: Any) -> Any:
    penalty = 0.0
    for W in weights:
        penalty = penalty + np.sum(W * W)
    return 0.5 * reg * penalty


def _svm_loss(W: Any, X: Any, y: Any, reg: Any) -> Any:
    scores = X @ W.T
    data_loss = _hinge(scores, y)
    return data_loss + _penalty(reg, W)


def _linear_softmax(params: Mapping[str, Any], X: Any, y: Any, reg: Any) -> Any:
    product = X @ params["W"]
    scores = product + params["b"]
    return _softmax_loss(scores, y) + _penalty(reg, params["W"])


def _linear_scores(W: Any, x: Any) -> Any:
    return W @ x


def _two_layer_net(params: Mapping[str, Any], X: Any, y: Any, reg: Any) -> Any:
    before = X @ params["W1"] + params["b1"]
    hidden = np.maximum(0.0, before)
    scores = hidden @ params["W2"] + params["b2"]
    if y is None:
        return scores
    return _softmax_loss(scores, y) + _penalty(reg, params["W1"], params["W2"])


def _three_layer_net(params: Mapping[str, Any], X: Any, y: Any, reg: Any) -> Any:
    before1 = X @ params["W1"] + params["b1"]
    hidden1 = np.maximum(0.0, before1)
    before2 = hidden1 @ params["W2"] + params["b2"]
    hidden2 = np.maximum(0.0, before2)
    scores = hidden2 @ params["W3"] + params["b3"]
    if y is None:
        return scores
    return _softmax_loss(scores, y) + _penalty(reg, params["W1"], params["W2"], params["W3"])


def _sigmoid_net(params: Mapping[str, Any], X: Any, y: Any, _reg: Any = None) -> Any:
    before = X @ params["W1"]
    hidden = 1.0 / (1.0 + np.exp(-before))
    predicted = hidden @ params["W2"]
    return np.sum((predicted - y) ** 2)


def _attention_head(queries: Any, keys: Any, values: Any) -> Any:  # Vaswani et al., NeurIPS 2017
    products = queries @ keys.T
    scores = products / np.sqrt(keys.shape[1])
    exps = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    weights = exps / np.sum(exps, axis=1, keepdims=True)
    return weights @ values


FORWARDS: dict[str, Callable[..., Any]] = {
    "multiply-gate": lambda x, y: x * y,
    "add-gate": lambda x, y: x + y,
    "sigmoid-circuit": _sigmoid_circuit,
    "unrolled-loop": _unrolled_loop,
    "memory-profile": _chain,
    "max-gate": lambda x, y: np.maximum(x, y),
    "branch-sum": _branch_sum,
    "sigmoid-gate": _sigmoid,
    "tanh-gate": lambda x: np.tanh(x),
    "relu-gate": lambda x: np.maximum(x, 0.0),
    "leaky-relu-gate": _leaky_relu,
    "elu-gate": _elu,
    "maxout-gate": lambda x: np.max(x, axis=2),  # Goodfellow et al., ICML 2013
    "staged-circuit": _staged_circuit,
    "relu-jacobian": lambda x: np.maximum(x, 0.0),
    "norm-squared": _norm_squared,
    "unbroadcast": lambda x, y: x + y,
    "affine": _affine,
    "conv1d": _conv1d,
    "svm-loss": _svm_loss,
    "softmax-loss": _softmax_loss,
    "linear-scores": _linear_scores,
    "linear-softmax": _linear_softmax,
    "neuron": lambda inputs, weights, bias: _sigmoid(np.sum(weights * inputs) + bias),
    "sigmoid-net": _sigmoid_net,
    "two-layer-net": _two_layer_net,
    "three-layer-net": _three_layer_net,
    "attention-head": _attention_head,
}
