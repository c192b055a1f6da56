"""Submissions without a notebook of the assignment's name: one of another name is taken, else the grade is zero.

nbgrader goes by names alone: it leaves out a folder in which the right one is missing, and with it leaves an older
grade standing. Students hand in "two-layer-net (1).ipynb" all the same, and have done their work.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from nbgrader.api import MissingEntry

from autograder.gradebook.session import opened
from autograder.intake.choice import Candidate, candidates, is_placeholder, put_placeholder, taken
from autograder.intake.hand_in_folder import plain
from autograder.intake.unwritten import write_unwritten
from autograder.submission import Submission
from autograder.tamper import ACCIDENT, STRAY, Note, write_notes

__all__ = ["missing", "nothing_to_grade", "take_another"]

KEY = "name"  # of these notes in the tamper report
LISTED = 5  # names of files in one line


def missing(submission: Submission) -> list[Path]:
    """Return the paths at which a submission's notebooks should lie and nothing does."""
    paths = [submission.submitted / master.name for master in submission.masters]
    # A link that leads nowhere is there: it is put aside and told, and not written through.
    return [path for path in paths if not path.exists() and not path.is_symlink()]


def take_another(submission: Submission) -> list[Path]:
    """Note which files count as the assignment's notebooks; return the paths at which nbgrader will find them now.

    Where no file has a notebook's name and another one is it, a placeholder is put there.
    """
    if submission.elsewhere:
        return []
    notes, put, counted = list[Note](), list[Path](), set[Path]()
    nothing = missing(submission)
    for master in submission.masters:
        path = submission.submitted / master.name
        absent = path in nothing or is_placeholder(path)
        those = candidates(submission, master.name)
        best = taken(those, master.name)
        counted |= {each.path for each in those}
        if best is None and absent:
            path.unlink(missing_ok=True)  # a placeholder of something that is gone
            detail = f"{master.name} was not handed in: its exercises have no points; {_lying_there(submission)}"
            notes.append(Note("no-notebook", "", detail, ACCIDENT))
        elif best is not None and absent:
            put += [path] if path in nothing else []
            put_placeholder(path)
        notes += _told(those, best, master.name, absent=absent)
    names = {master.name for master in submission.masters}
    notes += [
        Note("extra-notebook", "", f"{plain(path.name)} is no notebook of this assignment", STRAY)
        for path in sorted(submission.submitted.glob("*.ipynb"))
        if path.name not in names and path not in counted and not path.is_symlink()
    ]
    write_notes(submission.tamper_notes, KEY, notes)
    return put


def _told(those: list[Candidate], best: Candidate | None, name: str, *, absent: bool) -> list[Note]:
    """What there is to tell of the versions of one notebook."""
    notes = []
    if best is not None and best.name != name:
        own = next((each for each in those if each.name == name), None)
        reason = "is older" if own and own.work else "has nothing written in it"
        why = f"{name}, which {'was missing' if absent else reason}"
        notes.append(Note("misnamed", "", f"{plain(best.name)} was graded as {why}", ACCIDENT))
    for other in those:
        if best is not None and other is not best and other.name != name:
            why = "and was left out" if other.work else "in which nothing is written"
            detail = f"{plain(other.name)} is another version of {name} {why}; {plain(best.name)} was graded"
            notes.append(Note("other-version", "", detail, ACCIDENT if other.work else STRAY))
    return notes


def _lying_there(submission: Submission) -> str:
    """What lies in a hand-in's folder and is none of the course's own files, in a line."""
    course = submission.course.source / submission.assignment
    names = [str(path.relative_to(submission.submitted)) for path in submission.files() if not is_placeholder(path)]
    names = [plain(name) for name in names if name != "timestamp.txt" and not (course / name).is_file()]
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"what lies there: {', '.join(names[:LISTED])}{more}" if names else "its folder is empty"


def nothing_to_grade(submission: Submission) -> None:
    """Enter a submission without any notebook in the gradebook: each exercise has its zero, and it is told.

    The student gets a page all the same, which says what was there.
    """
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
    detail = f"no notebook of this assignment was found; expected {names}; {_lying_there(submission)}"
    write_notes(submission.tamper_notes, KEY, [Note("no-notebook", "", detail, ACCIDENT)])
    write_unwritten(submission)
