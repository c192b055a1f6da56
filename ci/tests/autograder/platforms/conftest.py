"""The class of twelve in a gradebook, entered once: making one takes nbgrader seconds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.course import Course
from ci.tests.autograder.platforms.builders import enrol, mark


@pytest.fixture(scope="session")
def gradebook_of_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = Course(tmp_path_factory.mktemp("class"))
    enrol(course)
    return course.root / "gradebook.db"


@pytest.fixture
def enrolled(tiny: Course, gradebook_of_class: Path) -> Course:
    """The tiny course with the class in its gradebook."""
    shutil.copy(gradebook_of_class, tiny.root)
    return tiny


@pytest.fixture(scope="session")
def gradebook_of_marks(gradebook_of_class: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = Course(tmp_path_factory.mktemp("marks"))
    shutil.copy(gradebook_of_class, course.root)
    mark(course)
    return course.root / "gradebook.db"


@pytest.fixture
def marked(tiny: Course, gradebook_of_marks: Path) -> Course:
    """The tiny course with points of the class in its gradebook, as `mark` says."""
    shutil.copy(gradebook_of_marks, tiny.root)
    return tiny
