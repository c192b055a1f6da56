"""Curves of the course, in one style: labelled axes, readable without colour, and each saves to SVG or PNG.

Every function returns a matplotlib `Figure`, which a notebook shows as the last line of a cell;
`figure.savefig("name.svg")` or `"name.png"` keeps it. None touches pyplot's global state. Bad input is a ValueError
that says what was expected; NaN and infinite points are left out and counted in the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cs231n_lite.speech import say

if TYPE_CHECKING:
    from cs231n_lite.plot.chart import Chart

__all__ = [
    "cached_bytes",
    "error_against_step",
    "gradient_norms",
    "jacobian_sparsity",
    "shares",
    "training_curves",
    "weight_templates",
]


def error_against_step(steps: Any, errors: Any) -> Chart:
    """Plot the error of a numerical gradient against its step h on log axes: the U of truncation and round-off.

    steps, errors: (n,), n >= 1, or `errors` a mapping from a rule's name to (n,). An error of exactly 0 has no place on
    a log axis and is drawn as an open mark at the bottom. Raises ValueError where the lengths differ or a step is not
    positive.
    """
    from cs231n_lite.plot.chart import COLOURS, SOFT, chart, dress, style

    h = _numbers("steps", steps)
    if not np.all(h > 0):
        raise ValueError("steps must be positive: h stands on a log axis")
    lines = {name: np.abs(_numbers("errors", values)) for name, values in _lines(errors).items()}
    for error in lines.values():
        if error.shape != h.shape:
            raise ValueError(f"one error for each step: there are {h.size} steps and {error.size} errors")
    figure, ((axes,),) = chart()
    dress(axes, say("step h", "chart"), say("error of the gradient", "chart"), log="xy")
    order = np.argsort(h)
    for index, (name, error) in enumerate(lines.items()):
        across, up = h[order], error[order]
        positive = np.isfinite(up) & (up > 0)
        axes.plot(across[positive], up[positive], marker=".", label=name or None, **style(index))
        lowest, zero = int(np.argmin(np.where(positive, up, np.inf))), up == 0
        floor = up[lowest] if positive.any() else np.finfo(float).eps
        axes.plot(across[zero], np.full(int(zero.sum()), floor), "o", mfc="none", color=COLOURS[index % 7])
        if len(lines) == 1 and positive.any():
            place, text = (across[lowest], up[lowest]), say(f"smallest at h = {across[lowest]:.0e}", "chart")
            axes.annotate(text, place, (0, -18), textcoords="offset points", ha="center")
    axes.margins(y=0.15)
    if h.size > 2:
        axes.text(0.02, 0.96, say("← round-off grows", "chart"), transform=axes.transAxes, va="top", color=SOFT)
        axes.text(
            0.98, 0.96, say("truncation grows →", "chart"), transform=axes.transAxes, va="top", ha="right", color=SOFT
        )
    return _finish(figure, axes, lines)


def cached_bytes(bytes_after_each_step: Any, forward_steps: int | None = None) -> Chart:
    """Plot the bytes that are cached after each step of the forward and then the backward pass.

    bytes_after_each_step: (n,), or a mapping from a version's name to (n,), to compare one that frees with one that
    does not. `forward_steps` of them belong to the forward pass, by default up to the peak. Raises ValueError
    for no steps.
    """
    from cs231n_lite.plot.chart import COLOURS, GRADIENT, SOFT, VALUE, as_bytes, chart, dress, style

    lines = {name: _numbers("bytes_after_each_step", sizes) for name, sizes in _lines(bytes_after_each_step).items()}
    figure, ((axes,),) = chart()
    dress(axes, say("step", "chart"), say("bytes in the cache", "chart"))
    turn = forward_steps or 1 + int(np.nanargmax(next(iter(lines.values()))))
    for index, (name, sizes) in enumerate(lines.items()):
        step = np.arange(1, sizes.size + 1)
        axes.plot(step, sizes, drawstyle="steps-mid", label=name or None, **style(index))
        if len(lines) == 1:
            axes.fill_between(step, sizes, step="mid", alpha=0.15, color=COLOURS[0])
    axes.axvline(turn + 0.5, color=SOFT, lw=0.8, ls=":")
    top = axes.get_xaxis_transform()
    axes.text(turn + 0.4, 1.01, "forward", ha="right", va="bottom", transform=top, color=VALUE)
    axes.text(turn + 0.6, 1.01, "backward", ha="left", va="bottom", transform=top, color=GRADIENT)
    axes.yaxis.set_major_formatter(as_bytes())
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_ylim(bottom=0)
    return _finish(figure, axes, lines)


def jacobian_sparsity(jacobian: Any, title: str = "") -> Chart:
    """Show which outputs each input moves: the entries of a Jacobian of shape (outputs, inputs), zeros left white.

    Raises ValueError unless it has two axes and at least one entry.
    """
    from cs231n_lite.plot.chart import chart, dress, signed

    entries = np.asarray(jacobian, dtype=float)
    if entries.ndim != 2 or not entries.size:
        raise ValueError(f"a Jacobian has shape (outputs, inputs); got {entries.shape}")
    figure, ((axes, bar),) = chart(1, 2, (4.6, 4.0), width_ratios=(16, 1))
    dress(axes, "input", "output", grid="")
    axes.spines[:].set_visible(True)
    largest = float(np.max(np.abs(entries[np.isfinite(entries)]), initial=0.0)) or 1.0
    nonzero = np.ma.masked_where(entries == 0, entries)
    image = axes.imshow(nonzero, cmap=signed(), vmin=-largest, vmax=largest, interpolation="nearest", aspect="auto")
    figure.colorbar(image, cax=bar, label="∂ output / ∂ input")
    for axis in (axes.xaxis, axes.yaxis):
        axis.get_major_locator().set_params(integer=True)
    filled = int(np.count_nonzero(entries))
    count = f"{filled:,} of {entries.size:,} entries are not 0 ({filled / entries.size:.2g})"
    axes.set_title(f"{title}\n{count}" if title else count, fontsize=9, y=1.0)
    return figure


def gradient_norms(norms: Any) -> Chart:
    """Plot the size of the gradient at each layer, on a log axis, from the input's side to the output's.

    norms: (layers,), or a mapping from an activation's name to (layers,). A norm of 0, a gradient that has died, is an
    open mark at the bottom. Raises ValueError for no layer.
    """
    from cs231n_lite.plot.chart import COLOURS, chart, dress, style

    lines = {name: _numbers("norms", sizes) for name, sizes in _lines(norms).items()}
    figure, ((axes,),) = chart()
    dress(axes, "layer", "norm of the gradient", log="y")
    alive = [size for sizes in lines.values() for size in sizes[np.isfinite(sizes)] if size > 0]
    floor = min(alive, default=1.0)
    for index, (name, sizes) in enumerate(lines.items()):
        layer = np.arange(1, sizes.size + 1)
        positive, dead = np.isfinite(sizes) & (sizes > 0), sizes == 0
        axes.plot(layer[positive], sizes[positive], marker=".", label=name or None, **style(index))
        axes.plot(layer[dead], np.full(int(dead.sum()), floor), "o", mfc="none", color=COLOURS[index % 7])
    axes.xaxis.get_major_locator().set_params(integer=True)
    return _finish(figure, axes, lines)


def weight_templates(weights: Any, shape: Sequence[int], names: Sequence[str] | None = None) -> Chart:
    """Show each row of weights as the picture it looks for.

    weights: (templates, D); shape: (height, width) or (height, width, 3) with D entries. Each is stretched to its own
    range. Raises ValueError where they do not fit.
    """
    from cs231n_lite.plot.montage import montage

    rows = np.asarray(weights, dtype=float)
    if rows.ndim != 2 or not rows.size or rows.shape[1] != int(np.prod(shape)):
        raise ValueError(f"weights of shape {rows.shape} are no templates of shape {tuple(shape)}, one in each row")
    low, high = np.nanmin(rows, axis=1, keepdims=True), np.nanmax(rows, axis=1, keepdims=True)
    stretched = np.nan_to_num((rows - low) / np.where(high > low, high - low, 1.0), nan=1.0)
    pictures = np.round(255 * stretched).astype(np.uint8).reshape(len(rows), *shape)
    if pictures.ndim == 3:
        pictures = np.repeat(pictures[..., None], 3, axis=3)
    titles = [str(name) for name in ([] if names is None else names)][: len(rows)]
    return montage(pictures, titles + [""] * (len(rows) - len(titles)))


def shares(groups: Mapping[str, Mapping[str, Any]], across: str = "share") -> Chart:
    """Compare shares, numbers in [0, 1], as bars: a row for each name, a colour for each group, such as a classifier.

    groups: from a group's name to a mapping from a name to its share; all groups have the same names. Raises ValueError
    for no group, other names, or a number outside [0, 1].
    """
    from cs231n_lite.plot.chart import COLOURS, chart, dress

    if not groups or not all(isinstance(group, Mapping) and group for group in groups.values()):
        raise ValueError("shares maps a group to its shares: {'linear': {'red cars': 0.9, 'yellow cars': 0.1}}")
    names = list(next(iter(groups.values())))
    for group, by_name in groups.items():
        if list(by_name) != names:
            raise ValueError(f"every group has the same names: {group} has {list(by_name)} instead of {names}")
        numbers = _numbers(group, list(by_name.values()))
        if not np.all((numbers >= 0) & (numbers <= 1)):
            raise ValueError(f"shares lie between 0 and 1; those of {group} are {list(by_name.values())}")
    width = 0.8 / len(groups)
    figure, ((axes,),) = chart(size=(6.0, 0.6 + (0.22 * len(groups) + 0.18) * len(names)))
    dress(axes, across, "", grid="x")
    for index, (group, by_name) in enumerate(groups.items()):
        place = np.arange(len(names)) + (index - (len(groups) - 1) / 2) * width
        share = [float(by_name[name]) for name in names]
        hatch = ("", "///", "...", "xxx")[index % 4]
        axes.barh(place, share, 0.9 * width, color=COLOURS[index % 7], hatch=hatch, ec="white", label=group)
        for right, middle in zip(share, place, strict=True):
            axes.text(right + 0.015, middle, f"{right:.2f}", fontsize=8, va="center_baseline", in_layout=False)
    axes.set_yticks(range(len(names)), [str(name) for name in names])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.12)
    if len(groups) > 1:
        axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def training_curves(history: Mapping[str, Any]) -> Chart:
    """Plot losses on the left and accuracies on the right, against the step.

    history: from a name to (steps,); every name with "accuracy" in it goes to the right, in [0, 1]. Series of different
    lengths, such as one number an epoch, are stretched over the same training. Raises ValueError for no series.
    """
    from cs231n_lite.plot.chart import chart, dress, style

    if not isinstance(history, Mapping) or not history:
        raise ValueError("history maps a name to its numbers: {'loss': [...], 'validation accuracy': [...]}")
    series = {name: _numbers(name, values) for name, values in history.items()}
    sides = [{n: s for n, s in series.items() if ("accuracy" in n) is side} for side in (False, True)]
    sides = [side for side in sides if side]
    figure, (panels,) = chart(1, len(sides), (4.6 * len(sides) + 0.6, 3.4))
    longest = max(values.size for values in series.values())
    for axes, side in zip(panels, sides, strict=True):
        right = "accuracy" in next(iter(side))
        dress(axes, "step", "accuracy" if right else "loss")
        for index, (name, values) in enumerate(side.items()):
            step = np.arange(1, values.size + 1) * (longest / values.size)
            axes.plot(step, values, label=name, marker="." if values.size < 30 else None, **style(index))
        if right:
            axes.set_ylim(0, 1.02)
        if len(side) > 1 or right:
            axes.legend(frameon=False).set_in_layout(False)
    return figure


def _lines(values: Any) -> dict[str, Any]:
    if isinstance(values, Mapping):
        if not values:
            raise ValueError("there is nothing to plot: the mapping is empty")
        return dict(values)
    return {"": values}


def _finish(figure: Chart, axes: Any, lines: Mapping[str, Any]) -> Chart:
    if len(lines) > 1:
        axes.legend(frameon=False).set_in_layout(False)
    missing = sum(int((~np.isfinite(values)).sum()) for values in lines.values())
    if missing:
        note = f"{missing} point{'s are' if missing > 1 else ' is'} NaN or infinite and not shown"
        axes.set_title(note, fontsize=9, loc="left", y=1.0, pad=16)
    return figure


def _numbers(name: str, values: Any) -> Any:
    try:
        numbers = np.asarray(values if isinstance(values, (np.ndarray, Sequence)) else list(values), dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers, one for each point; got {type(values).__name__}") from None
    if numbers.ndim != 1 or not numbers.size:
        raise ValueError(f"{name} must be a list of at least one number; got shape {numbers.shape}")
    if not np.isfinite(numbers).any():
        raise ValueError(f"{name} has no finite number: all {numbers.size} are NaN or infinite")
    return numbers
