"""A net at several moments of its training, side by side: what it says of each place, and where its weights point."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cs231n_lite.plot.words import spoken
from cs231n_lite.speech import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cs231n_lite.plot.chart import Chart

__all__ = ["learning"]

ACROSS, FINE = 5, 60  # moments in a line, and places along one side of each
NEXT, LINE = 2.1, 2.4  # from one moment to its neighbours, where each reaches from -1 to 1
EDGE, TITLE = 1.05, 1.3  # from the middle of the outermost moments to the edge, and to that above a title
INCH, KEY = 0.8, 0.35  # inches of half a moment, and of the key's height
LONGEST = 0.85  # the longest weight, on the same scale; an update is drawn at most half as long
SQUARE = np.array([[-1.0, 1.0, 1.0, -1.0, -1.0], [-1.0, -1.0, 1.0, 1.0, -1.0]])
GROUND, FRAME = ("#ffffff", "#d7e3ee"), "#59636e"
BOUNDARY: dict[str, Any] = {"color": "#000000", "lw": 1.4}
FOLD: dict[str, Any] = {"color": "#59636e", "lw": 0.9, "ls": ":"}
MARKS: tuple[dict[str, Any], ...] = ({"marker": "o", "color": "#b37400"}, {"marker": "^", "color": "#0072b2"})
WEIGHT: dict[str, Any] = {"color": "#000000", "width": 0.02}
UPDATE: dict[str, Any] = {"color": "#c4162a", "width": 0.012, "headwidth": 6.0}
ARROW: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1.0, "units": "inches"}

Scores = Callable[[Mapping[str, Any], Any], Any]
Moments = Mapping[str, tuple[Mapping[str, Any], Any]]


def learning(X: Any, y: Any, scores: Scores, moments: Moments) -> Chart:
    """Draw a net of two inputs and two classes at each moment: its boundary, its first weights, and their next step.

    X: (N, 2), y: (N,) of 0 and 1. `scores` maps params and places (n, 2) to (n, 2). moments: from a title to
    (params, updates), where params["W1"] and updates are (2, H), a column for each hidden unit, and params["b1"] is
    (H,). Each kind of arrow has one scale for all moments. Raises ValueError for other shapes, or scores of nan.
    """
    X, y = _points(X, y)
    weights, updates = _arrows(moments)
    reach = 1.1 * float(np.abs(X).max())
    side = np.linspace(-reach, reach, FINE)
    places = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    times = _times(_longest(weights), _longest(updates))
    size = LONGEST / (_longest(weights) or 1.0)
    figure, axes = _empty(-(-len(moments) // ACROSS))
    sentences = []
    for number, (title, (params, _)) in enumerate(moments.items()):
        middle = np.array([NEXT * (number % ACROSS), -LINE * (number // ACROSS)])
        ground, lead = (_lead(title, scores(params, where)) for where in (places, X))
        _draw_ground(axes, middle, ground.reshape(FINE, FINE))
        _draw_points(axes, middle, X / reach, y)
        _draw_folds(axes, middle, weights[number], np.asarray(params["b1"], dtype=float) / reach)
        _draw_arrows(axes, middle, size * weights[number], size * times * updates[number])
        axes.text(middle[0], middle[1] + 1.04, title, ha="center", va="bottom", fontsize=9)
        right, share = np.sum((lead > 0) == (y == 1)), 100 * np.mean(ground > 0)
        sentences.append(f"{title}: {right} of {len(y)} points are right, and {share:.0f} of 100 places are class 1")
    _draw_key(axes, times)
    figure.about = f"{'; '.join(sentences)}. {_lengths(weights, updates)}"
    return figure


def _empty(lines: int) -> tuple[Chart, Axes]:
    """A figure with place for so many lines of moments and the key below, whose layout is plain arithmetic."""
    from cs231n_lite.plot.chart import DPI, Chart

    width, height = NEXT * (ACROSS - 1) + 2 * EDGE, LINE * (lines - 1) + EDGE + TITLE
    high = INCH * height + KEY
    figure = Chart(figsize=(INCH * width, high), dpi=DPI, facecolor="white")
    axes = figure.add_axes((0.0, KEY / high, 1.0, 1.0 - KEY / high))
    axes.set(xlim=(-EDGE, width - EDGE), ylim=(TITLE - height, TITLE))
    axes.set_axis_off()
    return figure, axes


def _points(X: Any, y: Any) -> tuple[Any, Any]:
    X, y = np.asarray(X, dtype=float), np.asarray(y)
    if X.ndim != 2 or X.shape[1] != 2 or y.shape != X.shape[:1] or not set(y.tolist()) <= {0, 1}:
        raise ValueError(f"points are (N, 2), each of class 0 or 1; got X of shape {X.shape} and y of shape {y.shape}")
    return X, y


def _arrows(moments: Moments) -> tuple[Any, Any]:
    """Weights and updates of all moments, both (moments, H, 2)."""
    shapes = {np.shape(array) for params, updates in moments.values() for array in (params["W1"], updates)}
    if len(shapes) != 1 or any(len(shape) != 2 or shape[0] != 2 for shape in shapes):
        raise ValueError(f"weights and updates have one shape (2, H) at all moments; got {sorted(shapes)}")
    weights = np.array([np.transpose(params["W1"]) for params, _ in moments.values()], dtype=float)
    return weights, np.array([np.transpose(updates) for _, updates in moments.values()], dtype=float)


def _longest(arrows: Any) -> float:
    return float(np.linalg.norm(arrows, axis=-1).max())


def _times(weight: float, update: float) -> float:
    """How many times longer than they are the updates are drawn: 1, 2 or 5, and zeros."""
    if not 0 < update < np.inf or not weight:
        return 1.0
    wanted = 0.5 * weight / update
    power = 10.0 ** math.floor(math.log10(wanted))
    return max(digit * power for digit in (1, 2, 5) if digit * power <= wanted)


def _lead(title: str, scores: Any) -> Any:
    """By how much class 1 is ahead of class 0."""
    scores = np.asarray(scores, dtype=float)
    if scores.ndim != 2 or scores.shape[1] != 2 or not np.isfinite(scores).all():
        raise ValueError(f"{title}: the scores are {scores.shape}, or not finite; two finite ones a place are needed")
    return scores[:, 1] - scores[:, 0]


def _lengths(weights: Any, updates: Any) -> str:
    first, last = spoken(_longest(weights[:1])), spoken(_longest(weights[-1:]))
    start, end = spoken(_longest(updates[:1])), spoken(_longest(updates[-1:]))
    return f"The longest weight has length {first} at first and {last} at last, the longest update {start} and {end}."


def _draw_ground(axes: Axes, middle: Any, lead: Any) -> None:
    across, up = middle[:, None] + np.linspace(-1.0, 1.0, FINE)
    axes.contourf(across, up, lead, levels=[-np.inf, 0.0, np.inf], colors=GROUND)
    if lead.min() < 0 < lead.max():
        axes.contour(across, up, lead, levels=[0.0], colors=[BOUNDARY["color"]], linewidths=BOUNDARY["lw"])
    axes.plot(*(middle[:, None] + SQUARE), color=FRAME, lw=0.6)


def _draw_points(axes: Axes, middle: Any, X: Any, y: Any) -> None:
    for label, mark in enumerate(MARKS):
        across, up = (X[y == label] + middle).T
        axes.scatter(across, up, s=8, lw=0, **mark)


def _draw_folds(axes: Axes, middle: Any, weights: Any, biases: Any) -> None:
    """Where each unit begins to fire, w·x + b = 0: the places at which a boundary can bend."""
    for w, b in zip(weights, biases, strict=True):
        length = np.linalg.norm(w)
        if length > 0:
            foot, along = -b * w / length**2, np.array([-w[1], w[0]]) / length
            ends = (foot + distance * along for distance in (-4.0, 4.0))
            (line,) = axes.plot(*np.transpose([middle + end for end in ends]), **FOLD)
            line.set_clip_path(_square(axes, middle))


def _square(axes: Axes, middle: Any) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle(tuple(middle - 1.0), 2.0, 2.0, transform=axes.transData)


def _draw_arrows(axes: Axes, middle: Any, weights: Any, updates: Any) -> None:
    """A weight from the middle, and from its tip where the next step takes it."""
    start = np.broadcast_to(middle, weights.shape)
    axes.quiver(*start.T, *weights.T, zorder=3, **WEIGHT, **ARROW)
    axes.quiver(*(start + weights).T, *updates.T, zorder=4, **UPDATE, **ARROW)


def _draw_key(axes: Axes, times: float) -> None:
    from matplotlib.lines import Line2D

    longer = "" if times == 1 else f", drawn {spoken(times)} times as long"
    key = {
        "class 0": {**MARKS[0], "ls": ""},
        "class 1": {**MARKS[1], "ls": ""},
        "boundary": BOUNDARY,
        "a unit begins to fire": FOLD,
        "weights": {"color": WEIGHT["color"], "marker": ">", "lw": 2.2},
        f"next step{longer}": {"color": UPDATE["color"], "marker": ">", "lw": 1.1},
    }
    lines = [Line2D([], [], label=say(name, "chart"), markersize=4, **how) for name, how in key.items()]
    place: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0), "ncols": len(lines)}
    axes.legend(handles=lines, frameon=False, fontsize=8, columnspacing=1.4, **place)
