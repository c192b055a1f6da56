"""Figures that a student's own cells draw, shown with words: JupyterLab gives none to a plain PNG."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Any

from cs231n_lite.cells import shell

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["describe_figures"]

PLAIN = "A plot, drawn by the cell above."


def describe_figures() -> None:
    """Let the notebook that imports the package tell every figure in words; elsewhere nothing happens."""
    running = shell()
    if running is not None:
        # By name: matplotlib is loaded when the first figure is drawn, and not before. Not `Figure`: of that, IPython
        # forgets all forms when pyplot is imported.
        running.display_formatter.formatters["text/html"].for_type_by_name("matplotlib.figure", "FigureBase", _as_html)


def _as_html(figure: Figure) -> str | None:
    """A figure as an image with its words; None, and so only what IPython makes of it, where that is no PNG."""
    if hasattr(figure, "_repr_mimebundle_"):  # a chart of the course, which has its words, and is not drawn twice
        return None
    png: Any = shell().display_formatter.formatters["image/png"](figure)
    if not png:
        return None
    text = png if isinstance(png, str) else base64.b64encode(png).decode("ascii")
    return f'<img alt="{escape(_words(figure))}" src="data:image/png;base64,{text}">'


def _words(figure: Figure) -> str:
    from cs231n_lite.plot.words import in_words

    try:
        words = in_words(figure)
    except Exception:  # a student's figure may hold anything, and is shown in any case
        return PLAIN
    return words if words != "Chart." else PLAIN
