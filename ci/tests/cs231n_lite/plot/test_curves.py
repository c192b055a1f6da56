"""Charts: labelled, saved in both kinds, right about what they mark, and clear on bad input."""

from __future__ import annotations

import io
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from IPython.core.pylabtools import print_figure
from matplotlib.image import imread

from ci.tests.cs231n_lite.plot.builders import CHARTS
from cs231n_lite.plot import activations, curves

GRID_COLOUR = (208, 215, 222)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("kind", ["svg", "png"])
def test_every_chart_saves_to_svg_and_png(name, kind, tmp_path):
    path = tmp_path / f"chart.{kind}"
    CHARTS[name]().savefig(path)
    assert path.stat().st_size > 1000


@pytest.mark.parametrize("name", sorted(set(CHARTS) - {"learning", "weight_templates"}))
def test_every_axis_that_has_numbers_is_labelled(name):
    figure = CHARTS[name]()
    assert all(axes.get_xlabel() or axes.get_ylabel() for axes in figure.axes if axes.get_visible())


@pytest.mark.parametrize("name", CHARTS)
def test_a_notebook_shows_the_same_bytes_each_time(name):
    assert CHARTS[name]().as_png() == CHARTS[name]().as_png()


def pixels(figure):
    return np.round(255 * imread(io.BytesIO(figure.as_png()))[..., :3]).astype(int)


def words(figure):
    """All that is written in a figure, in the order of drawing."""
    svg = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        figure.savefig(svg, format="svg")
    return [line.split(">")[1].split("<")[0] for line in svg.getvalue().splitlines() if "<text" in line]


def with_a_twin(figure):
    figure.axes[0].twinx().set_ylabel("another number")
    return figure


def with_a_colour_bar(figure):
    figure.colorbar(figure.axes[0].scatter([1, 2], [2, 3], c=[1000000, 2500000]), ax=figure.axes[0], label="count")
    return figure


LONG = {
    "long names": lambda: curves.shares({name: {"a yellow car that faces left": 0.5} for name in ("one", "the other")}),
    "large numbers": lambda: curves.training_curves({"loss": [1234567.0, 3.0], "accuracy": [0.0, 1.0]}),
    "a long title": lambda: curves.jacobian_sparsity(np.eye(30) * 1e-7, "one line\nanother line"),
    "points left out": lambda: curves.cached_bytes([8.0e9, np.nan, 1.0e9]),
    "a twin axis": lambda: with_a_twin(curves.training_curves({"loss": [3.0, 2.0, 1.0]})),
    "a colour bar": lambda: with_a_colour_bar(
        curves.training_curves({"loss": [3.0, 2.0, 1.0], "accuracy": [0.1, 0.2]})
    ),
    "many lines": lambda: curves.weight_templates(np.eye(12, 4), (2, 2), ["a\nb\nc", "d"]),
}


@pytest.mark.parametrize("name", [*CHARTS, *LONG])
def test_nothing_is_cut_off_at_the_edge_of_the_picture(name):
    picture = pixels({**CHARTS, **LONG}[name]())
    edge = [picture[:2], picture[-2:], picture[:, :2], picture[:, -2:]]
    assert all(np.all(part == 255) for part in edge)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_looks_the_same_after_it_was_saved_and_shown_by_the_inline_backend(name, tmp_path):
    figure = CHARTS[name]()
    before = pixels(figure)
    assert print_figure(figure, fmt="png", base64=True)
    figure.savefig(tmp_path / "chart.svg", bbox_inches="tight")
    # matplotlib lays out from where it stopped the last time: a rounding error, never seen.
    assert np.abs(pixels(figure) - before).max() <= 2


def test_grid_and_ticks_obey_matplotlibs_own_calls():
    figure = curves.cached_bytes([8, 16, 24, 16, 8, 0])
    (axes,) = figure.axes
    dressed = pixels(figure)
    axes.grid(False)
    bare = pixels(figure)
    assert np.any(np.all(dressed == GRID_COLOUR, axis=-1)) and not np.any(np.all(bare == GRID_COLOUR, axis=-1))
    axes.tick_params(axis="x", labelbottom=False)
    assert "3" not in words(figure) and "20 B" in words(figure)
    axes.tick_params(axis="y", labelcolor="#ff0000", length=30)
    assert np.any(np.all(pixels(figure) == (255, 0, 0), axis=-1))


def test_numbers_and_labels_are_written_once_each_with_powers_of_ten():
    texts = words(curves.error_against_step([1e-4, 1e-2, 1.0], [1e-3, 1e-2, 1e-1]))
    assert [text for text in texts if text.startswith("10")] == [
        "10⁻⁴",
        "10⁻³",
        "10⁻²",
        "10⁻¹",
        "10⁰",
        "10⁻³",
        "10⁻²",
        "10⁻¹",
    ]
    assert texts.count("step h") == texts.count("error of the gradient") == 1


def test_less_than_a_decade_has_numbers_too():
    texts = words(curves.gradient_norms([2.1, 3.3, 4.8]))
    assert {"3", "4"} <= set(texts)


def test_what_a_student_sets_on_the_axes_holds():
    figure = curves.training_curves({"loss": np.exp(-np.arange(40.0))})
    (axes,) = figure.axes
    axes.set_xticks([10, 15, 35], ["ten", "fifteen", "not in view"])
    axes.set(xlim=(8, 30), xlabel="epoch", title="mine", yscale="log")
    texts = words(figure)
    assert {"ten", "fifteen", "epoch", "mine", "loss"} <= set(texts) and "not in view" not in texts


