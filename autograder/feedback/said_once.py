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
MIDDLE = ' text-anchor="middle"'


def said_once(svg: str) -> str:
    """Return the picture of a graph with its colours and letters in its style; any other picture as it is."""
    if GRAPH not in svg[:200] or "<style>" not in svg:
        return svg
    fonts = {match[3] for match in NAME.finditer(svg)}
    rules = []
    if len(fonts) == 1:
        svg = NAME.sub(r"\1 m\2", svg)
        rules.append(f".m{{font-style:italic;font-family:{fonts.pop()}}}")
    # All that stands in the middle stands in the graph's own group, and what does not is told so.
    svg = svg.replace(MIDDLE, "").replace("<g transform=", f"<g{MIDDLE} transform=", 1)
    same = _same(GROUPS.sub("", svg))
    svg = CLASSED.sub(lambda match: _without(match, same), GROUPS.sub("", svg))
    rules += [f".{name}{{{attribute}:{value}}}" for (name, attribute), value in same.items()]
    return svg.replace("<style>", f"<style>{''.join(rules)}", 1)


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
