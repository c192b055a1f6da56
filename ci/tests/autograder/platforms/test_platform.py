"""A piece of a download, the zone of its time, and what is no file of anybody's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from autograder.platforms.platform import Download, Piece, in_utc, inside, zone_of
from autograder.platforms.roster import Person
from autograder.problem import Problem


def test_files_are_those_of_people_and_those_that_were_lost(tmp_path: Path) -> None:
    for name in ("b/a.txt", "__MACOSX/x", "b/._a.txt", ".DS_Store"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "b/a.txt")
    download = Download(tmp_path, lost=(PurePosixPath("c.zip"),))
    assert list(map(str, download.files)) == ["b/a.txt", "c.zip"]
    assert download.text(PurePosixPath("c.zip")) == "" and download.text(PurePosixPath("b/a.txt")) == "x"


def test_what_lies_in_an_archive_is_named_without_it() -> None:
    piece = Piece(Person(), PurePosixPath("x"), "")
    assert inside(piece, ("hw.zip", "a", "b.ipynb")).name == PurePosixPath("a/b.ipynb")
    assert inside(piece, ("hw.zip",)).name == PurePosixPath("hw.zip")
    assert inside(piece, ("a", "b.ipynb")).name == PurePosixPath("a/b.ipynb")


def test_time_without_a_zone_is_of_the_zone_of_that_day() -> None:
    berlin = zone_of("Europe/Berlin")
    assert in_utc(datetime(2026, 7, 1, 12), berlin) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert in_utc(datetime(2026, 12, 1, 12), berlin) == datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert in_utc(datetime(2026, 7, 1, 12, tzinfo=UTC), berlin) == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert zone_of("") is None


@pytest.mark.parametrize("name", ["Berlin", "../etc", "Europe/Atlantis"])
def test_zone_that_is_none_is_told(name: str) -> None:
    with pytest.raises(Problem, match="no such time zone"):
        zone_of(name)
