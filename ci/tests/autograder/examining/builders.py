"""A notebook's run for tests: running one, what it earned and showed, and the answers that lie as files."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from autograder.examining.examination import Examination
from autograder.examining.terms import Terms, limits
from autograder.notebooks.kinds import METADATA, is_test
from autograder.notebooks.notebook import grade_id, text_of
from autograder.sandbox.box import Sandbox
from ci.tests.autograder.builders import notebook

ANSWERS = Path(__file__).parent / "answers"


def examined(nb: NotebookNode, means: str = "", **terms: Any) -> Examination:
    """A notebook's run, when it is over."""
    asked = Terms(**{"timeout": 30.0, **terms})
    with (
        tempfile.TemporaryDirectory() as scratch,
        tempfile.TemporaryDirectory() as empty,
        Sandbox(limits(asked, nb), Path(scratch), means=means, unsafe=True) as box,
    ):
        examination = Examination(nb, box, asked, Path(empty))
        examination.run()
        return examination


def run(nb: NotebookNode, means: str = "", **terms: Any) -> dict[str, str]:
    examined(nb, means, **terms)
    return {grade_id(c): c.metadata[METADATA]["verdict"] for c in nb.cells if is_test(c)}


def points(nb: NotebookNode) -> dict[str, float]:
    return {grade_id(c): determine_grade(c)[0] for c in nb.cells if is_test(c)}


def shown(nb: NotebookNode, name: str) -> str:
    return "\n".join(text_of(output) for c in nb.cells if grade_id(c) == name for output in c.outputs)


def judged(*cells: tuple[str, str], **terms: Any) -> tuple[NotebookNode, dict[str, str]]:
    nb = notebook(*cells)
    return nb, run(nb, **terms)


@dataclass(frozen=True)
class Answer:
    """A cell of a file of answers: `# %% NAME | WORDS`, then its source."""

    name: str
    words: str
    source: str


def answer_cells(file: str) -> list[Answer]:
    """The cells of answers/FILE.py; a line `# @NAME` stands for the cell of that name in answers/shared.py."""
    cells = []
    for part in (ANSWERS / f"{file}.py").read_text(encoding="utf-8").split("\n# %% ")[1:]:
        header, _, source = part.partition("\n")
        name, _, words = header.partition(" | ")
        cells.append(Answer(name, words, source.strip("\n")))
    if file == "shared":
        return cells
    shared = {f"# @{cell.name}": cell.source for cell in answer_cells("shared")}
    return [
        Answer(cell.name, cell.words, "\n".join(shared.get(line, line) for line in cell.source.split("\n")))
        for cell in cells
    ]
