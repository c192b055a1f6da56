"""How much the output moves when one node is wiggled: the gradients that a picture shows before any are written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

__all__ = ["Slopes", "measure", "step_at"]

RUNS = 120_000  # gates on numbers that may be run for one picture: a tenth of a second, or some more for arrays


class Measurable(Protocol):
    """What a node needs so that it can be wiggled: its value, what it reads, and how it is computed."""

    kind: str
    inputs: tuple[str, ...]
    value: Any
    compute: Any


@dataclass(slots=True)
class Slopes:
    """Three slopes at one node: centred [f(v + h) - f(v - h)] / 2h, and one-sided from the left and the right."""

    centred: Any
    left: Any
    right: Any
    noise: float  # what rounding can add to a slope

    def holds(self, gradient: Any) -> bool:
        """Say whether `gradient` has the right shape and lies between the one-sided slopes, as subgradients do."""
        try:
            claimed = np.asarray(gradient, dtype=float)
        except (TypeError, ValueError):
            return False
        if claimed.shape != np.shape(self.centred):
            return False
        slack = 1e-5 * np.maximum(np.abs(claimed), np.abs(self.centred)) + self.noise
        low, high = np.minimum(self.left, self.right), np.maximum(self.left, self.right)
        return bool(np.all((low - slack <= claimed) & (claimed <= high + slack)))


def step_at(value: float) -> float:
    """How far a value is moved either way to measure a slope: h = 6e-6·max(1, |v|).

    There truncation and round-off of a centred difference are equally small in float64 (Sauer, Numerical Analysis,
    5.1.2). For a value that is not finite it is nan or inf, and so is the slope.
    """
    return 6e-6 * max(1.0, abs(value))


def measure(nodes: Mapping[str, Measurable], output: str) -> tuple[dict[str, Slopes], str]:
    """Return the slopes of the output's sum in every float node, and a sentence where they could not be measured.

    `nodes` come in topological order with their values; the step is that of `step_at`. Only what follows a node is run
    again.
    """
    values = {name: node.value for name, node in nodes.items()}
    if output not in values or not _is_float(values[output]):
        return {}, ""
    movable = [name for name, node in nodes.items() if node.kind != "constant" and _is_float(values[name])]
    after = _followers(nodes, output)
    heavy = {name: 4 if np.ndim(value) else 1 for name, value in values.items()}  # a gate on arrays takes longer
    costs = {n: (2 * int(np.size(values[n])) + 1) * heavy[n] * (1 + after[n].bit_count()) for n in movable}
    budget, skipped = RUNS, []
    for name in sorted(movable, key=costs.__getitem__):
        budget -= costs[name]
        if budget < 0:
            skipped.append(name)
    order = list(nodes)
    floats = [np.abs(value) for value in values.values() if _is_float(value) and np.size(value)]
    finite = [float(np.max(size)) for size in floats if np.all(np.isfinite(size))]
    noise = 1e-9 * max([1e-2, *finite])
    slopes: dict[str, Slopes] = {}
    with np.errstate(all="ignore"):
        for name in movable:
            if name in skipped:
                continue
            followers = _members(after[name], order)
            try:
                slopes[name] = _slopes(nodes, values, name, followers, output, noise)
            except Exception as error:  # a gate that fails next to its own input has no slope there
                if not _is_whole(values[name]):
                    return slopes, f"{name} cannot be wiggled: {type(error).__name__}: {error}"
    if len(skipped) > 3:
        return slopes, f"{len(skipped)} of {len(movable)} gradients are not measured: that would take too long"
    return slopes, f"not measured, because it has too many entries: {', '.join(skipped)}" if skipped else ""


def _followers(nodes: Mapping[str, Measurable], output: str) -> dict[str, int]:
    """Return for each node the set of nodes between it and the output, as the bits of one number."""
    bit = {name: 1 << index for index, name in enumerate(nodes)}
    leads = {output}
    reach = dict.fromkeys(nodes, 0)
    for name in reversed(list(nodes)):
        if name in leads:
            for source in nodes[name].inputs:
                leads.add(source)
                reach[source] |= bit[name] | reach[name]
    return reach


def _members(bits: int, order: list[str]) -> list[str]:
    members = []
    while bits:
        lowest = bits & -bits
        members.append(order[lowest.bit_length() - 1])
        bits ^= lowest
    return members


def _slopes(
    nodes: Mapping[str, Measurable],
    values: dict[str, Any],
    name: str,
    after: list[str],
    output: str,
    noise: float,
) -> Slopes:
    steps = [(node.compute, node.inputs, follower) for follower in after for node in (nodes[follower],)]

    def end(value: Any) -> float:
        now = dict(values)
        now[name] = value
        for compute, reads, follower in steps:
            now[follower] = compute(*[now[source] for source in reads])
        reached = now[output]
        return float(reached) if isinstance(reached, float) else float(np.sum(reached))

    value = values[name]
    if isinstance(value, float) or np.ndim(value) == 0:
        at = float(value)
        h = step_at(at) if math.isfinite(at) else math.nan
        up, here, down = end(at + h), end(at), end(at - h)
        return Slopes((up - down) / (2 * h), (here - down) / h, (up - here) / h, noise)
    base = np.array(value, dtype=float)
    left, right = np.zeros(base.shape), np.zeros(base.shape)
    here = end(base.copy()) if base.size else 0.0
    for index in np.ndindex(base.shape):
        h = step_at(float(base[index]))
        moved = base.copy()
        moved[index] += h
        right[index] = (end(moved) - here) / h
        moved = base.copy()
        moved[index] -= h
        left[index] = (here - end(moved)) / h
    return Slopes((left + right) / 2, left, right, noise)


def _is_float(value: Any) -> bool:
    if isinstance(value, (bool, np.bool_)):
        return False
    return isinstance(value, (float, int, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind in "fiu")


def _is_whole(value: Any) -> bool:
    """Say whether a value may be a label or a count, for which there is no slope to miss."""
    return isinstance(value, int) or (isinstance(value, np.ndarray) and value.dtype.kind in "iu")
