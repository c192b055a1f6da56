"""A feedback page's first screen: a line for each exercise with its points, what is to be mended, and a link to it.

`Overview` is the last of the steps that nbgrader's `generate_feedback` goes through: it reads what the others left, and
leaves in the resources what the page's template (feedback/template/) shows. The sentences are those of the checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution, is_task

from autograder.feedback.display import REPORT
from autograder.feedback.words import PAGE, in_a_line
from autograder.gradebook.flags import FOR_THE_MARKER
from autograder.gradebook.session import opened
from autograder.notebooks.kinds import METADATA, by_hand, exercise_of
from autograder.notebooks.notebook import grade_id
from autograder.tamper import notes_of

__all__ = ["Line", "Overview"]

OVERVIEW = "overview"  # in resources: what the template shows first
HEADING = re.compile(r"^#{1,3}[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)
TAG = re.compile(r"</?[a-zA-Z][^>]*>")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
NO_RESPONSE = "No response."  # nbgrader's comment on what was left as it was handed out
# Of the file as a whole: what stands behind a break, or in no file, is missing for that reason.
BROKEN = {"broken-json", "empty-file", "missing-file", "not-a-notebook", "too-large", "unreadable"}
# Errors that the grader itself raised in place of a test's end: their text is a sentence.
OWN_ERRORS = ("CellTimeoutError", "DeadKernelError", "MemoryError", "TamperedError", "NoEvidence")
MARKS = {"right": "✓", "partly": "◐", "wrong": "✗", "empty": "○", "waits": "…"}
WORDS = {
    "right": "right",
    "partly": "partly right",
    "wrong": "not right yet",
    "empty": "not written",
    "waits": "not marked yet",
}


@dataclass
class Line:
    """What the first screen says of one graded cell; `place` and `check` are numbers of cells."""

    name: Any
    slug: str
    points: float
    most: float
    state: str
    said: Any = ""
    more: int = 0
    comment: str = ""
    place: int = 0
    check: int = 0

    @property
    def stretch(self) -> bool:
        """Whether it is there for who likes more, and counts nothing."""
        return not self.most

    @property
    def mark(self) -> str:
        """The state as one letter."""
        return MARKS[self.state]

    @property
    def word(self) -> str:
        """The state in words."""
        return WORDS[self.state]


class Overview(NbGraderPreprocessor):
    """Sums a graded notebook up for the student whose it is."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook without what is for the marker alone, and leave its lines in the resources."""
        about = resources.get("nbgrader", {})
        folder = getattr(getattr(self.parent, "parent", None), "coursedir", None)
        notes = notes_of(Path(folder.root), about) if folder is not None and about.get("student") else []
        missing = {note.cell for note in notes if note.kind == "missing"}
        broken = any(note.kind in BROKEN for note in notes)
        nb.cells = [cell for cell in nb.cells if cell.get("id") != FOR_THE_MARKER]
        lines = list(_lines(nb.cells, _waiting(about), missing, broken))
        resources[PAGE] = True
        resources[OVERVIEW] = {
            "title": _title(nb.cells) or in_a_line(str(about.get("notebook", ""))),
            "lines": lines,
            "waits": sum(line.most for line in lines if line.state == "waits"),
            "ends": _ends_in(nb.cells, lines, missing) if broken else "",
        }
        return nb, resources


def _waiting(about: dict[str, Any]) -> set[str]:
    """The names of the cells that a person has still to mark."""
    try:
        with opened(str(about["db_url"])) as gradebook:
            entry = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            return {grade.name for grade in entry.grades if grade.needs_manual_grade}
    except (MissingEntry, KeyError):
        return set()


