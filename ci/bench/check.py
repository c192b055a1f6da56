"""The check beside its peers, on the same planted bugs and the same right code: `python3 -m ci bench check`.

Counted are the bugs caught, right code that is refused under four conditions, forward passes an array, the time of one
check of right code relative to one forward pass, and, for this check alone, the mistakes that are named, and right
derivatives at the edges of what a machine's numbers can hold. Peers that are
not installed are left out; `--in PYTHON` runs everything in another environment that has them. `--write` keeps the
table in ci/bench/results/check.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import statistics
import subprocess
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ci.planted import OPERATIONS, Operation, load
from ci.planted.checked import judge, point_of
from ci.planted.edges import edges
from ci.planted.mutants import silent
from ci.planted.peers import PEERS, available
from ci.planted.stress import under
from cs231n_lite import Report, check_loss
from cs231n_lite.checking.right_forwards import forward_of

__all__ = ["main"]

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "ci" / "bench" / "results" / "check.md"
CONDITIONS = {"plain": "", "×1e-3": "inputs-a-thousandth", "float32": "float32", "kink": "near-a-kink"}
OURS = "this check"
ALONE = "this check, no reference"
EDGES_AMISS = "refused, or pass when they are off by a half"


class Counted:
    """A planted source as functions of arrays, counting its forward passes."""

    def __init__(self, operation: Operation, source: str) -> None:
        self.calls = 0
        names, data = load(source), operation.data
        reg = () if operation.reg is None else (operation.reg,)
        if operation.kind == "backward":
            self._forward = lambda *x: names["forward"](*x)[0]
            self._backward = lambda u, *x: names["backward"](u, names["forward"](*x)[1])
        else:
            keys = list(operation.point[0])
            whole = lambda *x: names["loss"](dict(zip(keys, x, strict=True)) if len(keys) > 1 else x[0], *data, *reg)  # noqa: E731
            self._forward = lambda *x: whole(*x)[0]
            self._backward = lambda u, *x: [u * g for g in _listed(whole(*x)[1], keys)]

    def forward(self, *point: Any) -> Any:
        """The output, counted."""
        self.calls += 1
        return self._forward(*point)

    def backward(self, upstream: Any, *point: Any) -> Any:
        """The gradients as a list."""
        gradients = self._backward(upstream, *point)
        return list(gradients) if isinstance(gradients, tuple | list) else [gradients]


def _listed(gradients: Any, keys: list[str]) -> list[Any]:
    return [gradients[key] for key in keys] if isinstance(gradients, dict) else [gradients]


def content(name: str, operation: Operation, source: str) -> tuple[bool, int, float]:
    """Whether a checker is content with a source, its forward passes, and the seconds it took."""
    start = time.perf_counter()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if name in (OURS, ALONE):
            passes = [0]
            report = judge(operation, source, like=name == OURS, textbook=True, counter=passes)
            return report.passed, passes[0], time.perf_counter() - start
        planted = Counted(operation, source)
        try:
            right = PEERS[name][1](planted.forward, planted.backward, _plain(operation))
        except Exception:  # a peer says no by raising, and planted code may raise as well
            right = False
    return right, planted.calls, time.perf_counter() - start


def _plain(operation: Operation) -> list[np.ndarray]:
    """The point as a peer would be given it: in float32 where the condition says so, in float64 otherwise."""
    values = operation.point if operation.kind == "backward" else tuple(operation.point[0].values())
    return [np.array(x) if np.asarray(x).dtype.kind == "f" else np.array(x, dtype=float) for x in values]


def row(name: str) -> list[str]:
    """One line of the table."""
    caught = named = bugs = 0
    for operation in OPERATIONS.values():
        for bug in operation.bugs:
            bugs += 1
            source = bug.source(operation.source)
            caught += not content(name, operation, source)[0]
            if name in (OURS, ALONE):
                slugs = {f.slug for f in says(judge(operation, source, like=name == OURS))}
                named += bool(slugs) and slugs <= set(bug.slugs.split("|"))
    alarms = []
    for condition in CONDITIONS.values():
        cases = [under(operation, condition) if condition else operation for operation in OPERATIONS.values()]
        refused = [not content(name, case, case.source)[0] for case in cases if case is not None]
        alarms.append(f"{100.0 * sum(refused) / len(refused):.0f}")
    calls, ratios = [], []
    for operation in OPERATIONS.values():
        planted, point = Counted(operation, operation.source), point_of(operation)
        once = statistics.median(_seconds(planted.forward, *point) for _ in range(20))
        _, passes, _ = content(name, operation, operation.source)
        took = statistics.median(content(name, operation, operation.source)[2] for _ in range(3))
        calls.append(passes / len(point))
        ratios.append(took / once)
    share = f"{100.0 * named / bugs:.0f} %" if name in (OURS, ALONE) else "-"
    average, ratio = f"{statistics.mean(calls):.1f}", f"{statistics.median(ratios):.0f}"
    return [name, f"{caught} of {bugs}", " / ".join(alarms) + " %", average, ratio, share]


def says(report: Report) -> list[Any]:
    """What a report names."""
    return [f for f in report.findings if not f.remark and (f.slug != "wrong-value" or f.node)]


def _seconds(call: Callable[..., Any], *args: Any) -> float:
    start = time.perf_counter()
    call(*args)
    return time.perf_counter() - start


def large_net(like: str | None) -> tuple[int, float, int]:
    """A right net of 101,000 parameters: how many, a passing check's time in forward passes, and its calls."""
    rng = np.random.default_rng(0)
    D, H, C, N = 900, 111, 10, 64
    params = {"W1": rng.normal(size=(D, H)) * 0.03, "b1": rng.normal(size=H) * 0.1}
    params |= {"W2": rng.normal(size=(H, C)) * 0.1, "b2": rng.normal(size=C) * 0.1}
    X, y = rng.normal(size=(N, D)), np.concatenate([np.arange(C), rng.integers(0, C, N - C)])
    net, calls = load(OPERATIONS["two-layer-net"].source)["loss"], [0]

    def counted(*args: Any) -> Any:
        calls[0] += 1
        return net(*args)

    value = forward_of("two-layer-net")
    assert value is not None
    # The least of several runs: other work on the machine only ever adds.
    forward = min(_seconds(value, params, X, y, 0.1) for _ in range(50))
    times = []
    for _ in range(15):
        calls[0] = 0
        times.append(_seconds(lambda: check_loss(counted, params, X, y, reg=0.1, like=like).raise_if_failed()))
    return sum(x.size for x in params.values()), min(times) / forward, calls[0]


