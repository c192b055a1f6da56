"""A forward pass as a list of operations with the gradient at every one of them, for a diagnosis to compare with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cs231n_lite.diagnosing.backward_rules import Step, has_rule, step_of
from cs231n_lite.tracing.trace import Slot, TraceNode, trace

__all__ = ["Recording", "recording_of", "variable_of"]

_ORDERS = ("greater", "less", "greater_equal", "less_equal", "equal", "not_equal")
_COMPARING = {*_ORDERS, "maximum", "minimum", "fmax", "fmin"}
_EXTREME = {"max", "min", "amax", "amin"}


class Recording:
    """One run of a forward pass: the nodes, which of them are inputs, the output, and what depends on what."""

    def __init__(self, plain: list[TraceNode], inputs: list[int], output: int) -> None:
        self.plain, self.inputs, self.output = plain, inputs, output  # as they ran, to be run again
        self.nodes = nodes = _fused(plain)  # as a person differentiates them
        self.active = self._active()
        self.readers: dict[int, list[tuple[int, int]]] = {}
        for n in self.active:
            for slot, source in enumerate(nodes[n].inputs):
                if source in self.active:
                    self.readers.setdefault(source, []).append((n, slot))
        self.reach = self._reach()
        self._steps: dict[int, Step] = {}

    def _active(self) -> set[int]:
        below = set(self.inputs)
        for node in self.nodes:
            if node.op not in _ORDERS and any(source in below for source in node.inputs):
                below.add(node.id)
        above, waiting = set(), [self.output]
        while waiting:
            n = waiting.pop()
            if n in above or n not in below:
                continue
            above.add(n)
            waiting += self.nodes[n].inputs
        return above

    def _reach(self) -> dict[int, frozenset[int]]:
        reach: dict[int, frozenset[int]] = {n: frozenset([k]) for k, n in enumerate(self.inputs)}
        for n in sorted(self.active):
            if n not in reach:
                sources = [reach.get(source, frozenset()) for source in self.nodes[n].inputs]
                reach[n] = frozenset().union(*sources)
        return reach

    @property
    def followed(self) -> bool:
        """Whether every operation between the inputs and the output has a rule."""
        return self.output in self.active and all(
            has_rule(self.nodes[n].op) for n in self.active if self.nodes[n].op != "input"
        )

    @property
    def finite(self) -> bool:
        """Whether the output is."""
        return bool(np.all(np.isfinite(self.plain[self.output].value)))

    @property
    def tied(self) -> bool:
        """Whether an operation stands on its kink, as far as can be told: there, more than one gradient is right."""
        for node in self.nodes:
            operands = step_of(node, self.nodes).operands if node.op in _COMPARING | _EXTREME | {"absolute"} else []
            if node.op in _COMPARING and np.any(np.equal(*operands[:2])):
                return True
            if node.op in _EXTREME or (node.op == "absolute" and np.any(np.equal(operands[0], 0.0))):
                return True
        return False

    def step(self, n: int) -> Step:
        """The operation n with the values of its run."""
        if n not in self._steps:
            self._steps[n] = step_of(self.nodes[n], self.nodes)
        return self._steps[n]

    def edges(self) -> list[tuple[int, int]]:
        """All (node, slot) along which a gradient flows, from the output down."""
        return [
            (n, slot)
            for n in sorted(self.active, reverse=True)
            for slot, source in enumerate(self.nodes[n].inputs)
            if source in self.active
        ]

    def groups(self) -> dict[tuple[Any, ...], list[int]]:
        """The operations of a loop: those that the same line runs more than once, by (operation, line, variable)."""
        members_by_key: dict[tuple[Any, ...], list[int]] = {}
        for n in sorted(self.active):
            node = self.nodes[n]
            if node.inputs:
                members_by_key.setdefault((node.op, node.line, node.name), []).append(n)
        return {key: members for key, members in members_by_key.items() if len(members) > 1}

    def same_kind(self, other: Recording) -> bool:
        """Whether two runs did the same operations in the same order, so that their ids mean the same."""
        return [node.op for node in self.nodes] == [node.op for node in other.nodes]


def recording_of(forward: Callable[..., Any], point: Sequence[Any], names: Sequence[str]) -> Recording | None:
    """Trace a forward pass of arrays; None where it cannot be followed or has an operation without a rule."""
    try:
        traced = trace(forward, *point)
        inputs = list(traced.inputs.values())
        if traced.lost or len(traced.outputs) != 1 or len(inputs) != len(point):
            return None
        for n, name in zip(inputs, names, strict=True):
            traced.nodes[n].name = name
        run = Recording(traced.nodes, inputs, traced.outputs[0])
    except Exception:  # code that a trace disturbs is not diagnosed; its check stands all the same
        return None
    return run if run.followed else None


def _fused(nodes: list[TraceNode]) -> list[TraceNode]:
    """Read 1 / (1 + exp(-x)) as one sigmoid and x · x as a square, as the person who differentiates it does."""
    fused = list(nodes)
    for node in nodes:
        if node.op == "multiply" and len(node.inputs) == 2 and node.inputs[0] == node.inputs[1]:
            fused[node.id] = _replaced(node, "square", (node.inputs[0],))
        if node.op == "reciprocal" or (node.op == "divide" and _is_one(node.args[0])):
            source = _one_plus_exp_minus(nodes, node.inputs[-1])
            if source is not None:
                fused[node.id] = _replaced(node, "sigmoid", (source,))
    return fused


def _replaced(node: TraceNode, op: str, inputs: tuple[int, ...]) -> TraceNode:
    return TraceNode(node.id, op, inputs, (Slot(0),), {}, None, node.value, node.name, node.line)


def _is_one(value: Any) -> bool:
    return isinstance(value, int | float) and value == 1


def _one_plus_exp_minus(nodes: list[TraceNode], n: int) -> int | None:
    plus = nodes[n]
    if plus.op != "add" or len(plus.inputs) != 1 or not any(_is_one(arg) for arg in plus.args):
        return None
    power = nodes[plus.inputs[0]]
    if power.op != "exp":
        return None
    minus = nodes[power.inputs[0]]
    return minus.inputs[0] if minus.op == "negative" else None


def variable_of(run: Recording, n: int) -> str:
    """The variable that a node is, or that it is on the way to."""
    while True:
        if run.nodes[n].name:
            return run.nodes[n].name
        readers = run.readers.get(n)
        if not readers:
            return ""
        n = readers[0][0]
