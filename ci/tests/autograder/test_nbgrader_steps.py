"""nbgrader's own commands, typed in a course folder as every instructor knows them."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder import HOME
from autograder.building.build import build
from autograder.corpus.answers import answered
from autograder.course import Course
from autograder.notebooks.notebook import canonical
from autograder.notebooks.versions import past
from ci.tests.autograder.builders import copied

TINY = Path(__file__).parents[1] / "fixtures" / "course"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course with this repository's settings, as if it were the repository, its assignment handed out."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("released") / "course"))
    shutil.copy(HOME / "nbgrader_config.py", root)
    nbgrader(Course(root), "generate_assignment", "1-tiny")
    return root


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Course:
    return copied(released, tmp_path)


def nbgrader(course: Course, *words: str) -> str:
    """Run a command as a person would who did not activate the environment, so that its folder is not on the path."""
    path = os.pathsep.join(
        part for part in os.environ["PATH"].split(os.pathsep) if part != str(Path(sys.executable).parent)
    )
    command = [str(Path(sys.executable).parent / "nbgrader"), *words]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, env={**os.environ, "PATH": path})
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stderr}"
    return done.stderr


def test_release_collect_grade_return_and_export(course: Course) -> None:
    assert (course.root / "assignments" / "1-tiny" / "tiny.ipynb").is_file()
    assert past(course, "1-tiny", "tiny").knows("square-test"), "what is handed out is remembered"

    downloaded = course.root / "downloaded" / "1-tiny" / "archive"
    downloaded.mkdir(parents=True)
    handed_in = canonical(answered(course, "1-tiny", {})["tiny.ipynb"])
    with zipfile.ZipFile(downloaded / "class.zip", "w") as archive:
        archive.writestr("ada_LATE_31_415_tiny.ipynb", handed_in)
    nbgrader(course, "zip_collect", "1-tiny")
    assert (course.root / "submitted" / "ada" / "1-tiny" / "tiny.ipynb").is_file()

    nbgrader(course, "autograde", "1-tiny")
    nbgrader(course, "generate_feedback", "1-tiny")
    assert "DoubleGate" in (course.root / "feedback" / "ada" / "1-tiny" / "tiny.html").read_text(encoding="utf-8")

    nbgrader(course, "export", "--to=grades.csv")
    with (course.root / "grades.csv").open(encoding="utf-8") as table:
        (row,) = csv.DictReader(table)
    assert (row["assignment"], row["student_id"], float(row["score"]), float(row["max_score"])) == (
        "1-tiny",
        "ada",
        3.0,
        5.0,
    )


def test_exchange_hands_out_and_collects(course: Course, tmp_path: Path) -> None:
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    where = f"--Exchange.root={exchange}"
    nbgrader(course, "release_assignment", "1-tiny", where)
    assert (exchange / "cs231n-lite" / "outbound" / "1-tiny" / "tiny.ipynb").is_file()
    student = Course(tmp_path / "student")
    student.root.mkdir()
    nbgrader(student, "fetch_assignment", "1-tiny", "--course=cs231n-lite", where)
    nbgrader(student, "submit", "1-tiny", "--course=cs231n-lite", where)
    nbgrader(course, "collect", "1-tiny", where)
    assert len(list((course.root / "submitted").glob("*/1-tiny/tiny.ipynb"))) == 1


def test_solution_is_regenerated_in_place(course: Course) -> None:
    build(course, "1-tiny")
    solution = course.root / "solutions" / "1-tiny" / "tiny.ipynb"
    before = solution.read_bytes()
    nbgrader(course, "generate_assignment", "1-tiny", "--force")
    nbgrader(course, "generate_solution", "1-tiny", "--force")
    assert solution.read_bytes() == before
