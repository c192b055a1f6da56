"""What a cell is to a grader: test, answer, locked or the student's own; its exercise, and where its verdict stands."""

from __future__ import annotations

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from autograder.notebooks.notebook import grade_id

__all__ = ["FREE", "HANDED_IN", "METADATA", "by_hand", "exercise_of", "is_free", "is_test", "kind_of"]

METADATA = "cs231n-lite"  # in a graded test cell's metadata: {"verdict": …}; in resources: grade_id -> verdict
FREE = "free"  # tag of a code cell of the master's that students may edit, move or delete, and that earns nothing
HANDED_IN = "handed-in"  # in a code cell's, from the graft until it has run: what was to be seen below it


def kind_of(cell: NotebookNode) -> str:
    """Return "answer" or "test", "locked" for what else students cannot edit, "own" for all else."""
    return "answer" if is_solution(cell) else "test" if is_grade(cell) else "locked" if is_locked(cell) else "own"


def is_test(cell: NotebookNode) -> bool:
    """Return whether a cell is a test of the master's."""
    return bool(cell.cell_type == "code" and kind_of(cell) == "test")


def is_free(cell: NotebookNode) -> bool:
    """Return whether a cell is handed out for the student to do with as they like, such as a guess: it has no name.

    What comes back of it is one of the student's own cells, where it stands then; the master's version is not graded.
    """
    return bool(cell.cell_type == "code" and FREE in cell.metadata.get("tags", []) and not grade_id(cell))


def by_hand(cell: NotebookNode) -> bool:
    """Return whether a person gives the points of a graded cell: a written answer, a task, a text that is graded."""
    return bool(is_solution(cell) or is_task(cell) or cell.cell_type != "code")


def exercise_of(cell: NotebookNode) -> str:
    """Return the slug of the exercise that an answer or a test belongs to: `add-gate` has the test `add-gate-test`."""
    return grade_id(cell) if is_solution(cell) or is_task(cell) else grade_id(cell).removesuffix("-test")
