"""Scores and comments that a person gives, read for a whole class and written as the formgrader writes them.

A mark is written only where everything is as the person saw it. What somebody else has marked in the meantime, or what
was handed in anew, stays as it is and is returned: two people at one class overwrite nothing of one another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import BaseCell, Comment, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import update
from sqlalchemy.orm import aliased

from autograder.gradebook.marks import add_table, graded_answers

__all__ = ["Mark", "marks_of", "write"]

FEW = 500  # ids in one statement


@dataclass(frozen=True)
class Mark:
    """What the gradebook says of one answer; `answer` is the hash of that which was graded last.

    `points` and `comment` are a person's own, None and "" where nobody gave any; `waits` says that somebody must look.
    """

    grade_id: str
    student: str
    points: float | None
    waits: bool
    comment: str = ""
    answer: str = ""
    flagged: bool = field(default=False, compare=False)


def marks_of(gradebook: Any, assignment: str, notebook: str, cell: str) -> list[Mark]:
    """Return the marks of all answers to one question that a person has marked or is to mark, by the students' ids."""
    add_table(gradebook)
    entry = gradebook.find_notebook(notebook, assignment)
    ids = [
        grade_id
        for (grade_id,) in gradebook.db.query(Grade.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .filter(BaseCell.name == cell, BaseCell.notebook_id == entry.id)
        .filter(Grade.needs_manual_grade | Grade.manual_score.isnot(None))
    ]
    marks = _read(gradebook, ids)
    gradebook.db.commit()
    return sorted(marks.values(), key=lambda mark: mark.student)


def write(gradebook: Any, wanted: Mapping[str, Mark], seen: Mapping[str, Mark]) -> dict[str, Mark]:
    """Write points and comments of the wanted marks, by the ids of grades, where all is as it was seen.

    Returns what was written. All of it is one transaction.
    """
    ids = list(wanted)
    for few in _few(ids):
        # Changes nothing, and lets nobody else write these rows before this has ended, in SQLite as on a server.
        gradebook.db.execute(
            update(Grade)
            .where(Grade.id.in_(few))
            .values(needs_manual_grade=Grade.needs_manual_grade)
            .execution_options(synchronize_session=False)
        )
    now = _read(gradebook, ids)
    same = [each for each in ids if each in now and now[each] == seen[each]]
    for few in _few(same):
        for grade in gradebook.db.query(Grade).filter(Grade.id.in_(few)).populate_existing():
            grade.manual_score, grade.needs_manual_grade = wanted[grade.id].points, wanted[grade.id].waits
        pairs = gradebook.db.query(Comment, Grade.id).select_from(Grade).filter(Grade.id.in_(few))
        for comment, each in _with_comments(pairs).filter(Comment.id.isnot(None)).populate_existing():
            comment.manual_comment = wanted[each].comment or None
    gradebook.db.commit()
    return {each: wanted[each] for each in same}


def _read(gradebook: Any, ids: Sequence[str]) -> dict[str, Mark]:
    """What the database has now, whatever this session has read before."""
    marks: dict[str, Mark] = {}
    for few in _few(ids):
        answers = graded_answers(gradebook, few)
        rows = gradebook.db.query(
            Grade.id,
            SubmittedAssignment.student_id,
            Grade.manual_score,
            Grade.needs_manual_grade,
            Comment.manual_comment,
            SubmittedNotebook.flagged,
        ).select_from(Grade)
        rows = _with_comments(rows.join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id))
        rows = rows.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        for each, student, points, waits, comment, flagged in rows.filter(Grade.id.in_(few)):
            marks[each] = Mark(each, student, points, waits, comment or "", answers.get(each, ""), bool(flagged))
    return marks


def _with_comments(rows: Any) -> Any:
    """Rows of grades, each with the comment on the same answer: nbgrader has a cell of its own for each of the two."""
    graded, answered = aliased(BaseCell, flat=True), aliased(BaseCell, flat=True)
    same = (answered.notebook_id == graded.notebook_id) & (answered.name == graded.name)
    rows = rows.join(graded, graded.id == Grade.cell_id).outerjoin(answered, same & (answered.type != "GradeCell"))
    there = (Comment.cell_id == answered.id) & (Comment.notebook_id == Grade.notebook_id)
    return rows.outerjoin(Comment, there)


def _few(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + FEW] for start in range(0, len(ids), FEW)]
