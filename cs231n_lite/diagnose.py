"""The name of a mistake: which single slip in the backward pass would give exactly the gradients that a student has.

The forward pass is recorded as a graph. Each operation's contribution is replaced, one at a time, by what people write in
its place; a replacement that reproduces the student's gradients to 1e-8 is a suspect, and it must do so again at two
fresh points, of other sizes where it can. Where nothing fits, or two different causes fit, nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from . import _formulas, _regions
from ._record import _Gradients, _Recorded
from ._rules import _slips

__all__ = ["Case", "Named", "name_of"]

_CLOSE = 1e-8


class Case(NamedTuple):
    """A point at which a student's gradients were looked at: the recorded forward pass and the upstream there."""

    run: _Recorded
    upstream: Any
    gradients: Mapping[int, np.ndarray]
    labels: Any = None  # integer data, for the slips at a softmax or hinge


class Named(NamedTuple):
    """A mistake by its slug: the positions of the gradients that it explains, a sentence, and where it first shows."""

    slug: str
    arrays: tuple[int, ...]
    message: str
    node: str


class _Suspect(NamedTuple):
    slug: str
    words: str
    where: tuple[Any, ...]  # what to evaluate again at a fresh point
    top: int  # the node whose gradient is still right


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
        self._pushed: dict[tuple[Any, ...], dict[int, Any]] = {}

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
        source = run.nodes[n].inputs[slot]
        flow = self.right.along[n, slot]
        if kind == "scale":
            return self.right.push(source, flow)
        if kind == "only":
            return self.right.push(source, flow - self.right.at[source])
        slips = list(_slips(run.step(n), slot, self.right.at[n]))
        return self.right.push(source, slips[rest[0]].flow - flow) if rest[0] < len(slips) else None

    def explains(self, where: tuple[Any, ...], arrays: frozenset[int], factor: float = 1.0) -> bool:
        """Whether a change, times a factor, is all that is off in these gradients."""
        moved = self.moved(where)
        if moved is None:
            return False
        for k in arrays:
            change = factor * moved[k] if k in moved else 0.0
            if np.any(np.abs(self.off[k] - change) > _CLOSE * self.size[k]):
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
            for n in self.run.inputs + [node.id for node in self.run.nodes if node.op == "constant"]:
                for axis, length in enumerate(np.shape(self.run.nodes[n].value)):
                    for sign in (1.0, -1.0):
                        if abs(factor - sign * length) < 1e-6 * length:
                            return ("times", n, axis, sign)
                        if abs(factor * length - sign) < 1e-6:
                            return ("over", n, axis, sign)
            labels = self.case.labels
            if labels is not None and abs(abs(factor) - len(labels)) < 1e-6 * len(labels):
                return ("labels", 1.0, np.sign(factor))
            if labels is not None and abs(abs(factor) * len(labels) - 1.0) < 1e-6:
                return ("labels", -1.0, np.sign(factor))
        return ("plain", round(factor, 6))

    def value_of(self, meaning: tuple[Any, ...]) -> float:
        """The factor that a meaning stands for here."""
        kind, *rest = meaning
        if kind == "plain":
            return float(rest[0])
        if kind == "labels":
            return float(rest[1] * len(self.case.labels) ** rest[0])
        n, axis, sign = rest
        length = np.shape(self.run.nodes[n].value)[axis]
        return float(sign * length if kind == "times" else sign / length)


def name_of(
    case: Case, fresh: Callable[[int], Case | None], names: Sequence[str], gate: str = ""
) -> list[Named]:
    """Name what is wrong with the gradients of a case; `fresh(0)` and `fresh(1)` look at the student's code elsewhere.

    First one cause for all that is wrong, then one for each gradient apart. An empty list: nothing fits, or too much.
    """
    here = _Looked(case)
    wrong = here.wrong()
    if not wrong:
        return []
    others: list[_Looked | None] = []

    def elsewhere() -> list[_Looked]:
        while len(others) < 2:
            try:
                found = fresh(len(others))
            except Exception:  # student code may fail at sizes that it was not written for
                found = None
            fits = found is not None and found.run.same_kind(case.run) and wrong <= set(found.gradients)
            others.append(_Looked(found) if found is not None and fits else None)
        return [other for other in others if other is not None]

    arrays = frozenset(case.gradients)
    found = _choose(here, elsewhere, arrays, wrong, names, gate)
    if found:
        return [found]
    named = []
    for k in sorted(wrong):
        single = _choose(here, elsewhere, frozenset([k]), frozenset([k]), names, gate)
        single = single or _formulas._named(here, elsewhere, k, names)
        if single:
            named.append(single)
    return _joined(named, names)


