"""Gradescope: "Export Submissions" and a table of scores.

The export has a folder a hand-in, `submission_123/`, and submission_metadata.yml: for each folder its `:submitters:`
(each `:name:`, `:sid:`, `:email:`; several in a group), `:created_at:`, and `:history:` with the earlier ones, of
which no files are there. Gradescope takes no points of an ordinary assignment from a file: what is written has the
columns of its own "Download Grades" (`First Name, Last Name, SID, Email, Total Score, Max Points, Status`), for
whatever it is passed on to.

From Gradescope's guides ("Exporting Submission Data") and programs that read submission_metadata.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import yaml

from autograder.platforms.platform import PAGE, Download, Piece, inside
from autograder.platforms.roster import Person
from autograder.platforms.sheet import Form

__all__ = ["FORM", "MARK", "feedback_place", "read"]

MARK = re.compile(r"submission_\d+")
METADATA = "submission_metadata.yml"
LARGEST = 64 << 20  # bytes of it that are read
FORM = Form(
    who={"id": ("SID",), "email": ("Email",), "first": ("First Name",), "last": ("Last Name",)},
    new=("First Name", "Last Name", "SID", "Email"),
    heading="Total Score",
    points=re.compile(r"(?P<title>Total Score)"),
    most="Max Points",
)


def read(download: Download) -> Iterator[Piece]:
    """Give a piece for each file of a hand-in, for each of the people who handed it in together."""
    paths = download.files
    for metadata in [path for path in paths if path.name == METADATA]:
        yield Piece(Person(), PurePosixPath(METADATA), "", PAGE, path=download.folder / metadata)
        entries = _entries(download.text(metadata, LARGEST))
        for path in paths:
            if metadata.parent not in path.parents or len(path.parts) <= len(metadata.parts):
                continue
            folder = path.parts[len(metadata.parts) - 1]
            entry = entries.get(folder)
            for person in _people(entry):
                piece = Piece(
                    person,
                    PurePosixPath(path.name),
                    folder,
                    attempt=folder,
                    when=_time(entry.get(":created_at")) if entry else None,
                    path=download.folder / path,
                )
                yield inside(piece, path.parts[len(metadata.parts) :])


def _entries(text: str) -> dict[str, dict[str, Any]]:
    try:
        entries = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    return (
        {str(name): entry for name, entry in entries.items() if isinstance(entry, dict)}
        if isinstance(entries, dict)
        else {}
    )


def _people(entry: dict[str, Any] | None) -> list[Person]:
    people = entry.get(":submitters") if entry else None
    if not isinstance(people, list):
        return []
    return [
        Person(
            id=str(person.get(":sid") or ""), email=str(person.get(":email") or ""), name=str(person.get(":name") or "")
        )
        for person in people
        if isinstance(person, dict)
    ]


def _time(value: Any) -> datetime | None:
    """A time of the metadata in UTC, which YAML gives as a time with or without a zone."""
    if not isinstance(value, datetime):
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


def feedback_place(label: str, page: str) -> str:
    """Return the name of a page in an archive: in the folder of the hand-in."""
    return f"{label}/{page}"
