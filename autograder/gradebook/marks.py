"""Marks that a person gave, and the answer that each was given to.

nbgrader asks for a person again after each autograding, whatever the answer is. Here the hash of the answer is kept
beside the grade, in a table of the gradebook's own database: the mark on an answer that did not change waits for
nobody, and that on another one does, until a person has looked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakSet

from nbformat import NotebookNode
from nbgrader.api import Grade
from nbgrader.utils import is_grade, is_solution, is_task
from sqlalchemy import Column, Float, MetaData, String, Table, delete, insert, select

__all__ = ["Marks", "add_table", "graded_answers"]

ANSWERS = Table(
    "cs231n_lite_answers",
    MetaData(),
    # No foreign key: nbgrader removes grades without a thought of this table.
    Column("grade_id", String(32), primary_key=True),
    Column("graded", String(64), nullable=False),  # the answer that was graded last
    Column("marked", String(64), nullable=False),  # the one that a person has marked, "" for none
    Column("mark", Float()),  # that person's mark
)
_there: WeakSet[Any] = WeakSet()  # engines of databases in which the table is; a file may be another one tomorrow


def add_table(gradebook: Any) -> None:
    """Make the table in a gradebook where it is not; the caller commits."""
    if gradebook.engine not in _there:
        ANSWERS.create(gradebook.db.connection(), checkfirst=True)
        _there.add(gradebook.engine)


def graded_answers(gradebook: Any, grade_ids: Sequence[str]) -> dict[str, str]:
    """Return the hash of the answer that was graded last, by the ids of grades, where it is known."""
    rows = gradebook.db.execute(select(ANSWERS.c.grade_id, ANSWERS.c.graded).where(ANSWERS.c.grade_id.in_(grade_ids)))
    return {row.grade_id: row.graded for row in rows}


class Marks:
    """The grades of one submitted notebook, by cell, as they are before it is graded anew."""

    def __init__(self, gradebook: Any, grades: Mapping[str, Grade]) -> None:
        self._db, self._grades = gradebook.db, grades
        self._waited = {name: bool(grade.needs_manual_grade) for name, grade in grades.items()}
        add_table(gradebook)
        ids = [grade.id for grade in grades.values()]
        rows = self._db.execute(select(ANSWERS).where(ANSWERS.c.grade_id.in_(ids))) if ids else ()
        self._rows = {row.grade_id: (row.graded, row.marked, row.mark) for row in rows}

    def settle(self, notebook: NotebookNode) -> None:
        """Let each mark wait for a person only if the answer is another one than that which was marked."""
        work = _work(notebook)
        for cell in notebook.cells:
            if not (is_grade(cell) or is_task(cell)):
                continue
            name = cell.metadata.nbgrader["grade_id"]
            grade = self._grades[name]
            answer = _hash([cell.source, cell.get("attachments", {})]) if is_solution(cell) else work
            if is_task(cell):  # nbgrader leaves the grade of a task alone, and it may be that of a missing notebook
                grade.auto_score, grade.needs_manual_grade = None, True
            self._keep(grade, answer, self._marked(name, grade))

    def _marked(self, name: str, grade: Grade) -> str:
        """The answer that a person has marked; "" where there is no mark, or nobody knows."""
        graded, marked, mark = self._rows.get(grade.id, ("", "", None))
        if grade.manual_score is None:
            return ""
        return graded if not self._waited[name] or grade.manual_score != mark else marked

    def _keep(self, grade: Grade, answer: str, marked: str) -> None:
        if marked == answer:
            grade.needs_manual_grade = False
        row = answer, marked, grade.manual_score
        if row != self._rows.get(grade.id):
            self._db.execute(delete(ANSWERS).where(ANSWERS.c.grade_id == grade.id))
            values = dict(zip(("graded", "marked", "mark"), row, strict=True))
            self._db.execute(insert(ANSWERS).values(grade_id=grade.id, **values))


def _work(notebook: NotebookNode) -> str:
    """The hash of all that the student wrote in a notebook: what a task asks for may stand in any cell."""
    own = [cell for cell in notebook.cells if is_solution(cell) or "nbgrader" not in cell.metadata]
    return _hash([[cell.source, cell.get("attachments", {})] for cell in own])


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
