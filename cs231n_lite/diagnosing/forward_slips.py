"""What is wrong with a forward pass: which one change of the recorded one gives the student's output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.loss_formulas import loss_formulas
from cs231n_lite.diagnosing.recording import Recording

__all__ = ["ForwardCase", "ForwardSlip", "forward_slip"]


class ForwardCase(NamedTuple):
    """The recorded forward pass at a point, the student's output there, and the labels among the data."""

    run: Recording
    out: Any
    labels: Any = None


class _Change(NamedTuple):
    slug: str
    words: str
    node: int
    value: Any  # what the node's value would be


class ForwardSlip(NamedTuple):
    """The one change of the forward pass that gives the student's output in every case: its slug, and a sentence."""

    slug: str
    words: str
    node: str
    changed: Sequence[tuple[Recording, int, Any]]  # of each case the run, the node, and the value that it has instead

    def gradients(self, case: int) -> list[Any]:
        """What a right backward pass of the exercise gives when it is handed this forward pass's values."""
        run, n, value = self.changed[case]
        moved = _replay(run, n, value)
        nodes = [replace(node, value=moved.get(node.id, node.value)) for node in run.plain]
        return RightGradients(Recording(nodes, run.inputs, run.output), np.ones(())).inputs()


def forward_slip(cases: Sequence[ForwardCase]) -> ForwardSlip | None:
    """The one change that gives the output in every case; None where there is none, or two of different names."""
    first, *others = cases
    every = [list(_changes(other)) for other in others]
    fitting: list[list[_Change]] = []
    for index, change in enumerate(_changes(first)):
        if _gives(first, change) and all(index < len(changes) for changes in every):
            twins = [changes[index] for changes in every]
            if all(_gives(other, twin) for other, twin in zip(others, twins, strict=True)):
                fitting.append([change, *twins])
    if len({changes[0].slug for changes in fitting}) != 1:
        return None
    change = fitting[0][0]
    changed = [(case.run, twin.node, twin.value) for case, twin in zip(cases, fitting[0], strict=True)]
    return ForwardSlip(change.slug, change.words, _name(first.run, change.node), changed)


def _name(run: Recording, n: int) -> str:
    return run.nodes[n].name or run.nodes[n].op


def _changes(case: ForwardCase) -> Iterator[_Change]:
    run = case.run
    for n in sorted(run.active):
        yield from _of_operation(run, n)
        yield from _of_table(run, n)
        yield from _of_a_lone_gate(run, n)
        yield from _without(run, n)
    out = np.asarray(run.plain[run.output].value)
    yield _Change("sign", "Its sign is wrong.", run.output, -1.0 * out)
    yield _Change("factor-2", "It is twice what it should be.", run.output, 2.0 * out)
    yield _Change("factor-half", "It is half of what it should be.", run.output, 0.5 * out)
    if case.labels is not None and out.ndim == 0:
        scores = next((node for node in reversed(run.nodes) if node.name == "scores"), None)
        if scores is not None and np.ndim(scores.value) == 2 and len(scores.value) == len(case.labels):
            for formula in loss_formulas(run, np.asarray(scores.value), np.asarray(case.labels)):
                yield _Change(formula.slug, formula.words, run.output, formula.value)


def _operands(run: Recording, n: int) -> list[Any]:
    return [run.plain[k].value for k in run.plain[n].inputs]


def _of_operation(run: Recording, n: int) -> Iterator[_Change]:
    """A bias that is left out or added twice, a ReLU that is left out."""
    node, values = run.plain[n], _operands(run, n)
    if run.nodes[n].op == "sigmoid":
        yield _Change("sign", "It is what comes out when the minus in the exponent is lost.", n, 1.0 - node.value)
    if node.op == "where" and len(values) == 3:
        words = "It is what comes out when the two sides of the condition are exchanged."
        yield _Change("mask-inverted", words, n, np.where(values[0], values[2], values[1]))
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
        slug = "loss-formula"
        if _name(run, n) == "margins":
            words = "It is what comes out without max(0, …): margins below 0 are in the sum, too."
        elif n == run.output:  # a layer, and no loss
            slug, words = (
                "mask-missing",
                "It is what comes out when the ReLU is left out: negative entries are to be 0.",
            )
        yield _Change(slug, words, n, passed)
        if n == run.output:
            words = "It is what comes out when negative entries lose their sign: they are to be 0."
            yield _Change("mask-missing", words, n, np.abs(passed))


def _of_a_lone_gate(run: Recording, n: int) -> Iterator[_Change]:
    """Another operation on the same two inputs, where one gate is all there is."""
    node, values = run.plain[n], _operands(run, n)
    if n != run.output or len(values) != 2 or sorted(node.inputs) != sorted(run.inputs):
        return
    signs = {"add": "+", "multiply": "*", "subtract": "-", "divide": "/"}
    for op, sign in signs.items():
        if node.op in signs and op != node.op:
            words = f"It is what comes out with {sign} where {signs[node.op]} belongs."
            with np.errstate(all="ignore"):
                yield _Change("wrong-operation", words, n, getattr(np, op)(*values))


def _of_table(run: Recording, n: int) -> Iterator[_Change]:
    """What is done once too often to a table of rows: a ReLU, a shift, a softmax."""
    node, name = run.plain[n], _name(run, n)
    if np.ndim(node.value) != 2:
        return
    if node.op in ("add", "matmul", "max", "amax"):
        relu = np.maximum(np.asarray(node.value), 0.0)
        yield _Change("extra-relu", f"It is what comes out with one more ReLU, after {name}.", n, relu)
        yield _Change(
            "scores-shifted", f"It is {name} with each row's largest subtracted: shift a copy.", n, _shifted(node.value)
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


def _gives(case: ForwardCase, change: _Change) -> bool:
    run, out = case.run, case.out
    try:
        moved = _replay(run, change.node, change.value)
    except (ValueError, FloatingPointError):
        return False
    replayed = np.asarray(moved.get(run.output, run.plain[run.output].value))
    size = float(np.max(np.abs(out), initial=0.0)) or 1.0
    return replayed.shape == np.shape(out) and bool(np.all(np.abs(replayed - out) <= 1e-8 * size))


def _replay(run: Recording, n: int, value: Any) -> dict[int, Any]:
    """The values of all nodes that are others when node n has another one."""
    moved: dict[int, Any] = {n: value}
    compute: Callable[[int], Any] = lambda k: moved.get(k, run.plain[k].value)  # noqa: E731
    for node in run.plain[n + 1 :]:
        if any(k in moved for k in node.inputs):
            moved[node.id] = node.compute(*(compute(k) for k in node.inputs))
    return moved
