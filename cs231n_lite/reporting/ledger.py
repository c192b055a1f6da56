"""The points of a notebook so far, exercise by exercise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cs231n_lite.reporting import render
from cs231n_lite.reporting.overview import others
from cs231n_lite.reporting.render import Row
from cs231n_lite.working.results import Standing, keep, standings, this_notebook

__all__ = ["note", "progress", "recall"]

# exercise -> points so far, points there are; where there are none, the share that is right. For `progress`.
ledger: dict[str, tuple[float, float]] = {}


class Progress:
    """The points of a notebook so far, exercise by exercise, and lines on the others; what `progress` returns."""

    def __init__(self, rows: list[Row], below: list[str]) -> None:
        self.rows = rows
        self.below = below

    def __str__(self) -> str:
        return render.progress_text(self.rows, self.below)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return render.progress_html(self.rows, self.below)


def note(exercise: str, points: float | None, most: float) -> None:
    """Note the points that a check has given, None where nothing was written yet; beside a student's notebook, too."""
    if points is None:
        ledger.pop(exercise, None)
    else:
        ledger[exercise] = (points, most)
    keep(exercise, points)


def recall(report: Mapping[str, Any]) -> None:
    """Note for `progress` what a check said earlier, in another process: its report as plain data, with its points."""
    exercise, points, most = (report.get(key) for key in ("exercise", "points", "max_points"))
    if isinstance(exercise, str) and isinstance(points, int | float) and isinstance(most, int | float):
        ledger[exercise] = (float(points), float(most))


def progress(exercises: Mapping[str, float], by_hand: Mapping[str, float] | None = None) -> Progress:
    """Show the points earned so far in this notebook: `exercises` maps each slug to the points that it can give.

    `by_hand` are those that a person gives; a stretch exercise gives 0, and is shown with what is right of it. In a
    student's own notebook a result is that of the last check, in this kernel or an earlier one, and an answer that was
    changed since is said to be; elsewhere it is what was checked here.
    """
    notebook = this_notebook()
    known = {standing.exercise.slug: standing for standing in standings(notebook)} if notebook else {}
    rows = [_row(name, float(most), known.get(name)) for name, most in exercises.items()]
    for name, most in (by_hand or {}).items():
        state = "" if name not in known else "empty" if known[name].is_empty else "written"
        rows.append(Row(name, None, float(most), state, by_hand=True))
    return Progress(rows, others(notebook) if notebook else [])


def _row(name: str, most: float, standing: Standing | None) -> Row:
    if standing is not None and standing.points is not None:
        return Row(name, standing.points, most, "changed" if standing.changed else "")
    earned = ledger[name][0] if name in ledger else None
    return Row(name, earned, most, "empty" if standing is not None and standing.is_empty else "")
