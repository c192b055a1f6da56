"""A first cell for notebooks that are opened elsewhere: it fetches the package where it is missing, and no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from autograder.building.running_anywhere import NAME, RunAnywhere
from autograder.course import Course
from autograder.intake.graft import graft
from autograder.notebooks.notebook import canonical, read
from autograder.notebooks.versions import past, released, remember
from ci.tests.autograder.small_course import ASSIGNMENT, NOTEBOOK, SOLVED, put, small

WHEEL = "https://course.example.org/static/cs231n_lite-0.1.0-py3-none-any.whl"
CONFIG = Config({"RunAnywhere": {"wheel": WHEEL}})


def first_cell(config: Config, source: str = "from cs231n_lite import draw") -> str:
    notebook, _ = RunAnywhere(config=config).preprocess(new_notebook(cells=[new_code_cell(source)]), {})
    return str(notebook.cells[0].source)


def test_course_that_says_no_address_and_notebook_without_the_package_have_no_such_cell() -> None:
    assert first_cell(Config()) == "from cs231n_lite import draw"
    assert first_cell(CONFIG, "import numpy") == "import numpy"


@pytest.mark.parametrize("is_there", [True, False])
def test_package_is_fetched_where_it_is_missing_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, check: calls.append(command))
    if not is_there:
        monkeypatch.setitem(sys.modules, "cs231n_lite", None)  # as if it were not installed
    exec(first_cell(CONFIG), {})
    assert calls == ([] if is_there else [[sys.executable, "-m", "pip", "install", "--quiet", WHEEL]])


def test_cell_that_was_handed_out_is_nobody_s_edit_and_not_graded(tmp_path: Path) -> None:
    course = small(tmp_path)
    master = read(course.source / ASSIGNMENT / NOTEBOOK)
    path = put(course, "ada", SOLVED)
    notebook = read(path)
    notebook.cells.append(new_code_cell("from cs231n_lite import draw"))
    notebook, _ = RunAnywhere(config=CONFIG).preprocess(notebook, {})
    path.write_text(canonical(notebook), encoding="utf-8")
    remember(course, ASSIGNMENT, [("nb", notebook)])
    grafted, notes = graft(master, path, course.config(), past(course, ASSIGNMENT, "nb"))
    assert notes == []
    assert [cell.source for cell in grafted.cells if cell.get("id") == NAME] == []


def test_settings_of_this_course_put_it_in_front_and_grading_knows_nothing_of_it() -> None:
    config = Course().config()
    steps = config.GenerateAssignment.preprocessors
    assert steps.index("autograder.nbgrader_steps.RunAnywhere") > steps.index("autograder.nbgrader_steps.HandOut")
    assert not config.RunAnywhere.get("wheel"), "the notebooks here are for a folder that has the package"
    assert NAME not in [
        cell.id for cell in released(read(Course().notebooks("1-computational-graphs")[0]), config).cells
    ]
