"""The planted class and the report on it, made once for all tests that read them."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.course import Course
from autograder.reporting.class_report import class_report
from autograder.reporting.reading import Graded, read_class
from ci.tests.autograder.reporting.planted import planted


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return planted(tmp_path_factory.mktemp("planted") / "course")


@pytest.fixture(scope="session")
def classes(course: Course) -> list[Graded]:
    return [read_class(course, name) for name in ("1-a", "2-b")]


@pytest.fixture(scope="session")
def report(classes: list[Graded]) -> dict[str, Any]:
    return class_report(classes)


@pytest.fixture(scope="session")
def named(classes: list[Graded]) -> dict[str, Any]:
    """The report with students' ids."""
    return class_report(classes, names=True)
