"""The layered layout: nothing overlaps, everything flows to the right, and spacing is the least squares it claims."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from cs231n_lite.drawing.layout import GAP, RUN, Size, layered, spaced


def random_graph(seed, nodes):
    rng = np.random.default_rng(seed)
    names = [f"n{index}" for index in range(nodes)]
    return {
        name: [names[source] for source in rng.integers(0, index, size=rng.integers(0, 3))] if index else []
        for index, name in enumerate(names)
    }


def sizes_for(inputs):
    return {
        name: Size(30.0 + len(name), 20.0 + 7 * (index % 5), 18.0 + index % 3, 20.0)
        for index, name in enumerate(inputs)
    }


@pytest.mark.parametrize("seed", range(8))
def test_no_box_overlaps_another(seed):
    inputs = random_graph(seed, 30)
    sizes = sizes_for(inputs)
    place = layered(inputs, sizes)
    for one, other in itertools.combinations(inputs, 2):
        if place.layer[one] == place.layer[other]:
            high, low = sorted((one, other), key=lambda name: place.y[name])
            assert place.y[low] - place.y[high] >= sizes[high].down + sizes[low].up + GAP - 1e-6
    assert max(place.y[name] + sizes[name].down for name in inputs) <= place.height + 1e-6
    assert min(place.y[name] - sizes[name].up for name in inputs) >= -1e-6


@pytest.mark.parametrize("seed", range(4))
def test_every_wire_runs_to_the_right_and_reaches_its_reader(seed):
    inputs = random_graph(seed, 30)
    place = layered(inputs, sizes_for(inputs))
    for wire in place.wires:
        assert [x for x, _ in wire.points] == sorted(x for x, _ in wire.points)
    reached = sorted((wire.source, wire.target, wire.port) for wire in place.wires if wire.target)
    assert reached == sorted(
        (source, name, port) for name, reads in inputs.items() for port, source in enumerate(reads)
    )


def test_a_weight_that_every_step_reads_is_one_bus_with_a_tap_at_each_step():
    steps = 40
    inputs = {"w": [], "h": [], **{f"h{t}": ["w", f"h{t - 1}" if t else "h"] for t in range(steps)}}
    place = layered(inputs, sizes_for(inputs))
    assert len([wire for wire in place.wires if wire.source == "w" and wire.target is None]) == steps - 1


def test_an_input_stands_right_before_its_first_reader():
    inputs = {"x": [], "a": ["x"], "b": ["a"], "late": [], "c": ["b", "late"]}
    place = layered(inputs, sizes_for(inputs))
    assert place.layer["late"] == place.layer["c"] - 1
    assert place.x["c"] - place.x["late"] >= RUN


def test_a_ladder_that_can_be_drawn_without_crossings_is():
    inputs = {
        "a0": [],
        "b0": [],
        "a1": ["a0"],
        "b1": ["b0"],
        "c1": ["a0", "b0"],
        "a2": ["a1", "c1"],
        "b2": ["c1", "b1"],
    }
    place = layered(inputs, sizes_for(inputs))
    order = sorted(("a1", "b1", "c1"), key=place.y.__getitem__)
    assert order[1] == "c1"


def test_an_empty_graph_has_no_size():
    assert (layered({}, {}).width, layered({}, {}).height) == (0.0, 0.0)


def test_spacing_is_the_least_squares_one():
    rng = np.random.default_rng(0)
    for _ in range(20):
        wish, weight = rng.normal(size=6).tolist(), rng.uniform(0.2, 3, size=6).tolist()
        room = [0.0, *rng.uniform(0.1, 0.6, size=5).tolist()]
        heights = np.array(spaced(wish, weight, room))
        assert np.all(np.diff(heights) >= np.array(room[1:]) - 1e-12)
        cost = np.sum(np.array(weight) * (heights - wish) ** 2)
        for first, last in itertools.combinations(range(7), 2):  # moving a run of neighbours either way is no better
            for shift in (-1e-3, 1e-3):
                other = heights.copy()
                other[first:last] += shift
                if np.all(np.diff(other) >= np.array(room[1:]) - 1e-12):
                    assert np.sum(np.array(weight) * (other - wish) ** 2) >= cost - 1e-12
