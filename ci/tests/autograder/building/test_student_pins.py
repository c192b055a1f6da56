"""Of all pins, those that a student's notebooks need, for every system."""

from __future__ import annotations

from autograder import HOME
from autograder.building.student_pins import student_pins

PINS = (HOME / "requirements.txt").read_text(encoding="utf-8")


def names(text: str) -> set[str]:
    return {line.split("==")[0] for line in text.splitlines() if not line.startswith("#")}


def test_what_jupyter_needs_is_in_and_nothing_of_the_grader_or_the_tests() -> None:
    pins = names(student_pins(PINS, ["jupyterlab", "ipykernel", "numpy"]))
    assert {"jupyterlab", "tornado", "ipykernel", "numpy", "jsonschema", "webcolors"} <= pins
    assert not pins & {"nbgrader", "sqlalchemy", "distributed", "pytest", "playwright", "jupytext", "mypy", "ruff"}


def test_what_only_another_system_needs_is_in_with_its_marker() -> None:
    pins = student_pins(PINS, ["ipykernel", "jupyterlab"])
    assert "appnope==" in pins and "sys_platform == 'darwin'" in pins and "pywinpty==" in pins


def test_each_line_is_one_of_the_pins() -> None:
    lines = [line for line in student_pins(PINS, ["jupyterlab"]).splitlines() if not line.startswith("#")]
    assert lines and set(lines) <= set(PINS.splitlines())


def test_package_that_is_not_pinned_is_left_to_pip() -> None:
    assert names(student_pins(PINS, ["no-such-package"])) == set()
