"""A chart in words, for readers who do not see it: what stands on its axes, and where each line or bar goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["in_words"]


def in_words(figure: Figure) -> str:
    """Return what there is to see in a figure, read off the figure itself, so that it says no more than is there."""
    panels = [" ".join(_panel(axes)) for axes in figure.axes if axes.get_visible()]
    return " ".join(["Chart."] + [words for words in panels if words])


def _panel(axes: Axes) -> Iterator[str]:
    texts = axes.get_title(), axes.get_xlabel(), axes.get_ylabel()
    title, across, up = (str(text).replace("\n", ", ") for text in texts)
    drawn = [*_lines(axes), *_bars(axes), *_pictures(axes)]
    if not drawn:
        return
    if title:
        yield f"{title}."
    if across or up:
        yield f"{up} against {across}:" if across and up else f"{across or up}:"
    yield "; ".join(drawn) + "."
    written = [text.get_text().replace("\n", ", ").strip("←→ ") for text in axes.texts]
    if written and not axes.containers and axes.axison:  # beside bars, the numbers once more
        yield f"Written in it: {', '.join(written)}."


def _lines(axes: Axes) -> Iterator[str]:
    for line in axes.lines:
        x, y = np.asarray(line.get_xdata(), dtype=float), np.asarray(line.get_ydata(), dtype=float)
        seen = np.isfinite(x) & np.isfinite(y)
        if seen.sum() < 3:  # an axis that is drawn again, or a mark
            continue
        x, y = x[seen], y[seen]
        low, high = int(np.argmin(y)), int(np.argmax(y))
        name = str(line.get_label())
        words = "" if name.startswith("_") else f"{name} "
        words += f"from {y[0]:.2g} at {x[0]:.2g} to {y[-1]:.2g} at {x[-1]:.2g}"
        words += f", least {y[low]:.2g} at {x[low]:.2g}" if low not in (0, len(y) - 1) else ""
        yield words + (f", most {y[high]:.2g} at {x[high]:.2g}" if high not in (0, len(y) - 1) else "")


def _bars(axes: Axes) -> Iterator[str]:
    names = [label.get_text() for label in axes.get_yticklabels()]
    for bars in axes.containers:
        widths: list[Any] = [bar.get_width() for bar in bars]
        listed = ", ".join(f"{name} {width:.2g}" for name, width in zip(names, widths, strict=False))
        yield f"{bars.get_label()}: {listed}"


def _pictures(axes: Axes) -> Iterator[str]:
    for image in axes.images:
        if not axes.axison:  # photographs side by side, each under its name
            names = [text.get_text().replace("\n", ", ") for text in axes.texts]
            yield f"pictures, in rows: {'; '.join(names)}" if names else "pictures in rows, without names"
            continue
        rows, columns = np.asarray(image.get_array()).shape[:2]
        yield f"a map of {rows} × {columns} entries"
