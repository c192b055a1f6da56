"""Where an exercise's visible check looks: its points, with the values and gradients there.

Points at which a value is 0 or ±1, or two gradients are equal by accident, hide mistakes: `ds = -2·t` for `-2·s·t`
where s is 1, a gradient taken for its neighbour's. Runs as a process of its own, because it runs the master's answers:

    python -m autograder.building.visible_points SOLUTION.ipynb RELEASED.ipynb     # prints the faults, one a line
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode

import cs231n_lite
from autograder.notebooks.kinds import exercise_of, is_test
from autograder.notebooks.notebook import grade_id, read
from cs231n_lite import Graph
from cs231n_lite.checking import judge_backward as backward
from cs231n_lite.checking import judge_loss as loss
from cs231n_lite.checking.fresh_points import nearby, upstream_for
from cs231n_lite.checking.recordings import recorded_loss, recorded_pass
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.recording import Recording

__all__ = ["dull"]

Numbers = dict[str, np.ndarray]
Elsewhere = Callable[[np.random.Generator], "Point | None"]


@dataclass
class Point:
    """What there is to see at one point: values and gradients by name; `elsewhere` gives the same at another one."""

    values: Numbers
    gradients: Numbers
    elsewhere: Elsewhere | None = field(default=None, compare=False)

    @property
    def question(self) -> tuple[str, ...]:
        """The names of what is asked for, which points of one question share."""
        return tuple(sorted({*self.values, *(f"d{name}" for name in self.gradients)}))


def dull(solution: NotebookNode, released: NotebookNode) -> Iterator[str]:
    """Yield a sentence for each exercise whose visible check has no point at which a mistake of this kind shows."""
    visible = {grade_id(cell): cell.source for cell in released.cells}
    shell = InteractiveShell()
    recorder = Recorder()
    with recorder.watching(shell.user_ns):
        for cell in solution.cells:
            if cell.cell_type != "code" or grade_id(cell).endswith("-picture"):
                continue
            if is_test(cell):
                shown = recorder.points_of(shell, visible.get(grade_id(cell), ""))
                everything = recorder.points_of(shell, cell.source)
                yield from (f"exercise {exercise_of(cell)}: {fault}" for fault in _faults(shown, everything))
            else:
                recorder.points_of(shell, cell.source)


class Recorder:
    """Keeps each point that a check of the package, a comparison of numbers or a graph is run at."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._graphs: dict[int, tuple[Graph, dict[str, Any]]] = {}  # by identity, as each was run last

    @contextlib.contextmanager
    def watching(self, names: dict[str, Any]) -> Iterator[None]:
        """Watch the package's checks and graphs, and what cells import of them."""
        judge_backward, judge_loss, check_values = backward.judge_backward, loss.judge_loss, cs231n_lite.check_values
        forward = Graph.forward

        def passes(setting: Any) -> Any:
            self._note(lambda rng: _of_pass(setting, rng))
            return judge_backward(setting)

        def losses(setting: Any) -> Any:
            self._note(lambda rng: _of_loss(setting, rng))
            return judge_loss(setting)

        def values(got: Any, expected: Mapping[str, Any], **options: Any) -> Any:
            self.points.append(_of_numbers(expected))
            return check_values(got, expected, **options)

        def graph(itself: Graph, **inputs: Any) -> Any:
            out = forward(itself, **inputs)
            self._graphs[id(itself)] = itself, inputs
            return out

        with (
            mock.patch.object(backward, "judge_backward", passes),
            mock.patch.object(loss, "judge_loss", losses),
            mock.patch.object(cs231n_lite, "check_values", values),
            mock.patch.object(Graph, "forward", graph),
        ):
            names["display"] = lambda *_: None
            yield

    def _note(self, at: Callable[[np.random.Generator | None], Point | None]) -> None:
        point = at(None)
        if point is not None:
            point.elsewhere = at
            self.points.append(point)

    def points_of(self, shell: InteractiveShell, source: str) -> list[Point]:
        """Run a cell; return the points that were looked at in it. What fails has been told by the solution itself."""
        self.points, self._graphs = [], {}
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            shell.run_cell(source, store_history=False, silent=True)
        return self.points + [_of_graph(graph, inputs) for graph, inputs in list(self._graphs.values())]


def _of_pass(setting: Any, rng: np.random.Generator | None) -> Point | None:
    point = setting.point if rng is None else nearby(setting.point, rng, 0.4)
    return _of_run(recorded_pass(setting, point), setting.number)


def _of_loss(setting: Any, rng: np.random.Generator | None) -> Point | None:
    point = setting.point if rng is None else nearby(setting.point, rng, 0.4)
    return _of_run(recorded_loss(setting, point, setting.subject.data, setting.subject.reg), number=True)


