"""Where each node of a picture stands: a layered layout, without any system binary.

The four steps of Sugiyama, Tagawa and Toda (1981): layers by longest path, one waypoint in every layer that a long wire
passes, fewer crossings by barycentres, then heights. One choice is our own: all wires of a node share their waypoints,
so a weight that every time step reads runs along as one bus with a tap at each step, and costs T waypoints, not T².
Heights are least squares under the spacing (pool adjacent violators), so neighbours line up where there is room.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import fsum

__all__ = ["Layout", "Size", "Wire", "layered"]

GAP = 15.0  # between two boxes of one layer
LANE = 7.0  # half the room that a passing wire takes
RUN = 46.0  # between two layers, where wires change height

Item = tuple[str, int]  # a node, or the waypoint of that node's wire in a layer further right
Layers = list[list[Item]]


@dataclass(frozen=True, slots=True)
class Size:
    """The room a node needs: `glyph` wide for its symbol, `label` wide for its numbers, `up` and `down` of its wire."""

    glyph: float
    label: float
    up: float
    down: float


@dataclass(slots=True)
class Wire:
    """A stretch of wire from node `source`: its `points`, and the node and port it ends in, or None at a waypoint."""

    source: str
    target: str | None
    port: int
    points: list[tuple[float, float]]


@dataclass(slots=True)
class Layout:
    """Positions: `x[name]`, `y[name]` the centre of the symbol, `end[name]` where the node's own straight wire ends."""

    x: dict[str, float] = field(default_factory=dict)
    y: dict[str, float] = field(default_factory=dict)
    end: dict[str, float] = field(default_factory=dict)
    layer: dict[str, int] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


def layered(inputs: Mapping[str, Sequence[str]], sizes: Mapping[str, Size]) -> Layout:
    """Place every node of a directed acyclic graph, left to right; the same graph always gives the same picture.

    `inputs` maps each node to the nodes it reads, in topological order; `sizes` gives the room of each.
    """
    if not inputs:
        return Layout()
    place = Layout(layer=_layers(inputs))
    readers: dict[str, list[tuple[str, int]]] = {name: [] for name in inputs}
    for name, reads in inputs.items():
        for port, source in enumerate(reads):
            readers[source].append((name, port))
    layers, after, before = _with_waypoints(place.layer, readers, inputs)
    _reduce_crossings(layers, after, before)
    height = _heights(layers, after, before, sizes)
    _columns(place, layers, sizes)
    _route(place, layers, height, readers, inputs, sizes)
    return place


def port_offset(port: int, ports: int) -> float:
    """Return how far below a symbol's centre its input number `port` of `ports` enters."""
    return 0.0 if ports < 2 else -9.0 + 18.0 * port / (ports - 1)


