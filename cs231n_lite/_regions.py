"""Slips that span several operations: the step from a softmax or hinge loss back to the scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._record import _Gradients, _Recorded
from ._rules import _Slip


def _places(run: _Recorded) -> list[int]:
    """The nodes at which a whole region of the backward pass arrives: the scores, where there are any."""
    named = [n for n in sorted(run.active) if run.nodes[n].name == "scores"]
    return named[-1:]


def _slips_at(run: _Recorded, right: _Gradients, n: int, labels: Any) -> list[_Slip]:
    """What people write for the gradient of the scores, for the loss that the forward pass has."""
    values = {node.name: node.value for node in run.nodes if node.name}
    scores = np.asarray(run.nodes[n].value)
    if labels is None or scores.ndim != 2 or len(labels) != len(scores) or n not in right.at:
        return []
    scale = float(np.asarray(right.at[run.output]))
    hot = np.zeros(scores.shape)
    hot[np.arange(len(labels)), labels] = 1.0
    if "probabilities" in values:
        return _softmax(np.asarray(values["probabilities"]), hot, scale / len(labels))
    if "gaps" in values:
        return _hinge(np.asarray(values["gaps"]), hot, scale / len(labels))
    return []


def _softmax(p: np.ndarray, hot: np.ndarray, scale: float) -> list[_Slip]:
    own = np.sum(p * hot, axis=1, keepdims=True)
    return [
        _Slip("one-hot-missing", "used the probabilities p alone, without the 1 taken off at the right class", scale * p),
        _Slip("one-hot-missing", "used minus the one-hot labels alone, without the probabilities", -scale * hot),
        _Slip("one-hot-missing", "took 1 off at every class, not only at the right one", scale * (p - 1.0)),
        _Slip("correct-class-term", "added 1 at the right class where 1 is to be taken off", scale * (p + hot)),
        _Slip("correct-class-term", "used the right class's probability in every column", scale * (own - hot)),
        _Slip("correct-class-term", "left out all but the right class", scale * (p - 1.0) * hot),
        _Slip("correct-class-term", "left the right class out", scale * p * (1.0 - hot)),
        _Slip("correct-class-term", "took 2 off at the right class where 1 is to be taken off", scale * (p - 2.0 * hot)),
        _Slip("correct-class-term", "set the right class to -1 where 1 is to be taken off p", scale * (p * (1 - hot) - hot)),
        _Slip("missing-1-over-n", "divided only the one-hot part by the number of rows", scale * (p * len(p) - hot)),
        _Slip("missing-1-over-n", "divided only the probabilities by the number of rows", scale * (p - hot * len(p))),
        _Slip("local-dropped", "used p·(1 - p), the derivative of a softmax output in its own score", scale * p * (1.0 - p)),
        _Slip("wrong-value", "multiplied by the one-hot labels where they are to be subtracted", scale * p * hot),
    ]


def _hinge(gaps: np.ndarray, hot: np.ndarray, scale: float) -> list[_Slip]:
    others = 1.0 - hot
    over = (gaps > 0) * others
    count = np.sum(over, axis=1, keepdims=True)
    margins = np.maximum(gaps, 0.0) * others
    return [
        _Slip("correct-class-term", "left out the right class, which each margin above 0 pushes up", scale * over),
        _Slip("correct-class-term", "took 1 off at the right class, where the count of margins above 0 belongs", scale * (over - hot)),
        _Slip("correct-class-term", "added the count at the right class where it is to be taken off", scale * (over + count * hot)),
        _Slip("correct-class-term", "counted the right class as one of the margins", scale * (over - (count + 1.0) * hot)),
        _Slip("correct-class-term", "kept the right class's own 1 in its column", scale * (over + hot - count * hot)),
        _Slip("correct-class-term", "kept only the right class", -scale * count * hot),
        _Slip("mask-missing", "counted every class, also those whose margin is 0", scale * (others - np.sum(others, 1, keepdims=True) * hot)),
        _Slip("mask-missing", "used the margins themselves where 1 for each margin above 0 belongs", scale * (margins - np.sum(margins, 1, keepdims=True) * hot)),
        _Slip("mask-missing", "used the margins with the count at the right class", scale * (margins - count * hot)),
        _Slip("mask-inverted", "counted the classes whose margin is 0", scale * ((gaps <= 0) - np.sum(gaps <= 0, 1, keepdims=True) * hot)),
        _Slip("mask-missing", "compared with -1 or 1 where 0 belongs", scale * ((gaps > 1) * others - np.sum((gaps > 1) * others, 1, keepdims=True) * hot)),
    ]
