"""The single slips that would explain a student's gradients at one point: near ones first, then more distant ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.diagnosing import wide_slips
from cs231n_lite.diagnosing.comparison import Comparison
from cs231n_lite.diagnosing.gradients import READING
from cs231n_lite.diagnosing.recording import Recording, variable_of


class Suspect(NamedTuple):
    """A mistake that would give what the student has: its `slug`, words for it, and where it sits."""

    slug: str
    words: str
    where: tuple[Any, ...]  # what to evaluate again at a fresh point
    top: int  # the node whose gradient is still right


def suspects_of(here: Comparison, arrays: frozenset[int], wrong: frozenset[int]) -> Iterator[Suspect]:
    """The mistakes at one edge or one place that would give these gradients, likely ones first."""
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
            yield Suspect("branch-overwritten", words, ("only", n, slot), n)
        for index, slip in enumerate(here.slips(n, slot)):
            if here.explains(("slip", n, slot, index), arrays):
                yield Suspect(slip.slug, slip.words, ("slip", n, slot, index), n)
        if len(readers) > 1 and here.explains(("product", n, slot), arrays):
            words = "multiplied what two readers sent back, where it is to be added"
            yield Suspect("wrong-value", words, ("product", n, slot), n)
    for n in run.active:
        if len(run.nodes[n].inputs) == 2 and all(source in run.active for source in run.nodes[n].inputs):
            for index, slip in enumerate(here.slips(n, 0)):
                if here.explains(("both", n, 0, index), arrays):
                    yield Suspect(slip.slug, slip.words, ("both", n, 0, index), n)
        if run.nodes[n].op == "where":
            for index, choice in enumerate(wide_slips.choices(run, here.right, n)):
                if here.explains(("choice", n, index), arrays):
                    yield Suspect(choice.slug, choice.words, ("choice", n, index), n)
    for n in wide_slips.places(run):
        if wrong <= run.reach[n]:
            for index, slip in enumerate(wide_slips.slips_at(run, here.right, n, here.case.labels)):
                if here.explains(("region", n, index), arrays):
                    yield Suspect(slip.slug, slip.words, ("region", n, index), n)


def distant_suspects_of(here: Comparison, arrays: frozenset[int], wrong: frozenset[int]) -> Iterator[Suspect]:
    """Slips that are looked for only when no nearer one fits: another value in a rule, or the same slip in a loop."""
    run = here.run
    for key, members in run.groups().items():
        first = run.nodes[members[0]]
        for slot, source in enumerate(first.inputs):
            if source not in run.active:
                continue
            for factor, slug, words in _PLAIN:
                if here.explains(("group", key, slot, "scale", factor), arrays):
                    yield Suspect(
                        slug, f"at every turn of the loop, {words}", ("group", key, slot, "scale", factor), first.id
                    )
            for index, slip in enumerate(here.slips(members[-1], slot)):
                where: tuple[Any, ...] = ("group", key, slot, "slip", index)
                if here.explains(where, arrays):
                    yield Suspect(slip.slug, f"at every turn of the loop, {slip.words}", where, first.id)
            reads = range(-1, len(run.step(members[0]).operands)) if first.op in READING else ()
            for place in reads:
                for offset in range(-4, 5):
                    where = ("group", key, slot, "other", (place, offset))
                    if offset and here.explains(where, arrays):
                        slug = "activation-input-output-confused" if place == -1 else "wrong-value"
                        words = "at every turn of the loop, read the value of another turn or of another variable"
                        yield Suspect(slug, words, where, first.id)
    for n, slot in run.edges():
        source = run.nodes[n].inputs[slot]
        if not wrong <= run.reach[source]:
            continue
        step = run.step(n)
        for place in range(-2, len(step.operands)):
            present = here.right.at[n] if place == -2 else step.out if place == -1 else step.operands[place]
            for kind, m, value in here.values():
                if value is present or np.shape(value) != np.shape(present) or (kind == "gradient" and place != -2):
                    continue
                where = ("other", n, slot, place, (kind, m))
                if here.explains(where, arrays):
                    yield Suspect(*_mixed_up(run, n, place, kind, m), where, n)


_PLAIN = ((-1.0, "sign", "has the wrong sign"), (0.0, "zero", "sent nothing back"), (2.0, "factor-2", "doubled it"),
          (0.5, "factor-half", "halved it"))  # fmt: skip


def _mixed_up(run: Recording, n: int, place: int, kind: str, m: int) -> tuple[str, str]:
    """The slug and words for a rule that read node m where another value belongs."""
    name = run.nodes[m].name or variable_of(run, m) or "another value"
    other = f"d{name}" if kind == "gradient" else name
    node = run.nodes[n]
    if place == -2:
        if kind == "gradient" and _feeds(run, n, m):
            if run.nodes[m].op in ("maximum", "minimum", "where"):
                return "mask-too-late", f"used {other} from before the mask, where the gradient from after it belongs"
            return "local-dropped", f"used {other}, without the local gradient of the {run.nodes[m].op}"
        slug = "upstream-dropped" if kind == "value" else "wrong-value"
        return slug, f"used {other} as its upstream gradient"
    meant = node.id if place == -1 else _source_of(run, n, place)
    named = (run.nodes[meant].name or "its own value") if meant is not None else "its own operand"
    linked = meant is not None and (meant in run.nodes[m].inputs or m in run.nodes[meant].inputs)
    activation = {"tanh", "sigmoid", "maximum", "exp"} & {
        run.nodes[m].op,
        run.nodes[meant].op if meant is not None else "",
    }
    slug = "activation-input-output-confused" if linked and activation else "operands-swapped"
    return slug, f"used {other} where {named} belongs"


def _feeds(run: Recording, n: int, m: int) -> bool:
    """Whether node m reads node n, or n with a bias added."""
    inputs = run.nodes[m].inputs
    return n in inputs or any(run.nodes[k].op == "add" and n in run.nodes[k].inputs for k in inputs)


def _source_of(run: Recording, n: int, place: int) -> int | None:
    args = run.nodes[n].args
    slot = getattr(args[place], "index", None) if place < len(args) else None
    return run.nodes[n].inputs[slot] if slot is not None else None


def _factor_suspect(run: Recording, n: int, slot: int, meaning: tuple[Any, ...]) -> Suspect:
    where = ("factor", ("scale", n, slot), meaning)
    node, source = run.nodes[n], run.nodes[n].inputs[slot]
    kind, *rest = meaning
    if kind in ("times", "over") or kind == "labels":
        more = kind == "times" or (kind == "labels" and rest[0] > 0)
        if more:
            words = "left out a division by the number of rows or entries (the 1/N of a mean)"
            return Suspect("missing-1-over-n", words, where, n)
        spread = node.op == "sum" or (
            node.op not in ("matmul", "dot") and np.size(node.value) > np.size(run.nodes[source].value)
        )
        if spread:
            return Suspect("mean-for-sum", "took a mean where a sum belongs", where, n)
        return Suspect("extra-1-over-n", "divided by the number of rows or entries once too often", where, n)
    if kind in ("ratio", "product"):
        words = (
            "is divided by the length of the wrong axis"
            if kind == "ratio"
            else "is multiplied by lengths where it is to be divided"
        )
        return Suspect("wrong-value" if kind == "ratio" else "missing-1-over-n", words, where, n)
    factor = rest[0]
    if factor == 0.0:
        readers = run.readers.get(source, [])
        if len(readers) > 1:
            name = run.nodes[source].name or "a value"
            words = f"left out what flows back to {name} from one of the {len(readers)} places that use it"
            apart = any(run.nodes[m].op == "where" for m in (n, *(reader for reader, _ in run.readers.get(n, ()))))
            overwritten = len(readers) == 2 and not apart  # the sides of a choice never meet in one entry
            return Suspect("branch-overwritten" if overwritten else "branch-missing", words, where, n)
        return Suspect("zero", "sent nothing back", where, n)
    table = {
        -1.0: ("sign", "has the wrong sign"),
        2.0: ("factor-2", "has a factor of 2 too many"),
        0.5: ("factor-half", "has a factor of 2 too few"),
    }
    slug, words = table.get(factor, ("wrong-value", f"is {factor:g} times what it should be"))
    return Suspect(slug, words, where, n)
