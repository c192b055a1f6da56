"""What happens to a submission's folder before nbgrader touches it: dangerous files aside, the former score to zero.

nbgrader copies every file of a submission and follows links while it does, waits at pipes, and, where grading breaks
off, leaves the score of an earlier hand-in standing. By its setting `Autograde.pre_convert_hook` it calls
`before_grading` first.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbgrader.api import MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import parse_utc
from sqlalchemy.exc import OperationalError

from autograder.course import Course
from autograder.gradebook.session import opened
from autograder.intake.misnamed import missing, nothing_to_grade, take_another
from autograder.submission import Submission, submissions
from autograder.tamper import ACCIDENT, ATTACK, ODD, STRAY, Note, write_notes

__all__ = ["before_grading", "clear_scores", "dangerous", "put_aside"]

LARGEST = 16 * 2**20  # bytes of a file other than the notebook; the course's own data files are far below
TURNS: dict[
    tuple[Path, str], set[str]
] = {}  # course and assignment -> whose turn it was since the others were looked at


def before_grading(assignment: str, student: str, notebooks: Iterable[str]) -> None:  # noqa: ARG001  (nbgrader names them)
    """nbgrader's hook: called in the course folder for each submission, with the paths of its notebooks."""
    course = Course(Path.cwd())
    for folder in sorted({Path(path).parent for path in notebooks}):
        submission = Submission(course, folder.name, folder.parent.name)
        # Scores first: if anything below goes wrong, what stands in the gradebook is nothing and not an older grade.
        try:
            clear_scores(submission)
        except OperationalError:  # a connection that broke while nobody used it; the next one is new
            clear_scores(submission)
        finally:  # nbgrader goes on after an error of its hook, and would follow the links
            put_aside(submission, folder)
        _look_at_the_others(submission)
        copies = take_another(submission)
        if copies:  # nbgrader has made its list of notebooks, and this one is not in it
            reason = f"{submission.student}: its notebook had another name, and lies in {copies[0]} now"
            raise NbGraderException(f"{reason}: grade again")


def _look_at_the_others(submission: Submission) -> None:
    """Once in a run of nbgrader, zero what it leaves out: submissions in which there is no notebook at all."""
    course, assignment = submission.course, submission.assignment
    turns = TURNS.setdefault((course.root, assignment), set())
    if turns and submission.student not in turns:
        turns.add(submission.student)
        return
    TURNS[course.root, assignment] = {submission.student}
    for other in submissions(course, assignment):
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
    for path, kind, reason in list(dangerous(folder)):
        aside.mkdir(parents=True, exist_ok=True)
        place = aside / f"{len(list(aside.iterdir()))}-{_plain(path.name)}"
        # A link is renamed itself, not what it points to.
        path.rename(place)
        where = place.relative_to(submission.course.root)
        detail = f"{_plain(str(path.relative_to(folder.parent)))} {reason}; it lies in {where}"
        notes.append(Note(kind, "", detail, ACCIDENT if kind == "no-time" else ODD if kind == "odd-name" else ATTACK))
    extra = sorted(path.name for path in folder.glob("*.ipynb")) if folder.is_dir() else []
    expected = {master.name for master in submission.masters}
    notes += [
        Note("extra-notebook", "", f"{_plain(name)} is no notebook of this assignment", STRAY)
        for name in extra
        if name not in expected
    ]
    write_notes(submission.tamper_notes, "", notes)
    return notes


def dangerous(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Give what must not stay in a submission: the path, what kind of note it gives, and why."""
    if folder.is_symlink():
        yield folder, "symlink", "is a link"
        return
    for where, folders, files in os.walk(folder, followlinks=False):
        for name in [*folders, *files]:
            path = Path(where) / name
            danger = _danger(path, is_stamp=path == folder / "timestamp.txt")
            if danger:
                if name in folders:
                    folders.remove(name)
                yield path, *danger


def _danger(path: Path, *, is_stamp: bool) -> tuple[str, str] | None:
    """The kind of note and the reason for a path that must not stay, which may be the time stamp of the hand-in."""
    about = path.lstat()
    if stat.S_ISLNK(about.st_mode):
        return "symlink", f"is a link to {_plain(str(path.readlink()))}"
    if stat.S_ISDIR(about.st_mode):  # in its place nbgrader could not write the graded notebook
        return ("not-a-file", "is a folder by the name of a notebook") if path.suffix == ".ipynb" else None
    if not stat.S_ISREG(about.st_mode):
        return "not-a-file", "is a device or a pipe"
    if not path.name.isprintable():  # nbgrader's log could not hold it, or a terminal would obey it
        return "odd-name", "has a name that is no plain text"
    if path.suffix != ".ipynb" and about.st_size > LARGEST:
        return "too-large", f"has {about.st_size / 2**20:.0f} MiB"
    if is_stamp and not _is_time(path):
        return "no-time", "holds no time, so that when it was handed in is not known"
    return None


def _is_time(path: Path) -> bool:
    """Whether nbgrader can read the file as the time of handing in; where it cannot, it grades nothing."""
    try:
        text = path.read_text(encoding="utf-8").strip()
        return not text or parse_utc(text) is not None
    except (ValueError, OverflowError):
        return False


def _plain(name: str) -> str:
    """A name that any file, log and terminal can hold."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:80]
