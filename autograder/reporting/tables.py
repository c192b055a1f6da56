"""The report for other programs: one line a number as CSV, and all of it as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["as_csv", "as_json"]

COLUMNS = ("assignment", "exercise", "what", "name", "value", "count", "of", "low", "high", "students")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with these a spreadsheet begins to reckon
Row = tuple[Any, ...]


def as_json(report: Mapping[str, Any]) -> str:
    """Return the report as JSON."""
    return json.dumps(report, indent=1, ensure_ascii=False) + "\n"


def as_csv(report: Mapping[str, Any]) -> str:
    """Return the numbers of the report, one a line: what it is of, its value, how many of how many, and the interval.

    Students' ids stand in the last column where the report has them.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for assignment in report["assignments"]:
        rows = [*_of_assignment(assignment)]
        for exercise in assignment["exercises"]:
            rows += [(exercise["slug"], *row) for row in _of_exercise(exercise)]
        for row in rows:
            filled = (assignment["name"], *row, *[""] * (len(COLUMNS) - 1 - len(row)))
            writer.writerow([_cell(value) for value in filled])
    return text.getvalue()


def _of_assignment(assignment: Mapping[str, Any]) -> Iterator[Row]:
    yield "", "students", "", "", assignment["students"]
    yield "", "absent", "", "", assignment["absent"], "", "", "", _ids(assignment, "absent_ids")
    yield "", "mean", "", assignment["mean"]
    yield "", "alpha", "", assignment["alpha"]


def _of_exercise(exercise: Mapping[str, Any]) -> Iterator[Row]:
    if exercise["points"]:
        yield "facility", "", exercise["facility"], exercise["marked"], exercise["answers"]
    for name, value in exercise["statistics"].items():
        yield name.replace("_", "-"), "", value
    for points, count in exercise["distribution"] if exercise["points"] else ():
        yield "points", f"{points:g}", points, count, exercise["marked"]
    for part, right, judged in exercise["parts"]:
        yield "part", part, "", right, judged
    for verdict, count in exercise["verdicts"].items():
        yield "verdict", verdict, "", count, exercise["answers"]
    for mistake in exercise["mistakes"]:
        yield "mistake", mistake["slug"], mistake["lost"], *_share(mistake), _ids(mistake)
    nameless = exercise["nameless"]
    yield "no-name", "", nameless["lost"], *_share(nameless), _ids(nameless)
    for node, count in exercise["first_wrong"]:
        yield "first-wrong", node, "", count, exercise["wrong"]
    for reason in exercise["trial"]["reasons"] if exercise["trial"] else ():
        yield "perhaps-too-strict", reason


def _share(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    count, total, _, low, high = entry["share"]
    return count, total, low, high


def _ids(entry: Mapping[str, Any], key: str = "ids") -> str:
    return " ".join(entry.get(key, ()))


def _cell(value: Any) -> Any:
    """A value as a spreadsheet shows it: a text that begins like a formula gets a quote before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
