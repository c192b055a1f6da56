"""Small circuits to predict the flow of gradients in, drawn anew for each student."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from cs231n_lite.graph import Graph

__all__ = ["flow_puzzles"]

# Each circuit shows one pattern, in several shapes. Values are small integers, so that a head is enough.
_SHAPES: dict[str, list[dict[str, tuple[str, ...]]]] = {
    "A": [  # add distributes, multiply switches
        {"q": ("add", "x", "y"), "f": ("multiply", "q", "z")},
        {"q": ("multiply", "x", "y"), "f": ("add", "q", "z")},
        {"q": ("add", "x", "y"), "r": ("add", "q", "z"), "f": ("multiply", "r", "w")},
        {"q": ("multiply", "x", "y"), "r": ("add", "q", "z"), "f": ("multiply", "r", "w")},
    ],
    "B": [  # max routes
        {"q": ("max", "x", "y"), "f": ("multiply", "q", "z")},
        {"q": ("add", "x", "y"), "r": ("max", "q", "z"), "f": ("multiply", "r", "w")},
        {"q": ("multiply", "x", "y"), "f": ("max", "q", "z")},
        {"q": ("max", "x", "y"), "r": ("max", "q", "z"), "f": ("multiply", "r", "w")},
    ],
    "C": [  # all three in one
        {"p": ("multiply", "x", "y"), "q": ("max", "z", "w"), "r": ("add", "p", "q"), "f": ("add", "r", "r")},
        {"p": ("multiply", "x", "y"), "q": ("max", "z", "w"), "f": ("multiply", "p", "q")},
        {"p": ("add", "x", "y"), "q": ("multiply", "z", "w"), "r": ("max", "p", "q"), "f": ("multiply", "r", "r")},
        {"p": ("max", "x", "y"), "q": ("add", "z", "w"), "f": ("multiply", "p", "q")},
    ],
    "D": [  # a branch sums
        {"q": ("add", "x", "y"), "f": ("multiply", "q", "x")},
        {"q": ("multiply", "x", "y"), "f": ("add", "q", "x")},
        {"q": ("add", "x", "y"), "r": ("multiply", "q", "z"), "f": ("add", "r", "q")},
        {"q": ("multiply", "x", "x"), "r": ("multiply", "q", "y"), "f": ("add", "r", "x")},
    ],
}


def flow_puzzles(student: Any) -> dict[str, Graph]:
    """Four small circuits with integer values, `A` to `D`, the same for the same student and others for a neighbour.

    Each shows one of the "patterns in backward flow" of CS231n's notes, cs231n.github.io/optimization-2: add
    distributes, max routes, multiply switches, a branch adds up. `student` is an id or a number. The circuits have run
    forward; no value is 0 or ±1, which would hide what a gate does, no inputs of a max are equal, no gradient is 0 but
    behind the loser of a max, and those in a circuit's inputs are not all the same, so that a guess is unlikely to be
    right.
    """
    digest = hashlib.sha256(str(student).strip().lower().encode()).digest()
    rng = np.random.default_rng(list(digest))
    return {name: _draw(shapes, rng) for name, shapes in _SHAPES.items()}


def _draw(shapes: list[dict[str, tuple[str, ...]]], rng: np.random.Generator) -> Graph:
    graph = Graph(shapes[int(rng.integers(len(shapes)))])
    while True:
        values = rng.permutation([-5, -4, -3, -2, 2, 3, 4, 5])[: len(graph.inputs)]
        graph.forward(**{name: float(value) for name, value in zip(graph.inputs, values, strict=True)})
        if not _accidental(graph):
            return graph


def _accidental(graph: Graph) -> bool:
    """Whether these values would let somebody be right, or look wrong, by chance."""
    values = {name: float(node.value) for name, node in graph.nodes.items()}
    if any(value in (-1.0, 0.0, 1.0) for value in values.values()):
        return True
    choices = [[values[source] for source in node.inputs] for node in graph.nodes.values() if node.kind == "max"]
    if any(one == other for one, other in choices):
        return True
    slopes = {name: round(slope) for name, slope in graph.sensitivities().items()}
    alike = len({slopes[name] for name in graph.inputs}) == 1
    return alike or any(slopes[name] == 0 for name in _heard(graph, values))


def _heard(graph: Graph, values: dict[str, float]) -> set[str]:
    """The nodes that move the output: all from which a way leads there that no max shuts off."""
    heard = {graph.output}
    for name in reversed(graph.order):
        node = graph.nodes[name]
        if name in heard:
            winner = max(node.inputs, key=values.__getitem__) if node.kind == "max" else None
            heard.update(source for source in node.inputs if winner in (None, source))
    return heard
