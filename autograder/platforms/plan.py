"""Of all that a download holds, what each student handed in: the newest version, and why the rest is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.platforms.platform import PAGE, TYPED, Piece
from autograder.platforms.roster import Roster, printable

__all__ = ["HandIn", "Left", "Plan", "bare", "planned"]

UNOPENED = (".rar", ".7z", ".tar", ".xz", ".bz2", ".zst", ".dmg", *(".zip", ".gz", ".tgz"))
EARLIEST = datetime.min.replace(tzinfo=UTC)
OLDER = "an older version; the newest counts"
CLOSED = "an archive of a kind that is not opened; the notebook itself, or a .zip, would be"
NUMBERED = re.compile(r"(?: ?\(\d+\)|-\d+)(?=\.ipynb$)")  # what a browser, or Canvas, adds to a name


@dataclass(frozen=True)
class Left:
    """A file that is left out: whose it is, what lies there, why; `open` where a person should see to it.

    `ours` is a matter of the course's own, of which the student is told nothing.
    """

    who: str
    what: str
    why: str
    open: bool = True
    ours: bool = False

    def __str__(self) -> str:
        return printable(f"{self.who}: {self.what}: {self.why}")


@dataclass
class HandIn:
    """What a student handed in last: each file by the name that it will have, and what is said of it."""

    student: str
    label: str
    number: str
    when: datetime | None
    late: bool
    order: tuple[int, ...]
    files: dict[PurePosixPath, Path] = field(default_factory=dict)


@dataclass
class Plan:
    """The hand-ins by student, and what is left out of the download."""

    hand_ins: dict[str, HandIn] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


def planned(pieces: Iterable[Piece], roster: Roster, released: set[str]) -> Plan:
    """Return what to do with the pieces of a download; `released` are the names of the assignment's notebooks."""
    plan = Plan()
    by_student: dict[str, list[Piece]] = {}
    unknown: dict[str, tuple[list[Piece], str]] = {}
    for piece in pieces:
        if piece.kind == PAGE:
            continue
        student, reason = roster.find(piece.person)
        if student:
            by_student.setdefault(student, []).append(piece)
        else:
            unknown.setdefault(str(piece.person), ([], reason))[0].append(piece)
    for who, (theirs, reason) in sorted(unknown.items()):
        plan.left.append(Left(who, _listed([piece.name for piece in theirs]), reason))
    for student in sorted(by_student):
        _one(student, by_student[student], released, plan)
    return plan


def _one(student: str, pieces: list[Piece], released: set[str], plan: Plan) -> None:
    """Enter one student's newest attempt in the plan, and what is left out of it and of the others."""
    for piece in pieces:
        if piece.kind == TYPED:
            plan.left.append(
                Left(student, str(piece.name), "typed into the platform's page, and no notebook: it can be read there")
            )
    attempts: dict[str, list[Piece]] = {}
    for piece in pieces:
        if piece.kind != TYPED:
            attempts.setdefault(piece.attempt, []).append(piece)
    if not attempts:
        return
    opened = [name for name, theirs in attempts.items() if not all(map(_is_closed, theirs))]
    newest = max(opened or attempts, key=lambda name: (_when(attempts[name]) or EARLIEST, name))
    for attempt, theirs in attempts.items():
        if attempt != newest:
            at = _when(theirs)
            what = _listed([piece.name for piece in theirs]) + (f" of {at:%Y-%m-%d %H:%M} UTC" if at else "")
            closed = attempt not in opened
            why = f"{CLOSED}; what was handed in otherwise counts" if closed else OLDER
            plan.left.append(Left(student, what, why, open=closed))
    theirs = attempts[newest]
    _completed(student, theirs, attempts, released, plan)
    last = max(theirs, key=lambda piece: piece.order)
    hand_in = HandIn(
        student,
        last.label,
        last.person.lms or last.person.number,
        _when(theirs),
        any(piece.late for piece in theirs),
        last.order,
    )
    _put(hand_in, theirs, released, plan)
    if hand_in.files:
        plan.hand_ins[student] = hand_in


