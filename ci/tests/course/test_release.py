"""What students get runs to its end before a word is written, and earns nothing; the solution earns everything."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade, is_solution

from autograder import HOME
from autograder.course import Course
from autograder.notebooks.notebook import grade_id, read, text_of
from ci.tests.course.run_all import run_all

ASSIGNMENTS = Course().assignments()
_ran: dict[str, NotebookNode] = {}


def ran(assignment: str) -> NotebookNode:
    """The released notebook after Run All, run once."""
    if assignment not in _ran:
        (name,) = (path.name for path in Course().notebooks(assignment))
        folder = HOME / "assignments" / assignment
        notebook = read(folder / name)
        _ran[assignment] = run_all(notebook, folder)
    return _ran[assignment]


def points(notebook: NotebookNode) -> dict[str, tuple[float, float]]:
    return {
        grade_id(cell): determine_grade(cell) for cell in notebook.cells if is_grade(cell) and not is_solution(cell)
    }


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_released_notebook_runs_to_its_end_without_an_error_or_a_warning(assignment: str) -> None:
    for cell in ran(assignment).cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", f"{grade_id(cell)}: {text_of(output)}"
            assert output.get("name") != "stderr", f"{grade_id(cell)}: {text_of(output)}"


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_released_notebook_earns_none_of_its_automatic_points(assignment: str) -> None:
    assert {name: earned for name, (earned, _) in points(ran(assignment)).items() if earned} == {}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_each_check_of_the_released_notebook_says_not_written_and_nothing_else(assignment: str) -> None:
    mime = "application/vnd.cs231n-lite.report+json"
    for cell in ran(assignment).cells:
        if is_grade(cell) and not is_solution(cell):
            (report,) = (output.data[mime] for output in cell.outputs if mime in output.get("data", {}))
            assert [finding["slug"] for finding in report["findings"]] == ["not-written"], grade_id(cell)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_solution_earns_all_of_its_automatic_points(assignment: str) -> None:
    (path,) = Path(HOME / "solutions" / assignment).glob("*.ipynb")
    earned = points(read(path))
    assert earned and all(got == most for got, most in earned.values()), earned
