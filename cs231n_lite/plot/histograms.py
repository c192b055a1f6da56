"""What the layers of a deep net put out, as histograms: whether values shrink to 0, spread, or pile up at the ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cs231n_lite.plot.words import spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cs231n_lite.plot.chart import Chart

__all__ = ["layer_histograms"]

REACH, BINS = 2.0, 41  # one scale for all, from -REACH to REACH; what lies beyond stands in the outermost bars
FLAT = 0.05  # a slope below it counts as saturated


def layer_histograms(
    outputs: Mapping[str, Mapping[int, Any]], slopes: Mapping[str, Mapping[int, Any]] | None = None
) -> Chart:
    """Plot a row of histograms for each activation: what its layers put out, in panels of one scale.

    outputs: from a name to {layer: array}; slopes: the local derivatives there, of which the share below 0.05 is
    written into each panel. Raises ValueError where there is no activation, or layers differ.
    """
    from cs231n_lite.plot.chart import chart, dress

    layers = [list(arrays) for arrays in outputs.values()]
    if not layers or not layers[0] or any(each != layers[0] for each in layers):
        raise ValueError("layer_histograms needs the same layers of each activation: {'tanh': {1: h1, 40: h40}}")
    size = (1.5 * len(layers[0]) + 0.6, 1.0 * len(outputs) + 0.7)
    figure, panels = chart(len(outputs), len(layers[0]), size, sharex=True, sharey=True)
    about = []
    for row, (name, arrays) in enumerate(outputs.items()):
        for axes, (layer, array) in zip(panels[row], arrays.items(), strict=True):
            numbers = np.ravel(np.asarray(array, dtype=float))
            flat = None if slopes is None else float(np.mean(np.abs(slopes[name][layer]) < FLAT))
            lowest, first = row == len(outputs) - 1, layer == layers[0][0]
            dress(axes, "output" if lowest else "", name if first else "", grid="")
            axes.tick_params(left=False, labelleft=False, bottom=lowest, labelbottom=lowest, labelsize=8)
            if row == 0:
                axes.set_title(f"layer {layer}", fontsize=9, y=1.0)
            _panel(axes, numbers, flat)
            about.append(f"{name}, layer {layer}: {_told(numbers, flat)}.")
    panels[0][0].set(xlim=(-REACH, REACH), ylim=(0, 1.3), xticks=[-2, -1, 0, 1, 2])
    figure.about = " ".join(about)
    return figure


def _panel(axes: Axes, numbers: Any, flat: float | None) -> None:
    from cs231n_lite.plot.chart import SOFT, VALUE

    edges = np.linspace(-REACH, REACH, BINS + 1)
    seen = np.clip(numbers[np.isfinite(numbers)], -REACH, REACH)
    counts = np.histogram(seen, edges)[0].astype(float)
    axes.stairs(counts / max(counts.max(), 1.0), edges, fill=True, color=VALUE)
    if flat is not None:
        axes.text(0.03, 0.97, f"{flat:.0%} flat", transform=axes.transAxes, ha="left", va="top", fontsize=8, color=SOFT)


def _told(numbers: Any, flat: float | None) -> str:
    """From where to where the values go, the middle half of them, and how many are where the curve is flat."""
    finite = numbers[np.isfinite(numbers)]
    if not finite.size:
        return "no number"
    low, early, late, high = (spoken(number) for number in np.quantile(finite, (0, 0.25, 0.75, 1)))
    words = f"values from {low} to {high}, half of them between {early} and {late}"
    return words if flat is None else f"{words}; {flat:.0%} have a slope below {FLAT}"
