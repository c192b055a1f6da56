"""What happens to a submission's folder before nbgrader touches it: dangerous files aside, the former score to zero.

nbgrader copies every file of a submission and follows links while it does, waits at pipes, and, where grading breaks
off, leaves the score of an earlier hand-in standing. By its setting `Autograde.pre_convert_hook` it calls
`before_grading` first.
"""

from __future__ import annotations

import fnmatch
import itertools
import os
import stat
from pathlib import Path

from nbgrader.api import MissingEntry
from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import OperationalError
from traitlets.log import get_logger

from autograder.course import Course
from autograder.gradebook.session import is_kept, opened
from autograder.intake.hand_in_folder import dangerous, plain
from autograder.intake.misnamed import missing, nothing_to_grade, take_another
from autograder.notebooks.notebook import known
from autograder.notebooks.versions import remember
from autograder.submission import Submission, submissions, ungradable
from autograder.tamper import ACCIDENT, ATTACK, ODD, Note, write_notes

__all__ = ["after_release", "before_grading", "clear_scores", "put_aside"]

SEVERITY = {
    "no-time": ACCIDENT,
    "too-large": ACCIDENT,
    "unreadable": ACCIDENT,
    "odd-name": ODD,
    "too-many-files": ODD,
}  # else an attack
LONGEST = 200  # bytes of the name of a file put aside; no file system takes more than some 250
TURNS: dict[
    tuple[Path, str], set[str]
] = {}  # course and assignment -> whose turn it was since the others were looked at


def before_grading(assignment: str, student: str, notebooks: list[str]) -> None:  # noqa: ARG001  (nbgrader names them)
    """nbgrader's hook: called in the course folder for each submission, with the paths of its notebooks.

    nbgrader goes on after an error of its hook. Where what is dangerous cannot be put aside, the list of notebooks is
    emptied: the recorder stops at that before anything is copied.
    """
    course = Course(Path.cwd())
    for folder in sorted({Path(path).parent for path in notebooks}):  # before the list is emptied
        submission = Submission(course, folder.name, folder.parent.name)
        # Scores first: if anything below goes wrong, what stands in the gradebook is nothing and not an older grade.
        try:
            clear_scores(submission)
        except OperationalError:  # a connection that broke while nobody used it; the next one is new
            clear_scores(submission)
        finally:  # nbgrader goes on after an error of its hook, and would follow the links
            put_aside(submission, folder)
            if any(dangerous(folder)):
                notebooks.clear()
        _look_at_the_others(submission)
        copies = take_another(submission)
        if copies:  # nbgrader has made its list of notebooks, and this one is not in it
            reason = f"{submission.student}: its notebook had another name, and lies in {copies[0]} now"
            raise NbGraderException(f"{reason}: grade again")


def after_release(assignment: str, student: str, notebooks: list[str]) -> None:  # noqa: ARG001  (nbgrader names them)
    """nbgrader's hook of generate_assignment: remember what students get now, see notebooks/versions.py."""
    course = Course(Path.cwd())
    paths = [course.release / assignment / path.name for path in course.notebooks(assignment)]
    remember(course, assignment, [(path.stem, known(path)) for path in paths if path.is_file()])


def _look_at_the_others(submission: Submission) -> None:
    """Once in a run of nbgrader, zero what it leaves out: submissions in which there is no notebook at all."""
    course, assignment = submission.course, submission.assignment
    turns = TURNS.setdefault((course.root, assignment), set())
    if turns and submission.student not in turns:
        turns.add(submission.student)
        return
    TURNS[course.root, assignment] = {submission.student}
    for other in submissions(course, assignment):
        if ungradable(other.student):
            continue
        if not is_kept(course.gradebook) and not fnmatch.fnmatchcase(other.student, other.student):
            clear_scores(other)
            get_logger().error(
                "%s: nbgrader takes [ ] for a pattern, and leaves this one out; use `python -m autograder grade %s`",
                other.student,
                assignment,
            )
            continue
        if other.closed:
            clear_scores(other)
            continue
        ignored = not any(other.submitted.glob("*.ipynb")) and missing(other)
        if ignored and not take_another(other):
            nothing_to_grade(other)


def clear_scores(submission: Submission) -> None:
    """Set the automatic scores of an earlier hand-in to 0; what a person has graded by hand is left."""
    with opened(submission.course.gradebook) as gradebook:
        try:
            entry = gradebook.find_submission(submission.assignment, submission.student)
        except MissingEntry:
            return
        for notebook in entry.notebooks:
            for grade in notebook.grades:
                if grade.auto_score is not None:
                    grade.auto_score = 0.0
        gradebook.db.commit()


def put_aside(submission: Submission, folder: Path) -> list[Note]:
    """Move links, devices, pipes and huge files out of the folder that nbgrader will copy, and note each.

    `folder` is where nbgrader's own settings say that the submission lies.
    """
    notes: list[Note] = []
    aside = submission.aside
    numbers = itertools.count(sum(1 for _ in os.scandir(aside)) if aside.is_dir() else 0)
    for path, kind, reason in list(dangerous(folder)):
        aside.mkdir(parents=True, exist_ok=True)
        name = plain(path.name).encode()[:LONGEST].decode(errors="ignore")
        place = aside / f"{next(numbers)}-{name}"
        try:
            _move(path, place)
            where = f"it lies in {place.relative_to(submission.course.root)}"
        except OSError as error:
            where = f"it could not be put aside ({error.strerror})"
        shown = path.relative_to(folder.parent if path != folder.parent else folder.parent.parent)
        detail = f"{plain(str(shown))} {reason}; {where}"
        if kind != "too-many-files" or all(note.kind != kind for note in notes):  # one line for thousands
            notes.append(Note(kind, "", detail, SEVERITY.get(kind, ATTACK)))
    write_notes(submission.tamper_notes, "", notes)
    return notes


def _move(path: Path, place: Path) -> None:
    """Move a link itself, not what it points to; raises OSError.

    Who owns what was handed in may move it all the same where its rights are against it.
    """
    try:
        path.rename(place)
    except PermissionError:
        for folder in (path.parent, path):
            if folder.is_dir() and not folder.is_symlink():
                folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IRWXU)
        path.rename(place)
