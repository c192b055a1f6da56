"""One exercise of a class in numbers, and one assignment made of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from autograder.reporting.item_analysis import FEWEST, alpha, alpha_without, item_rest, upper_lower
from autograder.reporting.mistakes import Mistake, Nameless, Plain, is_wrong, mistakes_of, nameless_of
from autograder.reporting.reading import Exercise, Graded
from autograder.reporting.trial import Trial, on_trial

__all__ = ["AssignmentReport", "ExerciseReport", "assignment_report"]


@dataclass
class Statistics:
    """What tells students apart; all None where the class is small or an answer still waits for a person."""

    item_rest: float | None = None
    upper_lower: float | None = None
    alpha_without: float | None = None


@dataclass
class ExerciseReport:
    """One exercise: `marked` of `answers` have their points; `wrong` were written, judged by a test and lost some."""

    slug: str
    title: str
    place: int
    points: float
    by_hand: bool
    cell: str
    picture: str
    lecture: str
    board: str
    answers: int
    marked: int
    facility: float | None
    distribution: list[tuple[float, int]]
    parts: list[tuple[str, int, int]]  # its name, right answers, answers that were judged
    verdicts: dict[str, int]
    wrong: int
    lost: float
    unwritten_lost: float
    first_wrong: list[tuple[str, int]]
    mistakes: list[Mistake]
    nameless: Nameless
    statistics: Statistics = field(default_factory=Statistics)
    trial: Trial | None = None


@dataclass
class AssignmentReport:
    """One assignment of a class; `alpha` is of those of its exercises that all have points."""

    name: str
    title: str
    students: int
    absent: int
    few: bool
    points: float
    mean: float
    waiting: int  # answers that a person has still to mark; they count 0 until then
    alpha: float | None
    in_alpha: int
    exercises: list[ExerciseReport]
    absent_ids: list[str] = field(default_factory=list)


def assignment_report(graded: Graded) -> AssignmentReport:
    """Return one assignment in numbers."""
    few = len(graded.students) < FEWEST
    plains = {exercise.slug: Plain(exercise) for exercise in graded.exercises}
    reports = {exercise.slug: _report(exercise, plains[exercise.slug]) for exercise in graded.exercises}
    totals = {name: sum(_points(exercise, name) for exercise in graded.exercises) for name in graded.students}
    whole = [exercise for exercise in graded.exercises if reports[exercise.slug].marked == len(graded.students)]
    report = AssignmentReport(
        graded.name,
        graded.title,
        len(graded.students),
        len(graded.absent),
        few,
        sum(exercise.points for exercise in graded.exercises),
        sum(totals.values()) / len(totals),
        sum(entry.answers - entry.marked for entry in reports.values()),
        None,
        0,
        list(reports.values()),
        graded.absent,
    )
    if few:
        return report
    _tell_apart(graded, [exercise for exercise in whole if exercise.points > 0], report, reports)
    for exercise in whole:
        entry = reports[exercise.slug]
        elsewhere = {
            name: sum(_points(other, name) for other in whole if other is not exercise) for name in graded.students
        }
        correlation = entry.statistics.item_rest
        entry.trial = on_trial(
            exercise, entry.facility or 0.0, correlation, entry.nameless, plains[exercise.slug], elsewhere
        )
    return report


def _points(exercise: Exercise, student: str) -> float:
    return float(exercise.answers[student].result.points or 0.0)


def _tell_apart(
    graded: Graded, items: list[Exercise], report: AssignmentReport, reports: dict[str, ExerciseReport]
) -> None:
    """Reckon what needs the points of all students in several exercises, which all have them, at once."""
    import numpy as np

    if len(items) < 2:
        return
    points = np.array([[_points(exercise, name) for exercise in items] for name in graded.students])
    columns = (item_rest(points), upper_lower(points, [item.points for item in items]), alpha_without(points))
    report.alpha, report.in_alpha = alpha(points), len(items)
    for exercise, *values in zip(items, *columns, strict=True):
        reports[exercise.slug].statistics = Statistics(*values)


def _report(exercise: Exercise, plain: Plain) -> ExerciseReport:
    results = [answer.result for answer in exercise.answers.values()]
    points = [result.points for result in results if result.points is not None]
    wrong = [answer for answer in exercise.answers.values() if is_wrong(exercise, answer)]
    parts: dict[str, list[bool]] = {}
    for answer in exercise.answers.values():
        for part, right in answer.parts.items():
            parts.setdefault(part, []).append(right)
    first = (next((told.node or told.part for told in answer.told), "") for answer in wrong)
    return ExerciseReport(
        exercise.slug,
        exercise.title,
        exercise.place,
        exercise.points,
        exercise.by_hand,
        exercise.cell,
        exercise.picture,
        exercise.guide.lecture,
        exercise.guide.board,
        len(results),
        len(points),
        sum(points) / len(points) / exercise.points if points and exercise.points else None,
        sorted(Counter(points).items()),
        [(part, sum(rights), len(rights)) for part, rights in parts.items()],
        dict(Counter(result.verdict for result in results).most_common()),
        len(wrong),
        sum(answer.result.max_points - float(answer.result.points or 0.0) for answer in wrong),
        sum(result.max_points for result in results if result.verdict == "not-written" and not exercise.by_hand),
        _ordered(Counter(name for name in first if name)),
        mistakes_of(exercise, plain),
        nameless_of(exercise, plain),
    )


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
