"""The numbers, grid and labels along a chart's two axes as one artist, and the margins that they need.

matplotlib keeps five artists for each tick and measures all of them several times a drawing, most of the time that a
small chart takes. `Ticks` asks the same locators and formatters, draws what they say in one go, and can tell how far it
reaches beyond its axes; `Margins` makes that much room. What somebody sets on the axes later (limits, scale, labels,
locators) holds here, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.layout_engine import LayoutEngine
from matplotlib.legend import Legend
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.ticker import AutoLocator, LogLocator
from matplotlib.transforms import Bbox, IdentityTransform

__all__ = ["Decades", "Margins", "Ticks", "power_of_ten"]

GRID, INK, SIZE = "#d0d7de", "#000000", 10.0
LONG, SHORT, GAP = 3.5, 2.0, 3.5  # points: the mark of a tick, that of one in between, and what is left free behind it
EDGE, BETWEEN = 4.0, 10.0  # points that stay free along the edge of the figure, and between two panels
# Where panels stand when they are measured: always there, so that a second drawing is like the first.
START = {"left": 0.12, "right": 0.9, "bottom": 0.12, "top": 0.9, "wspace": 0.2, "hspace": 0.2}


class Marks(NamedTuple):
    """The ticks in view on one axis, in pixels, those between them, what the first say, and the factor of all."""

    at: list[float]
    between: list[float]
    says: list[str]
    factor: str


class Word(NamedTuple):
    """One text, in pixels: where, how it is aligned, and whether it stands upright or is turned."""

    x: float
    y: float
    text: str
    across: str
    up: str
    like: Text | None = None  # the label of an axis, whose colour and size hold; a number has those of the course
    turned: float = 0.0


class Ticks(Artist):
    """Draws ticks, grid and labels of an axes; `numbers` says for which of (x, y) the numbers are shown."""

    def __init__(self, axes: Axes, numbers: tuple[bool, bool] = (True, True), grid: str = "xy", side: str = "left"):
        super().__init__()
        self.numbers, self.grid, self.side = numbers, grid, side
        self.set_zorder(0.5)  # beneath every line
        axes.xaxis.set_visible(False)
        axes.yaxis.set_visible(False)
        axes.add_artist(self)
        self.set_clip_on(False)
        self._panel: Any = axes
        self._pen: Any = Text(transform=IdentityTransform())  # writes one word after another
        self._pen.set_figure(axes.figure)

    def draw(self, renderer: Any) -> None:
        """Draw the grid and the marks, each as one path, and the words."""
        if not self.get_visible():
            return
        box, (x, y) = self._panel.bbox, self._marks()
        lines = [((at, box.y0), (at, box.y1)) for at in x.at if "x" in self.grid]
        lines += [((box.x0, at), (box.x1, at)) for at in y.at if "y" in self.grid]
        self._stroke(renderer, lines, GRID, 0.6)
        out, edge = (-1, box.x0) if self.side == "left" else (1, box.x1)
        marks = []
        for long, along, up in ((self._pixels(LONG), x.at, y.at), (self._pixels(SHORT), x.between, y.between)):
            marks += [((at, box.y0), (at, box.y0 - long)) for at in along if self.numbers[0]]
            marks += [((edge, at), (edge + out * long, at)) for at in up if self.numbers[1]]
        self._stroke(renderer, marks, INK, 0.8)
        for word in self._words(renderer, x, y):
            self._set(word).draw(renderer)

    def get_window_extent(self, renderer: Any = None) -> Bbox:
        """Return what the axes and all words cover, in pixels."""
        held = [self._panel.bbox.frozen()]
        for word in self._words(renderer, *self._marks()):
            held.append(self._set(word).get_window_extent(renderer))
        return Bbox.union(held)

    def _words(self, renderer: Any, x: Marks, y: Marks) -> Iterator[Word]:
        """The numbers, then the labels, which stand as far out as the numbers make them."""
        box, far, gap = self._panel.bbox, self._pixels(LONG + GAP), self._pixels(4)
        out, edge, facing = (-1, box.x0, "right") if self.side == "left" else (1, box.x1, "left")
        below, beside = box.y0, edge
        if self.numbers[0]:
            for at, text in zip(x.at, x.says, strict=True):
                yield Word(at, box.y0 - far, text, "center", "top")
            tallest = max(x.says, key=lambda text: text.count("\n"), default="")
            below -= far + self._size(renderer, tallest)[1]
            if x.factor:
                yield Word(box.x1, below - gap, x.factor, "right", "top")
        if self.numbers[1]:
            for at, text in zip(y.at, y.says, strict=True):
                yield Word(edge + out * far, at, text, facing, "center_baseline")
            beside += out * (far + max((self._size(renderer, text)[0] for text in y.says), default=0))
            if y.factor:
                yield Word(edge, box.y1 + gap, y.factor, self.side, "bottom")
        xlabel, ylabel = self._panel.xaxis.label, self._panel.yaxis.label
        if xlabel.get_text():
            yield Word((box.x0 + box.x1) / 2, below - gap, xlabel.get_text(), "center", "top", xlabel)
        if ylabel.get_text():
            yield Word(beside + out * gap, (box.y0 + box.y1) / 2, ylabel.get_text(), facing, "center", ylabel, 90.0)

    def _marks(self) -> tuple[Marks, Marks]:
        box = self._panel.bbox
        return _in_view(self._panel.xaxis, box.x0, box.x1), _in_view(self._panel.yaxis, box.y0, box.y1)

    def _set(self, word: Word) -> Any:
        pen, like = self._pen, word.like
        pen.set_position((word.x, word.y))
        pen.set_text(word.text)
        pen.set_horizontalalignment(word.across)
        pen.set_verticalalignment(word.up)
        pen.set_rotation(word.turned)
        pen.set_color(like.get_color() if like else INK)
        pen.set_fontsize(like.get_fontsize() if like else SIZE)
        return pen

    def _size(self, renderer: Any, text: str) -> tuple[float, float]:
        box = self._set(Word(0, 0, text, "left", "bottom")).get_window_extent(renderer)
        return box.width, box.height

    def _stroke(self, renderer: Any, lines: list[Any], colour: str, width: float) -> None:
        if lines:
            pen = renderer.new_gc()
            pen.set_foreground(colour)
            pen.set_linewidth(width)  # in points
            pen.set_snap(True)
            codes = np.tile([Path.MOVETO, Path.LINETO], len(lines))
            renderer.draw_path(pen, Path(np.reshape(lines, (-1, 2)), codes), IdentityTransform())
            pen.restore()

    def _pixels(self, points: float) -> float:
        return points * self._panel.figure.dpi / 72


class Margins(LayoutEngine):
    """Gives the panels of a figure the whole of it, but for what ticks, labels, titles and legends need around them."""

    adjust_compatible, colorbar_gridspec = True, True  # that subplots_adjust is allowed, and colour bars are panels

    def execute(self, fig: Any) -> None:
        """Measure the panels as they are, once, and set the figure's margins."""
        panels = [axes for axes in fig.axes if axes.get_visible() and axes.get_subplotspec() is not None]
        if not panels:
            return
        fig.subplots_adjust(**START)
        rows, columns = panels[0].get_subplotspec().get_topmost_subplotspec().get_gridspec().get_geometry()
        left, right, bottom, top = (np.zeros(count) for count in (columns, columns, rows, rows))
        for axes in panels:
            spec = axes.get_subplotspec().get_topmost_subplotspec()  # of a colour bar: that of the axes it belongs to
            for side, number, need in zip(
                (left, right, bottom, top),
                (spec.colspan.start, spec.colspan.stop - 1, spec.rowspan.stop - 1, spec.rowspan.start),
                _room(axes, spec.get_position(fig).transformed(fig.transSubfigure), _ruler(fig.dpi)),
                strict=True,
            ):
                side[number] = max(side[number], need)
        edge, between = EDGE * fig.dpi / 72, BETWEEN * fig.dpi / 72
        across = max(right[:-1] + left[1:] + between, default=0.0)
        up = max(bottom[:-1] + top[1:] + between, default=0.0)
        wide, high = fig.bbox.width, fig.bbox.height
        # What is left for one panel; where a figure is too small for its words, it stays as it was.
        width = (wide - left[0] - right[-1] - 2 * edge - across * (columns - 1)) / columns
        height = (high - bottom[-1] - top[0] - 2 * edge - up * (rows - 1)) / rows
        if width > 0 and height > 0:
            fig.subplots_adjust(
                left=(left[0] + edge) / wide,
                right=1 - (right[-1] + edge) / wide,
                bottom=(bottom[-1] + edge) / high,
                top=1 - (top[0] + edge) / high,
                wspace=across / width,
                hspace=up / height,
            )


