"""A diagram as SVG: values green above the wires, gradients red below, gates as circles, as in the CS231n lecture.

The picture lies on its own card and carries its colours as attributes, so that it reads on any page, also where styles
are stripped; a dark JupyterLab gets a dark card. Nothing here depends on time, on ids of objects or on fonts that are
installed, so the same graph gives the same bytes.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from html import escape
from typing import Any

import numpy as np

from cs231n_lite.drawing.boxes import BOX
from cs231n_lite.drawing.diagram import ROLES, SYMBOLS, Diagram, Mark, number
from cs231n_lite.drawing.labels import Block, block, text_width
from cs231n_lite.drawing.layout import Layout, Size, layered, port_offset
from cs231n_lite.drawing.palette import CLASSES, LIGHT, STYLE
from cs231n_lite.drawing.words import describe
from cs231n_lite.speech import say

__all__ = ["to_svg", "width"]

SANS = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif"
SERIF = "'STIX Two Text', 'Times New Roman', 'DejaVu Serif', serif"
RADIUS = 17.0
MARGIN = 18.0
WIDTH = re.compile(r'width="(\d+)"')
INDEX = re.compile(r"([^\W\d_]+)_?(\d+)")
BRANCH = "the gradients that come back are summed"
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def to_svg(diagram: Diagram, title: str = "", room: str = "") -> str:
    """Return the diagram as one SVG element, with a title and a description for readers who do not see it.

    On each wire there is room for the text `room`, where numbers will change.
    """
    marks = diagram.marks
    labels = {name: _labels(mark) for name, mark in marks.items()}
    sizes = {name: _size(mark, *labels[name], diagram) for name, mark in marks.items()}
    if room:
        least = text_width(room, 12.5) + 16
        sizes = {name: replace(size, label=max(size.label, least)) for name, size in sizes.items()}
    place = layered({name: mark.inputs for name, mark in marks.items()}, sizes)
    foot = _foot(diagram, marks)
    head = 26.0 if title else 0.0
    # Whole pixels, so that the card's edges lie within the picture.
    width = math.ceil(max(place.width, *(wide for _, wide in foot), text_width(title, 14)) + 2 * MARGIN)
    height = math.ceil(place.height + head + 2 * MARGIN + 17 * len(foot) + (6 if foot else 0))
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="cl-graph" role="img" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{SANS}">',
        f"<title>{escape(title or say(f'Computational graph of {diagram.output}', 'picture'))}</title>",
        f"<desc>{escape(describe(diagram))}</desc><style>{STYLE}</style>",
        f'<rect class="c" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8" '
        f'fill="{LIGHT["card"]}" stroke="{LIGHT["line"]}"/>',
    ]
    if title:
        out.append(_text("i", MARGIN, 27, title, 14, "start", 'font-weight="600"'))
    out.append(f'<g transform="translate({MARGIN:g} {MARGIN + head:g})">')
    out.append(_wires(place, marks))
    out += [_node(mark, *labels[name], place, sizes[name], diagram) for name, mark in marks.items()]
    out.append("</g>")
    y = MARGIN + head + place.height + 6
    for pieces, _ in foot:
        y += 17
        out.append(f'<text x="{MARGIN:g}" y="{y + MARGIN - 12:.1f}" font-size="11.5">{pieces}</text>')
    return "\n".join([*out, "</svg>"])  # a line a node, so that two pictures can be compared as text


def width(svg: str) -> int:
    """Return how many pixels wide a picture of `to_svg` is."""
    return int(WIDTH.findall(svg)[0])


def _labels(mark: Mark) -> tuple[Block | None, list[tuple[Block, str]]]:
    """Return the block above the wire and the blocks below it, each with the name of its colour."""
    constant = mark.kind == "constant"
    above = None if mark.value is None or (constant and np.ndim(mark.value) == 0) else block(mark.value, "value")
    if mark.misvalued:
        above = Block([number(mark.value) if np.ndim(mark.value) == 0 else _shape(mark.value)], "value", mark="✗")
    if mark.yours is None:
        return above, [] if mark.measured is None else [(block(mark.measured, "gradient", shape=False), "gradient")]
    yours = block(mark.yours, "gradient", shape=False)
    colour = "no" if mark.verdict is False else "gradient"
    if mark.verdict is None:
        return above, [(Block([say("yours", "picture")], "gradient", small=True), colour), (yours, colour)]
    if mark.verdict:
        if len(yours.lines) == 1 and not yours.brackets and not yours.cells:
            return above, [(Block(yours.lines, "gradient", mark="✓"), colour)]
        return above, [(yours, colour), (Block(["✓"], "yes"), "yes")]
    if np.shape(mark.yours) != np.shape(mark.value):
        text = say(f"✗ shape {_shape(mark.yours)}, not {_shape(mark.value)}", "picture")
        return above, [(yours, colour), (Block([text], "no", small=True), "no")]
    if np.ndim(mark.value) == 0:
        return above, [(Block(yours.lines[:1], "no", mark="✗"), "no")]
    return above, [(yours, colour), (Block(["✗"], "no"), "no")]


def _shape(array: Any) -> str:
    return "×".join(map(str, np.shape(array))) or "of a number"


def _glyph(mark: Mark) -> tuple[str, float]:
    """Return what stands in a node's symbol and how wide the symbol is."""
    if mark.kind in ("input", "constant"):
        label = _pretty(mark.label)
        return label, text_width(label, 16) + 6
    symbol = mark.symbol or SYMBOLS.get(mark.kind, mark.kind)
    return symbol, max(2 * RADIUS, text_width(symbol, 12) + 14)


