"""One style for every chart of the course; matplotlib is loaded here, when the first chart is drawn, and not before."""

from __future__ import annotations

import base64
import io
import math
from html import escape
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatter, LogLocator, MaxNLocator

from cs231n_lite.plot.words import in_words
from cs231n_lite.speech import marked

__all__ = ["COLOURS", "DPI", "GRADIENT", "SOFT", "VALUE", "Chart", "as_bytes", "chart", "dress", "signed", "style"]

# Okabe and Ito's hues, told apart by colour-blind eyes, each with its own dashes for those who print in grey; the pale
# ones are darker than theirs, so that each line has 3:1 to a white page.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#b0558a", "#3f8fc4", "#b37400", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
DPI = 110  # of what a notebook shows
GRID: dict[str, Any] = {"color": "#d0d7de", "linewidth": 0.6}
VALUE, GRADIENT, SOFT = "#116329", "#c4162a", "#59636e"  # the colours of the graph's picture


# Where JupyterLab is dark, black on white becomes white on black, and each colour keeps its hue. Without styles, as in
# a notebook that is not trusted yet, a chart stays as it is.
DARK = (
    ".cl-chart img{max-width:100%}"
    '[data-jp-theme-light="false"] .cl-chart img{filter:invert(1) hue-rotate(180deg);mix-blend-mode:screen}'
)


class Chart(Figure):
    """A matplotlib figure that a notebook shows by itself, also where pyplot was never imported, with words for it.

    `photographs` are pictures whose colours are their own, on a light page and on a dark one. A notebook keeps one form
    of it, HTML: JupyterLab gives no words to a plain PNG. `about` says what is in a chart that cannot be read off it.
    """

    photographs = False
    about = ""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        png = base64.b64encode(self.as_png()).decode("ascii")
        words = escape(in_words(self))
        kind = "cl-photographs" if self.photographs else "cl-chart"
        style = f'<svg width="0" height="0" aria-hidden="true" style="position:absolute"><style>{DARK}</style></svg>'
        html = f'<div{marked()} class="{kind}"><img alt="{words}" src="data:image/png;base64,{png}">{style}</div>'
        return {"text/plain": repr(self), "text/html": html}

    def as_png(self) -> bytes:
        """Return the picture as a file's bytes, the same for the same figure."""
        picture = io.BytesIO()
        # Straight to the canvas, as savefig draws once more to find the layout. No software line, so that a figure has
        # the same bytes with every matplotlib that draws it alike; little compression, which takes longest of all.
        about: dict[str, Any] = {"metadata": {"Software": None}, "pil_kwargs": {"compress_level": 3}}
        FigureCanvasAgg(self).print_png(picture, **about)
        return picture.getvalue()


def chart(rows: int = 1, columns: int = 1, size: tuple[float, float] = (6.0, 3.6), **kwargs: Any) -> tuple[Chart, Any]:
    """Return a figure and its (rows, columns) axes."""
    figure = Chart(figsize=size, dpi=DPI, layout="constrained", facecolor="white")
    return figure, figure.subplots(rows, columns, squeeze=False, **kwargs)


def dress(axes: Axes, across: str, up: str, log: str = "", grid: str = "xy") -> Axes:
    """Label the axes; those named in `grid` ("x", "xy", "") get the course's grid, those in `log` a log scale."""
    axes.set(xlabel=across, ylabel=up)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
        if name in log:
            axes.set(**{f"{name}scale": "log"})
            axis.set_major_locator(LogLocator(numticks=8))
            axis.set_major_formatter(FuncFormatter(_power_of_ten))
            axis.set_minor_formatter(LogFormatter())  # numbers between the powers, where there is less than a decade
        else:
            axis.set_major_locator(MaxNLocator(7, steps=[1, 2, 2.5, 5, 10]))
        if name in grid:
            axis.grid(True, **GRID)
    return axes


def style(index: int) -> dict[str, Any]:
    """Return colour and dashes of line number `index`."""
    return {"color": COLOURS[index % len(COLOURS)], "ls": DASHES[index % len(DASHES)], "lw": 1.6}


def signed() -> LinearSegmentedColormap:
    """Return colours for entries with a sign, orange below 0 and purple above, the smallest still 3:1 to white."""
    ends = [(0.0, "#7f3b08"), (0.5, "#c9791c"), (0.5, "#8f7cc0"), (1.0, "#2d004b")]
    return LinearSegmentedColormap.from_list("signed", ends)


def as_bytes() -> FuncFormatter:
    """Return a formatter that writes 12000 as 12 kB."""
    return FuncFormatter(lambda size, _: _bytes(size))


def _power_of_ten(number: float, _: Any) -> str:
    """Write 1e-13 as 10⁻¹³ in plain text, which takes a fifth of the time of matplotlib's formula."""
    return "10" + f"{math.log10(number):.0f}".translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if abs(size) < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"
