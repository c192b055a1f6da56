"""How a notebook is laid out for who works in it: tests and pictures are folded, Run All goes on behind an answer."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.building.released_steps import GOES_ON, FoldCourseCode, LetAnswersFail


def cell(name: str, markdown: bool = False, **flags: Any) -> NotebookNode:
    about = {"grade_id": name, "grade": False, "solution": False, "locked": False, "task": False} | flags
    return (new_markdown_cell if markdown else new_code_cell)("x", metadata={"nbgrader": NotebookNode(about)})


TEST = cell("square-test", grade=True, locked=True)
PICTURE = cell("square-picture", locked=True)
ANSWER = cell("square", solution=True)
HELPER = cell("patients", locked=True)
TEXT = cell("square-text", markdown=True, locked=True)


@pytest.mark.parametrize("folded", [TEST, PICTURE], ids=["test", "picture"])
def test_code_of_tests_and_pictures_is_folded(folded: NotebookNode) -> None:
    assert FoldCourseCode().preprocess_cell(folded, {}, 0)[0].metadata.jupyter == {"source_hidden": True}


@pytest.mark.parametrize("left", [ANSWER, HELPER, TEXT], ids=["answer", "helper", "text"])
def test_everything_else_stays_open(left: NotebookNode) -> None:
    assert "jupyter" not in FoldCourseCode().preprocess_cell(left, {}, 0)[0].metadata


def test_answers_in_code_and_free_cells_and_nothing_else_let_run_all_go_on() -> None:
    written = cell("why", markdown=True, solution=True, grade=True)
    guess = new_code_cell('guess = ""', metadata={"tags": ["free"]})
    tagged = [
        LetAnswersFail().preprocess_cell(one, {}, 0)[0].metadata.get("tags") for one in (ANSWER, TEST, written, guess)
    ]
    assert tagged == [[GOES_ON], None, None, ["free", GOES_ON]]


def test_tags_that_an_author_set_stay() -> None:
    answer = cell("square", solution=True)
    answer.metadata["tags"] = ["mine"]
    assert LetAnswersFail().preprocess_cell(answer, {}, 0)[0].metadata.tags == ["mine", GOES_ON]
