"""How far a student is in all notebooks, for the last cell of each and for a terminal."""

from __future__ import annotations

from pathlib import Path

from cs231n_lite.reporting.render import Row, number, progress_text
from cs231n_lite.working.notebook_file import NotebookFile, notebooks_below
from cs231n_lite.working.results import standings

__all__ = ["others", "overview"]


def overview(folder: Path) -> str:
    """Return the tables of all notebooks in a folder, each with its name, and a line for all together."""
    notebooks = list(notebooks_below(folder))
    if not notebooks:
        return f"there is no notebook of the course in {folder.resolve()}: say where, as in `progress assignments`"
    tables = [f"{_name(notebook)}\n{progress_text(rows(notebook))}" for notebook in notebooks]
    return "\n\n".join([*tables, _together(notebooks)])


def others(notebook: NotebookFile) -> list[str]:
    """Return a line for each other notebook of the course's beside this one, and one for all together."""
    folder = notebook.path.parent
    if folder.name != notebook.about.get("assignment"):
        return []  # it lies somewhere by itself
    notebooks = list(notebooks_below(folder.parent))
    if len(notebooks) < 2:
        return []
    lines = [f"{_name(other)}: {_points([other])}" for other in notebooks if other.path != notebook.path]
    return [*lines, _together(notebooks)]


def rows(notebook: NotebookFile) -> list[Row]:
    """Return the table of a notebook as its file and what is kept beside it have it."""
    return [
        Row(
            standing.exercise.slug,
            standing.points,
            standing.exercise.points,
            _state(standing.is_empty, standing.changed and standing.points is not None, standing.exercise.by_hand),
            standing.exercise.by_hand,
        )
        for standing in standings(notebook)
    ]


def _state(is_empty: bool, changed: bool, by_hand: bool) -> str:
    if changed:
        return "changed"
    return "empty" if is_empty else "written" if by_hand else ""


def _name(notebook: NotebookFile) -> str:
    return str(notebook.about.get("assignment") or notebook.path.stem)


def _together(notebooks: list[NotebookFile]) -> str:
    return f"all {len(notebooks)} notebooks: {_points(notebooks)}"


def _points(notebooks: list[NotebookFile]) -> str:
    """The points of the checks, without those of answers that were changed since, and what a person is to give."""
    every = [row for notebook in notebooks for row in rows(notebook)]
    checks = [row for row in every if not (row.by_hand or row.is_stretch)]
    earned = sum(row.earned or 0.0 for row in checks if row.state != "changed")
    hand = [row for row in every if row.by_hand]
    changed = sum(row.state == "changed" for row in checks)
    text = f"{number(earned)} of {number(sum(row.most for row in checks))}"
    if hand:
        written = sum(row.state == "written" for row in hand)
        text += f", and {number(sum(row.most for row in hand))} by hand ({written} of {len(hand)} written)"
    return text + (f"; {changed} changed since the check" if changed else "")
