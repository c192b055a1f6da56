"""A graph told gate by gate: the forward pass, then the backward pass, upstream × local = downstream at each gate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cs231n_lite.drawing.boxes import BOX
from cs231n_lite.drawing.diagram import Diagram, Mark, number, some
from cs231n_lite.measuring.wiggle import step_at

__all__ = ["Step", "Story", "Words", "tell"]

INFIX = {"add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "matmul": "@", "dot": "·", "power": "**"}

Words = list[tuple[str, str]]  # ("v", "3") is written in the colour of values, ("g", "−4") in that of gradients


@dataclass(slots=True)
class Step:
    """One moment: the `phase`, the `node` that is at work, `lines` to read, and the `cached` bytes after it."""

    phase: str
    node: str
    lines: list[Words]
    cached: int


@dataclass(slots=True)
class Story:
    """All steps, and from which step on each node's value and gradient can be seen."""

    steps: list[Step] = field(default_factory=list)
    value_from: dict[str, int] = field(default_factory=dict)
    gradient_from: dict[str, int] = field(default_factory=dict)


def tell(diagram: Diagram) -> Story:
    """Return the story of a diagram.

    Cached is what the backward pass still has to read: the inputs of every gate that has run forward and not yet
    backward, each array counted once.
    """
    marks = diagram.marks
    gates = [mark for mark in marks.values() if mark.inputs]
    story = Story()
    sources = [mark.name for mark in marks.values() if mark.kind == "input"]
    start: Words = [("", "The inputs are given: "), *_listed([_named(marks[name]) for name in sources])]
    story.steps.append(Step("forward", "", [start if sources else [("", "The graph has no inputs.")]], 0))
    story.value_from = dict.fromkeys([name for name, mark in marks.items() if not mark.inputs], 0)
    waiting: list[Mark] = []
    for mark in gates:
        waiting.append(mark)
        story.value_from[mark.name] = len(story.steps)
        story.steps.append(Step("forward", mark.name, [_forward(mark, marks)], _cached(waiting, marks)))
    shown = all(marks[name].measured is not None for name in diagram.slopes if name in marks)
    if diagram.output in diagram.slopes and shown:  # else the story would be the answer
        _backward(diagram, gates, story)
    return story


def _backward(diagram: Diagram, gates: list[Mark], story: Story) -> None:
    marks = diagram.marks
    gates = _leading_to(diagram.output, gates)
    story.gradient_from[diagram.output] = len(story.steps)
    start: Words = [
        ("", f"Backward starts at {diagram.output}: the gradient of {diagram.output} in itself is "),
        ("g", "1"),
    ]
    story.steps.append(Step("backward", diagram.output, [start], _cached(gates, marks)))
    open_readers = Counter(source for mark in gates for source in mark.inputs)
    collected: dict[str, list[float]] = {}
    waiting = list(gates)
    for mark in reversed(gates):
        waiting.remove(mark)
        lines: list[Words] = [_upstream(mark)]
        for port, source in enumerate(mark.inputs):
            open_readers[source] -= 1
            if mark.kind != "folded":
                if marks[source].kind == "constant" or marks[source].measured is None:
                    continue
                lines.append(_downstream(mark, port, marks, collected))
                if not open_readers[source] and len(collected.get(source, [])) > 1:
                    lines.append(_sum(marks[source], collected[source]))
            if not open_readers[source]:
                story.gradient_from[source] = len(story.steps)
        story.steps.append(Step("backward", mark.name, lines, _cached(waiting, marks)))


def _leading_to(output: str, gates: list[Mark]) -> list[Mark]:
    """The gates that the output depends on, in their order."""
    leads = {output}
    for mark in reversed(gates):
        if mark.name in leads:
            leads.update(mark.inputs)
    return [mark for mark in gates if mark.name in leads]


def _upstream(mark: Mark) -> Words:
    if mark.kind == "folded":
        return [("", f"{mark.folded:,} nodes are folded here; the gradients run back through them")]
    return [("", f"{_title(mark)} receives upstream "), ("g", _short(mark.measured))]


def _sum(mark: Mark, parts: list[float]) -> Words:
    terms = " + ".join(map(number, parts)).replace("+ −", "− ")
    return [("", f"{mark.name} branches, so it sums: {terms} = "), ("g", _short(mark.measured))]


