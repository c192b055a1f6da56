"""What comes together, what returns, who repeats it and what got better, in the planted class."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from autograder.reporting.across import better, repeated, together
from autograder.reporting.item_analysis import wilson
from autograder.reporting.reading import Graded
from ci.tests.autograder.reporting.planted import STUDENTS


def test_pair_is_told_with_what_chance_gives(report: dict[str, Any]) -> None:
    pairs = {(pair["one"][1:], pair["other"][1:]): pair for pair in report["together"]}
    pair = pairs[("gate", "upstream-dropped"), ("loop", "branch-overwritten")]
    assert (pair["both"], pair["expected"], pair["of_one"], pair["of_other"], pair["students"]) == (
        40,
        15.0,
        60,
        50,
        200,
    )
    later = pairs[("gate", "upstream-dropped"), ("net", "upstream-dropped")]
    assert later["both"] == 20 and later["students"] == 190
    assert later["expected"] == pytest.approx(50 * 25 / 190)


def test_pairs_of_chance_are_not_told(report: dict[str, Any]) -> None:
    told = {frozenset({pair["one"][1:], pair["other"][1:]}) for pair in report["together"]}
    assert frozenset({("gate", "sign"), ("loop", "branch-overwritten")}) not in told
    assert all(pair["both"] > pair["expected"] for pair in report["together"])


def test_small_class_is_told_no_pair(classes: list[Graded]) -> None:
    def of_first(count: int) -> Graded:
        names = STUDENTS[:20] + STUDENTS[180:] if count == 40 else STUDENTS[10 : 10 + count]
        exercises = [
            replace(exercise, answers={name: exercise.answers[name] for name in names})
            for exercise in classes[0].exercises
        ]
        return Graded("1-a", "A", names, [], exercises)

    assert len(together([of_first(40)])) == 1, "20 of 40 made both"
    assert together([of_first(19)]) == []


def test_mistake_of_the_first_assignment_returns(report: dict[str, Any]) -> None:
    (row,) = report["returning"]
    assert (row["slug"], row["first"], row["later"]) == ("upstream-dropped", "1-a", "2-b")
    assert row["again"] == wilson(20, 50) and row["new"] == wilson(5, 140)


def test_who_has_one_three_times(classes: list[Graded], report: dict[str, Any]) -> None:
    (row,) = repeated(classes)
    assert row.slug == "upstream-dropped"
    assert row.ids == {student: ["gate", "net", "again"] for student in STUDENTS[10:15]}
    assert report["repeated"] == [{"slug": "upstream-dropped", "words": row.words, "count": 5}]


def test_what_got_better_since_an_earlier_hand_in(classes: list[Graded]) -> None:
    def was(points: float, *slugs: str) -> dict[str, Any]:
        return {"exercises": {"loop": {"points": points, "max_points": 3.0, "findings": list(slugs)}}}

    before = {STUDENTS[0]: was(3.0), STUDENTS[50]: was(0.0, "sign"), STUDENTS[51]: was(3.0), "gone": was(0.0)}
    (row,) = better(classes[0], before)
    assert (row.exercise, row.students, row.improved, row.worse) == ("loop", 3, 1, 1)
    assert row.before == pytest.approx(2 / 3) and row.after == pytest.approx((1 / 3 + 1 + 1) / 3)
    assert row.gone == {"branch-overwritten": (0, 1), "sign": (1, 0)}
