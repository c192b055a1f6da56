"""nbgrader's own grades.csv: the same numbers, and every name comes back."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from nbgrader.apps import ExportApp
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course
from autograder.gradebook.session import opened
from autograder.platforms.plain_csv import CsvExport
from ci.tests.autograder.platforms.builders import ABSENT, BY_ID, CLASS, WAITING, points


def exported(course: Course, path: Path, **settings: object) -> dict[str, dict[str, str]]:
    exporter = CsvExport(to=str(path), **settings)
    with opened(course.gradebook) as gradebook:
        exporter.export(gradebook)
    with path.open(encoding="utf-8", newline="") as table:
        return {row["student_id"]: row for row in csv.DictReader(table)}


def test_every_name_is_one_cell_and_no_formula(marked: Course, tmp_path: Path) -> None:
    rows = exported(marked, tmp_path / "grades.csv")
    assert set(rows) == {student.id for student in CLASS}
    for name, row in rows.items():
        assert None not in row, "no cell too many"
        assert (row["last_name"].lstrip("'"), row["first_name"].lstrip("'")) == (BY_ID[name].last, BY_ID[name].first)
        assert not row["last_name"].startswith(("=", "+")) and not row["first_name"].startswith(("=", "+"))
        if name not in (ABSENT, WAITING):
            assert float(row["score"]) == points(name)
    assert rows["ada"]["email"] == "ada@example.org"


def test_students_and_assignments_are_chosen_as_with_nbgraders(marked: Course, tmp_path: Path) -> None:
    assert set(exported(marked, tmp_path / "a.csv", student=["okeeffe"])) == {"okeeffe"}
    assert exported(marked, tmp_path / "b.csv", assignment=["none"]) == {}


def test_nbgrader_export_uses_it_by_the_settings_alone() -> None:
    config = Course().config()
    app = ExportApp(config=config, coursedir=CourseDirectory(config=config))
    assert app.plugin_class is CsvExport


@pytest.mark.parametrize("text", ["plain", "Müller"])
def test_ordinary_text_is_written_as_it_is(marked: Course, tmp_path: Path, text: str) -> None:
    with opened(marked.gradebook) as gradebook:
        gradebook.update_or_create_student("ada", last_name=text)
    assert exported(marked, tmp_path / "grades.csv")["ada"]["last_name"] == text
    assert f",ada,{text},Ada," in (tmp_path / "grades.csv").read_text(encoding="utf-8")
