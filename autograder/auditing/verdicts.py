"""What the corpus's answers get: the points that each must keep or lose, and the mistake that it must be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from autograder.auditing.exercise import Exercise
from autograder.auditing.judging_pool import Job, Jury
from autograder.auditing.kill_matrix import Watch, lost
from autograder.corpus.answers import SOLUTION, Answer

__all__ = ["SYMPTOMS", "Unsteady", "Verdict", "solution_of", "unsteady", "verdicts"]

# These say what can be seen, not which mistake it comes from; every other finding is a mistake's name.
SYMPTOMS = frozenset(
    {"wrong-value", "shape", "raises", "not-written", "missing-return", "not-finite", "missing-key", "timed-out"}
)
THREADS = (1, 2, 4)
REDRAWN, AWAY = 8, 10_000  # how often a refused seed is replaced, and by which one
SETTINGS = 6  # processes with their own number of BLAS threads and order of sets; each seed is judged in one of them


@dataclass
class Verdict:
    """An answer, what it was to get, and what it got."""

    name: str
    kind: str
    expected: float
    points: float
    mistake: str
    findings: list[str]
    messages: list[str] = field(default_factory=list)
    also: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether it got just the points expected."""
        return self.points == self.expected

    @property
    def named(self) -> bool:
        """Whether it was told its own mistake."""
        return self.mistake in self.findings

    @property
    def by_name(self) -> bool:
        """Whether it was told what its mistake is, and not merely which value is wrong."""
        return self.named and self.mistake != "wrong-value"

    @property
    def false_names(self) -> list[str]:
        """What it was told that is not true of it: of a right answer anything, of a wrong one a mistake not its own."""
        if self.kind == "right":
            return self.findings
        own = {self.mistake, *self.also, *SYMPTOMS}
        return [slug for slug in self.findings if slug not in own] if self.kind == "wrong" else []

    @property
    def off(self) -> bool:
        """Whether the matrix is wrong here."""
        return not self.exact or bool(self.mistake and not self.named) or bool(self.false_names)


def solution_of(exercise: Exercise) -> Answer:
    """The solution as an answer."""
    return Answer(exercise.slug, "right", SOLUTION, exercise.solution, 0)


def verdicts(
    answers_by_exercise: Mapping[Exercise, Iterable[Answer]], jury: Jury, watch: Watch
) -> dict[Exercise, list[Verdict]]:
    """Judge answers, the solution first of all; hostile ones, and pleasers that need the box, are judged there."""
    jobs = {}
    for exercise, answers in answers_by_exercise.items():
        for answer in (solution_of(exercise), *answers):
            if answer.kind != "hostile" and not answer.box:
                jobs[exercise, answer] = Job(exercise, answer.cells, patient=True)
    outcomes = dict(watch(jury.outcomes(jobs.values()), len(jobs), "answers"))
    by_exercise: dict[Exercise, list[Verdict]] = {exercise: [] for exercise in answers_by_exercise}
    for (exercise, answer), job in jobs.items():
        outcome = outcomes[job]
        findings, messages = _told(outcome)
        expected = exercise.most - answer.loses
        points = float(outcome["points"])
        by_exercise[exercise].append(
            Verdict(answer.name, answer.kind, expected, points, answer.mistake, findings, messages, answer.also)
        )
    return by_exercise


def _told(outcome: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The slugs of an outcome's findings, and each finding in a line."""
    messages = [f"{slug}{f' ({part})' if part else ''}: {text}" for slug, part, text in outcome["findings"]]
    if outcome["error"] and not messages:
        return [outcome["error"]], [outcome["error"]]
    return list(dict.fromkeys(slug for slug, _, _ in outcome["findings"])), messages


def _refused(outcome: Mapping[str, Any]) -> bool:
    return outcome["error"] == "UninformativePoint"


@dataclass
class Unsteady:
    """A right answer that lost points under other seeds: under how many of all, and how it did so first."""

    name: str
    failed: int
    tried: int
    seed: int
    threads: int
    hash_seed: int
    points: float
    messages: list[str]


def unsteady(
    answers_by_exercise: Mapping[Exercise, Iterable[Answer]], seeds: int, jury: Jury, watch: Watch
) -> dict[Exercise, list[Unsteady]]:
    """Judge right answers under so many seeds, in processes with 1, 2 and 4 BLAS threads; return those that failed.

    Where a check refuses the point that a seed gives, as it could not show some mistake there, another seed is taken.
    """
    jobs: dict[tuple[Exercise, str], list[Job]] = {}
    for exercise, answers in answers_by_exercise.items():
        for answer in (solution_of(exercise), *answers):
            if answer.kind == "right":
                jobs[exercise, answer.name] = [
                    Job(
                        exercise,
                        answer.cells,
                        seed=seed,
                        patient=True,
                        threads=THREADS[seed % len(THREADS)],
                        hash_seed=seed % SETTINGS,
                    )
                    for seed in range(1, seeds + 1)
                ]
    every = [job for group in jobs.values() for job in group]
    outcomes = dict(watch(jury.outcomes(every), len(every), "seeds"))
    for turn in range(1, REDRAWN + 1):
        again = {replace(job, seed=(job.seed or 0) + turn * AWAY): job for job in every if _refused(outcomes[job])}
        outcomes |= {again[job]: outcome for job, outcome in watch(jury.outcomes(again), len(again), "seeds again")}
    by_exercise: dict[Exercise, list[Unsteady]] = {exercise: [] for exercise in answers_by_exercise}
    for (exercise, name), group in jobs.items():
        failed = [job for job in group if lost(exercise, outcomes[job])]
        if failed:
            first = failed[0]
            points, messages = float(outcomes[first]["points"]), _told(outcomes[first])[1]
            by_exercise[exercise].append(
                Unsteady(
                    name, len(failed), len(group), first.seed or 0, first.threads, first.hash_seed, points, messages
                )
            )
    return by_exercise
