"""Mutants that no test can tell from the solution, each with its reason: audit/equivalent/ASSIGNMENT.txt.

    == The loop writes every entry before any is read.
    unrolled-loop | rnn_backward | dw, dx = (0.0, np.zeros(steps)) | function: np.zeros(steps) -> np.ones(steps)

A line that begins with == is the reason of the lines below it; each of them is a mutant's name, or names several:
"…" stands for any text, but not in the exercise's name. A line that fits no mutant, or fits one that loses points, is
out of date and fails the audit. Where an exercise is free, and many an answer is right that is not the solution's, a
line may begin with "any": then those that lose points stay killed, and only those that keep them are explained.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.problem import Problem

__all__ = ["Entry", "entries", "entry_of", "stale"]


@dataclass(frozen=True)
class Entry:
    """One line of such a file."""

    pattern: str
    reason: str
    where: str
    free: bool = False  # begins with "any"

    @property
    def slug(self) -> str:
        """The exercise that it is about."""
        return self.pattern.split(" | ", 1)[0]

    @cached_property
    def _shape(self) -> re.Pattern[str]:
        return re.compile(".*".join(map(re.escape, self.pattern.split("…"))), re.DOTALL)

    def fits(self, name: str) -> bool:
        """Whether a mutant of this name is meant."""
        return bool(self._shape.fullmatch(name))


def entries(path: Path) -> list[Entry]:
    """Return the entries of a file, none where there is no file; raises Problem with the line that is amiss."""
    if not path.is_file():
        return []
    explained: list[Entry] = []
    reason = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        text, where = line.strip(), f"{path.name}:{number}"
        if text.startswith("=="):
            reason = text.lstrip("= ")
            if not reason:
                raise Problem(f"{where}: expected the reason after ==, got nothing")
        elif text and not text.startswith("#"):
            if not reason:
                raise Problem(f"{where}: expected a line `== REASON` before the first mutant, got {text!r}")
            if " | " not in text or "…" in text.split(" | ", 1)[0]:
                raise Problem(
                    f"{where}: expected a mutant's name, EXERCISE | FUNCTION | STATEMENT | CHANGE, got {text!r}"
                )
            free = text.startswith("any ")
            explained.append(Entry(text.removeprefix("any ").strip(), reason, where, free))
    return explained


def entry_of(name: str, entries: Iterable[Entry]) -> Entry | None:
    """Return the entry that a mutant's name fits, if there is one."""
    return next((entry for entry in entries if entry.fits(name)), None)


def stale(entries: Iterable[Entry], names: Sequence[str], killed: Collection[str]) -> list[str]:
    """Say of each entry whether it fits no mutant of these, or one that was killed."""
    complaints = []
    for entry in entries:
        fitting = [name for name in names if entry.fits(name)]
        losing = [name for name in fitting if name in killed]
        if entry.free and fitting and len(losing) == len(fitting):
            complaints.append(
                f"{entry.where}: all of these lose points, so there is nothing to explain: {entry.pattern}"
            )
        elif not fitting:
            complaints.append(f"{entry.where}: there is no such mutant (any more): {entry.pattern}")
        elif losing and not entry.free:
            complaints.append(f"{entry.where}: this one is no equivalent, it loses points: {losing[0]}")
    return complaints
