"""Tests on trial: an exercise that good students fail, or whose failing answers look right, may be too strict.

A mark here is a question to a person, never an answer: the audit's command shows what the test accepts and refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.reporting.item_analysis import FEWEST
from autograder.reporting.mistakes import Nameless, Plain, is_wrong
from autograder.reporting.reading import Exercise

__all__ = ["Trial", "on_trial"]

POOR = 0.1  # a discrimination below this is "poor" in Blackboard, and to be reviewed
EASY = 0.95  # above this mean PrairieLearn accepts any discrimination
CLUSTER, PART = 3, 0.05  # answers alike among the failing, and which part of all: a few alike are chance


@dataclass
class Trial:
    """Why a test may be too strict, and the command that looks into it."""

    reasons: list[str]
    command: str


def on_trial(
    exercise: Exercise,
    facility: float,
    correlation: float | None,
    nameless: Nameless,
    plain: Plain,
    elsewhere: Mapping[str, float],
) -> Trial | None:
    """Return what speaks against an exercise's test; None where nothing does, or the class is too small to say.

    `elsewhere` is what each student has for the other exercises that everybody has points for.
    """
    if len(exercise.answers) < FEWEST or exercise.by_hand:
        return None
    reasons = [
        *_good_students_fail(correlation, facility),
        *_same_code_passes(exercise, plain),
        *_good_ones_alike(exercise, nameless, elsewhere),
    ]
    command = f"python -m autograder audit {exercise.assignment} --exercise {exercise.slug.rpartition('/')[2]}"
    return Trial(reasons, command) if reasons else None


def _good_students_fail(correlation: float | None, facility: float) -> list[str]:
    if correlation is None or correlation >= POOR or facility > EASY:
        return []
    how = "do worse here than the others" if correlation < 0 else "do hardly better here than the others"
    number = f"{correlation:.2f}".replace("-", "−")
    return [f"Students who are good elsewhere {how} (item–rest correlation {number}, below {POOR})."]


def _same_code_passes(exercise: Exercise, plain: Plain) -> list[str]:
    """Answers that lost points though another one that differs in names and layout alone has all of them."""
    right = {plain.code(answer) for answer in exercise.answers.values() if answer.result.verdict == "passed"}
    wrong = [answer for answer in exercise.answers.values() if is_wrong(exercise, answer)]
    count = sum(plain.code(answer) in right - {None} for answer in wrong)
    if not count:
        return []
    who = "1 answer that lost points is" if count == 1 else f"{count} answers that lost points are"
    return [f"{who} the same as one that got all of them, but for names, texts and layout."]


def _good_ones_alike(exercise: Exercise, nameless: Nameless, elsewhere: Mapping[str, float]) -> list[str]:
    """Groups of failing answers to which no name fitted, by students who do elsewhere what those do who passed."""
    passed = [student for student, answer in exercise.answers.items() if answer.result.verdict == "passed"]
    if not passed:
        return []
    usual, least = _mean(elsewhere, passed), max(CLUSTER, PART * len(exercise.answers))
    return [
        f"{group.count} failing answers are alike, no name fitted them, and their writers have as many points "
        f"elsewhere as those who passed: {_mean(elsewhere, group.ids):.1f} on average, and {usual:.1f}."
        for group in nameless.groups
        if group.count >= least and _mean(elsewhere, group.ids) >= usual
    ]


def _mean(values: Mapping[str, float], names: list[str]) -> float:
    return sum(values[name] for name in names) / len(names)
