"""One student's answers put together from the corpus, and handed in as nbgrader's collect does it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.corpus.answers import SOLUTION, submission
from autograder.course import Course
from autograder.notebooks.notebook import canonical

__all__ = ["HandIn", "hand_in"]


@dataclass(frozen=True)
class HandIn:
    """One student's answers: `changes` maps a slug to a name from the corpus; all other exercises get `rest`."""

    changes: Mapping[str, str] = field(default_factory=dict)
    rest: str = SOLUTION


def hand_in(course: Course, assignment: str, student: str, answers: HandIn) -> None:
    """Put a student's notebooks, and the files that came with them, into submitted/, as nbgrader's collect does."""
    folder = course.root / "submitted" / student / assignment
    shutil.copytree(course.release / assignment, folder)
    for name, notebook in submission(course, assignment, answers.changes, rest=answers.rest).items():
        (folder / name).write_text(canonical(notebook), encoding="utf-8")
