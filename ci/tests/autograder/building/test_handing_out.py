"""What a notebook carries with it when it is handed out, through nbgrader's own command and settings."""

from __future__ import annotations

from pathlib import Path

from autograder.building.handing_out import KEY, HandOut
from autograder.course import Course
from autograder.notebooks.notebook import read
from autograder.notebooks.versions import released
from ci.tests.autograder.small_course import ASSIGNMENT, NOTEBOOK, small


def test_every_notebook_of_the_course_carries_its_exercises() -> None:
    for assignment in Course().assignments():
        for path in Course().notebooks(assignment):
            about = read(Course().release / assignment / path.name).metadata[KEY]
            points = sum(exercise["points"] for exercise in about["exercises"].values())
            assert about["assignment"] == assignment and points > 0 and "hand-in" in about["cells"]
            assert any(exercise["by_hand"] for exercise in about["exercises"].values())


def test_stub_and_setting_are_carried_and_no_answer(tmp_path: Path) -> None:
    course = small(tmp_path)
    config = course.config()
    config.HandOut.hand_in = "Upload it to Moodle."
    notebook = released(read(course.source / ASSIGNMENT / NOTEBOOK), config)
    notebook, _ = HandOut(config=config).preprocess(notebook, {"nbgrader": {"assignment": ASSIGNMENT}})
    about = notebook.metadata[KEY]
    assert about["hand_in"] == "Upload it to Moodle." and about["assignment"] == ASSIGNMENT
    assert {slug: (e["points"], e["by_hand"]) for slug, e in about["exercises"].items()} == {
        "square": (2.0, False),
        "cube": (3.0, False),
        "why": (3.0, True),
    }
    assert "NotImplementedError" in about["exercises"]["cube"]["stub"] and "x * x" not in str(about)
