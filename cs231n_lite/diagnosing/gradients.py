"""The right gradient at every node of a recorded run, and what a slip would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from cs231n_lite.diagnosing.backward_rules import Step, flow_of
from cs231n_lite.diagnosing.recording import Recording

__all__ = ["OUTPUT", "READING", "UPSTREAM", "RightGradients", "misread", "moved_by"]

_TINY = 2.0**-80  # the complex step: a power of two, so that dividing by it is exact
OUTPUT, UPSTREAM = -1, -2  # what a rule reads besides its operands 0, 1, …


class Swap(Protocol):
    """What flows along an edge in place of the right contribution."""

    def flow(self, run: Recording, edge: tuple[int, int], g: Any, right: Any, /) -> Any:
        """What flows along an edge (node, slot) where `right` should, given the gradient g at the node."""


class RightGradients:
    """The gradient at every node of a recorded run, and what flows along every edge, for one upstream gradient."""

    def __init__(self, run: Recording, upstream: Any, swaps: Mapping[tuple[int, int], Swap] | None = None) -> None:
        self.run = run
        self.at: dict[int, Any] = {run.output: np.asarray(upstream, dtype=float)}
        self.along: dict[tuple[int, int], Any] = {}
        for n in sorted(run.active, reverse=True):
            if n not in self.at:
                continue
            for slot, source in enumerate(run.nodes[n].inputs):
                if source in run.active:
                    flow = flow_of(run.step(n), slot, self.at[n])
                    if swaps and (n, slot) in swaps:
                        flow = swaps[n, slot].flow(run, (n, slot), self.at[n], flow)
                    self.along[n, slot] = flow
                    self.at[source] = self.at[source] + flow if source in self.at else flow

    def inputs(self) -> list[Any]:
        """The right gradients, in the order of the inputs."""
        return [self.at.get(n, np.zeros(np.shape(self.run.nodes[n].value))) for n in self.run.inputs]

    def push(self, n: int, change: Any) -> dict[int, Any]:
        """How the gradients of the inputs change when the gradient at node n changes; a backward pass is linear."""
        run = self.run
        moved: dict[int, Any] = {n: change}
        reached: dict[int, Any] = {}
        places = {node: k for k, node in enumerate(run.inputs)}
        waiting = [n]
        while waiting:
            m = max(waiting)
            waiting.remove(m)
            if m in places:
                reached[places[m]] = moved[m]
                continue
            for slot, source in enumerate(run.nodes[m].inputs):
                if source in run.active:
                    flow = flow_of(run.step(m), slot, moved[m])
                    if source in moved:
                        moved[source] = moved[source] + flow
                    else:
                        moved[source] = flow
                        waiting.append(source)
        return reached


# Operations whose rule reads a value, so that it can read a wrong one.
_ARITHMETIC = {"multiply", "divide", "matmul", "dot", "power", "square", "reciprocal"}
READING = _ARITHMETIC | {"tanh", "sigmoid", "exp", "log", "maximum", "minimum"}


def misread(step: Step, place: int, value: Any) -> Step | None:
    """An operation as if its operand `place`, or its OUTPUT, had been another value of the same shape."""
    if step.node.op not in READING:
        return None
    present = step.out if place == OUTPUT else step.operands[place]
    if np.shape(present) != np.shape(value):
        return None
    if place == OUTPUT:
        return step._replace(out=value)
    return step._replace(operands=[value if q == place else x for q, x in enumerate(step.operands)])


def moved_by(run: Recording, source: int, direction: Any) -> dict[int, Any]:
    """How the value of each node moves when an input moves along a direction, by the complex step."""
    values: dict[int, Any] = {source: run.plain[source].value + 1j * _TINY * direction}
    with np.errstate(all="ignore"):
        for node in run.plain:
            if any(k in values for k in node.inputs):
                values[node.id] = node.compute(*(values.get(k, run.plain[k].value) for k in node.inputs))
    return {n: np.imag(value) / _TINY for n, value in values.items() if np.iscomplexobj(value)}
