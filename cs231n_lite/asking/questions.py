"""Questions on what came before, at the head of a notebook, and on what was just done, at its end: no points.

What one has to recall stays. A choice is a fold of the page's own: to choose is to open it, and below it stands whether
it is right, and why. So it works by keyboard, without any script, and on paper all answers are there.
"""

from __future__ import annotations

import functools
import hashlib
import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from typing import Any

from cs231n_lite.reporting.render import badge, with_code
from cs231n_lite.speech import marked, say

__all__ = ["ANYBODY", "Question", "Quiz", "pool", "questions", "self_test"]

ANYBODY = 231  # who did not say who they are
# Of how many notebooks before how many questions are, the last one first.
DRAWN = {"2": {"1": 5}, "3": {"2": 3, "1": 2}, "4": {"3": 3, "2": 1, "1": 1}}
AT_THE_END = 5

_CHOICE = "margin:0.15em 0 0.15em 1.2em;max-width:52em"
_ASKED = "margin:0.9em 0 0.2em 0;max-width:52em"
_REASON = "margin:0.2em 0 0.5em 1.2em"


@dataclass(frozen=True)
class Question:
    """One question: its name, its notebook, the exercise to look at again, the right choice and the wrong ones."""

    slug: str
    notebook: str
    see: str
    text: str
    right: str
    because: str
    wrong: tuple[tuple[str, str], ...]  # each with its reason
    value: str = ""  # an expression of which the right choice is the value, for the test of these
    holds: str = ""  # or one that is true

    def choices(self) -> list[tuple[str, bool, str]]:
        """Every choice, whether it is right, and why, in an order that is the question's own."""
        every = [(self.right, True, self.because), *((choice, False, reason) for choice, reason in self.wrong)]
        return sorted(every, key=lambda choice: _hash(self.slug, choice[0]))


class Quiz:
    """A few questions, as a notebook shows them; what `questions` and `self_test` return."""

    def __init__(self, head: str, asked: Sequence[Question]) -> None:
        self.head, self.asked = head, list(asked)

    def _repr_html_(self) -> str:
        parts = [_question_html(number, question) for number, question in enumerate(self.asked, start=1)]
        head = f"<div><b>{escape(_told(self.head))}</b></div>"
        return f"<div{marked()} style='line-height:1.45'>{head}{''.join(parts)}</div>"

    def __str__(self) -> str:
        lines, answers = [_told(self.head)], [_told("Answers:")]
        for number, question in enumerate(self.asked, start=1):
            lines.append(f"{number}. {_told(question.text)}")
            for letter, (choice, is_right, reason) in zip("abcd", question.choices(), strict=False):
                lines.append(f"   {letter}) {_told(choice)}")
                answers += [f"   {number}{letter}: {_told('right.')} {_told(reason)}"] if is_right else []
        return "\n".join([*lines, *answers])

    __repr__ = __str__


def questions(notebook: str | int, who: Any = ANYBODY) -> Quiz:
    """Return five questions on the notebooks before this one, drawn for whoever this is: a number, or a name.

    At least one comes from two notebooks earlier, where there is one: what was recalled twice stays longer.
    """
    wanted = DRAWN.get(str(notebook))
    if wanted is None:
        raise ValueError(f"questions on what came before are for notebooks {', '.join(DRAWN)}, not for {notebook!r}")
    asked = [question for earlier, count in wanted.items() for question in _drawn(earlier, who)[:count]]
    return Quiz("Five questions on what came before. No points: open the answer that you would give.", asked)


def self_test(notebook: str | int, who: Any = ANYBODY) -> Quiz:
    """Return five questions on the notebook that ends here; those at the door of the next one are others."""
    asked = _drawn(str(notebook), who)[-AT_THE_END:]
    return Quiz("Five questions on this notebook. No points: open the answer that you would give.", asked)


@functools.cache
def pool(notebook: str) -> tuple[Question, ...]:
    """Return all questions on a notebook, "1" to "4"."""
    place = resources.files(__package__).joinpath(f"{notebook}.toml")
    if not notebook.isdigit() or not place.is_file():
        raise ValueError(f"there are questions on notebooks 1 to 4, and none on {notebook!r}")
    entries = tomllib.loads(place.read_text(encoding="utf-8"))["question"]
    return tuple(
        Question(
            **entry | {"notebook": notebook, "wrong": tuple((choice, reason) for choice, reason in entry["wrong"])}
        )
        for entry in entries
    )


def _drawn(notebook: str, who: Any) -> list[Question]:
    """All questions on a notebook in the order that somebody has: a name or a number, whatever else stands for it."""
    is_number = type(who) is int and who.bit_length() < 1000
    name = str.__str__(who) if isinstance(who, str) else str(who) if is_number else type(who).__name__
    shuffled = sorted(pool(notebook), key=lambda question: question.slug)
    random.Random(_hash(notebook, name.strip())).shuffle(shuffled)
    return shuffled


def _hash(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest()


def _told(words: str) -> str:
    return say(words, "question")


def _question_html(number: int, question: Question) -> str:
    markup = f"<div role='group' aria-label='{_told(f'question {number}')}'><div style='{_ASKED}'>"
    markup += f"<b>{number}.</b> {with_code(_told(question.text))}</div>"
    for choice, is_right, reason in question.choices():
        mark, word = ("✓", "Right.") if is_right else ("✗", "Not this one.")
        markup += f"<details name='question-{question.slug}' style='{_CHOICE}'>"
        markup += f"<summary>{with_code(_told(choice))}</summary>"
        markup += f"<div style='{_REASON}'>{badge(mark)} <b>{_told(word)}</b> {with_code(_told(reason))} "
        markup += f"({with_code(_told(f'Notebook {question.notebook}, `{question.see}`'))})</div></details>"
    return markup + "</div>"
