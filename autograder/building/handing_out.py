"""What a notebook carries with it when it is handed out: its exercises as they were, and how it is handed in.

It stands in the notebook's own metadata, under "cs231n_lite", so that it comes along wherever the file goes. With it a
student's package can say what is still empty, whether all cells are there, and bring one answer back. Nothing of it is
looked at when an answer is graded.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Unicode

from autograder.notebooks.kinds import by_hand, exercise_of
from autograder.notebooks.notebook import grade_id

__all__ = ["KEY", "HandOut", "exercises"]

KEY = "cs231n_lite"


class HandOut(NbGraderPreprocessor):
    """Writes into a student version what was handed out; it stands behind all steps that change a cell."""

    hand_in = Unicode(
        "Hand it in as your course tells you.",
        help="How students hand a notebook in, in a sentence or two; they read it at its end and in the release.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with its exercises, cells and this course's way to hand it in."""
        nb.metadata[KEY] = {
            "assignment": resources.get("nbgrader", {}).get("assignment", ""),
            "cells": [grade_id(cell) for cell in nb.cells if grade_id(cell)],
            "exercises": exercises(nb),
            "hand_in": self.hand_in,
        }
        return nb, resources


def exercises(notebook: NotebookNode) -> dict[str, dict[str, Any]]:
    """Return the exercises of a student version in order: slug -> points, who gives them, and the stub to write in."""
    stubs = {grade_id(cell): cell.source for cell in notebook.cells if is_solution(cell)}
    graded = {exercise_of(cell): cell for cell in notebook.cells if is_grade(cell)}
    return {
        slug: {
            "points": cell.metadata.nbgrader.get("points", 0),
            "by_hand": by_hand(cell),
            "stub": stubs.get(slug, ""),
        }
        for slug, cell in graded.items()
    }
