"""What every platform's module answers: whose a file of its download is, and as what it came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path, PurePosixPath
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.intake.archives import is_litter
from autograder.platforms.roster import Person
from autograder.problem import Problem

__all__ = ["PAGE", "TYPED", "WORK", "Download", "Piece", "Reader", "in_utc", "inside", "zone_of"]

# Work that a student handed in; text that was typed into the platform's own page; a page of the platform's own.
WORK, TYPED, PAGE = "work", "typed", "page"
ARCHIVES = (".zip", ".gz", ".tgz")  # what is unpacked, into a folder of the archive's full name


@dataclass(frozen=True)
class Piece:
    """One file of a download: whose, what the student called it, in which attempt, when, and how late by its name.

    `label` is the platform's name of the hand-in, under which it takes pages back; of two pieces of one name in one
    attempt the one with the greater `order` is newer.
    """

    person: Person
    name: PurePosixPath
    label: str
    kind: str = WORK
    attempt: str = ""
    when: datetime | None = None
    late: bool = False
    order: tuple[int, ...] = ()
    path: Path = Path()


@dataclass(frozen=True)
class Download:
    """A download, unpacked: its folder, the files in it that are anybody's, and the zone of times without one.

    `lost` are those that could not be unpacked: whose they are is told by their names, too.
    """

    folder: Path
    zone: tzinfo | None = UTC  # None is this machine's
    lost: tuple[PurePosixPath, ...] = ()

    @property
    def files(self) -> list[PurePosixPath]:
        """The files in it, sorted; what Finder and Explorer leave is none."""
        paths = (path for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink())
        names = (PurePosixPath(path.relative_to(self.folder).as_posix()) for path in paths)
        return sorted({*(name for name in names if not is_litter(name)), *self.lost})

    def text(self, name: PurePosixPath, most: int = 1 << 20) -> str:
        """Return the beginning of a file of the platform's own."""
        if name in self.lost:
            return ""
        with (self.folder / name).open("rb") as stream:
            return stream.read(most).decode("utf-8-sig", errors="replace")


class Reader(Protocol):
    """How a platform names what it hands over."""

    def __call__(self, download: Download) -> Iterator[Piece]:
        """Give a piece for each file that is named as the platform names them; `path` is left as it is named."""
        ...


def inside(piece: Piece, rest: tuple[str, ...]) -> Piece:
    """Return a piece for a file of which the student's own name is `rest`, below an archive of theirs or not."""
    archive = len(rest) > 1 and rest[0].lower().endswith(ARCHIVES)
    return replace(piece, name=PurePosixPath(*(rest[1:] if archive else rest)))


def in_utc(when: datetime, zone: tzinfo | None) -> datetime:
    """Return a time in UTC; one that says no zone is of `zone`, or of this machine's."""
    return (when if when.tzinfo or zone is None else when.replace(tzinfo=zone)).astimezone(UTC)


def zone_of(name: str) -> tzinfo | None:
    """Return the zone of a name; None, which is this machine's, for no name."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Problem(f"{name}: no such time zone; expected one such as Europe/Berlin or America/New_York") from None
