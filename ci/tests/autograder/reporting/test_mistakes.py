"""The planted mistakes are told exactly: how many, what they cost, how they are written."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.grading.results import ExerciseResult
from autograder.reporting.anonymous import words_of
from autograder.reporting.item_analysis import wilson
from autograder.reporting.mistakes import Plain, mistakes_of
from autograder.reporting.reading import Answer, Exercise, Graded, Told
from ci.tests.autograder.reporting.planted import STUDENTS, of


def exercise(classes: list[Graded], slug: str) -> Exercise:
    return next(each for graded in classes for each in graded.exercises if each.slug == slug)


def test_counts_shares_and_costs(report: dict[str, Any]) -> None:
    gate = of(report, "gate")
    told = {mistake["slug"]: (mistake["share"][:2], mistake["lost"]) for mistake in gate["mistakes"]}
    assert told == {"upstream-dropped": ((60, 94), 90.0), "sign": ((20, 94), 20.0)}
    assert gate["mistakes"][0]["share"] == wilson(60, 94)
    assert gate["wrong"] == 60 + 20 + 4 + 10 and gate["lost"] == 90 + 20 + 8 + 10
    assert gate["unwritten_lost"] == 5 * 2.0


def test_two_names_share_what_an_answer_lost(report: dict[str, Any]) -> None:
    told = {mistake["slug"]: (mistake["share"][:2], mistake["lost"]) for mistake in of(report, "both")["mistakes"]}
    assert told == {"sign": ((10, 10), 10.0), "shape": ((10, 10), 10.0)}


def test_nameless_answers_are_grouped_by_likeness(named: dict[str, Any]) -> None:
    nameless = of(named, "gate")["nameless"]
    assert nameless["share"][:2] == (10, 94) and nameless["lost"] == 10.0
    assert [(group["count"], group["ids"]) for group in nameless["groups"]] == [
        (6, STUDENTS[89:95]),
        (4, STUDENTS[95:99]),
    ]
    assert nameless["groups"][0]["code"] == "def gate(x, dz):\n    v1 = x + dz\n    return v1"
    assert nameless["unreadable"] == 0


def test_sentence_is_the_one_that_most_were_told(classes: list[Graded]) -> None:
    gate = exercise(classes, "gate")
    (first, _) = mistakes_of(gate, Plain(gate))
    assert first.said == "It looks as if the backward pass left out the upstream gradient in 3 entries."
    assert first.node == "gate"


@pytest.mark.parametrize("makers, said", [(1, ""), (2, "your code raised KeyError: 'secret'")])
def test_error_that_one_student_met_alone_is_not_quoted(makers: int, said: str) -> None:
    master = Exercise("1-a", "gate", "Gate", 2.0, False, "gate", "gate-test", "", 1, "x = 'secret'")
    for number in range(makers):
        told = (Told("raises", "", "your code raised KeyError: 'secret'", ""),)
        master.answers[f"s{number}"] = Answer(ExerciseResult(0.0, 2.0, "failed", ["raises"]), told, source="x = 1")
    (mistake,) = mistakes_of(master, Plain(master))
    assert mistake.said == said
    assert "secret" in words_of(master.written).strings
