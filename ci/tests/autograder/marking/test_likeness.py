"""Equal answers are one form, near ones one group, and what turns a meaning round is never grouped."""

from __future__ import annotations

import pytest

from autograder.marking.likeness import clusters, differences, form
from ci.tests.autograder.marking.builders import planted

LONG = (
    "With a graph, nobody ever differentiates the loss. Each kind of gate brings its own local derivative, one line "
    "long and tested once, and the chain rule puts them together."
)


@pytest.mark.parametrize(
    "other",
    [
        LONG.upper(),
        f"  {LONG}\n\n",
        LONG.replace(",", ""),
        f"> **With a graph,**{LONG[13:]}",
        LONG.replace(". Each", ".\n- each"),
        LONG.replace("chain rule", "[chain rule](https://x.invalid)"),
    ],
)
def test_case_space_punctuation_and_markdown_do_not_matter(other: str) -> None:
    assert form(other) == form(LONG)


@pytest.mark.parametrize(
    ("one", "other"),
    [("p - 1", "p + 1"), ("x is 1.5", "x is 15"), ("a = b", "a b"), ("x < 0", "x > 0"), ("dw", "-dw"), ("2*x", "2/x")],
)
def test_signs_and_numbers_do_matter(one: str, other: str) -> None:
    assert form(one) != form(other)


@pytest.mark.parametrize(
    ("before", "after"),
    [("derivative", "derivatve"), ("ever ", ""), ("brings", "bring"), ("long and", "long, so"), ("loss", "cost")],
)
def test_misspelled_filled_up_and_one_word_in_twenty_five_are_one_group(before: str, after: str) -> None:
    other = LONG.replace(before, after)
    assert other != LONG and len(clusters([(form(LONG), ""), (form(other), "")])) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("local", "global"),
        ("nobody", "everybody"),
        ("one line", "two lines"),
        ("tested", "not tested"),
        ("its own", "x ="),
    ],
)
def test_what_turns_the_meaning_is_a_group_of_its_own(before: str, after: str) -> None:
    other = LONG.replace(before, after)
    assert other != LONG and len(clusters([(form(LONG), ""), (form(other), "")])) == 2


def test_short_answers_and_those_with_other_pictures_are_grouped_if_equal_alone() -> None:
    assert len(clusters([(form("vanishing gradients"), ""), (form("vanishing gradient"), "")])) == 2
    assert len(clusters([(form(LONG), "a picture"), (form(LONG), "another")])) == 2


def test_code_is_the_same_in_another_layout_and_another_with_another_sign() -> None:
    assert form("x = 1  # one\ny=(2)", code=True) == form("x=1\n\ny = 2", code=True) != form("x=1\ny=-2", code=True)
    assert form("x = (", code=True) == "x = (", "what is no Python is compared as text"


def test_three_hundred_of_sixty_are_grouped_rightly_in_at_most_eighty() -> None:
    answers = planted()
    numbers = {form(text): number for text, number in answers.values()}
    groups = clusters([(form(text), "") for text, _ in answers.values()])
    assert len(answers) == 300 and len(set(numbers.values())) == 60 <= len(groups) <= 80
    assert all(len({numbers[text] for text, _ in group}) == 1 for group in groups), "none has answers of two kinds"


def test_differences_are_shown_in_their_place_and_nothing_of_them_is_markup() -> None:
    shown = differences(LONG, LONG.replace("local", "<b>global</b>").upper())
    assert "ITS OWN <del>local</del> <ins>&lt;B&gt;GLOBAL&lt;/B&gt;</ins> DERIVATIVE," in shown
    assert shown.startswith("…") and shown.count("<ins>") == 1, "case is not shown, nor what is the same far from it"
