"""The mistakes of one exercise: how many made each, what it cost, what they were told, and how they wrote it.

An answer is wrong if it was written, a test judged it, and it lost points. What it lost is shared equally by the names
that it was told; a plain "this is not right yet" is no name. Where nothing else was told, no name fitted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograder.reporting.anonymous import Words, alike, plain_code, plain_sentence, words_of
from autograder.reporting.item_analysis import Share, wilson
from autograder.reporting.reading import Answer, Exercise
from autograder.reporting.words import in_words

__all__ = ["BROKE", "Alike", "Mistake", "Nameless", "Plain", "is_wrong", "mistakes_of", "nameless_of", "names_of"]

NAMELESS = "wrong-value"
BROKE = ("timed-out", "out-of-memory", "crashed")
OWN_WORDS = ("raises", "wrong-exception")  # their sentences quote what a student's code says
NUMBER = re.compile(r"[-+−]?\d+(\.\d*)?(e[-+]?\d+)?")


@dataclass
class Alike:
    """Answers that differ in names, comments and layout alone."""

    code: str
    count: int
    ids: list[str] = field(default_factory=list)


@dataclass
class Mistake:
    """One name among the wrong answers to one exercise; `lost` is its share of the points that they lost.

    `said` is what the check said to students, `say` what the guide proposes to say to them.
    """

    assignment: str
    exercise: str
    title: str
    slug: str
    words: str
    share: Share
    lost: float
    said: str = ""
    say: str = ""
    node: str = ""
    typical: Alike | None = None
    ids: list[str] = field(default_factory=list)


@dataclass
class Nameless:
    """The wrong answers to which no name fitted."""

    share: Share
    lost: float
    groups: list[Alike]
    unreadable: int  # answers that are no Python
    ids: list[str] = field(default_factory=list)


def is_wrong(exercise: Exercise, answer: Answer) -> bool:
    """Return whether an answer was written, was judged by a test, and lost points, or, where there are none, failed."""
    result = answer.result
    judged = not exercise.by_hand and result.points is not None and result.verdict != "not-written"
    if not result.max_points:
        return judged and result.verdict != "passed"
    return judged and float(result.points or 0.0) < result.max_points


def names_of(answer: Answer) -> list[str]:
    """Return the names of the mistakes that an answer was told, each once."""
    return [slug for slug in answer.result.findings if slug not in (NAMELESS, "not-written")]


class Plain:
    """The answers to an exercise without what tells whose they are, each made once."""

    def __init__(self, exercise: Exercise) -> None:
        self.words: Words = words_of(exercise.written)
        self._codes: dict[str, str | None] = {}

    def code(self, answer: Answer) -> str | None:
        """Return an answer's code; None where it is no Python."""
        if answer.source not in self._codes:
            self._codes[answer.source] = plain_code(answer.source, self.words)
        return self._codes[answer.source]

    def groups(self, answers: dict[str, Answer]) -> list[Alike]:
        """Return answers by likeness, the most common first."""
        codes = {student: self.code(answer) for student, answer in answers.items()}
        return [Alike(code, len(ids), ids) for code, ids in alike(codes)]


def mistakes_of(exercise: Exercise, plain: Plain) -> list[Mistake]:
    """Return the mistakes that the answers to an exercise were told, the costliest first."""
    wrong = {student: answer for student, answer in exercise.answers.items() if is_wrong(exercise, answer)}
    makers: dict[str, dict[str, Answer]] = {}
    for student, answer in wrong.items():
        for slug in names_of(answer):
            makers.setdefault(slug, {})[student] = answer
    found = [_mistake(exercise, slug, answers, len(wrong), plain) for slug, answers in makers.items()]
    return sorted(found, key=lambda mistake: (-mistake.lost, -mistake.share.part, mistake.slug))


def _mistake(exercise: Exercise, slug: str, answers: dict[str, Answer], wrong: int, plain: Plain) -> Mistake:
    groups = plain.groups(answers)
    return Mistake(
        exercise.assignment,
        exercise.slug,
        exercise.title,
        slug,
        in_words(slug),
        wilson(len(answers), wrong),
        sum(_lost(answer) / len(names_of(answer)) for answer in answers.values()),
        said=_said(slug, answers.values(), plain.words),
        say=exercise.guide.say.get(slug, ""),
        node=_commonest(told.node for answer in answers.values() for told in answer.told if told.slug == slug),
        typical=groups[0] if groups else None,
        ids=sorted(answers),
    )


def _lost(answer: Answer) -> float:
    return answer.result.max_points - float(answer.result.points or 0.0)


def _commonest(words: Iterable[str]) -> str:
    counts = Counter(word for word in words if word)
    return min(counts, key=lambda word: (-counts[word], word), default="")


def _said(slug: str, answers: Iterable[Answer], words: Words) -> str:
    """The sentence that most were told, numbers aside; "" where it is one student's alone and may quote the code."""
    sentences: dict[str, list[str]] = {}
    for answer in answers:
        first = next((told for told in answer.told if told.slug == slug), None)
        if first:
            sentences.setdefault(NUMBER.sub("#", first.message), []).append(plain_sentence(first.message, words))
    if not sentences:
        return ""
    alike_ones = max(sentences.values(), key=lambda group: (len(group), group[0]))
    return "" if slug in OWN_WORDS and len(alike_ones) < 2 else alike_ones[0]


def nameless_of(exercise: Exercise, plain: Plain) -> Nameless:
    """Return the wrong answers to an exercise that came to an end and to which no name fitted, by likeness."""
    wrong = {student: answer for student, answer in exercise.answers.items() if is_wrong(exercise, answer)}
    answers = {
        student: answer
        for student, answer in wrong.items()
        if not names_of(answer) and answer.result.verdict not in BROKE
    }
    groups = plain.groups(answers)
    return Nameless(
        wilson(len(answers), len(wrong)),
        sum(map(_lost, answers.values())),
        groups,
        len(answers) - sum(group.count for group in groups),
        ids=sorted(answers),
    )
