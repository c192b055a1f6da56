"""One shape for all that can be drawn: a graph, a student's graph or a trace becomes a `Diagram` of `Mark`s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from .graph import GATES, Graph
from .measure import Slopes, measure
from .trace import Slot, Trace, TraceNode

__all__ = ["Diagram", "Mark", "read"]


@dataclass(slots=True)
class Mark:
    """One node of a picture: what it is, its `value`, its `measured` gradient, the student's gradient `yours`.

    `verdict` is None where nothing can be compared, else whether the two gradients agree. `compute` runs the gate on
    the values of `inputs`; it is None for inputs, constants and folded nodes.
    """

    name: str
    label: str
    kind: str
    inputs: tuple[str, ...] = ()
    value: Any = None
    measured: Any = None
    yours: Any = None
    verdict: bool | None = None
    compute: Callable[..., Any] | None = None
    symbol: str = ""  # what stands in the symbol, where the kind alone does not tell it
    detail: str = ""  # an axis, a shape: a few letters under the symbol
    folded: int = 0  # how many nodes stand behind this one


@dataclass(slots=True)
class Diagram:
    """All marks in topological order, the `output`, sentences (`notes`) for the reader, and the `first_wrong` node."""

    marks: dict[str, Mark]
    output: str
    notes: list[str] = field(default_factory=list)
    first_wrong: str = ""
    slopes: dict[str, Slopes] = field(default_factory=dict)


def read(subject: Any, gradients: Any = None) -> Diagram:
    """Return the diagram of `subject` with measured gradients, beside `gradients` where they are given.

    Raises ValueError for a graph that cannot exist (a cycle, no gates) and TypeError for what is not a graph at all.
    """
    if isinstance(subject, Trace):
        diagram = _from_trace(subject)
    elif isinstance(subject, Graph):
        diagram = _from_wiring(subject, {name: node.value for name, node in subject.nodes.items()})
    elif isinstance(getattr(subject, "wiring", None), Mapping):
        diagram = _from_wiring(Graph(subject.wiring), _mapping(getattr(subject, "value", None)))
    else:
        what = type(subject).__name__
        raise TypeError(
            f"draw reads a Graph, a trace or an object with .wiring, .value and .grad; this is a {what}."
            + (" Draw its trace: draw(trace(f, *inputs))." if callable(subject) else "")
        )
    _measure(diagram)
    _compare(diagram, _given(subject, gradients, diagram))
    return diagram


def _from_wiring(graph: Graph, values: Mapping[str, Any]) -> Diagram:
    marks = {}
    for name, node in graph.nodes.items():
        compute = None
        if name in graph.wiring:
            gate = graph.wiring[name][0]
            compute = gate if callable(gate) else GATES[gate]
        value: Any = node.value if node.kind == "constant" else values.get(name)
        label = number(value) if node.kind == "constant" and np.ndim(value) == 0 else name
        marks[name] = Mark(name, label, node.kind, node.inputs, value, compute=compute)
    diagram = Diagram(marks, graph.output)
    missing = [name for name, mark in marks.items() if mark.value is None]
    if len(missing) == len([name for name, mark in marks.items() if mark.kind != "constant"]):
        diagram.notes.append("no values yet: call forward(...) first")
    elif missing:
        diagram.notes.append(f"no value at {_some(missing)}")
    return diagram


# The gates whose constant arguments are values like any other, and not an axis, an index or a shape.
CONSTANTS_SHOWN = {
    *("add", "subtract", "multiply", "divide", "floor_divide", "remainder", "power", "matmul", "dot", "outer"),
    *("maximum", "minimum", "where", "clip", "greater", "less", "greater_equal", "less_equal", "equal", "not_equal"),
}
POWERS = {2: "x²", 3: "x³", -1: "1/x", 0.5: "√", -0.5: "1/√"}
INDEX_OPS = ("getitem", "setitem", "item")


def _from_trace(trace: Trace) -> Diagram:
    lost = [f"not followed: {lost}" for lost in trace.lost]
    output = trace.output
    if output is None:
        made = [node for node in trace.nodes if node.inputs]
        if not made:
            told = "returns nothing that could be followed" if trace.nodes else "reads no input and makes no array"
            return Diagram({}, "", [*lost, f"{trace.name} {told}: there is no graph to draw"])
        output = made[-1].id
        lost.append(f"what {trace.name} returns could not be followed; this is its graph up to line {made[-1].line}")
    wanted = {output}
    for node in reversed(trace.nodes):
        if node.id in wanted:
            wanted.update(node.inputs)
    shown = [node for node in trace.nodes if node.id in wanted]
    names = _unique_names(shown, output)
    marks: dict[str, Mark] = {}
    for node in shown:
        name = names[node.id]
        reads, traced = _reads(node, name, names, marks)
        compute = None if node.function is None else _computing(node, traced)
        symbol, detail = _symbol(node)
        label = "" if name.startswith("#") else name
        marks[name] = Mark(name, label, node.op, reads, node.value, compute=compute, symbol=symbol, detail=detail)
    diagram = Diagram(marks, names[output], lost)
    unused = [name for name, index in trace.inputs.items() if index not in wanted]
    if unused:
        diagram.notes.append(f"{names[output]} does not depend on {_some(unused)}")
    return diagram


def _unique_names(shown: list[TraceNode], output: int) -> dict[int, str]:
    """Give each node its variable's name; a variable that is set again and again is numbered: h, h1, h2, …"""
    stored = {node.id: node.name or ("output" if node.id == output else "") for node in shown}
    often = Counter(stored.values())
    taken = {name for name in often if often[name] == 1} | {node.name for node in shown if node.op == "input"}
    names: dict[int, str] = {}
    numbered: dict[str, Iterator[str]] = {}
    for node in shown:
        name = stored[node.id] or f"#{node.id}"
        if often[name] > 1 and node.op != "input":
            base = f"{name}_" if name[-1].isdigit() else name
            name = next(numbered.setdefault(name, (f"{base}{k}" for k in count(1) if f"{base}{k}" not in taken)))
        names[node.id] = name
    return names


