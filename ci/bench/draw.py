"""How long a picture and a trace take: `python3 -m ci bench draw`.

Targets: a graph of 20 nodes within 5 ms, one of 200 within 150 ms, measured gradients included; tracing under 10 µs an
operation beyond NumPy's own time. A trace keeps every value, so the functions that are timed keep theirs too: otherwise
large arrays would be charged for fresh memory, which costs more than the record. Each figure is the best of many
runs, as timeit tells it, so that what else the machine does is not charged; the return code is 1 if one misses.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ci.tests.cs231n_lite.drawing.gallery import ran, unrolled
from cs231n_lite.drawing.picture import draw
from cs231n_lite.graph import Graph
from cs231n_lite.tracing.trace import trace

OPERATIONS = 1000


def tangled(nodes: int, seed: int = 1) -> Graph:
    """Return a graph of `nodes` nodes whose gates read others at random: harder to lay out than any of the course."""
    rng = np.random.default_rng(seed)
    names = [f"x{index}" for index in range(max(2, nodes // 10))]
    inputs = dict.fromkeys(names, 0.5)
    wiring: dict[str, tuple[str, ...]] = {}
    while len(names) < nodes:
        near = rng.integers(max(0, len(names) - 30), len(names), 2)
        kind = ("add", "multiply", "max", "subtract")[len(names) % 4]
        wiring[f"g{len(names)}"] = (kind, names[near[0]], names[near[1]])
        names.append(f"g{len(names)}")
    read = {name for _, *reads in wiring.values() for name in reads}
    return ran(wiring, **{name: value for name, value in inputs.items() if name in read})


def chained(x: Any) -> Any:
    """One multiplication and one addition, again and again."""
    results = []
    for _ in range(OPERATIONS // 2):
        scaled = x * 0.999
        x = scaled + 0.1
        results += [scaled, x]
    return x


def through_numpy(x: Any) -> Any:
    """One ufunc and one negation, again and again: the way by `__array_ufunc__`."""
    results = []
    for _ in range(OPERATIONS // 2):
        turned = -x
        x = np.tanh(turned)
        results += [turned, x]
    return x


def main(argv: list[str]) -> int:
    """Print the figures, one a line, and return how it went."""
    parser = argparse.ArgumentParser(prog="python3 -m ci bench draw", description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object instead")
    options = parser.parse_args(argv)
    figures = [*_pictures(), *_traces()]
    if options.json:
        print(json.dumps({name: {"measured": measured, "target": target} for name, measured, target, _ in figures}))
    else:
        for name, measured, target, unit in figures:
            verdict = (
                "" if target is None else f"  (target {target:g} {unit}{'' if measured <= target else ': MISSED'})"
            )
            print(f"{name:<58} {measured:8.2f} {unit}{verdict}")
    return int(any(target is not None and measured > target for _, measured, target, _ in figures))


def _pictures() -> list[tuple[str, float, float | None, str]]:
    small, step, large, long = tangled(20), unrolled(6), tangled(200), unrolled(1250)
    picture = draw(small)
    return [
        ("draw, 20 nodes at random, gradients measured", _best(lambda: draw(small), 100) * 1e3, 5.0, "ms"),
        (f"draw, {len(step.nodes)} nodes of an unrolled loop", _best(lambda: draw(step), 100) * 1e3, None, "ms"),
        ("draw, 200 nodes at random, none folded", _best(lambda: draw(large, most=200), 9) * 1e3, 150.0, "ms"),
        ("draw, 200 nodes at random, folded", _best(lambda: draw(large), 9) * 1e3, 150.0, "ms"),
        (
            f"draw, {len(long.nodes):,} nodes of an unrolled loop, folded",
            _best(lambda: draw(long), 3) * 1e3,
            None,
            "ms",
        ),
        ("the stepper around a picture of 20 nodes", _best(picture._repr_html_, 100) * 1e3, None, "ms"),
    ]


def _traces() -> list[tuple[str, float, float | None, str]]:
    figures: list[tuple[str, float, float | None, str]] = []
    for f, what in ((chained, "operators"), (through_numpy, "NumPy functions")):
        for x, kind in (
            (1.0, "a float"),
            (np.ones(10), "an array of 10"),
            (np.ones((100, 100)), "an array of 100 × 100"),
        ):
            traced, alone = [], []
            for _ in range(25):  # by turns, so that a busy moment of the machine is charged to both
                traced.append(_seconds(lambda f=f, x=x: trace(f, x)))  # type: ignore[misc]
                alone.append(_seconds(lambda f=f, x=x: f(x)))  # type: ignore[misc]
            beyond = min(traced) - min(alone)
            figures.append((f"trace, {what} on {kind}, an operation", beyond / OPERATIONS * 1e6, 10.0, "µs"))
    return figures


def _best(run: Callable[[], Any], times: int) -> float:
    run()
    return min(_seconds(run) for _ in range(times))


def _seconds(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
