"""Hidden tests and mark schemes stay hidden in feedback: what they found is told there, their lines are not."""

from __future__ import annotations

import re
from typing import Any

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor
from nbgrader.utils import is_task
from traitlets import Bool

__all__ = ["HideHiddenTests"]

TOLD = "# hidden tests ran here"
NUMBERED = re.compile(r"^\s*(-+>)?\s*(\d+\b)?\s*")  # what IPython puts before a line of a traceback
TELLING = 8  # characters; a shorter hidden line is known by the whole line alone


class HideHiddenTests(NbGraderPreprocessor):
    """Puts one short line in the place of each region of hidden tests, and takes their lines out of tracebacks.

    A step of nbgrader's feedback; `c.HideHiddenTests.show = True` leaves everything as it is.
    """

    show = Bool(False, help="Whether feedback shows the source of hidden tests").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook without the lines of its hidden tests."""
        if self.show:
            return nb, resources
        hidden: set[str] = set()
        marks, scheme = ClearHiddenTests(parent=self), ClearMarkScheme(parent=self)
        for cell in nb.cells:
            cell.source = _without(cell.source, marks.begin_test_delimeter, marks.end_test_delimeter, hidden, TOLD)
            if is_task(cell):  # what a marker goes by, which no output quotes
                ends = scheme.begin_mark_scheme_delimeter, scheme.end_mark_scheme_delimeter
                cell.source = _without(cell.source, *ends, set(), "")
        # A helper that one cell defines may be in the traceback of another.
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    output.traceback = [_quiet(entry, hidden) for entry in output.traceback]
        return nb, resources


def _without(source: str, begin: str, end: str, hidden: set[str], instead: str) -> str:
    """The source without its hidden regions, whose lines go into `hidden`; one that does not end hides the rest."""
    lines, inside = [], False
    for line in source.split("\n"):
        if not inside and begin in line:
            inside = True
            lines.append(line[: len(line) - len(line.lstrip())] + instead)
        elif inside and end in line:
            inside = False
        elif inside:
            hidden.add(line.strip())
        else:
            lines.append(line)
    hidden.discard("")
    return "\n".join(lines)


def _quiet(entry: str, hidden: set[str]) -> str:
    lines: list[str] = []
    for line in entry.split("\n"):
        text = NUMBERED.sub("", strip_ansi(line)).strip()
        if text not in hidden and not any(len(secret) >= TELLING and secret in text for secret in hidden):
            lines.append(line)
        elif lines[-1:] != [TOLD]:
            lines.append(TOLD)
    return "\n".join(lines)
