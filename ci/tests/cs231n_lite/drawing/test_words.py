"""A graph in words: every number that the picture shows, and the range of what it shows as a strip."""

from __future__ import annotations

import numpy as np
import pytest

from ci.tests.cs231n_lite.drawing.gallery import product
from cs231n_lite.drawing.picture import draw
from cs231n_lite.tracing.trace import trace


def test_every_node_is_told_with_value_gradient_and_verdict() -> None:
    words = repr(draw(product(), {"x": 5.0, "y": -4.0, "q": -4.0, "z": 3.0, "f": 1.0}))
    assert "f: multiply of q, z, value −12" in words
    assert (
        "x: input, value −2, yours 5, disagrees" in words
        and "y: input, value 5, gradient −4, yours −4, agrees" in words
    )


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.array([[1.0, -2.0], [0.5, 3.0]]), "array of shape (2, 2): 1 −2; 0.5 3"),
        (np.arange(-3.0, 17.0), "array of shape (20,) from −3 to 16"),
        (np.array([1.0, np.nan]), "array of shape (2,): 1 NaN"),
    ],
)
def test_an_array_is_told_as_it_is_shown(array, said: str) -> None:
    assert f"x: input, value {said}" in repr(draw(trace(lambda x: (x * x).sum(), array)))
