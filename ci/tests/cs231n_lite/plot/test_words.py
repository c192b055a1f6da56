"""A chart in words: what stands on its axes and where each line goes, read off the chart itself."""

from __future__ import annotations

import numpy as np
import pytest

from ci.tests.cs231n_lite.plot.builders import CHARTS
from cs231n_lite.plot import curves
from cs231n_lite.plot.words import in_words

SAID = {
    "error_against_step": ["error of the gradient against step h", "least 1e-10 at 1e-06", "truncation grows"],
    "error of two rules": ["centred from", "one-sided from"],
    "cached_bytes": ["cached against step", "most 24 at 3"],
    "activation_curves": ["tanh. x: f(x) from -1 at -5 to 1 at 5", "relu."],
    "jacobian_sparsity": ["4 of 16 entries are not 0", "4 × 4 entries"],
    "gradient_norms": ["norm of the gradient against layer", "tanh from 1 at 1 to 0.01 at 3"],
    "weight_templates": ["pictures, in rows: red; blue."],
    "shares": ["linear: red 1, yellow 0; two layers: red 0.98"],
    "training_curves": ["loss from 2 at 1 to 0.5 at 3"],
}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_says_what_is_to_be_seen(name: str) -> None:
    words = in_words(CHARTS[name]())
    assert [piece for piece in SAID[name] if piece not in words] == [], words


def test_what_is_not_drawn_is_not_said() -> None:
    words = in_words(curves.training_curves({"loss": [2.0, np.nan, 1.0, 0.5]}))
    assert "from 2 at 1 to 0.5 at 4" in words and "nan" not in words


@pytest.mark.parametrize("name", CHARTS)
def test_a_notebook_shows_the_words_with_the_picture_and_photographs_keep_their_colours(name: str) -> None:
    bundle = CHARTS[name]()._repr_mimebundle_()
    assert "image/png" not in bundle, "it is kept once"
    assert '<img alt="Chart. ' in bundle["text/html"] and "data:image/png;base64,iVBOR" in bundle["text/html"]
    assert ('class="cl-photographs"' in bundle["text/html"]) is (name == "weight_templates")
