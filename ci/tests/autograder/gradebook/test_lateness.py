"""Late by how much, what it costs, and more time for one: in table, JSON and export the same."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.plugins import CsvExportPlugin
from traitlets.config import Config

from autograder import HOME
from autograder.__main__ import main
from autograder.course import Course, quiet
from autograder.gradebook.lateness import duration, extend, moment, renew
from autograder.grading.grade import register
from autograder.problem import Problem
from ci.tests.autograder.small_course import ASSIGNMENT, SOLVED, mark, put, small


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2025-03-01", "2025-03-01T23:59"),
        ("2025-03-01 18:00", "2025-03-01T18:00"),
        ("2025-03-01T18:00", "2025-03-01T18:00"),
        ("2025-03-01T18:00Z", "2025-03-01T18:00"),
        ("2025-03-01 18:00 UTC", "2025-03-01T18:00"),
        ("2025-03-01 18:00 Europe/Berlin", "2025-03-01T17:00"),
        ("2025-03-01 18:00 +0200", "2025-03-01T16:00"),
        ("2025-03-01T18:00-05:00", "2025-03-01T23:00"),
    ],
)
def test_a_date_is_read_as_it_is_meant(text: str, time: str) -> None:
    assert moment(text) == datetime.fromisoformat(time)


@pytest.mark.parametrize(
    "text", ["", "5", "tomorrow", "2025-13-01", "01.03.2025", "2025-03-01 25:00", "2025-03-01 18:00 Mars", "2025-W10"]
)
def test_what_is_no_date_is_told_with_the_form_of_one(text: str) -> None:
    with pytest.raises(Problem, match="write it as 2025-03-01"):
        moment(text)


def test_a_length_of_time_is_said_in_words() -> None:
    assert [duration(s) for s in (5, 5400, 86400, 90060)] == ["1 min", "1 h 30 min", "1 d", "1 d 1 h 1 min"]


def exported(course: Course, student: str) -> dict[str, str]:
    with Gradebook(course.gradebook) as gradebook:
        CsvExportPlugin(config=Config(CsvExportPlugin={}), to=str(course.root / "grades.csv")).export(gradebook)
    with (course.root / "grades.csv").open(encoding="utf-8", newline="") as file:
        return next(row for row in csv.DictReader(file) if row["student_id"] == student)


def test_table_json_and_export_agree_on_late_work_and_an_extension_takes_the_penalty_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = small(tmp_path)
    (course.root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n", encoding="utf-8"
    )
    path = put(course, "ada", SOLVED)
    (path.parent / "timestamp.txt").write_text("2025-03-01 19:30:00 UTC", encoding="utf-8")
    where = ["--course", str(course.root)]
    assert main(["extend", "ada", ASSIGNMENT, "--until", "2025-03-02", *where]) == 2
    assert "has no due date" in capsys.readouterr().err
    with Gradebook(course.gradebook) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2025-03-01 18:00 UTC")

    target = tmp_path / "out.json"
    assert main(["grade", ASSIGNMENT, "--workers", "1", "--json", str(target), *where]) == 0
    printed = capsys.readouterr().out
    assert "ada: late by 1 h 30 min; 5 points are taken: 5 → 0" in printed
    ada = json.loads(target.read_text(encoding="utf-8"))["students"]["ada"]
    row = exported(course, "ada")
    assert (ada["score"], ada["late_submission_penalty"], ada["seconds_late"]) == (0.0, 5.0, 5400.0)
    assert (float(row["score"]), float(row["late_submission_penalty"])) == (0.0, 5.0)

    assert main(["extend", "ada", ASSIGNMENT, "--until", "2025-03-01 19:00", *where]) == 0
    assert "1 h more than the others; handed in late by 30 min, 5 points are taken" in capsys.readouterr().out
    assert main(["extend", "ada", ASSIGNMENT, "--until", "2025-03-02", *where]) == 0
    assert "handed in in time" in capsys.readouterr().out
    assert float(exported(course, "ada")["score"]) == 5.0

    with pytest.raises(Problem, match="would be earlier"):
        extend(course, ASSIGNMENT, "ada", moment("2025-02-01"))
    with pytest.raises(Problem, match="eva: no such student"):
        extend(course, ASSIGNMENT, "eva", moment("2025-03-02"))
    with Gradebook(course.gradebook) as gradebook:
        gradebook.add_student("eva")
    assert "has until 2025-03-02 23:59 UTC" in extend(course, ASSIGNMENT, "eva", moment("2025-03-02"))
    with Gradebook(course.gradebook) as gradebook:
        assert not gradebook.find_submission(ASSIGNMENT, "eva").needs_manual_grade, "nothing was handed in yet"


def test_mark_that_is_given_later_makes_another_penalty_in_whatever_passes_points_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """nbgrader reckons it when it grades: a late hand-in that costs all would get what was marked by hand."""
    course = small(tmp_path)
    settings = (HOME / "nbgrader_config.py").read_text(encoding="utf-8")
    settings += "c.LateSubmissionPlugin.penalty_method = 'zero'\n"
    (course.root / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    path = put(course, "ada", SOLVED)
    (path.parent / "timestamp.txt").write_text("2025-03-01 19:30:00 UTC", encoding="utf-8")
    where = ["--course", str(course.root)]
    register(course, ASSIGNMENT, course.root / "log")
    with Gradebook(course.gradebook) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2025-03-01 18:00 UTC")
        gradebook.add_student("eva")
    extend(course, ASSIGNMENT, "eva", moment("2025-03-02"))
    assert main(["grade", ASSIGNMENT, "--workers", "1", *where]) == 0

    mark(course, "ada", "why", 2.5)
    assert float(exported(course, "ada")["score"]) == 2.5, "what is stale"
    table = tmp_path / "canvas.csv"
    capsys.readouterr()
    assert main(["export", ASSIGNMENT, "--platform", "canvas", "--to", str(table), *where]) == 1
    printed = capsys.readouterr().out
    assert "ada: late: 7.5 points off, 0 left" in printed
    assert "eva: nothing was graded" in printed, "more time is no hand-in"
    mark(course, "ada", "why", 1.0)
    with quiet(course.root / "feedback.log"):
        course.nbgrader(GenerateFeedback, ASSIGNMENT)
    page = (course.root / "feedback" / "ada" / ASSIGNMENT / "nb.html").read_text(encoding="utf-8")
    assert "It came 1 h 30 min late, which costs 6 points." in page
    assert float(exported(course, "ada")["late_submission_penalty"]) == 6.0

    mark(course, "ada", "why", 3.0)
    command = [sys.executable, "-m", "nbgrader", "export", "--to", str(tmp_path / "all.csv")]
    subprocess.run(command, cwd=course.root, check=True, capture_output=True)
    rows = csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text(encoding="utf-8")))
    assert {row["student_id"]: float(row["score"]) for row in rows} == {"ada": 0.0, "eva": 0.0}
    with Gradebook(course.gradebook) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2025-03-09 18:00 UTC")
    renew(course.config(), course.gradebook, ASSIGNMENT)
    assert float(exported(course, "ada")["score"]) == 8.0, "another due date counts as well"
    renew(course.config(), course.gradebook, "none")
