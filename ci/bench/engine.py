"""How fast the solutions are: the graph of assignment 1, gate by gate, and the training step of assignment 4.

Targets: `ComputationalGraph` runs 100,000 gates, a chain of as many included, forward and backward at 4 µs a gate or
less; a step of the solved two-layer net takes at most 1.10 times that of a bare loop that someone wrote by hand. Both
stand beside micrograd, HIPS autograd and torch where those are installed. All take turns in one process on one thread,
and what counts is each one's best processor time, so that other work on the machine harms no one more than another.
A `ComputationalGraph` is wired once and then runs often; the peers build their graph in each run, and so that is in
their figures, and ours is told apart.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["main"]

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "results" / "engine.md"
ROWS, DEPTH = (
    250,
    399,
)  # gates in rows, each summed up into the output: deep enough to be a graph, not too deep for micrograd
MOST_PER_GATE, MOST_OF_BARE = 4.0, 1.10
ENGINE, CHAIN, STEP = "ComputationalGraph", "ComputationalGraph, a chain", "the solved net"

Run = Callable[[], Any]


def solution(assignment: str, *names: str) -> dict[str, Any]:
    """Run these cells of a notebook in source/, solutions written, and return what they define."""
    (path,) = (ROOT / "source" / assignment).glob("*.ipynb")
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}
    namespace: dict[str, Any] = {}
    for name in names:
        exec(compile(cells[name], f"{assignment}: {name}", "exec"), namespace)
    return namespace


# ---- gate by gate ----------------------------------------------------------------------------------------------------


def by_operators(x: Any, y: Any) -> Any:
    """The graph that all engines run: rows of products and sums by turns, and the sum of all rows."""
    total = x
    for _ in range(ROWS):
        v = x
        for i in range(DEPTH):
            v = v * y if i % 2 else v + x
        total = total + v
    return total


def by_wiring() -> dict[str, tuple[str, ...]]:
    """Return the wiring of the same graph."""
    wiring: dict[str, tuple[str, ...]] = {}
    total = "x"
    for row in range(ROWS):
        v = "x"
        for i in range(DEPTH):
            wiring[f"v{row}.{i}"] = ("multiply", v, "y") if i % 2 else ("add", v, "x")
            v = f"v{row}.{i}"
        wiring[f"t{row}"] = ("add", total, v)
        total = f"t{row}"
    return wiring


def chained(gates: int) -> dict[str, tuple[str, ...]]:
    """Return the wiring of a chain in which every gate waits for the one before."""
    wiring: dict[str, tuple[str, ...]] = {"v0": ("add", "x", "y")}
    for i in range(1, gates):
        wiring[f"v{i}"] = ("multiply", f"v{i - 1}", "y") if i % 2 else ("add", f"v{i - 1}", "x")
    return wiring


def engines(gates: int) -> tuple[dict[str, Run], float]:
    """Return what runs forward and backward once, ours and each installed peer, and the seconds that wiring ours took.

    Each answers with df/dx.
    """
    graph_class = solution("1-computational-graphs", "setup", "gates", "computational-graph")["ComputationalGraph"]
    wiring = by_wiring()
    start = time.process_time()
    wide = graph_class(wiring)
    wired = time.process_time() - start
    long = graph_class(chained(gates))

    def ours(graph: Any) -> float:
        graph.forward(x=0.5, y=0.5)
        return float(graph.backward()["x"])

    runs: dict[str, Run] = {ENGINE: lambda: ours(wide), CHAIN: lambda: ours(long)}
    if installed("micrograd"):
        value = importlib.import_module("micrograd.engine").Value

        def micrograd() -> float:
            x, y = value(0.5), value(0.5)
            by_operators(x, y).backward()
            return float(x.grad)

        runs["micrograd"] = micrograd
    if installed("autograd"):
        slope = importlib.import_module("autograd").grad(by_operators)
        runs["HIPS autograd"] = lambda: slope(0.5, 0.5)
    if installed("torch"):
        torch: Any = importlib.import_module("torch")

        def by_torch() -> float:
            x, y = (torch.tensor(0.5, dtype=torch.float64, requires_grad=True) for _ in range(2))
            by_operators(x, y).backward()
            return float(x.grad)

        runs["torch"] = by_torch
    return runs, wired


def longest_chain() -> str:
    """Say what a chain of 1,000 gates does to micrograd, which goes through its graph by recursion."""
    if not installed("micrograd"):
        return ""
    x = importlib.import_module("micrograd.engine").Value(0.5)
    v = x
    for _ in range(1000):
        v = v + x
    try:
        v.backward()
    except RecursionError:
        return (
            "micrograd ends a chain of 1,000 gates in a RecursionError; the graph of assignment 1 ran one of 100,000."
        )
    return "micrograd ran a chain of 1,000 gates."


# ---- step by step ----------------------------------------------------------------------------------------------------

Examples = tuple[np.ndarray, np.ndarray]


def bare_loop(
    params: Mapping[str, np.ndarray], X: np.ndarray, y: np.ndarray, rate: float, reg: float, size: int, steps: int
) -> list[float]:
    """What a person writes who wants this one net trained and nothing else."""
    W1, b1, W2, b2 = (params[name].copy() for name in ("W1", "b1", "W2", "b2"))
    rng, rows, history = np.random.default_rng(0), np.arange(size), []
    for _ in range(steps):
        batch = rng.choice(len(X), size=size, replace=False)
        x, right = X[batch], y[batch]
        h = np.maximum(0.0, x @ W1 + b1)
        s = h @ W2 + b2
        p = np.exp(s - s.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        history.append(-np.mean(np.log(p[rows, right])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2)))
        p[rows, right] -= 1.0
        p /= size
        dh = p @ W2.T
        dh[h <= 0.0] = 0.0
        dW2, dW1 = h.T @ p + reg * W2, x.T @ dh + reg * W1
        W1 -= rate * dW1
        b1 -= rate * dh.sum(axis=0)
        W2 -= rate * dW2
        b2 -= rate * p.sum(axis=0)
    return history


def steppers(sizes: tuple[int, int, int], size: int, steps: int) -> dict[str, Run]:
    """Return what trains a net of these sizes for so many steps: the bare loop, the solution, and installed peers."""
    rng = np.random.default_rng(1)
    D, H, C = sizes
    X, y = rng.normal(size=(2000, D)), rng.integers(0, C, 2000)
    params = {
        "W1": 0.05 * rng.normal(size=(D, H)),
        "b1": np.zeros(H),
        "W2": 0.05 * rng.normal(size=(H, C)),
        "b2": np.zeros(C),
    }
    names = solution("4-two-layer-net", "setup", "two-layer-net", "train")
    net = names["TwoLayerNet"](D, H, C)

    def loss(params: dict[str, np.ndarray], X: np.ndarray, y: np.ndarray, reg: float) -> Any:
        net.params = params
        return net.loss(X, y, reg)

    runs: dict[str, Run] = {
        "a bare loop": lambda: bare_loop(params, X, y, 0.01, 1e-3, size, steps)[-1],
        STEP: lambda: names["train"](loss, params, X, y, 0.01, 1e-3, size, steps)[1][-1],
    }
    if installed("autograd"):
        anp: Any = importlib.import_module("autograd.numpy")
        value_and_grad = importlib.import_module("autograd").value_and_grad

        def written(params: Any, X: np.ndarray, y: np.ndarray, reg: float) -> Any:
            s = anp.maximum(0.0, X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
            s = s - anp.max(s, axis=1, keepdims=True)
            chosen = s[np.arange(len(y)), y] - anp.log(anp.sum(anp.exp(s), axis=1))
            return -anp.mean(chosen) + 0.5 * reg * (anp.sum(params["W1"] ** 2) + anp.sum(params["W2"] ** 2))

        gradient = value_and_grad(written)
        runs["HIPS autograd"] = lambda: names["train"](gradient, params, X, y, 0.01, 1e-3, size, steps)[1][-1]
    if installed("torch"):
        torch: Any = importlib.import_module("torch")
        X_t, y_t = torch.tensor(X), torch.tensor(y)

        def by_torch() -> float:
            tensors = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
            rng, last = np.random.default_rng(0), 0.0
            for _ in range(steps):
                batch = rng.choice(len(X), size=size, replace=False)
                s = torch.relu(X_t[batch] @ tensors["W1"] + tensors["b1"]) @ tensors["W2"] + tensors["b2"]
                penalty = 0.5e-3 * ((tensors["W1"] ** 2).sum() + (tensors["W2"] ** 2).sum())
                value = torch.nn.functional.cross_entropy(s, y_t[batch]) + penalty
                gradients = torch.autograd.grad(value, list(tensors.values()))
                with torch.no_grad():
                    for param, gradient in zip(tensors.values(), gradients, strict=True):
                        param -= 0.01 * gradient
                last = float(value.detach())
            return last

        runs["torch"] = by_torch
    return runs


# ---- taking turns ----------------------------------------------------------------------------------------------------


def installed(package: str) -> str:
    """Return the version of a package, or '' where it is not installed or cannot be loaded."""
    try:
        importlib.import_module(package)
        return metadata.version(package)
    except (ImportError, OSError, metadata.PackageNotFoundError):
        return ""


def best_of(runs: Mapping[str, Run], rounds: int) -> dict[str, float]:
    """Run all in turn, `rounds` times; return each one's best processor time in seconds.

    Raises AssertionError where two that do the same work give different answers.
    """
    answers = {name: float(run()) for name, run in runs.items()}
    same = [answer for name, answer in answers.items() if name != CHAIN]
    assert np.allclose(same, same[0], rtol=1e-6), f"they do not do the same work: {answers}"
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - start)
    return best


def table(title: str, seconds: Mapping[str, float], unit: float, unit_name: str, beside: str) -> str:
    """Return a table of what each one takes and its ratio to the one named `beside`."""
    lines = [f"| {title} | {unit_name} | beside {beside} |", "|---|---|---|"]
    lines += [f"| {name} | {spent / unit:.2f} | {spent / seconds[beside]:.2f} |" for name, spent in seconds.items()]
    return "\n".join(lines) + "\n"


def main(argv: list[str]) -> int:
    """Run the benchmark; the return code is 1 if one of the solutions misses its target."""
    parser = argparse.ArgumentParser(prog="python3 -m ci bench engine", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--in", dest="python", metavar="PYTHON", help="an interpreter whose environment has the peers")
    parser.add_argument("--rounds", type=int, default=7, help="how often each takes its turn (7)")
    parser.add_argument("--write", action="store_true", help="keep the tables in ci/bench/results/engine.md")
    options = parser.parse_args(argv)
    if options.python or os.environ.get("OMP_NUM_THREADS") != "1":
        # The number of threads is read when NumPy is loaded, so it starts again with one.
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        again = [options.python or sys.executable, "-m", "ci.bench.engine", f"--rounds={options.rounds}"]
        return subprocess.call(
            [*again, *(["--write"] if options.write else [])], cwd=ROOT, env=os.environ | one | {"PYTHONPATH": paths}
        )
    gates = ROWS * (DEPTH + 1)
    runs, wired = engines(gates)
    engine = best_of(runs, options.rounds)
    parts = [
        table(f"{gates:,} gates, forward and backward", engine, gates * 1e-6, "µs a gate", ENGINE),
        f"Wiring ours, once: {wired / gates * 1e6:.1f} µs a gate. {longest_chain()}\n",
    ]
    worst = 0.0
    for sizes, size, steps in (((64, 50, 10), 64, 400), ((3072, 50, 10), 200, 20)):
        step = best_of(steppers(sizes, size, steps), options.rounds)
        what = f"a training step, {' → '.join(map(str, sizes))}, batches of {size}"
        parts.append(table(what, step, steps * 1e-6, "µs a step", "a bare loop"))
        worst = max(worst, step[STEP] / step["a bare loop"])
    slowest = max(engine[ENGINE], engine[CHAIN]) / gates * 1e6
    parts.append(
        f"Targets: {slowest:.2f} µs a gate, at most {MOST_PER_GATE:g}; "
        f"{worst:.2f} of a bare loop, at most {MOST_OF_BARE:g}."
    )
    peers = {name: installed(name) or "not installed" for name in ("micrograd", "autograd", "torch")}
    parts.append("Peers: " + ", ".join(f"{name} {version}" for name, version in peers.items()) + ".\n")
    text = "# The solutions beside their peers\n\n" + "\n".join(parts)
    print(text)
    if options.write:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(text, encoding="utf-8")
    return int(slowest > MOST_PER_GATE or worst > MOST_OF_BARE)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
