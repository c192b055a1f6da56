"""One shape for all that can be drawn: a graph, a student's graph or a trace becomes a `Diagram` of `Mark`s."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .graph import GATES, Graph
from .measure import Slopes, measure

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
    line: int = 0
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
    if isinstance(subject, Graph):
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


def _measure(diagram: Diagram) -> None:
    diagram.slopes, note = measure(diagram.marks, diagram.output)
    for name, slope in diagram.slopes.items():
        diagram.marks[name].measured = slope.centred
    if note:
        diagram.notes.append(note)


def _given(subject: Any, gradients: Any, diagram: Diagram) -> Mapping[str, Any]:
    if gradients is None:
        if isinstance(subject, Graph):
            return {name: node.grad for name, node in subject.nodes.items() if node.grad is not None}
        return _mapping(getattr(subject, "grad", None))
    if not callable(gradients):
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
            diagram.marks[name].yours = gradient
    if strangers:
        diagram.notes.append(f"no node is called {_some([repr(key) for key in strangers])}")
    compared = [mark for mark in diagram.marks.values() if mark.yours is not None and mark.name in diagram.slopes]
    for mark in compared:
        mark.verdict = diagram.slopes[mark.name].holds(mark.yours)
    wrong = [mark.name for mark in compared if mark.verdict is False]
    if wrong:
        diagram.first_wrong = wrong[-1]
        diagram.notes.append(f"counted from the output, {wrong[-1]} is the first gradient that disagrees")
    elif compared:
        diagram.notes.append(f"all {len(compared)} gradients agree with the measured ones")


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
