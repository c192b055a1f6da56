"""What a cell is to a grader: test, answer, locked or the student's own; and its exercise."""

from __future__ import annotations

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

__all__ = ["is_test"]


def is_test(cell: NotebookNode) -> bool:
    """Return whether a cell is a test of the master's."""
    return bool(cell.cell_type == "code" and is_grade(cell) and not is_solution(cell))
