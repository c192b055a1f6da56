"""A wide graph in few boxes: the gates that make one variable of the code, or one layer, are drawn as one box.

A picture of thirty gates in a row is three pages wide: whoever sees its end does not see its start. In boxes it is the
staged computation of the lecture, and the whole of it stands below, to be opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cs231n_lite.drawing.diagram import SYMBOLS, Diagram, Mark
from cs231n_lite.drawing.fold import fold_group, readers

__all__ = ["BOX", "in_boxes"]

BOX = "box"  # the kind of a mark that stands for several gates
PRODUCTS = ("matmul", "dot", "einsum", "outer", "inner", "tensordot")
FOLDED = "folded"  # what stands for the middle of a very long graph is no gate
ENDS = ("tanh", "maximum", "relu", "sigmoid", FOLDED)  # what a layer ends with
LONGEST = 16  # letters of the gates' symbols that a box shows; more of them are counted


def in_boxes(diagram: Diagram) -> Iterator[Diagram]:
    """Yield the diagram in fewer and fewer boxes: one for each variable of the code, then one for each layer."""
    for named in (False, True):
        boxes = diagram
        for names in _groups(diagram, named):
            boxes = _put_into_box(boxes, names)
        if boxes is diagram:
            continue
        if any(mark.measured is None for name, mark in diagram.marks.items() if name in diagram.slopes):
            boxes.slopes = {}  # what is not shown gate by gate is not told box by box
        yield boxes


def _groups(diagram: Diagram, named: bool) -> list[list[str]]:
    """The gates that lead to one value and to nothing else, each list with that value's gate as its last.

    A value with a name of its own ends a list unless `named`; a gate that reads a weight begins one, and a gradient of
    the student's stays where it can be seen.
    """
    marks, read = diagram.marks, readers(diagram.marks)
    shared = {name for name, mark in marks.items() if mark.kind == "input" and len(set(read[name])) > 1}
    last: dict[str, str] = {}
    for name, mark in reversed(marks.items()):
        last[name] = name
        compared = mark.yours is not None or mark.misvalued
        if not mark.inputs or compared or name == diagram.output or len(set(read[name])) != 1:
            continue
        reader = marks[read[name][0]]
        begins = reader.kind in (*PRODUCTS, FOLDED) or bool(shared.intersection(reader.inputs).difference(mark.inputs))
        if (named or not mark.label) and mark.kind not in ENDS and not begins:
            last[name] = last[reader.name]
    groups: dict[str, list[str]] = {}
    for name, mark in marks.items():
        if mark.inputs:
            groups.setdefault(last[name], []).append(name)
    return [names for names in groups.values() if len(names) > 1]


def _put_into_box(diagram: Diagram, names: list[str]) -> Diagram:
    symbols = " ".join(_symbol(diagram.marks, name) for name in names)
    boxes = fold_group(diagram, BOX, names)
    mark = boxes.marks[names[-1]]
    mark.symbol = symbols if len(symbols) <= LONGEST else f"{len(names)} gates"
    mark.detail = f"{len(names)} gates" if mark.symbol == symbols else ""
    return boxes


def _symbol(marks: Mapping[str, Mark], name: str) -> str:
    return marks[name].symbol or SYMBOLS.get(marks[name].kind, marks[name].kind)
