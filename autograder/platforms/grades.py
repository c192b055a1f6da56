"""What the gradebook says of an assignment, a student a row: as nbgrader's own export has it, with late penalties."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbgrader.api import Gradebook, MissingEntry

from autograder.gradebook.entry import is_graded
from autograder.platforms.roster import Student
from autograder.problem import Problem

__all__ = ["Marks", "marks_of"]


@dataclass
class Marks:
    """One student's points; `score` is what counts, after the penalty, and `waits` says that a person is to mark some.

    `exercises` are points by slug, without the penalty; None where a person is to mark them.
    """

    student: Student
    score: float = 0.0
    most: float = 0.0
    penalty: float = 0.0
    waits: bool = False
    graded: bool = False
    exercises: dict[str, float | None] = field(default_factory=dict)


def marks_of(gradebook: Gradebook, assignment: str) -> tuple[list[Marks], dict[str, float]]:
    """Return the marks of all students, and the most points of each exercise in the order of the notebooks."""
    try:
        entry = gradebook.find_assignment(assignment)
    except MissingEntry:
        raise Problem(f"{assignment}: the gradebook does not know it yet; grade it first") from None
    cells = [(notebook, cell) for notebook in entry.notebooks for cell in [*notebook.grade_cells, *notebook.task_cells]]
    slugs = [cell.name.removesuffix("-test") for _, cell in cells]
    names = {
        (notebook.name, cell.name): slug if slugs.count(slug) == 1 else f"{notebook.name}/{slug}"
        for (notebook, cell), slug in zip(cells, slugs, strict=True)
    }
    most = {names[notebook.name, cell.name]: float(cell.max_score) for notebook, cell in cells}
    rows = []
    for student in gradebook.students:
        row = Marks(
            Student(
                student.id,
                student.first_name or "",
                student.last_name or "",
                student.email or "",
                str(student.lms_user_id or ""),
            ),
            most=float(entry.max_score),
        )
        try:
            handed_in = gradebook.find_submission(assignment, student.id)
        except MissingEntry:
            rows.append(row)
            continue
        row.graded = is_graded(handed_in)
        row.penalty = float(handed_in.late_submission_penalty or 0.0)
        row.score = max(0.0, float(handed_in.score) - row.penalty)
        for notebook in handed_in.notebooks:
            for grade in notebook.grades:
                row.waits = row.waits or bool(grade.needs_manual_grade)
                name = names.get((notebook.name, grade.name), grade.name)
                row.exercises[name] = None if grade.needs_manual_grade else float(grade.score)
        rows.append(row)
    return sorted(rows, key=lambda row: (row.student.last, row.student.first, row.student.id)), most
