"""A first code cell for notebooks opened elsewhere: it fetches the package where it is missing, and no more."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from autograder import HOME
from autograder.building.running_anywhere import NAME, RunAnywhere
from autograder.course import Course
from autograder.intake.graft import graft
from autograder.notebooks.notebook import canonical, read
from autograder.notebooks.versions import past, remember
from ci.tests.autograder.small_course import ASSIGNMENT, NOTEBOOK, SOLVED, put, small

WHEEL = "https://course.example.org/static/cs231n_lite-0.1.0-py3-none-any.whl"
CONFIG = Config({"RunAnywhere": {"wheel": WHEEL}})


def first_cell(config: Config, source: str = "from cs231n_lite import draw") -> str:
    notebook, _ = RunAnywhere(config=config).preprocess(new_notebook(cells=[new_code_cell(source)]), {})
    return str(notebook.cells[0].source)


def test_course_that_says_no_address_and_notebook_without_the_package_have_no_such_cell() -> None:
    assert first_cell(Config()) == "from cs231n_lite import draw"
    assert first_cell(CONFIG, "import numpy") == "import numpy"


@pytest.mark.parametrize(("is_there", "code"), [(True, 0), (False, 0), (False, 1)], ids=["there", "fetched", "not"])
def test_package_is_fetched_where_it_is_missing_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_there: bool, code: int
) -> None:
    calls: list[list[str]] = []

    def run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
        calls.append(command)
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr(subprocess, "run", run)
    if not is_there:
        monkeypatch.setitem(sys.modules, "cs231n_lite", None)  # as if it were not installed
    exec(first_cell(CONFIG), {})
    assert calls == ([] if is_there else [[sys.executable, "-m", "pip", "install", "--quiet", WHEEL]])
    assert ("put it beside this notebook" in capsys.readouterr().out) == bool(code)


@pytest.mark.parametrize("remembered", [True, False])
def test_cell_that_was_handed_out_is_nobody_s_edit_and_not_graded(tmp_path: Path, remembered: bool) -> None:
    course = small(tmp_path)
    master = read(course.source / ASSIGNMENT / NOTEBOOK)
    path = put(course, "ada", SOLVED)
    notebook = read(path)
    notebook.cells.append(new_code_cell("from cs231n_lite import draw"))
    notebook, _ = RunAnywhere(config=CONFIG).preprocess(notebook, {})
    path.write_text(canonical(notebook), encoding="utf-8")
    if remembered:
        remember(course, ASSIGNMENT, [("nb", notebook)])
    grafted, notes = graft(master, path, course.config(), past(course, ASSIGNMENT, "nb"))
    assert notes == []
    assert [cell.source for cell in grafted.cells if cell.get("id") == NAME] == []


def test_settings_of_this_course_put_it_before_all_code_and_grading_knows_nothing_of_it() -> None:
    course = Course()
    config = course.config()
    steps = config.GenerateAssignment.preprocessors
    assert steps.index("autograder.nbgrader_steps.RunAnywhere") > steps.index("autograder.nbgrader_steps.HandOut")
    for name in course.assignments():
        for path in course.notebooks(name):
            handed_out = [
                cell for cell in read(HOME / "assignments" / name / path.name).cells if cell.cell_type == "code"
            ]
            assert handed_out[0].id == NAME and config.RunAnywhere.wheel in handed_out[0].source
            assert handed_out[0].metadata.jupyter.source_hidden
            assert "nbgrader" not in handed_out[0].metadata, "plain nbgrader grades no cell that it did not enter"
            assert NAME not in [cell.id for cell in read(path).cells]


def test_wheel_beside_the_notebook_is_of_the_version_that_is_here() -> None:
    version = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert Course().config().RunAnywhere.wheel == f"cs231n_lite-{version}-py3-none-any.whl"
