"""Where a mistake begins: each number of a circuit, as it follows from the student's other numbers.

A wrong number that is right for the wrong ones before it is no mistake of its own. So each value is computed again from
the values that its gate reads, and each gradient from those that flow into it, all of them as the student has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cs231n_lite.checking.plain import real_numbers
from cs231n_lite.graph import GATES, Graph
from cs231n_lite.measuring.wiggle import step_at
from cs231n_lite.reporting.finding import Finding

__all__ = ["told_by_stage"]

Judge = Callable[[str, Any, float], Finding | None]  # a key, the student's number, what it is compared with
_CLOSE = 1e-5  # relative; the local derivatives are measured
_PLAIN = {"wrong-value", "sign", "factor-2", "factor-half", "zero"}  # what a comparison alone says, without a cause


class _Stages:
    """The numbers of a graph as a student has them: a node's name for its value, d + name for its gradient."""

    def __init__(self, graph: Graph, answers: Mapping[str, Any]) -> None:
        self._graph = graph
        self._right = {name: node.value for name, node in graph.nodes.items()}
        numbers = {key: real_numbers(value, objects=True) for key, value in answers.items()}
        self.numbers = {key: float(n) for key, n in numbers.items() if n is not None and not n.ndim}
        self._values = {name: self.numbers.get(name, value) for name, value in self._right.items()}
        self._readers = {name: [r for r in graph.wiring if name in graph.nodes[r].inputs] for name in graph.order}
        self.siblings = [
            (f"d{one}", f"d{other}")
            for name in graph.wiring
            for place, one in enumerate(graph.nodes[name].inputs)
            for other in graph.nodes[name].inputs[place + 1 :]
        ]

    def feeds(self, key: str) -> list[str]:
        """The numbers that one follows from, as far as they matter here."""
        if key in self._graph.wiring:
            return list(self._graph.nodes[key].inputs)
        name = key[1:]
        fed: list[str] = []
        for reader in self._readers.get(name, []):
            fed.append(f"d{reader}")
            if not np.isclose(self._local(reader, name, self._values), self._local(reader, name, self._right)):
                fed += self._graph.nodes[reader].inputs
            elif len(self._graph.nodes[reader].inputs) == 1 and self._values[reader] != self._right[reader]:
                fed.append(reader)  # its derivative may be written in terms of the output: e for exp, 1 - f² for tanh
        return fed

    def follows(self, key: str) -> float | None:
        """The number that follows from those before it; None where one of them is missing."""
        if key in self._graph.wiring:
            return float(self._gate(key, [self._values[name] for name in self._graph.nodes[key].inputs]))
        total = 0.0
        for reader in self._readers.get(key[1:], []):
            upstream = self.numbers.get(f"d{reader}", 1.0 if reader == self._graph.output else None)
            if upstream is None:
                return None
            total += upstream * self._local(reader, key[1:], self._values)
        return total

    def slip(self, key: str) -> Finding | None:
        """A factor that was dropped, or one too many, at the one gate that a gradient comes back through."""
        name, number = key[1:], self.numbers.get(key)
        readers = self._readers.get(name, []) if key not in self._graph.wiring else []
        if len(readers) != 1 or number is None:
            return None
        reader = readers[0]
        upstream = self.numbers.get(f"d{reader}", 1.0 if reader == self._graph.output else None)
        local = self._local(reader, name, self._values)
        if upstream is None:
            return None
        if np.isclose(number, local, rtol=_CLOSE) and not np.isclose(upstream, 1.0):
            message = f"{key}: that is the local derivative alone. Multiply it by the upstream gradient, d{reader}."
            return Finding("upstream-dropped", key, message)
        if np.isclose(number, upstream, rtol=_CLOSE) and not np.isclose(local, 1.0):
            message = f"{key}: that is d{reader}, unchanged. Multiply it by the slope of {reader} in {name}."
            return Finding("local-dropped", key, message)
        if self._graph.wiring[reader][0] == "add":
            for read in self._graph.nodes[reader].inputs:
                if np.isclose(number, upstream * self._values[read], rtol=_CLOSE):
                    message = (
                        f"{key}: that is d{reader} times the value of {read}. {reader} is a sum, and its slope in "
                        f"{name} is 1, whatever the values are."
                    )
                    return Finding("wrong-local", key, message)
            return self._of_another_input(key, reader, upstream)
        return None

    def _of_another_input(self, key: str, sum_gate: str, upstream: float) -> Finding | None:
        """The gradient of what stands beside a sum at the next gate, handed on in place of the sum's own."""
        number = self.numbers[key]
        for gate in self._readers.get(sum_gate, []):
            for beside in self._graph.nodes[gate].inputs:
                theirs = self.numbers.get(f"d{beside}")
                if beside == sum_gate or theirs is None or np.isclose(theirs, upstream, rtol=_CLOSE):
                    continue
                if number and np.isclose(number, theirs, rtol=_CLOSE):
                    message = (
                        f"{key}: that is d{beside}, and {key[1:]} does not pass through {beside}. It is {sum_gate} "
                        f"that reads {key[1:]}: use d{sum_gate} as the upstream gradient."
                    )
                    return Finding("wrong-operand", key, message)
        return None

    def _gate(self, name: str, values: Sequence[float]) -> float:
        gate = self._graph.wiring[name][0]
        with np.errstate(all="ignore"):
            return (gate if callable(gate) else GATES[gate])(*values)

    def _local(self, reader: str, name: str, values: Mapping[str, float]) -> float:
        """How a gate's output moves with the node `name`, the others held: over all the places where it is read."""
        step, ends = step_at(values[name]), []
        for moved in (values[name] + step, values[name] - step):
            reads = [moved if read == name else values[read] for read in self._graph.nodes[reader].inputs]
            ends.append(self._gate(reader, reads))
        return float(ends[0] - ends[1]) / (2 * step)


