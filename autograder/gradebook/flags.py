"""What a marker should know of a hand-in, where the marker looks: in the formgrader, and in the log of its button.

The notebook is flagged, and its reasons stand in a text above the graded notebook, which the formgrader shows and
feedback leaves out. (A comment in the gradebook would be shown to the student.) The flag is set anew where the reasons
are others than before; one that a person has taken away, or set, stays as it is as long as they are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import NbGraderPreprocessor
from sqlalchemy import Column, MetaData, String, Table, delete, insert, select

from autograder.feedback.words import as_it_is
from autograder.gradebook.session import opened
from autograder.tamper import STRAY, in_lines, notes_of

__all__ = ["FOR_THE_MARKER", "Flag"]

FOR_THE_MARKER = "for-the-marker"  # the id of the text's cell; no cell of a student's has an id of its own choice
MOST = 20
REASONS = Table(
    "cs231n_lite_flags",
    MetaData(),
    Column("notebook_id", String(32), primary_key=True),
    Column("reasons", String(64), nullable=False),  # their hash, when the flag was last set by them
)


class Flag(NbGraderPreprocessor):
    """Flags a graded notebook of which a person should know more, and says what: above the notebook and in the log."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with the text for its marker, if there is anything to say."""
        about = resources.get("nbgrader", {})
        folder = getattr(getattr(self.parent, "parent", None), "coursedir", None)
        if folder is None or not about.get("student"):
            return nb, resources
        notes = notes_of(Path(folder.root), about)
        serious = [note for note in notes if note.severity != STRAY]
        _set(about, in_lines(serious))
        missing = [note.cell for note in notes if note.kind == "missing"]  # they have a line of their own
        reasons = [_printable(line) for line in in_lines(note for note in serious if note.kind != "missing")]
        for reason in reasons[:MOST]:
            self.log.warning("%s: %s", about["student"], reason)
        if missing:
            self.log.warning("%s: not in what was handed in: %s", about["student"], ", ".join(missing))
        if serious:
            nb.cells.insert(0, _cell(reasons, missing))
        return nb, resources


def _printable(line: str) -> str:
    return line.encode("utf-8", "replace").decode()  # half a character fits into no log


def _cell(reasons: Sequence[str], missing: Sequence[str]) -> NotebookNode:
    lines = [as_it_is(reason) for reason in reasons[:MOST]]
    if len(reasons) > MOST:
        lines.append(f"… and {len(reasons) - MOST} more")
    if missing:
        lines.append(as_it_is(f"not in what was handed in: {', '.join(missing)}"))
    text = "**For whoever marks this** (students do not see it)\n\n" + "\n".join(f"- {line}" for line in lines)
    cell = new_markdown_cell(text)
    cell.id = FOR_THE_MARKER
    return cell


def _set(about: dict[str, Any], reasons: Sequence[str]) -> None:
    """Set the flag, or take it away, where the reasons are others than when that was last done."""
    now = hashlib.sha256("\n".join(sorted(reasons)).encode("utf-8", "replace")).hexdigest() if reasons else ""
    with opened(str(about["db_url"])) as gradebook:
        entry = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
        REASONS.create(gradebook.db.connection(), checkfirst=True)
        this = REASONS.c.notebook_id == entry.id
        before = gradebook.db.execute(select(REASONS.c.reasons).where(this)).scalar() or ""
        if now != before:
            gradebook.db.execute(delete(REASONS).where(this))
            if now:
                gradebook.db.execute(insert(REASONS).values(notebook_id=entry.id, reasons=now))
            entry.flagged = bool(now)
        gradebook.db.commit()