def diagnoses() -> tuple[int, int, int, float]:
    """Silently wrong mutants, caught, named, and the median milliseconds of a failing check with its diagnosis."""
    total = caught = named = 0
    times = []
    for operation in OPERATIONS.values():
        for _, source in silent(operation)[0]:
            start = time.perf_counter()
            report = judge(operation, source)
            times.append(time.perf_counter() - start)
            total, caught, named = total + 1, caught + (not report.passed), named + bool(says(report))
    return total, caught, named, 1e3 * statistics.median(times)


def at_the_edges() -> tuple[int, list[str]]:
    """How many right derivatives there are at the edges, and those that are refused, or not told from wrong ones."""
    amiss, tried = [], 0
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for edge in edges():
            tried += 1
            if not edge.check(1.0).passed or edge.check(1.5).passed is edge.visible:
                amiss.append(edge.name)
    return tried, amiss


def table() -> str:
    """Run everything; the table and the lines below it, in Markdown."""
    names = [OURS, ALONE, *(name for name in PEERS if available(name))]
    refused = f"right code refused: {' / '.join(CONDITIONS)}"
    heads = ["checker", "bugs caught", refused, "forward passes an array", "time", "named"]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for name in names:
        lines.append("| " + " | ".join(row(name)) + " |")
        print(lines[-1], flush=True)
    missing = [name for name in PEERS if not available(name)]
    size, ratio, calls = large_net("two-layer-net")
    _, ratio_alone, calls_alone = large_net(None)
    total, caught, named, median = diagnoses()
    tried, amiss = at_the_edges()
    versions = ", ".join(dict.fromkeys(f"{PEERS[name][0]} {available(name)}" for name in PEERS if available(name)))
    lines += [
        "",
        f"\"{OURS}\" is given the exercise's own forward pass, as the course's test cells give it; the others, and "
        f"\"{ALONE}\", know the student's forward pass only. Forward passes are those of the student's code.",
        "",
        "Time is the median, over the operations, of one check of right code in units of one forward pass of that "
        "operation; the operations are tiny, so it is mostly the checker's own overhead.",
        "",
        f"- A passing check of a net with {size:,} parameters takes {ratio:.0f} times one forward pass (target: 60) "
        f"and {calls} calls of the student's loss; alone {ratio_alone:.0f} times and {calls_alone} calls.",
        f"- Of {total} silently wrong mutants, {caught} are caught and {named} named "
        f"({100.0 * named / total:.0f} %; target: 88 %).",
        f"- A failing check with its diagnosis takes {median:.0f} ms at the median (target: 100 ms).",
        f"- Of {tried} right derivatives at the edges (tanh and sigmoid at 1,000, log-sum-exp, sums of 10⁶ terms, "
        f"each operation in float32), {len(amiss)} are {EDGES_AMISS}{': ' if amiss else ''}{', '.join(amiss)}.",
        "",
        f"{datetime.date.today().isoformat()}, Python {platform.python_version()}, {versions}, one core."
        + (f" Not installed: {', '.join(missing)}." if missing else ""),
    ]
    return "\n".join(lines) + "\n"


def main(argv: list[str]) -> int:
    """Run the benchmark; the return code is 1 if a bug goes uncaught or right code is refused, at the edges too."""
    parser = argparse.ArgumentParser(prog="python3 -m ci bench check", description=__doc__)
    parser.add_argument("--in", dest="python", metavar="PYTHON", help="an interpreter whose environment has the peers")
    parser.add_argument("--write", action="store_true", help="keep the table in ci/bench/results/check.md")
    options = parser.parse_args(argv)
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    if options.python:
        again = [options.python, "-m", "ci.bench.check", *(["--write"] if options.write else [])]
        return subprocess.call(again, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    text = "# The check beside its peers\n\n" + table()
    print(text)
    if options.write:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(text, encoding="utf-8")
    ours = next(line for line in text.splitlines() if line.startswith(f"| {OURS} |"))
    bugs = sum(len(operation.bugs) for operation in OPERATIONS.values())
    right = f"{bugs} of {bugs}" in ours and "0 / 0 / 0 / 0 %" in ours and f" 0 are {EDGES_AMISS}" in text
    return 0 if right else 1


if __name__ == "__main__":
    import sys

    raise SystemExit(main(sys.argv[1:]))
