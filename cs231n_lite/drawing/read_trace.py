"""A trace as a diagram: variables give the names, and indices, axes and constants stand where they can be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

import numpy as np

from cs231n_lite.drawing.diagram import Diagram, Mark, number, some
from cs231n_lite.tracing.trace import Slot, Trace, TraceNode

__all__ = ["from_trace"]

# The gates whose constant arguments are values like any other, and not an axis, an index or a shape.
CONSTANTS_SHOWN = {
    *("add", "subtract", "multiply", "divide", "floor_divide", "remainder", "power", "matmul", "dot", "outer"),
    *("maximum", "minimum", "where", "clip", "greater", "less", "greater_equal", "less_equal", "equal", "not_equal"),
}
POWERS = {2: "x²", 3: "x³", -1: "1/x", 0.5: "√", -0.5: "1/√"}
INDEX_OPS = ("getitem", "setitem", "item")


def from_trace(trace: Trace) -> Diagram:
    """Return the diagram of what the function's first result depends on; what was lost is told in its notes."""
    lost = [f"not followed: {lost}" for lost in trace.lost]
    output = trace.output
    if output is None:
        results = [node for node in trace.nodes if node.inputs]
        if not results:
            reason = "returns nothing that could be followed" if trace.nodes else "reads no input and makes no array"
            return Diagram({}, "", [*lost, f"{trace.name} {reason}: there is no graph to draw"])
        output = results[-1].id
        lost.append(f"what {trace.name} returns could not be followed; this is its graph up to line {results[-1].line}")
    ids = {output}
    for node in reversed(trace.nodes):
        if node.id in ids:
            ids.update(node.inputs)
    nodes = [node for node in trace.nodes if node.id in ids]
    names = _unique_names(nodes, output)
    marks: dict[str, Mark] = {}
    for node in nodes:
        name = names[node.id]
        reads, traced = _reads(node, name, names, marks, trace.arrays)
        compute = None if node.function is None else _computing(node, traced)
        symbol, detail = _symbol(node)
        label = "" if name.startswith("#") else name
        marks[name] = Mark(name, label, node.op, reads, node.value, compute=compute, symbol=symbol, detail=detail)
    diagram = Diagram(marks, names[output], lost)
    unused = [name for name, index in trace.inputs.items() if index not in ids]
    if unused:
        diagram.notes.append(f"{names[output]} does not depend on {some(unused)}")
    return diagram


def _unique_names(nodes: list[TraceNode], output: int) -> dict[int, str]:
    """Give each node its variable's name; a variable that is set again and again is numbered: h, h1, h2, …"""
    stored = {node.id: node.name or ("output" if node.id == output else "") for node in nodes}
    often = Counter(stored.values())
    unique = {name for name in often if often[name] == 1} | {node.name for node in nodes if node.op == "input"}
    names: dict[int, str] = {}
    numbered: dict[str, Iterator[str]] = {}
    for node in nodes:
        name = stored[node.id] or f"#{node.id}"
        if often[name] > 1 and node.op != "input":
            base = f"{name}_" if name[-1].isdigit() else name
            name = next(numbered.setdefault(name, (f"{base}{k}" for k in count(1) if f"{base}{k}" not in unique)))
        names[node.id] = name
    return names


def _reads(
    node: TraceNode, name: str, names: Mapping[int, str], marks: dict[str, Mark], arrays: Mapping[str, np.ndarray]
) -> tuple[tuple[str, ...], list[int]]:
    """Return what a node reads, constants among them as marks of their own, and where its traced inputs stand."""
    if node.op not in CONSTANTS_SHOWN or (node.op == "power" and node.args[-1] in POWERS):
        return tuple(names[source] for source in node.inputs), list(range(len(node.inputs)))
    reads: list[str] = []
    traced: dict[int, int] = {}
    for position, arg in enumerate(node.args):
        if isinstance(arg, Slot):
            traced[arg.index] = len(reads)
            reads.append(names[node.inputs[arg.index]])
        elif isinstance(arg, (int, float, complex, np.ndarray, np.generic)):
            key = f"{name}.{position}"
            alike = [name for name, array in arrays.items() if np.array_equal(array, arg)]  # a trace keeps copies
            label = number(arg) if np.ndim(arg) == 0 else alike[0] if len(alike) == 1 else ""
            marks[key] = Mark(key, label, "constant", value=arg)
            reads.append(key)
    for index, source in enumerate(node.inputs):  # what came in by keyword or inside a list
        if index not in traced:
            traced[index] = len(reads)
            reads.append(names[source])
    return tuple(reads), [traced[index] for index in range(len(node.inputs))]


def _computing(node: TraceNode, traced: list[int]) -> Callable[..., Any]:
    return lambda *values: node.compute(*[values[position] for position in traced])


def _symbol(node: TraceNode) -> tuple[str, str]:
    if node.op in INDEX_OPS and len(node.args) > 1:
        subscript = "[" + _index(node.args[1]) + "]" + ("←" if node.op == "setitem" else "")
        return (subscript, "") if len(subscript) < 14 else ("[…]" + ("←" if node.op == "setitem" else ""), "")
    if node.op == "power" and not isinstance(node.args[-1], Slot):
        return POWERS.get(node.args[-1], f"x^{number(node.args[-1])}") if np.ndim(node.args[-1]) == 0 else "", ""
    if node.op == "einsum" and isinstance(node.args[0], str):
        return "", node.args[0].replace("->", "→")
    if node.op in ("reshape", "astype", "ravel", "flatten"):
        return "", "×".join(map(str, node.shape)) if node.op != "astype" else str(np.asarray(node.value).dtype)
    axis = node.kwargs.get("axis", node.args[1] if len(node.args) == 2 and isinstance(node.args[1], int) else None)
    reduces = np.ndim(node.value) < max((np.ndim(arg) for arg in node.args if not isinstance(arg, Slot)), default=9)
    return "", f"axis {axis}" if isinstance(axis, (int, tuple)) and node.op not in CONSTANTS_SHOWN and reduces else ""


def _index(index: Any) -> str:
    if isinstance(index, tuple):
        return ", ".join(_index(part) for part in index)
    if isinstance(index, slice):
        ends = ["" if end is None else _index(end) for end in (index.start, index.stop)]
        return ":".join(ends if index.step is None else [*ends, _index(index.step)])
    if index is Ellipsis:
        return "…"
    if index is None:
        return "new"
    if isinstance(index, Slot):
        return "i"
    return number(index) if np.ndim(index) == 0 else "i"
