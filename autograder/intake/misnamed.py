"""Submissions without a notebook of the assignment's name: one of another name is taken, else the grade is zero.

nbgrader goes by names alone: it leaves out a folder in which the right one is missing, and with it leaves an older
grade standing. Students hand in "two-layer-net (1).ipynb" all the same, and have done their work.
"""

from __future__ import annotations

import filecmp
import shutil
from pathlib import Path

from nbgrader.api import MissingEntry

from autograder.course import Course
from autograder.gradebook.session import opened
from autograder.intake.salvage import salvage
from autograder.notebooks.notebook import grade_id, read
from autograder.tamper import ACCIDENT, Note, write_notes

__all__ = ["missing", "nothing_to_grade", "take_another"]

KEY = "name"  # of these notes in the tamper report


def missing(course: Course, assignment: str, student: str) -> list[Path]:
    """Return the paths at which a submission's notebooks should lie and nothing does."""
    folder = course.root / "submitted" / student / assignment
    paths = [folder / path.name for path in course.notebooks(assignment)]
    # A link that leads nowhere is there: it is put aside and told, and not written through.
    return [path for path in paths if not path.exists() and not path.is_symlink()]


def take_another(course: Course, assignment: str, student: str) -> list[Path]:
    """Copy, for each missing notebook, the file in the folder that has most of its cells; return those made so."""
    folder = course.root / "submitted" / student / assignment
    if folder.is_symlink():
        return []
    expected = [path.name for path in course.notebooks(assignment)]
    others = [
        other
        for other in sorted(folder.rglob("*.ipynb"))
        if other.is_file() and not other.is_symlink() and ".ipynb_checkpoints" not in other.parts
        if other.parent != folder or other.name not in expected
    ]
    taken, notes = [], []
    for path in missing(course, assignment, student):
        known = {grade_id(cell) for cell in read(course.source / assignment / path.name).cells}
        # Of files alike, the one changed last is what the student worked on.
        best = max(others, key=lambda other: (_cells(other, known), other.stat().st_mtime_ns), default=None)
        if best is not None and _cells(best, known):
            shutil.copyfile(best, path)
            taken.append(path)
    for name in expected:  # whenever it was taken, by this run or a former one
        same = [other for other in others if _alike(other, folder / name)]
        if same:
            told = f"{same[0].relative_to(folder)} was graded as {name}, which was missing"
            notes.append(Note("misnamed", "", told, ACCIDENT))
    write_notes(course.root, assignment, student, KEY, notes)
    return taken


def _alike(one: Path, other: Path) -> bool:
    return other.is_file() and not other.is_symlink() and filecmp.cmp(one, other, shallow=False)


def _cells(path: Path, known: set[str]) -> int:
    """How many cells of a notebook have one of these grade_ids."""
    claimed = {str((piece.claims or {}).get("grade_id") or piece.ident) for piece in salvage(path)[0]}
    return len(claimed & known)


def nothing_to_grade(course: Course, assignment: str, student: str) -> None:
    """Enter a submission without any notebook in the gradebook: each exercise has its zero, and it is told."""
    with opened(course.gradebook) as gradebook:
        try:
            gradebook.find_student(student)
        except MissingEntry:
            gradebook.add_student(student)
        submission = gradebook.update_or_create_submission(assignment, student)
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = 0.0, False
        gradebook.db.commit()
    shutil.rmtree(course.root / "autograded" / student / assignment, ignore_errors=True)
    names = ", ".join(path.name for path in course.notebooks(assignment))
    note = Note("no-notebook", "", f"no notebook of this assignment was found; expected {names}", ACCIDENT)
    write_notes(course.root, assignment, student, KEY, [note])
