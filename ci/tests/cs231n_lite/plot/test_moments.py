"""A net while it learns: its boundary lies where the scores are equal, and its arrows are those of the weights."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.contour import ContourSet
from matplotlib.quiver import Quiver

from ci.tests.cs231n_lite.plot.builders import LABELS, POINTS, moments, scores
from cs231n_lite.plot.moments import FINE, NEXT, learning
from cs231n_lite.speech import speak

REACH = 1.1  # of the picture, in places, for points that reach to 1


def drawn(kind, weights, **updates):
    """What there is of a kind in the picture of a training, in the order of its moments."""
    (axes,) = learning(POINTS, LABELS, scores, moments(*weights, **updates)).axes
    return [artist for artist in axes.collections if isinstance(artist, kind)]


def test_the_boundary_is_where_both_scores_are_equal() -> None:
    for number, (_, line) in enumerate(zip(*[iter(drawn(ContourSet, (-0.5, 2.0)))] * 2, strict=True)):
        (path,) = line.get_paths()
        assert np.allclose(path.vertices[:, 0] - number * NEXT, -0.5 / REACH, atol=1.0 / FINE)


def test_weights_are_drawn_on_one_scale_and_updates_from_their_tips() -> None:
    small, first, large, second = drawn(Quiver, (0.5, 2.0), update=0.001)
    assert np.isclose(large.U[1], 4 * small.U[1]) and np.isclose(first.U[1], second.U[1])
    assert np.isclose(second.X[1], NEXT + large.U[1]) and np.isclose(first.X[1], small.U[1])


@pytest.mark.parametrize(
    ("update", "key"),
    [
        (0.001, "drawn 500 times as long"),
        (0.5, "next step"),
        (0.0, "next step"),
        (150.0, "drawn 0.002 times as long"),
    ],
)
def test_the_key_says_how_much_longer_an_update_is_drawn(update: float, key: str) -> None:
    (axes,) = learning(POINTS, LABELS, scores, moments(1.5, update=update)).axes
    last = axes.get_legend().get_texts()[-1].get_text()
    assert last.endswith(key), last


def test_every_word_of_the_key_is_said_in_the_language_that_is_chosen() -> None:
    speak(lambda text, *tables: f"{tables[0]}: {text}")
    try:
        (axes,) = learning(POINTS, LABELS, scores, moments(1.5, update=0.001)).axes
    finally:
        speak(None)
    words = [text.get_text() for text in axes.get_legend().get_texts()]
    assert len(words) == 6 and all(word.startswith("chart: ") for word in words), words


def test_a_net_that_says_one_class_everywhere_has_no_boundary() -> None:
    assert len(drawn(ContourSet, (0.0,))) == 1  # the ground


WRONG = {
    "three inputs": lambda: learning(np.ones((4, 3)), LABELS, scores, moments(1.0)),
    "three classes": lambda: learning(POINTS, LABELS + 1, scores, moments(1.0)),
    "weights of other shapes": lambda: learning(POINTS, LABELS, scores, {"start": ({"W1": np.eye(3)}, np.eye(3))}),
    "scores of nan": lambda: learning(POINTS, LABELS, lambda params, places: places * np.nan, moments(1.0)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_drawn_is_refused_in_words(name: str) -> None:
    with pytest.raises(ValueError, match=r"points are|have one shape|step 0: the scores"):
        WRONG[name]()
