from __future__ import annotations

from ci.bench.grading.cost import Cost
from ci.bench.grading.table import aims, table
from ci.bench.grading.ways import LIMIT, ONE, PLAIN, STORED, TWO

COSTS = {
    PLAIN: Cost([4.0], [4.0], 500_000_000),
    ONE: Cost([1.0], [0.8], 700_000_000),
    TWO: Cost([0.5], [0.9], 900_000_000),
    STORED: Cost([0.1], [0.1], 200_000_000),
    LIMIT: Cost([0.5], [0.4], 100_000_000),
}


def test_ratios_are_to_plain_and_to_the_limit() -> None:
    rows = table("a class", COSTS).splitlines()
    assert rows[3] == f"| {ONE} | 1.00 | 4.0 | 0.80 | 5.0 | 2.00 | 700 |"
    assert rows[6] == f"| {LIMIT} | 0.50 | 8.0 | 0.40 | 10.0 | 1.00 | 100 |"


def test_each_aim_is_told_by_its_own_ratio() -> None:
    parts = aims(COSTS).split("; ")
    assert [("**not reached**" in part) for part in parts] == [False, False, False, True]
    assert [part.split(" (")[0].rsplit(" ", 1)[1] for part in parts] == ["5.0", "8.0", "40.0", "2.00"]


def test_a_ratio_just_above_the_aim_is_not_shown_as_the_aim() -> None:
    costs = COSTS | {ONE: Cost([1.0], [0.643], 1)}
    assert "1.61 (aim ≤ 1.6: **not reached**)" in aims(costs)
