"""Each platform's table, filled in and read back: everybody's points, and a line for whoever has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.gradebook.session import opened
from autograder.platforms.export import Exported, exported, write
from autograder.platforms.known import PLATFORMS
from autograder.platforms.sheet import Sheet, read_sheet
from autograder.platforms.table import Request
from autograder.problem import Problem
from ci.tests.autograder.platforms.builders import ABSENT, CLASS, LATE, MOODLE, ROSTER, WAITING, points

TABLES = tuple(PLATFORMS)


def template(platform: str, folder: Path) -> Path:
    """A table as the platform itself writes it, with a row that is nobody's."""
    people = [*CLASS, replace(CLASS[0], id="grace", first="Grace", last="Hopper", email="g@example.org", lms="99")]
    full = [f"{one.first} {one.last}".strip() for one in people]
    if platform == "canvas":
        heading = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Old (1)", "1-tiny (2)", "Current Score"]
        rows = [[f"{one.last}, {one.first}", one.lms, "", one.id, "A", "1", "", "50"] for one in people]
        rows = [["    Points Possible", "", "", "", "", "9", "5.0", "(read only)"], *rows]
        rows.append(["Student, Test", "7", "", "0123abc", "A", "", "", ""])
    elif platform == "moodle":
        heading = list(MOODLE)
        rows = [
            [f"Participant {number}", name, one.email, "Submitted for grading", "", "5.00", "-", "-"]
            for number, (one, name) in enumerate(zip(people, full, strict=True), start=1)
        ]
    elif platform == "brightspace":
        heading = ["OrgDefinedId", "Username", "1-tiny Points Grade <Numeric MaxPoints:5>", "End-of-Line Indicator"]
        rows = [[f"#{one.lms}", f"#{one.id}", "", "#"] for one in people]
    elif platform == "blackboard":
        heading = [
            "Last Name",
            "First Name",
            "Username",
            "Student ID",
            "Last Access",
            "1-tiny [Total Pts: 5 Score] |664617",
        ]
        rows = [[one.last, one.first, one.id, one.lms, "", ""] for one in people]
    elif platform == "sakai":
        heading = ["Display ID", "ID", "Last Name", "First Name", "grade", "Submission date", "Late submission"]
        rows = [[one.id, one.id, one.last, one.first, "", "2026-10-03T22:45:10Z", "On time"] for one in people]
    else:
        heading = ["First Name", "Last Name", "SID", "Email", "Total Score", "Max Points", "Status"]
        rows = [[one.first, one.last, one.lms, one.email, "", "5.0", "Graded"] for one in people]
    form = PLATFORMS[platform].form
    above = [["1-tiny", "SCORE_GRADE_TYPE"], [""]] if platform == "sakai" else []
    path = folder / "template.csv"
    path.write_bytes(Sheet(heading, rows, above, form.encoding, form.delimiter).content())
    return path


def made(course: Course, request: Request, folder: Path) -> tuple[Exported, Sheet, dict[str, list[str]]]:
    """Export, write, and read back: the result, the table, and each student's row."""
    with opened(course.gradebook) as gradebook:
        result = exported(course, gradebook, "1-tiny", request)
    path = folder / "grades.csv"
    write(result, path)
    form = PLATFORMS[request.platform].form
    sheet = read_sheet(path, form)
    rows = {ROSTER.find(sheet.person(row, form))[0]: row for row in sheet.rows}
    return result, sheet, rows


def column(sheet: Sheet, platform: str, title: str = "1-tiny") -> int:
    form = PLATFORMS[platform].form
    matches = [
        place
        for place, name in enumerate(sheet.heading)
        if (found := form.points.fullmatch(name)) and ("{title}" not in form.heading or found["title"] == title)
    ]
    return matches[0]


@pytest.mark.parametrize("platform", TABLES)
@pytest.mark.parametrize("own", [True, False])
def test_everybodys_points_are_read_back(marked: Course, tmp_path: Path, platform: str, own: bool) -> None:
    if platform == "moodle" and not own:
        return
    request = Request(platform, template(platform, tmp_path) if own else None, unfinished=True, zeros=True)
    result, sheet, rows = made(marked, request, tmp_path)
    where = column(sheet, platform)
    for student in CLASS:
        if student.id in (ABSENT, WAITING):
            continue
        assert float(rows[student.id][where]) == points(student.id), student.id
    assert float(rows[ABSENT][where]) == 0.0 and float(rows[WAITING][where]) == points(WAITING) - 1.25
    told = "\n".join(result.lines)
    assert result.late == ["omar: late: 0.5 points off, 2.75 left"] and LATE == "omar"
    assert ("a row of the template without points" in told) == own
    assert result.count == len(CLASS)


