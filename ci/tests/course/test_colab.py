"""Notebooks as handed out in a Jupyter that is not ours: Colab's kernel, no package, its wheel beside the notebook."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
from nbgrader.utils import determine_grade, is_grade

from autograder.building.running_anywhere import NAME
from autograder.corpus.answers import answered
from autograder.course import Course
from autograder.notebooks.notebook import grade_id, text_of
from ci.site.course import handed_out, wheel
from ci.tests.autograder.builders import not_run
from ci.tests.course.run_all import run_all

PINS = Path(__file__).parent / "colab.txt"
FIRST = Course().assignments()[0]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a kernel whose environment has Colab's packages, and nothing of the course."""
    home = tmp_path_factory.mktemp("colab")
    python, spec = home / "venv" / "bin" / "python", home / "jupyter" / "kernels" / "python3"
    subprocess.run([sys.executable, "-m", "venv", str(home / "venv")], check=True)
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python), "-r", str(PINS)]
    if subprocess.run(install).returncode:
        not_run("packages of Colab's versions cannot be fetched")
    spec.mkdir(parents=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Colab", "language": "python"}))
    return home / "jupyter"


def test_first_cell_says_what_is_missing_and_with_the_wheel_beside_it_all_points_are_earned(
    kernel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(kernel))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    (solved,) = answered(Course(), FIRST, {}).values()
    start = deepcopy(solved)
    start.cells = start.cells[: 1 + [cell.get("id") for cell in start.cells].index(NAME)]
    said = "".join(text_of(output) for output in run_all(start, tmp_path).cells[-1].outputs)
    assert "could not be installed" in said and "put it beside this notebook, and run this cell again" in said

    wheel(handed_out(), tmp_path)
    notebook = run_all(solved, tmp_path)
    graded = {grade_id(cell): determine_grade(cell) for cell in notebook.cells if is_grade(cell)}
    by_check = {slug: points for slug, points in graded.items() if slug.endswith("-test")}
    assert by_check and all(earned == most for earned, most in by_check.values()), by_check
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error" and output.get("name") != "stderr", text_of(output)
    assert "in JupyterLab it can" in text_of(notebook.cells[-1].outputs[0])
