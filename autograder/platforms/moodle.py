"""Moodle: "Download all submissions", the offline grading worksheet, and feedback files in a zip.

A hand-in is the folder `Ada Lovelace_4711_assignsubmission_file_` (from 4.1 on without the last `_`), or, where
folders are switched off, each of its files has that before its name. 4711 is the participant's number in this
assignment alone, the worksheet's `Participant 4711`. What was typed lies in `…_assignsubmission_onlinetext_`. Feedback
goes back in the same folder with `assignfeedback_file` or as the download names it. No time is in a download: the
worksheet has it.

From Moodle's source: mod/assign/feedback/file/importziplib.php, mod/assign/feedback/offline/importgradeslib.php.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from autograder.platforms.platform import TYPED, WORK, Download, Piece, inside
from autograder.platforms.roster import Person
from autograder.platforms.sheet import Form

__all__ = ["FORM", "MARK", "feedback_place", "read"]

# What holds the pattern twice is nobody's: a name, of a person or a file, may have been chosen to look like another's.
MARK = re.compile(
    r"(?!.*_assignsubmission_.*_assignsubmission_)"
    r"(?P<who>[^/]+?)_(?P<number>\d+)_assignsubmission_(?P<what>file|onlinetext)(?:_(?P<name>.*))?"
)
FORM = Form(
    who={
        "number": ("Identifier",),
        "name": ("Full name",),
        "id": ("Username", "ID number"),
        "email": ("Email address",),
    },
    new=("Identifier", "Full name", "ID number", "Email address", "Grade", "Maximum Grade", "Last modified (grade)"),
    heading="Grade",
    points=re.compile(r"(?P<title>Grade)"),
    most="Maximum Grade",
)


def read(download: Download) -> Iterator[Piece]:
    """Give a piece for each file that Moodle named, in folders or flat."""
    for path in download.files:
        for depth, part in enumerate(path.parts):
            match = MARK.fullmatch(part)
            if match is None:
                continue
            rest = ((match["name"],) if match["name"] else ()) + path.parts[depth + 1 :]
            kind = WORK if match["what"] == "file" else TYPED
            label = part.removesuffix(match["name"]) if match["name"] else part
            piece = Piece(
                Person(name=match["who"], number=match["number"]),
                PurePosixPath(path.name),
                label,
                kind,
                path=download.folder / path,
            )
            yield inside(piece, rest or (path.name,))
            break


def feedback_place(label: str, page: str) -> str:
    """Return the name of a page in the archive that Moodle takes back: in the participant's folder."""
    return f"{label}/{page}"