def _under(mark: Mark) -> str:
    return " ".join(part for part in (mark.detail, say(ROLES.get(mark.kind, ""), "picture")) if part)


def _size(mark: Mark, above: Block | None, below: list[tuple[Block, str]], diagram: Diagram) -> Size:
    wide = max((b.width for b in (above, *(b for b, _ in below)) if b), default=0.0)
    up = max(8.0 if mark.kind in ("input", "constant") else RADIUS, (above.height + 3) if above else 0.0)
    down = max(8.0 if mark.kind in ("input", "constant") else RADIUS, sum(b.height for b, _ in below) + 3)
    if mark.kind not in ("input", "constant"):
        up = max(up, RADIUS + (15 if mark.label else 0))
        if above and _over_its_tile(mark, above):
            up = above.height + 18
        down = max(down, RADIUS + (12 if _under(mark) else 0))
        wide = max(wide, 10.0)
    glyph, wide = _glyph(mark)[1], wide + (16 if wide else 6)
    if down > RADIUS + 12 or sum(b.height for b, _ in below) > RADIUS:
        glyph = max(glyph, text_width(_under(mark), 9))  # tall numbers would run into the words under the symbol
    if mark.name == diagram.first_wrong:
        glyph, up, down = glyph + 14, up + 7, down + 7
    return Size(glyph, wide, up, down)


def _over_its_tile(mark: Mark, above: Block) -> bool:
    """Whether a gate's name is so long that it would run into the value beside it, and so stands over both."""
    return above.height > RADIUS and text_width(mark.label, 13) > _glyph(mark)[1] + 16


