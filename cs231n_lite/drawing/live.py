"""The picture of a small circuit that can be moved: inputs with sliders, wires that tell upstream × local = downstream.

As the stepper it is a still image with a sentence, which a script unfolds where scripts run. The page computes values
and gradients by itself, with the gates of gates.js.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np

from cs231n_lite.drawing.diagram import Diagram, Mark
from cs231n_lite.drawing.stepper import Still, script, spoken, still_picture, style, tools, word_list
from cs231n_lite.graph import GATES, Graph
from cs231n_lite.speech import marked, say

__all__ = ["MOST_GATES", "ROOM", "complete", "movable", "to_live_html"]

MOST_GATES = 12  # more wires than these cannot be watched at once
ROOM = "−0.125"  # what a number that moves may need on its wire
STYLE = style("live.css")
SCRIPT = f"\n(function () {{\n{script('gates.js')}{script('live.js')}}})();\n"
STILL = "This is a still picture. Run the cell, and you can move its inputs and choose its wires."
INSTEAD = "Draw it without live=True to see it as it is."


def movable(subject: Any, groups: Iterable[str]) -> Graph:
    """Return the same graph on floats.

    Raises TypeError for what is no graph of this course, ValueError for one that the page cannot compute.
    """
    if not isinstance(subject, Graph):
        raise TypeError(
            f"draw(…, live=True) moves a Graph of numbers; this is a {type(subject).__name__}. Write the circuit as "
            f'a wiring, Graph({{"q": ("add", "x", "y"), …}}), and call forward(…). {INSTEAD}'
        )
    if list(groups):
        raise ValueError("draw(…, live=True) shows each gate by itself: leave out groups=, or leave out live=True")
    gates = [node for node in subject.nodes.values() if node.inputs]
    if len(gates) > MOST_GATES:
        raise ValueError(
            f"draw(…, live=True) shows up to {MOST_GATES} gates; this graph has {len(gates)}. Take a part of it, or "
            f"use bigger gates, as sigmoid in place of four. {INSTEAD}"
        )
    for node in gates:
        gate = subject.wiring[node.name][0]
        if not isinstance(gate, str):
            raise ValueError(
                f"draw(…, live=True): the gate of {node.name} is a function, {node.kind}, which the page cannot run. "
                f"It knows {', '.join(GATES)}: write {node.name} with these. {INSTEAD}"
            )
    graph = Graph(subject.wiring)
    for name, node in subject.nodes.items():
        graph.nodes[name].value, graph.nodes[name].grad = _number(name, node.value), node.grad
        if not node.inputs and not math.isfinite(graph.nodes[name].value):
            raise ValueError(f"draw(…, live=True): {name} is {node.value}. Give it a finite number. {INSTEAD}")
    return graph


def _number(name: str, value: Any) -> float:
    if value is None:
        raise ValueError(f"draw(…, live=True): {name} has no value yet. Call forward(…) with a number for each input.")
    array = np.asarray(value)
    if array.ndim or array.dtype.kind not in "fiub":
        what = f"an array of shape {array.shape}" if array.ndim else f"a {type(value).__name__}"
        raise ValueError(f"draw(…, live=True) moves numbers, and {name} is {what}. Give it one number. {INSTEAD}")
    return float(array)


def complete(diagram: Diagram) -> Diagram:
    """Return the diagram with a place for the gradient of each node, also where none can be measured."""
    for mark in diagram.marks.values():
        if mark.measured is None and mark.kind != "constant":
            mark.measured = float("nan")
    return diagram


def to_live_html(still: Still) -> str:
    """Return the circuit's picture as a piece of HTML that can be moved."""
    label = say(f"live graph of {still.diagram.output}", "live")
    data = json.dumps(_circuit(still.diagram), ensure_ascii=False, separators=(",", ":"))
    return (
        f'<div{marked()} class="cl-live" role="group" aria-label="{escape(label)}" '
        f'data-lm-suppress-shortcuts="true" data-graph="{escape(data)}"><div class="cl-view">{still_picture(still)}'
        f'</div><p class="cl-still">{say(STILL, "live")}</p>{word_list(still)}</div>'
        + tools(STYLE, spoken(SCRIPT, "live"))
    )


def _circuit(diagram: Diagram) -> dict[str, Any]:
    return {"output": diagram.output, "nodes": [_node(mark) for mark in diagram.marks.values()]}


def _node(mark: Mark) -> dict[str, Any]:
    node: dict[str, Any] = {"name": mark.name, "kind": mark.kind, "inputs": mark.inputs}
    return node if mark.inputs else node | {"value": float(mark.value)}