def _layers(inputs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    layer: dict[str, int] = {}
    first: dict[str, int] = {}
    for name, reads in inputs.items():
        layer[name] = 1 + max((layer[source] for source in reads), default=-1)
        for source in reads:
            first[source] = min(first.get(source, layer[name]), layer[name])
    for name, reads in inputs.items():
        if not reads and name in first:  # an input stands right before the first gate that reads it
            layer[name] = first[name] - 1
    return layer


def _with_waypoints(
    layer: Mapping[str, int], readers: Mapping[str, list[tuple[str, int]]], inputs: Mapping[str, Sequence[str]]
) -> tuple[Layers, dict[Item, list[tuple[Item, float]]], dict[Item, list[tuple[Item, float]]]]:
    layers: Layers = [[] for _ in range(1 + max(layer.values()))]
    after: dict[Item, list[tuple[Item, float]]] = {}
    before: dict[Item, list[tuple[Item, float]]] = {}
    for name in layer:
        last = max((layer[reader] for reader, _ in readers[name]), default=layer[name])
        for level in range(layer[name], max(last, layer[name] + 1)):
            item = (name, level)
            layers[level].append(item)
            after[item] = []
            before.setdefault(item, [])
            if level > layer[name]:
                after[(name, level - 1)].append((item, 0.0))
                before[item].append(((name, level - 1), 0.0))
    for name in layer:
        for reader, port in readers[name]:
            tap, end = (name, layer[reader] - 1), (reader, layer[reader])
            offset = port_offset(port, len(inputs[reader]))
            after[tap].append((end, offset))
            before[end].append((tap, -offset))
    return layers, after, before


def _reduce_crossings(
    layers: Layers, after: Mapping[Item, list[tuple[Item, float]]], before: Mapping[Item, list[tuple[Item, float]]]
) -> None:
    rank = {item: float(index) for layer in layers for index, item in enumerate(layer)}
    best, fewest = [list(layer) for layer in layers], _crossings(layers, after, rank)
    rounds = 6 if len(rank) < 400 else 2
    for turn in range(rounds):
        if fewest == 0 and turn > 1:
            break
        for sweep, near in ((reversed(layers), after), (layers, before)):
            for layer in sweep:
                centre = {
                    item: fsum(rank[other] + offset / 100 for other, offset in near[item]) / len(near[item])
                    if near[item]
                    else rank[item]
                    for item in layer
                }
                layer.sort(key=centre.__getitem__)
                for index, item in enumerate(layer):
                    rank[item] = float(index)
            now = _crossings(layers, after, rank)
            # The first sweep looks from the gates to their inputs and is what puts x above y in x + y: it is kept.
            if now < fewest or (turn == 0 and near is after):
                best, fewest = [list(layer) for layer in layers], now
    for layer, order in zip(layers, best, strict=True):
        layer[:] = order


def _crossings(layers: Layers, after: Mapping[Item, list[tuple[Item, float]]], rank: Mapping[Item, float]) -> int:
    total = 0
    for layer in layers:
        ends: list[float] = []
        for item in layer:
            reached = [rank[other] + offset / 100 for other, offset in after[item]]
            total += sum(len(ends) - bisect_right(ends, end) for end in reached)
            for end in reached:
                insort(ends, end)
    return total


def _heights(
    layers: Layers,
    after: Mapping[Item, list[tuple[Item, float]]],
    before: Mapping[Item, list[tuple[Item, float]]],
    sizes: Mapping[str, Size],
) -> dict[Item, float]:
    first: dict[str, int] = {}
    for level, layer in enumerate(layers):
        for item in layer:
            first.setdefault(item[0], level)
    up = {item: sizes[item[0]].up if first[item[0]] == item[1] else LANE for layer in layers for item in layer}
    down = {item: sizes[item[0]].down if first[item[0]] == item[1] else LANE for layer in layers for item in layer}
    y: dict[Item, float] = {}
    for layer in layers:
        foot = 0.0
        for item in layer:
            y[item] = foot + up[item]
            foot = y[item] + down[item] + GAP
        for item in layer:
            y[item] -= foot / 2
    both = {item: [*after[item], *before[item]] for item in y}
    sweeps = [(layers, before), (layers[::-1], after)] * (4 if len(y) < 400 else 2)
    for sweep, near in [*sweeps, (layers, both), (layers[::-1], both), (layers, before)]:
        for layer in sweep:
            wish = [
                fsum(y[other] + offset for other, offset in near[item]) / len(near[item]) if near[item] else y[item]
                for item in layer
            ]
            # A waypoint that moves bends a long wire, so it counts for more than a symbol.
            weight = [float(len(near[item]) or 0.05) * (1.0 if first[item[0]] == item[1] else 4.0) for item in layer]
            room = [0.0] + [down[a] + up[b] + GAP for a, b in pairwise(layer)]
            y.update(zip(layer, spaced(wish, weight, room), strict=True))
    top = min(y[item] - up[item] for item in y)
    return {item: height - top for item, height in y.items()}


def spaced(wish: Sequence[float], weight: Sequence[float], room: Sequence[float]) -> list[float]:
    """Return the positions nearest to `wish`, Σ weight·(position - wish)², with `room[i]` between i-1 and i."""
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many
    offset, shifted = 0.0, []
    for want, heavy, gap in zip(wish, weight, room, strict=True):
        offset += gap
        shifted.append(offset)
        mean, total, count = want - offset, heavy, 1
        while blocks and blocks[-1][0] > mean:
            other, more, many = blocks.pop()
            mean = (mean * total + other * more) / (total + more)
            total, count = total + more, count + many
        blocks.append((mean, total, count))
    means = [mean for mean, _, count in blocks for _ in range(count)]
    return [mean + shift for mean, shift in zip(means, shifted, strict=True)]


def _columns(place: Layout, layers: Layers, sizes: Mapping[str, Size]) -> None:
    left = 0.0
    for level, layer in enumerate(layers):
        here = [name for name, at in layer if place.layer[name] == level == at]
        glyph = max((sizes[name].glyph for name in here), default=0.0)
        label = max((sizes[name].label for name in here), default=0.0)
        for name in here:
            place.x[name] = left + glyph / 2
            place.end[name] = left + glyph + label
        left += glyph + label + RUN
    place.width = left - RUN


def _route(
    place: Layout,
    layers: Layers,
    height: Mapping[Item, float],
    readers: Mapping[str, list[tuple[str, int]]],
    inputs: Mapping[str, Sequence[str]],
    sizes: Mapping[str, Size],
) -> None:
    ends = [max((place.end[n] for n, at in layer if place.layer[n] == at), default=0.0) for layer in layers]
    for name, level in place.layer.items():
        place.y[name] = height[(name, level)]
    for name, level in place.layer.items():
        taps: dict[int, list[tuple[str, int]]] = {}
        for reader, port in readers[name]:
            taps.setdefault(place.layer[reader] - 1, []).append((reader, port))
        for at in range(level, max(taps, default=level) + 1):
            start = (ends[at], height[(name, at)])
            for reader, port in taps.get(at, ()):
                end_y = place.y[reader] + port_offset(port, len(inputs[reader]))
                place.wires.append(Wire(name, reader, port, [start, (place.x[reader], end_y)]))
            if (name, at + 1) in height:
                y = height[(name, at + 1)]
                place.wires.append(Wire(name, None, 0, [start, (ends[at] + RUN, y), (ends[at + 1], y)]))
    lanes = [height[item] + LANE for item in height]
    place.height = max([*lanes, *(place.y[name] + size.down for name, size in sizes.items())])
