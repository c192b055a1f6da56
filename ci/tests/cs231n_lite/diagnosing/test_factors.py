"""A fitted factor is remembered by what it stands for, and holds so at other sizes."""

from __future__ import annotations

import numpy as np
import pytest

from cs231n_lite.diagnosing.case import Case
from cs231n_lite.diagnosing.factors import factor_of
from cs231n_lite.diagnosing.recording import recording_of


def case(rows: int, columns: int, labels: int | None = None) -> Case:
    x = np.arange(float(rows * columns)).reshape(rows, columns) + 0.5
    run = recording_of(lambda x: (2.0 * x).sum(axis=0), [x], ["x"])
    assert run is not None
    return Case(run, np.ones(columns), {0: x}, None if labels is None else np.zeros(labels, dtype=int))


@pytest.mark.parametrize(
    ("number", "there"),
    [
        (2.0, 2.0),  # a likely number stands for itself
        (0.123456, 0.123456),
        (5.0, 8.0),  # the rows
        (-0.2, -1 / 8),
        (7.0, 3.0),  # the columns
        (35.0, 24.0),
        (5.0 / 7.0, 8.0 / 3.0),
        (11.0, 13.0),  # the labels
        (-1.0 / 11.0, -1.0 / 13.0),
    ],
)
def test_factor_is_another_number_at_other_sizes(number: float, there: float) -> None:
    factor = factor_of(case(5, 7, labels=11), number)
    assert factor.value(case(5, 7, labels=11)) == pytest.approx(number)
    assert factor.value(case(8, 3, labels=13)) == pytest.approx(there)


@pytest.mark.parametrize(("number", "slug"), [(-1.0, "sign"), (0.0, "zero"), (5.0, "missing-1-over-n")])
def test_factor_means_a_mistake(number: float, slug: str) -> None:
    here = case(5, 7)
    (n, slot) = here.run.edges()[-1]
    assert factor_of(here, number).meaning(here.run, n, slot).slug == slug


def test_one_over_a_length_is_a_mean_where_the_operation_sums() -> None:
    here = case(5, 7)
    total = next(node.id for node in here.run.nodes if node.op == "sum")
    scaled = next(node.id for node in here.run.nodes if node.op == "multiply")
    assert factor_of(here, 0.2).meaning(here.run, total, 0).slug == "mean-for-sum"
    assert factor_of(here, 0.2).meaning(here.run, scaled, 0).slug == "extra-1-over-n"


def test_mean_that_is_divided_by_the_rows_alone_is_told_so() -> None:
    x = np.arange(8.0).reshape(2, 4) + 0.5
    run = recording_of(lambda x: np.mean(x * 3.0), [x], ["x"])
    assert run is not None
    mean = max(n for n in run.active if run.nodes[n].op == "mean")
    factor = factor_of(Case(run, np.ones(()), {0: x}, None), 4.0)
    assert "one axis, where the number of all entries" in factor.meaning(run, mean, 0).words
