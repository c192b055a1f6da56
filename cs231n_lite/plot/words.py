"""A chart in words, for readers who do not see it: what stands on its axes, and where each line or bar goes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from cs231n_lite.speech import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["in_words", "spoken"]

MOST = 24  # bars or marks that are told one by one


def in_words(figure: Figure) -> str:
    """Return what there is to see in a figure, read off the figure itself, so that it says no more than is there.

    A figure whose data cannot be read off it, as a montage's, has a sentence of its own in its attribute `about`.
    """
    about = str(getattr(figure, "about", ""))
    panels = [] if about else [words for axes in figure.axes if axes.get_visible() for words in _panel(axes)]
    return " ".join([say("Chart.", "chart")] + [say(words, "chart") for words in (about, *panels) if words])


def spoken(number: float) -> str:
    """Return a number as it is read out: three digits, a true minus, and no e+02."""
    rounded = float(f"{number:.3g}")
    if rounded == 0 or 1e-3 <= abs(rounded) < 1e6:
        text = f"{rounded:,.10g}"
    else:
        exponent = math.floor(math.log10(abs(rounded)))
        factor = f"{rounded / 10.0**exponent:.3g}"
        text = ("" if factor == "1" else f"{factor} times ") + f"10 to the {exponent}"
    return text.replace("-", "−")


def _panel(axes: Axes) -> Iterator[str]:
    title, across, up = (_one_line(text) for text in (axes.get_title(), axes.get_xlabel(), axes.get_ylabel()))
    drawn = [*_lines(axes), *_bars(axes), *_points(axes), *_pictures(axes)]
    if not drawn:
        return
    if title:
        yield f"{title}."
    if across or up:
        scales = " and ".join(
            name for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)) if axis.get_scale() == "log"
        )
        yield (
            (f"{up} against {across}" if across and up else across or up) + (f" (log {scales})" if scales else "") + ":"
        )
    yield "; ".join(drawn) + "."
    yield from _order(axes)
    written = [_one_line(text.get_text()).strip("←→ ") for text in axes.texts]
    if written and not axes.containers and axes.axison:  # beside bars, the numbers once more
        yield f"Written in it: {', '.join(written)}."


def _one_line(text: Any) -> str:
    return str(text).replace("\n", ", ")


def _curves(axes: Axes, open_marks: bool = False) -> Iterator[tuple[str, Any, Any]]:
    """The name, x and y of each line, without an axis that is drawn again; of open marks only where they are asked for.

    An open mark stands at the bottom of a log axis, for 0.
    """
    for line in axes.lines:
        x, y = np.asarray(line.get_xdata(), dtype=float), np.asarray(line.get_ydata(), dtype=float)
        seen = np.isfinite(x) & np.isfinite(y)
        name = str(line.get_label())
        name = "" if name.startswith("_") else name
        is_open = line.get_markerfacecolor() == "none" and line.get_linestyle() == "None"
        if is_open is open_marks and seen.sum() >= (1 if is_open else 2 if name else 3):
            yield name, x[seen], y[seen]


def _lines(axes: Axes) -> Iterator[str]:
    for name, x, y in _curves(axes):
        low, high = int(np.argmin(y)), int(np.argmax(y))
        words = f"{name} " if name else ""
        words += f"begins with {spoken(y[0])} at {spoken(x[0])}, ends with {spoken(y[-1])} at {spoken(x[-1])}"
        words += f", least {spoken(y[low])} at {spoken(x[low])}" if low not in (0, len(y) - 1) else ""
        yield words + (f", most {spoken(y[high])} at {spoken(x[high])}" if high not in (0, len(y) - 1) else "")
    for _, x, _ in _curves(axes, open_marks=True):
        yield f"open marks, for 0, at {', '.join(map(spoken, x[:MOST]))}{' …' if len(x) > MOST else ''}"


def _order(axes: Axes) -> Iterator[str]:
    """Which of several lines ends lowest and which highest, where they end at the same place and apart."""
    ends = {name: (x[-1], y[-1]) for name, x, y in _curves(axes) if name}
    if len(ends) < 2 or len({end for end, _ in ends.values()}) > 1:
        return
    heights = {name: y for name, (_, y) in ends.items()}
    low, high = min(heights, key=heights.__getitem__), max(heights, key=heights.__getitem__)
    if not np.isclose(heights[low], heights[high], rtol=0.01, atol=0):
        yield f"At the right end {low} is lowest, {high} highest."


def _bars(axes: Axes) -> Iterator[str]:
    for bars in axes.containers:
        across = getattr(bars, "orientation", "horizontal") == "horizontal"
        labels = axes.get_yticklabels() if across else axes.get_xticklabels()
        names = [label.get_text() for label in labels]
        sizes: list[Any] = [bar.get_width() if across else bar.get_height() for bar in bars]
        label = str(bars.get_label())
        start = "" if label.startswith("_") else f"{label}: "
        if len(sizes) > MOST or len(names) != len(sizes):
            yield (
                f"{start}{len(sizes)} bars from {spoken(min(sizes))} to {spoken(max(sizes))}"
                if sizes
                else f"{start}no bars"
            )
        else:
            listed = (f"{name} {spoken(size)}" for name, size in zip(names, sizes, strict=True))
            yield start + ", ".join(listed)


def _points(axes: Axes) -> Iterator[str]:
    from matplotlib.collections import PathCollection

    for points in axes.collections:
        places: Any = np.ma.filled(np.ma.asarray(points.get_offsets(), dtype=float), np.nan)
        places = places[np.isfinite(places).all(axis=1)] if places.ndim == 2 else places
        if isinstance(points, PathCollection) and len(places):
            (left, low), (right, high) = places.min(axis=0), places.max(axis=0)
            name = str(points.get_label())
            start = "" if name.startswith("_") else f"{name}: "
            span = f"from {spoken(left)} to {spoken(right)} across and {spoken(low)} to {spoken(high)} up"
            yield f"{start}{len(places)} points {span}"


def _pictures(axes: Axes) -> Iterator[str]:
    for image in axes.images:
        shown: Any = np.ma.asarray(image.get_array())
        rows, columns = shown.shape[:2]
        if shown.ndim == 2:
            yield f"a map of {rows} × {columns} entries, {_filled(np.ma.filled(shown.astype(float), 0.0))}"
        else:
            yield f"a picture of {rows} × {columns} pixels"


def _filled(entries: Any) -> str:
    """How many entries of a map are not 0, where they lie, and between which numbers."""
    rows, columns = np.nonzero(entries)
    if not len(rows):
        return "all of them 0"
    count = "none of them 0" if len(rows) == entries.size else f"{len(rows):,} of them not 0"
    values = entries[rows, columns]
    finite = values[np.isfinite(values)]
    span = f", from {spoken(finite.min())} to {spoken(finite.max())}" if len(finite) else ""
    away = columns - rows
    if len(rows) == entries.size or min(entries.shape) < 2:
        return count + span
    if not away.any():
        where = ", all on the diagonal"
    elif (away <= 0).all() or (away >= 0).all():
        where = f", none {'above' if (away <= 0).all() else 'below'} the diagonal"
    else:
        where = ""
    return count + where + span
