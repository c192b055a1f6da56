"""Every exercise runs after the setup cell alone: its own cells with its own answer, and nothing of any other."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from autograder.course import Course
from autograder.notebooks.kinds import is_test
from autograder.notebooks.notebook import grade_id, read, without_hidden_tests, without_markers
from cs231n_lite.cells import Cells
from cs231n_lite.reporting.unjudged import instead

HEADING = re.compile(r"#{1,3} ")
OTHERS = re.compile(r"with attempt\(\"[\w-]+ and [\w-]+\"\)")  # a picture that says whose answers it needs, too


def sections(assignment: str) -> dict[str, list[NotebookNode]]:
    """Slug -> the code cells from an exercise's heading to the next; "" -> the setup cell."""
    (path,) = Course().notebooks(assignment)
    cells = read(path).cells
    parts: list[list[NotebookNode]] = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and HEADING.match(cell.source):
            parts.append([])
        elif cell.cell_type == "code":
            parts[-1].append(cell)
    setup = [cell for cell in cells if grade_id(cell) == "setup"]
    tests = {grade_id(test).removesuffix("-test"): part for part in parts for test in part if is_test(test)}
    return {"": setup} | tests


def value_of(source: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does; return the value of its last line if that is an expression."""
    tree = ast.parse(without_markers(source))
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last else None


EXERCISES = [
    pytest.param(assignment, slug, id=slug)
    for assignment in Course().assignments()
    for slug in sections(assignment)
    if slug
]


@pytest.mark.parametrize("assignment, slug", EXERCISES)
def test_exercise_runs_and_earns_its_points_after_the_setup_cell_alone(
    assignment: str, slug: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(Path(Course().source / assignment))
    by_slug = sections(assignment)
    names: dict[str, Any] = {"__name__": "__main__", "display": lambda *_: None}
    for cell in [*by_slug[""], *by_slug[slug]]:
        value = value_of(cell.source, names)
        printed = capsys.readouterr().out
        if not OTHERS.search(cell.source):
            assert "your code raised" not in printed and "not written yet" not in printed, grade_id(cell)
        if is_test(cell):
            assert float(value) == cell.metadata.nbgrader.points, str(value)


@pytest.mark.parametrize("assignment, slug", EXERCISES)
def test_without_its_answer_a_check_or_a_picture_says_in_one_sentence_which_cell_to_run(
    assignment: str, slug: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(Path(Course().source / assignment))
    by_slug = sections(assignment)
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in by_slug[""]:
        value_of(cell.source, names)
    for cell in by_slug[slug]:
        if not is_test(cell) and not grade_id(cell).endswith(f"{slug}-picture"):
            continue  # a picture of the course's own, which is not named after the exercise, needs no answer
        line = instead(without_hidden_tests(cell.source), names, Cells())
        assert line is not None, f"{grade_id(cell)} would run, and fail"
        points = value_of(line, names)
        said = str(points.report) if is_test(cell) else capsys.readouterr().out
        assert " ".join(said.split()).count("not there: run the cell") == 1
        if is_test(cell):
            assert float(points) == 0.0 and points.most == cell.metadata.nbgrader.points
            assert [finding.slug for finding in points.report.findings] == ["not-run"]
