"""No report holds a right number that its student does not have: wrong answers of the corpus, with a look at each text.

What the solution's functions return while the test cell runs is right; what the wrong answer's own functions were
handed, set and returned is the student's. A number of the first kind in a report must be of the second, too.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from autograder.auditing.exercise import Exercise
from autograder.auditing.judging_worker import Bench
from autograder.auditing.read_exercises import exercises
from autograder.corpus.answers import Answer, answers
from autograder.course import Course
from cs231n_lite import Points
from cs231n_lite.reporting.location import table
from cs231n_lite.reporting.report import Report

SAMPLE = 3  # wrong answers of each exercise, spread over its corpus
SLOW = {"train": 1, "digits": 1}
SHORT = 4  # digits
LARGEST = 400  # numbers of one array that are noted: a report shows few
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d*)?(?:e[-+]?\d+)?(?![\w])")

Numbers = set[float]


def plain_numbers(value: Any, depth: int = 0) -> Iterator[float]:
    """All real numbers in what a function was handed or returned."""
    if isinstance(value, bool) or depth > 4:
        return
    if isinstance(value, int | float | np.number | np.ndarray):
        array = np.asarray(value)
        if array.dtype.kind in "fiu" and array.size <= LARGEST:
            yield from (float(number) for number in array.ravel() if np.isfinite(number))
    elif isinstance(value, dict):
        for entry in value.values():
            yield from plain_numbers(entry, depth + 1)
    elif isinstance(value, list | tuple):
        for entry in value[:LARGEST]:
            yield from plain_numbers(entry, depth + 1)
    elif type(value).__module__ == "__main__" and hasattr(value, "__dict__"):  # a gate of the student's
        yield from plain_numbers(dict(vars(value)), depth + 1)


class Notes(ast.NodeTransformer):
    """What the functions of an answer's cell return, and all that they have: arguments, variables, results."""

    NAME = "note what is returned"  # no name that an answer could have

    def __init__(self) -> None:
        self.returned: Numbers = set()
        self.own: Numbers = set()

    def take(self, value: Any, variables: dict[str, Any]) -> Any:
        """Note what a function returns, and its variables."""
        self.returned.update(plain_numbers(value))
        for each in (value, *variables.values()):
            self.own.update(plain_numbers(each))
        return value

    def visit_Return(self, node: ast.Return) -> ast.Return:
        """Put a call of `take` around what is returned."""
        arguments = [node.value or ast.Constant(None), ast.Call(ast.Name("locals", ast.Load()), [], [])]
        noting = ast.Call(ast.Name(self.NAME, ast.Load()), arguments, [])
        return ast.copy_location(ast.Return(noting), node)


def judged(bench: Bench, source: str) -> tuple[Report, Notes]:
    """Run an answer and the test cell; return the report, and what the answer's functions had and returned."""
    notes = Notes()
    bench.space[Notes.NAME] = notes.take
    answer = ast.fix_missing_locations(notes.visit(ast.parse(source)))
    tree = ast.parse(bench.exercise.test)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr), "a test cell ends in report.points(…)"
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(Exception):  # a notebook goes on after a cell that failed
            exec(compile(answer, "<answer>", "exec", dont_inherit=True), bench.space)
        exec(compile(tree, "<frozen test>", "exec", dont_inherit=True), bench.space)
        points = eval(compile(ast.Expression(last.value), "<frozen test>", "eval"), bench.space)
    assert isinstance(points, Points)
    return points.report, notes


def digits(text: str) -> int:
    """How many significant digits a written number has."""
    return len(text.lstrip("-").split("e")[0].replace(".", "").lstrip("0"))


def tells(text: str, number: float) -> bool:
    """Whether a written number is this one: as far as it is written out, or to the last digit where that is short."""
    if digits(text) < SHORT:  # among a thousand numbers, one begins with any three digits
        return abs(float(text) - number) <= 1e-9 * abs(number)
    return float(f"{number:.{digits(text)}g}") == float(text)


