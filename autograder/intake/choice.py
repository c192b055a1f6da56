"""Which of the files that a student handed in is a notebook of the assignment: the newest in which there is work.

A browser names a second download "NB (1).ipynb", or "NB.ipynb.txt"; a student hands in the untouched file beside the
solved one, or all of it in an archive. So a file is known by what is in it: by the names of the master's answers and
tests or, where a tool has dropped those, by the texts of its locked cells. nbgrader goes by names alone: where there
is no file of the right one, a placeholder stands in its place, and what counts is read instead of it.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from autograder.intake.archives import is_litter, unpacked
from autograder.intake.earlier import Handed
from autograder.intake.matching import matched
from autograder.intake.released import around, released
from autograder.intake.salvage import salvage
from autograder.notebooks.notebook import grade_id, known, named
from autograder.notebooks.versions import past
from autograder.submission import Submission

__all__ = ["Candidate", "candidates", "handed_in", "is_placeholder", "put_placeholder", "taken"]

# How the name of a notebook ends once a browser, an editor or a student had it.
ENDINGS = (".ipynb", ".txt", ".json", ".download", ".bak", ".ipynb~", "")
ARCHIVES = (".zip", ".gz", ".tgz")
SHARE = 3  # of a master's locked cells, one in so many must be there where nothing has its name
SAME_TIME = 120.0  # seconds in which the files of one archive are written: no order can be read off them
MARK = "cs231n-lite: nothing was handed in under this name"
PLACEHOLDER = json.dumps({"cells": [], "metadata": {"placeholder": MARK}, "nbformat": 4, "nbformat_minor": 5})


@dataclass(frozen=True)
class Candidate:
    """A file that is a notebook of the assignment: its name, how many answers are written, when it was changed."""

    path: Path
    name: str
    work: int
    time: float


def handed_in(submission: Submission, name: str) -> Path:
    """Return the file to be graded as the notebook of this name: the one with it, unless another counts."""
    path = submission.submitted / name
    best = taken(candidates(submission, name), name)
    return best.path if best else path


def taken(those: list[Candidate], name: str) -> Candidate | None:
    """Return the candidate that counts: of those with work the newest, of one time the one with most of it."""
    working = [each for each in those if each.work] or those
    newest = max((each.time for each in working), default=0.0)
    recent = [each for each in working if newest - each.time < SAME_TIME]
    return max(recent, key=lambda each: (each.work, each.name == name, each.time, each.name), default=None)


def candidates(submission: Submission, name: str) -> list[Candidate]:
    """Return the files that are this notebook; the one of its own name alone needs no look, and none is returned."""
    own = submission.submitted / name
    others = [] if own.is_symlink() else _others(submission)
    there = own.is_file() and not own.is_symlink() and not is_placeholder(own)
    those = _those(submission, name, [*others, *([own] if there else [])]) if others else []
    if not any(each.work for each in those) and not own.is_symlink() and _archives(submission):
        those += _those(submission, name, _from_archives(submission))
        those += _those(submission, name, [own]) if there and not others else []
    return those


def _those(submission: Submission, name: str, paths: list[Path]) -> list[Candidate]:
    master, those = submission.course.source / submission.assignment / name, []
    for path in paths:
        about = path.stat()
        work = _work(path, master, about.st_mtime_ns, about.st_size, submission.course)
        if work is not None:
            inside = path.is_relative_to(submission.unpacked)
            shown = path.relative_to(submission.unpacked if inside else submission.submitted)
            those.append(Candidate(path, str(shown), work, about.st_mtime))
    return those


def _others(submission: Submission) -> list[Path]:
    """The files beside the assignment's notebooks that may be one of them."""
    folder, names = submission.submitted, {master.name for master in submission.masters}
    return [
        path
        for path in submission.files()
        if path.suffix.lower() in ENDINGS and not is_litter(path.relative_to(folder))
        if (path.parent != folder or path.name not in names) and _is_like_json(path)
    ]


def _is_like_json(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return path.suffix == ".ipynb" or file.read(100).lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").startswith(b"{")
    except OSError:
        return False


def _archives(submission: Submission) -> list[Path]:
    files = submission.files()
    return [path for path in files if path.suffix.lower() in ARCHIVES and not is_litter(path)]


def _from_archives(submission: Submission) -> list[Path]:
    """The files of the student's own archives, unpacked where nothing else is: in a folder of each one's name."""
    for archive in _archives(submission):
        unpacked(archive, submission.unpacked / archive.relative_to(submission.submitted))
    found = sorted(path for path in submission.unpacked.rglob("*") if path.is_file())
    return [path for path in found if path.suffix.lower() in ENDINGS and _is_like_json(path)]


@functools.lru_cache(1000)  # asked for several times for one submission
def _work(path: Path, master: Path, _time: int, _size: int, course: Course) -> int | None:
    """How many answers of a master's are written in a file; None where it is no notebook of it."""
    pieces, _ = salvage(path)
    by_id = {grade_id(cell): cell for cell in named(known(master)).cells}
    shown = released(named(known(master)), course.config())
    graded = {name for name, cell in by_id.items() if cell.metadata.nbgrader.solution or cell.metadata.nbgrader.grade}
    claims = {(piece.claims or {}).get("grade_id") or piece.ident for piece in pieces}
    texts = {piece.source.strip() for piece in pieces} - {""}
    locked = [name for name in by_id if not by_id[name].metadata.nbgrader.solution and shown[name].source.strip()]
    same = sum(shown[name].source.strip() in texts for name in locked)
    if not {claim for claim in claims if isinstance(claim, str)} & graded and same * SHARE < max(len(locked), SHARE):
        return None
    handed = Handed(past(course, master.parent.name, master.stem), pieces)
    matches, _ = matched(pieces, by_id, shown, [], handed.text, around(course.config()))
    answers = {
        match.name
        for piece, match in zip(pieces, matches, strict=True)
        if match.name and by_id[match.name].metadata.nbgrader.solution and (match.first or match.part)
        if piece.source.strip() not in ("", shown[match.name].source.strip())
        if not handed.text(match.name, piece.source)
    }
    return len(answers)


def put_placeholder(path: Path) -> None:
    """Put a notebook without cells where nbgrader looks for one."""
    path.write_text(PLACEHOLDER, encoding="utf-8")


def is_placeholder(path: Path) -> bool:
    """Return whether what lies there was not handed in."""
    return path.is_file() and path.stat().st_size == len(PLACEHOLDER) and MARK in path.read_text(encoding="utf-8")
