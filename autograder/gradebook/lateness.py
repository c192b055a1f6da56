"""More time for one student: nbgrader's extension, given by its last day, and penalties taken anew.

nbgrader reckons a penalty once, when it grades. A mark given by hand later, an extension or another due date makes it
another one, so that whatever passes points on asks for them anew first: see `renew`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbformat.v4 import new_notebook
from nbgrader.api import MissingEntry
from traitlets.config import Config

from autograder.course import Course
from autograder.gradebook.grade_steps import AssignLatePenalties
from autograder.gradebook.session import opened
from autograder.problem import Problem

__all__ = ["duration", "extend", "moment", "renew"]

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FORM = "write it as 2025-03-01, or with a time and a zone as '2025-03-01 18:00 Europe/Berlin'; without a zone it is UTC"


def moment(text: str) -> datetime:
    """Return the time that a date means, in UTC as nbgrader keeps it; a day without a time lasts until its end.

    Raises Problem where it is no date.
    """
    day, *rest = re.sub(r"(?<=\d)T(?=\d)", " ", text).split()[:4] or [""]
    try:
        time = datetime.fromisoformat(" ".join([day, *(rest[:1] or ["23:59"])]))
        zone = rest[1] if len(rest) > 1 else "UTC"
        if time.tzinfo is None:
            offset = re.fullmatch(r"[+-]\d{2}:?\d{2}", zone)
            time = datetime.fromisoformat(f"{time}{zone}") if offset else time.replace(tzinfo=ZoneInfo(zone))
        if len(rest) > 2 or not DAY.fullmatch(day):
            raise ValueError
        return time.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, ZoneInfoNotFoundError, IsADirectoryError):
        raise Problem(f"{text}: is no date that is understood here; {FORM}") from None


def extend(course: Course, assignment: str, student: str, until: datetime) -> str:
    """Give a student time until then, and return in a line what it changes; raises Problem where it cannot be given."""
    with opened(course.gradebook) as gradebook:
        due = gradebook.find_assignment(assignment).duedate
        if due is None:
            raise Problem(
                f"{assignment}: has no due date that could be put off: set it in the formgrader, or with "
                f"`nbgrader db assignment add {assignment} --duedate='2025-03-01 18:00 UTC'`, and extend it then"
            )
        if until < due:
            raise Problem(f"{assignment}: is due on {_shown(due)} for all; {_shown(until)} would be earlier")
        _add(course, gradebook, assignment, student)
        entry = gradebook.find_submission(assignment, student)
        entry.extension = until - due if until > due else None
        gradebook.db.commit()
        names = [notebook.name for notebook in entry.notebooks]
    _take(AssignLatePenalties(config=course.config()), course.gradebook, assignment, student, names)
    with opened(course.gradebook) as gradebook:
        entry = gradebook.find_submission(assignment, student)
        late, penalty, there = entry.total_seconds_late, entry.late_submission_penalty or 0.0, entry.timestamp
    more = f"{duration((until - due).total_seconds())} more than the others" if until > due else "as all others"
    state = f"late by {duration(late)}, {penalty:g} points are taken" if late else "in time"
    return f"{student}: has until {_shown(until)} for {assignment}, {more}" + (f"; handed in {state}" if there else "")


def renew(config: Config, url: str, assignment: str) -> None:
    """Take the penalties of an assignment anew where one is or was late: marks or times may be others since."""
    with opened(url) as gradebook:
        try:
            submissions = gradebook.find_assignment(assignment).submissions
        except MissingEntry:
            return
        late = {
            entry.student_id: [notebook.name for notebook in entry.notebooks]
            for entry in submissions
            if entry.total_seconds_late > 0 or entry.late_submission_penalty
        }
    step = AssignLatePenalties(config=config)
    for student, names in late.items():
        _take(step, url, assignment, student, names)


def _take(step: AssignLatePenalties, url: str, assignment: str, student: str, names: list[str]) -> None:
    for name in names:
        about = {"notebook": name, "assignment": assignment, "student": student, "db_url": url}
        step.preprocess(new_notebook(), {"nbgrader": about})


def duration(seconds: float) -> str:
    """Return a length of time in days, hours and minutes."""
    minutes = max(1, round(seconds / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{days} d" if days else "", f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(filter(None, parts))


def _add(course: Course, book: Any, assignment: str, student: str) -> None:
    """Enter student and submission where they are not; nothing of it waits for anybody until it is handed in."""
    try:
        book.find_student(student)
    except MissingEntry:
        if not (course.root / "submitted" / student / assignment).is_dir():
            raise Problem(
                f"{student}: no such student; add who is new with `nbgrader db student add {student}`"
            ) from None
        book.add_student(student)
    try:
        book.find_submission(assignment, student)
    except MissingEntry:
        for notebook in book.add_submission(assignment, student).notebooks:
            for grade in notebook.grades:
                # No score at all says that it was never graded: a zero would go back to the platform.
                grade.auto_score, grade.needs_manual_grade = None, False


def _shown(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
