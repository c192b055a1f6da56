"""A class of twelve, from the download of one platform to the tables of all: graded once, every number read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.corpus.answers import answered
from autograder.course import Course
from autograder.gradebook.session import opened
from autograder.notebooks.notebook import canonical, grade_id
from autograder.platforms.known import PLATFORMS as KNOWN
from autograder.platforms.sheet import read_sheet
from ci.tests.autograder.builders import SQUARE, copied
from ci.tests.autograder.platforms.builders import CLASS, ROSTER, Sent, download, enrol

ANSWERS = ("right", "half", "wrong", "unwritten")


@pytest.fixture(scope="module")
def graded(tiny_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The class's work as Blackboard packs it, collected and graded, with 1.5 points for each written answer."""
    folder = tmp_path_factory.mktemp("term")
    course = copied(tiny_built, folder)
    enrol(course)
    sent = [Sent(student.id, content=work(course, number)) for number, student in enumerate(CLASS)]
    where = ["--course", str(course.root)]
    source = download(folder, "blackboard", sent)
    assert main(["collect", "1-tiny", str(source), "--timezone", "UTC", *where]) == 0
    assert main(["grade", "1-tiny", "--workers", "2", *where]) == 0
    with opened(course.gradebook) as gradebook:
        for student in CLASS:
            grade = gradebook.find_grade("why-double", "tiny", "1-tiny", student.id)
            grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    return course


def work(course: Course, number: int) -> bytes:
    notebook = answered(course, "1-tiny", {})["tiny.ipynb"]
    cell = next(cell for cell in notebook.cells if grade_id(cell) == "square")
    cell.source = f"# {number}\n{SQUARE[ANSWERS[number % len(ANSWERS)]][0]}"
    return canonical(notebook).encode()


@pytest.mark.parametrize("platform", [name for name in KNOWN if name != "moodle"])
def test_points_that_were_graded_are_those_that_go_back(graded: Course, tmp_path: Path, platform: str) -> None:
    path = tmp_path / "grades.csv"
    words = ["export", "1-tiny", "--platform", platform, "--to", str(path), "--course", str(graded.root)]
    assert main(words) == 0
    form = KNOWN[platform].form
    sheet = read_sheet(path, form)
    where = next(
        place for place, name in enumerate(sheet.heading) if form.points.fullmatch(name) and name not in form.new
    )
    read = {ROSTER.find(sheet.person(row, form))[0]: row[where] for row in sheet.rows}
    for number, student in enumerate(CLASS):
        assert float(read[student.id]) == 2.0 + SQUARE[ANSWERS[number % len(ANSWERS)]][1].points + 1.5, student.id  # type: ignore[operator]
