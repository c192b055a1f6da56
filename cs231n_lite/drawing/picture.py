"""A graph as a picture: `draw(graph)` shows values in green, gradients in red, the first wrong one marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from cs231n_lite.drawing.boxes import in_boxes
from cs231n_lite.drawing.diagram import Diagram
from cs231n_lite.drawing.export import to_dot, to_mermaid
from cs231n_lite.drawing.fold import fold_groups, fold_large
from cs231n_lite.drawing.live import ROOM, complete, movable, to_live_html
from cs231n_lite.drawing.read import read
from cs231n_lite.drawing.stepper import Still, to_html
from cs231n_lite.drawing.svg import to_svg, width
from cs231n_lite.drawing.words import describe
from cs231n_lite.speech import say

__all__ = ["Picture", "draw"]


MOST = 60  # nodes; more of them are no picture any more
WIDE = 1500  # pixels; a wider one that is made to fit a page cannot be read there, and has a form in boxes


class Picture:
    """A drawn graph. Notebooks show it as a stepper; `.svg` is the still picture, `.save(path)` writes either.

    `.save("graph.svg")` keeps the still picture, `.save("graph.html")` a page of its own with the stepper in it, or,
    where it is `live`, with the circuit to be moved.
    """

    def __init__(self, diagram: Diagram, title: str = "", *, live: bool = False) -> None:
        self.diagram = diagram
        self.title = say(title, "picture")
        self.live = live
        self.svg = to_svg(diagram, self.title, ROOM if live else "")

    def save(self, path: str | Path) -> Path:
        """Write the picture as .svg or .html and return the path. Raises ValueError for another kind of file."""
        path = Path(path)
        if path.suffix not in (".svg", ".html"):
            raise ValueError(f"a picture is saved as .svg or .html; {path.name} is neither")
        page = f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{escape(self.title or "graph")}</title>'
        path.write_text(
            self.svg if path.suffix == ".svg" else page + self._repr_html_() + "</html>\n", encoding="utf-8"
        )
        return path

    def to_dot(self) -> str:
        """Return the graph in Graphviz's language."""
        return to_dot(self.diagram)

    def to_mermaid(self) -> str:
        """Return the graph as a Mermaid flowchart."""
        return to_mermaid(self.diagram)

    def _repr_html_(self) -> str:
        still = Still(self.diagram, self.svg, describe(self.diagram))
        return to_live_html(still) if self.live else to_html(still, self._in_boxes())

    def _in_boxes(self) -> Still | None:
        """The same in the first form in boxes that fits, or in the narrowest; None where this one is not wide."""
        if width(self.svg) <= WIDE:
            return None
        narrower = [(boxes, to_svg(boxes, self.title)) for boxes in in_boxes(self.diagram)]
        narrower = [(boxes, svg) for boxes, svg in narrower if width(svg) < 0.8 * width(self.svg)]
        if not narrower:
            return None
        fitting = [pair for pair in narrower if width(pair[1]) <= WIDE]
        boxes, svg = fitting[0] if fitting else min(narrower, key=lambda pair: width(pair[1]))
        return Still(boxes, svg, describe(boxes))

    def __repr__(self) -> str:
        return f"Picture: {describe(self.diagram)}"


def draw(
    subject: Any,
    gradients: Any = None,
    *,
    values: Mapping[str, Any] | None = None,
    title: str | None = None,
    groups: Mapping[str, Iterable[str]] | Iterable[str] = (),
    most: int = MOST,
    live: bool = False,
) -> Picture:
    """Draw a `Graph` after forward(), a trace, or any object with `.wiring`, `.value` and `.grad`.

    Beside each value stands the gradient that was measured by wiggling that node. `gradients`, a mapping from name to
    gradient or a function without arguments that returns one, is drawn in its place with ✓ or ✗, and the first
    disagreement, counted from the output, is ringed; until all of them agree, no measured gradient is shown that the
    student does not have. Without `gradients` the subject's own `.grad` is compared. `values`, the student's, are drawn
    in place of the graph's, and a wrong one is marked.
    `groups` folds gates into one: {"sigmoid": ["n", "e", "d", "f"]}, or ["sigmoid"] to find it by its shape. A graph of
    more than `most` nodes is folded in its middle, and the picture says so.
    `live` draws a Graph of up to 12 gates on numbers, whose inputs are then moved with sliders, keys or number boxes
    and whose wires tell upstream × local = downstream. With `gradients` or `values` it is live once all are right.
    Raises TypeError for what is not a graph, ValueError for a graph with a cycle, a group that cannot be one gate, or
    one that cannot be live.
    """
    subject = movable(subject, groups) if live else subject
    diagram = read(subject, gradients, values or {})
    if live and not _is_open(diagram, asked=gradients is not None):
        return Picture(complete(read(subject, {})), title or "", live=True)
    if live:
        diagram.notes.append("its inputs can be moved here once all of these are right")
    return Picture(fold_large(fold_groups(diagram, groups), most), title or "")


def _is_open(diagram: Diagram, *, asked: bool) -> bool:
    """Whether anything of a student's is missing or wrong: the picture then keeps what it measured."""
    marks = diagram.marks.values()
    if any(mark.misvalued or mark.verdict is False for mark in marks):
        return True
    hidden = any(diagram.marks[name].measured is None for name in diagram.slopes)
    return hidden or (asked and not any(mark.verdict for mark in marks))
