"""A guess beside what came: to commit to one before a picture is what turns looking into learning."""

from __future__ import annotations

import math
import numbers
import re
from typing import Any

import numpy as np

from cs231n_lite.cells import cells, shell
from cs231n_lite.reporting.render import card_html, card_text
from cs231n_lite.reporting.sentence import sentence

__all__ = ["Revealed", "reveal"]

LONGEST = 60  # characters of a guess that are shown
NEAR = 0.02  # by which a number may be off and is right
FACTOR = 2.0  # within which it is close
SIGNS: dict[str, tuple[str, ...]] = {
    "+": ("+", "plus", "positive", "pos", "above 0"),
    "−": ("−", "-", "–", "minus", "negative", "neg", "below 0"),
    "0": ("0", "zero", "none", "nothing"),
}
ANSWERS: dict[str, tuple[str, ...]] = {"yes": ("yes", "true", "y"), "no": ("no", "false", "n")}
_WORDS = {"✓": "Right", "≈": "Close", "≠": "Something else came"}
_shown: dict[tuple[str, float], str] = {}  # the run of a cell that made a guess -> the cell that revealed it first

HOW = (
    "Write one between the quotes of the cell above, and run that cell and this one again: a guess that is off teaches "
    "the most."
)
OLD = "The last guess was made for another picture. "


class Revealed:
    """A guess and what came, in a sentence; what `reveal` returns."""

    def __init__(self, mark: str, head: str, lines: list[str]) -> None:
        self.mark, self.head, self.lines = mark, head, lines

    def __str__(self) -> str:
        return card_text(self.mark, self.head, self.lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return card_html(self.mark, self.head, self.lines)


def reveal(guess: Any, came: Any, why: str = "") -> Revealed:
    """Show a guess beside what came, and why that came: nothing is earned or lost with it.

    `came` is a word, several words in a tuple that are right alike, a sign ("+", "-", "0"), a yes or no, or a number,
    to which a guess is close within a factor of 2. Whatever a guess is, it is shown and never raises.
    """
    reason = [sentence(why)] if why.strip() else []
    result = f"What came: {_listed(came)}."
    old = _of_another_picture()
    if old or _is_empty(guess):
        return Revealed("○", f"No guess yet. {result}", [*reason, (OLD if old else "") + HOW])
    verdict, more = _judged(guess, came)
    head = f"Your guess: {_quoted(_shortened(guess))}. {result} {_WORDS[verdict]}{more}."
    return Revealed(verdict, head, reason)


def _judged(guess: Any, came: Any) -> tuple[str, str]:
    """The mark of a guess, and what there is to say behind its word."""
    number = None if isinstance(came, str) else _number(came)
    if number is not None:
        mine = _number(guess)
        return _compared(mine, number) if mine is not None else ("≠", ", and it is a number")
    names = _names_of(came)
    right = {_meaning(word, names) for word in _words(came)}
    text = _text(guess) if names is not SIGNS or _number(guess) is None else _sign(_number(guess) or 0.0)
    if _meaning(text, names) in right:
        return "✓", ""
    parts = {_meaning(word, names) for word in re.split(r"[\s,;/&()\[\]{}'\"]+|\band\b", text) if word}
    if parts and parts <= right:
        return "✓", ""
    if parts & right and not _is_sentence(guess):
        return "≈", ": a part of it is right"
    return "≠", ""


def _compared(mine: float, number: float) -> tuple[str, str]:
    off = abs(mine - number)
    if off <= NEAR * abs(number) or _rounded(mine) == _rounded(number):
        return "✓", ""
    if mine == 0 or number == 0 or not math.isfinite(mine) or not math.isfinite(number):
        return "≠", ""
    if mine * number < 0:
        return "≠", ": the sign is the other one"
    ratio = mine / number
    if 1 / FACTOR <= ratio <= FACTOR:
        return "≈", ": within a factor of 2"
    return "≠", f": the guess is {_rounded(max(ratio, 1 / ratio))} times too {'large' if ratio > 1 else 'small'}"


def _number(value: Any) -> float | None:
    """A value as a number, None where it is none; a text may be one, too."""
    try:
        if isinstance(value, bool | np.bool_):
            return None
        if isinstance(value, numbers.Real) or (isinstance(value, np.ndarray) and value.size == 1):
            return float(np.asarray(value).item())
        if isinstance(value, str) and len(_text(value)) <= LONGEST:
            text = _text(value).strip().strip("×x").replace("−", "-")
            text = re.sub(r",(?=\d{3})", "", text) if re.match(r"-?[1-9]\d{0,2}(,\d{3})+\b", text) else text
            above, _, below = text.replace(",", ".").partition("/")
            return float(above) / float(below) if below else float(above)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        pass
    return None


def _rounded(number: float) -> str:
    """A number as people read it: 0.00123, 12,300, 1.2e+09."""
    if 1000 <= abs(number) < 1e6:
        return f"{number:,.0f}"
    return f"{number:.3g}".replace("-", "−")


def _words(came: Any) -> list[str]:
    return [_text(word) for word in came] if isinstance(came, tuple) else [_text(came)]


def _listed(came: Any) -> str:
    number = None if isinstance(came, str) else _number(came)
    if number is not None:
        return _quoted(_rounded(number))
    names = _names_of(came)
    words = [_quoted(_meaning(word, names) if names else word) for word in _words(came)]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "nothing"


def _names_of(came: Any) -> dict[str, tuple[str, ...]]:
    """The words that mean the same as one of these, where a sign came, or a yes or no; `y` may be a wire's name."""
    words = {" ".join(word.split()).casefold() for word in _words(came)}
    return next((names for names in (SIGNS, ANSWERS) if words <= {*names, "-"} and words), {})


def _meaning(text: str, names: dict[str, tuple[str, ...]]) -> str:
    """A word without what does not matter: case, quotes, spaces, which of its names a sign has."""
    word = " ".join(text.casefold().replace("_", " ").split()).strip(" .!?`'\"")
    return next((sign for sign, words in names.items() if word in words), word)


def _sign(number: float) -> str:
    return "+" if number > 0 else "−" if number < 0 else "0"


def _text(value: Any) -> str:
    """What a guess says, whatever it is: nothing of its own runs."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if type(value) in (list, tuple, set, frozenset) and len(value) <= 20:
        return ", ".join(_text(entry) if type(entry) not in (list, tuple, set, frozenset) else "…" for entry in value)
    number = _number(value)
    if number is not None:
        return f"{number:g}"
    if type(value) is int:
        return "a huge whole number"
    if type(value) is np.ndarray:
        return f"an array of shape {value.shape}"
    return f"something of type {type(value).__name__}"


def _shortened(guess: Any) -> str:
    text = " ".join(_text(guess)[: 10 * LONGEST].split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _quoted(text: str) -> str:
    """A text as code, in which a mark of code cannot end it."""
    return f"`{text.replace('`', chr(39))}`"


def _is_sentence(guess: Any) -> bool:
    return len(_text(guess)[: 10 * LONGEST].split()) > 6


def _is_empty(guess: Any) -> bool:
    return guess is None or guess is Ellipsis or (type(guess) is not np.ndarray and not _text(guess).strip(" .?…\n\t"))


def _of_another_picture() -> bool:
    """Whether the guess that is there was shown beside another picture; all guesses of a notebook have one name."""
    maker = cells.makers.get("guess", "")
    if shell() is None or maker not in cells.last:
        return False
    return _shown.setdefault((maker, cells.last[maker].when), cells.running) != cells.running
