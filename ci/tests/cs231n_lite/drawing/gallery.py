"""The pictures that the tests compare with stored ones, by name.

After a change that is meant to change them: `python -m ci.tests.cs231n_lite.drawing.gallery` stores them again; look at
each before it is committed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from cs231n_lite.drawing.picture import Picture, draw
from cs231n_lite.graph import Graph
from cs231n_lite.tracing.trace import trace

STORED = Path(__file__).parent / "pictures"


def ran(wiring: dict, **inputs: object) -> Graph:
    graph = Graph(wiring)
    graph.forward(**inputs)
    return graph


def product() -> Graph:
    """The lecture's first graph, f = (x + y)·z."""
    return ran({"q": ("add", "x", "y"), "f": ("multiply", "q", "z")}, x=-2.0, y=5.0, z=-4.0)


def neuron_graph() -> Graph:
    """The lecture's second one, σ(w0·x0 + w1·x1 + w2)."""
    wiring = {
        "p0": ("multiply", "w0", "x0"),
        "p1": ("multiply", "w1", "x1"),
        "s": ("add", "p0", "p1"),
        "t": ("add", "s", "w2"),
        "n": ("negate", "t"),
        "e": ("exp", "n"),
        "d": ("add", "e", 1.0),
        "f": ("reciprocal", "d"),
    }
    return ran(wiring, w0=2.0, x0=-1.0, w1=-3.0, x1=-2.0, w2=-3.0)


def unrolled(steps: int) -> Graph:
    """h = tanh(w·h + x), unrolled."""
    wiring: dict = {}
    for t in range(steps):
        wiring[f"p{t}"] = ("multiply", "w", f"h{t - 1}" if t else "start")
        wiring[f"s{t}"] = ("add", f"p{t}", f"x{t}")
        wiring[f"h{t}"] = ("tanh", f"s{t}")
    return ran(wiring, w=0.5, start=0.1, **{f"x{t}": (t % 5 - 2) / 4 for t in range(steps)})


def two_layers(X: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, y: np.ndarray) -> float:
    h = np.maximum(0, X @ W1 + b1)
    scores = h.dot(W2)
    scores -= scores.max(axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean()


def _traced_net() -> Picture:
    # Quarters, so that no shade of a heat strip lies so near to the next one that a last digit could decide it.
    X, W1 = np.arange(12).reshape(4, 3) % 5 / 4 - 0.5, np.arange(15).reshape(3, 5) % 7 / 4 - 0.75
    b1, W2 = np.arange(5) / 4 - 0.25, np.arange(10).reshape(5, 2) % 3 / 4 - 0.25
    return draw(trace(two_layers, X, W1, b1, W2, np.array([0, 1, 1, 0])), title="two layers and a softmax")


def _norm_squared() -> Picture:
    graph = ran(
        {"q": ("dot", "W", "x"), "s": ("square", "q"), "f": ("sum", "s")},
        W=np.array([[0.1, 0.5], [-0.3, 0.8]]),
        x=np.array([0.2, 0.4]),
    )
    wrong = {"W": np.array([[0.088, 0.104], [0.176, 0.208]]), "x": np.array([-0.112, 0.636]), "q": np.zeros(3)}
    return draw(graph, wrong)


PICTURES: dict[str, Callable[[], Picture]] = {
    "product": lambda: draw(product()),
    "product-right": lambda: draw(product(), {"x": -4, "y": -4, "q": -4, "z": 3, "f": 1}, title="f = (x + y)·z"),
    "product-wrong": lambda: draw(product(), {"dx": 5.0, "dy": -4.0, "dq": -3.0, "dz": 3.0, "df": 1.0}),
    "neuron": lambda: draw(neuron_graph()),
    "neuron-folded": lambda: draw(neuron_graph(), groups=["sigmoid"]),
    "unrolled": lambda: draw(unrolled(4)),
    "folded": lambda: draw(unrolled(100)),
    "norm-squared-wrong": _norm_squared,
    "traced-net": _traced_net,
}

if __name__ == "__main__":
    STORED.mkdir(exist_ok=True)
    for name, make in PICTURES.items():
        make().save(STORED / f"{name}.svg")
    print(f"{len(PICTURES)} pictures stored in {STORED.relative_to(Path.cwd())}")
