"""When work was handed in, of a platform whose download does not say it: from a table of its own.

Moodle's grading worksheet has `Last modified (submission)`, "Saturday, 3 October 2026, 10:45 PM" or so; other tables
have a column of a like name. A time that cannot be read is told, and none is made up.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from pathlib import Path

from dateutil import parser as dates

from autograder.platforms.known import PLATFORMS
from autograder.platforms.plan import Left
from autograder.platforms.platform import in_utc
from autograder.platforms.roster import Roster
from autograder.platforms.sheet import read_sheet
from autograder.problem import Problem

__all__ = ["times_of"]

COLUMNS = ("Last modified (submission)", "Submission date", "Submission Time", "Submitted at", "Submitted", "Time")


def times_of(path: Path, platform: str, roster: Roster, zone: tzinfo | None) -> tuple[dict[str, datetime], list[Left]]:
    """Return student -> time in UTC, and each row whose time or student cannot be told."""
    form = PLATFORMS[platform].form
    sheet = read_sheet(path, form)
    where = sheet.column(COLUMNS)
    if where < 0:
        raise Problem(
            f"{path}: has no column of times; expected one such as {COLUMNS[0]!r}, of: {', '.join(sheet.heading)}"
        )
    times: dict[str, datetime] = {}
    left: list[Left] = []
    for row in sheet.rows:
        text = row[where].strip()
        if text in ("", "-"):
            continue
        person = sheet.person(row, form)
        student, reason = roster.find(person)
        when = _read(text, zone)
        if not student or when is None:
            left.append(Left(student or str(person), path.name, reason or f"the time {text!r} cannot be read"))
        else:
            times[student] = when
    return times, left


def _read(text: str, zone: tzinfo | None) -> datetime | None:
    """A time as people write it; None unless day, month, year and hour are all there."""
    if not re.search(r"\d{4}.*\d[:.]?\d\d", text):
        return None
    try:
        blank, other = (dates.parse(text, default=datetime(2000, day, day)) for day in (1, 2))
        return in_utc(blank, zone) if blank == other else None
    except (ValueError, OverflowError):
        return None
