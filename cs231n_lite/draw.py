"""A graph as a picture: `draw(graph)` shows values in green, gradients in red, the first wrong one marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .diagram import Diagram, read
from .svg import describe, to_svg

__all__ = ["Picture", "draw"]


class Picture:
    """A drawn graph. Notebooks show it by themselves; `.svg` is its text, `.save(path)` writes it to an .svg file."""

    def __init__(self, diagram: Diagram, title: str = "") -> None:
        self.diagram = diagram
        self.title = title
        self.svg = to_svg(diagram, title)

    def save(self, path: str | Path) -> Path:
        """Write the picture as SVG and return the path. Raises ValueError for another kind of file."""
        path = Path(path)
        if path.suffix != ".svg":
            raise ValueError(f"a picture is saved as .svg; {path.name} asks for {path.suffix or 'no kind at all'}")
        path.write_text(self.svg, encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        return f'<div style="overflow-x:auto;max-width:100%">{self.svg}</div>'

    def __repr__(self) -> str:
        return f"Picture: {describe(self.diagram)}"


def draw(subject: Any, gradients: Any = None, *, title: str | None = None) -> Picture:
    """Draw a `Graph` after forward(), a trace, or any object with `.wiring`, `.value` and `.grad`.

    Beside each value stands the gradient that was measured by wiggling that node. `gradients`, a mapping from name to
    gradient or a function without arguments that returns one, is drawn next to it with ✓ or ✗, and the first
    disagreement, counted from the output, is ringed. Without `gradients` the subject's own `.grad` is compared.
    Raises TypeError for what is not a graph, ValueError for a graph with a cycle.
    """
    return Picture(read(subject, gradients), title or "")
