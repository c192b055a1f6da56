"""Canvas: "Download Submissions", the gradebook's CSV, and "Upload Submissions".

A file is named `lovelaceada_LATE_70001_88001_name-1.ipynb`: the sortable name without signs and spaces, LATE if it
was, the user's number (nbgrader's lms_user_id), the attachment's number, and the student's own name for it, with -1,
-2 … from the second hand-in on. What was typed is `lovelaceada_70001_text.html`. An upload of pages goes by the two
numbers alone. The gradebook has `Student, ID, SIS User ID, SIS Login ID, Section`, a column an assignment named `Title
(12345)`, and a row `Points Possible` above the students.

From Canvas's source (lib/gradebook_importer.rb, its submissions zipper), the Instructor Guide's "How do I import
grades" and "How do I upload all student submissions".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from autograder.platforms.platform import TYPED, Download, Piece, inside
from autograder.platforms.roster import Person
from autograder.platforms.sheet import Form

__all__ = ["FORM", "MARK", "feedback_place", "read"]

MARK = re.compile(r"(?P<who>.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<attachment>\d+)_(?P<name>.+)")
TEXT = re.compile(r"(?P<who>.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<name>(?:text|link)\.html)")
VERSION = re.compile(r"-(\d+)(?=(?:\.tar)?\.\w+$|$)")
FORM = Form(
    who={"lms": ("ID",), "id": ("SIS Login ID", "SIS User ID"), "name": ("Student",)},
    new=("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
    heading="{title}",
    points=re.compile(r"(?P<title>.+?)(?: \(\d+\))?"),
    kept=("Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section"),
    top="Points Possible",
    nobody=("Student, Test", "Test Student", "Points Possible"),
)


def read(download: Download) -> Iterator[Piece]:
    """Give a piece for each file that Canvas named."""
    for path in download.files:
        for depth, part in enumerate(path.parts):
            typed = TEXT.fullmatch(part)
            match = typed or MARK.fullmatch(part)
            if match is None:
                continue
            person = Person(lms=match["user"], name=match["who"])
            kind = TYPED if typed else "work"
            version = VERSION.search(match["name"])
            attachment = 0 if typed else int(match["attachment"])
            piece = Piece(
                person,
                PurePosixPath(match["name"]),
                part,
                kind,
                late=bool(match["late"]),
                order=(attachment, int(version[1]) if version else 0),
                path=download.folder / path,
            )
            yield inside(piece, (match["name"], *path.parts[depth + 1 :]))
            break


def feedback_place(label: str, page: str) -> str:
    """Return the name of a page in the archive that Canvas takes back: the numbers count, the ending is the page's."""
    match = MARK.fullmatch(label)
    if match is None:
        return f"{label}_{page}"
    stem = page.removesuffix(".html")
    return f"{match['who']}{match['late'] or ''}_{match['user']}_{match['attachment']}_{stem}.html"