def _of_run(run: Recording | None, number: bool) -> Point | None:
    if run is None:
        return None
    shape = np.shape(run.nodes[run.output].value)
    upstream = np.ones(shape) if number else upstream_for(shape, np.random.default_rng(0))
    right = RightGradients(run, upstream)
    named = {n: run.nodes[n].name or f"{run.nodes[n].op} ({n})" for n in sorted(run.active)}
    gradients = {name: np.asarray(right.at[n]) for n, name in named.items() if n in run.inputs and n in right.at}
    return Point({name: np.asarray(run.nodes[n].value) for n, name in named.items()}, gradients)


def _of_graph(graph: Graph, inputs: dict[str, Any]) -> Point:
    kinds = {name: node.kind for name, node in graph.nodes.items()}
    computed = {name: np.asarray(node.value, dtype=float) for name, node in graph.nodes.items()}
    values = {name: value for name, value in computed.items() if kinds[name] != "constant"}
    slopes = graph.sensitivities()
    gradients = {name: np.asarray(slopes[name]) for name in graph.inputs}

    def elsewhere(rng: np.random.Generator) -> Point:
        again = Graph(graph.wiring)
        moved = nearby([np.asarray(x, dtype=float) for x in inputs.values()], rng, 0.4)
        again.forward(**{name: x if x.ndim else float(x) for name, x in zip(inputs, moved, strict=True)})
        return _of_graph(again, {})

    return Point(values, gradients, elsewhere if inputs else None)


def _of_numbers(expected: Mapping[str, Any]) -> Point:
    """The numbers of a comparison; what begins with d is the gradient of what has the rest of its name."""
    values, gradients = {}, {}
    for key, number in expected.items():
        try:
            value = np.asarray(number, dtype=float)
        except (TypeError, ValueError):  # a name, a nested list of unequal lengths
            continue
        if str(key).startswith("d") and len(str(key)) > 1 and np.ndim(value) == 0:
            gradients[str(key)[1:]] = value
        else:
            values[str(key)] = value
    return Point(values, gradients)


def _faults(shown: list[Point], everything: list[Point]) -> Iterator[str]:
    """What each question's visible points have in common that hides a mistake."""
    in_graphs = {name for point in shown if point.elsewhere for name in (*point.values, *point.gradients)}
    for question in dict.fromkeys(point.question for point in shown):
        points = [point for point in shown if point.question == question]
        if points[0].elsewhere is None and in_graphs.issuperset({*points[0].values, *points[0].gradients}):
            continue  # a graph of these nodes was run as well, and tells more
        others = _others(points, [point for point in everything if point.question == question])
        if not others:
            continue  # one set of numbers, typed in: nothing tells what is so by accident
        always = set.intersection(*(_coincidences(point) for point in others))
        common = [_coincidences(point) - always for point in points]
        if all(common):
            first = sorted(common[0])[0]
            yield f"{first} at its visible point, so that some mistakes do not show there; add a second point"


def _others(points: list[Point], everything: list[Point]) -> list[Point]:
    """The same question at other numbers: drawn nearby where that can be, or those of the hidden tests."""
    if points[0].elsewhere is not None:
        rng = np.random.default_rng(0)
        drawn = [points[0].elsewhere(rng) for _ in range(2)]
        return [point for point in drawn if point is not None]
    return [point for point in everything if not any(_alike(point, shown) for shown in points)] or points[1:]


def _alike(one: Point, other: Point) -> bool:
    return all(
        np.array_equal(left[name], right[name])
        for left, right in ((one.values, other.values), (one.gradients, other.gradients))
        for name in left
    )


def _coincidences(point: Point) -> set[str]:
    """What is 0 or ±1 throughout, and which gradients are equal or opposite."""
    told = set()
    for name, value in point.values.items():
        if value.size and np.all(np.isin(value, (0.0, 1.0, -1.0))):
            number = f"{float(value.flat[0]):g}" if value.size == 1 else "0 or ±1 everywhere"
            told.add(f"{name} is {number}")
    gradients = {name: value for name, value in point.gradients.items() if value.size}
    for (one, left), (other, right) in combinations(gradients.items(), 2):
        if left.shape == right.shape and np.allclose(np.abs(left), np.abs(right), rtol=1e-6, atol=0.0):
            told.add(f"the gradients of {one} and {other} are equal or opposite")
    return told


def main() -> None:
    """Print the faults of a notebook, one a line."""
    for fault in dull(*(read(Path(path)) for path in sys.argv[1:3])):
        print(fault)


if __name__ == "__main__":
    main()
