"""The shape of a graph is the one that `Graph` has."""

from __future__ import annotations

import pytest

from cs231n_lite import Graph
from cs231n_lite.wiring import Shape

WIRINGS = {
    "a product of a sum": {"q": ("add", "x", "y"), "f": ("multiply", "q", "z")},
    "a constant": {"f": ("multiply", "x", 2.0), "g": ("add", "f", "f")},
    "written last first": {
        "f": ("add", "b", "c"),
        "c": ("multiply", "a", "y"),
        "b": ("add", "a", "a"),
        "a": ("add", "x", "y"),
    },
}


@pytest.mark.parametrize("case", WIRINGS)
def test_order_inputs_and_output_are_those_of_the_graph(case: str) -> None:
    graph, shape = Graph(WIRINGS[case]), Shape(WIRINGS[case])
    assert (shape.order, shape.inputs, shape.output) == (graph.order, graph.inputs, graph.output)


def test_cycle_is_named_and_an_empty_wiring_refused() -> None:
    with pytest.raises(ValueError, match="cycle"):
        Shape({"a": ("negate", "b"), "b": ("negate", "a")})
    with pytest.raises(ValueError, match="at least one gate"):
        Shape({})
