"""Whatever can be drawn is read into a `Diagram`, measured, and compared with the student's gradients."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from cs231n_lite.drawing.diagram import Diagram, Mark, number, some
from cs231n_lite.drawing.read_trace import from_trace
from cs231n_lite.graph import GATES, Graph
from cs231n_lite.measuring.wiggle import measure
from cs231n_lite.tracing.trace import Trace

__all__ = ["read"]


def read(subject: Any, gradients: Any = None, values: Mapping[str, Any] = MappingProxyType({})) -> Diagram:
    """Return the diagram of `subject` with measured gradients, beside `gradients`, and `values`, where they are given.

    Raises ValueError for a graph that cannot exist (a cycle, no gates) and TypeError for what is not a graph at all.
    """
    if isinstance(subject, Trace):
        diagram = from_trace(subject)
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
    _compare(diagram, _gradients_of(subject, gradients, diagram))
    _compare_values(diagram, values)
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
        diagram.notes.append(f"no value at {some(missing)}")
    return diagram


def _measure(diagram: Diagram) -> None:
    diagram.slopes, note = measure(diagram.marks, diagram.output)
    for name, slope in diagram.slopes.items():
        # What rounding alone could make is shown as the zero that it is.
        gradient = np.where(np.abs(slope.centred) < slope.noise / 10, 0.0, slope.centred)
        diagram.marks[name].measured = gradient if gradient.ndim else float(gradient)
    if note:
        diagram.notes.append(note)


def _gradients_of(subject: Any, gradients: Any, diagram: Diagram) -> Mapping[str, Any]:
    if gradients is None:
        if isinstance(subject, Graph):
            return {name: node.grad for name, node in subject.nodes.items() if node.grad is not None}
        return _mapping(getattr(subject, "grad", None))
    if not callable(gradients):
        if not isinstance(gradients, Mapping):
            kind = type(gradients).__name__
            diagram.notes.append(f"no gradients of yours: a mapping from name to gradient is needed, not a {kind}")
        return _mapping(gradients)
    name = getattr(gradients, "__name__", "backward")
    name = "backward" if name == "<lambda>" else name
    try:
        answer = gradients()
    except NotImplementedError as error:
        diagram.notes.append(str(error) or f"your gradients appear here once {name} is written")
        _hide(diagram)
        return {}
    except Exception as error:  # a student's slip belongs into the picture, not into a traceback
        diagram.notes.append(f"no gradients of yours: {name} raised {type(error).__name__}: {error}")
        _hide(diagram)
        return {}
    if not isinstance(answer, Mapping):
        answer = _mapping(getattr(subject, "grad", None))
    if not answer:
        diagram.notes.append(f"{name} gave no gradients: return a dictionary from name to gradient")
    return answer


def _hide(diagram: Diagram) -> None:
    """Take the measured gradients away: a picture gives nothing away that a student has yet to work out."""
    diagram.slopes = {}
    for mark in diagram.marks.values():
        mark.measured = None


def _keep_to_themselves(diagram: Diagram) -> None:
    """Take the measured gradients away where the student has no right one: ✓ and ✗ are told, and no answer is."""
    for mark in diagram.marks.values():
        if not mark.verdict:
            mark.measured = None


def _compare(diagram: Diagram, gradients: Mapping[str, Any]) -> None:
    strangers, unanswered = [], []
    for key, gradient in gradients.items():
        name = key if key in diagram.marks else str(key).removeprefix("d")
        if name not in diagram.marks or diagram.marks[name].kind == "constant":
            strangers.append(str(key))
        elif gradient is None:
            unanswered.append(name)
        else:
            diagram.marks[name].yours = _readable(gradient)
    if strangers:
        diagram.notes.append(f"no node is called {some([repr(key) for key in strangers])}")
    compared = [mark for mark in diagram.marks.values() if mark.yours is not None and mark.name in diagram.slopes]
    for mark in compared:
        mark.verdict = diagram.slopes[mark.name].holds(mark.yours)
    wrong = [mark.name for mark in compared if mark.verdict is False]
    if wrong or unanswered:
        _keep_to_themselves(diagram)
    if wrong:
        name = diagram.first_wrong = wrong[-1]
        readers = [mark.label or mark.kind for mark in diagram.marks.values() if name in mark.inputs]
        whence = f"comes back from {some(readers)}" if readers else "is where backward starts"
        diagram.notes.append(f"counted from the output, {name} is the first gradient that disagrees: it {whence}")
    elif unanswered:
        diagram.notes.append(f"still to be filled in: {some(unanswered)}")
    elif compared:
        agreement = (
            f"all {len(compared)} gradients agree"
            if len(compared) > 1
            else f"the gradient of {compared[0].name} agrees"
        )
        diagram.notes.append(f"{agreement} with what was measured")


def _compare_values(diagram: Diagram, values: Mapping[str, Any]) -> None:
    """Put the student's values in place of the graph's; behind a wrong one nothing right is given away."""
    wrong = [mark for name, mark in diagram.marks.items() if name in values and not _same(values[name], mark.value)]
    if not wrong:
        return
    _keep_to_themselves(diagram)
    for mark in wrong:
        value = values[mark.name]
        mark.value, mark.misvalued = "?" if value is None else _readable(value), True
    diagram.notes.insert(0, f"counted from the inputs, {wrong[0].name} is the first value that disagrees")


def _same(value: Any, right: Any) -> bool:
    try:
        return bool(np.allclose(np.asarray(value, dtype=float), np.asarray(right, dtype=float), rtol=1e-6))
    except (TypeError, ValueError):
        return False


def _readable(gradient: Any) -> Any:
    """Return a gradient as it can be drawn: what is neither a number nor an array of them is told by its kind."""
    try:
        array = np.asarray(gradient)
    except ValueError:  # a ragged list
        return f"a ragged {type(gradient).__name__}"
    return gradient if array.dtype.kind in "biufc" else f"a {type(gradient).__name__}"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
