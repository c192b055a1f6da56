"""nbgrader's own grades.csv, in which any name stays one cell, and none that a spreadsheet runs.

nbgrader writes what it has with commas between: a name with a comma is two cells, one that begins with = a formula.
Here it is handed each text as a cell that writes itself in quotes.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from autograder.gradebook.lateness import renew
from autograder.platforms.sheet import safe

__all__ = ["CsvExport"]


class CsvExport(CsvExportPlugin):
    """nbgrader's exporter on students whose texts are cells."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the table that nbgrader writes, with the penalties as they are now."""
        folder = getattr(self.parent, "coursedir", None)
        if folder is not None:
            for entry in gradebook.assignments:
                renew(self.config, str(folder.db_url), str(entry.name))
        super().export(_Cells(gradebook))


class _Cell(str):
    """A text that is itself to everybody, and in quotes where it is written into a line."""

    def __format__(self, spec: str) -> str:
        text = safe(str(self))
        special = any(sign in text for sign in ',;"\t\r\n')
        return '"' + text.replace('"', '""') + '"' if special else text


class _Cells:
    """As much of a gradebook as the exporter asks for."""

    def __init__(self, gradebook: Gradebook) -> None:
        self._gradebook = gradebook

    @property
    def assignments(self) -> list[SimpleNamespace]:
        """The assignments with what is asked of them."""
        return [
            SimpleNamespace(name=_Cell(entry.name), duedate=entry.duedate, max_score=entry.max_score)
            for entry in self._gradebook.assignments
        ]

    @property
    def students(self) -> list[SimpleNamespace]:
        """The students with what is asked of them."""
        return [
            SimpleNamespace(
                id=_Cell(entry.id),
                last_name=_cell(entry.last_name),
                first_name=_cell(entry.first_name),
                email=_cell(entry.email),
            )
            for entry in self._gradebook.students
        ]

    def find_submission(self, assignment: str, student: str) -> Any:
        """Return a submission; raises nbgrader's MissingEntry."""
        return self._gradebook.find_submission(str(assignment), str(student))


def _cell(text: str | None) -> _Cell | None:
    return None if text is None else _Cell(text)
