"""What of an audit to run: all of it, or a fair part chosen by what changed since the last whole one.

autograder/audit/audited.json holds for each exercise a short name of all that its audit depends on, as it was when all
of it was last audited and nothing was off. An exercise that is the same still is judged in part: every answer, and some
of the mutants.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.auditing.equivalent import Entry
from autograder.auditing.exercise import Exercise
from autograder.auditing.judging_pool import package_digest
from autograder.auditing.mutants import Mutant
from autograder.corpus.answers import Answer
from autograder.problem import Problem, unwritten

__all__ = ["Choice", "Record", "digest_of"]

SEEDS, SEEDS_FULL = 4, 200
SAMPLE, SAMPLE_MOVED = 32, 3  # one mutant of so many, where nothing changed and where only the package did
SAMPLE_ANSWERS = 4  # one answer of so many, where nothing changed


@dataclass(frozen=True)
class Choice:
    """How much of an exercise to run: one mutant of `every`, one answer of `answers`, `seeds`; why not all of it."""

    every: int = 1
    seeds: int = SEEDS
    why: str = ""
    answers: int = 1

    def of(self, mutants: Sequence[Mutant], turn: str) -> list[Mutant]:
        """The mutants to judge: all, or a share that is the same for the same `turn` and another for another."""
        return [mutant for mutant in mutants if _drawn(mutant.name, self.every, turn)]

    def of_answers(self, answers: Sequence[Answer], turn: str) -> list[Answer]:
        """The answers to judge, in the same way."""
        return [answer for answer in answers if _drawn(f"{answer.slug} {answer.name}", self.answers, turn)]


def _drawn(name: str, every: int, turn: str) -> bool:
    return every == 1 or int(hashlib.sha256(f"{turn} {name}".encode()).hexdigest()[:8], 16) % every == 0


def digest_of(exercise: Exercise, answers: Iterable[Answer], entries: Iterable[Entry]) -> str:
    """A short name for an exercise with its answers and its equivalent mutants."""
    digest = hashlib.sha256(exercise.digest.encode())
    for answer in answers:
        cost = answer.loses, answer.mistake, answer.also, answer.box
        digest.update(repr((answer.kind, answer.name, answer.cells, *cost)).encode())
    for entry in entries:
        if entry.slug == exercise.slug:
            digest.update(f"{entry.pattern}\0{entry.reason}".encode())
    return digest.hexdigest()[:20]


class Record:
    """What the last whole audit saw, in a file; an empty one where there is none, or one that cannot be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.data: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
            self.same_package = self.data.get("", {}).get("package") == package_digest()
        except (OSError, ValueError, AttributeError):
            self.data, self.same_package = {}, False

    def choice(self, exercise: Exercise, digest: str) -> Choice:
        """What to run of an exercise that now has this digest."""
        if self.data.get(exercise.assignment, {}).get(exercise.slug) != digest:
            return Choice()
        if not self.same_package:
            return Choice(SAMPLE_MOVED, 2, "it is as it was when all of it was last audited, though the package is not")
        # The seeds are the same each time, and the package too: they would tell what they told then.
        return Choice(SAMPLE, 0, "it is as it was when all of it was last audited", SAMPLE_ANSWERS)

    def write(self, digests: dict[str, dict[str, str]]) -> None:
        """Keep the digests of these assignments' exercises; raises Problem where the file cannot be written."""
        self.data |= digests
        self.data[""] = {"package": package_digest()}
        try:
            self.path.write_text(json.dumps(self.data, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        except OSError as error:
            raise Problem(unwritten(error, self.path)) from None
