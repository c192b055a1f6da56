"""What a factor on an edge stands for: a plain number, the length of an axis, one over it, the number of rows.

A factor that is fitted at one point holds at a fresh point of other sizes only as what it stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cs231n_lite.diagnosing.case import Case
from cs231n_lite.diagnosing.recording import Recording

__all__ = ["Factor", "Meaning", "Number", "factor_of"]


class Meaning(NamedTuple):
    """The slug of a mistake and words for it."""

    slug: str
    words: str


_MISSING = Meaning("missing-1-over-n", "left out a division by the number of rows or entries (the 1/N of a mean)")


@dataclass(frozen=True, slots=True)
class Number:
    """A plain number, the same at every point."""

    number: float

    def value(self, _case: Case) -> float:
        """The factor at the point of a case."""
        return float(self.number)

    def meaning(self, run: Recording, n: int, slot: int) -> Meaning:
        """What a student did who has this factor on the edge (n, slot)."""
        if self.number == 0.0:
            return _nothing_sent(run, n, slot)
        table = {
            -1.0: Meaning("sign", "has the wrong sign"),
            2.0: Meaning("factor-2", "is twice what it should be"),
            0.5: Meaning("factor-half", "is half of what it should be"),
        }
        return table.get(self.number, Meaning("wrong-value", f"is {self.number:g} times what it should be"))


@dataclass(frozen=True, slots=True)
class Length:
    """The length of an axis, with a sign, or one over it."""

    n: int
    axis: int
    sign: float
    over: bool

    def value(self, case: Case) -> float:
        """The factor at the point of a case."""
        length = _length(case.run, self.n, self.axis)
        return float(self.sign / length if self.over else self.sign * length)

    def meaning(self, run: Recording, n: int, slot: int) -> Meaning:
        """What a student did who has this factor on the edge (n, slot)."""
        mean = run.nodes[n].op == "mean" and np.ndim(run.nodes[n].value) == 0
        entries = np.size(run.nodes[run.nodes[n].inputs[slot]].value)
        if mean and not self.over and entries != _length(run, self.n, self.axis):
            words = "divided by the length of one axis, where the number of all entries belongs"
            return Meaning("missing-1-over-n", words)
        return _divided(run, n, slot) if self.over else _MISSING


@dataclass(frozen=True, slots=True)
class TwoLengths:
    """The product of the lengths of two axes, or the one over the other."""

    one: tuple[int, int]  # node and axis
    other: tuple[int, int]
    over: bool

    def value(self, case: Case) -> float:
        """The factor at the point of a case."""
        one, other = _length(case.run, *self.one), _length(case.run, *self.other)
        return float(one / other if self.over else one * other)

    def meaning(self, _run: Recording, _n: int, _slot: int) -> Meaning:
        """What a student did who has this factor on an edge."""
        if self.over:
            return Meaning("wrong-value", "is divided by the length of the wrong axis")
        return Meaning("missing-1-over-n", "is multiplied by lengths where it is to be divided")


@dataclass(frozen=True, slots=True)
class Rows:
    """The number of labels, with a sign, or one over it."""

    sign: float
    over: bool

    def value(self, case: Case) -> float:
        """The factor at the point of a case."""
        return float(self.sign * len(case.labels) ** (-1.0 if self.over else 1.0))

    def meaning(self, run: Recording, n: int, slot: int) -> Meaning:
        """What a student did who has this factor on the edge (n, slot)."""
        return _divided(run, n, slot) if self.over else _MISSING


Factor = Number | Length | TwoLengths | Rows


def factor_of(case: Case, number: float) -> Factor:
    """What a number stands for at the point of a case: itself where it is a likely one, else a length that it is."""
    plain = any(abs(number - likely) < 1e-6 for likely in (-1.0, 0.0, 0.5, 2.0, -2.0, -0.5, 1.0))
    if plain:
        return Number(round(number, 6))
    lengths = _one_length(case.run, number) or _two_lengths(case.run, number) or _rows(case, number)
    return lengths or Number(round(number, 6))


def _one_length(run: Recording, number: float) -> Length | None:
    for n in [*run.inputs, *(node.id for node in run.nodes)]:
        for axis, length in enumerate(np.shape(run.nodes[n].value)):
            for sign in (1.0, -1.0):
                if abs(number - sign * length) < 1e-6 * length:
                    return Length(n, axis, sign, over=False)
                if abs(number * length - sign) < 1e-6:
                    return Length(n, axis, sign, over=True)
    return None


def _two_lengths(run: Recording, number: float) -> TwoLengths | None:
    places: dict[int, tuple[int, int]] = {}  # of each length, the first node and axis that have it
    for node in run.nodes:
        for axis, length in enumerate(np.shape(node.value)):
            if length > 1:
                places.setdefault(length, (node.id, axis))
    for length, one in places.items():
        for other_length, other in places.items():
            if abs(number * other_length - length) < 1e-6 * length and len(places) > 1:
                return TwoLengths(one, other, over=True)
            if abs(number - length * other_length) < 1e-6 * number:
                return TwoLengths(one, other, over=False)
    return None


def _rows(case: Case, number: float) -> Rows | None:
    if case.labels is None:
        return None
    rows = len(case.labels)
    if abs(abs(number) - rows) < 1e-6 * rows:
        return Rows(float(np.sign(number)), over=False)
    if abs(abs(number) * rows - 1.0) < 1e-6:
        return Rows(float(np.sign(number)), over=True)
    return None


def _length(run: Recording, n: int, axis: int) -> int:
    return int(np.shape(run.nodes[n].value)[axis])


def _divided(run: Recording, n: int, slot: int) -> Meaning:
    node, source = run.nodes[n], run.nodes[n].inputs[slot]
    broadcast = node.op not in ("matmul", "dot") and np.size(node.value) > np.size(run.nodes[source].value)
    if node.op == "sum" or broadcast:
        return Meaning("mean-for-sum", "took a mean where a sum belongs")
    return Meaning("extra-1-over-n", "divided by the number of rows or entries once too often")


def _nothing_sent(run: Recording, n: int, slot: int) -> Meaning:
    source = run.nodes[n].inputs[slot]
    readers = run.readers.get(source, [])
    if len(readers) <= 1:
        return Meaning("zero", "sent nothing back")
    own = run.nodes[source].name
    name = f"`{own}`" if own else "a value"
    words = f"left out what flows back to {name} from one of the {len(readers)} places that use it"
    apart = any(run.nodes[m].op == "where" for m in (n, *(reader for reader, _ in run.readers.get(n, ()))))
    overwritten = len(readers) == 2 and not apart  # the sides of a choice never meet in one entry
    return Meaning("branch-overwritten" if overwritten else "branch-missing", words)
