"""What is wrong with a forward pass: which one change of the recorded one gives the student's output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.diagnosing.recording import Recording

__all__ = ["forward_slip"]


class _Change(NamedTuple):
    slug: str
    words: str
    node: int
    value: Any  # what the node's value would be


def forward_slip(cases: Sequence[tuple[Recording, Any]]) -> tuple[str, str, str] | None:
    """The slug, a sentence and the node of the one change that gives the output in every case; else None."""
    (run, out), *others = cases
    fitting = []
    for index, change in enumerate(_changes(run)):
        if not _gives(run, change, out):
            continue
        again = (list(_changes(other))[index] for other, _ in others)
        if all(_gives(other, twin, output) for (other, output), twin in zip(others, again, strict=True)):
            fitting.append(change)
    slugs = {change.slug for change in fitting}
    if len(slugs) != 1:
        return None
    change = fitting[0]
    return change.slug, change.words, _name(run, change.node)


def _name(run: Recording, n: int) -> str:
    return run.nodes[n].name or run.nodes[n].op


def _changes(run: Recording) -> Iterator[_Change]:
    for n in sorted(run.active):
        yield from _of_operation(run, n)
        yield from _of_table(run, n)
        yield from _without(run, n)
    out = np.asarray(run.plain[run.output].value)
    yield _Change("sign", "Its sign is wrong.", run.output, -1.0 * out)
    yield _Change("factor-2", "It is twice what it should be.", run.output, 2.0 * out)
    yield _Change("factor-half", "It is half of what it should be.", run.output, 0.5 * out)


def _operands(run: Recording, n: int) -> list[Any]:
    return [run.plain[k].value for k in run.plain[n].inputs]


def _of_operation(run: Recording, n: int) -> Iterator[_Change]:
    """A bias that is left out or added twice, a ReLU that is left out."""
    node, values = run.plain[n], _operands(run, n)
    if node.op == "add" and len(values) == 2:
        for bias, rest in ((1, 0), (0, 1)):
            if np.ndim(values[bias]) >= np.ndim(values[rest]) or np.ndim(values[rest]) != 2:
                continue
            name = run.nodes[node.inputs[bias]].name or "the bias"
            alone = np.broadcast_to(values[rest], np.shape(node.value))
            yield _Change("forward-bias", f"It is what comes out when {name} is not added.", n, alone)
            doubled = values[rest] + 2.0 * values[bias]
            yield _Change("forward-bias", f"It is what comes out when {name} is added twice.", n, doubled)
    if node.op == "maximum" and len(values) == 1:
        passed = np.broadcast_to(values[0], np.shape(node.value))
        words = f"It is what comes out when the ReLU that makes {_name(run, n)} is left out."
        yield _Change("loss-formula", words, n, passed)


def _of_table(run: Recording, n: int) -> Iterator[_Change]:
    """What is done once too often to a table of rows: a ReLU, a shift, a softmax."""
    node, name = run.plain[n], _name(run, n)
    if np.ndim(node.value) != 2:
        return
    if node.op in ("add", "matmul", "max", "amax"):
        relu = np.maximum(np.asarray(node.value), 0.0)
        yield _Change("extra-relu", f"It is what comes out with one more ReLU, after {name}.", n, relu)
        yield _Change(
            "scores-shifted", f"It is {name} with each row's largest taken off: shift a copy.", n, _shifted(node.value)
        )
    if name == "scores":
        exps = np.exp(_shifted(node.value))
        probabilities = exps / np.sum(exps, axis=1, keepdims=True)
        yield _Change("loss-formula", "It is what comes out when the softmax is taken twice.", n, probabilities)


def _shifted(table: Any) -> Any:
    return table - np.max(table, axis=1, keepdims=True)


def _without(run: Recording, n: int) -> Iterator[_Change]:
    """A logarithm, a mean's division or an activation that is left out."""
    op, values = run.plain[n].op, _operands(run, n)
    if op == "log":
        yield _Change("loss-formula", "It is what comes out when the logarithm is left out.", n, values[0])
    if op == "mean":
        words = "It is the sum over the rows: divide by their number."
        yield _Change("missing-1-over-n", words, n, np.sum(values[0]))
    if op in ("tanh", "sigmoid", "exp", "relu"):
        yield _Change("wrong-value", f"It is what comes out without the {op}.", n, values[0])


def _gives(run: Recording, change: _Change, out: Any) -> bool:
    try:
        replayed = np.asarray(_replay(run, change.node, change.value))
    except (ValueError, FloatingPointError):
        return False
    size = float(np.max(np.abs(out), initial=0.0)) or 1.0
    return replayed.shape == np.shape(out) and bool(np.all(np.abs(replayed - out) <= 1e-8 * size))


def _replay(run: Recording, n: int, value: Any) -> Any:
    """The output when node n has another value."""
    moved: dict[int, Any] = {n: value}
    compute: Callable[[int], Any] = lambda k: moved.get(k, run.plain[k].value)  # noqa: E731
    for node in run.plain[n + 1 :]:
        if any(k in moved for k in node.inputs):
            moved[node.id] = node.compute(*(compute(k) for k in node.inputs))
    return compute(run.output)