def _downstream(mark: Mark, port: int, marks: dict[str, Mark], collected: dict[str, list[float]]) -> Words:
    source = marks[mark.inputs[port]]
    local = _local(mark, port, marks)
    if local is None:
        product = _product(mark, port, marks)
        text = f"{_title(source)}: {product}, of shape {_shape(source.value)} like {_title(source)} itself"
        return [("", text)]
    down = float(mark.measured) * local
    collected.setdefault(source.name, []).append(down)
    return [
        ("", f"{_title(source)}: "),
        ("g", number(mark.measured)),
        ("", " × "),
        ("i", _second(number(_rounded(local)))),
        ("", " = "),
        ("g", number(_rounded(down))),
    ]


def _product(mark: Mark, port: int, marks: dict[str, Mark]) -> str:
    """What goes back through a gate on arrays; at a product of matrices, the product that it is."""
    values = [marks[source].value for source in mark.inputs]
    names = [marks[source].label for source in mark.inputs]
    if mark.kind != "matmul" or len(values) != 2 or any(np.ndim(value) != 2 for value in values) or not names[1 - port]:
        return "upstream × local"
    return f"upstream @ {names[1]}ᵀ" if port == 0 else f"{names[0]}ᵀ @ upstream"


def _local(mark: Mark, port: int, marks: dict[str, Mark]) -> float | None:
    """Measure how the gate's output moves with one input, the others held; None unless both are numbers."""
    values = [marks[source].value for source in mark.inputs]
    if mark.compute is None or np.ndim(mark.value) or np.ndim(values[port]) or np.ndim(mark.measured):
        return None
    at = float(values[port])
    step = step_at(at)
    ends = []
    with np.errstate(all="ignore"):
        for moved in (at + step, at - step):
            try:
                ends.append(float(mark.compute(*values[:port], moved, *values[port + 1 :])))
            except (ArithmeticError, ValueError, TypeError):
                return None
    return (ends[0] - ends[1]) / (2 * step)


def _rounded(slope: float) -> float:
    """Take off the rounding noise of a centred difference, which three digits should not show."""
    return 0.0 if abs(slope) < 1e-9 else float(f"{slope:.9g}")


def _forward(mark: Mark, marks: dict[str, Mark]) -> Words:
    named = [_title(marks[source]) for source in mark.inputs]
    values = [_short(marks[source].value) for source in mark.inputs]
    words: Words = [("", f"{mark.label} = " if mark.label else "")]
    if mark.kind in INFIX and len(named) == 2:
        sign = f" {INFIX[mark.kind]} "
        if named == values or not mark.label:
            named = []
        words += [("", sign.join(named) + " = ")] if named else []
        words += [("v", values[0]), ("", sign), ("v", _second(values[1]))]
    else:
        call = mark.symbol or mark.kind
        if mark.kind == "folded":
            return [("", f"{mark.folded:,} nodes are folded here; they read {some(named)}")]
        if mark.kind == BOX:
            return [*words, ("", f"{mark.folded} gates of {some(named)} = "), ("v", _short(mark.value))]
        if mark.kind == "getitem" and named:
            return [*words, ("", f"{named[0]}{call} = "), ("v", _short(mark.value))]
        words += [("", f"{call}("), *_between(values), ("", ")")]
    return [*words, ("", " = "), ("v", _short(mark.value)), *[("", " ✗")] * mark.misvalued]


def _second(text: str) -> str:
    """Return a number as it stands after a sign: 3 × (−4)."""
    return f"({text})" if text.startswith("−") else text


def _between(texts: list[str]) -> Words:
    words: Words = []
    for index, text in enumerate(texts):
        words += [("", ", ")] * (index > 0) + [("v", text)]
    return words


def _listed(parts: list[Words]) -> Words:
    return [word for index, part in enumerate(parts) for word in [("", ", ")] * (index > 0) + part]


def _named(mark: Mark) -> Words:
    return [("", f"{mark.label} = "), ("v", _short(mark.value))]


def _title(mark: Mark) -> str:
    if mark.label:
        return mark.label
    if mark.kind == BOX:
        return f"the box {mark.symbol}"
    return f"the {mark.symbol or mark.kind} gate" if mark.inputs else _short(mark.value)


def _short(value: Any) -> str:
    if value is None:
        return "?"
    return number(value) if np.ndim(value) == 0 else f"[{_shape(value)}]"


def _shape(value: Any) -> str:
    return "×".join(map(str, np.shape(value)))


def _cached(waiting: list[Mark], marks: dict[str, Mark]) -> int:
    sources = {source for mark in waiting for source in mark.inputs if marks[source].kind != "constant"}
    return sum(_bytes(marks[source].value) for source in sources)


def _bytes(value: Any) -> int:
    if isinstance(value, (np.ndarray, np.generic)):
        return int(value.nbytes)
    return 0 if value is None else 8
