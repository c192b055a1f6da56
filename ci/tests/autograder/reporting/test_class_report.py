"""Monday's three mistakes, the command that grades just their makers again, and no id where none is asked for."""

from __future__ import annotations

import json
import shlex
from typing import Any

from autograder.reporting.class_report import regrade
from ci.tests.autograder.reporting.planted import STUDENTS


def test_three_costliest_mistakes_come_first(report: dict[str, Any]) -> None:
    told = [(lesson["exercise"], lesson["slug"], lesson["share"][0], lesson["lost"]) for lesson in report["monday"]]
    assert told == [
        ("loop", "branch-overwritten", 50, 100.0),
        ("gate", "upstream-dropped", 60, 90.0),
        ("net", "upstream-dropped", 25, 50.0),
    ]
    gate = report["monday"][1]
    assert gate["elsewhere"] == [("net", 25), ("again", 5)]
    assert (gate["cell"], gate["place"], gate["typical"]["count"]) == ("gate", 1, 60)


def test_ids_stand_in_it_only_if_asked_for(report: dict[str, Any], named: dict[str, Any]) -> None:
    assert not any(student in json.dumps(report) for student in STUDENTS)
    assert named["monday"][1]["ids"] == STUDENTS[:60]
    assert named["assignments"][1]["absent_ids"] == STUDENTS[:10]


def test_command_grades_these_again_whatever_they_are_called() -> None:
    assert regrade("1-a", ["ada"]) == "python -m autograder grade 1-a --student=ada"
    hostile = ["a b", "$(rm -rf ~)", "it's", "-x"]
    command = regrade("1-a", hostile, "my course")
    words = shlex.split(command.split(";")[0])
    assert words == ["for", "id", "in", *hostile]
    assert command.endswith("do python -m autograder grade 1-a --course 'my course' --student=\"$id\"; done")
