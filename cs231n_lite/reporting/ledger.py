"""The points of a notebook so far, exercise by exercise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cs231n_lite.reporting import render

__all__ = ["note", "progress", "recall"]

ledger: dict[str, tuple[float, float]] = {}  # exercise -> points so far, points there are; for `progress`


class Progress:
    """The points of a notebook so far, exercise by exercise; what `progress` returns."""

    def __init__(self, rows: list[tuple[str, float | None, float]]) -> None:
        self.rows = rows

    def __str__(self) -> str:
        return render.progress_text(self.rows)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return render.progress_html(self.rows)


def note(exercise: str, points: float | None, most: float) -> None:
    """Note the points that a check has given, None where nothing was written yet."""
    if points is None:
        ledger.pop(exercise, None)
    else:
        ledger[exercise] = (points, most)


def recall(report: Mapping[str, Any]) -> None:
    """Note for `progress` what a check said earlier, in another process: its report as plain data, with its points."""
    exercise, points, most = (report.get(key) for key in ("exercise", "points", "max_points"))
    if isinstance(exercise, str) and isinstance(points, int | float) and isinstance(most, int | float):
        ledger[exercise] = (float(points), float(most))


def progress(exercises: Mapping[str, float]) -> Progress:
    """Show the points earned so far in this notebook: `exercises` maps each slug to the points that it can give.

    An exercise whose check has not run since the kernel started shows "not checked yet".
    """
    rows: list[tuple[str, float | None, float]] = []
    for name, most in exercises.items():
        earned = ledger[name][0] if name in ledger else None
        rows.append((name, earned, float(most)))
    return Progress(rows)
