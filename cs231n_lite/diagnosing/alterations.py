"""The ways in which a backward pass may differ from the right one, one small class for each.

An alteration says what it changes, as a list of (node, change of the gradient there), at any point where the same
operations run; and what it means, as the slug of a mistake and words for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from cs231n_lite.diagnosing import wide_slips
from cs231n_lite.diagnosing.backward_rules import flow_of
from cs231n_lite.diagnosing.case import RightCase
from cs231n_lite.diagnosing.factors import Factor, Meaning
from cs231n_lite.diagnosing.gradients import OUTPUT, UPSTREAM, misread
from cs231n_lite.diagnosing.recording import Recording, variable_of

__all__ = [
    "Alteration",
    "BothSidesSlip",
    "Changes",
    "ChoiceSlip",
    "EdgeSlip",
    "MixedUp",
    "Multiplied",
    "OneReader",
    "RegionSlip",
    "Scaled",
]

Changes = list[tuple[int, Any]]


class Alteration:
    """What a student's backward pass does in another way than the right one."""

    __slots__ = ()
    n: int  # the node whose gradient is still right
    wide: ClassVar[bool] = False  # spans several operations, as a whole activation does
    screened: ClassVar[bool] = True  # one number may tell that it does not fit, before all of it is worked out

    def changes(self, comparison: RightCase) -> Changes | None:
        """The nodes at which another gradient arrives, and by how much it is another; None where it has no place."""
        raise NotImplementedError

    def meaning(self, comparison: RightCase) -> Meaning:
        """The slug of the mistake and words for it."""
        raise NotImplementedError

    def top(self, _run: Recording) -> int:
        """The node whose gradient is still right."""
        return self.n


@dataclass(frozen=True, slots=True)
class Scaled(Alteration):
    """A factor on one edge, by what it stands for."""

    n: int
    slot: int
    factor: Factor
    screened = False

    def changes(self, comparison: RightCase) -> Changes:
        """(factor - 1) times what flows along the edge."""
        flow = comparison.right.along[self.n, self.slot]
        return [(comparison.source(self.n, self.slot), (self.factor.value(comparison.case) - 1.0) * flow)]

    def meaning(self, comparison: RightCase) -> Meaning:
        """What the factor means on this edge."""
        return self.factor.meaning(comparison.run, self.n, self.slot)


@dataclass(frozen=True, slots=True)
class OneReader(Alteration):
    """What one reader sent back, in place of the sum over all of them."""

    n: int
    slot: int

    def changes(self, comparison: RightCase) -> Changes:
        """The other readers' share is missing."""
        source, flow = comparison.source(self.n, self.slot), comparison.right.along[self.n, self.slot]
        return [(source, flow - comparison.right.at[source])]

    def meaning(self, _comparison: RightCase) -> Meaning:
        """An overwritten branch."""
        return Meaning("branch-overwritten", "kept what one reader sent back where all of them are to be added")


@dataclass(frozen=True, slots=True)
class Multiplied(Alteration):
    """The product of what all readers sent back, in place of their sum."""

    n: int
    slot: int

    def changes(self, comparison: RightCase) -> Changes:
        """The product less the sum."""
        right, source = comparison.right, comparison.source(self.n, self.slot)
        product: Any = 1.0
        for edge in right.run.readers[source]:
            product = product * right.along[edge]
        return [(source, product - right.at[source])]

    def meaning(self, _comparison: RightCase) -> Meaning:
        """Two branches multiplied."""
        return Meaning("wrong-value", "multiplied what two readers sent back, where it is to be added")


@dataclass(frozen=True, slots=True)
class EdgeSlip(Alteration):
    """One of the wrong contributions that people write along an edge."""

    n: int
    slot: int
    index: int

    def changes(self, comparison: RightCase) -> Changes | None:
        """The slip's contribution in place of the right one."""
        source, flow = comparison.source(self.n, self.slot), comparison.right.along[self.n, self.slot]
        slips = comparison.slips(self.n, self.slot)
        return [(source, slips[self.index].flow - flow)] if self.index < len(slips) else None

    def meaning(self, comparison: RightCase) -> Meaning:
        """What the slip means."""
        slip = comparison.slips(self.n, self.slot)[self.index]
        return Meaning(slip.slug, slip.words)


@dataclass(frozen=True, slots=True)
class BothSidesSlip(Alteration):
    """The same wrong contribution along both edges of an operation."""

    n: int
    index: int

    def changes(self, comparison: RightCase) -> Changes | None:
        """The slip's contributions in place of the right ones."""
        sides = [comparison.slips(self.n, slot) for slot in (0, 1)]
        if any(self.index >= len(slips) for slips in sides):
            return None
        along = comparison.right.along
        return [
            (comparison.source(self.n, slot), slips[self.index].flow - along[self.n, slot])
            for slot, slips in enumerate(sides)
        ]

    def meaning(self, comparison: RightCase) -> Meaning:
        """What the slip means along the first edge."""
        return EdgeSlip(self.n, 0, self.index).meaning(comparison)


