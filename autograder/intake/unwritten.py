"""What is shown of a student who handed in no notebook: the assignment's, with nothing written in it.

Feedback is made of graded notebooks. Without one the student would get no page, and no word of what was missing.
"""

from __future__ import annotations

import copy

import nbformat

from autograder.intake.released import released
from autograder.notebooks.notebook import grade_id, known, named
from autograder.submission import Submission

__all__ = ["write_unwritten"]


def write_unwritten(submission: Submission) -> None:
    """Write each of the assignment's notebooks as it was handed out to where the graded ones lie."""
    config = submission.course.config()
    submission.autograded.mkdir(parents=True, exist_ok=True)
    for path in submission.masters:
        master = named(known(path))
        shown = released(master, config)
        notebook = copy.deepcopy(master)
        for cell in notebook.cells:
            cell.source = shown[grade_id(cell)].source
        nbformat.write(notebook, submission.autograded / path.name)
