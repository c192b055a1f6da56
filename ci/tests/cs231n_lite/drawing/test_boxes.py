"""A wide graph in boxes: what is in one, what stays outside, and nothing in it that the whole picture does not show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ci.tests.cs231n_lite.drawing.gallery import product, ran, two_layers
from cs231n_lite.drawing.boxes import BOX, in_boxes
from cs231n_lite.drawing.narration import tell
from cs231n_lite.drawing.picture import Picture, draw
from cs231n_lite.tracing.trace import trace

X, LABELS = np.arange(12).reshape(4, 3) % 5 / 4 - 0.5, np.array([0, 1, 1, 0])
W1, B1, W2 = np.arange(15).reshape(3, 5) % 7 / 4 - 0.75, np.arange(5) / 4 - 0.25, np.arange(10).reshape(5, 2) % 3 / 4


def named(W1: np.ndarray, b1: np.ndarray, W2: np.ndarray) -> float:
    """The same net with a name for each step."""
    z = X @ W1
    a = z + b1
    h = np.maximum(0, a)
    scores = h @ W2
    exps = np.exp(scores)
    sums = exps.sum(axis=1, keepdims=True)
    p = exps / sums
    right = p[np.arange(4), LABELS]
    logs = np.log(right)
    mean = logs.mean()
    return -mean


def recurrent(w: float, x: np.ndarray, h: float) -> float:
    for x_t in x:
        h = np.tanh(w * h + x_t)
    return h


def boxes(picture: Picture, form: int = 0) -> dict[str, str]:
    """The boxes of a form: the name of each and what is written in it."""
    marks = list(in_boxes(picture.diagram))[form].marks
    return {name: mark.symbol for name, mark in marks.items() if mark.kind == BOX}


def net(function: Callable[..., float] = named, **gradients: np.ndarray) -> Picture:
    return draw(trace(function, W1, B1, W2), gradients or None)


def test_gates_of_one_variable_are_a_box() -> None:
    picture = draw(trace(two_layers, X, W1, B1, W2, LABELS))
    assert boxes(picture)["h"] == "@ + max"
    assert len(boxes(picture)) < len([mark for mark in picture.diagram.marks.values() if mark.inputs]) / 2


def test_gates_that_all_have_names_are_boxes_by_layer() -> None:
    assert list(in_boxes(net().diagram))[1:] == [], "by variable there are none"
    assert boxes(net()) == {"h": "@ + max", "exps": "@ exp", "output": "6 gates"}


def test_each_step_of_a_loop_is_a_box() -> None:
    picture = draw(trace(lambda w, x, h: 2.0 * recurrent(w, x, h), 0.8, np.array([0.5, -1.2, 0.25]), 0.3))
    assert list(boxes(picture).values()) == ["× + tanh"] * 3


def test_numbers_are_those_of_the_whole_picture() -> None:
    picture = net()
    for form in in_boxes(picture.diagram):
        for name, mark in form.marks.items():
            whole = picture.diagram.marks[name]
            assert mark.value is whole.value and mark.measured is whole.measured and mark.yours is whole.yours


@pytest.mark.parametrize("inner", [{"a": np.zeros((4, 5))}, {"a": None}], ids=["wrong", "still-to-be-filled-in"])
def test_a_wrong_gradient_stays_in_sight_and_none_is_given_away(inner: dict[str, np.ndarray]) -> None:
    picture = net(output=np.array(1.0), **inner)
    for form in in_boxes(picture.diagram):
        assert all(step.phase == "forward" for step in tell(form).steps)
        assert all(mark.measured is None for name, mark in form.marks.items() if name != "output")
        if inner["a"] is not None:
            assert form.first_wrong == "a"
            assert form.marks["a"].verdict is False, "it may end a box, and is never in one"


def test_a_wide_picture_shows_its_boxes_first_and_all_of_it_below_with_one_script() -> None:
    html = draw(trace(two_layers, X, W1, B1, W2, LABELS))._repr_html_()
    assert html.index("in boxes, step by step") < html.index("out of their boxes") < html.rindex(", step by step")
    assert html.count("<script") == 1 and html.count("<style") == 1 and html.count("data-story=") == 2
    assert "cl-whole" not in draw(product())._repr_html_().split("<style")[0]


def test_a_graph_of_which_nothing_can_be_a_box_stays_as_it_is() -> None:
    row = ran({f"v{n}": ("tanh", f"v{n - 1}" if n else "x") for n in range(20)}, x=1.0)
    assert list(in_boxes(draw(row).diagram)) == []
    assert "cl-whole" not in draw(row)._repr_html_().split("<style")[0]
