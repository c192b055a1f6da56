"""nbgrader's steps of building that lay a notebook out for who works in it: what is folded, what may fail."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_locked, is_solution

from autograder.notebooks.kinds import is_free, is_test
from autograder.notebooks.notebook import grade_id

__all__ = ["GOES_ON", "FoldCourseCode", "LetAnswersFail"]

GOES_ON = "raises-exception"  # Jupyter's own tag: Run All does not stop at this cell


class FoldCourseCode(NbGraderPreprocessor):
    """Folds the code of tests and pictures, so that a page is text, answer, picture, verdict; a click opens it.

    `c.FoldCourseCode.enabled = False` leaves it open. Source notebooks stay open in any case, and grading does not look
    at it. A longer helper is folded where its author collapsed it.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: Any, _index: int) -> tuple[NotebookNode, Any]:
        """Return the cell, folded if it is a test or a picture of the course's."""
        if cell.cell_type == "code" and (is_test(cell) or (is_locked(cell) and grade_id(cell).endswith("-picture"))):
            cell.metadata["jupyter"] = NotebookNode(cell.metadata.get("jupyter", {}), source_hidden=True)
        return cell, resources


class LetAnswersFail(NbGraderPreprocessor):
    """Lets Run All go on behind an answer or a guess that Python cannot read or that raises: the checks below say so.

    The tag is the student version's alone. What is graded has the master's tags, so it earns and hides nothing.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: Any, _index: int) -> tuple[NotebookNode, Any]:
        """Return the cell, tagged if it is an answer in code, or free."""
        if cell.cell_type == "code" and (is_solution(cell) or is_free(cell)):
            tags = cell.metadata.get("tags", [])
            cell.metadata["tags"] = tags if GOES_ON in tags else [*tags, GOES_ON]
        return cell, resources
