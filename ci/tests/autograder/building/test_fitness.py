"""What a notebook needs of the machine and of its folder is named by build, and not found out in week two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from autograder.building.build import build
from autograder.building.fitness import check_files, kernel_faults
from autograder.course import Course
from autograder.problem import Problem


def edit_kernel(course: Course, name: str, language: str) -> None:
    path = course.source / "1-tiny" / "tiny.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"]["kernelspec"] = {"name": name, "display_name": name, "language": language}
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "language", "words"),
    [
        ("conda-env-2019", "python", "its kernel 'conda-env-2019' is not on this machine"),
        ("ir", "R", "is in the language R; answers are run as Python here"),
    ],
)
def test_kernel_that_is_missing_or_speaks_another_language_is_named(
    tiny: Course, name: str, language: str, words: str
) -> None:
    edit_kernel(tiny, name, language)
    with pytest.raises(Problem) as refusal:
        build(tiny, "1-tiny")
    assert f"1-tiny/tiny.ipynb: {words}" in str(refusal.value)
    assert "python3" in str(refusal.value) or language == "R"


PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


@pytest.mark.parametrize("metadata", [{}, PYTHON, {"language_info": {"name": "python"}}])
def test_notebook_of_pythons_own_kernel_or_of_none_is_fit(metadata: dict[str, dict[str, str]]) -> None:
    assert list(kernel_faults(new_notebook(metadata=metadata))) == []


def test_files_that_grading_could_not_hand_over_are_refused_with_the_limit(tiny: Course) -> None:
    folder = tiny.source / "1-tiny"
    with (folder / "big.npy").open("wb") as file:
        file.truncate(70 << 20)
    (folder / "data.txt").write_text("tally.py big.npy", encoding="utf-8")
    with pytest.raises(Problem, match=r"files have 70 MiB together, the largest is big\.npy; .* at most 64 MiB"):
        build(tiny, "1-tiny")


def test_notebooks_and_small_files_are_no_matter(tmp_path: Path) -> None:
    with (tmp_path / "nb.ipynb").open("wb") as file:
        file.truncate(70 << 20)
    (tmp_path / "data.csv").write_text("1", encoding="utf-8")
    assert check_files(tmp_path) == []
