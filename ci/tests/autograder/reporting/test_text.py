"""The first screen in a terminal."""

from __future__ import annotations

from typing import Any

from autograder.reporting.text import as_text


def test_first_screen_says_what_to_do(report: dict[str, Any]) -> None:
    text = as_text(report)
    assert (
        "1-a: 200 handed in, 0 did not; 8.2 of 11 points on average (75%); 100 answers are still to be marked" in text
    )
    assert "2. 1-a, gate: The upstream gradient is left out: the local derivative is handed on alone." in text
    assert "60 of the 94 who got it wrong (64%; 95 % interval 54% to 73%); 90 points" in text
    assert "student-" not in text and "Perhaps too strict: strict." in text


def test_names_bring_the_command(named: dict[str, Any]) -> None:
    assert "write to: student-000, student-001" in as_text(named)
    assert "for id in student-000 student-001" in as_text(named)


def test_terminal_obeys_nothing(named: dict[str, Any]) -> None:
    hostile = {**named, "monday": [{**named["monday"][0], "ids": ["\x1b[2Jada"]}]}
    assert "\x1b" not in as_text(hostile)
