"""Questions: each right choice is computed here, each wrong one is another, and everybody has their own."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.course import Course
from autograder.notebooks.notebook import grade_id, read
from cs231n_lite import questions, self_test
from cs231n_lite.asking.questions import DRAWN, Question, pool

NOTEBOOKS = ("1", "2", "3", "4")
EVERY = [pytest.param(question, id=question.slug) for notebook in NOTEBOOKS for question in pool(notebook)]


def slope(f: Callable[[float], Any], x: float, h: float = 1e-5) -> float:
    return float((f(x + h) - f(x - h)) / (2 * h))


def jac(f: Callable[[np.ndarray], Any], x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    columns = []
    for place in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[place] = h
        columns.append(np.ravel((f(x + step) - f(x - step)) / (2 * h)))
    return np.stack(columns, axis=1)


def comes_after_its_inputs(order: str) -> bool:
    reads = {"x": "", "y": "", "q": "xy", "r": "qx", "f": "rq"}
    names = order.split()
    return all(set(reads[name]) <= set(names[:place]) for place, name in enumerate(names))


HELPERS = {"np": np, "slope": slope, "jac": jac, "comes_after_its_inputs": comes_after_its_inputs}


def numbers(choice: str) -> Any:
    """A choice as a number or a tuple of them; None where it is words."""
    try:
        return eval(compile(ast.parse(choice, mode="eval"), "<choice>", "eval"), {"__builtins__": {}})
    except (SyntaxError, NameError):
        return None


def same(choice: str, value: Any) -> bool:
    """Whether a choice is a value, to half a percent, as a choice is rounded to two or three digits."""
    number = numbers(choice)
    if number is None or np.shape(number) != np.shape(value):
        return False
    return bool(np.allclose(number, value, rtol=5e-3, atol=1e-6))


@pytest.mark.parametrize("question", EVERY)
def test_the_right_choice_is_what_comes_out_and_no_wrong_one_is(question: Question) -> None:
    is_number = numbers(question.right) is not None
    assert is_number == bool(question.value), "a number is computed, not believed"
    if is_number:
        value = eval(question.value, dict(HELPERS))
        assert same(question.right, value), value
        assert not [choice for choice, _ in question.wrong if same(choice, value)], value
    if question.holds:
        assert eval(question.holds, dict(HELPERS))


@pytest.mark.parametrize("question", EVERY)
def test_every_choice_is_another_and_has_its_reason(question: Question) -> None:
    choices = question.choices()
    assert len({choice for choice, _, _ in choices}) == len(choices) and 3 <= len(choices) <= 4
    assert all(reason.strip().endswith((".", "?")) for _, _, reason in choices)
    assert question.text.rstrip().endswith(("?", "…"))


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_there_are_enough_and_each_names_an_exercise_of_its_notebook(notebook: str) -> None:
    (path,) = Course().notebooks(Course().assignments()[int(notebook) - 1])
    slugs = {grade_id(cell) for cell in read(path).cells}
    asked = pool(notebook)
    assert len(asked) >= 12 and {question.see for question in asked} <= slugs
    assert len({question.slug for each in NOTEBOOKS for question in pool(each)}) == sum(map(len, map(pool, NOTEBOOKS)))


def test_the_right_answer_stands_at_no_place_of_its_own() -> None:
    asked = [question for notebook in NOTEBOOKS for question in pool(notebook)]
    places = [[right for _, right, _ in question.choices()].index(True) for question in asked]
    assert {0, 1, 2} <= set(places) and max(map(places.count, set(places))) < len(places) / 2


@pytest.mark.parametrize("notebook", sorted(DRAWN))
def test_five_are_drawn_for_each_student_and_one_from_two_notebooks_earlier(notebook: str) -> None:
    drawn = {who: [question.slug for question in questions(notebook, who).asked] for who in range(30)}
    assert all(len(set(slugs)) == 5 for slugs in drawn.values())
    assert len({tuple(sorted(slugs)) for slugs in drawn.values()}) > 15, "neighbours have others"
    assert [q.slug for q in questions(int(notebook), 7).asked] == drawn[7], "the same each time"
    earlier = {question.notebook for question in questions(notebook, 7).asked}
    assert str(int(notebook) - 1) in earlier and (notebook == "2" or str(int(notebook) - 2) in earlier)


@pytest.mark.parametrize("notebook", ["1", "2", "3"])
def test_what_is_asked_at_the_end_is_not_asked_again_at_the_next_door(notebook: str) -> None:
    for who in (231, "ada", 5):
        end = {question.slug for question in self_test(notebook, who).asked}
        door = {question.slug for question in questions(int(notebook) + 1, who).asked}
        assert len(end) == 5 and not end & door


@pytest.mark.parametrize("who", [None, "", "ada", 10**400, [1], object(), 2.5, "\ud800"])
def test_whoever_asks_gets_questions(who: Any) -> None:
    assert len(questions(2, who).asked) == 5


@pytest.mark.parametrize("notebook", ["1", "5", None, "../2"])
def test_there_are_no_questions_before_the_first_notebook(notebook: Any) -> None:
    with pytest.raises(ValueError, match="for notebooks 2, 3, 4"):
        questions(notebook)


def test_choosing_is_opening_and_the_verdict_is_in_words() -> None:
    html = self_test(1)._repr_html_()
    assert html.count("<details name='question-") == html.count("<summary>") == html.count("</details>")
    assert (
        html.count("Right.") == 5 and "Not this one." in html and "<script" not in html and " on" + "click" not in html
    )
    assert all(html.count(f"name='question-{q.slug}'") == len(q.choices()) for q in self_test(1).asked)
    text = str(self_test(1))
    assert text.count(": right.") == 5 and "Answers:" in text


def test_the_questions_are_data_in_a_form_that_all_share() -> None:
    folder = Path(__file__).parents[4] / "cs231n_lite" / "asking"
    for path in sorted(folder.glob("*.toml")):
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
        assert all(re.fullmatch("[a-z0-9-]+", entry["slug"]) for entry in entries)
    assert {path.stem for path in folder.glob("*.toml")} == set(NOTEBOOKS)
