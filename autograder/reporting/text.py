"""The report's first screen in plain text, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["as_text"]

WIDTH = 100


def as_text(report: Mapping[str, Any]) -> str:
    """Return what to do on Monday, and how the class did, in a few lines."""
    lines = [*_head(report), "", "On Monday: the mistakes that cost the class the most points"]
    if report["few"]:
        lines.append(f"(Fewer than {report['fewest']} students handed in: these are counts, and no conclusions.)")
    for number, lesson in enumerate(report["monday"], start=1):
        several = len(report["assignments"]) > 1
        lines += ["", *_lesson(number, lesson, f"{lesson['assignment']}, " if several else "")]
    if not report["monday"]:
        lines += ["", "No written answer lost points under a name of a mistake."]
    trials = [(entry["name"], each) for entry in report["assignments"] for each in entry["exercises"] if each["trial"]]
    for _, exercise in trials:
        lines += ["", f"Perhaps too strict: {exercise['slug']}. {exercise['trial']['reasons'][0]}"]
        lines.append(f"   {exercise['trial']['command']}")
    return "\n".join(_harmless(line) for line in lines)


def _head(report: Mapping[str, Any]) -> Iterator[str]:
    for entry in report["assignments"]:
        share = entry["mean"] / entry["points"] if entry["points"] else 0.0
        yield (
            f"{entry['name']}: {entry['students']} handed in, {entry['absent']} did not; "
            f"{entry['mean']:.1f} of {entry['points']:g} points on average ({share:.0%})"
            + (f"; {entry['waiting']} answers are still to be marked" if entry["waiting"] else "")
        )


def _lesson(number: int, lesson: Mapping[str, Any], where: str) -> Iterator[str]:
    share, low, high = lesson["share"][2:]
    yield f"{number}. {where}{lesson['exercise']}: {lesson['words']}"
    yield (f"   {lesson['who']} ({share:.0%}; 95 % interval {low:.0%} to {high:.0%}); {lesson['lost']:g} points")
    if lesson["said"]:
        yield from textwrap.wrap(
            f"the check said: {lesson['said']}", WIDTH, initial_indent="   ", subsequent_indent="   "
        )
    if lesson["typical"]:
        yield f"   typical ({lesson['typical']['count']} wrote it so):"
        yield from (f"      {line}" for line in lesson["typical"]["code"].split("\n"))
    picture = f", picture {lesson['picture']}" if lesson["picture"] else ""
    yield f"   show: cell {lesson['cell']}{picture}"
    if lesson["lecture"]:
        yield f"   lecture: {lesson['lecture']}"
    for what, key in (("the board", "board"), ("say", "say")):
        if lesson[key]:
            yield from textwrap.wrap(f"{what}: {lesson[key]}", WIDTH, initial_indent="   ", subsequent_indent="   ")
    if lesson.get("ids"):
        yield f"   write to: {', '.join(lesson['ids'])}"
        yield f"   grade them again: {lesson['command']}"


def _harmless(text: str) -> str:
    """A line without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