def _reads(
    node: TraceNode, name: str, names: Mapping[int, str], marks: dict[str, Mark]
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
            marks[key] = Mark(key, number(arg) if np.ndim(arg) == 0 else "", "constant", value=arg)
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
        told = "[" + _index(node.args[1]) + "]" + ("←" if node.op == "setitem" else "")
        return (told, "") if len(told) < 14 else ("[…]" + ("←" if node.op == "setitem" else ""), "")
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


def _measure(diagram: Diagram) -> None:
    diagram.slopes, note = measure(diagram.marks, diagram.output)
    for name, slope in diagram.slopes.items():
        # What rounding alone could make is shown as the zero that it is.
        shown = np.where(np.abs(slope.centred) < slope.noise / 10, 0.0, slope.centred)
        diagram.marks[name].measured = shown if shown.ndim else float(shown)
    if note:
        diagram.notes.append(note)


def _given(subject: Any, gradients: Any, diagram: Diagram) -> Mapping[str, Any]:
    if gradients is None:
        if isinstance(subject, Graph):
            return {name: node.grad for name, node in subject.nodes.items() if node.grad is not None}
        return _mapping(getattr(subject, "grad", None))
    if not callable(gradients):
        if not isinstance(gradients, Mapping):
            kind = type(gradients).__name__
            diagram.notes.append(f"no gradients of yours: a mapping from name to gradient is needed, not a {kind}")
        return _mapping(gradients)
    called = getattr(gradients, "__name__", "backward")
    called = "backward" if called == "<lambda>" else called
    try:
        found = gradients()
    except NotImplementedError:
        diagram.notes.append(f"your gradients appear here once {called} is written")
        return {}
    except Exception as error:  # a student's slip belongs into the picture, not into a traceback
        diagram.notes.append(f"no gradients of yours: {called} raised {type(error).__name__}: {error}")
        return {}
    if not isinstance(found, Mapping):
        found = _mapping(getattr(subject, "grad", None))
    if not found:
        diagram.notes.append(f"{called} gave no gradients: return a dictionary from name to gradient")
    return found


def _compare(diagram: Diagram, given: Mapping[str, Any]) -> None:
    strangers = []
    for key, gradient in given.items():
        name = key if key in diagram.marks else str(key).removeprefix("d")
        if name not in diagram.marks or diagram.marks[name].kind == "constant":
            strangers.append(str(key))
        elif gradient is not None:
            diagram.marks[name].yours = _readable(gradient)
    if strangers:
        diagram.notes.append(f"no node is called {_some([repr(key) for key in strangers])}")
    compared = [mark for mark in diagram.marks.values() if mark.yours is not None and mark.name in diagram.slopes]
    for mark in compared:
        mark.verdict = diagram.slopes[mark.name].holds(mark.yours)
    wrong = [mark.name for mark in compared if mark.verdict is False]
    if wrong:
        name = diagram.first_wrong = wrong[-1]
        readers = [mark.label or mark.kind for mark in diagram.marks.values() if name in mark.inputs]
        whence = f"comes back from {_some(readers)}" if readers else "is where backward starts"
        diagram.notes.append(f"counted from the output, {name} is the first gradient that disagrees: it {whence}")
    elif compared:
        diagram.notes.append(f"all {len(compared)} gradients agree with the measured ones")


def _readable(gradient: Any) -> Any:
    """Return a gradient as it can be drawn: what is neither a number nor an array of them is told by its kind."""
    try:
        array = np.asarray(gradient)
    except ValueError:  # a ragged list
        return f"a ragged {type(gradient).__name__}"
    return gradient if array.dtype.kind in "biufc" else f"a {type(gradient).__name__}"


def number(value: Any) -> str:
    """Return a number with three significant digits, as a person would write it: -0.2, 1230, 4.5e-7."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    try:
        exact = complex(value)
    except (TypeError, ValueError):
        return str(value)
    if exact.imag:
        return f"{exact:.3g}".replace("-", "−")
    real = exact.real
    if np.isnan(real):
        return "NaN"
    if np.isinf(real):
        return "∞" if real > 0 else "−∞"
    if real == int(real) and abs(real) < 1e6:
        text = str(int(real))
    elif 1e-3 <= abs(real) < 1e5:
        text = f"{float(f'{real:.3g}'):.10g}"
    else:
        mantissa, exponent = f"{real:.2e}".split("e")
        text = f"{float(mantissa):g}e{int(exponent)}"
    return text.replace("-", "−")


def _mapping(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {}


def _some(names: list[str], most: int = 4) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