def _joined(named: list[Named], names: Sequence[str]) -> list[Named]:
    """One sentence for the same slip in several gradients."""
    joined: dict[tuple[str, str], Named] = {}
    for one in named:
        key = (one.slug, one.message)
        if key in joined:
            one = one._replace(arrays=joined[key].arrays + one.arrays)
        joined[key] = one
    return list(joined.values())


def _choose(
    here: _Looked,
    elsewhere: Callable[[], list[_Looked]],
    arrays: frozenset[int],
    wrong: frozenset[int],
    names: Sequence[str],
    gate: str,
) -> Named | None:
    suspects = list(_suspects(here, arrays, wrong))
    if not suspects:
        return None
    fresh = elsewhere()
    if len(fresh) < 2:
        return None
    kept = [suspect for suspect in suspects if all(_again(other, suspect, arrays) for other in fresh)]
    if not kept:
        return None
    best = min(kept, key=lambda suspect: (_rank(suspect.slug), -suspect.top))
    if _rank(best.slug) >= _rank("wrong-value") and len({suspect.words for suspect in kept}) > 1:
        kept_words = {(suspect.top, suspect.words) for suspect in kept}
        if len({top for top, _ in kept_words}) > 1:
            return None
    elif not all(_related(best, suspect, here.run) for suspect in kept):
        return None
    same = [suspect for suspect in kept if suspect.slug == best.slug]
    return Named(best.slug, tuple(sorted(wrong)), _sentence(best, same, here.run, gate), _named_node(here.run, best))


def _again(other: _Looked, suspect: _Suspect, arrays: frozenset[int]) -> bool:
    kind, *where = suspect.where
    if kind == "factor":
        edge, meaning = where
        return other.explains(edge, arrays, other.value_of(meaning) - 1.0)
    return other.explains(suspect.where, arrays)


def _suspects(here: _Looked, arrays: frozenset[int], wrong: frozenset[int]) -> Iterator[_Suspect]:
    run = here.run
    for n, slot in run.edges():
        source = run.nodes[n].inputs[slot]
        if not wrong <= run.reach[source]:
            continue
        factor = here.factor(("scale", n, slot), arrays)
        if factor is not None:
            meaning = here.meaning(factor)
            yield _factor_suspect(run, n, slot, meaning)
        readers = run.readers.get(source, [])
        if len(readers) > 2 and here.explains(("only", n, slot), arrays):
            words = "kept what one reader sent back where all of them are to be added"
            yield _Suspect("branch-overwritten", words, ("only", n, slot), n)
        for index, slip in enumerate(_slips(run.step(n), slot, here.right.at[n])):
            if here.explains(("slip", n, slot, index), arrays):
                yield _Suspect(slip.slug, slip.words, ("slip", n, slot, index), n)
    for n in _regions._places(run):
        if wrong <= run.reach[n]:
            for index, slip in enumerate(_regions._slips_at(run, here.right, n, here.case.labels)):
                if here.explains(("region", n, index), arrays):
                    yield _Suspect(slip.slug, slip.words, ("region", n, index), n)


def _factor_suspect(run: _Recorded, n: int, slot: int, meaning: tuple[Any, ...]) -> _Suspect:
    where = ("factor", ("scale", n, slot), meaning)
    node, source = run.nodes[n], run.nodes[n].inputs[slot]
    kind, *rest = meaning
    if kind in ("times", "over") or kind == "labels":
        more = kind == "times" or (kind == "labels" and rest[0] > 0)
        if more:
            words = "left out a division by the number of rows or entries (the 1/N of a mean)"
            return _Suspect("missing-1-over-n", words, where, n)
        spread = node.op == "sum" or np.size(node.value) > np.size(run.nodes[source].value)
        if spread:
            return _Suspect("mean-for-sum", "took a mean where a sum belongs", where, n)
        return _Suspect("extra-1-over-n", "divided by the number of rows or entries once too often", where, n)
    factor = rest[0]
    if factor == 0.0:
        readers = run.readers.get(source, [])
        if len(readers) > 1:
            name = run.nodes[source].name or "a value"
            words = f"left out what flows back to {name} from one of the {len(readers)} places that use it"
            return _Suspect("branch-overwritten" if len(readers) == 2 else "branch-missing", words, where, n)
        return _Suspect("zero", "sent nothing back", where, n)
    table = {
        -1.0: ("sign", "has the wrong sign"),
        2.0: ("factor-2", "has a factor of 2 too many"),
        0.5: ("factor-half", "has a factor of 2 too few"),
    }
    slug, words = table.get(factor, ("wrong-value", f"is {factor:g} times what it should be"))
    return _Suspect(slug, words, where, n)


