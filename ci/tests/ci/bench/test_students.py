from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course import Course
from autograder.submission import Submission
from ci.bench.grading import students
from ci.bench.grading.students import copied, marked, run_once

ABOUT = {"grade": False, "solution": True, "locked": False, "schema_version": 3, "task": False}


def answer(source: str, name: str = "add") -> NotebookNode:
    return new_code_cell(source, metadata={"nbgrader": ABOUT | {"grade_id": name}}, id=name)


def test_a_written_answer_is_marked_and_nothing_else() -> None:
    unwritten = "# YOUR CODE HERE\nraise NotImplementedError()"
    notebook = marked(new_notebook(cells=[answer("x = 1"), answer(unwritten, "multiply"), new_code_cell("x")]), "ada")
    assert [cell.source for cell in notebook.cells] == ["x = 1\n# ada", unwritten, "x"]


def test_a_notebook_is_handed_in_as_it_was_run_and_runs_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, kept = tmp_path / "released", tmp_path / "kept"
    files.mkdir()
    (files / "data.txt").write_text("7")
    sources = ["print(open('data.txt').read())", "1 / 0", "6 * 7"]

    def unrun() -> NotebookNode:
        return new_notebook(cells=[new_code_cell(source, id=f"c{n}") for n, source in enumerate(sources)])

    text = run_once(unrun(), files, kept)
    cells = nbformat.reads(text, 4).cells
    assert [cell.execution_count for cell in cells] == [1, 2, 3]
    assert [cell.outputs[0].output_type for cell in cells] == ["stream", "error", "execute_result"]
    monkeypatch.setattr(students, "NotebookClient", lambda *_, **__: pytest.fail("it ran again"))
    assert run_once(unrun(), files, kept) == text
    (files / "data.txt").write_text("8")
    with pytest.raises(pytest.fail.Exception):
        run_once(unrun(), files, kept)


def test_copies_have_answers_of_their_own_and_the_outputs(tmp_path: Path) -> None:
    course = Course(tmp_path)
    origin = Submission(course, "a", "ada")
    origin.submitted.mkdir(parents=True)
    cell = answer("x = 1")
    cell.execution_count = 4
    nbformat.write(new_notebook(cells=[cell]), origin.submitted / "a.ipynb")
    copied([origin], 2)
    paths = sorted(path for path in (tmp_path / "submitted").glob("copy-*/a/a.ipynb"))
    cells = [nbformat.read(path, 4).cells[0] for path in paths]
    assert [cell.source for cell in cells] == ["x = 1\n# copy-00000", "x = 1\n# copy-00001"]
    assert [cell.execution_count for cell in cells] == [4, 4]
