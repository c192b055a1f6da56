"""What stands below the table of a class: what waits, what the signs mean, who is missing."""

from __future__ import annotations

from autograder.grading.results import ExerciseResult, StudentResult
from autograder.grading.table import table
from autograder.tamper import STRAY


def student(*tamper: dict[str, str], points: float | None = 2.0) -> StudentResult:
    return StudentResult(2.0, 5.0, {"why": ExerciseResult(points, 3.0, "manual")}, list(tamper))


def note(severity: str) -> dict[str, str]:
    return {"severity": severity, "kind": "edited", "cell": "x-test", "detail": "the test was changed"}


def test_answers_that_wait_are_counted() -> None:
    text = table({"ada": student(points=None), "bob": student(points=None), "eve": student()})
    assert "still to be marked: 2 answers" in text
    assert "still to be marked" not in table({"eve": student()})
    text = table({"ada": student(points=None)}, mark="python -m autograder mark hw")
    assert "still to be marked: 1 answer: python -m autograder mark hw\n" in f"{text}\n"


def test_signs_are_explained_where_they_stand_and_nowhere_else() -> None:
    odd = table({"ada": student(note("odd"))})
    assert "! a person should look at it:" in odd and "· good to know" not in odd
    stray = table({"ada": student(note(STRAY))})
    assert "· good to know, and nothing to do:" in stray and "! a person" not in stray
    assert "a person should" not in table({"ada": student()})


def test_legend_stands_above_the_lines_that_it_explains() -> None:
    lines = table({"ada": student(note("odd"))}).splitlines()
    places = [next(n for n, line in enumerate(lines) if text in line) for text in ("why", "! a person", "ada: odd")]
    assert places == sorted(places)


def test_what_is_the_same_of_several_cells_is_one_line() -> None:
    names = [f"{name}-test" for name in "abcdefghi"]
    text = table({"ada": student(*[{**note("odd"), "cell": name} for name in names], note("attack"))})
    lines = [line for line in text.splitlines() if "ada: odd" in line]
    (line,) = lines
    assert "a-test, b-test" in line and "and 3 more" in line and "the test was changed" in line


def test_who_handed_in_nothing_is_named() -> None:
    assert "·  handed in nothing: bob, fay" in table({"ada": student()}, ["bob", "fay"])
