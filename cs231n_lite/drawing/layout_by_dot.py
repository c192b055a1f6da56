"""The layout of graphs that are too large for ours, by Graphviz's `dot`, where the optional `pygraphviz` is installed.

Ours is made for what a person can read, some 60 nodes. `draw(graph, most=500)` shows more; then `dot`, which searches
much longer for few crossings and straight wires, places them.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from cs231n_lite.drawing.layout import RUN, Layout, Size, Wire, layered

__all__ = ["lay_out"]

OURS = 60  # nodes up to which our own layout is used always, so that a picture is the same on every machine
POINTS = 72.0  # Graphviz counts positions in points and sizes in inches


def lay_out(inputs: Mapping[str, Sequence[str]], sizes: Mapping[str, Size]) -> Layout:
    """Place every node: by our own layout, or above 60 nodes by pygraphviz if there is one."""
    if len(inputs) > OURS:
        try:
            return _by_dot(importlib.import_module("pygraphviz"), inputs, sizes)
        except ImportError:
            pass
    return layered(inputs, sizes)


def _by_dot(pygraphviz: Any, inputs: Mapping[str, Sequence[str]], sizes: Mapping[str, Size]) -> Layout:
    graph = pygraphviz.AGraph(directed=True, strict=False, rankdir="LR", nodesep=f"{15 / POINTS:.4f}")
    graph.graph_attr["ranksep"] = f"{RUN / POINTS:.4f}"
    ids = {name: f"n{index}" for index, name in enumerate(inputs)}
    for name, size in sizes.items():
        # Symmetric about the wire, because dot lets wires leave and enter at half the height.
        wide, high = size.glyph + size.label, 2 * max(size.up, size.down)
        graph.add_node(ids[name], shape="box", fixedsize="true", width=wide / POINTS, height=high / POINTS, label="")
    ports = [(source, name, port) for name, reads in inputs.items() for port, source in enumerate(reads)]
    for index, (source, name, _) in enumerate(ports):
        graph.add_edge(ids[source], ids[name], key=str(index), tailport="e", headport="w", arrowhead="none")
    graph.layout("dot")
    left, bottom, right, top = map(float, graph.graph_attr["bb"].split(","))
    place = Layout(width=right - left, height=top - bottom, layer=dict.fromkeys(inputs, 0))
    for name, size in sizes.items():
        x, y = map(float, graph.get_node(ids[name]).attr["pos"].split(","))
        start = x - left - (size.glyph + size.label) / 2
        place.x[name], place.y[name] = start + size.glyph / 2, top - y
        place.end[name] = start + size.glyph + size.label
    for index, (source, name, port) in enumerate(ports):
        corners = graph.get_edge(ids[source], ids[name], str(index)).attr["pos"].split()
        points = [tuple(map(float, corner.split(","))) for corner in corners if not corner.startswith(("e", "s"))]
        bends = [(x - left, top - y) for x, y in points]
        place.wires.append(Wire(source, name, port, bends, bezier=True))
    return place
