"""The tiny course, built: it takes the place of the one that is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import Course
from ci.tests.autograder.builders import copied


@pytest.fixture
def tiny(tmp_path: Path, tiny_built: Path) -> Course:
    """A course folder with the assignment 1-tiny built."""
    return copied(tiny_built, tmp_path)
