"""Across exercises and assignments: what comes together, what returns, who repeats it, and what got better.

A pair of mistakes is told only where chance does not explain it: Fisher's exact test, with its limit divided by the
number of pairs that were looked at (Bonferroni), as many pairs are looked at and some would stand out by luck alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from autograder.reporting.item_analysis import FEWEST, Share, by_chance, wilson
from autograder.reporting.mistakes import is_wrong, names_of
from autograder.reporting.reading import Graded
from autograder.reporting.words import in_words

__all__ = ["Better", "Pair", "Repeated", "Returning", "better", "repeated", "returning", "together"]

LEAST = 3  # students who made a mistake before it is looked at
LIMIT = 0.05
MOST = 20  # pairs that are shown
TIMES = 3  # exercises in which somebody made the same mistake
Key = tuple[str, str, str]  # assignment, exercise, slug


@dataclass
class Pair:
    """Two mistakes that come together: how many made both, and how many would by chance alone."""

    one: Key
    other: Key
    both: int
    expected: float
    of_one: int
    of_other: int
    students: int  # who handed in both assignments
    likelihood: float


@dataclass
class Returning:
    """A mistake of the first assignment in a later one: by those who had made it, and by the others."""

    slug: str
    words: str
    first: str
    later: str
    again: Share
    new: Share


@dataclass
class Repeated:
    """A mistake that students made in three exercises or more."""

    slug: str
    words: str
    count: int
    ids: dict[str, list[str]] = field(default_factory=dict)  # student -> the exercises


@dataclass
class Better:
    """An exercise in two hand-ins of the same students."""

    assignment: str
    exercise: str
    students: int
    before: float
    after: float
    improved: int
    worse: int
    gone: dict[str, tuple[int, int]]  # slug -> students who were told it before, and after


def together(classes: Sequence[Graded]) -> list[Pair]:
    """Return pairs of mistakes in different exercises that the same students make more often than by chance."""
    # A set of students is a number with a bit for each: a class of a thousand has a hundred thousand pairs.
    bits = {student: 1 << place for place, student in enumerate({name for each in classes for name in each.students})}
    there = {graded.name: sum(bits[student] for student in graded.students) for graded in classes}
    makers = {key: sum(bits[student] for student in ids) for key, ids in _makers(classes).items() if len(ids) >= LEAST}
    pairs, looked_at = [], 0
    for one, other in combinations(makers, 2):
        students = there[one[0]] & there[other[0]]
        if one[:2] == other[:2] or not students:
            continue
        looked_at += 1
        first, second = makers[one] & students, makers[other] & students
        both, of_one, of_other, total = (each.bit_count() for each in (first & second, first, second, students))
        if total < FEWEST or both < LEAST or both * total <= of_one * of_other:
            continue
        expected, likelihood = by_chance(both, of_one, of_other, total)
        if likelihood < LIMIT:
            pairs.append(Pair(one, other, both, expected, of_one, of_other, total, likelihood))
    told = [pair for pair in pairs if pair.likelihood * looked_at < LIMIT]
    return sorted(told, key=lambda pair: (pair.likelihood, pair.one, pair.other))[:MOST]


def _makers(classes: Sequence[Graded]) -> dict[Key, set[str]]:
    makers: dict[Key, set[str]] = {}
    for graded in classes:
        for exercise in graded.exercises:
            for student, answer in exercise.answers.items():
                for slug in names_of(answer) if is_wrong(exercise, answer) else ():
                    makers.setdefault((graded.name, exercise.slug, slug), set()).add(student)
    return makers


def returning(classes: Sequence[Graded]) -> list[Returning]:
    """Return the mistakes of the first assignment that are made in a later one, too."""
    if not classes:
        return []
    by_slug: dict[str, dict[str, set[str]]] = {}
    for (assignment, _, slug), ids in _makers(classes).items():
        by_slug.setdefault(slug, {}).setdefault(assignment, set()).update(ids)
    first, rows = classes[0], []
    for later in classes[1:]:
        both = set(first.students) & set(later.students)
        for slug, makers in sorted(by_slug.items()):
            had, has = makers.get(first.name, set()) & both, makers.get(later.name, set()) & both
            if len(both) >= FEWEST and len(had) >= LEAST and had & has:
                again, new = wilson(len(had & has), len(had)), wilson(len(has - had), len(both - had))
                rows.append(Returning(slug, in_words(slug), first.name, later.name, again, new))
    return rows


def repeated(classes: Sequence[Graded]) -> list[Repeated]:
    """Return the mistakes that somebody made in three exercises or more, the most common first."""
    places: dict[str, dict[str, list[str]]] = {}
    for (_, exercise, slug), ids in _makers(classes).items():
        for student in ids:
            places.setdefault(slug, {}).setdefault(student, []).append(exercise)
    rows = []
    for slug, by_student in places.items():
        often = {student: exercises for student, exercises in sorted(by_student.items()) if len(exercises) >= TIMES}
        if often:
            rows.append(Repeated(slug, in_words(slug), len(often), often))
    return sorted(rows, key=lambda row: (-row.count, row.slug))


def better(graded: Graded, before: Mapping[str, Any]) -> list[Better]:
    """Return what became of each exercise since an earlier hand-in, whose results `grade --json` has written."""
    rows = []
    for exercise in graded.exercises:
        pairs = []
        for student, answer in exercise.answers.items():
            earlier = before.get(student, {}).get("exercises", {}).get(exercise.slug)
            marked = earlier and earlier["points"] is not None and answer.result.points is not None
            if marked and earlier["max_points"] and answer.result.max_points:
                pairs.append((earlier, answer.result))
        if not pairs:
            continue
        old = [earlier["points"] / earlier["max_points"] for earlier, _ in pairs]
        new = [float(now.points or 0.0) / now.max_points for _, now in pairs]
        told = [(set(earlier["findings"]), set(now.findings)) for earlier, now in pairs]
        slugs = sorted({slug for one, other in told for slug in one | other})
        counts = {slug: (sum(slug in one for one, _ in told), sum(slug in two for _, two in told)) for slug in slugs}
        moves = [now - was for was, now in zip(old, new, strict=True)]
        rows.append(
            Better(
                graded.name,
                exercise.slug,
                len(pairs),
                sum(old) / len(old),
                sum(new) / len(new),
                sum(move > 0 for move in moves),
                sum(move < 0 for move in moves),
                counts,
            )
        )
    return rows
