"""A notebook that was worked on in a browser tab earns what the same answers earn that were written in JupyterLab."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from autograder.building.build import build
from autograder.grading.grade import grade
from autograder.grading.results import StudentResult
from autograder.notebooks.notebook import canonical, read
from autograder.platforms.collect import collect
from autograder.platforms.roster import Roster
from ci.tests.autograder.builders import SQUARE, copied
from ci.tests.autograder.platforms.builders import CLASS, Sent, download

PAGE, NOTEBOOK = "1-tiny", "tiny.ipynb"
ANSWERS = {"double-gate": "", "square": SQUARE["half"][0]}
PYODIDE = {
    "kernelspec": {"display_name": "Python (Pyodide)", "language": "python", "name": "python"},
    "language_info": {
        "codemirror_mode": {"name": "python", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.8",
    },
}
SHOWN = {
    "data": {"text/plain": "1.0", "text/html": "<b>1 of 1 points</b>", "application/vnd.x+json": {"points": 1}},
    "execution_count": 7,
    "metadata": {},
    "output_type": "execute_result",
}


def answered(released: str, answers: dict[str, str]) -> dict[str, Any]:
    """A notebook as it was handed out, with answers in it."""
    notebook: dict[str, Any] = json.loads(released)
    for cell in notebook["cells"]:
        if answers.get(cell["id"]):
            cell["source"] = answers[cell["id"]].splitlines(keepends=True)
    return notebook


def saved_in_a_tab(notebook: dict[str, Any]) -> bytes:
    """The notebook as JupyterLite keeps it and hands it over: no server has put it in order.

    One line, keys in the order of the page's own, texts that are no lists of lines, cells marked as trusted, names and
    widgets of the tab's kernel, and one more cell of the student's with an id of the page's.
    """
    cells = []
    for number, cell in enumerate(notebook["cells"]):
        code = {"execution_count": number, "outputs": [SHOWN]} if cell["cell_type"] == "code" else {}
        trusted = {"trusted": True} if code else {}
        cells.append({**cell, **code, "metadata": trusted | cell["metadata"], "source": "".join(cell["source"])})
    own = {"cell_type": "code", "source": "import sys\nprint(sys.platform)", "metadata": {"trusted": True}}
    cells.append({**own, "outputs": [], "execution_count": None, "id": str(uuid.UUID(int=231))})
    widgets = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2, "version_minor": 0}}
    metadata = PYODIDE | {"widgets": widgets} | {k: v for k, v in notebook["metadata"].items() if k not in PYODIDE}
    return json.dumps(
        {"metadata": metadata, "nbformat_minor": 5, "nbformat": 4, "cells": cells}, separators=(",", ":")
    ).encode()


@pytest.fixture(scope="module")
def graded(tiny_built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, StudentResult]:
    """The same answers three times: from a folder, from the site, and from the site as it was a release ago."""
    folder = tmp_path_factory.mktemp("site")
    course = copied(tiny_built, folder)
    released = course.release / PAGE / NOTEBOOK
    old = answered(released.read_text(encoding="utf-8"), ANSWERS)
    source = course.source / PAGE / NOTEBOOK
    notebook = read(source)
    for cell in notebook.cells:
        if cell.cell_type == "markdown" or cell.id == "square-test":
            cell.source += "\n" if cell.cell_type == "code" else "\n\nReworded."
            cell.source += "# corrected" if cell.cell_type == "code" else ""
    source.write_text(canonical(notebook), encoding="utf-8")
    build(course, PAGE)
    new = answered(released.read_text(encoding="utf-8"), ANSWERS)
    assert new != old
    sent = {"ada": json.dumps(new).encode(), "zoë": saved_in_a_tab(new), "wang": saved_in_a_tab(old)}
    archive = download(folder, "canvas", [Sent(student, NOTEBOOK, content) for student, content in sent.items()])
    collect(course, PAGE, archive, roster=Roster(CLASS), timezone="UTC")
    return grade(course, PAGE)


@pytest.mark.parametrize("student", ["zoë", "wang"])
def test_same_answers_earn_the_same_and_nothing_is_noted(graded: dict[str, StudentResult], student: str) -> None:
    local = graded["ada"]
    assert local.score > 0 and local.exercises["square"].points == 0.5, "an answer that is half right tells most"
    assert graded[student].exercises == local.exercises
    assert graded[student].tamper == local.tamper == []
