"""The audit of a course's exercises: answers, seeds, mutants, checkpoints; `python -m autograder audit`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder import HOME
from autograder.auditing.audited import Audited
from autograder.auditing.equivalent import Entry, entries, stale
from autograder.auditing.exercise import Exercise
from autograder.auditing.judging_pool import Job, Jury, package_digest
from autograder.auditing.kill_matrix import Watch, fates, kills
from autograder.auditing.mutants import Mutant, mutants
from autograder.auditing.read_exercises import exercises
from autograder.auditing.sampling import SEEDS_FULL, Choice, Record, digest_of
from autograder.auditing.verdicts import unsteady, verdicts
from autograder.corpus.answers import AUDIT, Answer, answers
from autograder.course import Course
from autograder.problem import Problem

__all__ = ["Plan", "audit", "folder_of", "plan"]


@dataclass
class Plan:
    """What is to be audited: exercises with their answers, equivalents, mutants, and how much of each to run."""

    exercises: list[Exercise]
    answers: dict[Exercise, list[Answer]]
    entries: list[Entry]
    mutants: dict[Exercise, list[Mutant]]
    choices: dict[Exercise, Choice]
    digests: dict[str, dict[str, str]]
    turn: str = ""
    corpus: int = 0  # answers that there are

    @property
    def left_out(self) -> list[str]:
        """In words, what is left out of a whole audit."""
        partly = [entry for entry in self.exercises if self.choices[entry].every > 1]
        lines = []
        if partly:
            some = sum(len(self.choices[entry].of(self.mutants[entry], self.turn)) for entry in partly)
            every = sum(len(self.mutants[entry]) for entry in partly)
            lines.append(
                f"{every - some} of {every} mutants, and the kill matrix, of {len(partly)} exercises that are as they "
                "were when all of them was last audited"
            )
        if fewer := self.corpus - sum(map(len, self.answers.values())):
            lines.append(f"{fewer} of the {self.corpus} answers, all of such exercises")
        fewest = min((choice.seeds for choice in self.choices.values()), default=SEEDS_FULL)
        if fewest < SEEDS_FULL:
            most = f"all but {fewest} of the {SEEDS_FULL} seeds, or all but a few more"
            lines.append(f"{most if fewest else f'the {SEEDS_FULL} seeds, or all but a few'}; --full runs them all")
            lines.append("the hostile submissions; --full runs them, and so do the tests")
        return lines


def folder_of(course: Course) -> Path:
    """Where a course keeps its answers and equivalents: this one in autograder/audit, any other in its own audit/."""
    return AUDIT if course.root.resolve() == HOME else course.root / "audit"


def plan(course: Course, names: Iterable[str], slug: str = "", *, full: bool = False, changed: bool = False) -> Plan:
    """Plan an audit of assignments, or of one exercise of theirs; raises Problem where there is none of that name."""
    folder = folder_of(course)
    planned = Plan([], {}, [], {}, {}, {})
    record = Record(folder / "audited.json")
    every: list[str] = []
    for name in names:
        by_slug, corpus = exercises(course, name), answers(name, folder)
        every += by_slug
        own = entries(folder / "equivalent" / f"{name}.txt")
        unknown = [entry for entry in own if entry.slug not in by_slug]
        if unknown:
            raise Problem(f"{unknown[0].where}: {name} has no exercise {unknown[0].slug!r} that grades itself")
        for exercise in by_slug.values():
            if slug in ("", exercise.slug):
                own_answers = list(corpus.get(exercise.slug, {}).values())
                digest = digest_of(exercise, own_answers, own)
                planned.digests.setdefault(name, {})[exercise.slug] = digest
                planned.exercises.append(exercise)
                planned.answers[exercise] = own_answers
                planned.mutants[exercise] = mutants(exercise.slug, exercise.solution)
                part = record.choice(exercise, digest) if changed else Choice()
                planned.choices[exercise] = Choice(seeds=SEEDS_FULL) if full else part
        planned.entries += [entry for entry in own if slug in ("", entry.slug)]
    if not planned.exercises:
        raise Problem(f"{slug or 'audit'}: there is no such exercise; there is {', '.join(every) or 'none yet'}")
    planned.corpus = sum(map(len, planned.answers.values()))
    # With every change of the graders another share comes to its turn.
    sources = package_digest(("autograder", "cs231n_lite"))
    planned.turn = sources + "".join(sorted(each for by_slug in planned.digests.values() for each in by_slug.values()))
    for exercise, choice in planned.choices.items():
        planned.answers[exercise] = choice.of_answers(planned.answers[exercise], planned.turn)
    return planned


def audit(planned: Plan, jury: Jury, watch: Watch) -> list[Audited]:
    """Run an audit as planned; the results are in the order of the plan."""
    audited = {exercise: Audited(exercise, planned.choices[exercise].why) for exercise in planned.exercises}
    for exercise, judged_answers in verdicts(planned.answers, jury, watch).items():
        audited[exercise].verdicts = judged_answers
    alone = [Job(exercise, (exercise.solution,), visible=True) for exercise in planned.exercises]
    for job, outcome in watch(jury.outcomes(alone), len(alone), "visible tests"):
        audited[job.exercise].visible_alone = float(outcome["points"])
    sound = [exercise for exercise, entry in audited.items() if entry.sound]
    # A solution that loses points says nothing about mistakes, which would all be "killed".
    chosen = {each: planned.choices[each].of(planned.mutants[each], planned.turn) for each in sound}
    whole = [exercise for exercise in sound if planned.choices[exercise].every == 1]
    judged = fates(chosen, planned.entries, jury, watch)
    for exercise in sound:
        audited[exercise].fates, audited[exercise].mutants = judged[exercise], len(planned.mutants[exercise])
        killed = {fate.name for fate in judged[exercise] if fate.killed}
        own = [entry for entry in planned.entries if entry.slug == exercise.slug]
        audited[exercise].stale = stale(own, [mutant.name for mutant in planned.mutants[exercise]], killed)
    for exercise, counted in kills({each: judged[each] for each in whole}, jury, watch).items():
        audited[exercise].kills = counted
    by_seeds: dict[int, dict[Exercise, list[Answer]]] = {}
    for exercise in sound:
        # What loses points as it is written has been told already.
        lost = {verdict.name for verdict in audited[exercise].verdicts if not verdict.exact}
        steady = [answer for answer in planned.answers[exercise] if answer.name not in lost]
        by_seeds.setdefault(planned.choices[exercise].seeds, {})[exercise] = steady
    for seeds, answers_by_exercise in by_seeds.items():
        for exercise, lucky in unsteady(answers_by_exercise, seeds, jury, watch).items():
            audited[exercise].unsteady, audited[exercise].seeds = lucky, seeds
    return list(audited.values())
