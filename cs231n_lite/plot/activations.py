"""The curve of an activation beside its slope: of functions, or of gates with the slope that their backward finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from cs231n_lite.plot.chart import Chart

__all__ = ["activation_curves", "gate_curves"]

UNBOUNDED = (-1.6, 2.6)  # what is seen of activations that grow without end


def activation_curves(
    activations: Mapping[str, Callable[[Any], Any]],
    derivatives: Mapping[str, Callable[[Any], Any]] | None = None,
    span: tuple[float, float] = (-5.0, 5.0),
) -> Chart:
    """Plot each activation with its derivative, in panels of one scale, so that saturation can be compared.

    activations, derivatives: from a name to a function of an array (n,) that returns (n,). A derivative that is not
    given is measured by centred differences. Where all are bounded, the scale is theirs. Raises ValueError for no
    activation or a result of another shape.
    """
    from cs231n_lite.plot.chart import GRADIENT, SOFT, VALUE, chart, dress

    if not activations:
        raise ValueError("activation_curves needs at least one activation: {'tanh': np.tanh}")
    columns = min(3, len(activations))
    rows = -(-len(activations) // columns)
    figure, panels = chart(rows, columns, (3.1 * columns, 2.5 * rows), sharex=True, sharey=True)
    x, h = np.linspace(*span, 201), 1e-5
    seen = []
    for index, (axes, (name, f)) in enumerate(zip(panels.flat, activations.items(), strict=False)):
        derivative, value = (derivatives or {}).get(name), f(x)
        slope = derivative(x) if derivative else (np.asarray(f(x + h)) - np.asarray(f(x - h))) / (2 * h)
        for label, y in ((name, value), (f"derivative of {name}", slope)):
            if np.shape(y) != x.shape:
                raise ValueError(f"{label} must return one number for each input: {np.shape(y)} is not {x.shape}")
        lowest, first = index + columns >= len(activations), index % columns == 0
        dress(axes, "x" if lowest else "", "")
        axes.tick_params(bottom=lowest, labelbottom=lowest, left=first, labelleft=first)
        axes.axhline(0, color=SOFT, lw=0.6)
        axes.plot(x, value, color=VALUE, lw=1.8, label="f(x)")
        axes.plot(x, slope, color=GRADIENT, lw=1.6, ls="--", label="f′(x)")
        axes.set_title(name, fontsize=10, y=1.0)
        seen += [value, slope]
    panels.flat[0].set_ylim(*_bounds(*seen))  # that of all panels
    for axes in panels.flat[len(activations) :]:
        axes.set_visible(False)
    panels.flat[0].legend(frameon=False, fontsize=8, loc="best").set_in_layout(False)  # maxout falls from the left
    return figure


def _bounds(*curves: Any) -> tuple[float, float]:
    """The range of an axis for activations: their own where they are bounded, so that a slope of ¼ can be seen."""
    numbers = np.concatenate(curves)
    low, high = float(np.nanmin(numbers, initial=0.0)), float(np.nanmax(numbers, initial=0.0))
    if not low >= -1.5 or not high <= 1.5 or low == high:
        return UNBOUNDED
    margin = 0.06 * (high - low)
    return low - margin, high + margin


def gate_curves(gates: Mapping[str, Callable[[], Any]], span: tuple[float, float] = (-5.0, 5.0)) -> Chart:
    """Plot what each gate's forward gives for x: (n,), and what its backward gives there for an upstream of 1.

    gates: from a name to a class, or to a function that makes a gate, with `forward(x)` and `backward(dout)`. Each
    curve takes a gate of its own. Raises ValueError for no gate or a result of another shape.
    """
    values = {name: _value_of(make) for name, make in gates.items()}
    return activation_curves(values, {name: _slope_of(make) for name, make in gates.items()}, span)


def _value_of(make: Callable[[], Any]) -> Callable[[Any], Any]:
    return lambda x: make().forward(x)


def _slope_of(make: Callable[[], Any]) -> Callable[[Any], Any]:
    def slope(x: Any) -> Any:
        gate = make()
        gate.forward(x)
        return gate.backward(np.ones_like(x))

    return slope
