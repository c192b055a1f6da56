"""A graph of the course with less in it: what each of its parts says anew, its style says once.

The picture carries its colours as attributes, because a notebook may be shown where styles are stripped. In a page of
ours none is.
"""

from __future__ import annotations

import re
from collections import defaultdict

__all__ = ["said_once"]

GRAPH = 'class="cl-graph"'
CLASSED = re.compile(r'<\w+ class="(\w+)[^"<>]*"[^<>]*>')
ATTRIBUTE = re.compile(r' (fill|stroke|stroke-width)="([#\w.]+)"')
NAME = re.compile(r'(<text class="\w+)("[^<>]*) font-style="italic" font-family="([\w ,\'-]+)"')
GROUPS = re.compile(r' class="(?:node|value|gradient)"')  # the stepper's
PART = re.compile(r"(<g[^<>]*>|</g>)")
INHERITED = (' text-anchor="middle"', ' image-rendering="pixelated"', ' stroke-width=".8"')
PLACE = re.compile(r'(?<= )(?:x|y|cx|cy|d)="[^"]*"')
NUMBER = re.compile(r"\d{2,}\.\d+")


def said_once(svg: str) -> str:
    """Return the picture of a graph with its colours and letters in its style; any other picture as it is."""
    if GRAPH not in svg[:200] or "<style>" not in svg:
        return svg
    svg = PLACE.sub(_on_whole_pixels, GROUPS.sub("", svg))
    fonts = {match[3] for match in NAME.finditer(svg)}
    rules = {}
    if len(fonts) == 1:
        svg = NAME.sub(r"\1 m\2", svg)
        rules["m"] = f"font-style:italic;font-family:{fonts.pop()}"
    for attribute in INHERITED:  # all that has one of these stands in the graph's own group
        svg = svg.replace(attribute, "")
    svg = svg.replace("<g transform=", f"<g{''.join(INHERITED)} transform=", 1)
    same = _same(svg)
    svg = _without_bare_groups(CLASSED.sub(lambda match: _without(match, same), svg))
    for (name, attribute), value in same.items():
        rules[name] = f"{rules[name]};{attribute}:{value}" if name in rules else f"{attribute}:{value}"
    return svg.replace("<style>", "<style>" + "".join(f".{name}{{{rule}}}" for name, rule in rules.items()), 1)


def _on_whole_pixels(place: re.Match[str]) -> str:
    return NUMBER.sub(lambda number: f"{float(number[0]):.0f}", place[0])


def _without_bare_groups(svg: str) -> str:
    """The same without groups that say nothing."""
    parts, bare = PART.split(svg), []
    for index, part in enumerate(parts):
        if part.startswith("<g") and PART.fullmatch(part):
            bare.append(part == "<g>")
            parts[index] = "" if bare[-1] else part
        elif part == "</g>" and bare:
            parts[index] = "" if bare.pop() else part
    return "".join(parts)


def _same(svg: str) -> dict[tuple[str, str], str]:
    """The attributes that every part of a class has, with the same value."""
    parts: dict[str, list[dict[str, str]]] = defaultdict(list)
    for match in CLASSED.finditer(svg):
        parts[match[1]].append(dict(ATTRIBUTE.findall(match[0])))
    return {
        (name, attribute): value
        for name, attributes in parts.items()
        for attribute, value in attributes[0].items()
        if all(other.get(attribute) == value for other in attributes)
    }


def _without(match: re.Match[str], same: dict[tuple[str, str], str]) -> str:
    return ATTRIBUTE.sub(lambda part: "" if (match[1], part[1]) in same else part[0], match[0])
