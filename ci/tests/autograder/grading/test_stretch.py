"""A stretch exercise is judged like any other, and counts nothing: in no sum, no mean, no table for a platform."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from nbgrader.converters import GenerateFeedback

from autograder.building.rules import check_solution
from autograder.course import quiet
from autograder.gradebook.session import opened
from autograder.grading.grade import grade
from autograder.grading.table import table
from autograder.notebooks.notebook import read
from autograder.platforms.export import exported
from autograder.platforms.table import Request
from autograder.reporting.class_report import class_report
from autograder.reporting.page import as_page
from autograder.reporting.reading import read_class
from autograder.reporting.tables import as_csv
from autograder.reporting.text import as_text
from ci.tests.autograder.small_course import ASSIGNMENT, ROWS, SOLVED, Row, put, small

CHECK = """def _check():
    report = Report("quarter")
    with report.part("one"):
        assert quarter(4) == 1, ("factor-2", "it is twice a quarter")
    with report.part("nought"):
        assert quarter(0) == 0
    return report


_check().points(0)"""
STRETCH: list[Row] = [
    ("setup", "text", "# Setup", 0.0),
    ("quarter", "answer", "def quarter(x):\n    ### BEGIN SOLUTION\n    return x / 4\n    ### END SOLUTION", 0.0),
    ("quarter-test", "test", f"from cs231n_lite import Report\n\n\n{CHECK}", 0.0),
]
ANSWERS = {
    "right": "def quarter(x):\n    return x * 0.25",
    "partly": "def quarter(x):\n    return x / 2",
    "wrong": "def quarter(x):\n    return x / 2 + 1",
}
VERDICTS = {"empty": "not-written", "partly": "partial", "right": "passed", "wrong": "failed"}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A class whose exercises are all solved, but for the stretch one, which each answers in another way."""
    course = small(tmp_path_factory.mktemp("stretch"), [*ROWS, *STRETCH])
    for student in VERDICTS:
        put(course, student, SOLVED | ({"quarter": ANSWERS[student]} if student in ANSWERS else {}))
    students = grade(course, ASSIGNMENT)
    return SimpleNamespace(course=course, students=students)


def test_it_is_judged_by_its_report_and_is_in_no_sum(graded: SimpleNamespace) -> None:
    stretch = {name: student.exercises["quarter"] for name, student in sorted(graded.students.items())}
    assert {name: each.verdict for name, each in stretch.items()} == VERDICTS
    assert {(each.points, each.max_points) for each in stretch.values()} == {(0.0, 0.0)}
    assert stretch["wrong"].findings == ["factor-2", "wrong-value"]
    assert {(student.score, student.max_score) for student in graded.students.values()} == {(5.0, 8.0)}


def test_class_sees_what_came_of_it_beside_the_points(graded: SimpleNamespace) -> None:
    rows = {line.split()[0]: line.split()[1:] for line in table(graded.students).splitlines() if line.strip()}
    assert rows["points"] == ["there", "are", "2", "3", "3", "-", "8"]
    assert [rows[name][3] for name in VERDICTS] == ["○", "◐", "✓", "✗"]


def test_feedback_tells_right_from_wrong_and_calls_it_without_points(graded: SimpleNamespace) -> None:
    course = graded.course
    with quiet(course.root / "feedback.log"):
        course.nbgrader(GenerateFeedback, ASSIGNMENT)
    said = {}
    for name in VERDICTS:
        page = BeautifulSoup(
            (course.root / "feedback" / name / ASSIGNMENT / "nb.html").read_text("utf-8"), "html.parser"
        )
        line = next(line for line in page.select(".lines > li") if line.code.get_text() == "quarter")
        said[name] = line.select_one(".points").get_text(), line.p.get_text() if line.p else ""
    assert {name: points for name, (points, _) in said.items()} == {
        "empty": "no points, not written",
        "partly": "no points, partly right",
        "right": "no points, right",
        "wrong": "no points, not right yet",
    }
    assert "It is twice a quarter" in said["wrong"][1] and not said["right"][1]


def test_report_tells_its_mistakes_and_leaves_it_out_of_every_mean(graded: SimpleNamespace) -> None:
    report = class_report([read_class(graded.course, ASSIGNMENT)])
    entry = next(each for each in report["assignments"][0]["exercises"] if each["slug"] == "quarter")
    assert (entry["facility"], entry["wrong"], entry["lost"]) == (None, 2, 0.0)
    assert [(mistake["slug"], mistake["share"][0]) for mistake in entry["mistakes"]] == [("factor-2", 2)]
    assert report["monday"] == [], "it costs nobody anything"
    assert "A stretch exercise, without points" in as_page(report) and "quarter" not in as_text(report)
    numbers = [line.split(",") for line in as_csv(report).splitlines() if ",quarter," in line]
    assert not {"facility", "points"} & {line[2] for line in numbers}


def test_table_for_a_platform_has_no_column_of_it(graded: SimpleNamespace) -> None:
    with opened(graded.course.gradebook) as gradebook:
        request = Request("canvas", exercises=True, unfinished=True)
        sheet = exported(graded.course, gradebook, ASSIGNMENT, request).sheet
    assert any("square" in heading for heading in sheet.heading)
    assert not any("quarter" in heading for heading in sheet.heading)


def test_solution_that_is_not_right_is_no_solution(graded: SimpleNamespace) -> None:
    path = graded.course.root / "autograded" / "wrong" / ASSIGNMENT / "nb.ipynb"
    faults = check_solution(read(path), "nb")
    assert any("quarter-test finds the solution itself not right" in fault for fault in faults)
