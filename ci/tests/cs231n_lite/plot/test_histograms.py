"""Histograms of what layers put out: all on one scale, and what is flat is counted."""

from __future__ import annotations

import numpy as np
import pytest

from cs231n_lite.plot.histograms import layer_histograms


def test_each_layer_has_a_panel_and_what_lies_beyond_the_scale_stands_in_the_outermost_bar() -> None:
    figure = layer_histograms({"tanh": {1: np.zeros(9), 40: np.ones(9)}, "ReLU": {1: np.zeros(9), 40: np.full(9, 1e9)}})
    assert [axes.get_title() for axes in figure.axes] == ["layer 1", "layer 40", "", ""]
    heights = [axes.patches[0].get_data().values for axes in figure.axes]
    assert [int(np.argmax(bars)) for bars in heights] == [20, 30, 20, 40]
    assert all(np.sum(bars) == 1.0 for bars in heights)


def test_the_share_of_flat_entries_is_written_and_told() -> None:
    outputs, slopes = {"tanh": {3: np.array([0.0, 1.0, -1.0, 1.0])}}, {"tanh": {3: np.array([1.0, 0.0, 0.01, -0.02])}}
    figure = layer_histograms(outputs, slopes)
    assert [text.get_text() for text in figure.axes[0].texts] == ["75% flat"]
    assert figure.about == (
        "tanh, layer 3: values from −1 to 1, half of them between −0.25 and 1; 75% have a slope below 0.05."
    )


def test_a_net_that_blew_up_is_drawn_and_told_without_its_nan() -> None:
    figure = layer_histograms({"ReLU": {1: np.array([np.nan, 1.0, np.inf]), 2: np.array([np.nan])}})
    assert "layer 1: values from 1 to 1" in figure.about and "layer 2: no number" in figure.about
    assert figure.as_png().startswith(b"\x89PNG")


@pytest.mark.parametrize("outputs", [{}, {"tanh": {}}, {"tanh": {1: np.ones(2)}, "ReLU": {2: np.ones(2)}}])
def test_the_same_layers_are_wanted_of_each(outputs) -> None:
    with pytest.raises(ValueError, match="the same layers of each"):
        layer_histograms(outputs)
