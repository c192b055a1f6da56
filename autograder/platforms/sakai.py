"""Sakai: "Download All" of an assignment, its grades.csv, and "Upload All".

A hand-in is the folder `HW/Lovelace, Ada(ada)/` with `Submission attachment(s)/`, `timestamp.txt` (20261003224510000,
or 2026-10-03T22:45:10Z, in UTC), `Feedback Attachment(s)/`, comments.txt and what was typed as
`…_submissionText.html`. `HW/grades.csv` has a line of the title and `SCORE_GRADE_TYPE`, an empty one, and `Display ID,
ID, Last Name, First Name, grade, Submission date, Late submission`. "Upload All" takes the same folders back in a zip,
with grades.csv.

From Sakai's source (AssignmentServiceImpl and its zip) and grades.csv files that it wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath

from autograder.platforms.platform import PAGE, TYPED, WORK, Download, Piece, inside
from autograder.platforms.roster import Person
from autograder.platforms.sheet import Form

__all__ = ["FORM", "MARK", "feedback_place", "read"]

MARK = re.compile(
    r"(?P<last>[^,/]*), ?(?P<first>[^/]*?) ?\((?P<id>[^()/]+)\)"
    r"(?P<flat>_(?:Submission attachment\(s\)_.+|\w+\.(?:html|txt)))?"
)
ATTACHMENTS = "Submission attachment(s)"
FORMS = ("timestamp.txt", "comments.txt", "grades.csv", "grades.xls", "grades.xlsx", "feedbackText.html")
FORM = Form(
    who={"id": ("Display ID", "ID"), "last": ("Last Name",), "first": ("First Name",)},
    new=("Display ID", "ID", "Last Name", "First Name"),
    heading="grade",
    points=re.compile(r"(?P<title>grade)", re.IGNORECASE),
    preamble=(("{title}", "SCORE_GRADE_TYPE"), ("",)),
)


def read(download: Download) -> Iterator[Piece]:
    """Give a piece for each file that Sakai named."""
    paths = download.files
    if not any(ATTACHMENTS in part or part == "timestamp.txt" for path in paths for part in path.parts):
        return
    times = {path.parent: _time(download.text(path, 1000)) for path in paths if path.name == "timestamp.txt"}
    for path in paths:
        depth, match = next(
            ((depth, match) for depth, part in enumerate(path.parts) if (match := MARK.fullmatch(part))), (0, None)
        )
        if match is None:
            if path.name in FORMS:
                yield Piece(Person(), PurePosixPath(path.name), "", PAGE, path=download.folder / path)
            continue
        folder = PurePosixPath(*path.parts[: depth + 1])
        rest = path.parts[depth + 1 :]
        if match["flat"]:
            what, _, name = match["flat"][1:].partition(f"{ATTACHMENTS}_")
            rest = (ATTACHMENTS, name, *rest) if name and not what else (match["flat"][1:], *rest)
        is_work = rest[0] == ATTACHMENTS and len(rest) > 1
        typed = rest[-1].endswith("submissionText.html")
        piece = Piece(
            Person(id=match["id"], name=f"{match['first']} {match['last']}"),
            PurePosixPath(path.name),
            str(folder).removesuffix(match["flat"] or ""),
            WORK if is_work else TYPED if typed else PAGE,
            when=times.get(folder),
            path=download.folder / path,
        )
        yield inside(piece, rest[1:] if is_work else rest)


def _time(text: str) -> datetime | None:
    digits = re.match(r"\s*(\d{14})\d{0,3}\s*$", text)
    try:
        if digits:
            return datetime.strptime(digits[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except ValueError:
        return None


def feedback_place(label: str, page: str) -> str:
    """Return the name of a page in the archive that "Upload All" takes back."""
    place = PurePosixPath(label)
    return str(PurePosixPath(*place.parts[-2:], "Feedback Attachment(s)", page))
