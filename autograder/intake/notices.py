"""What a student is told of the file that they handed in, at the top of the feedback page.

A file that breaks off, a notebook that is missing, a picture that cannot be shown: the grader knows, and whoever is
graded by what was left should know it, too. Nothing is told here that somebody is suspected of.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.course import Course
from autograder.feedback.words import as_it_is
from autograder.gradebook.session import opened
from autograder.submission import Submission

__all__ = ["Notices", "sentence"]

AGAIN = "If you can, hand in a whole one."
SENTENCES = {
    "broken-json": f"The file is damaged ({{detail}}). What stood behind that place could not be graded. {AGAIN}",
    "empty-file": f"The file is empty: nothing in it could be graded. {AGAIN}",
    "missing-file": f"There was no file to grade ({{detail}}). {AGAIN}",
    "not-a-notebook": f"The file is no notebook ({{detail}}): nothing in it could be graded. {AGAIN}",
    "no-cells": "The notebook has no list of cells as Jupyter writes it ({detail}).",
    "not-a-cell": "Something in the file could not be read ({cell}: {detail}).",
    "odd-json": "The file has something in it that Jupyter does not write ({detail}).",
    "unreadable": f"A file could not be opened ({{detail}}). {AGAIN}",
    "too-large": "A file is too large, and was left out: {detail}.",
    "no-notebook": f"{{detail}}. {AGAIN}",
    "not-graded": "This hand-in could not be graded: please ask whoever grades it.",
    "misnamed": "{detail}. Please hand it in under the right name next time.",
    "other-version": "{detail}. If that is the wrong one, take it out of what you hand in.",
    "left-out": "Left out: {detail}.",
    "extra-notebook": "{detail}, and was not looked at.",
    "picture-left-out": "A picture is not shown ({cell}: {detail}).",
    "answer-elsewhere": "{cell}: {detail}. Next time, please write into the cell that is there for it.",
    "metadata-lost": "{detail}. Nothing is missing; Jupyter itself keeps it.",
    "too-long": "{cell} is very long: {detail}.",
    "no-time": "When it was handed in is not known ({detail}).",
}
MOST = 12


class Notices(NbGraderPreprocessor):
    """Puts a cell with what there is to tell of the file, and of its time, above a notebook that becomes feedback."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with that cell, if there is anything to tell."""
        about = resources.get("nbgrader", {})
        folder = getattr(getattr(self.parent, "parent", None), "coursedir", None)
        if folder is None or not about.get("student"):
            return nb, resources
        submission = Submission(Course(Path(folder.root)), about["assignment"], about["student"])
        lines = [*_late(submission, about), *_of_file(submission, about["notebook"])]
        if lines:
            cell = new_markdown_cell("**About what you handed in**\n\n" + "\n".join(f"- {line}" for line in lines))
            cell.id = "about-the-file"
            nb.cells.insert(0, cell)
        return nb, resources


def _of_file(submission: Submission, notebook: str) -> list[str]:
    """What is told of one notebook and of the folder in which it lay, each thing once."""
    path = submission.tamper_notes
    report = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    notes = [note for key in ("", "collect", "name", "grade", notebook) for note in report.get(key, [])]
    lines = list(dict.fromkeys(filter(None, (sentence(note) for note in notes))))
    return lines[:MOST] + ([f"… and {len(lines) - MOST} more of the kind"] if len(lines) > MOST else [])


def sentence(note: dict[str, str]) -> str:
    """Return what a student is told for a note of the tamper report, or "" for nothing."""
    words = SENTENCES.get(note["kind"], "")
    text = words.format(detail=as_it_is(note["detail"]), cell=as_it_is(note["cell"] or "the file"))
    return text[:1].upper() + text[1:]


def _late(submission: Submission, about: dict[str, Any]) -> list[str]:
    try:
        with opened(str(about["db_url"])) as gradebook:
            entry = gradebook.find_submission(submission.assignment, submission.student)
            seconds, penalty = entry.total_seconds_late, entry.late_submission_penalty
    except (MissingEntry, KeyError):
        return []
    if seconds <= 0:
        return []
    hours, minutes = divmod(int(seconds) // 60, 60)
    time = f"{hours // 24} days {hours % 24} h" if hours >= 48 else f"{hours} h {minutes} min"
    return [
        f"It came {time} late" + (f", which costs {penalty:g} points." if penalty else "; no points were taken for it.")
    ]
