"""One student's work on one assignment: where each stage of its way through the grader lies in the course folder.

    submission = Submission(course, "1-computational-graphs", "ada")
    submission.submitted        # what was handed in          submission.masters         # what it should answer
    submission.autograded       # what nbgrader made of it    submission.tamper_notes    # in what it differs
    submission.feedback         # what the student gets back  submission.aside           # what was dangerous in it

Nothing here is opened or made; whoever is handed a submission builds none of these paths by hand.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from autograder.tamper import report_of

__all__ = ["DEEPEST", "Submission", "submissions", "ungradable"]

DEEPEST = 8  # folders in folders of a hand-in: even of the longest names, their path can still be opened
LONGEST = 200  # bytes of a student's id, which is part of the names of files


@dataclass(frozen=True)
class Submission:
    """One student's work on one assignment of a course; whether anything was handed in or graded yet is not said."""

    course: Course
    assignment: str
    student: str

    @property
    def submitted(self) -> Path:
        """The folder of what was handed in."""
        return self._folder("submitted")

    @property
    def elsewhere(self) -> bool:
        """Whether the student's folder or the one in it is a link: what lies there may be anybody's."""
        return self.submitted.parent.is_symlink() or self.submitted.is_symlink()

    @property
    def closed(self) -> str:
        """Why its folder cannot be looked into, with what to do; "" where it can."""
        for folder in (self.submitted.parent, self.submitted):
            if folder.is_symlink():  # it is not followed: see dangerous
                return ""
            if not os.access(folder, os.R_OK | os.X_OK):
                place = folder.relative_to(self.course.root)
                return f"its folder {place} may not be read: give yourself the right to, and grade again"
        return ""

    @property
    def autograded(self) -> Path:
        """The folder of the graded notebooks."""
        return self._folder("autograded")

    @property
    def feedback(self) -> Path:
        """The folder of the pages that the student gets back."""
        return self._folder("feedback")

    @property
    def masters(self) -> list[Path]:
        """The instructor's notebooks that it answers, sorted; those handed in should have their names."""
        return self.course.notebooks(self.assignment)

    @property
    def tamper_notes(self) -> Path:
        """The file of its tamper report, beside the gradebook."""
        return report_of(self.course.root, self.assignment, self.student)

    @property
    def aside(self) -> Path:
        """The folder of what was too dangerous to be left among what was handed in."""
        return self._tamper / "aside" / Path(self.student).name

    @property
    def unpacked(self) -> Path:
        """The folder of what was in the student's own archives, where nothing else could be graded."""
        return self._tamper / "unpacked" / Path(self.student).name

    def files(self) -> list[Path]:
        """Return all plain files that were handed in, in folders of their own too, sorted; no link is followed.

        What lies more than DEEPEST levels down is left out: looking there could end in a RecursionError.
        """
        if self.elsewhere:
            return []
        files: list[Path] = []
        for where, folders, names in os.walk(self.submitted):
            if len(Path(where).relative_to(self.submitted).parts) >= DEEPEST:
                folders.clear()
            paths = (Path(where, name) for name in names)
            files += [path for path in paths if _plain(path)]
        return sorted(files)

    def _folder(self, stage: str) -> Path:
        return self.course.root / stage / self.student / self.assignment

    @property
    def _tamper(self) -> Path:
        # Names come from those of folders and hold no slash; this keeps it so for whoever calls with something else.
        return self.course.root / "tamper" / Path(self.assignment).name


def submissions(course: Course, assignment: str) -> list[Submission]:
    """Return all that was handed in for an assignment, by the students' names."""
    place = course.root / "submitted"
    # The words of a glob in an id or a name mean themselves; a loop of links is no folder.
    names = sorted(path.name for path in place.iterdir() if _holds(path, assignment)) if place.is_dir() else []
    return [Submission(course, assignment, name) for name in names]


def _plain(path: Path) -> bool:
    try:
        return path.is_file() and not path.is_symlink()
    except PermissionError:  # in a folder of which only the names may be read
        return False


def _holds(folder: Path, assignment: str) -> bool:
    """Whether something of the assignment was handed in there; where nobody may look, that is not known to be false."""
    try:
        return (folder / assignment).is_dir()
    except PermissionError:
        return folder.is_dir()


def ungradable(student: str) -> str:
    """Return why neither nbgrader nor a file of the course can have this student's id, or "" where they can."""
    if not student.isprintable():
        return "the id is no plain text"  # a line end, or bytes that are no UTF-8
    if student != student.strip():
        return "the id begins or ends with a space"
    if len(student.encode()) > LONGEST:
        return f"the id is longer than {LONGEST} bytes"
    return ""
