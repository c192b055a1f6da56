"""Which mutants an exercise's tests kill, by which checkpoint, and which checkpoints nothing needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from autograder.auditing.checkpoints import Checkpoint, checkpoints
from autograder.auditing.equivalent import Entry, entry_of
from autograder.auditing.exercise import Exercise
from autograder.auditing.judging_pool import Job, Jury
from autograder.auditing.mutants import Mutant

__all__ = ["Fate", "Kills", "Watch", "fates", "kills", "lost"]

Watch = Callable[[Iterable[Any], int, str], Iterable[Any]]  # goes through outcomes and shows how many are left

NOTHING_AMISS = re.compile(r"assert \w+ is None\b")
ROUND = 6  # mutants that are tried at a time to see whether a checkpoint is needed


@dataclass
class Fate:
    """What became of a mutant: killed by "visible" tests or only by "hidden" ones, "equivalent", or "survived".

    `hit` are the lines of the checkpoints that failed; empty where the test cell or a part of it raised instead.
    """

    name: str
    kind: str
    status: str
    hit: list[int] = field(default_factory=list)
    reason: str = ""
    diff: str = ""
    source: str = field(default="", repr=False)

    @property
    def killed(self) -> bool:
        """Whether it loses points."""
        return self.status in ("visible", "hidden")


@dataclass
class Kills:
    """How many mutants a checkpoint killed, how many it alone, and whether one would slip through without it."""

    checkpoint: Checkpoint
    killed: int = 0
    alone: int = 0
    needed: bool = False


def lost(exercise: Exercise, outcome: Mapping[str, Any]) -> bool:
    """Whether an answer with this outcome lost points."""
    return float(outcome["points"]) < exercise.most


def fates(
    mutants_by_exercise: Mapping[Exercise, Sequence[Mutant]], entries: Iterable[Entry], jury: Jury, watch: Watch
) -> dict[Exercise, list[Fate]]:
    """Judge mutants by the visible tests, and those that these let pass by all tests."""
    equivalents = list(entries)
    pairs = {(exercise, mutant.source): mutant for exercise, all_of in mutants_by_exercise.items() for mutant in all_of}
    first = _judged(jury, pairs, watch, "mutants, visible tests", visible=True)
    passed = [pair for pair in pairs if not lost(pair[0], first[pair])]
    second = _judged(jury, passed, watch, "mutants, hidden tests", visible=False)
    by_exercise: dict[Exercise, list[Fate]] = {exercise: [] for exercise in mutants_by_exercise}
    for pair, mutant in pairs.items():
        exercise, outcome = pair[0], second.get(pair, first[pair])
        status = "survived" if not lost(exercise, outcome) else "hidden" if pair in second else "visible"
        fate = Fate(mutant.name, mutant.kind, status, list(outcome["hit"]), source=mutant.source)
        if status == "survived":
            entry = entry_of(mutant.name, equivalents)
            fate.diff = mutant.diff(exercise.solution)
            if entry is not None:
                fate.status, fate.reason = "equivalent", entry.reason
        by_exercise[exercise].append(fate)
    return by_exercise


def _judged(
    jury: Jury, pairs: Iterable[tuple[Exercise, str]], watch: Watch, what: str, *, visible: bool
) -> dict[tuple[Exercise, str], dict[str, Any]]:
    jobs = [Job(exercise, (source,), visible=visible) for exercise, source in pairs]
    outcomes = watch(jury.outcomes(jobs), len(jobs), what)
    return {(job.exercise, job.answer[0]): outcome for job, outcome in outcomes}


def _shared(checkpoint: Checkpoint, every: Iterable[Checkpoint]) -> set[int]:
    """The lines that fail together with this one: what a helper finds amiss, and `assert problem is None` after it."""
    helpers = {each.line for each in every if each.text.startswith("return")}
    asserts = {each.line for each in every if NOTHING_AMISS.match(each.text)}
    return asserts if checkpoint.line in helpers else helpers if checkpoint.line in asserts else set()


def kills(
    fates_by_exercise: Mapping[Exercise, Sequence[Fate]], jury: Jury, watch: Watch
) -> dict[Exercise, list[Kills]]:
    """Count for each checkpoint, and try whether any mutant that it alone killed slips through without it.

    A visible one is needed where the visible tests would let such a mutant pass, a hidden one where all tests would.
    """
    solved = [Job(exercise, (exercise.solution,), patient=True) for exercise in fates_by_exercise]
    of_solutions = {job.exercise: set(outcome["hit"]) for job, outcome in jury.outcomes(solved)}
    by_exercise: dict[Exercise, list[Kills]] = {}
    open_ones: list[tuple[Exercise, Kills, Iterator[Fate]]] = []
    for exercise, all_of in fates_by_exercise.items():
        by_exercise[exercise] = []
        hit_by_solution = of_solutions[
            exercise
        ]  # a helper's return that the solution comes through says nothing of a mistake
        every = [each for each in checkpoints(exercise.test, exercise.hidden) if each.line not in hit_by_solution]
        for checkpoint in every:
            status = "hidden" if checkpoint.hidden else "visible"
            hits = [fate for fate in all_of if fate.status == status and checkpoint.line in fate.hit]
            shared = _shared(checkpoint, every) | hit_by_solution
            alone = [fate for fate in hits if set(fate.hit) - shared == {checkpoint.line}]
            entry = Kills(checkpoint, len(hits), len(alone))
            by_exercise[exercise].append(entry)
            if alone:
                open_ones.append((exercise, entry, iter(alone)))
    while open_ones:
        jobs: dict[Job, Kills] = {}
        still = []
        for exercise, entry, fates_left in open_ones:
            line, hidden = entry.checkpoint.line, entry.checkpoint.hidden
            tried = list(islice(fates_left, ROUND))
            jobs |= {Job(exercise, (fate.source,), visible=not hidden, without=(line,)): entry for fate in tried}
            if tried:
                still.append((exercise, entry, fates_left))
        for job, outcome in watch(jury.outcomes(jobs), len(jobs), "checkpoints left out"):
            # A cell whose only check is left out has no parts, and would give nothing for that reason alone.
            if not lost(job.exercise, outcome) or (not outcome["error"] and not outcome["findings"]):
                jobs[job].needed = True
        open_ones = [(exercise, entry, fates_left) for exercise, entry, fates_left in still if not entry.needed]
    return by_exercise
