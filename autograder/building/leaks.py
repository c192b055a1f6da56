"""Finds answers and hidden tests in what students would get.

A hint may well quote one line of a long answer, and two notebooks may both say `q = x + y`. So a match counts by what
it gives away: a place leaks a hidden region when the matching lines hold at least eight tokens that a student would
have had to find, and a quarter of the region's. A line by itself counts from four tokens on, neighbouring lines always.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from autograder.notebooks.notebook import MARKER, grade_id

__all__ = ["hidden_regions", "leaks"]

ENOUGH, SHARE, ALONE = 8, 0.25, 4
WORDS = re.compile(r"[A-Za-z_]\w*|\d[\d.e]*|[-+*/@%<>=!|&^]+")
# What any Python function of its kind has, whoever wrote it.
GIVEN = frozenset(
    "return def class for in if else elif while self not and or None True False import from as pass is".split()  # noqa: SIM905
)


def hidden_regions(cell: NotebookNode) -> list[list[str]]:
    """Return the lines of each region that nbgrader takes out, without blank lines and comments."""
    lines = cell.source.split("\n")
    if is_solution(cell) and not any(MARKER.match(line) for line in lines):
        return [[line.strip() for line in lines if line.strip()]]  # nbgrader takes such a cell out whole
    regions: list[list[str]] = []
    inside = False
    for line in lines:
        marker = MARKER.match(line)
        if marker:
            inside = marker.group(1) == "BEGIN"
            regions += [[]] if inside else []
        elif inside and line.strip() and not (cell.cell_type == "code" and line.lstrip().startswith("#")):
            regions[-1].append(line.strip())
    return regions


def leaks(source: NotebookNode, places: dict[str, str]) -> Iterator[str]:
    """Yield a line for each place of the student version that gives away what `source` hides."""
    squeezed = {place: _squeeze(text) for place, text in places.items()}
    visible = {_squeeze(line) for cell in source.cells if not is_solution(cell) for line in _visible(cell)}
    for cell in source.cells:
        for region in hidden_regions(cell):
            # A hidden test may do once more, with other numbers, what a visible one does for all to see.
            lines = region if is_solution(cell) else [line for line in region if _squeeze(line) not in visible]
            for place, text in squeezed.items():
                sample = _telling(lines, text)
                if sample:
                    yield (
                        f"{place} gives away the hidden lines of cell {grade_id(cell)}, such as {sample[:100]!r}; "
                        "take them out or reword them"
                    )


def _visible(cell: NotebookNode) -> Iterator[str]:
    hidden = False
    for line in cell.source.split("\n"):
        marker = MARKER.match(line)
        if marker:
            hidden = marker.group(1) == "BEGIN"
        elif not hidden and cell.cell_type == "code":
            yield line


def _telling(lines: list[str], text: str) -> str:
    """Return the most telling line of those that stand in `text`, or "" where they tell too little."""
    single = [_squeeze(line) in text for line in lines]
    paired = [_squeeze("".join(pair)) in text for pair in pairwise(lines)]
    matched = [
        line
        for index, line in enumerate(lines)
        if single[index] and (_weight(line) >= ALONE or any(paired[max(0, index - 1) : index + 1]))
    ]
    weight = sum(map(_weight, matched))
    if weight < ENOUGH or weight < SHARE * sum(map(_weight, lines)):
        return ""
    return max(matched, key=_weight)


def _squeeze(text: str) -> str:
    """Return the text without any white space, so that neither indentation nor line breaks hide a match."""
    return re.sub(r"\s+", "", text)


def _weight(line: str) -> int:
    return sum(word not in GIVEN for word in WORDS.findall(line))
