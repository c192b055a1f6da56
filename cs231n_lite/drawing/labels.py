"""What stands on a wire: a number, a few numbers in brackets, or the heat strip of an array, as SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np

from cs231n_lite.drawing.diagram import number

__all__ = ["Block", "block", "is_readable", "text_width"]

CELL = 6.0
ROWS, COLUMNS = 5, 12  # a strip never has more cells than this; larger arrays are averaged into them
FEW = 12  # so many numbers can still be read; more become a strip
WIDTHS = {
    **dict.fromkeys("ijl|'", 0.29),
    **dict.fromkeys(" .,:;![]()ftr", 0.41),
    **dict.fromkeys("−×÷+=<>≤≥√", 0.84),
    **dict.fromkeys("mw⋯WM@%", 0.98),
    **dict.fromkeys("₀₁₂₃₄₅₆₇₈₉²", 0.4),
}
NEGATIVE, POSITIVE = (0x76, 0x2A, 0x83), (0x1B, 0x78, 0x37)  # ColorBrewer PRGn: safe for colour-blind eyes
DOWN, UP = (0x21, 0x66, 0xAC), (0xB2, 0x18, 0x2B)  # ColorBrewer RdBu, for gradients


def text_width(text: str, size: float = 12.0) -> float:
    """Return a width that `text` surely fits in: that of DejaVu Sans, the widest of the fonts that are asked for."""
    letters = math.fsum(WIDTHS.get(letter, 0.7 if letter.isupper() else 0.63) for letter in text)
    # Whole halves of a pixel, so that no coordinate lies where the last bit of a sum would decide its rounding.
    return math.ceil(2 * size * letters + 4) / 2


@dataclass(slots=True)
class Block:
    """A piece of label `width` by `height`: `lines` of text, over or under the `cells` of a strip."""

    lines: list[str]
    kind: str  # "value" or "gradient": which colours
    cells: list[list[float]] = field(default_factory=list)  # -1 … 1, NaN where not finite
    brackets: bool = False
    about: str = ""  # what a strip says when it is pointed at
    small: bool = False
    mark: str = ""  # ✓ or ✗ after the last line, in a colour of its own
    width: float = 0.0
    height: float = 0.0

    def __post_init__(self) -> None:
        texts = max((text_width(line, self.size) for line in self.lines), default=0.0)
        texts += (8 if self.brackets else 0) + (16 if self.mark else 0)
        self.width = max(texts, CELL * len(self.cells[0]) if self.cells else 0.0)
        self.height = (self.size + 2) * len(self.lines) + (CELL * len(self.cells) + 3 if self.cells else 0.0)

    @property
    def size(self) -> float:
        """Return the size of the letters."""
        return 10.0 if self.cells or self.brackets or self.small else 12.5

    def svg(self, centre: float, top: float, css: str, colour: str, mark: str = "") -> str:
        """Return the block as SVG, centred at `centre`, from `top` down; `mark` is the colour of a ✓ or ✗."""
        out, y = [], top
        slant = ' font-style="italic"' if self.kind == "gradient" else ""  # as wide, and told apart without colours
        for index, line in enumerate(self.lines):
            y += self.size + 2
            sign = ""
            if self.mark and index == len(self.lines) - 1:
                role = "y" if self.mark == "✓" else "n"
                sign = f'<tspan class="{role}" fill="{mark}" font-weight="700"> {self.mark}</tspan>'
            out.append(
                f'<text class="{css}" fill="{colour}" x="{centre:.1f}" y="{y - 3:.1f}" font-size="{self.size:g}" '
                f'text-anchor="middle"{slant}>{escape(line)}{sign}</text>'
            )
        if self.brackets:
            for side in (-1, 1):
                edge, inner = centre + side * (self.width / 2), centre + side * (self.width / 2 - 3)
                out.append(
                    f'<path class="{css}l" d="M{inner:.1f} {top:.1f}H{edge:.1f}V{y:.1f}H{inner:.1f}" '
                    f'fill="none" stroke="{colour}"/>'
                )
        if self.cells:
            left, y = centre - CELL * len(self.cells[0]) / 2, y + 1.5
            out.append(f"<g><title>{escape(self.about)}</title>")
            for r, row in enumerate(self.cells):
                for c, cell in enumerate(row):
                    out.append(
                        f'<rect x="{left + CELL * c:.1f}" y="{y + CELL * r:.1f}" width="{CELL:g}" height="{CELL:g}" '
                        f'fill="{_shade(cell, self.kind)}"/>'
                    )
            out.append(
                f'<rect class="{css}l" x="{left:.1f}" y="{y:.1f}" width="{CELL * len(self.cells[0]):.1f}" '
                f'height="{CELL * len(self.cells):.1f}" fill="none" stroke="{colour}" stroke-width=".8"/></g>'
            )
        return "".join(out)


def block(value: Any, kind: str, *, shape: bool = True) -> Block:
    """Return the label of `value`; `shape` says whether a large array tells its shape."""
    array = np.asarray(value)
    if array.ndim == 0:
        return Block([number(value)], kind)
    shape_text = "×".join(map(str, array.shape)) if array.ndim > 1 else f"({array.shape[0]},)"
    if array.size == 0:
        return Block([f"empty {shape_text}"], kind)
    if array.dtype.kind not in "fiub":
        return Block([f"{shape_text} of {array.dtype}"], kind)
    rows = array.reshape(-1, array.shape[-1])
    if is_readable(array):
        wide = max(len(number(entry)) for entry in array.flat)
        # Figure spaces are as wide as a digit, so columns line up; plain spaces would be folded into one.
        return Block(
            ["\u2002".join(number(entry).rjust(wide, "\u2007") for entry in row) for row in rows], kind, brackets=True
        )
    about = f"{shape_text}, from {number(array.min())} to {number(array.max())}"
    return Block([shape_text] if shape else [], kind, _cells(rows), about=about)


def is_readable(array: Any) -> bool:
    """Whether an array is so small that its numbers are shown, and not a strip."""
    return bool(array.size <= FEW and array.ndim <= 2 and max(array.shape) <= 4)


def _cells(rows: Any) -> list[list[float]]:
    rows = rows.astype(float)
    with np.errstate(invalid="ignore"):  # ∞ - ∞
        return _scaled(rows)


def _scaled(rows: Any) -> list[list[float]]:
    for axis, most in ((0, ROWS), (1, COLUMNS)):
        if rows.shape[axis] > most:
            edges = np.linspace(0, rows.shape[axis], most + 1).astype(int)
            ends = pairwise(edges.tolist())
            rows = np.concatenate([np.take(rows, range(a, b), axis).mean(axis, keepdims=True) for a, b in ends], axis)
    finite = np.abs(rows[np.isfinite(rows)])
    largest = float(finite.max()) if finite.size else 0.0
    scaled = rows / largest if largest > 0 else rows * 0.0
    return [[float(entry) for entry in row] for row in scaled]


def _shade(cell: float, kind: str) -> str:
    if not -1.0 <= cell <= 1.0:
        return "#e6a400"  # NaN or infinite: neither colour of the scale
    low, high = (NEGATIVE, POSITIVE) if kind == "value" else (DOWN, UP)
    end = low if cell < 0 else high
    share = abs(cell) ** 0.7  # small entries should still be told from zero
    return "#" + "".join(f"{round(247 + (channel - 247) * share):02x}" for channel in end)
