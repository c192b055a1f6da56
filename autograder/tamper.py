"""The tamper report of a submission: in what it differs from what was handed out, for the instructor's eyes only.

It is one file of JSON, and `Submission.tamper_notes` says where it lies.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["ACCIDENT", "ATTACK", "ODD", "STRAY", "Note", "read_notes", "write_notes"]

# From what happens to everybody to what happens to nobody by accident.
STRAY, ACCIDENT, ODD, ATTACK = "stray edit", "accident", "odd", "attack"


@dataclass(frozen=True)
class Note:
    """One difference: its `kind`, the cell's grade_id or place ('' for the file), what was seen, how bad it is."""

    kind: str
    cell: str
    detail: str
    severity: str = STRAY


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
