"""A guess beside what came: said in words, whatever a guess is, and a stale one is not shown as today's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cs231n_lite import reveal
from cs231n_lite.asking import guess as module
from cs231n_lite.cells import Cells, Run


class Hostile(list[int]):
    """What raises wherever anybody looks."""

    def __repr__(self) -> str:
        raise SystemExit

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        raise SystemExit

    def __len__(self) -> int:
        raise SystemExit

    __hash__ = None  # type: ignore[assignment]  # as Python has it for a class that compares


@pytest.mark.parametrize(
    ("guess", "came", "mark", "words"),
    [
        ("z", "z", "✓", "Your guess: `z`. What came: `z`. Right."),
        (" Z.", "z", "✓", "Right."),
        ("q", "z", "≠", "Something else came."),
        ("y", ("y", "z"), "✓", "What came: `y` and `z`. Right."),
        ("z, y", ("y", "z"), "✓", "Right."),
        (["y", "q"], ("y", "z"), "≈", "Close: a part of it is right."),
        ("minus", "-", "✓", "What came: `−`. Right."),
        (-0.3, "-", "✓", "Right."),
        ("zero", "0", "✓", "Right."),
        ("n", "n", "✓", "What came: `n`. Right."),
        (True, "yes", "✓", "Right."),
        ("false", np.bool_(False), "✓", "What came: `no`. Right."),
        (2.72, 2.718, "✓", "Right."),
        ("1/4", 0.25, "✓", "Right."),
        ("12,300", 12_290.0, "✓", "What came: `12,290`. Right."),
        ("0,5", 0.5, "✓", "Right."),
        ("0.5", 0.25, "≈", "Close: within a factor of 2."),
        (5, 0.25, "≠", "the guess is 20 times too large."),
        (-3, 3, "≠", "the sign is the other one."),
        (3, 0.0, "≠", "Something else came."),
        ("a lot", 3.0, "≠", "Something else came, and it is a number."),
        (np.str_("x"), np.str_("x"), "✓", "Right."),
        (np.array([[3.0]]), np.float64(3.0), "✓", "Right."),
    ],
)
def test_a_guess_is_said_to_be_right_close_or_another(guess: Any, came: Any, mark: str, words: str) -> None:
    card = reveal(guess, came)
    assert (card.mark, words in card.head) == (mark, True), card.head


@pytest.mark.parametrize("guess", ["", "  ", "…", None, ..., []])
def test_without_a_guess_it_shows_what_came_and_says_where_to_write_one(guess: Any) -> None:
    text = str(reveal(guess, "x", "x is multiplied by 0"))
    assert text.startswith("○ No guess yet. What came: `x`.")
    assert "x is multiplied by 0." in text and "between the quotes of the cell above" in text


@pytest.mark.parametrize(
    "guess", [Hostile(), np.zeros((50, 50)), "x" * 10**6, 10**400, [[1], 2], object(), float("nan"), "`</b>\n<script>"]
)
@pytest.mark.parametrize("came", ["z", 3.0, "+"])
def test_an_odd_guess_is_shown_and_breaks_nothing(guess: Any, came: Any) -> None:
    card = reveal(guess, came, "why <i>")
    assert card.mark == "≠" and len(str(card)) < 500
    assert "<script" not in card._repr_html_() and "<i>" not in card._repr_html_()


def test_the_sign_is_said_to_those_who_do_not_see_it() -> None:
    assert "aria-label='close'" in reveal(4, 3)._repr_html_()
    assert "aria-label='something else'" in reveal(1, 3)._repr_html_()


def test_a_guess_that_was_made_for_another_picture_is_none_of_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """All guesses have one name; who runs a picture again after the guess for the next one sees none."""
    record = Cells()
    monkeypatch.setattr(module, "cells", record)
    monkeypatch.setattr(module, "shell", lambda: object())
    record.ended(Run("first-guess", 'guess = "x"', when=1.0))
    record.running = "first-picture"
    assert reveal("x", "x").mark == "✓"
    assert reveal("x", "x").mark == "✓", "the same picture, again"
    record.running = "second-picture"
    assert "made for another picture" in str(reveal("x", "x"))
    record.ended(Run("second-guess", 'guess = "y"', when=2.0))
    assert reveal("y", "y").mark == "✓"
