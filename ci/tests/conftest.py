"""What several test files share: the tiny course, copied so that each test may spoil its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from autograder.building.build import build
from autograder.course import Course

# As in ci/commands.py, for those who call pytest themselves; kernels inherit it.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", PYTHONHASHSEED="0")

TINY = Path(__file__).parent / "fixtures" / "course"


@pytest.fixture
def tiny(tmp_path: Path) -> Course:
    """A course folder with the assignment 1-tiny: two exercises that grade themselves and a written question."""
    return Course(Path(shutil.copytree(TINY, tmp_path / "course")))


@pytest.fixture(scope="session")
def tiny_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course with its assignment built, once for all tests; to be copied."""
    course = Course(Path(shutil.copytree(TINY, tmp_path_factory.mktemp("tiny") / "course")))
    build(course, "1-tiny")
    return course.root
