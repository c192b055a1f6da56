"""A student's gradients at one point beside the right ones, and how those would change with one slip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.diagnosing import wide_slips
from cs231n_lite.diagnosing.backward_rules import flow_of
from cs231n_lite.diagnosing.gradients import RightGradients, misread, moved_by
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.diagnosing.slips import Slip, slips_of

_CLOSE = 1e-8


class Case(NamedTuple):
    """A point at which a student's gradients were looked at: the recorded forward pass and the upstream there."""

    run: Recording
    upstream: Any
    gradients: Mapping[int, np.ndarray]
    labels: Any = None  # integer data, for the slips at a softmax or hinge


class Comparison:
    """A case with its right gradients and the student's differences from them."""

    def __init__(self, case: Case) -> None:
        self.case, self.run = case, case.run
        self.right = RightGradients(case.run, case.upstream)
        rights = self.right.inputs()
        self.off = {k: np.asarray(g, dtype=float) - rights[k] for k, g in case.gradients.items()}
        self.size = {
            k: max(float(np.max(np.abs(g), initial=0.0)), float(np.max(np.abs(rights[k]), initial=0.0))) or 1.0
            for k, g in case.gradients.items()
        }
        self._wrong = self.wrong()
        self._slips: dict[tuple[int, int], list[Slip]] = {}
        self._along: dict[int, tuple[dict[int, Any], float]] = {}
        self._pushed: dict[tuple[Any, ...], dict[int, Any] | None] = {}
        self._values: list[tuple[str, int, Any]] = []
        self.pools: dict[int, list[tuple[str, Any]]] = {}  # kept here for the search over formulas

    def values(self) -> list[tuple[str, int, Any]]:
        """Every value of the run and every right gradient: what a rule may have read by mistake."""
        if not self._values:
            self._values = [("value", n, self.run.nodes[n].value) for n in sorted(self.run.active)]
            self._values += [("gradient", n, g) for n, g in self.right.at.items()]
        return self._values

    def wrong(self) -> frozenset[int]:
        """Which gradients are off."""
        return frozenset(k for k, off in self.off.items() if np.any(np.abs(off) > _CLOSE * self.size[k]))

    def slips(self, n: int, slot: int) -> list[Slip]:
        """The wrong contributions that people write along an edge."""
        if (n, slot) not in self._slips:
            self._slips[n, slot] = list(slips_of(self.run.step(n), slot, self.right.at[n]))
        return self._slips[n, slot]

    def moved(self, where: tuple[Any, ...]) -> dict[int, Any] | None:
        """How the right gradients would change if what flows along an edge, or arrives at a node, were another."""
        if where not in self._pushed:
            if where[0] == "group":
                self._pushed[where] = self._grouped(*where[1:])
            else:
                changes = self._changes(where)
                pushed = None if changes is None else _added(self.right.push(n, change) for n, change in changes)
                self._pushed[where] = pushed
        return self._pushed[where]

    def _changes(self, where: tuple[Any, ...]) -> list[tuple[int, Any]] | None:
        """The nodes at which another gradient arrives, and by how much it is another."""
        kind, n, slot, *rest = where
        run, along = self.run, self.right.along
        if kind == "region":
            found = wide_slips.slips_at(run, self.right, n, self.case.labels)
            return [(n, found[slot].flow - self.right.at[n])] if slot < len(found) else None
        if kind == "both":
            lists = [self.slips(n, side) for side in (0, 1)]
            if any(rest[0] >= len(slips) for slips in lists):
                return None
            return [(run.nodes[n].inputs[side], lists[side][rest[0]].flow - along[n, side]) for side in (0, 1)]
        if kind == "choice":
            choices = wide_slips.choices(run, self.right, n)
            return [(choices[slot].source, choices[slot].flow)] if slot < len(choices) else None
        source, flow = run.nodes[n].inputs[slot], along[n, slot]
        if kind == "other":
            other = self._other_flow(n, slot, *rest)
            return None if other is None else [(source, other - flow)]
        if kind == "product":
            return [(source, _product(self.right, source) - self.right.at[source])]
        if kind == "scale":
            return [(source, flow)]
        if kind == "only":
            return [(source, flow - self.right.at[source])]
        slips = self.slips(n, slot)
        return [(source, slips[rest[0]].flow - flow)] if rest[0] < len(slips) else None

    def _cannot(self, where: tuple[Any, ...], arrays: frozenset[int]) -> bool:
        """Whether one number already tells that a change is not it: what it does along one direction of one input.

        The value of node n moves by z when the input moves along r, so a change of n's gradient shows as z · change.
        """
        wrong = sorted(self._wrong & arrays)
        changes = self._changes(where) if wrong and where[0] != "group" else None
        if changes is None:
            return where[0] != "group"
        k = wrong[0]
        if k not in self._along:
            source = self.run.inputs[k]
            direction = np.random.default_rng(3).normal(size=np.shape(self.run.nodes[source].value))
            moved = moved_by(self.run, source, direction)
            self._along[k] = moved, float(np.sum(direction * self.off[k]))
        moved, aim = self._along[k]
        told, size = 0.0, abs(aim)
        for n, change in changes:
            terms = moved.get(n, 0.0) * change
            told += float(np.sum(terms))
            size += float(np.sum(np.abs(terms)))
        return not abs(told - aim) <= 1e-6 * size

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
            other = misread(step, place, value)
            if other is None:
                return None
            step = other
        flow = np.asarray(flow_of(step, slot, g), dtype=float)
        return flow if flow.shape == np.shape(self.run.nodes[self.run.nodes[n].inputs[slot]].value) else None

    def _grouped(self, key: Any, slot: int, kind: str, what: Any) -> Any:
        """The change when the same slip is made at every turn of a loop."""
        swaps = {}
        for n in self.run.groups().get(key, ()):
            if slot < len(self.run.nodes[n].inputs) and self.run.nodes[n].inputs[slot] in self.run.active:
                swaps[n, slot] = (kind, what)
        if not swaps:
            return None
        wrong = RightGradients(self.run, self.case.upstream, swaps)
        rights = self.right.inputs()
        try:
            return {k: g - rights[k] for k, g in enumerate(wrong.inputs())}
        except ValueError:
            return None

    def explains(self, where: tuple[Any, ...], arrays: frozenset[int], factor: float = 1.0) -> bool:
        """Whether a change, times a factor, is all that is off in these gradients."""
        if where not in self._pushed and where[0] != "scale" and self._cannot(where, arrays):
            return False
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


def _product(right: RightGradients, source: int) -> Any:
    product: Any = 1.0
    for edge in right.run.readers[source]:
        product = product * right.along[edge]
    return product
