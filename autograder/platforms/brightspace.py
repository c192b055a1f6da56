"""Brightspace (D2L): "Download" of an assignment, the grades' import, and "Add Feedback Files".

A hand-in is the folder `1234-5678 - Ada Lovelace - Oct 3, 2026 1045 PM`, in the course's own time; without folders
each file has that and ` - ` before its name. Each attempt is a folder of its own. `index.html` lists them. Of the two
numbers one is the user's and one the assignment's, in an order that differs. The import's heading is
`OrgDefinedId,Username,TITLE Points Grade,End-of-Line Indicator`, and ids and the last cell begin with `#`.

From D2L's "Importing grades" (community.d2l.com) and files that Brightspace wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import PurePosixPath

from autograder.platforms.platform import PAGE, Download, Piece, in_utc, inside
from autograder.platforms.roster import Person
from autograder.platforms.sheet import Form

__all__ = ["FORM", "MARK", "feedback_place", "read"]

TIME = r"[^-]*\d{4},? \d{1,2}[.:]?\d\d ?(?:[AaPp][Mm])?"
# What holds a time twice is nobody's: a name, of a person or a file, may have been chosen to look like another's.
MARK = re.compile(
    rf"(?!.* - {TIME} - .*{TIME}(?: - |$))"
    r"(?P<first>\d+)-(?P<second>\d+) - (?P<who>.+?) - "
    rf"(?P<time>{TIME})(?: - (?P<name>.+))?"
)
TIMES = ("%b %d, %Y %I%M %p", "%B %d, %Y %I%M %p", "%d %B, %Y %I%M %p", "%d %b, %Y %I%M %p", "%d %B, %Y %H%M")
FORM = Form(
    who={
        "id": ("Username",),
        "lms": ("OrgDefinedId", "Org Defined ID"),
        "last": ("Last Name",),
        "first": ("First Name",),
        "email": ("Email",),
    },
    new=("OrgDefinedId", "Username"),  # "Do not import other options, such as a user's first name"
    heading="{title} Points Grade",
    points=re.compile(r"(?P<title>.+?) Points Grade(?: <.*?MaxPoints:(?P<most>[\d.]+).*>)?"),
    kept=("OrgDefinedId", "Org Defined ID", "Username"),
    sign="#",
    last=("End-of-Line Indicator", "#"),
)


def read(download: Download) -> Iterator[Piece]:
    """Give a piece for each file that Brightspace named."""
    paths = download.files
    numbers = [match["first"] for path in paths for part in path.parts if (match := MARK.fullmatch(part))]
    shared = len(set(numbers)) == 1 and len(numbers) > 1  # then it is the assignment's
    for path in paths:
        if path.name == "index.html" and not any(MARK.fullmatch(part) for part in path.parts):
            yield Piece(Person(), PurePosixPath(path.name), "", PAGE, path=download.folder / path)
            continue
        for depth, part in enumerate(path.parts):
            match = MARK.fullmatch(part)
            if match is None:
                continue
            when = _time(match["time"], download.zone)
            label = part.removesuffix(f" - {match['name']}") if match["name"] else part
            piece = Piece(
                Person(name=match["who"], number=match["second" if shared else "first"]),
                PurePosixPath(path.name),
                label,
                attempt=label,
                when=when,
                path=download.folder / path,
            )
            rest = ((match["name"],) if match["name"] else ()) + path.parts[depth + 1 :]
            yield inside(piece, rest or (path.name,))
            break


def _time(text: str, zone: tzinfo | None) -> datetime | None:
    """The time that a folder's name says, in UTC; None where it is written as nobody reckoned with."""
    date, _, clock = text.strip().replace(".", "").replace(":", "").partition(" ")
    words = f"{date} {clock}".split()
    clocks = [number for number, word in enumerate(words) if word.isdecimal() and number > 2]
    for number in clocks:
        words[number] = words[number].zfill(4)  # 926 PM
    for form in TIMES:
        try:
            return in_utc(datetime.strptime(" ".join(words), form), zone)
        except ValueError:
            continue
    return None


def feedback_place(label: str, page: str) -> str:
    """Return the name of a page in the archive that Brightspace takes back: in the folder of the hand-in."""
    return f"{label}/{page}"
