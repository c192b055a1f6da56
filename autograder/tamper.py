"""The tamper report of a submission: in what it differs from what was handed out, for the instructor's eyes only.

It is one file of JSON, and `Submission.tamper_notes` says where it lies.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "ACCIDENT",
    "ATTACK",
    "ODD",
    "STRAY",
    "Note",
    "in_lines",
    "notes_of",
    "read_notes",
    "report_of",
    "write_notes",
]

# From what happens to everybody to what happens to nobody by accident.
MOST = 6  # cells that a line names
STRAY, ACCIDENT, ODD, ATTACK = "stray edit", "accident", "odd", "attack"


@dataclass(frozen=True)
class Note:
    """One difference: its `kind`, the cell's grade_id or place ('' for the file), what was seen, how bad it is."""

    kind: str
    cell: str
    detail: str
    severity: str = STRAY


def in_lines(notes: Iterable[Note]) -> list[str]:
    """Return the notes in words, a line each; what is the same of several cells is one line that names them."""
    cells: dict[tuple[str, str, str], list[str]] = {}
    for note in notes:
        cells.setdefault((note.severity, note.kind, note.detail), []).append(note.cell)
    lines = []
    for (severity, kind, detail), names in cells.items():
        more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
        where = f" {', '.join(names[:MOST])}{more}:" if any(names) else ""
        lines.append(f"{severity}: {kind}:{where} {detail}")
    return lines


def write_notes(path: Path, notebook: str, notes: Iterable[Note]) -> None:
    """Keep the notes on one notebook in a submission's report, the file at `path`, in place of earlier ones on it."""
    report = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    entries = [asdict(note) for note in notes]
    if entries == report.get(notebook, []):
        return
    report[notebook] = entries
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.new")
    temporary.write_text(json.dumps(report, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(path)


def read_notes(path: Path) -> list[Note]:
    """Return all notes of a submission's report, the worst first; an empty list where there is no file at `path`."""
    if not path.is_file():
        return []
    report = json.loads(path.read_text(encoding="utf-8"))
    order = (ATTACK, ODD, ACCIDENT, STRAY)
    notes = [Note(**note) for notebook in sorted(report) for note in report[notebook]]
    return sorted(notes, key=lambda note: order.index(note.severity))


def report_of(root: Path, assignment: str, student: str) -> Path:
    """Return where the report of a submission lies in a course folder."""
    # Names come from those of folders and hold no slash; this keeps it so for whoever calls with something else.
    return root / "tamper" / Path(assignment).name / f"{Path(student).name}.json"


def notes_of(root: Path, about: dict[str, Any]) -> list[Note]:
    """Return the notes on one notebook and on all of its submission; `about` is what nbgrader's steps are told."""
    path = report_of(root, str(about["assignment"]), str(about["student"]))
    if not path.is_file():
        return []
    report = json.loads(path.read_text(encoding="utf-8"))
    name = str(about["notebook"])
    return [Note(**note) for key in ("", "name", "grade", name, f"{name}: run") for note in report.get(key, [])]
