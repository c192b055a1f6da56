"""Times of Moodle's worksheet, read or told, and never made up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.platforms.collect import collect
from autograder.platforms.platform import zone_of
from autograder.platforms.roster import Roster
from autograder.platforms.sheet import Sheet
from autograder.platforms.times import times_of
from autograder.problem import Problem
from autograder.submission import Submission
from ci.tests.autograder.platforms.builders import CLASS, ROSTER, Sent, download

HEADING = ["Identifier", "Full name", "Email address", "Grade", "Last modified (submission)", "Last modified (grade)"]


def worksheet(folder: Path, **times: str) -> Path:
    rows = [["Participant 1", name.replace("_", " "), "", "", text, "-"] for name, text in times.items()]
    path = folder / "worksheet.csv"
    path.write_bytes(Sheet(HEADING, rows).content())
    return path


@pytest.mark.parametrize(
    "text", ["Saturday, 3 October 2026, 10:45 PM", "3 October 2026, 22:45", "2026-10-03 22:45", "Oct 3, 2026 10:45 PM"]
)
def test_time_is_that_of_the_zone(tmp_path: Path, text: str) -> None:
    path = worksheet(tmp_path, Ada_Lovelace=text, Plato="-")
    times, lines = times_of(path, "moodle", ROSTER, zone_of("Europe/Berlin"))
    assert times == {"ada": datetime(2026, 10, 3, 20, 45, tzinfo=UTC)} and lines == []


@pytest.mark.parametrize("text", ["Samstag, 3. Oktober 2026, 22:45", "yesterday", "2026", "October 2026, 22:45"])
def test_time_that_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    times, lines = times_of(worksheet(tmp_path, Ada_Lovelace=text), "moodle", ROSTER, UTC)
    assert times == {} and str(lines[0]).startswith("ada: worksheet.csv: the time ") and text in str(lines[0])


def test_whoever_is_not_known_and_a_table_without_times_are_told(tmp_path: Path) -> None:
    _, lines = times_of(worksheet(tmp_path, Grace_Hopper="2026-10-03 22:45"), "moodle", ROSTER, UTC)
    assert lines[0].who.startswith("Grace Hopper") and "nobody in the class" in lines[0].why
    path = tmp_path / "other.csv"
    path.write_bytes(Sheet(HEADING[:4], []).content())
    with pytest.raises(Problem, match="has no column of times"):
        times_of(path, "moodle", ROSTER, UTC)


def test_collected_work_has_the_time(tiny: Course, tmp_path: Path) -> None:
    source = download(tmp_path, "moodle", [Sent("ada")])
    times = worksheet(tmp_path, Ada_Lovelace="Saturday, 3 October 2026, 10:45 PM")
    collect(tiny, "1-tiny", source, roster=Roster(CLASS), times=times, timezone="UTC")
    text = (Submission(tiny, "1-tiny", "ada").submitted / "timestamp.txt").read_text(encoding="utf-8")
    assert text == "2026-10-03 22:45:00.000000 UTC"
    result = collect(tiny, "1-tiny", source, roster=Roster(CLASS))  # the worksheet is not named again
    assert result.students == {"ada": "unchanged"}
    assert (Submission(tiny, "1-tiny", "ada").submitted / "timestamp.txt").read_text(encoding="utf-8") == text
    collect(tiny, "1-tiny", source, roster=Roster(CLASS), times=times, timezone="UTC")
    assert collect(tiny, "1-tiny", source, roster=Roster(CLASS)).students == {"ada": "unchanged"}
