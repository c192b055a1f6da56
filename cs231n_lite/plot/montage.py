"""Many small pictures in one: an axes for each would take ten times as long to draw."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from cs231n_lite.plot.chart import DPI, Chart

__all__ = ["montage"]

SIDE, GAP = 96, 9  # pixels in a notebook: the longer side of a picture, and what stays free around it
ACROSS, ALONE = 10, 220  # pictures side by side at most, and pixels that are the least for one or two with their names
LETTERS, LINE = 8, 15  # points of a name's letters, and pixels from one of its lines to the next
# Nothing lies behind the pictures, so a dark page shines through; a name stands on a card that is read on any page.
CARD: dict[str, Any] = {"boxstyle": "round,pad=0.2,rounding_size=0.4", "fc": "#eaeef2", "ec": "none"}


def montage(pictures: Any, names: list[str]) -> Chart:
    """Draw pictures (n, height, width, 3) of uint8 in lines of ten, each with its name above it, where it has one."""
    about = _about(pictures, names)
    times = max(1, SIDE // max(pictures.shape[1:3]))
    pictures = pictures.repeat(times, axis=1).repeat(times, axis=2)
    count, height, width = pictures.shape[:3]
    columns = min(ACROSS, count)
    lines = [names[start : start + columns] for start in range(0, count, columns)]
    # What is measured in pixels of a notebook is as many of the image, unless the pictures are larger than there.
    scale = max(1.0, max(height, width) / SIDE)
    gap, line = round(GAP * scale), round(LINE * scale)
    pitch = max(max(height, width) + gap, round(ALONE * scale / columns) if columns < 3 else 0)
    above = [gap + max(line * len(name.splitlines()) for name in row) for row in lines]
    image = np.full((sum(above) + len(lines) * height + gap, columns * pitch, 4), 0, dtype=np.uint8)
    high, wide = image.shape[:2]
    figure = Chart(figsize=(wide / scale / DPI, high / scale / DPI), dpi=DPI, facecolor="none")
    figure.photographs, figure.about = True, about
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    for index, (picture, name) in enumerate(zip(pictures, names, strict=True)):
        line_number, column = divmod(index, columns)
        top, left = sum(above[: line_number + 1]) + line_number * height, column * pitch + (pitch - width) // 2
        image[top : top + height, left : left + width, :3] = picture
        image[top : top + height, left : left + width, 3] = 255
        if name:
            x, y = (left + width / 2) / wide, 1 - (top - gap / 2) / high
            axes.text(x, y, name, fontsize=LETTERS, ha="center", va="bottom", color="#1f2328", bbox=CARD)
    axes.imshow(image, aspect="auto", interpolation="nearest", extent=(0, 1, 0, 1))
    return figure


def _about(pictures: Any, names: list[str]) -> str:
    """What there is to see, for readers who do not: a name that several pictures have stands here once."""
    count, height, width = pictures.shape[:3]
    often = Counter(name.replace("\n", ", ") for name in names if name)
    listed = "; ".join(f"{name} ({times} times)" if times > 1 else name for name, times in often.items())
    rows = f" in rows of {ACROSS}" if count > ACROSS else ""
    what = f"{count} picture{'s' if count > 1 else ''} of {height} × {width} pixels{rows}"
    return f"{what}: {listed}." if listed else f"{what}, without names."