def told_by_stage(
    graph: Graph, answers: Mapping[str, Any], wrong: Mapping[str, Finding], judge: Judge
) -> list[Finding]:
    """What to say of the wrong numbers: each mistake where it begins, and in one line what only follows from it."""
    stages = _Stages(graph, answers)
    before = {key: [fed for fed in stages.feeds(key) if fed in wrong] for key in wrong}
    telling: dict[str, Finding] = {}
    following: dict[str, bool] = {}  # whether it is right for those before it
    for key, finding in wrong.items():
        own = stages.follows(key) if before[key] else None
        if own is not None and judge(key, answers[key], own) is None:  # whatever else it may look like
            following[key] = True
            continue
        if own is None or finding.slug not in _PLAIN:
            telling[key] = (stages.slip(key) if finding.slug == "wrong-value" else None) or finding
            continue
        anew = judge(key, answers[key], own)
        if anew is not None and anew.slug == "wrong-value":
            anew = stages.slip(key) or anew
        if anew is None or anew.slug == "wrong-value":
            following[key] = False
        else:
            telling[key] = anew if anew.slug not in _PLAIN else _for_those(anew, before[key])
    for one, other in stages.siblings:
        if {one, other} <= wrong.keys() and _exchanged(stages, one, other):
            message = f"{one} and {other} are swapped: each holds the value of the other."
            telling[one] = Finding("operands-swapped", f"{one}, {other}", message)
            telling.pop(other, None)
            following.pop(other, None)
            following.pop(one, None)
    in_order = [telling[key] for key in wrong if key in telling]
    return in_order + _consequences(following, before)


def _for_those(finding: Finding, causes: Sequence[str]) -> Finding:
    return replace(finding, message=f"{finding.message[:-1]}, for the {' and '.join(causes)} that you have.")


def _exchanged(stages: _Stages, one: str, other: str) -> bool:
    """Whether each of two gradients is what the other should be, given what flows into them."""
    first, second = stages.follows(one), stages.follows(other)
    if (
        first is None
        or second is None
        or not {one, other} <= stages.numbers.keys()
        or np.isclose(abs(first), abs(second))
    ):  # a sign explains that, too
        return False
    pairs = ((stages.numbers[one], second), (stages.numbers[other], first))
    return all(bool(np.isclose(got, right, rtol=_CLOSE)) for got, right in pairs)


def _consequences(following: Mapping[str, bool], before: Mapping[str, list[str]]) -> list[Finding]:
    """One line for all that follow from the same mistakes."""

    def roots(key: str) -> list[str]:
        return list(dict.fromkeys(r for fed in before[key] for r in (roots(fed) if fed in following else [fed])))

    groups: dict[tuple[tuple[str, ...], bool], list[str]] = {}
    for key, exact in following.items():
        exact = exact and all(following.get(fed, True) for fed in before[key])
        groups.setdefault((tuple(roots(key)), exact), []).append(key)
    findings = []
    for (causes, exact), keys in groups.items():
        named, cause, one = ", ".join(keys), " and ".join(causes), len(keys) == 1
        follow, are, it = ("follows", "is", "it") if one else ("follow", "are", "them")
        message = (
            f"{named} {follow} from {cause}, and {are} right for the {cause} that you have. Correct {cause} first."
        )
        if not exact:
            message = (
                f"{named} {are} wrong, too, and computed from {cause}. Correct {cause} first, then look at {it} again."
            )
        findings.append(Finding("wrong-value", named, message))
    return findings
