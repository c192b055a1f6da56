"""The single alterations that would explain a student's gradients at one point: near ones first, then distant ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from cs231n_lite.diagnosing import wide_slips
from cs231n_lite.diagnosing.alterations import (
    Alteration,
    BothSidesSlip,
    ChoiceSlip,
    EdgeSlip,
    MixedUp,
    Multiplied,
    OneReader,
    RegionSlip,
    Scaled,
)
from cs231n_lite.diagnosing.comparison import Comparison
from cs231n_lite.diagnosing.factors import Meaning
from cs231n_lite.diagnosing.gradients import OUTPUT, READING, UPSTREAM
from cs231n_lite.diagnosing.loop_slips import (
    LoopSlip,
    MixedUpTurn,
    ScaledTurn,
    SlippedTurn,
    UpstreamNotRenewed,
    WrongWayRound,
)

__all__ = ["Suspect", "distant_suspects_of", "suspects_of"]


class Suspect(NamedTuple):
    """A mistake that would give what the student has: its `slug`, words for it, and what it alters."""

    slug: str
    words: str
    alteration: Alteration  # to be tried again at a fresh point
    top: int  # the node whose gradient is still right


def suspects_of(comparison: Comparison, arrays: frozenset[int], wrong: frozenset[int]) -> Iterator[Suspect]:
    """The mistakes at one edge or one place that would give these gradients, likely ones first."""
    run = comparison.run
    for n, slot in run.edges():
        if wrong <= run.reach[comparison.source(n, slot)]:
            factor = comparison.factor(n, slot, arrays)
            if factor is not None:  # it was fitted here, and so needs no trial here
                yield _suspect(comparison, Scaled(n, slot, factor))
            yield from _fitting(comparison, arrays, _at_edge(comparison, n, slot))
    for n in run.active:
        yield from _fitting(comparison, arrays, _at_operation(comparison, n))
    for n in wide_slips.places(run):
        if wrong <= run.reach[n]:
            slips = range(len(comparison.region_slips(n)))
            yield from _fitting(comparison, arrays, (RegionSlip(n, index) for index in slips))


def distant_suspects_of(comparison: Comparison, arrays: frozenset[int], wrong: frozenset[int]) -> Iterator[Suspect]:
    """Slips that are looked for only when no nearer one fits: another value in a rule, or the same slip in a loop."""
    end = comparison.run.output
    whole = (WrongWayRound(end), WrongWayRound(end, True), UpstreamNotRenewed(end))
    yield from _fitting(comparison, arrays, whole)
    yield from _fitting(comparison, arrays, _loops(comparison))
    yield from _fitting(comparison, arrays, _mixed_up(comparison, wrong))


def _fitting(comparison: Comparison, arrays: frozenset[int], alterations: Iterable[Alteration]) -> Iterator[Suspect]:
    for alteration in alterations:
        if comparison.explains(alteration, arrays):
            yield _suspect(comparison, alteration)


def _suspect(comparison: Comparison, alteration: Alteration) -> Suspect:
    slug, words = alteration.meaning(comparison)
    return Suspect(slug, words, alteration, alteration.top(comparison.run))


def _at_edge(comparison: Comparison, n: int, slot: int) -> Iterator[Alteration]:
    readers = comparison.run.readers.get(comparison.source(n, slot), [])
    if len(readers) > 2:
        yield OneReader(n, slot)
    yield from (EdgeSlip(n, slot, index) for index in range(len(comparison.slips(n, slot))))
    if len(readers) > 1:
        yield Multiplied(n, slot)


def _at_operation(comparison: Comparison, n: int) -> Iterator[Alteration]:
    run, node = comparison.run, comparison.run.nodes[n]
    if len(node.inputs) == 2 and all(source in run.active for source in node.inputs):
        yield from (BothSidesSlip(n, index) for index in range(len(comparison.slips(n, 0))))
    if node.op == "where":
        choices = wide_slips.choices(run, comparison.right, n)
        yield from (ChoiceSlip(n, index) for index in range(len(choices)))


_FACTORS = (
    ScaledTurn(-1.0, Meaning("sign", "has the wrong sign")),
    ScaledTurn(0.0, Meaning("zero", "sent nothing back")),
    ScaledTurn(2.0, Meaning("factor-2", "doubled it")),
    ScaledTurn(0.5, Meaning("factor-half", "halved it")),
)


def _loops(comparison: Comparison) -> Iterator[Alteration]:
    run = comparison.run
    for key, members in run.groups().items():
        first = run.nodes[members[0]]
        for slot, source in enumerate(first.inputs):
            if source not in run.active:
                continue
            yield from (LoopSlip(key, slot, turn) for turn in _FACTORS)
            slips = comparison.slips(members[-1], slot)
            yield from (LoopSlip(key, slot, SlippedTurn(index)) for index in range(len(slips)))
            places = range(OUTPUT, len(run.step(members[0]).operands)) if first.op in READING else ()
            for place in places:
                offsets = (offset for offset in range(-4, 5) if offset)
                yield from (LoopSlip(key, slot, MixedUpTurn(place, offset)) for offset in offsets)


def _mixed_up(comparison: Comparison, wrong: frozenset[int]) -> Iterator[Alteration]:
    run = comparison.run
    # From the scores on, people write the loss's gradient in one step: no gate of it can have read a wrong value.
    one_step = max(wide_slips.places(run), default=len(run.nodes)) if comparison.case.labels is not None else None
    for n, slot in run.edges():
        if not wrong <= run.reach[comparison.source(n, slot)] or (one_step is not None and n > one_step):
            continue
        step = run.step(n)
        own = {UPSTREAM: comparison.right.at[n], OUTPUT: step.out, **dict(enumerate(step.operands))}
        for place, present in own.items():
            for kind, m, value in comparison.values():
                if value is present or np.shape(value) != np.shape(present):
                    continue
                if kind == "value" or place == UPSTREAM:
                    yield MixedUp(n, slot, place, kind, m)