class Decades(LogLocator):
    """Powers of ten; where fewer than two are in view, the round numbers between them."""

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """Return the places of the ticks between two positive numbers."""
        found = np.asarray(super().tick_values(vmin, vmax))
        if np.count_nonzero((found >= vmin) & (found <= vmax)) < 2:
            found = np.asarray(AutoLocator().tick_values(vmin, vmax))
        return found[found > 0]


def power_of_ten(number: float, _: Any = None) -> str:
    """Write 1e-13 as 10⁻¹³, and a number between two powers as it is."""
    exponent = np.log10(number) if number > 0 else np.nan
    if not np.isclose(exponent, np.round(exponent), rtol=0, atol=1e-9):
        return f"{number:g}"
    return "10" + f"{exponent:.0f}".translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _in_view(axis: Any, first: float, last: float) -> Marks:
    """The ticks between the limits of an axis whose ends are `first` and `last`, in pixels."""
    places, between = (np.asarray(held, float) for held in (axis.get_majorticklocs(), axis.get_minorticklocs()))
    formatter = axis.get_major_formatter()
    says = formatter.format_ticks(places)
    start, end = axis.get_transform().transform(np.asarray(axis.get_view_interval(), dtype=float))
    if start == end or not len(places):
        return Marks([], [], [], "")
    shares, inner = ((axis.get_transform().transform(held) - start) / (end - start) for held in (places, between))
    seen = [(first + share * (last - first), text) for share, text in zip(shares, says, strict=True) if _inside(share)]
    return Marks(
        [at for at, _ in seen],
        [first + share * (last - first) for share in inner if _inside(share)],
        [text for _, text in seen],
        formatter.get_offset() if seen else "",
    )


def _inside(share: float) -> bool:
    return -1e-9 <= share <= 1 + 1e-9


def _room(axes: Axes, cell: Bbox, renderer: Any) -> tuple[float, float, float, float]:
    """How far what belongs to an axes reaches beyond its cell to the left, right, bottom and top, in pixels."""
    held = [cell]
    for child in axes.get_children():
        counts = isinstance(child, (Ticks, Legend)) or (isinstance(child, Text) and child.get_text())
        if counts and child.get_visible() and child.get_in_layout():
            held.append(child.get_window_extent(renderer))
    # The axes of somebody else, such as a twin, has matplotlib's own ticks.
    own = [axis.get_tightbbox(renderer) for axis in (axes.xaxis, axes.yaxis) if axis.get_visible()]
    around = Bbox.union(held + [box for box in own if box is not None])
    return cell.x0 - around.x0, around.x1 - cell.x1, cell.y0 - around.y0, around.y1 - cell.y1


@lru_cache(maxsize=4)
def _ruler(dpi: float) -> RendererAgg:
    """Something to measure texts with, whatever the figure is drawn with."""
    return RendererAgg(1, 1, dpi)
