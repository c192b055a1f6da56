"""The guide's words come to the exercise and the mistake that they are about, and a course without a guide has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grading.results import graded_cells
from autograder.notebooks.kinds import by_hand
from autograder.problem import Problem
from autograder.reporting.guide import Words, guide_to


def test_each_exercise_of_the_course_has_its_place_and_its_board(tmp_path: Path) -> None:
    course = Course()
    for name in course.assignments():
        guide = guide_to(tmp_path, name)  # a folder without one, such as the demo's: this repository's is taken
        cells = {slug: cell for group in graded_cells(course.notebooks(name)).values() for slug, cell in group.items()}
        assert all(guide[slug].lecture for slug in cells)
        assert all(guide[slug].board and guide[slug].say for slug, cell in cells.items() if not by_hand(cell))
    gate = guide_to(tmp_path, "1-computational-graphs")["multiply-gate"]
    assert gate.say["operands-swapped"].startswith('"Switcher"')


def test_course_of_one_s_own_has_its_own_or_none(tmp_path: Path) -> None:
    assert guide_to(tmp_path, "1-a") == {}
    words = tmp_path / "guide" / "words"
    words.mkdir(parents=True)
    (words / "1-a.toml").write_text('[exercises.gate]\nboard = "A gate."\nsay.sign = "Look at the sign."\n')
    assert guide_to(tmp_path, "1-a") == {"gate": Words("", "A gate.", {"sign": "Look at the sign."})}
    (words / "1-a.toml").write_text("[exercises")
    with pytest.raises(Problem, match=r"1-a.toml: cannot be read \("):
        guide_to(tmp_path, "1-a")