@pytest.mark.parametrize("platform", TABLES)
def test_cell_of_whoever_has_no_points_yet_stays_as_it_is(marked: Course, tmp_path: Path, platform: str) -> None:
    result, sheet, rows = made(marked, Request(platform, template(platform, tmp_path)), tmp_path)
    where = column(sheet, platform)
    assert rows[ABSENT][where] == rows[WAITING][where] == ""
    told = "\n".join(result.lines)
    assert "plato: nothing was graded" in told and "ivan: waits for a mark by hand" in told


@pytest.mark.parametrize("platform", TABLES)
def test_points_of_each_exercise_are_columns_if_wanted(marked: Course, tmp_path: Path, platform: str) -> None:
    request = Request(platform, template(platform, tmp_path), exercises=True)
    _, sheet, rows = made(marked, request, tmp_path)
    columns = [place for place, name in enumerate(sheet.heading) if "square" in name]
    assert len(columns) == 1
    assert [rows[student.id][columns[0]] for student in CLASS[:4]] == ["0", "1", "0", "1"]
    written = next(place for place, name in enumerate(sheet.heading) if "why-double" in name)
    assert rows[WAITING][written] == "" and rows["ada"][written] == "1.25"


def test_canvas_has_its_row_of_points_and_no_other_assignment(marked: Course, tmp_path: Path) -> None:
    _, sheet, _ = made(marked, Request("canvas", template("canvas", tmp_path), exercises=True), tmp_path)
    assert sheet.heading[:6] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "1-tiny (2)"]
    assert sheet.rows[0][0] == "    Points Possible" and sheet.rows[0][5:] == ["5.0", "2", "1", "2"]
    assert not any("Old" in name or "Current" in name for name in sheet.heading)
    _, sheet, _ = made(marked, Request("canvas"), tmp_path)
    assert sheet.rows[0] == ["    Points Possible", "", "", "", "", "5"]


def test_file_is_what_each_platform_reads(marked: Course, tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    made(marked, Request("blackboard", template("blackboard", tmp_path)), tmp_path)
    assert path.read_bytes()[:2] in (b"\xff\xfe", b"\xfe\xff") and "\t" in path.read_text(encoding="utf-16")
    made(marked, Request("brightspace"), tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == '"OrgDefinedId","Username","1-tiny Points Grade","End-of-Line Indicator"'
    assert all(line.endswith('"#"') for line in lines[1:])
    made(marked, Request("sakai"), tmp_path)
    assert path.read_text(encoding="utf-8").splitlines()[:3] == [
        '"1-tiny","SCORE_GRADE_TYPE"',
        '""',
        '"Display ID","ID","Last Name","First Name","grade"',
    ]


def test_another_sum_there_is_scaled_if_asked_for(marked: Course, tmp_path: Path) -> None:
    path = template("moodle", tmp_path)
    path.write_bytes(path.read_bytes().replace(b"5.00", b"100,00"))
    with pytest.raises(Problem, match="most points are 100, the assignment's 5"):
        made(marked, Request("moodle", path), tmp_path)
    _, sheet, rows = made(marked, Request("moodle", path, scale=True), tmp_path)
    assert float(rows["ada"][column(sheet, "moodle")]) == points("ada") * 20


def test_two_rows_of_one_student_are_told(marked: Course, tmp_path: Path) -> None:
    path = template("sakai", tmp_path)
    content = path.read_bytes()
    line = next(line for line in content.splitlines(keepends=True) if line.startswith(b'"ada"'))
    path.write_bytes(content + line)
    result, _, _ = made(marked, Request("sakai", path), tmp_path)
    assert any("a second row of ada" in line for line in result.lines)


def test_table_that_cannot_be_written_is_told_and_none_is_left(marked: Course, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be written"):
        made(marked, Request("canvas"), tmp_path / "nowhere")
