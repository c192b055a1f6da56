"""Blackboard Learn: "Assignment File Download" and the Grade Center's "Work Offline".

Each file is named `HW_ada_attempt_2026-10-03-22-45-10_name.ipynb`: the assignment, the user name, the attempt's time;
beside it `HW_ada_attempt_2026-10-03-22-45-10.txt` has `Name: Ada Lovelace (ada)`, what was typed, and the student's
own names of files. Assignment and user name may both hold `_`: the text, or the class, tells where one ends. The Grade
Center's file is tab-separated UTF-16 with `"Last Name" "First Name" "Username"` and `TITLE [Total Pts: 10 Score]
|12345`; a column without its number makes a new one. It takes no archive of pages: those are named as the download.

From Blackboard's "Work Offline with Grade Data" (help.blackboard.com), github.com/kwurst/bb-file-cleanup and
github.com/nbeaver/offline-grades-upload.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath

from autograder.platforms.platform import PAGE, TYPED, WORK, Download, Piece, in_utc, inside
from autograder.platforms.roster import Person
from autograder.platforms.sheet import Form

__all__ = ["FORM", "MARK", "feedback_place", "read"]

MARK = re.compile(r"(?P<head>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<name>.+)|\.txt)")
NAMED = re.compile(r"^Name:\s*(?P<name>.*?)\s*\((?P<user>[^()]+)\)\s*$", re.MULTILINE)
FIELDS = re.compile(
    r"^(?:Submission Field|Comments):[ \t]*\n(?P<typed>.*?)(?=^\S[^\n]*:[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
NOTHING = re.compile(r"There (?:is|are) no (?:student )?(?:submission text data|comments)[^\n]*", re.IGNORECASE)
FORM = Form(
    who={"id": ("Username",), "lms": ("Student ID",), "last": ("Last Name",), "first": ("First Name",)},
    new=("Last Name", "First Name", "Username", "Student ID"),
    heading="{title} [Total Pts: {most} Score]",
    points=re.compile(r"(?P<title>.+?) \[Total Pts: (?:up to )?(?P<most>[\d.]+)[^\]]*\](?: ?\|\d+)?"),
    kept=("Last Name", "First Name", "Username", "Student ID"),
    encoding="utf-16",
    delimiter="\t",
)


def read(download: Download) -> Iterator[Piece]:
    """Give a piece for each file that Blackboard named."""
    people: dict[str, Person] = {}
    typed: set[PurePosixPath] = set()
    # The outermost alone: what lies below it is called as the student likes.
    firsts = [(path, next(filter(None, map(MARK.fullmatch, path.parts)), None)) for path in download.files]
    matches = [(path, path.parts.index(match[0]), match) for path, match in firsts if match is not None]
    for path, depth, match in matches:
        if not match["name"] and depth == len(path.parts) - 1:
            text = download.text(path)
            if named := NAMED.search(text):
                people[f"{match['head']} {match['time']}"] = Person(id=named["user"], name=named["name"])
            if any(NOTHING.sub("", part["typed"]).strip() for part in FIELDS.finditer(text)):
                typed.add(path)
    start = _shared([match["head"] for _, _, match in matches])
    for path, depth, match in matches:
        user = match["head"][len(start) :] or match["head"].rpartition("_")[2]
        person = people.get(f"{match['head']} {match['time']}", Person(id=user))
        kind = WORK if match["name"] else TYPED if path in typed else PAGE
        piece = Piece(
            person,
            PurePosixPath(path.name),
            f"{match['head']}_attempt_{match['time']}",
            kind,
            attempt=match["time"],
            when=in_utc(datetime.strptime(match["time"], "%Y-%m-%d-%H-%M-%S"), download.zone),
            path=download.folder / path,
        )
        yield inside(piece, (match["name"] or match[0], *path.parts[depth + 1 :]))


def _shared(heads: list[str]) -> str:
    """The assignment's name with its `_`: what all heads begin with; all but the last word of a single one."""
    words = [head.split("_") for head in set(heads)]
    if len(words) < 2:
        return heads[0].rpartition("_")[0] + "_" if heads and "_" in heads[0] else ""
    count = 0
    while all(len(word) > count + 1 for word in words) and len({word[count] for word in words}) == 1:
        count += 1
    return "".join(f"{word}_" for word in words[0][:count])


def feedback_place(label: str, page: str) -> str:
    """Return the name of a page in an archive: Blackboard takes none back, so it is named as the download was."""
    return f"{label}_{page}"
