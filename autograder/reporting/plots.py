"""The report's plots: where their bars stand, and the sentence that says the same; the page's template draws them.

They are laid out for the width of a phone and grow with the page, so that no letter is smaller than the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Bar", "Plot", "distribution", "facilities"]

WIDTH = 320.0
ROW = 36.0  # of a horizontal bar and the name above it
HIGH, FOOT, HEAD = 90.0, 18.0, 16.0  # of upright bars: themselves, the numbers below and above


@dataclass
class Bar:
    """A bar with what stands beside its two ends."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: str


@dataclass
class Plot:
    """A plot in words and bars."""

    kind: str
    width: float
    height: float
    bars: list[Bar]
    sentence: str


def facilities(exercises: Sequence[Mapping[str, Any]]) -> Plot:
    """Return a horizontal bar for the mean share of points of each exercise."""
    known = [(entry["slug"], entry["facility"]) for entry in exercises if entry["facility"] is not None]
    bars = [
        Bar(0, number * ROW + 16, round(share * WIDTH, 1), 12, slug, _percent(share))
        for number, (slug, share) in enumerate(known)
    ]
    if not known:
        return Plot("facilities", WIDTH, 0, [], "No exercise has points yet.")
    high, low = max(known, key=lambda entry: entry[1]), min(known, key=lambda entry: entry[1])
    sentence = (
        f"The mean share of its points that the class has, for each exercise: from {_percent(high[1])} for {high[0]} "
        f"to {_percent(low[1])} for {low[0]}."
    )
    return Plot("facilities", WIDTH, len(bars) * ROW, bars, sentence)


def distribution(exercise: Mapping[str, Any]) -> Plot:
    """Return an upright bar for each number of points that somebody has."""
    counts = dict(map(tuple, exercise["distribution"]))
    most = exercise["points"]
    steps = sorted({step / 2 for step in range(round(2 * most) + 1)} | set(counts)) if most <= 10 else sorted(counts)
    place = WIDTH / max(1, len(steps))
    tallest = max(counts.values(), default=1)
    bars = []
    for number, points in enumerate(steps):
        count = counts.get(points, 0)
        height = round(HIGH * count / tallest, 1)
        bars.append(
            Bar(
                round(number * place + place * 0.1, 1),
                round(HEAD + HIGH - height, 1),
                round(place * 0.8, 1),
                height,
                f"{points:g}",
                str(count) if count else "",
            )
        )
    everybody = sum(counts.values())
    full, none = counts.get(most, 0), counts.get(0.0, 0)
    sentence = (
        f"Of {everybody} students, {full} have all of the {most:g} points, {none} have none, and "
        f"{everybody - full - none} have some."
    )
    return Plot("distribution", WIDTH, HEAD + HIGH + FOOT, bars, sentence)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
