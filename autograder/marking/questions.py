"""The questions of an assignment that a person marks, from source/, and the answers to them, from the graded notebooks.

What is shown of an answer was made safe when it was graded, and is made safe once more here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from bs4 import BeautifulSoup
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_notebook
from nbformat.v4.rwbase import rejoin_lines
from nbgrader.utils import is_grade, is_solution, is_task

from autograder.course import Course
from autograder.feedback.display import IMAGES, Display
from autograder.feedback.sanitise import FENCE
from autograder.feedback.words import rendered
from autograder.marking.rubric import Rubric, rubric_of
from autograder.notebooks.kinds import exercise_of
from autograder.notebooks.notebook import grade_id, known
from autograder.submission import Submission

__all__ = ["Answer", "Question", "questions", "read_answer"]

HEADING = re.compile(r"^#{1,6}[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)
MADE_SAFE = f'<div style="{FENCE}"'


@dataclass(frozen=True)
class Question:
    """One cell that a person marks: where it is, its heading and text as HTML, its points and its rubric."""

    notebook: str
    cell: str
    title: str
    text: str
    most: float
    rubric: Rubric
    code: bool
    task: bool


@dataclass(frozen=True)
class Answer:
    """What one student answered: `text` to compare by, `kind` of what stands beside it, cells made safe to show."""

    text: str
    kind: str
    cells: tuple[NotebookNode, ...]

    def html(self) -> str:
        """Return the answer as HTML; its headings are none of the page's."""
        html = "\n".join(_shown(cell) for cell in self.cells)
        return re.sub(r"</h[1-6]>", "</p>", re.sub(r"<h[1-6]\b[^>]*>", '<p class="heading">', html))


def questions(course: Course, assignment: str) -> list[Question]:
    """Return the questions of an assignment in the order of its notebooks."""
    return [
        _question(path.stem, cells, number)
        for path in course.notebooks(assignment)
        for cells in [known(path).cells]
        for number, cell in enumerate(cells)
        if (is_grade(cell) and is_solution(cell)) or is_task(cell)
    ]


def _question(notebook: str, cells: Sequence[NotebookNode], number: int) -> Question:
    cell = cells[number]
    above = cells[number - 1] if number and cells[number - 1].cell_type == "markdown" else None
    text = above if above is not None and not is_solution(above) and not is_task(cell) else None
    source = text.source if text is not None else cell.source.split("BEGIN MARK SCHEME")[0] if is_task(cell) else ""
    source = source.rstrip("#= \n") if is_task(cell) else source
    heading = HEADING.search(source)
    title = re.sub(r"<[^>]*>", "", heading[1]).strip() if heading else exercise_of(cell)
    body = source.replace(heading[0], "", 1) if heading else source
    most = float(cell.metadata.nbgrader.points)
    return Question(
        notebook,
        grade_id(cell),
        title,
        rendered(body, text if text is not None else NotebookNode(), lower=2),
        most,
        rubric_of(cell.source, most),
        code=cell.cell_type == "code",
        task=is_task(cell),
    )


def read_answer(submission: Submission, question: Question) -> Answer | None:
    """Return a student's answer from the graded notebook; None where there is none that could be read."""
    path = submission.autograded / f"{question.notebook}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return None
    names = [cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "") for cell in cells]
    if question.cell not in names:
        return None
    place = names.index(question.cell)
    found = [cells[place]] if not question.task else list(_work(cells, names, place))
    notebook = rejoin_lines(new_notebook(cells=[from_dict(cell) for cell in found]))
    safe, _ = Display().preprocess(notebook, {})
    text = "\n\n".join(_plain(cell.source) for cell in safe.cells)
    return Answer(text, _beside(safe.cells, outputs=question.task), tuple(safe.cells))


def _work(cells: list[dict[str, Any]], names: list[str], place: int) -> Iterator[dict[str, Any]]:
    """A student's own cells between a task and the next cell of the course; all of them where there are none there."""
    end = next((n for n in range(place + 1, len(cells)) if names[n]), len(cells))
    here = [cell for cell in cells[place + 1 : end] if cell.get("id") != "for-the-marker"]
    yield from here or (c for c, name in zip(cells, names, strict=True) if not name and c.get("id") != "for-the-marker")


def _plain(source: str) -> str:
    """The words of an answer; one that was unsafe has been made anew as HTML."""
    return BeautifulSoup(source, "html.parser").get_text(" ") if unescape(source).startswith(MADE_SAFE) else source


def _beside(cells: Sequence[NotebookNode], *, outputs: bool) -> str:
    """The hash of pictures that belong to an answer; "" where there are none."""
    beside = [bundle for cell in cells for bundle in dict(cell.get("attachments", {})).values()]
    if outputs:
        beside += [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    images = [[kind, bundle[kind]] for bundle in beside for kind in IMAGES if kind in bundle]
    return hashlib.sha256(json.dumps(images).encode()).hexdigest() if images else ""


def _shown(cell: NotebookNode) -> str:
    if cell.cell_type == "markdown":
        return f'<div class="words">{rendered(cell.source, cell, lower=2, ours=False)}</div>'
    parts = [f'<pre class="code"><code>{escape(cell.source)}</code></pre>']
    for output in cell.get("outputs", []):
        parts += _output(output)
    return "".join(parts)


def _output(output: NotebookNode) -> Iterator[str]:
    data = output.get("data", {})
    image = next((kind for kind in IMAGES if kind in data), None)
    if output.output_type == "stream":
        yield f"<pre>{escape(output.text)}</pre>"
    elif output.output_type == "error":
        yield f"<pre>{escape(output.ename)}: {escape(output.evalue)}</pre>"
    elif image:
        words = output.get("metadata", {}).get(image, {}).get("alt") or "a picture that the answer shows"
        address = f"data:{image};base64,{''.join(data[image].split())}"
        yield f'<img alt="{escape(words)}" src="{escape(address)}">'
    elif "text/html" in data:
        yield data["text/html"]
    elif "text/plain" in data:
        yield f"<pre>{escape(data['text/plain'])}</pre>"
