"""A chart in words: what stands on its axes and where each line goes, read off the chart itself."""

from __future__ import annotations

import numpy as np
import pytest

from ci.tests.cs231n_lite.plot.builders import CHARTS
from cs231n_lite.plot import curves
from cs231n_lite.plot.words import in_words, spoken

SAID = {
    "error_against_step": [
        "error of the gradient against step h (log x and y)",
        "least 1.01 times 10 to the −10 at 10 to the −6",
        "truncation grows",
    ],
    "error of two rules": ["centred begins with", "one-sided begins with"],
    "cached_bytes": ["bytes in the cache against step", "most 24 at 3"],
    "activation_curves": ["tanh. x: f(x) begins with −1 at −5, ends with 1 at 5", "relu."],
    "jacobian_sparsity": ["4 × 4 entries, 4 of them not 0, all on the diagonal, from 1 to 1."],
    "gradient_norms": [
        "norm of the gradient against layer",
        "tanh begins with 1 at 1, ends with 0.01 at 3",
        "for 0, at 3",
    ],
    "learning": [
        "step 1: 3 of 4 points are right, and 72 of 100 places are class 1",
        "length 0.5 at first and 2 at last",
    ],
    "layer_histograms": ["tanh, layer 40: values from 1 to 1"],
    "weight_templates": ["2 pictures of 2 × 2 pixels: red; blue."],
    "shares": ["linear: red 1, yellow 0; two layers: red 0.98"],
    "training_curves": ["loss begins with 2 at 1, ends with 0.5 at 3"],
}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_says_what_is_to_be_seen(name: str) -> None:
    words = in_words(CHARTS[name]())
    assert [piece for piece in SAID[name] if piece not in words] == [], words


def test_what_is_not_drawn_is_not_said() -> None:
    words = in_words(curves.training_curves({"loss": [2.0, np.nan, 1.0, 0.5]}))
    assert "begins with 2 at 1, ends with 0.5 at 4" in words and "nan" not in words


def test_of_several_lines_the_lowest_is_named_unless_they_end_together() -> None:
    losses = {"sigmoid loss": [2.0, 1.5, 1.0], "ReLU loss": [2.0, 1.0, 0.1]}
    assert "At the right end ReLU loss is lowest, sigmoid loss highest." in in_words(curves.training_curves(losses))
    losses["ReLU loss"][-1] = 1.001
    assert "lowest" not in in_words(curves.training_curves(losses))


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (np.tril(np.full((4, 4), -2.0)), "10 of them not 0, none above the diagonal, from −2 to −2"),
        (np.triu(np.ones((3, 3))), "6 of them not 0, none below the diagonal"),
        (np.array([[0.0, 1.0], [-3.0, 0.0]]), "2 of them not 0, from −3 to 1"),
        (np.ones((2, 3)), "none of them 0, from 1 to 1"),
        (np.zeros((2, 2)), "all of them 0"),
    ],
)
def test_a_jacobian_is_told_by_what_is_not_0_in_it(entries, said: str) -> None:
    assert f"entries, {said}" in in_words(curves.jacobian_sparsity(entries))


def test_pictures_are_counted_and_a_name_that_many_have_is_said_once() -> None:
    words = in_words(curves.weight_templates(np.eye(12, 4), (2, 2), ["car", "no\ncar", "car"]))
    assert words == "Chart. 12 pictures of 2 × 2 pixels in rows of 10: car (2 times); no, car."


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0.0, "0"),
        (-5.0, "−5"),
        (180.0, "180"),
        (1.6e5, "160,000"),
        (1e-10, "10 to the −10"),
        (2e-11, "2 times 10 to the −11"),
    ],
)
def test_numbers_are_said_as_people_read_them(number: float, said: str) -> None:
    assert spoken(number) == said


@pytest.mark.parametrize("name", CHARTS)
def test_a_notebook_shows_the_words_with_the_picture_and_photographs_keep_their_colours(name: str) -> None:
    bundle = CHARTS[name]()._repr_mimebundle_()
    assert "image/png" not in bundle, "it is kept once"
    assert '<img alt="Chart. ' in bundle["text/html"] and "data:image/png;base64,iVBOR" in bundle["text/html"]
    assert ('class="cl-photographs"' in bundle["text/html"]) is (name == "weight_templates")
