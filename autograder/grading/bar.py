"""The progress bar over the students of a class, who come in whatever order they are ready."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tqdm import tqdm

__all__ = ["Counted", "drawing", "names_of", "progress"]


def progress(students: Iterable[str], doing: str = "grading") -> Iterable[str]:
    """Go through the students with a progress bar that says what is being done."""
    bar: Iterable[str] = tqdm(students, desc=doing, unit="student", ncols=80)
    return bar


def drawing(students: Iterable[str]) -> Iterable[str]:
    """Go through the students whose pictures are drawn, with a progress bar."""
    return progress(students, "drawing")


def names_of(ready: Iterable[tuple[str, dict[str, Any]]], entries: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Give the names of those who are ready, and put what was made for them into `entries`."""
    for name, entries[name] in ready:
        yield name


class Counted:
    """Something to go through of which the number is known, for a progress bar."""

    def __init__(self, ready: Iterable[str], count: int) -> None:
        self.ready, self.count = ready, count

    def __iter__(self) -> Iterator[str]:
        return iter(self.ready)

    def __len__(self) -> int:
        return self.count