def _wires(place: Layout, marks: dict[str, Mark]) -> str:
    out: list[str] = []
    taps: dict[tuple[str, tuple[float, float]], list[Any]] = {}
    for wire in place.wires:
        start = wire.points[0]
        taps.setdefault((wire.source, start), []).append(wire)
        if wire.target is None:
            (x0, y0), (x1, y1), (x2, _) = wire.points
            path = f"M{x0:.1f} {y0:.1f}{_curve(x0, y0, x1, y1)}H{x2:.1f}"
            out.append(f'<path data-from="{escape(wire.source)}" d="{path}"/>')
            continue
        mark = marks[wire.target]
        (x0, y0), y1 = start, wire.points[-1][1]
        offset = port_offset(wire.port, len(mark.inputs))
        # The left rim of a circle, or of a capsule, which is a circle's half at its end.
        round_off = 0.0 if mark.kind == BOX else RADIUS - float(np.sqrt(RADIUS**2 - offset**2))
        x1 = place.x[wire.target] - _glyph(mark)[1] / 2 + round_off
        out.append(
            f'<path data-from="{escape(wire.source)}" data-to="{escape(wire.target)}" '
            f'd="M{x0:.1f} {y0:.1f}{_curve(x0, y0, x1 - 6, y1)}H{x1 - 3:.1f}"/>'
            f'<path class="a" fill="{LIGHT["wire"]}" stroke="none" d="M{x1:.1f} {y1:.1f}l-8 -3.6v7.2z"/>'
        )
    dots = []
    for (source, (x, y)), here in taps.items():
        if len(here) > 1:
            dots.append(
                f'<circle class="a" data-from="{escape(source)}" cx="{x:.1f}" cy="{y:.1f}" r="3.2" '
                f'fill="{LIGHT["wire"]}" stroke="none">'
                f"<title>{escape(say(f'{source} branches here: {BRANCH}', 'picture'))}</title></circle>"
            )
    return (
        f'<g class="w" fill="none" stroke="{LIGHT["wire"]}" stroke-width="1.5">\n' + "\n".join([*out, *dots]) + "</g>"
    )


def _curve(x0: float, y0: float, x1: float, y1: float) -> str:
    if abs(y1 - y0) < 0.5:
        return f"L{x1:.1f} {y1:.1f}"
    middle = (x0 + x1) / 2
    return f"C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"


def _node(
    mark: Mark, above: Block | None, below: list[tuple[Block, str]], place: Layout, size: Size, diagram: Diagram
) -> str:
    x, y, end = place.x[mark.name], place.y[mark.name], place.end[mark.name]
    symbol, wide = _glyph(mark)
    right = x + wide / 2
    out = [f'<g class="node" data-node="{escape(mark.name)}"{_data(mark)}>']
    out.append(
        f'<path class="w" fill="none" stroke="{LIGHT["wire"]}" stroke-width="1.5" d="M{right:.1f} {y:.1f}H{end:.1f}"/>'
    )
    if mark.kind == "input":
        out.append(_name("i", x, y + 5, symbol, 17))
    elif mark.kind == "constant":
        out.append(_text("s", x, y + 4.5, symbol, 13))
    else:
        ring = 7 if mark.name == diagram.first_wrong else 0
        corner = 4.0 if mark.kind == BOX else RADIUS
        if ring:
            out.append(
                f'<rect class="nl" x="{x - wide / 2 - 5:.1f}" y="{y - RADIUS - 5:.1f}" width="{wide + 10:.1f}" '
                f'height="{2 * RADIUS + 10:.1f}" rx="{RADIUS + 5:g}" fill="none" '
                f'stroke="{LIGHT["no"]}" stroke-width="2.5" stroke-dasharray="5 3"/>'
            )
        out.append(
            f'<rect class="o" x="{x - wide / 2:.1f}" y="{y - RADIUS:.1f}" width="{wide:.1f}" height="{2 * RADIUS:g}" '
            f'rx="{corner:g}" fill="{LIGHT["gate"]}" stroke="{LIGHT["ink"]}" stroke-width="1.3"/>'
        )
        big = len(symbol) == 1
        out.append(_text("i", x, y + (6.5 if big else 4.2), symbol, 20 if big else 12.5))
        if mark.label:
            out.append(_label(mark, above, x, y - ring))
        if under := _under(mark):
            out.append(_text("s", x, y + RADIUS + 10.5 + ring, under, 9))
    if mark.name == diagram.first_wrong and mark.kind == "input":
        out.append(
            f'<rect class="nl" x="{x - wide / 2 - 3:.1f}" y="{y - 12:.1f}" width="{wide + 4:.1f}" height="24" rx="12" '
            f'fill="none" stroke="{LIGHT["no"]}" stroke-width="2.5" stroke-dasharray="5 3"/>'
        )
    centre = (x + max(wide, size.glyph) / 2 + end) / 2
    if above:
        css, colour = ("n", "no") if mark.misvalued else ("v", "value")
        label = above.svg(centre, y - 3 - above.height, css, LIGHT[colour], LIGHT["no"])
        out.append(f'<g class="value">{label}</g>')
    if below:
        out.append('<g class="gradient">')
        top = y + 3
        for piece, colour in below:
            out.append(piece.svg(centre, top, colour[0], LIGHT[colour], LIGHT["yes" if piece.mark == "✓" else "no"]))
            top += piece.height
        out.append("</g>")
    return "".join([*out, "</g>"])


