"""The options of both commands, as they are typed, and what the commands end with."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.__main__ import main, parser
from autograder.course import Course
from ci.tests.autograder.platforms.builders import Sent, download


def test_what_is_typed_is_what_is_asked_for() -> None:
    options = parser().parse_args(["collect", "1-tiny", "x.zip", "--platform", "moodle", "--roster", "c.csv"])
    assert (options.assignment, options.download, options.platform) == ("1-tiny", Path("x.zip"), "moodle")
    assert options.roster == Path("c.csv") and not options.force and options.timezone == ""


def test_platform_that_is_none_is_refused() -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["collect", "1-tiny", "x.zip", "--platform", "word"])


def test_collect_ends_with_0_1_or_2(enrolled: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course = ["--course", str(enrolled.root)]
    source = download(tmp_path, "canvas", [Sent("ada"), Sent("wang")])
    assert main(["collect", "1-tiny", str(source), *course]) == 0
    assert capsys.readouterr().out == "canvas: 2 students handed in: 2 new\n"
    assert main(["collect", "1-tiny", str(download(tmp_path, "canvas", [Sent("ada", late=True)])), *course]) == 1
    assert "late  ada: the platform says so" in capsys.readouterr().out
    assert main(["collect", "1-tiny", str(tmp_path / "none.zip"), *course]) == 2
    roster = tmp_path / "class.csv"
    roster.write_text("\ufeffid,first_name,last_name\nivan,Иван,Петров\n", encoding="utf-8")
    assert main(["collect", "1-tiny", str(source), "--roster", str(roster), *course]) == 1
    assert "lovelaceada (70001): tiny.ipynb: nobody in the class" in capsys.readouterr().out
