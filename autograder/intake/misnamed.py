"""Submissions without a notebook of the assignment's name: one of another name is taken, else the grade is zero.

nbgrader goes by names alone: it leaves out a folder in which the right one is missing, and with it leaves an older
grade standing. Students hand in "two-layer-net (1).ipynb" all the same, and have done their work.
"""

from __future__ import annotations

import filecmp
import shutil
from pathlib import Path

from nbgrader.api import MissingEntry

from autograder.gradebook.session import opened
from autograder.intake.salvage import salvage
from autograder.notebooks.notebook import grade_id, read
from autograder.submission import Submission
from autograder.tamper import ACCIDENT, Note, write_notes

__all__ = ["missing", "nothing_to_grade", "take_another"]

KEY = "name"  # of these notes in the tamper report


def missing(submission: Submission) -> list[Path]:
    """Return the paths at which a submission's notebooks should lie and nothing does."""
    paths = [submission.submitted / master.name for master in submission.masters]
    # A link that leads nowhere is there: it is put aside and told, and not written through.
    return [path for path in paths if not path.exists() and not path.is_symlink()]


def take_another(submission: Submission) -> list[Path]:
    """Copy, for each missing notebook, the file in the folder that has most of its cells; return those made so."""
    folder = submission.submitted
    if submission.elsewhere:
        return []
    masters = {master.name: master for master in submission.masters}
    others = [
        path
        for path in submission.files()
        if path.name.endswith(".ipynb") and ".ipynb_checkpoints" not in path.parts
        if path.parent != folder or path.name not in masters
    ]
    copies, notes = [], []
    for path in missing(submission):
        names = {grade_id(cell) for cell in read(masters[path.name]).cells}
        # Of files alike, the one changed last is what the student worked on.
        best = max(others, key=lambda other: (_cells(other, names), other.stat().st_mtime_ns), default=None)
        if best is not None and _cells(best, names):
            shutil.copyfile(best, path)
            copies.append(path)
    for name in masters:  # whenever it was copied, by this run or a former one
        same = [other for other in others if _alike(other, folder / name)]
        if same:
            detail = f"{same[0].relative_to(folder)} was graded as {name}, which was missing"
            notes.append(Note("misnamed", "", detail, ACCIDENT))
    absent = missing(submission)
    if len(absent) < len(masters):  # else there is nothing to grade, which is told elsewhere
        detail = "was not handed in: its exercises have no points"
        notes += [Note("no-notebook", "", f"{path.name} {detail}", ACCIDENT) for path in absent]
    write_notes(submission.tamper_notes, KEY, notes)
    return copies


def _alike(one: Path, other: Path) -> bool:
    return other.is_file() and not other.is_symlink() and filecmp.cmp(one, other, shallow=False)


def _cells(path: Path, names: set[str]) -> int:
    """How many cells of a notebook have one of these grade_ids."""
    claims = [(piece.claims or {}).get("grade_id") or piece.ident for piece in salvage(path)[0]]
    return len({claim for claim in claims if isinstance(claim, str)} & names)


def nothing_to_grade(submission: Submission) -> None:
    """Enter a submission without any notebook in the gradebook: each exercise has its zero, and it is told."""
    with opened(submission.course.gradebook) as gradebook:
        try:
            gradebook.find_student(submission.student)
        except MissingEntry:
            gradebook.add_student(submission.student)
        entry = gradebook.update_or_create_submission(submission.assignment, submission.student)
        for notebook in entry.notebooks:
            for grade in notebook.grades:
                grade.auto_score = 0.0
                grade.needs_manual_grade = bool(grade.needs_manual_grade and grade.manual_score is not None)
        gradebook.db.commit()
    shutil.rmtree(submission.autograded, ignore_errors=True)
    names = ", ".join(master.name for master in submission.masters)
    note = Note("no-notebook", "", f"no notebook of this assignment was found; expected {names}", ACCIDENT)
    write_notes(submission.tamper_notes, KEY, [note])
