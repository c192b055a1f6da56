"""Which points the ways of grading differ in, and by what plain nbgrader judged where they do."""

from __future__ import annotations

import nbformat
from nbgrader.api import Gradebook

from autograder.notebooks.kinds import is_test
from autograder.notebooks.notebook import grade_id, text_of
from autograder.submission import Submission

__all__ = ["Scores", "differences", "judged_by", "scores"]

Scores = dict[tuple[str, str], float | None]  # (student, cell) -> what a way gave, None where a person is to


def scores(gradebook: str, students: str) -> Scores:
    """Return what is in a gradebook of the students whose names begin so."""
    with Gradebook(gradebook) as opened:
        return {
            (submission.student.id, mark.name): mark.auto_score
            for assignment in opened.assignments
            for submission in assignment.submissions
            if submission.student.id.startswith(students)
            for notebook in submission.notebooks
            for mark in notebook.grades
        }


def differences(plain: Scores, other: Scores, *, tests: bool = False) -> list[tuple[str, str]]:
    """Return where they differ, sorted; one that has points of `tests` only is not asked for more."""
    keys = plain.keys() & other.keys() if tests else plain.keys() | other.keys()
    return sorted(key for key in keys if plain.get(key) != other.get(key) or key not in plain or key not in other)


def judged_by(submission: Submission, name: str) -> str:
    """Return in a few words what plain nbgrader saw below a test: the first output of these kinds decides."""
    for master in submission.masters:
        path = submission.autograded / master.name
        for cell in nbformat.read(path, 4).cells if path.is_file() else []:
            if grade_id(cell) == name and is_test(cell):
                for output in cell.outputs:
                    kind = output.get("name") or output.output_type
                    if kind in ("error", "stderr", "execute_result"):
                        return f"{kind}: {' '.join(text_of(output).split())[:100]}"
                return "no output"
    return "no graded notebook"
