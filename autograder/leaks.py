"""Finds answers and hidden tests in what students would get.

Two lines of an answer may well stand in an exercise's own text (`q = x + y`), so a match counts by what it gives away: a run
of neighbouring lines leaks when it holds at least eight tokens that a student would have had to find, a sentence when
it has eight words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.notebook import MARKER, grade_id

__all__ = ["code_leaks", "hidden_lines"]

ENOUGH = 8
WORDS = re.compile(r"[A-Za-z_]\w*|\d[\d.e]*|[-+*/@%<>=!|&^]+")
# What any Python function of its kind has, whoever wrote it.
GIVEN = frozenset(["return", "def", "class", "for", "in", "if", "else", "elif", "while", "self", "not", "and", "or", "None", "True", "False", "import", "from", "as", "pass", "is"])


def hidden_lines(cell: NotebookNode) -> list[str]:
    """Return the lines that nbgrader takes out of the student version: answers, hidden tests, mark schemes."""
    lines, inside = [], False
    for line in cell.source.split("\n"):
        marker = MARKER.match(line)
        if marker:
            inside = marker.group(1) == "BEGIN"
        elif inside and line.strip() and not (cell.cell_type == "code" and line.lstrip().startswith("#")):
            lines.append(line.strip())
    return lines


def code_leaks(source: NotebookNode, places: dict[str, str]) -> Iterator[str]:
    """Yield a line for each place of the student version that gives away what `source` hides."""
    squeezed = {place: _squeeze(text) for place, text in places.items()}
    for cell in source.cells:
        lines = hidden_lines(cell)
        for place, text in squeezed.items():
            leak = _longest_leak(lines, text)
            if leak:
                yield f"{place} gives away a hidden line of cell {grade_id(cell)}: {leak[:120]!r}; take it out or reword it"


def _longest_leak(lines: list[str], text: str) -> str:
    """Return the first line of the first run of neighbouring hidden lines that stands in `text` and tells too much."""
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _squeeze("\n".join(lines[start : end + 1])) in text:
            end += 1
        if sum(_weight(line) for line in lines[start:end]) >= ENOUGH:
            return max(lines[start:end], key=_weight)
        start += 1
    return ""


def _squeeze(text: str) -> str:
    """Return the text without any white space, so that neither indentation nor line breaks hide a match."""
    return re.sub(r"\s+", "", text)


def _weight(line: str) -> int:
    return sum(word not in GIVEN for word in WORDS.findall(line))
