"""What is entered of source/ is what nbgrader itself enters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.gradebook.source_cells import cells_of
from autograder.grading.grade import register
from ci.tests.autograder.small_course import ASSIGNMENT, ROWS, TASK, small


def test_every_table_is_as_nbgraders_own_generate_assignment_fills_it(tmp_path: Path) -> None:
    course = small(tmp_path, [*ROWS, TASK])
    register(course, ASSIGNMENT, tmp_path / "log")
    config = course.config()
    ours = cells_of(course.directory(config), config, course.notebooks(ASSIGNMENT))["nb"]
    with Gradebook(course.gradebook) as gradebook:
        theirs = gradebook.find_notebook("nb", ASSIGNMENT)
        for table, columns in {
            "grade_cells": ("max_score", "cell_type"),
            "solution_cells": (),
            "task_cells": ("max_score", "cell_type"),
            "source_cells": ("cell_type", "locked", "source", "checksum"),
        }.items():
            entries: dict[str, Any] = {
                cell.name: {key: getattr(cell, key) for key in columns} for cell in getattr(theirs, table)
            }
            assert getattr(ours, table) == entries
        assert ours.kernelspec == theirs.kernelspec


def test_it_is_quick_enough_to_be_done_each_time() -> None:
    course = Course()
    config = course.config()
    paths = [path for assignment in course.assignments() for path in course.notebooks(assignment)]
    assert all(cells.grade_cells for cells in cells_of(course.directory(config), config, paths).values())
