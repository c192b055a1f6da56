"""A student's gradients at one point beside the right ones, and how those would change with one slip in the backward pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from . import _regions
from ._record import _Gradients, _reading, _Recorded
from ._rules import _flow
from ._slips import _slips

_CLOSE = 1e-8


class Case(NamedTuple):
    """A point at which a student's gradients were looked at: the recorded forward pass and the upstream there."""

    run: _Recorded
    upstream: Any
    gradients: Mapping[int, np.ndarray]
    labels: Any = None  # integer data, for the slips at a softmax or hinge


class _Looked:
    """A case with its right gradients and the student's differences from them."""

    def __init__(self, case: Case) -> None:
        self.case, self.run = case, case.run
        self.right = _Gradients(case.run, case.upstream)
        rights = self.right.inputs()
        self.off = {k: np.asarray(g, dtype=float) - rights[k] for k, g in case.gradients.items()}
        self.size = {
            k: max(float(np.max(np.abs(g), initial=0.0)), float(np.max(np.abs(rights[k]), initial=0.0))) or 1.0
            for k, g in case.gradients.items()
        }
        self._pushed: dict[tuple[Any, ...], dict[int, Any] | None] = {}
        self._values: list[tuple[str, int, Any]] = []
        self.pools: dict[int, list[tuple[str, Any]]] = {}  # kept here for the search over formulas

    def values(self) -> list[tuple[str, int, Any]]:
        """Every value of the run and every right gradient: what a rule may have read by mistake."""
        if not self._values:
            self._values = [("value", node.id, node.value) for node in self.run.nodes]
            self._values += [("gradient", n, g) for n, g in self.right.at.items()]
        return self._values

    def wrong(self) -> frozenset[int]:
        """Which gradients are off."""
        return frozenset(k for k, off in self.off.items() if np.any(np.abs(off) > _CLOSE * self.size[k]))

    def moved(self, where: tuple[Any, ...]) -> dict[int, Any] | None:
        """How the right gradients would change if what flows along an edge, or arrives at a node, were another."""
        if where not in self._pushed:
            self._pushed[where] = self._move(where)
        return self._pushed[where]

    def _move(self, where: tuple[Any, ...]) -> Any:
        kind, n, slot, *rest = where
        run = self.run
        if kind == "region":
            found = _regions._slips_at(run, self.right, n, self.case.labels)
            return self.right.push(n, found[slot].flow - self.right.at[n]) if slot < len(found) else None
        if kind == "both":
            flows = [list(_slips(run.step(n), s, self.right.at[n])) for s in (0, 1)]
            if any(rest[0] >= len(slips) for slips in flows):
                return None
            return _added(
                self.right.push(run.nodes[n].inputs[s], flows[s][rest[0]].flow - self.right.along[n, s]) for s in (0, 1)
            )
        if kind == "choice":
            found = _regions._choices(run, self.right, n)
            return self.right.push(found[slot].source, found[slot].flow) if slot < len(found) else None
        if kind == "other":
            return self._replaced(n, slot, *rest)
        if kind == "group":
            return self._grouped(n, slot, *rest)
        source = run.nodes[n].inputs[slot]
        flow = self.right.along[n, slot]
        if kind == "product":
            return self.right.push(source, _product(self.right, source) - self.right.at[source])
        if kind == "scale":
            return self.right.push(source, flow)
        if kind == "only":
            return self.right.push(source, flow - self.right.at[source])
        slips = list(_slips(run.step(n), slot, self.right.at[n]))
        return self.right.push(source, slips[rest[0]].flow - flow) if rest[0] < len(slips) else None

    def _replaced(self, n: int, slot: int, place: int, by: tuple[str, int]) -> Any:
        """The change when a rule reads another value: for operand `place`, the output (-1) or the upstream (-2)."""
        flow = self._other_flow(n, slot, place, by)
        return (
            None if flow is None else self.right.push(self.run.nodes[n].inputs[slot], flow - self.right.along[n, slot])
        )

    def _other_flow(self, n: int, slot: int, place: int, by: tuple[str, int]) -> Any:
        kind, m = by
        if m >= len(self.run.nodes) or (kind == "gradient" and m not in self.right.at):
            return None
        value = self.right.at[m] if kind == "gradient" else self.run.nodes[m].value
        step, g = self.run.step(n), self.right.at[n]
        if place == -2:
            if np.shape(value) != np.shape(g):
                return None
            g = value
        else:
            other = _reading(step, place, value)
            if other is None:
                return None
            step = other
        flow = np.asarray(_flow(step, slot, g), dtype=float)
        return flow if flow.shape == np.shape(self.run.nodes[self.run.nodes[n].inputs[slot]].value) else None

    def _grouped(self, key: Any, slot: int, kind: str, what: Any) -> Any:
        """The change when the same slip is made at every turn of a loop."""
        swaps = {}
        for n in self.run.groups().get(key, ()):
            if slot < len(self.run.nodes[n].inputs) and self.run.nodes[n].inputs[slot] in self.run.active:
                swaps[n, slot] = (kind, what)
        if not swaps:
            return None
        wrong = _Gradients(self.run, self.case.upstream, swaps)
        rights = self.right.inputs()
        try:
            return {k: g - rights[k] for k, g in enumerate(wrong.inputs())}
        except ValueError:
            return None

    def explains(self, where: tuple[Any, ...], arrays: frozenset[int], factor: float = 1.0) -> bool:
        """Whether a change, times a factor, is all that is off in these gradients."""
        moved = self.moved(where)
        if moved is None:
            return False
        for k in arrays:
            change = factor * moved[k] if k in moved else 0.0
            if not np.all(np.abs(self.off[k] - change) <= _CLOSE * self.size[k]):  # false for nan, too
                return False
        return True

    def factor(self, where: tuple[Any, ...], arrays: frozenset[int]) -> float | None:
        """The factor on one edge that would explain what is off, if one does."""
        moved = self.moved(where) or {}
        top = sum(float(np.sum(self.off[k] * moved[k])) for k in arrays if k in moved)
        bottom = sum(float(np.sum(np.square(moved[k]))) for k in arrays if k in moved)
        if bottom < 1e-24:
            return None
        factor = 1.0 + top / bottom
        return factor if self.explains(where, arrays, factor - 1.0) else None

    def meaning(self, factor: float) -> tuple[Any, ...]:
        """What a factor is: a plain number, or the length of an axis, or one over it."""
        if not any(abs(factor - plain) < 1e-6 for plain in (-1.0, 0.0, 0.5, 2.0, -2.0, -0.5, 1.0)):
            for n in [*self.run.inputs, *(node.id for node in self.run.nodes)]:
                for axis, length in enumerate(np.shape(self.run.nodes[n].value)):
                    for sign in (1.0, -1.0):
                        if abs(factor - sign * length) < 1e-6 * length:
                            return ("times", n, axis, sign)
                        if abs(factor * length - sign) < 1e-6:
                            return ("over", n, axis, sign)
            labels = self.case.labels
            lengths = {length for node in self.run.nodes for length in np.shape(node.value) if length > 1}
            for n, axis, length in self._lengths():
                for m, other_axis, other in self._lengths():
                    if abs(factor * other - length) < 1e-6 * length and len(lengths) > 1:
                        return ("ratio", n, axis, m, other_axis)
                    if abs(factor - length * other) < 1e-6 * factor:
                        return ("product", n, axis, m, other_axis)
            if labels is not None and abs(abs(factor) - len(labels)) < 1e-6 * len(labels):
                return ("labels", 1.0, np.sign(factor))
            if labels is not None and abs(abs(factor) * len(labels) - 1.0) < 1e-6:
                return ("labels", -1.0, np.sign(factor))
        return ("plain", round(factor, 6))

    def _lengths(self) -> list[tuple[int, int, int]]:
        """One place for each length of an axis, as (node, axis, length)."""
        found: dict[int, tuple[int, int, int]] = {}
        for node in self.run.nodes:
            for axis, length in enumerate(np.shape(node.value)):
                if length > 1:
                    found.setdefault(length, (node.id, axis, length))
        return list(found.values())

    def value_of(self, meaning: tuple[Any, ...]) -> float:
        """The factor that a meaning stands for here."""
        kind, *rest = meaning
        if kind == "plain":
            return float(rest[0])
        if kind == "labels":
            return float(rest[1] * len(self.case.labels) ** rest[0])
        if kind in ("ratio", "product"):
            one, other = (np.shape(self.run.nodes[n].value)[axis] for n, axis in (rest[:2], rest[2:]))
            return float(one / other if kind == "ratio" else one * other)
        n, axis, sign = rest
        length = np.shape(self.run.nodes[n].value)[axis]
        return float(sign * length if kind == "times" else sign / length)


def _added(parts: Any) -> dict[int, Any]:
    total: dict[int, Any] = {}
    for part in parts:
        for k, change in part.items():
            total[k] = total[k] + change if k in total else change
    return total


def _product(right: _Gradients, source: int) -> Any:
    product: Any = 1.0
    for edge in right.run.readers[source]:
        product = product * right.along[edge]
    return product
