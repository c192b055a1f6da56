"""An exercise as the audit sees it: its solution, its test cell, and all that one kernel would have run before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["Exercise"]


@dataclass(frozen=True)
class Exercise:
    """One exercise that grades itself; `cells` are (kind, source) of its notebook up to its test cell.

    The kinds are "locked", "answer" (a solution), "own" (this exercise's) and "test"; the last cell is its test.
    """

    assignment: str
    notebook: str
    slug: str
    most: float
    cells: tuple[tuple[str, str], ...]
    hidden: frozenset[int] = field(default_factory=frozenset)  # lines of the test cell that students do not have

    @cached_property
    def solution(self) -> str:
        """The solution cell's source, markers and all."""
        return next(source for kind, source in self.cells if kind == "own")

    @property
    def test(self) -> str:
        """The test cell's source, hidden tests and all."""
        return self.cells[-1][1]

    @property
    def visible(self) -> str:
        """The test cell as students have it, with blank lines where hidden tests were: lines keep their numbers."""
        lines = self.test.split("\n")
        return "\n".join("" if number in self.hidden else line for number, line in enumerate(lines, start=1))

    @cached_property
    def digest(self) -> str:
        """A short name for all that an outcome depends on, but for the answer and the libraries."""
        text = "\0".join(f"{kind}\0{source}" for kind, source in self.cells)
        return hashlib.sha256(text.encode()).hexdigest()[:20]