# When several descriptions are the same numbers at the same place, the most telling comes first.
_ORDER = (
    "sign", "factor-half", "factor-2", "mask-missing", "mask-inverted", "mask-from-upstream",
    "activation-input-output-confused", "one-hot-missing", "correct-class-term", "operands-swapped", "branch-missing",
    "branch-overwritten", "missing-1-over-n", "mean-for-sum", "extra-1-over-n", "not-unbroadcast", "transposed", "zero",
    "local-dropped", "upstream-dropped", "wrong-value",
)  # fmt: skip


def _rank(slug: str) -> int:
    return _ORDER.index(slug) if slug in _ORDER else len(_ORDER)


_KIN = (
    {"zero", "branch-missing", "branch-overwritten", "not-unbroadcast"},
    {"mean-for-sum", "extra-1-over-n"},
    {"mask-missing", "local-dropped", "upstream-dropped", "operands-swapped", "activation-input-output-confused"},
)


def _related(one: _Suspect, other: _Suspect, run: _Recorded) -> bool:
    """Whether two suspects tell the same slip in other words: the same slug, kin, or the same place."""
    if one.slug == other.slug or any(one.slug in kin and other.slug in kin for kin in _KIN):
        return True
    return one.top == other.top or other.slug == "wrong-value"


_GATE = {
    "multiply": "multiply gate",
    "add": "add gate",
    "subtract": "subtraction",
    "divide": "division",
    "maximum": "max gate",
    "minimum": "min gate",
    "matmul": "matrix product",
    "dot": "dot product",
    "square": "square",
    "power": "power",
    "negative": "negation",
    "getitem": "indexing",
    "where": "choice (np.where)",
    "reciprocal": "reciprocal",
}


def _gate_of(run: _Recorded, n: int) -> str:
    node = run.nodes[n]
    if node.op == "maximum" and len(node.inputs) == 1 and any(np.size(a) == 1 and a == 0 for a in node.args if np.isscalar(a)):
        return "ReLU"
    return _GATE.get(node.op, node.op)


def _variable(run: _Recorded, n: int) -> str:
    """The variable that a node is, or that it is on the way to."""
    while True:
        if run.nodes[n].name:
            return run.nodes[n].name
        readers = run.readers.get(n)
        if not readers:
            return ""
        n = readers[0][0]


def _named_node(run: _Recorded, suspect: _Suspect) -> str:
    return _variable(run, suspect.top) or run.nodes[suspect.top].op


def _sentence(best: _Suspect, same: list[_Suspect], run: _Recorded, gate: str) -> str:
    operations = sum(1 for n in run.active if run.nodes[n].op != "input")
    variable = _variable(run, best.top)
    if best.where[0] == "region":
        place = f"at the step back to {variable}"
    elif operations == 1:
        place = f"at the {_gate_of(run, best.top)}"
    else:
        place = f"at the {_gate_of(run, best.top)}" + (f" that makes {variable}" if variable else "")
    nodes = sorted({suspect.top for suspect in same}, reverse=True)
    span = ""
    if len(nodes) > 1 and best.where[0] == "factor":
        first, last = _variable(run, nodes[0]), _variable(run, nodes[-1])
        if first != last and first and last:
            span = f" (anywhere between {first} and {last} it would look the same)"
    if best.where[0] == "factor" and best.slug in ("sign", "factor-2", "factor-half", "wrong-value"):
        return f"What flows back {place} {best.words}{span}."
    return f"It looks as if the backward pass, {place}, {best.words}{span}."
