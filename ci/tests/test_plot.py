"""Charts: labelled, saved in both kinds, right about what they mark, and clear on bad input."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from cs231n_lite import plot

STEPS = np.logspace(-12, 0, 13)
CHARTS = {
    "error_against_step": lambda: plot.error_against_step(STEPS, STEPS**2 + 1e-16 / STEPS),
    "error of two rules": lambda: plot.error_against_step(STEPS, {"centred": STEPS**2, "one-sided": STEPS}),
    "cached_bytes": lambda: plot.cached_bytes([8, 16, 24, 16, 8, 0]),
    "activation_curves": lambda: plot.activation_curves({"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0)}),
    "jacobian_sparsity": lambda: plot.jacobian_sparsity(np.eye(4)),
    "gradient_norms": lambda: plot.gradient_norms({"tanh": [1.0, 0.1, 0.01], "relu": [1.0, 0.9, 0.0]}),
    "weight_templates": lambda: plot.weight_templates(np.arange(24.0).reshape(2, 12), (2, 2, 3), ["red", "blue"]),
    "shares": lambda: plot.shares({"linear": {"red": 1.0, "yellow": 0.0}, "two layers": {"red": 0.98, "yellow": 0.97}}),
    "training_curves": lambda: plot.training_curves({"loss": [2.0, 1.0, 0.5], "train accuracy": [0.5, 0.9]}),
}


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("kind", ["svg", "png"])
def test_every_chart_saves_to_svg_and_png(name, kind, tmp_path):
    path = tmp_path / f"chart.{kind}"
    CHARTS[name]().savefig(path)
    assert path.stat().st_size > 1000


@pytest.mark.parametrize("name", sorted(set(CHARTS) - {"weight_templates"}))
def test_every_axis_that_has_numbers_is_labelled(name):
    figure = CHARTS[name]()
    assert all(axes.get_xlabel() or axes.get_ylabel() for axes in figure.axes if axes.get_visible())


@pytest.mark.parametrize("name", CHARTS)
def test_a_notebook_shows_the_same_bytes_each_time(name):
    assert CHARTS[name]()._repr_png_() == CHARTS[name]()._repr_png_()


def test_every_function_of_the_module_is_drawn_here():
    assert set(plot.__all__) <= set(CHARTS)


def test_the_lowest_point_of_the_u_is_named():
    figure = plot.error_against_step([1e-8, 1e-5, 1e-2], [1e-8, 1e-11, 1e-5])
    assert "smallest at h = 1e-05" in [text.get_text() for text in figure.axes[0].texts]


def test_an_error_of_zero_is_an_open_mark():
    (axes,) = plot.error_against_step([1e-3, 1e-2], [0.0, 1e-6]).axes
    assert any(line.get_markerfacecolor() == "none" and len(line.get_xdata()) == 1 for line in axes.lines)


def test_the_pass_turns_at_the_peak():
    (axes,) = plot.cached_bytes([8, 16, 24, 16, 8]).axes
    assert any(list(line.get_xdata()) == [3.5, 3.5] for line in axes.lines)


def test_derivatives_that_are_not_given_are_measured():
    figure = plot.activation_curves({"square": lambda x: x * x})
    slope = next(line for line in figure.axes[0].lines if line.get_label() == "f′(x)")
    np.testing.assert_allclose(slope.get_ydata(), 2 * slope.get_xdata(), atol=1e-8)


def test_sparsity_counts_what_is_not_zero():
    assert "4 of 16 entries are not 0" in plot.jacobian_sparsity(np.eye(4)).axes[0].get_title()


def test_nan_is_left_out_and_counted():
    (axes,) = plot.gradient_norms([1.0, np.nan, np.inf]).axes
    assert "2 points are NaN or infinite and not shown" in axes.get_title(loc="left")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: plot.error_against_step([1e-3, 0.0], [1, 1]), "steps must be positive"),
        (lambda: plot.error_against_step([1e-3], [1, 1]), "there are 1 steps and 2 errors"),
        (lambda: plot.error_against_step([], []), "steps must be a list of at least one number"),
        (lambda: plot.cached_bytes({}), "the mapping is empty"),
        (lambda: plot.cached_bytes(["many"]), "bytes_after_each_step must be numbers"),
        (lambda: plot.cached_bytes([np.nan]), "has no finite number"),
        (lambda: plot.activation_curves({}), "at least one activation"),
        (lambda: plot.activation_curves({"sum": np.sum}), "one number for each input"),
        (lambda: plot.jacobian_sparsity([1, 2]), r"shape \(outputs, inputs\); got \(2,\)"),
        (lambda: plot.weight_templates(np.ones((2, 5)), (2, 2)), r"no templates of shape \(2, 2\)"),
        (lambda: plot.shares({}), "shares maps a group to its shares"),
        (lambda: plot.shares({"a": {"x": 0.5}, "b": {"y": 0.5}}), "every group has the same names"),
        (lambda: plot.shares({"a": {"x": 1.5}}), "lie between 0 and 1; those of a"),
        (lambda: plot.training_curves({}), "history maps a name to its numbers"),
        (lambda: plot.training_curves([1, 2]), "history maps a name to its numbers"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(call, told):
    with pytest.raises(ValueError, match=told):
        call()


def test_the_package_is_imported_without_matplotlib():
    code = "import sys, cs231n_lite; raise SystemExit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