def _label(mark: Mark, above: Block | None, x: float, y: float) -> str:
    """Return the name of a gate: over its symbol, or over the symbol and the value where it is a long one."""
    name = _pretty(mark.label)
    if above and _over_its_tile(mark, above):
        return _name("s", x - _glyph(mark)[1] / 2, y - above.height - 7, name, 13, "start")
    return _name("s", x, y - RADIUS - 5, name, 13)


def _data(mark: Mark) -> str:
    """Return the exact numbers as attributes, for tests and for readers who look closer."""
    attributes = ' data-box=""' if mark.kind == BOX else ""
    for key, value in (("value", mark.value), ("gradient", mark.measured), ("yours", mark.yours)):
        if value is not None and np.ndim(value) == 0 and isinstance(value, (int, float, np.integer, np.floating)):
            digits = 7 if key == "gradient" else 12  # a measured number is not known any better
            attributes += f' data-{key}="{float(value):.{digits}g}"'
    return attributes


def _foot(diagram: Diagram, marks: dict[str, Mark]) -> list[tuple[str, float]]:
    lines = []
    if any(mark.value is not None for mark in marks.values()):
        legend = [("v", "value", "value above the wire")]
        if any(mark.measured is not None or mark.yours is not None for mark in marks.values()):
            legend.append(("g", "gradient", f"gradient of {diagram.output} below it"))
            readers = Counter(source for mark in marks.values() for source in mark.inputs)
            if any(often > 1 for often in readers.values()):
                legend.append(("s", "soft", "● gradients are summed where a wire branches"))
        if any(mark.verdict is not None for mark in marks.values()):
            legend += [("y", "yes", "✓ agrees"), ("n", "no", "✗ disagrees")]
        legend = [(css, colour, say(text, "picture")) for css, colour, text in legend]
        gap, slant = ' dx="12"', ' font-style="italic"'
        lines.append(
            (
                "".join(
                    f'<tspan class="{css}" fill="{LIGHT[colour]}"{gap if k else ""}{slant if css == "g" else ""}>'
                    f"{escape(text)}</tspan>"
                    for k, (css, colour, text) in enumerate(legend)
                ),
                sum(text_width(text, 11.5) + 12 for _, _, text in legend),
            )
        )
    for note in diagram.notes:
        css, colour = ("n", "no") if "disagrees" in note else ("s", "soft")
        note = say(note, "picture")
        lines.append((f'<tspan class="{css}" fill="{LIGHT[colour]}">{escape(note)}</tspan>', text_width(note, 11.5)))
    return lines


def _text(css: str, x: float, y: float, text: str, size: float, anchor: str = "middle", more: str = "") -> str:
    colour = LIGHT[CLASSES[css][1]]
    return (
        f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" '
        f'fill="{colour}" {more}>{escape(text)}</text>'
    ).replace(" >", ">")


def _pretty(name: str) -> str:
    """Write trailing digits as an index: w0 and h_0 become w₀ and h₀, as on a blackboard."""
    match = INDEX.fullmatch(name)
    return match[1] + match[2].translate(SUBSCRIPTS) if match else name


def _name(css: str, x: float, y: float, text: str, size: float, anchor: str = "middle") -> str:
    return _text(css, x, y, text, size, anchor, f'font-style="italic" font-family="{SERIF}"')
