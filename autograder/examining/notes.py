"""What an instructor is to know of one notebook's run: cells that ended badly, and the run as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from autograder.examining.terms import Died
from autograder.notebooks.notebook import grade_id
from autograder.tamper import ACCIDENT, ATTACK, ODD, Note

__all__ = ["RunNotes"]

CUT = "[the output ends here: "  # what the student's process says where its share ends, see inside/shell.py

# Verdicts that need an instructor's eye, and what to say of them.
REASONS = {
    "timed-out": (ACCIDENT, "the time ran out"),
    "out-of-memory": (ACCIDENT, "it needed more memory than there is"),
    "crashed": (ACCIDENT, "it ended its Python"),
    "tampered": (ATTACK, "its process sent what no answer sends"),
}


class RunNotes:
    """The notes on a run of these code cells, in the order in which they came."""

    def __init__(self, code: Sequence[NotebookNode]) -> None:
        self.code = code
        self.notes: list[Note] = []

    def death(self, cell: NotebookNode, died: Died) -> None:
        """Leave word of a cell that ended a process."""
        severity, reason = REASONS[died.verdict]
        self.notes.append(Note(died.verdict, self.name(cell), died.detail or reason, severity))

    def instruments(self, cell: NotebookNode, names: Sequence[str]) -> None:
        """Leave word of a cell, or of an answer in a test, that called the course's instruments in vain."""
        if names:
            text = f"called {', '.join(names[:5])}: instruments do not work while an answer is graded"
            self.notes.append(Note("instrument", self.name(cell), text, ODD))

    def cut(self, cell: NotebookNode) -> None:
        """Leave word of an answer that a person grades and of which not all is shown."""
        if is_grade(cell) and is_solution(cell) and any(CUT in output.get("text", "") for output in cell.outputs):
            text = "not all that it shows is there: c.Examine.output_bytes is the limit for a notebook and its pictures"
            self.notes.append(Note("output-cut", self.name(cell), text, ACCIDENT))

    def alone(self, number: int) -> None:
        """Leave word of a test that was judged apart from the rest of its notebook."""
        text = "the notebook's other cells left it no room, so it was judged with those cells alone that it depends on"
        self.notes.append(Note("no-room", self.name(self.code[number]), text, ACCIDENT))

    def recall(self, entries: Iterable[Sequence[str]]) -> None:
        """Add notes of an earlier run, given as plain data."""
        self.notes += [Note(*words) for words in entries]

    def about(self, cell: NotebookNode) -> list[list[str]]:
        """Return the notes on a cell, as plain data."""
        return [list(note.__dict__.values()) for note in self.notes if note.cell == self.name(cell)]

    def name(self, cell: NotebookNode) -> str:
        """Return what notes call a cell: its grade_id, or its number among the code cells."""
        return grade_id(cell) or f"cell number {self.code.index(cell) + 1}"
