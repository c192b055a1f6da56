"""Plots say in a sentence what their bars show, and no bar leaves its picture."""

from __future__ import annotations

from typing import Any

from autograder.reporting.plots import distribution, facilities


def test_bars_are_as_long_as_their_shares(report: dict[str, Any]) -> None:
    plot = facilities(report["assignments"][0]["exercises"])
    gate = plot.bars[0]
    assert (gate.label, gate.value) == ("gate", "66\N{NO-BREAK SPACE}%")
    assert gate.width == round(plot.width * report["assignments"][0]["exercises"][0]["facility"], 1)
    assert all(bar.x + bar.width <= plot.width and bar.y + bar.height <= plot.height for bar in plot.bars)
    assert plot.sentence.endswith("from 98\N{NO-BREAK SPACE}% for both to 50\N{NO-BREAK SPACE}% for why.")


def test_distribution_counts_everybody(report: dict[str, Any]) -> None:
    plot = distribution(report["assignments"][0]["exercises"][0])
    assert [(bar.label, bar.value) for bar in plot.bars] == [
        ("0", "9"),
        ("0.5", "60"),
        ("1", "30"),
        ("1.5", ""),
        ("2", "101"),
    ]
    assert plot.sentence == "Of 200 students, 101 have all of the 2 points, 9 have none, and 90 have some."


def test_exercise_without_points_has_no_bar() -> None:
    assert facilities([{"slug": "a", "facility": None}]).bars == []
