"""Columns of a platform's table: which is the assignment's, what the most is there, what a new one has."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.platforms.known import PLATFORMS
from autograder.platforms.sheet import Sheet
from autograder.platforms.table import Request, exercise_column, factor, new_table, points_column, topped, trimmed
from autograder.problem import Problem
from ci.tests.autograder.platforms.builders import CLASS

HEADINGS = {
    "canvas": (["Student", "ID", "HW 1 (12345)", "HW 10 (12346)"], 2),
    "moodle": (["Identifier", "Full name", "Grade", "Grade can be changed"], 2),
    "brightspace": (["OrgDefinedId", "HW 1 Points Grade <Numeric MaxPoints:5 Weight:10>", "End-of-Line Indicator"], 1),
    "blackboard": (["Username", "Total [Total Pts: up to 9 Score] |1", "HW 1 [Total Pts: 5 Score] |664617"], 2),
    "sakai": (["Display ID", "ID", "grade"], 2),
    "gradescope": (["SID", "Email", "Total Score", "Max Points"], 2),
}


@pytest.mark.parametrize("platform", HEADINGS)
def test_column_of_the_assignment_is_found_by_its_title(platform: str) -> None:
    heading, place = HEADINGS[platform]
    form = PLATFORMS[platform].form
    request = Request(platform, Path("t.csv"))
    assert points_column(Sheet([*heading]), form, "HW 1", 5.0, request) == place
    assert factor(Sheet([*heading]), form, place, 5.0, request) == 1.0


def test_column_that_is_not_there_is_told_with_those_that_are() -> None:
    form = PLATFORMS["canvas"].form
    with pytest.raises(Problem, match="of: HW 1, HW 10"):
        points_column(Sheet([*HEADINGS["canvas"][0]]), form, "1-tiny", 5.0, Request("canvas", Path("t.csv")))


@pytest.mark.parametrize("platform", ["brightspace", "blackboard"])
def test_another_sum_of_points_is_refused_or_scaled(platform: str) -> None:
    heading, place = HEADINGS[platform]
    form = PLATFORMS[platform].form
    with pytest.raises(Problem, match="most points are 5, the assignment's 10"):
        factor(Sheet([*heading]), form, place, 10.0, Request(platform, Path("t.csv")))
    assert factor(Sheet([*heading]), form, place, 10.0, Request(platform, Path("t.csv"), scale=True)) == 0.5


def test_new_table_says_who_and_moodle_has_none() -> None:
    table = new_table(PLATFORMS["canvas"].form, "HW 1", CLASS[:2], "canvas")
    assert table.rows[1] == ['O\'Keeffe, Jr., Georgia "Gia"', "70002", "", "okeeffe", ""]
    assert new_table(PLATFORMS["brightspace"].form, "HW 1", CLASS[:1], "brightspace").rows == [["#70001", "#ada"]]
    with pytest.raises(Problem, match="--template"):
        new_table(PLATFORMS["moodle"].form, "HW 1", CLASS, "moodle")


def test_columns_of_other_assignments_are_left_out_of_canvas() -> None:
    form = PLATFORMS["canvas"].form
    sheet = Sheet([*HEADINGS["canvas"][0]], [["    Points Possible", "", "5", "9"], ["x", "1", "", "8"]])
    square = exercise_column(sheet, form, "HW 1", "square", 1.0)
    assert exercise_column(sheet, form, "HW 1", "square", 1.0) == square
    topped(sheet, form, 2, 5.0, {square: 1.0}, new=False)
    trimmed(sheet, form, {2, square}, new=False)
    assert sheet.heading == ["Student", "ID", "HW 1 (12345)", "HW 1 square"]
    assert sheet.rows == [["    Points Possible", "", "5", "1"], ["x", "1", "", ""]]
