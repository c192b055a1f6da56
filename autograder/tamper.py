"""The tamper report of a submission: in what it differs from what was handed out, for the instructor's eyes only."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["ACCIDENT", "ATTACK", "ODD", "STRAY", "Note", "read_notes", "write_notes"]

# From what happens to everybody to what happens to nobody by accident.
STRAY, ACCIDENT, ODD, ATTACK = "stray edit", "accident", "odd", "attack"
FOLDER = "tamper"


@dataclass(frozen=True)
class Note:
    """One difference: its `kind`, the cell's grade_id or place ('' for the file), what was seen, how bad it is."""

    kind: str
    cell: str
    detail: str
    severity: str = STRAY


def _path(root: Path, assignment: str, student: str) -> Path:
    # Ids come from the names of folders and hold no slash; this keeps it so for whoever calls with something else.
    return root / FOLDER / Path(assignment).name / f"{Path(student).name}.json"


def write_notes(root: Path, assignment: str, student: str, notebook: str, notes: Iterable[Note]) -> None:
    """Keep the notes on one notebook of a submission beside the gradebook, in place of earlier ones on it."""
    path = _path(root, assignment, student)
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    told = [asdict(note) for note in notes]
    if told == kept.get(notebook, []):
        return
    kept[notebook] = told
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.new")
    temporary.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(path)


def read_notes(root: Path, assignment: str, student: str) -> list[Note]:
    """Return all notes on a submission, the worst first; an empty list where there are none."""
    path = _path(root, assignment, student)
    if not path.is_file():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))
    order = (ATTACK, ODD, ACCIDENT, STRAY)
    notes = [Note(**note) for notebook in sorted(kept) for note in kept[notebook]]
    return sorted(notes, key=lambda note: order.index(note.severity))
