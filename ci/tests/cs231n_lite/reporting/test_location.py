"""A location shows a student's own numbers and what they are made from, and in words which way they are wrong."""

from __future__ import annotations

import numpy as np
import pytest

from cs231n_lite import check_gate
from cs231n_lite.reporting.location import description, one_factor

RIGHT = np.array([[1.25, -2.5, 0.75], [3.5, -0.125, 2.25]])


def wrong_at(*places: tuple[int, int]) -> np.ndarray:
    wrong = np.zeros(RIGHT.shape, dtype=bool)
    for place in places:
        wrong[place] = True
    return wrong


@pytest.mark.parametrize(
    ("mine", "words"),
    [
        (-1.25, "of the wrong sign"),
        (0.0, "too near to 0"),
        (0.5, "too near to 0"),
        (7.5, "too far from 0"),
        (1.2501, "nearly right"),
    ],
)
def test_each_entry_is_told_by_its_fault_and_not_by_what_is_right(mine: float, words: str) -> None:
    gradient = RIGHT.copy()
    gradient[0, 0] = mine
    sentence, detail = description("dx", gradient, RIGHT, wrong_at((0, 0)))
    assert sentence == "dx is wrong in 1 of its 6 entries, at [0, 0]."
    head, row, *drawn = detail.split("\n")
    assert head.split() == ["index", "yours", "which", "is"]
    assert row.startswith("[0, 0]") and f"{mine:g}" in row and row.endswith(words)
    assert " 1.25 " not in detail and drawn == [" x · ·", " · · ·", " (x marks a wrong entry)"]


def test_where_the_right_number_is_0_a_student_is_told_too_far_from_it() -> None:
    _, detail = description("dx", np.array(0.5), np.array(0.0), np.array(True))
    assert detail == "yours  which is\n 0.5   too far from 0"


def test_entries_stand_beside_what_they_are_made_from() -> None:
    source = {"x": RIGHT + 10.0, "dout": RIGHT + 20.0}
    _, detail = description("dx", 2.0 * RIGHT, RIGHT, wrong_at((1, 0)), source)
    head, row, *_ = detail.split("\n")
    assert head.split()[:4] == ["index", "x", "dout", "yours"]
    assert row.split()[2:5] == ["13.5", "23.5", "7"]


def test_few_numbers_of_other_shapes_are_written_out_and_many_are_not() -> None:
    source = {"w": np.array(0.8), "x": np.array([[0.5, -1.25], [3.0, 2.0]])}
    _, detail = description("dw", np.array(3.0), np.array(2.0), np.array(True), source)
    assert detail.split("\n")[2:] == ["w = 0.8", "x = [[0.5, -1.25], [3, 2]]"]
    source["x"] = np.ones((4, 5))
    _, detail = description("dw", np.array(3.0), np.array(2.0), np.array(True), source)
    assert len(detail.split("\n")) == 2


def test_a_table_has_four_entries_at_most() -> None:
    _, detail = description("dx", RIGHT + 1.0, RIGHT, np.ones(RIGHT.shape, dtype=bool))
    assert len(detail.split("\n")) == 5


@pytest.mark.parametrize(
    ("gradient", "alike"),
    [(0.7 * RIGHT, True), (RIGHT + 0.5, False), (0.0 * RIGHT, False), (RIGHT * (1.0 + 1e-9), False)],
)
def test_one_factor_is_seen(gradient: np.ndarray, alike: bool) -> None:
    assert one_factor(gradient, RIGHT) is alike


class Times:
    """Multiplication, whose dx is off."""

    def forward(self, x: float, y: float) -> float:
        self.y, self.x = y, x
        return x * y

    def backward(self, dz: float) -> tuple[float, float]:
        return dz * self.y + 0.375, dz * self.x


def test_a_gate_of_numbers_can_be_computed_again_from_its_report() -> None:
    report = check_gate(Times, 3.0, -4.0, like=lambda x, y: x * y, seed=3)
    (finding,) = report.findings
    head, row = (line.split() for line in finding.detail.split("\n"))
    x, y, upstream, mine = map(float, row[:4])
    assert (head[:4], x, y) == (["x", "y", "dout", "yours"], 3.0, -4.0)
    assert mine == pytest.approx(upstream * y + 0.375, rel=1e-4)
    assert f"{upstream * y:.4g}" not in str(report)