@dataclass(frozen=True, slots=True)
class ChoiceSlip(Alteration):
    """A slip at np.where as one activation."""

    n: int
    index: int
    wide = True

    def changes(self, comparison: RightCase) -> Changes | None:
        """The change of the gradient below both sides of the choice."""
        choices = wide_slips.choices(comparison.run, comparison.right, self.n)
        return [(choices[self.index].source, choices[self.index].flow)] if self.index < len(choices) else None

    def meaning(self, comparison: RightCase) -> Meaning:
        """What the slip means."""
        choice = wide_slips.choices(comparison.run, comparison.right, self.n)[self.index]
        return Meaning(choice.slug, choice.words)


@dataclass(frozen=True, slots=True)
class RegionSlip(Alteration):
    """A slip at the whole step from a loss back to the scores, node n."""

    n: int
    index: int
    wide = True

    def changes(self, comparison: RightCase) -> Changes | None:
        """The gradient that people write for the scores in place of the right one."""
        slips = comparison.region_slips(self.n)
        return [(self.n, slips[self.index].flow - comparison.right.at[self.n])] if self.index < len(slips) else None

    def meaning(self, comparison: RightCase) -> Meaning:
        """What the slip means."""
        slip = comparison.region_slips(self.n)[self.index]
        return Meaning(slip.slug, slip.words)


@dataclass(frozen=True, slots=True)
class MixedUp(Alteration):
    """A rule that read another value, or another gradient, of the run where its own belongs."""

    n: int
    slot: int
    place: int  # which operand, or OUTPUT, or UPSTREAM
    kind: str  # "value" or "gradient"
    m: int  # the node whose value or gradient was read

    def changes(self, comparison: RightCase) -> Changes | None:
        """The rule's contribution with the other value less the right one."""
        source, flow = comparison.source(self.n, self.slot), comparison.right.along[self.n, self.slot]
        other = self._flow(comparison)
        return None if other is None else [(source, other - flow)]

    def _flow(self, comparison: RightCase) -> Any:
        run, right = comparison.run, comparison.right
        if self.m >= len(run.nodes) or (self.kind == "gradient" and self.m not in right.at):
            return None
        value = right.at[self.m] if self.kind == "gradient" else run.nodes[self.m].value
        step, g = run.step(self.n), right.at[self.n]
        if self.place == UPSTREAM:
            if np.shape(value) != np.shape(g):
                return None
            g = value
        else:
            other = misread(step, self.place, value)
            if other is None:
                return None
            step = other
        flow = np.asarray(flow_of(step, self.slot, g), dtype=float)
        return flow if flow.shape == np.shape(run.nodes[comparison.source(self.n, self.slot)].value) else None

    def meaning(self, comparison: RightCase) -> Meaning:
        """Whose value was read where which one belongs."""
        run = comparison.run
        name = run.nodes[self.m].name or variable_of(run, self.m)
        other = f"`{'d' * (self.kind == 'gradient')}{name}`" if name else f"another {self.kind}"
        return self._upstream(run, other) if self.place == UPSTREAM else self._operand(run, other)

    def _upstream(self, run: Recording, other: str) -> Meaning:
        op = run.nodes[self.m].op
        if self.kind == "gradient" and self._follows(run):
            if op in ("maximum", "minimum", "where"):
                words = f"used {other} from before the mask, where the gradient from after it belongs"
                return Meaning("mask-too-late", words)
            return Meaning("local-dropped", f"used {other}, without the local gradient of the {op}")
        slug = "upstream-dropped" if self.kind == "value" else "wrong-value"
        return Meaning(slug, f"used {other} as its upstream gradient")

    def _follows(self, run: Recording) -> bool:
        """Whether node m reads node n, or n with a bias added."""
        inputs = run.nodes[self.m].inputs
        return self.n in inputs or any(run.nodes[k].op == "add" and self.n in run.nodes[k].inputs for k in inputs)

    def _operand(self, run: Recording, other: str) -> Meaning:
        node = run.nodes[self.n]
        meant = node.id if self.place == OUTPUT else _source_of(run, self.n, self.place)
        if meant is None:
            return Meaning("operands-swapped", f"used {other} where its own operand belongs")
        linked = meant in run.nodes[self.m].inputs or self.m in run.nodes[meant].inputs
        activation = {"tanh", "sigmoid", "maximum", "exp"} & {run.nodes[self.m].op, run.nodes[meant].op}
        slug = "activation-input-output-confused" if linked and activation else "operands-swapped"
        own = run.nodes[meant].name
        return Meaning(slug, f"used {other} where {f'`{own}`' if own else 'its own value'} belongs")


def _source_of(run: Recording, n: int, place: int) -> int | None:
    args = run.nodes[n].args
    slot = getattr(args[place], "index", None) if place < len(args) else None
    return run.nodes[n].inputs[slot] if slot is not None else None
