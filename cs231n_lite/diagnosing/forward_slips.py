"""What is wrong with a forward pass: which one change of the recorded one gives the student's output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.diagnosing.recording import Recording


class _Change(NamedTuple):
    slug: str
    words: str
    node: int
    value: Any  # what the node's value would be


def forward_slip(cases: Sequence[tuple[Recording, Any]]) -> tuple[str, str, str] | None:
    """The slug, a sentence and the node of the one change that gives the output in every case; else None."""
    (run, out), *others = cases
    kept = []
    for index, change in enumerate(_changes(run)):
        if not _gives(run, change, out):
            continue
        again = (list(_changes(other))[index] for other, _ in others)
        if all(_gives(other, twin, got) for (other, got), twin in zip(others, again, strict=True)):
            kept.append(change)
    slugs = {change.slug for change in kept}
    if len(slugs) != 1:
        return None
    change = kept[0]
    return change.slug, change.words, _name(run, change.node)


def _name(run: Recording, n: int) -> str:
    return run.nodes[n].name or run.nodes[n].op


def _changes(run: Recording) -> Iterator[_Change]:
    for n in sorted(run.active):
        node = run.plain[n]
        values = [run.plain[k].value for k in node.inputs]
        name = _name(run, n)
        if node.op == "add" and len(values) == 2:
            for bias, rest in ((1, 0), (0, 1)):
                if np.ndim(values[bias]) >= np.ndim(values[rest]) or np.ndim(values[rest]) != 2:
                    continue
                called = run.nodes[node.inputs[bias]].name or "the bias"
                left_out = np.broadcast_to(values[rest], np.shape(node.value))
                yield _Change("forward-bias", f"It is what comes out when {called} is not added.", n, left_out)
                doubled = values[rest] + 2.0 * values[bias]
                yield _Change("forward-bias", f"It is what comes out when {called} is added twice.", n, doubled)
        if node.op == "maximum" and len(values) == 1:
            passed = np.broadcast_to(values[0], np.shape(node.value))
            yield _Change(
                "loss-formula", f"It is what comes out when the ReLU that makes {name} is left out.", n, passed
            )
        if np.ndim(node.value) == 2 and node.op in ("add", "matmul", "max", "amax"):
            relu = np.maximum(np.asarray(node.value), 0.0)
            yield _Change("extra-relu", f"It is what comes out with one more ReLU, after {name}.", n, relu)
            shifted = node.value - np.max(node.value, axis=1, keepdims=True)
            yield _Change(
                "scores-shifted", f"It is {name} with each row's largest taken off: shift a copy.", n, shifted
            )
        if name == "scores" and np.ndim(node.value) == 2:
            shifted = np.exp(node.value - np.max(node.value, axis=1, keepdims=True))
            probabilities = shifted / np.sum(shifted, axis=1, keepdims=True)
            yield _Change("loss-formula", "It is what comes out when the softmax is taken twice.", n, probabilities)
        if node.op == "log":
            yield _Change("loss-formula", "It is what comes out when the logarithm is left out.", n, values[0])
        if node.op == "mean":
            yield _Change(
                "missing-1-over-n", "It is the sum over the rows: divide by their number.", n, np.sum(values[0])
            )
        if node.op in ("tanh", "sigmoid", "exp", "relu"):
            yield _Change("wrong-value", f"It is what comes out without the {node.op}.", n, values[0])
    out = run.plain[run.output].value
    for factor, slug, words in (
        (-1.0, "sign", "Its sign is wrong."),
        (2.0, "factor-2", "It is twice what it should be."),
        (0.5, "factor-half", "It is half of what it should be."),
    ):
        yield _Change(slug, words, run.output, factor * np.asarray(out))


def _gives(run: Recording, change: _Change, out: Any) -> bool:
    try:
        got = np.asarray(_replay(run, change.node, change.value))
    except (ValueError, FloatingPointError):
        return False
    size = float(np.max(np.abs(out), initial=0.0)) or 1.0
    return got.shape == np.shape(out) and bool(np.all(np.abs(got - out) <= 1e-8 * size))


def _replay(run: Recording, n: int, value: Any) -> Any:
    """The output when node n has another value."""
    moved: dict[int, Any] = {n: value}
    compute: Callable[[int], Any] = lambda k: moved.get(k, run.plain[k].value)  # noqa: E731
    for node in run.plain[n + 1 :]:
        if any(k in moved for k in node.inputs):
            moved[node.id] = node.compute(*(compute(k) for k in node.inputs))
    return compute(run.output)
