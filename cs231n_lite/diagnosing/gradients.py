"""The right gradient at every node of a recorded run, and what a slip would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cs231n_lite.diagnosing.backward_rules import Step, flow_of
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.diagnosing.slips import slips_of


class RightGradients:
    """The gradient at every node of a recorded run, and what flows along every edge, for one upstream gradient."""

    def __init__(self, run: Recording, upstream: Any, swaps: Mapping[tuple[int, int], Any] | None = None) -> None:
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
                        flow = self._swapped(n, slot, flow, *swaps[n, slot])
                    self.along[n, slot] = flow
                    self.at[source] = self.at[source] + flow if source in self.at else flow

    def _swapped(self, n: int, slot: int, flow: Any, kind: str, what: Any) -> Any:
        """What flows along an edge when the slip `what` is made there."""
        run, g = self.run, self.at[n]
        step = run.step(n)
        if kind == "scale":
            return what * flow
        if kind == "slip":
            slips = list(slips_of(step, slot, g))
            return slips[what].flow if what < len(slips) else flow
        place, offset = what
        if not 0 <= n + offset < len(run.nodes):
            return flow
        other = misread(step, place, run.nodes[n + offset].value)
        return flow if other is None else flow_of(other, slot, g)

    def inputs(self) -> list[Any]:
        """The right gradients, in the order of the inputs."""
        return [self.at.get(n, np.zeros(np.shape(self.run.nodes[n].value))) for n in self.run.inputs]

    def push(self, n: int, change: Any) -> dict[int, Any]:
        """How the gradients of the inputs change when the gradient at node n changes; a backward pass is linear."""
        run = self.run
        moved: dict[int, Any] = {n: change}
        found: dict[int, Any] = {}
        places = {node: k for k, node in enumerate(run.inputs)}
        waiting = [n]
        while waiting:
            m = max(waiting)
            waiting.remove(m)
            if m in places:
                found[places[m]] = moved[m]
                continue
            for slot, source in enumerate(run.nodes[m].inputs):
                if source in run.active:
                    flow = flow_of(run.step(m), slot, moved[m])
                    if source in moved:
                        moved[source] = moved[source] + flow
                    else:
                        moved[source] = flow
                        waiting.append(source)
        return found


_TINY = 2.0**-80


# Operations whose rule reads a value, so that it can read a wrong one.
READING = frozenset(
    [
        "multiply",
        "divide",
        "matmul",
        "dot",
        "tanh",
        "sigmoid",
        "power",
        "square",
        "exp",
        "log",
        "maximum",
        "minimum",
        "reciprocal",
    ]
)


def misread(step: Step, place: int, value: Any) -> Step | None:
    """An operation as if its operand `place`, or its output (-1), had been another value of the same shape."""
    if step.node.op not in READING:
        return None
    present = step.out if place == -1 else step.operands[place]
    if np.shape(present) != np.shape(value):
        return None
    if place == -1:
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
