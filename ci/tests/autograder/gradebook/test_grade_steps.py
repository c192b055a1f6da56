"""The check of metadata lets pass what nbgrader's lets pass, refuses what it refuses, and asks it no more than once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import CheckCellMetadata as EachTime

from autograder.course import Course
from autograder.gradebook.grade_steps import CheckCellMetadata
from ci.tests.autograder.builders import notebook

BROKEN: dict[str, Callable[[NotebookNode], Any]] = {
    "no points": lambda nb: nb.cells[-1].metadata.nbgrader.pop("points"),
    "schema too new": lambda nb: nb.cells[-1].metadata.nbgrader.update(schema_version=4),
    "two of one name": lambda nb: nb.cells[-1].metadata.nbgrader.update(
        grade_id=nb.cells[0].metadata.nbgrader.grade_id
    ),
    "a text that is a test": lambda nb: nb.cells[-1].update(cell_type="markdown"),
    "a flag that is none": lambda nb: nb.cells[-1].metadata.nbgrader.update(locked="yes"),
}


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[NotebookNode]:
    """The notebooks that nbgrader's own validator was asked about."""
    seen: list[NotebookNode] = []
    validate = MetadataValidator.validate_nb

    def noted(self: MetadataValidator, nb: NotebookNode) -> None:
        seen.append(nb)
        validate(self, nb)

    monkeypatch.setattr(MetadataValidator, "validate_nb", noted)
    monkeypatch.setattr(CheckCellMetadata, "_passed", set())
    return seen


def test_same_metadata_is_checked_once_whatever_the_answers_are(asked: list[NotebookNode]) -> None:
    for source in ("a = 1", "a = 2", "a = 3"):
        nb = notebook(("answer", source), ("test", "1"))
        assert CheckCellMetadata().preprocess(nb, {}) == (nb, {})
    assert len(asked) == 1


@pytest.mark.parametrize("case", BROKEN)
def test_what_nbgrader_refuses_is_refused_each_time(case: str, asked: list[NotebookNode]) -> None:
    CheckCellMetadata().preprocess(notebook(("answer", "a = 1"), ("test", "1")), {})
    for _ in range(2):
        nb = notebook(("answer", "a = 1"), ("test", "1"))
        BROKEN[case](nb)
        with pytest.raises(Exception) as theirs:  # whatever it is
            EachTime().preprocess(nb, {})
        with pytest.raises(type(theirs.value)):
            CheckCellMetadata().preprocess(nb, {})


def test_settings_name_it_wherever_nbgrader_checks() -> None:
    steps = Course().config().Autograde
    for name in ("sanitize_preprocessors", "autograde_preprocessors"):
        assert steps[name].count("autograder.nbgrader_steps.CheckCellMetadata") == 1, name
        assert "nbgrader.preprocessors.CheckCellMetadata" not in steps[name]
