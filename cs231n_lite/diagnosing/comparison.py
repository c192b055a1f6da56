"""A student's gradients at one point beside the right ones, and how those would change with one slip."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from cs231n_lite.diagnosing.alterations import Alteration, Scaled
from cs231n_lite.diagnosing.case import Case, RightCase
from cs231n_lite.diagnosing.factors import Factor, Number, factor_of
from cs231n_lite.diagnosing.gradients import moved_by

__all__ = ["Comparison"]

_CLOSE, _CLOSE_IN_FLOAT32 = 1e-8, 4e-6


class Comparison(RightCase):
    """A case with its right gradients and the student's differences from them."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        rights = self.right.inputs()
        self.off = {k: np.asarray(g, dtype=float) - rights[k] for k, g in case.gradients.items()}
        self.size = {
            k: max(float(np.max(np.abs(g), initial=0.0)), float(np.max(np.abs(rights[k]), initial=0.0))) or 1.0
            for k, g in case.gradients.items()
        }
        self.close = {k: _CLOSE_IN_FLOAT32 if _short(g) else _CLOSE for k, g in case.gradients.items()}
        self._wrong = self.wrong()
        self._along: dict[int, tuple[dict[int, Any], float]] = {}
        self._moved: dict[Alteration, dict[int, Any] | None] = {}
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
        return frozenset(k for k, off in self.off.items() if np.any(np.abs(off) > self.close[k] * self.size[k]))

    def moved(self, alteration: Alteration) -> dict[int, Any] | None:
        """How the right gradients of the inputs would change with an alteration."""
        if alteration not in self._moved:
            changes = alteration.changes(self)
            moved = None if changes is None else _added(self.right.push(n, change) for n, change in changes)
            self._moved[alteration] = moved
        return self._moved[alteration]

    def _cannot(self, alteration: Alteration, arrays: frozenset[int]) -> bool:
        """Whether one number already tells that it is another one: what it does along one direction of one input.

        The value of node n moves by z when the input moves along r, so a change of n's gradient shows as z · change.
        """
        wrong = sorted(self._wrong & arrays)
        changes = alteration.changes(self) if wrong else None
        if changes is None:
            return True
        k = wrong[0]
        if k not in self._along:
            source = self.run.inputs[k]
            direction = np.random.default_rng(3).normal(size=np.shape(self.run.nodes[source].value))
            values = moved_by(self.run, source, direction)
            self._along[k] = values, float(np.sum(direction * self.off[k]))
        values, aim = self._along[k]
        total, size = 0.0, abs(aim)
        for n, change in changes:
            terms = values.get(n, 0.0) * change
            total += float(np.sum(terms))
            size += float(np.sum(np.abs(terms)))
        return not abs(total - aim) <= 100.0 * self.close[k] * size

    def explains(self, alteration: Alteration, arrays: frozenset[int], times: float = 1.0) -> bool:
        """Whether an alteration, so many times, is all that is off in these gradients."""
        if alteration.screened and alteration not in self._moved and self._cannot(alteration, arrays):
            return False
        moved = self.moved(alteration)
        if moved is None:
            return False
        for k in arrays:
            change = times * moved[k] if k in moved else 0.0
            if not np.all(np.abs(self.off[k] - change) <= self.close[k] * self.size[k]):  # false for nan, too
                return False
        return True

    def factor(self, n: int, slot: int, arrays: frozenset[int]) -> Factor | None:
        """The factor on one edge that would explain what is off in these gradients, if one does."""
        doubled = Scaled(n, slot, Number(2.0))
        moved = self.moved(doubled) or {}
        top = sum(float(np.sum(self.off[k] * moved[k])) for k in arrays if k in moved)
        bottom = sum(float(np.sum(np.square(moved[k]))) for k in arrays if k in moved)
        if bottom < 1e-24:
            return None
        number = 1.0 + top / bottom
        return factor_of(self.case, number) if self.explains(doubled, arrays, number - 1.0) else None


def _added(parts: Iterable[dict[int, Any]]) -> dict[int, Any]:
    total: dict[int, Any] = {}
    for part in parts:
        for k, change in part.items():
            total[k] = total[k] + change if k in total else change
    return total


def _short(gradient: Any) -> bool:
    """Whether a gradient came in float32, or in less."""
    kind = np.asarray(gradient).dtype
    return kind.kind == "f" and kind.itemsize <= 4
