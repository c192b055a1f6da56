"""Fewer nodes in a picture: a group of gates folds into one gate, and the middle of a very long graph into a few."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from cs231n_lite.drawing.diagram import Diagram, Mark

__all__ = ["fold_group", "fold_groups", "fold_large", "readers"]

HEAD, TAIL, AROUND = 22, 26, 4  # how many nodes stay: at the inputs, at the output, on each side of the first wrong one


def fold_groups(diagram: Diagram, groups: Mapping[str, Iterable[str]] | Iterable[str]) -> Diagram:
    """Fold each group of gates into one gate, as 1/(1 + exp(-x)) into the sigmoid gate.

    groups: a mapping from the new gate's kind to the names of its nodes, or a list of kinds that are found by their
    shape, of which "sigmoid" is known. Raises ValueError for a name that does not exist and for a group with more than
    one value that others read: one gate has one output.
    """
    if isinstance(groups, Mapping):
        nodes_by_kind = [(kind, list(names)) for kind, names in groups.items()]
    else:
        nodes_by_kind = []
        for kind in [groups] if isinstance(groups, str) else groups:
            if kind not in SHAPES:
                raise ValueError(
                    f"no shape is known for {kind!r}, only for {', '.join(SHAPES)}: name its nodes instead"
                )
            nodes_by_kind += [(kind, names) for names in SHAPES[kind](diagram.marks)]
    for kind, names in nodes_by_kind:
        diagram = fold_group(diagram, kind, names)
    return diagram


def fold_group(diagram: Diagram, kind: str, names: list[str]) -> Diagram:
    """Fold the gates of these names into one gate of that kind; raises ValueError as `fold_groups` does."""
    marks = diagram.marks
    unknown = [name for name in names if name not in marks]
    if unknown or not names:
        raise ValueError(f"group {kind!r} names {', '.join(unknown) or 'no node'}; there are {', '.join(marks)}")
    group = set(names)
    read = readers(marks)
    exits = [n for n in marks if n in group and (n == diagram.output or not read[n] or not group.issuperset(read[n]))]
    if len(exits) != 1:
        raise ValueError(
            f"group {kind!r} has {len(exits)} values that others read ({', '.join(exits)}); a gate has one"
        )
    numbers = [n for n in marks if marks[n].kind == "constant" and np.ndim(marks[n].value) == 0]
    group |= {n for n in numbers if read[n] and group.issuperset(read[n])}
    inside = [marks[name] for name in marks if name in group]
    inputs = tuple(dict.fromkeys(source for mark in inside for source in mark.inputs if source not in group))
    last = marks[exits[0]]
    gates = len([mark for mark in inside if mark.inputs])
    whole = replace(last, kind=kind, inputs=inputs, compute=_composed(inside, inputs, last.name), symbol="", detail="")
    whole.folded = gates
    # At the place of its last member, after all that the group reads and before all that reads it.
    rest = {
        name: whole if name == last.name else mark for name, mark in marks.items() if name not in group - {last.name}
    }
    folded = replace(diagram, marks=rest, notes=list(diagram.notes))
    if diagram.first_wrong in group:
        folded.first_wrong = last.name
    return folded


def readers(marks: Mapping[str, Mark]) -> dict[str, list[str]]:
    """Return which nodes read each node."""
    read: dict[str, list[str]] = {name: [] for name in marks}
    for mark in marks.values():
        for source in mark.inputs:
            read[source].append(mark.name)
    return read


def _composed(inside: list[Mark], inputs: tuple[str, ...], exit_name: str) -> Callable[..., Any] | None:
    if any(mark.inputs and mark.compute is None for mark in inside):
        return None

    def compute(*inputs_now: Any) -> Any:
        values = dict(zip(inputs, inputs_now, strict=True))
        for mark in inside:
            if mark.compute is None:
                values[mark.name] = mark.value
            else:
                values[mark.name] = mark.compute(*[values[source] for source in mark.inputs])
        return values[exit_name]

    return compute


def _sigmoids(marks: dict[str, Mark]) -> list[list[str]]:
    """Find 1 / (1 + exp(-x)), whatever its parts are called."""

    def one(name: str) -> bool:
        return marks[name].kind == "constant" and bool(marks[name].value == 1)

    groups = []
    read = readers(marks)
    for last in marks.values():
        reads = last.inputs
        if last.kind == "divide" and one(reads[0]):
            reads = reads[1:]
        elif last.kind != "reciprocal" and not (last.kind == "power" and last.symbol == "1/x"):
            continue
        below = marks[reads[0]]
        terms = [source for source in below.inputs if not one(source)]
        if below.kind != "add" or len(terms) != 1 or len(below.inputs) != 2 or marks[terms[0]].kind != "exp":
            continue
        power = marks[terms[0]]
        minus = marks[power.inputs[0]]
        names = [power.name, below.name, last.name]
        if minus.kind in ("negate", "negative"):
            names.insert(0, minus.name)
            if all(set(read[name]) <= set(names) for name in names[:-1]):
                groups.append(names)
    return groups


SHAPES: dict[str, Callable[[dict[str, Mark]], list[list[str]]]] = {"sigmoid": _sigmoids}


def fold_large(diagram: Diagram, most: int) -> Diagram:
    """Fold the middle of a graph of more than `most` nodes: its inputs, its output and the first wrong node stay."""
    marks = diagram.marks
    if len(marks) <= most:
        return diagram
    order = _by_depth(marks)
    head, tail = most * HEAD // 60, most * TAIL // 60
    ends = set(order[:head]) | set(order[len(order) - tail :])
    if diagram.first_wrong:
        place = order.index(diagram.first_wrong)
        ends |= set(order[max(0, place - AROUND) : place + AROUND + 1])
    stands_for: dict[str, str] = {}
    folded: dict[str, list[str]] = {}
    run = ""
    for name in order:
        if name in ends:
            run = ""
            continue
        run = run or f"folded {len(folded) + 1}"
        folded.setdefault(run, []).append(name)
        stands_for[name] = run
    result: dict[str, Mark] = {}
    for name in order:
        here = stands_for.get(name, name)
        if here in result:
            continue
        if here == name:
            inputs = _through(marks[name].inputs, stands_for)
            compute = marks[name].compute if inputs == marks[name].inputs else None
            result[name] = replace(marks[name], inputs=inputs, compute=compute)
            continue
        reads = [source for member in folded[here] for source in marks[member].inputs]
        inputs = tuple(source for source in _through(reads, stands_for) if source != here)
        gates = len([member for member in folded[here] if marks[member].inputs])
        symbol = f"⋯ {gates:,} gates ⋯"
        result[here] = Mark(here, "", "folded", inputs, symbol=symbol, folded=len(folded[here]))
    hidden = sum(map(len, folded.values()))
    note = f"{len(marks):,} nodes are too many for one picture: {hidden:,} in the middle are folded"
    output = stands_for.get(diagram.output, diagram.output)
    return replace(diagram, marks=result, output=output, notes=[*diagram.notes, note])


def _through(names: Iterable[str], stands_for: Mapping[str, str]) -> tuple[str, ...]:
    names = list(names)
    if not any(name in stands_for for name in names):
        return tuple(names) if len(names) < 4 else tuple(dict.fromkeys(names))
    return tuple(dict.fromkeys(stands_for.get(name, name) for name in names))


def _by_depth(marks: dict[str, Mark]) -> list[str]:
    depth: dict[str, int] = {}
    first: dict[str, int] = {}
    for name, mark in marks.items():
        depth[name] = 1 + max((depth[source] for source in mark.inputs), default=-1)
        for source in mark.inputs:
            first[source] = min(first.get(source, depth[name]), depth[name])
    for name, mark in marks.items():
        if not mark.inputs:
            depth[name] = first.get(name, 0) - 1
    rank = {name: index for index, name in enumerate(marks)}
    return sorted(marks, key=lambda name: (depth[name], rank[name]))
