"""Curves of the course, in one style: labelled axes, readable without colour, and each saves to SVG or PNG.

Every function returns a matplotlib `Figure`; `figure.savefig("name.svg")` or `"name.png"` keeps it. None touches
pyplot's global state, so a notebook that shows the returned figure shows it once.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

__all__ = ["cached_bytes", "error_against_step"]

# Okabe and Ito's colours, told apart by colour-blind eyes, each with its own dashes for those who print in grey.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
VALUE, GRADIENT = "#116329", "#c4162a"  # the colours of the graph's picture


class Chart(Figure):
    """A matplotlib figure that a notebook shows by itself: a bare Figure shows nothing where pyplot was never imported."""

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        # No software line, so that the same figure has the same bytes with every release of matplotlib that draws it alike.
        self.savefig(picture, format="png", dpi=110, metadata={"Software": None})
        return picture.getvalue()


def error_against_step(steps: Any, errors: Any) -> Figure:
    """Plot the error of a numerical gradient against its step h on log axes: the U of truncation and round-off.

    steps, errors: (n,), n >= 1, or `errors` a mapping from a rule's name to (n,). An error of exactly 0 has no place on
    a log axis and is drawn as an open mark at the bottom. Raises ValueError where the lengths differ or a step is not
    positive.
    """
    h = _numbers("steps", steps)
    if not np.all(h > 0):
        raise ValueError("steps must be positive: h stands on a log axis")
    figure, axes = _axes("step h", "error of the gradient")
    lines = errors if isinstance(errors, Mapping) else {"": errors}
    order = np.argsort(h)
    for index, (name, given) in enumerate(lines.items()):
        error = np.abs(_numbers("errors", given))
        if error.shape != h.shape:
            raise ValueError(f"one error for each step: there are {h.size} steps and {error.size} errors")
        shown = error[order] > 0
        axes.plot(h[order][shown], error[order][shown], marker=".", label=name or None, **_style(index))
        if shown.any():
            best = int(np.argmin(np.where(shown, error[order], np.inf)))
            floor = float(error[order][shown].min())
            axes.plot(h[order][~shown], np.full((~shown).sum(), floor), "o", mfc="none", color=COLOURS[index])
            if len(lines) == 1:
                axes.annotate(
                    f"smallest at h = {h[order][best]:.0e}",
                    (h[order][best], error[order][best]),
                    (0, -18),
                    textcoords="offset points",
                    ha="center",
                )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.margins(y=0.15)
    if h.size > 2:
        axes.text(0.02, 0.96, "← round-off grows", transform=axes.transAxes, va="top", color="#59636e")
        axes.text(0.98, 0.96, "truncation grows →", transform=axes.transAxes, va="top", ha="right", color="#59636e")
    return _finish(figure, axes, len(lines))


def cached_bytes(bytes_after_each_step: Any, forward_steps: int | None = None) -> Figure:
    """Plot the bytes that are cached after each step of the forward and then the backward pass.

    bytes_after_each_step: (n,), or a mapping from a version's name to (n,), to compare one that frees with one that
    does not. `forward_steps` of them belong to the forward pass, by default up to the peak. Raises ValueError
    for no steps.
    """
    lines = bytes_after_each_step if isinstance(bytes_after_each_step, Mapping) else {"": bytes_after_each_step}
    figure, axes = _axes("step", "cached")
    turn = forward_steps
    for index, (name, given) in enumerate(lines.items()):
        held = _numbers("bytes_after_each_step", given)
        step = np.arange(1, held.size + 1)
        turn = int(np.argmax(held)) + 1 if turn is None else turn
        axes.plot(step, held, drawstyle="steps-mid", label=name or None, **_style(index))
        if len(lines) == 1:
            axes.fill_between(step, held, step="mid", alpha=0.15, color=COLOURS[0])
    assert turn is not None
    axes.axvline(turn + 0.5, color="#59636e", lw=0.8, ls=":")
    top = axes.get_xaxis_transform()
    axes.text(turn + 0.4, 1.01, "forward", ha="right", va="bottom", transform=top, color=VALUE)
    axes.text(turn + 0.6, 1.01, "backward", ha="left", va="bottom", transform=top, color=GRADIENT)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda size, _: _bytes(size)))
    axes.set_ylim(bottom=0)
    return _finish(figure, axes, len(lines))


def _axes(across: str, up: str, size: tuple[float, float] = (6.0, 3.6)) -> tuple[Figure, Axes]:
    figure = Chart(figsize=size, layout="constrained", facecolor="white")
    axes = figure.add_subplot()
    _dress(axes, across, up)
    return figure, axes


def _dress(axes: Axes, across: str, up: str) -> None:
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(color="#d0d7de", lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _style(index: int) -> dict[str, Any]:
    return {"color": COLOURS[index % len(COLOURS)], "ls": DASHES[index % len(DASHES)], "lw": 1.6}


def _finish(figure: Figure, axes: Axes, lines: int) -> Figure:
    if lines > 1:
        axes.legend(frameon=False)
    return figure


def _numbers(name: str, given: Any) -> Any:
    try:
        found = np.asarray(list(given) if not isinstance(given, (np.ndarray, Sequence)) else given, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers, one for each point; got {type(given).__name__}") from None
    if found.ndim != 1 or not found.size:
        raise ValueError(f"{name} must be a list of at least one number; got shape {found.shape}")
    return found


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if abs(size) < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"
