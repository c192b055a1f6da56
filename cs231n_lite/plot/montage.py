"""Many small pictures in one: an axes for each would take ten times as long to draw."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.transforms import Bbox

from cs231n_lite.plot.chart import DPI, Chart

__all__ = ["Montage", "montage"]

SIDE, GAP = 96, 9  # pixels in a notebook: the longer side of a picture, and what stays free around it
ACROSS, ALONE = 10, 220  # pictures side by side at most, and pixels that are the least for one or two with their names
LETTERS, LINE = 8, 15  # points of a name's letters, and pixels from one of its lines to the next


class Montage(Artist):
    """An image (height, width, 4) of uint8 that fills its axes, drawn pixel by pixel without any interpolation."""

    def __init__(self, image: Any) -> None:
        super().__init__()
        self.image = image

    def draw(self, renderer: Any) -> None:
        """Draw the image as large as the axes is."""
        box, times = self.get_window_extent(), renderer.get_image_magnification()
        rows, columns = (
            np.arange(round(side * times)) * held // round(side * times)
            for side, held in zip((box.height, box.width), self.image.shape[:2], strict=True)
        )
        pen = renderer.new_gc()
        renderer.draw_image(pen, box.x0, box.y0, self.image[rows[::-1]][:, columns])
        pen.restore()

    def get_window_extent(self, renderer: Any = None) -> Bbox:
        """Return all of the axes, in pixels."""
        axes: Any = self.axes
        return axes.bbox


def montage(pictures: Any, names: list[str]) -> Chart:
    """Draw pictures (n, height, width, 3) of uint8 in lines of ten, each with its name above it, where it has one."""
    times = max(1, SIDE // max(pictures.shape[1:3]))
    pictures = pictures.repeat(times, axis=1).repeat(times, axis=2)
    count, height, width = pictures.shape[:3]
    columns = min(ACROSS, count)
    lines = [names[start : start + columns] for start in range(0, count, columns)]
    # What is measured in pixels of a notebook is as many of the image, unless the pictures are larger than there.
    scale = max(1.0, max(height, width) / SIDE)
    gap, line = round(GAP * scale), round(LINE * scale)
    pitch = max(max(height, width) + gap, round(ALONE * scale / columns) if columns < 3 else 0)
    above = [gap + max(line * len(name.splitlines()) for name in held) for held in lines]
    image = np.full((sum(above) + len(lines) * height + gap, columns * pitch, 4), 255, dtype=np.uint8)
    high, wide = image.shape[:2]
    figure = Chart(figsize=(wide / scale / DPI, high / scale / DPI), dpi=DPI, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.add_artist(Montage(image))
    for index, (picture, name) in enumerate(zip(pictures, names, strict=True)):
        row, column = divmod(index, columns)
        top, left = sum(above[: row + 1]) + row * height, column * pitch + (pitch - width) // 2
        image[top : top + height, left : left + width, :3] = picture
        if name:
            x, y = (left + width / 2) / wide, 1 - (top - gap / 3) / high
            axes.text(x, y, name, fontsize=LETTERS, ha="center", va="bottom")
    return figure