def _completed(
    student: str, newest: list[Piece], attempts: dict[str, list[Piece]], released: set[str], plan: Plan
) -> None:
    """Take along, from the attempt before, a notebook of the assignment that the newest attempt is without.

    Whoever hands one of two notebooks in again still wants the other one graded.
    """
    there = {bare(piece.name.name) for piece in newest}
    if not there & released:
        return
    earlier = sorted(
        (piece for pieces in attempts.values() for piece in pieces), key=lambda piece: piece.when or EARLIEST
    )
    last = {piece.name.name: piece for piece in earlier if piece.name.name in released - there}
    for name, piece in last.items():
        newest.append(piece)
        plan.left.append(Left(student, name, "taken from an earlier attempt: the newest is without it", open=False))


def bare(name: str) -> str:
    """Return a notebook's name without what a browser adds to it: NB (1).ipynb is NB.ipynb."""
    return NUMBERED.sub("", name)


def _is_closed(piece: Piece) -> bool:
    return piece.name.suffix.lower() in UNOPENED


def _when(pieces: list[Piece]) -> datetime | None:
    return max((piece.when for piece in pieces if piece.when), default=None)


def _put(hand_in: HandIn, pieces: list[Piece], released: set[str], plan: Plan) -> None:
    """Choose the file for each name of a hand-in, the newest first, and tell the others."""
    student = hand_in.student
    named = _without_wrapping(pieces, released)
    # A file that lies open counts before one in an archive of the same name.
    for piece in sorted(pieces, key=lambda piece: (piece.order, -len(piece.path.parts)), reverse=True):
        name = named[piece.path]
        if name == PurePosixPath("timestamp.txt"):
            plan.left.append(
                Left(student, str(name), "the time is the platform's to say, not the student's", open=False)
            )
        elif _is_closed(piece):
            plan.left.append(Left(student, str(name), CLOSED))
        elif name not in hand_in.files:
            hand_in.files[name] = piece.path
        elif piece.path.read_bytes() != hand_in.files[name].read_bytes():
            plan.left.append(Left(student, str(piece.name), OLDER, open=False))
    if not hand_in.files:  # so that it lies where whoever grades looks for it
        hand_in.files = {named[piece.path]: piece.path for piece in pieces if _is_closed(piece)}
    elif not any(name.suffix == ".ipynb" for name in hand_in.files):
        plan.left.append(Left(student, _listed(hand_in.files), "there is no notebook among what was handed in"))


def _without_wrapping(pieces: list[Piece], released: set[str]) -> dict[Path, PurePosixPath]:
    """The names that files will have: without the folder around all of them, and Canvas's number of a version."""
    named = {piece.path: piece.name for piece in pieces}
    while True:
        deep = {name.parts[0] for name in named.values() if len(name.parts) > 1}
        flat = {name.parts[0] for name in named.values() if len(name.parts) == 1}
        if len(deep) != 1 or any(name in released for name in flat) or not _holds(named, released):
            break
        named = {path: PurePosixPath(*name.parts[1:]) if len(name.parts) > 1 else name for path, name in named.items()}
    for piece in pieces:
        name = named[piece.path]
        plain = re.sub(r"-\d+(?=\.ipynb$)", "", name.name)
        if piece.order and name.name not in released and plain in released:
            named[piece.path] = name.with_name(plain)
    return named


def _holds(named: dict[Path, PurePosixPath], released: set[str]) -> bool:
    """Whether a notebook lies in the one folder."""
    return any(len(name.parts) > 1 and (name.name in released or name.suffix == ".ipynb") for name in named.values())


def _listed(names: Iterable[PurePosixPath]) -> str:
    texts = sorted({str(name) for name in names})
    return ", ".join(texts[:3]) + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")
