"""Every sentence that the corpus's answers provoke, by the name of the mistake: to be read in one sitting.

Sentences that differ in their numbers alone stand there once, with the first answer's numbers.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autograder.auditing.exercise import Exercise
from autograder.auditing.judging_pool import Job, Jury
from autograder.auditing.kill_matrix import Watch
from autograder.auditing.pages import filled
from autograder.corpus.answers import Answer
from cs231n_lite.languages.catalogue import read

__all__ = ["Message", "as_page", "as_text", "lacking", "messages"]

NUMBER = re.compile(r"[-+−]?\d+(\.\d*)?(e[-+]?\d+)?")
WIDTH = 100
KINDS = ("wrong", "right", "pleaser")


@dataclass
class Message:
    """A sentence of an exercise under a slug, the part that it is about, and the answers that are told it."""

    exercise: str
    part: str
    sentence: str
    remark: bool = False
    answers: list[str] = field(default_factory=list)


def messages(
    answers_by_exercise: Mapping[Exercise, Iterable[Answer]], jury: Jury, watch: Watch
) -> dict[str, list[Message]]:
    """Return slug -> what is said under it, in the order of the slugs' names, of the exercises and of their answers."""
    jobs = {}
    for exercise, answers in answers_by_exercise.items():
        for answer in answers:
            if answer.kind in KINDS and not answer.box:
                jobs[exercise, answer] = Job(exercise, answer.cells, patient=True)
    outcomes = dict(watch(jury.outcomes(jobs.values()), len(jobs), "answers"))
    by_slug: dict[str, dict[tuple[str, ...], Message]] = {}
    for (exercise, answer), job in jobs.items():
        for key, remark in (("findings", False), ("remarks", True)):
            for slug, part, sentence in outcomes[job].get(key, ()):
                alike = exercise.slug, NUMBER.sub("#", sentence), str(remark)
                first = Message(exercise.slug, part, sentence, remark)
                message = by_slug.setdefault(slug, {}).setdefault(alike, first)
                if answer.name not in message.answers:
                    message.answers.append(answer.name)
    return {slug: list(by_slug[slug].values()) for slug in sorted(by_slug)}


def lacking(by_slug: Mapping[str, list[Message]], language: str) -> dict[str, list[Message]]:
    """Return the sentences that have no entry in a language's catalogue, and are shown in English."""
    found = read(language).found
    english = {
        slug: [said for said in messages if found(said.sentence, slug, "common") is None]
        for slug, messages in by_slug.items()
    }
    return {slug: messages for slug, messages in english.items() if messages}


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def head(by_slug: Mapping[str, list[Message]]) -> str:
    """How much there is to read."""
    return f"{counted(len(by_slug), 'slug')}, {counted(sum(map(len, by_slug.values())), 'sentence')}"


def as_text(by_slug: Mapping[str, list[Message]]) -> str:
    """Return the sentences for a terminal."""
    lines = [head(by_slug)]
    for slug, entries in by_slug.items():
        lines += ["", f"{slug} ({counted(len(entries), 'sentence')})"]
        for message in entries:
            remark = ", a remark" if message.remark else ""
            lines += ["", f"  {message.exercise}: {', '.join(message.answers)}{remark}"]
            said = f"[{message.part}] {message.sentence}" if message.part else message.sentence
            for line in said.split("\n"):
                lines += textwrap.wrap(line, WIDTH, initial_indent="    ", subsequent_indent="    ") or [""]
    return "\n".join(lines)


def as_page(by_slug: Mapping[str, list[Message]]) -> str:
    """Return the sentences as an HTML page that needs no other file."""
    return filled("messages.html", by_slug=by_slug, head=head(by_slug), counted=counted)
