"""A diagram in the languages of other tools: Graphviz's DOT and Mermaid, values and gradients on the edges."""

from __future__ import annotations

from typing import Any

import numpy as np

from cs231n_lite.drawing.diagram import SYMBOLS, Diagram, Mark, number

__all__ = ["to_dot", "to_mermaid"]


def to_dot(diagram: Diagram) -> str:
    """Return the graph in DOT, left to right; `dot -Tsvg` draws it."""
    ids = {name: f"n{index}" for index, name in enumerate(diagram.marks)}
    lines = ["digraph {", "  rankdir=LR", '  node [fontname="sans-serif"]', '  edge [fontname="sans-serif"]']
    for name, mark in diagram.marks.items():
        shape = "circle" if mark.inputs else "plaintext"
        style = ' style=dashed color="#953800" penwidth=2' if name == diagram.first_wrong else ""
        lines.append(f'  {ids[name]} [label="{_dot(_symbol(mark))}" tooltip="{_dot(name)}" shape={shape}{style}]')
    for name, mark in diagram.marks.items():
        for source in mark.inputs:
            label = "\\n".join(_dot(part) for part in _label_lines(diagram.marks[source]))
            lines.append(f'  {ids[source]} -> {ids[name]} [label="{label}"]')
    lines.append(f'  out [label="" shape=point style=invis]\n  {ids[diagram.output]} -> out [label="{_end(diagram)}"]')
    return "\n".join([*lines, "}", ""])


def to_mermaid(diagram: Diagram) -> str:
    """Return the graph as a Mermaid flowchart, which GitHub and JupyterLab draw in Markdown."""
    ids = {name: f"n{index}" for index, name in enumerate(diagram.marks)}
    lines = ["flowchart LR"]
    for name, mark in diagram.marks.items():
        text = _mermaid(_symbol(mark))
        lines.append(f'  {ids[name]}(("{text}"))' if mark.inputs else f'  {ids[name]}["{text}"]')
    for name, mark in diagram.marks.items():
        for source in mark.inputs:
            label = _mermaid(" | ".join(_label_lines(diagram.marks[source])))
            lines.append(
                f'  {ids[source]} -- "{label}" --> {ids[name]}' if label else f"  {ids[source]} --> {ids[name]}"
            )
    label = _mermaid(" | ".join(_label_lines(diagram.marks[diagram.output])))
    lines.append(f'  {ids[diagram.output]} -- "{label or " "}" --> out[" "]')
    if diagram.first_wrong:
        lines.append(f"  style {ids[diagram.first_wrong]} stroke:#953800,stroke-width:3px,stroke-dasharray:5 3")
    return "\n".join([*lines, ""])


def _symbol(mark: Mark) -> str:
    if mark.kind == "input" or (mark.kind == "constant" and mark.label):
        return mark.label
    symbol = mark.symbol or SYMBOLS.get(mark.kind, mark.kind)
    return f"{symbol} {mark.label}" if mark.label else symbol


def _label_lines(mark: Mark) -> list[str]:
    if mark.kind == "constant" and np.ndim(mark.value) == 0:
        return []
    lines = [] if mark.value is None else [_short(mark.value)]
    gradient = mark.yours if mark.yours is not None else mark.measured
    if gradient is not None:
        verdict = {True: " ✓", False: " ✗", None: ""}[mark.verdict]
        lines.append(f"d {_short(gradient)}{verdict}")
    return lines


def _end(diagram: Diagram) -> str:
    return "\\n".join(_dot(part) for part in _label_lines(diagram.marks[diagram.output]))


def _short(value: Any) -> str:
    shape = np.shape(value)
    return "×".join(map(str, shape)) if shape else number(value)


def _dot(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def _mermaid(text: str) -> str:
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;").replace("\n", " ")
