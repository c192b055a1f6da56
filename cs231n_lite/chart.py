"""One style for every chart of the course; matplotlib is loaded here, when the first chart is drawn, and not before."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

__all__ = ["COLOURS", "GRADIENT", "SOFT", "VALUE", "Chart", "as_bytes", "chart", "dress", "style"]

# Okabe and Ito's colours, told apart by colour-blind eyes, each with its own dashes for those who print in grey.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
VALUE, GRADIENT, SOFT = "#116329", "#c4162a", "#59636e"  # the colours of the graph's picture


class Chart(Figure):
    """A matplotlib figure that a notebook shows by itself, also where pyplot was never imported."""

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        # No software line, so that the same figure has the same bytes with every matplotlib that draws it alike.
        self.savefig(picture, format="png", dpi=110, metadata={"Software": None})
        return picture.getvalue()


def chart(rows: int = 1, columns: int = 1, size: tuple[float, float] = (6.0, 3.6), **kwargs: Any) -> tuple[Chart, Any]:
    """Return a figure and its (rows, columns) axes."""
    figure = Chart(figsize=size, layout="constrained", facecolor="white")
    return figure, figure.subplots(rows, columns, squeeze=False, **kwargs)


def dress(axes: Axes, across: str, up: str) -> Axes:
    """Label the axes and give them the course's grid."""
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(color="#d0d7de", lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def style(index: int) -> dict[str, Any]:
    """Return colour and dashes of line number `index`."""
    return {"color": COLOURS[index % len(COLOURS)], "ls": DASHES[index % len(DASHES)], "lw": 1.6}


def as_bytes() -> FuncFormatter:
    """Return a formatter that writes 12000 as 12 kB."""
    return FuncFormatter(lambda size, _: _bytes(size))


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if abs(size) < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"
