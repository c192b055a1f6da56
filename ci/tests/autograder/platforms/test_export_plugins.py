"""`nbgrader export --exporter=…` writes what the command writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.apps import ExportApp
from nbgrader.coursedir import CourseDirectory

from autograder import nbgrader_steps
from autograder.__main__ import main
from autograder.course import Course
from autograder.gradebook.session import opened


def plugin(course: Course, name: str, **settings: object) -> nbgrader_steps.CanvasExport:
    config = course.config()
    config.CourseDirectory.root = str(course.root)
    config.merge({name: settings})
    app = ExportApp(config=config, coursedir=CourseDirectory(config=config))
    app.plugin_class = f"autograder.nbgrader_steps.{name}"
    app.init_plugin()
    return app.plugin_inst


@pytest.mark.parametrize("platform", ["canvas", "brightspace", "blackboard", "sakai", "gradescope"])
def test_plugin_and_command_write_the_same(marked: Course, tmp_path: Path, platform: str) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    exporter = plugin(marked, f"{platform.title()}Export", to=str(one), assignment=["1-tiny"], exercises=True)
    with opened(marked.gradebook) as gradebook:
        exporter.export(gradebook)
    words = [
        "export",
        "1-tiny",
        "--platform",
        platform,
        "--to",
        str(other),
        "--exercises",
        "--course",
        str(marked.root),
    ]
    assert main(words) == 1, "some have no points yet"
    assert one.read_bytes() == other.read_bytes()


def test_plugin_asks_for_one_assignment_in_a_line(marked: Course, capfd: pytest.CaptureFixture[str]) -> None:
    with opened(marked.gradebook) as gradebook, pytest.raises(SystemExit):
        plugin(marked, "CanvasExport").export(gradebook)
    assert "name one assignment" in capfd.readouterr().err