def test_a_factor_of_all_numbers_is_written():
    assert "1e6" in words(curves.training_curves({"loss": [3e6, 2e6, 1e6]}))


def test_only_the_outer_panels_have_numbers():
    texts = words(activations.activation_curves(dict.fromkeys("abcde", np.abs)))
    assert (texts.count("−4"), texts.count("−1")) == (3, 2)  # three columns, two rows


def test_templates_are_stretched_each_to_its_own_range():
    picture = pixels(curves.weight_templates([[0.0, 1.0, 2.0, 4.0], [-9.0, -8.0, -7.0, -5.0]], (2, 2)))[..., 0]
    assert [np.count_nonzero(picture == value) for value in (0, 64, 128)] == [2 * 48 * 48] * 3
    top, left = np.argwhere(picture == 0).min(axis=0)
    assert picture[top : top + 96 : 48, left : left + 96 : 48].tolist() == [[0, 64], [128, 255]]


def test_names_of_templates_stand_in_lines_of_their_own_above_them():
    one, three = (
        curves.weight_templates(np.eye(2, 4), (2, 2), ["first", name]) for name in ("last", "the\nvery\nlast")
    )
    assert words(one) == ["first", "last"] and words(three) == ["first", "the", "very", "last"]
    assert len(pixels(three)) == len(pixels(one)) + 30


def test_coloured_templates_keep_their_colours_and_stand_in_lines_of_ten():
    weights = np.zeros((13, 12))
    weights[:12, 0::3], weights[12, 2::3] = 1.0, 1.0  # twelve red ones, and then a blue one
    picture = pixels(curves.weight_templates(weights, (2, 2, 3)))
    red, blue = (np.argwhere(np.all(picture == colour, axis=-1)) for colour in ((255, 0, 0), (0, 0, 255)))
    assert len(red) == 12 * len(blue) == 12 * 96 * 96
    (top, left), (bottom, right) = blue.min(axis=0), blue.max(axis=0)
    assert top > picture.shape[0] / 2 and (bottom - top, right - left) == (95, 95)
    assert picture.shape[1] * 0.2 < left < right < picture.shape[1] * 0.3


def test_a_template_with_a_gap_or_of_one_value_is_drawn():
    picture = pixels(curves.weight_templates([[0.0, np.nan, 1.0, 0.5], [3.0, 3.0, 3.0, 3.0]], (2, 2)))
    assert np.count_nonzero(np.all(picture == 0, axis=-1)) == 96 * 96 + 48 * 48


def test_every_function_of_the_module_is_drawn_here():
    assert set(curves.__all__) <= set(CHARTS)


def test_the_lowest_point_of_the_u_is_named():
    figure = curves.error_against_step([1e-8, 1e-5, 1e-2], [1e-8, 1e-11, 1e-5])
    assert "smallest at h = 1e-05" in [text.get_text() for text in figure.axes[0].texts]


def test_an_error_of_zero_is_an_open_mark():
    (axes,) = curves.error_against_step([1e-3, 1e-2], [0.0, 1e-6]).axes
    assert any(line.get_markerfacecolor() == "none" and len(line.get_xdata()) == 1 for line in axes.lines)


def test_the_pass_turns_at_the_peak():
    (axes,) = curves.cached_bytes([8, 16, 24, 16, 8]).axes
    assert any(list(line.get_xdata()) == [3.5, 3.5] for line in axes.lines)


def test_derivatives_that_are_not_given_are_measured():
    figure = activations.activation_curves({"square": lambda x: x * x})
    slope = next(line for line in figure.axes[0].lines if line.get_label() == "f′(x)")
    np.testing.assert_allclose(slope.get_ydata(), 2 * slope.get_xdata(), atol=1e-8)


def test_sparsity_counts_what_is_not_zero():
    assert "4 of 16 entries are not 0" in curves.jacobian_sparsity(np.eye(4)).axes[0].get_title()


def test_nan_is_left_out_and_counted():
    (axes,) = curves.gradient_norms([1.0, np.nan, np.inf]).axes
    assert "2 points are NaN or infinite and not shown" in axes.get_title(loc="left")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: curves.error_against_step([1e-3, 0.0], [1, 1]), "steps must be positive"),
        (lambda: curves.error_against_step([1e-3], [1, 1]), "there are 1 steps and 2 errors"),
        (lambda: curves.error_against_step([], []), "steps must be a list of at least one number"),
        (lambda: curves.cached_bytes({}), "the mapping is empty"),
        (lambda: curves.cached_bytes(["many"]), "bytes_after_each_step must be numbers"),
        (lambda: curves.cached_bytes([np.nan]), "has no finite number"),
        (lambda: activations.activation_curves({}), "at least one activation"),
        (lambda: activations.activation_curves({"sum": np.sum}), "one number for each input"),
        (lambda: curves.jacobian_sparsity([1, 2]), r"shape \(outputs, inputs\); got \(2,\)"),
        (lambda: curves.weight_templates(np.ones((2, 5)), (2, 2)), r"no templates of shape \(2, 2\)"),
        (lambda: curves.shares({}), "shares maps a group to its shares"),
        (lambda: curves.shares({"a": {"x": 0.5}, "b": {"y": 0.5}}), "every group has the same names"),
        (lambda: curves.shares({"a": {"x": 1.5}}), "lie between 0 and 1; those of a"),
        (lambda: curves.training_curves({}), "history maps a name to its numbers"),
        (lambda: curves.training_curves([1, 2]), "history maps a name to its numbers"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_package_is_imported_without_matplotlib():
    code = "import sys, cs231n_lite; raise SystemExit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