def _lines(cells: Sequence[NotebookNode], waiting: set[str], missing: set[str], broken: bool) -> Iterator[Line]:
    start = 0
    for number, cell in enumerate(cells):
        if not (is_grade(cell) or is_task(cell)):
            continue
        answers = [n for n in range(start, number + 1) if is_solution(cells[n]) or is_task(cells[n])]
        first = answers[0] if answers else number
        place, name = _headed(cells, start, first)
        about = cell.metadata.nbgrader
        line = Line(
            name=in_a_line(name) if name else exercise_of(cell),
            slug=exercise_of(cell),
            points=float(about.get("score") or 0.0),
            most=float(about.get("points") or 0.0),
            state="wrong",
            place=place,
            check=number,
        )
        comments = [str(cells[n].metadata.nbgrader.get("comment") or "") for n in answers]
        line.comment = "\n\n".join(text for text in comments if text.strip() and text != NO_RESPONSE)
        _judge(line, cell, waits=grade_id(cell) in waiting, unwritten=NO_RESPONSE in comments)
        if line.state == "empty" and any(grade_id(cells[n]) in missing for n in answers):
            line.said = (
                "Your file breaks off in or before it." if broken else "Its cell was not in the file you handed in."
            )
        yield line
        start = number + 1


def _judge(line: Line, cell: NotebookNode, *, waits: bool, unwritten: bool) -> None:
    """Say how it went, and what is to be mended first."""
    findings, error = _findings(cell), _error(cell)
    verdict = cell.metadata.get(METADATA, {}).get("verdict")
    if waits:
        line.state = "waits"
    elif line.points >= line.most and (line.most or verdict == "passed"):
        line.state = "right"
    elif verdict == "not-written" or (by_hand(cell) and unwritten):
        line.state = "empty"
    elif line.points > 0 or verdict == "partial":
        line.state = "partly"
    if line.state not in ("partly", "wrong"):
        return
    if findings:
        first = findings[0]
        array = str(first.get("array") or "")
        unsaid = any(part not in str(first["message"]) for part in array.split(", "))
        where = f"`{array}`: " if unsaid else ""
        line.said, line.more = in_a_line(where + str(first["message"])), len(findings) - 1
    elif error:
        line.said = in_a_line(error)


def _findings(cell: NotebookNode) -> list[dict[str, Any]]:
    reports = [output.data[REPORT] for output in cell.get("outputs", []) if REPORT in output.get("data", {})]
    return [finding for report in reports for finding in report.get("findings", []) if not finding.get("remark")]


def _error(cell: NotebookNode) -> str:
    """The last line of a test's error, without the name of one that the grader raised itself."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            text = strip_ansi("\n".join(output.traceback)).strip()
            name, colon, words = (text.splitlines() or [""])[-1].partition(": ")
            sentence = words if colon and name in OWN_ERRORS else name + colon + words
            return sentence[:1].upper() + sentence[1:600]
    return ""


def _headed(cells: Sequence[NotebookNode], start: int, answer: int) -> tuple[int, str]:
    """The cell with the heading above an answer, and the heading; the answer's own place and "" where there is none."""
    for number in range(answer, start - 1, -1):
        headings = _headings(cells[number])
        if headings:
            return number, headings[-1]
    return answer, ""


def _headings(cell: NotebookNode) -> list[str]:
    own = cell.cell_type != "markdown" or is_solution(cell) or str(cell.get("id")).startswith("extra-")
    if own:
        return []
    # An anchor for links may stand in a heading.
    return [TAG.sub("", match[1]).strip() for match in HEADING.finditer(FENCE.sub("", cell.source))]


def _title(cells: Sequence[NotebookNode]) -> Any:
    first = next((match for cell in cells for match in _headings(cell)[:1]), "")
    return in_a_line(first) if first else ""


def _ends_in(cells: Sequence[NotebookNode], lines: Sequence[Line], missing: set[str]) -> Any:
    """The exercise in which a broken file ends: the first of which something is missing."""
    start = 0
    for line in lines:
        if any(grade_id(cell) in missing for cell in cells[start : line.check + 1]):
            return line.name
        start = line.check + 1
    return ""
