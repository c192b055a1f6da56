"""A test that good students fail is put on trial, with the command that looks into it; others are not."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.grading.results import ExerciseResult
from autograder.reporting.mistakes import Plain, nameless_of
from autograder.reporting.reading import Answer, Exercise
from autograder.reporting.trial import on_trial
from ci.tests.autograder.reporting.planted import of


def test_planted_strict_test_is_told(report: dict[str, Any]) -> None:
    trial = of(report, "strict")["trial"]
    correlation = of(report, "strict")["statistics"]["item_rest"]
    assert correlation < 0
    assert trial["reasons"] == [
        f"Students who are good elsewhere do worse here than the others (item–rest correlation "
        f"−{abs(correlation):.2f}, below 0.1).",
        "40 failing answers are alike, no name fitted them, and their writers have as many points elsewhere as those "
        "who passed: 5.0 on average, and 4.6.",
    ]
    assert trial["command"] == "python -m autograder audit 2-b --exercise strict"


def test_test_that_tells_apart_is_not(report: dict[str, Any]) -> None:
    assert of(report, "gate")["trial"] is None and of(report, "loop")["trial"] is None


def made(students: int, wrong: int, code: str) -> Exercise:
    exercise = Exercise("1-a", "gate", "Gate", 1.0, False, "gate", "gate-test", "", 1, "def gate(x):\n    return x")
    for number in range(students):
        points = 0.0 if number < wrong else 1.0
        result = ExerciseResult(points, 1.0, "passed" if points else "failed", [])
        exercise.answers[str(number)] = Answer(result, source=code if number < wrong else "def gate(x):\n    return x")
    return exercise


def tried(exercise: Exercise, correlation: float | None = 0.5) -> list[str]:
    plain, elsewhere = Plain(exercise), {student: float(student) for student in exercise.answers}
    trial = on_trial(exercise, 0.9, correlation, nameless_of(exercise, plain), plain, elsewhere)
    return trial.reasons if trial else []


def test_same_code_that_fails_and_passes_is_told() -> None:
    assert tried(made(20, 1, "def gate(x):\n    'mine'\n    return x")) == [
        "1 answer that lost points is the same as one that got all of them, but for names, texts and layout."
    ]


@pytest.mark.parametrize("correlation, count", [(0.1, 0), (None, 0), (0.09, 1), (-0.3, 1)])
def test_limit_is_that_of_blackboard(correlation: float | None, count: int) -> None:
    assert len(tried(made(20, 2, "def gate(x):\n    return 2"), correlation)) == count


def test_weak_students_alike_and_small_classes_are_no_sign() -> None:
    assert tried(made(40, 10, "def gate(x):\n    return 2")) == []
    assert tried(made(19, 10, "def gate(x):\n    return 2"), -0.9) == []
