"""Answers that lie to please a test: graded for real, each loses just the points of what it lies about.

A notebook holds one pleaser an exercise, so that all of them take as many notebooks as the longest list has entries.
"""

from __future__ import annotations

import functools

import pytest

from autograder.auditing import read_exercises
from autograder.building.handing_out import exercises
from autograder.corpus.answers import Answer, answers
from autograder.course import Course
from autograder.examining.step import Examine
from autograder.notebooks.notebook import read
from ci.bench.examine import notebooks, outcome

PLEASERS = {
    assignment: {
        slug: [answer for answer in known.values() if answer.kind == "pleaser"]
        for slug, known in answers(assignment).items()
    }
    for assignment in Course().assignments()
}


@functools.cache
def points(assignment: str, turn: int) -> dict[str, float]:
    """Exercise -> points of a notebook with the pleasers of this turn, and solutions where there are no more."""
    changes = {slug: pleasers[turn].name for slug, pleasers in PLEASERS[assignment].items() if turn < len(pleasers)}
    graded, _ = outcome(Examine(), notebooks(Course(), assignment, changes, "solution"))
    return {slug: earned for slug, (earned, _) in graded.items()}


@functools.cache
def most(assignment: str) -> dict[str, float]:
    """Exercise -> the points that there are."""
    return {slug: exercise.most for slug, exercise in read_exercises.exercises(Course(), assignment).items()}


STRETCH = {
    assignment: {
        slug
        for path in Course().notebooks(assignment)
        for slug, entry in exercises(read(Course().release / assignment / path.name)).items()
        if not entry["points"]
    }
    for assignment in PLEASERS
}
CASES = [
    pytest.param(assignment, turn, answer, id=f"{answer.slug}-{answer.name}")
    for assignment, by_slug in PLEASERS.items()
    for held in by_slug.values()
    for turn, answer in enumerate(held)
]


@pytest.mark.parametrize(("assignment", "turn", "answer"), CASES)
def test_pleaser_loses_just_the_points_of_what_it_lies_about(assignment: str, turn: int, answer: Answer) -> None:
    assert points(assignment, turn)[answer.slug] == most(assignment)[answer.slug] - answer.loses


@pytest.mark.parametrize("assignment", PLEASERS)
def test_every_exercise_has_two_pleasers_and_more(assignment: str) -> None:
    few = [slug for slug in most(assignment) if sum(not answer.box for answer in PLEASERS[assignment][slug]) < 2]
    assert not [slug for slug in few if slug not in STRETCH[assignment]], "nobody lies for no points"
