"""The same slip at every turn of a loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cs231n_lite.diagnosing.alterations import Alteration, Changes, EdgeSlip
from cs231n_lite.diagnosing.backward_rules import flow_of
from cs231n_lite.diagnosing.case import RightCase
from cs231n_lite.diagnosing.factors import Meaning
from cs231n_lite.diagnosing.gradients import RightGradients, misread
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.diagnosing.slips import slips_of

__all__ = ["LoopSlip", "MixedUpTurn", "ScaledTurn", "SlippedTurn", "UpstreamNotRenewed", "WrongWayRound"]


@dataclass(frozen=True, slots=True)
class ScaledTurn:
    """A factor on what flows back at one turn of a loop."""

    factor: float
    own_meaning: Meaning

    def flow(self, _run: Recording, _edge: tuple[int, int], _g: Any, right: Any) -> Any:
        """What flows along an edge (node, slot) where `right` should, given the gradient g at the node."""
        return self.factor * right

    def meaning(self, _comparison: RightCase, _edge: tuple[int, int]) -> Meaning:
        """What it means at an edge of the last turn."""
        return self.own_meaning


@dataclass(frozen=True, slots=True)
class SlippedTurn:
    """One of the wrong contributions that people write, at one turn of a loop."""

    index: int

    def flow(self, run: Recording, edge: tuple[int, int], g: Any, right: Any) -> Any:
        """What flows along an edge (node, slot) where `right` should, given the gradient g at the node."""
        n, slot = edge
        slips = list(slips_of(run.step(n), slot, g))
        return slips[self.index].flow if self.index < len(slips) else right

    def meaning(self, comparison: RightCase, edge: tuple[int, int]) -> Meaning:
        """What it means at an edge of the last turn."""
        return EdgeSlip(*edge, self.index).meaning(comparison)


@dataclass(frozen=True, slots=True)
class MixedUpTurn:
    """A rule that read the value of a node some operations on, or back, at one turn of a loop."""

    place: int  # which operand, or OUTPUT
    offset: int

    def flow(self, run: Recording, edge: tuple[int, int], g: Any, right: Any) -> Any:
        """What flows along an edge (node, slot) where `right` should, given the gradient g at the node."""
        n, slot = edge
        if not 0 <= n + self.offset < len(run.nodes):
            return right
        other = misread(run.step(n), self.place, run.nodes[n + self.offset].value)
        return right if other is None else flow_of(other, slot, g)

    def meaning(self, _comparison: RightCase, _edge: tuple[int, int]) -> Meaning:
        """What it means at an edge of the last turn."""
        return Meaning("wrong-operand", "read the value of another turn or of another variable")


Turn = ScaledTurn | SlippedTurn | MixedUpTurn


@dataclass(frozen=True, slots=True)
class LoopSlip(Alteration):
    """The same slip at every turn of a loop."""

    key: tuple[Any, ...]  # of `Recording.groups`
    slot: int
    turn: Turn
    screened = False

    def changes(self, comparison: RightCase) -> Changes | None:
        """The changes of the inputs' gradients: a slip at one turn is carried on by the slips at all before it."""
        run = comparison.run
        edges = [
            (n, self.slot)
            for n in run.groups().get(self.key, ())
            if self.slot < len(run.nodes[n].inputs) and comparison.source(n, self.slot) in run.active
        ]
        if not edges:
            return None
        wrong = RightGradients(run, comparison.case.upstream, dict.fromkeys(edges, self.turn))
        rights = comparison.right.inputs()
        try:
            return [(n, g - right) for n, g, right in zip(run.inputs, wrong.inputs(), rights, strict=True)]
        except ValueError:
            return None

    def meaning(self, comparison: RightCase) -> Meaning:
        """What the slip means at the last turn."""
        last = comparison.run.groups()[self.key][-1]
        slug, words = self.turn.meaning(comparison, (last, self.slot))
        return Meaning(slug, f"at every turn of the loop, {words}")

    def top(self, run: Recording) -> int:
        """The first turn's operation."""
        return run.groups()[self.key][0]


@dataclass(frozen=True, slots=True)
class _MirroredTurn:
    """A turn of the loop that reads the values of the one as far from the other end."""

    mirror: Mapping[int, int]  # from each operation of the loop to the same one of that other turn

    def flow(self, run: Recording, edge: tuple[int, int], g: Any, _right: Any) -> Any:
        """What flows along an edge (node, slot), given the gradient g at the node."""
        n, slot = edge
        step, other = run.step(n), run.step(self.mirror[n])
        if step.node.op == "getitem":  # the place that it writes to, which is no operand
            return flow_of(other, slot, g)
        return flow_of(step._replace(operands=other.operands, out=other.out), slot, g)


@dataclass(frozen=True, slots=True)
class WrongWayRound(Alteration):
    """A backward pass that goes through the loop as forward did, from the first turn to the last."""

    n: int  # the output
    written_in_place: bool = False  # only what it reads is the wrong way round, not where it writes
    screened = False

    def changes(self, comparison: RightCase) -> Changes | None:
        """The changes of the inputs' gradients."""
        run = comparison.run
        mirror: dict[int, int] = {}
        for members in run.groups().values():
            mirror |= dict(zip(members, reversed(members), strict=True))
        kept = ("getitem",) if self.written_in_place else ()
        edges = [edge for edge in run.edges() if edge[0] in mirror and run.nodes[edge[0]].op not in kept]
        if not edges:
            return None
        try:
            wrong = RightGradients(run, comparison.case.upstream, dict.fromkeys(edges, _MirroredTurn(mirror)))
            rights = comparison.right.inputs()
            return [(n, g - right) for n, g, right in zip(run.inputs, wrong.inputs(), rights, strict=True)]
        except (ValueError, IndexError):
            return None

    def meaning(self, _comparison: RightCase) -> Meaning:
        """What it means."""
        words = "went through the loop from its first turn to its last: backward begins at the last"
        if self.written_in_place:
            words = "read at the last turn what forward kept at the first, and so on: it begins with what was kept last"
        return Meaning("wrong-order", words)


@dataclass(frozen=True, slots=True)
class _LastUpstream:
    """A turn of the loop that begins with the gradient of the last state."""

    upstream: Any

    def flow(self, run: Recording, edge: tuple[int, int], _g: Any, _right: Any) -> Any:
        """What flows along an edge (node, slot)."""
        n, slot = edge
        return flow_of(run.step(n), slot, self.upstream)


@dataclass(frozen=True, slots=True)
class UpstreamNotRenewed(Alteration):
    """A backward pass that begins every turn of the loop with the gradient of the last state."""

    n: int  # the output
    screened = False

    def changes(self, comparison: RightCase) -> Changes | None:
        """The changes of the inputs' gradients."""
        run = comparison.run
        states = next((members for members in run.groups().values() if run.output in members), [])
        edges = [edge for edge in run.edges() if edge[0] in states]
        if not edges:
            return None
        wrong = RightGradients(
            run, comparison.case.upstream, dict.fromkeys(edges, _LastUpstream(comparison.case.upstream))
        )
        rights = comparison.right.inputs()
        return [(n, g - right) for n, g, right in zip(run.inputs, wrong.inputs(), rights, strict=True)]

    def meaning(self, _comparison: RightCase) -> Meaning:
        """What it means."""
        words = "began every turn of the loop with the gradient of the last state: each turn hands on a new one"
        return Meaning("not-renewed", words)
