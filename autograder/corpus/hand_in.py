"""One student's answers put together from the corpus, and handed in as nbgrader's collect does it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.corpus.answers import SOLUTION, answered
from autograder.notebooks.notebook import canonical
from autograder.submission import Submission

__all__ = ["HandIn", "hand_in"]


@dataclass(frozen=True)
class HandIn:
    """One student's answers: `changes` maps a slug to a name from the corpus; all other exercises get `rest`."""

    changes: Mapping[str, str] = field(default_factory=dict)
    rest: str = SOLUTION


def hand_in(submission: Submission, answers: HandIn) -> None:
    """Put a student's notebooks, and the files that came with them, where nbgrader's collect would put them."""
    course, assignment = submission.course, submission.assignment
    shutil.copytree(course.release / assignment, submission.submitted)
    for name, notebook in answered(course, assignment, answers.changes, rest=answers.rest).items():
        (submission.submitted / name).write_text(canonical(notebook), encoding="utf-8")