def trivial(text: str) -> bool:
    """Whether anybody would have the number: a small integer, or a power of ten."""
    number = abs(float(text))
    return (number == int(number) and number <= 20) or digits(text) < 2


def given_away(text: str, right: Numbers, own: Numbers) -> list[str]:
    """The numbers of a text that are right ones, and not among those that the student has."""
    written = [token for token in NUMBER.findall(text) if not trivial(token)]
    return [
        token
        for token in dict.fromkeys(written)
        if any(tells(token, number) for number in right) and not any(tells(token, number) for number in own)
    ]


def wrong_answers(assignment: str, slug: str) -> dict[str, Answer]:
    """The corpus's wrong answers to an exercise, by name."""
    by_name = answers(assignment).get(slug, {})
    return {name: answer for name, answer in by_name.items() if answer.kind == "wrong"}


EXERCISES = {slug: exercise for name in Course().assignments() for slug, exercise in exercises(Course(), name).items()}


def sampled(exercise: Exercise) -> list[Answer]:
    """Some of the wrong answers, from all over the corpus."""
    wrong = list(wrong_answers(exercise.assignment, exercise.slug).values())
    count = SLOW.get(exercise.slug, SAMPLE)
    return wrong[:: max(1, len(wrong) // count)][:count]


@cache
def ready(slug: str) -> tuple[Bench, Numbers]:
    """An exercise made ready, and the numbers that its solution returns while it is tested."""
    bench = Bench(EXERCISES[slug])
    report, notes = judged(bench, bench.exercise.solution)
    assert report.passed
    return bench, notes.returned


@pytest.mark.parametrize("slug", EXERCISES)
def test_no_report_holds_a_right_number_that_the_student_does_not_have(slug: str) -> None:
    bench, right = ready(slug)
    for answer in sampled(bench.exercise):
        report, notes = judged(bench, answer.source)
        assert given_away(str(report), right, notes.own) == [], f"{answer.name}:\n{report}"


def with_expected_numbers(gradient: Any, expected: Any, wrong: Any, source: Any = None) -> str:
    """The table of a location as it once was."""
    places = [index for index in np.ndindex(np.shape(gradient)) if wrong[index]][:4]
    rows = [f"{float(gradient[index]):.6g}  {float(expected[index]):.6g}" for index in places]
    return "\n".join([table(gradient, expected, wrong, source), *rows])


def seen(bench: Bench, name: str) -> list[str]:
    """What the report on an answer gives away."""
    slug = bench.exercise.slug
    report, notes = judged(bench, wrong_answers(bench.exercise.assignment, slug)[name].source)
    return given_away(str(report), ready(slug)[1], notes.own)


def test_a_table_with_what_is_expected_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    bench, _ = ready("multiply-gate")
    assert seen(bench, "upstream-dropped") == []
    monkeypatch.setattr("cs231n_lite.reporting.location.table", with_expected_numbers)
    assert seen(bench, "upstream-dropped") != []


def test_a_sentence_with_what_is_expected_is_seen() -> None:
    exercise = EXERCISES["svm-loss"]
    hint, telling = "{another_loss(found, pictures)}", "The loss is {wanted}."
    assert hint in exercise.test, "the sentence must be planted for the test to mean anything"
    cells = (*exercise.cells[:-1], ("test", exercise.test.replace(hint, telling)))
    assert seen(Bench(replace(exercise, cells=cells)), "delta-missing") == ["2.9"]


SENTENCES: dict[str, tuple[Callable[[], str], bool]] = {
    "a right number": (lambda: "yours is 3.1, and 2.9 is right", True),
    "a right number, rounded": (lambda: "it should be about 2.7512", True),
    "a number of the student's": (lambda: "yours is 3.1", False),
    "a small integer": (lambda: "4 of the 6 entries", False),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_number_is_known_in_a_sentence(name: str) -> None:
    sentence, seen = SENTENCES[name]
    assert bool(given_away(sentence(), {2.9, 2.75123456, 4.0}, {3.1})) is seen
