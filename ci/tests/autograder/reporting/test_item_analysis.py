"""The statistics of published tables, reproduced, and what cannot be computed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.reporting.item_analysis import (
    alpha,
    alpha_without,
    by_chance,
    consistency_word,
    discrimination_word,
    facility_word,
    item_rest,
    upper_lower,
    wilson,
)

# K. L. Wuensch, East Carolina University, KR20.txt: ten students, a quiz of ten items, with p of each item, the sum of
# p·q and the variance of the totals.
WUENSCH = np.array(
    [
        [int(mark) for mark in row]
        for row in [
            "1111110110",
            "1011011101",
            "1111011001",
            "0010001000",
            "0000010010",
            "1110111111",
            "1101110111",
            "1111111101",
            "0101111101",
            "1101101110",
        ]
    ],
    dtype=float,
)
# D. J. Denis, Applied Univariate, Bivariate, and Multivariate Statistics (Wiley): ten persons and five items, with what
# SPSS's RELIABILITY prints of them.
DENIS = np.array(
    [
        [10, 12, 15, 11, 12],
        [12, 18, 12, 12, 1],
        [8, 16, 14, 14, 4],
        [6, 8, 16, 8, 6],
        [4, 7, 8, 7, 5],
        [6, 6, 3, 7, 3],
        [3, 4, 6, 5, 8],
        [7, 3, 7, 9, 9],
        [8, 9, 4, 10, 10],
        [9, 5, 6, 11, 12],
    ],
    dtype=float,
)


def test_published_difficulties_and_alpha() -> None:
    assert WUENSCH.mean(axis=0) == pytest.approx([0.7, 0.7, 0.6, 0.7, 0.6, 0.8, 0.7, 0.7, 0.5, 0.6])
    assert WUENSCH.sum(axis=1).tolist() == [8, 7, 7, 2, 2, 9, 8, 9, 7, 7]
    assert WUENSCH.sum(axis=1).var() == pytest.approx(5.84)
    assert alpha(WUENSCH) == pytest.approx(10 / 9 * (1 - 2.18 / 5.84))  # KR-20 from the printed sums


def test_published_correlation_with_the_rest() -> None:
    assert DENIS.mean(axis=0) == pytest.approx([7.3, 8.8, 9.1, 9.4, 7.0])
    assert alpha(DENIS) == pytest.approx(0.633, abs=5e-4)
    assert item_rest(DENIS)[0] == pytest.approx(0.712, abs=6e-4)
    assert np.delete(DENIS, 0, axis=1).sum(axis=1).var(ddof=1) == pytest.approx(108.9)


def test_corrected_point_biserial_by_its_own_formula() -> None:
    """(M1 - M0)/s · √(pq), with means and deviation of the rest: another way to the same number."""
    for item, correlation in enumerate(item_rest(WUENSCH)):
        right, rest = WUENSCH[:, item] == 1, WUENSCH.sum(axis=1) - WUENSCH[:, item]
        p = right.mean()
        expected = (rest[right].mean() - rest[~right].mean()) / rest.std() * math.sqrt(p * (1 - p))
        assert correlation == pytest.approx(expected)


def test_alpha_without_an_item_is_that_of_the_others() -> None:
    assert alpha_without(DENIS)[4] == alpha(DENIS[:, :4])
    assert alpha_without(DENIS)[4] > alpha(DENIS), "the fifth goes against the others"


def test_what_says_nothing_is_none() -> None:
    same = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 0.0]])
    assert item_rest(same) == [None, None]
    assert alpha(np.ones((3, 2))) is None and alpha(np.ones((3, 1))) is None
    assert upper_lower(np.ones((30, 2)), [1, 1]) == [None, None]


def test_best_and_weakest_27_percent() -> None:
    points = np.array([[float(number >= 50), number / 100] for number in range(100)])
    assert upper_lower(points, [1.0, 2.0]) == pytest.approx([1.0, 0.73 / 2]), "27 places, and nobody at the border"


def test_ties_share_the_places_whatever_the_order() -> None:
    points = np.array([[2.0]] * 10 + [[1.0]] * 80 + [[0.0]] * 10)
    expected = ((10 * 2 + 17) - 17) / 27 / 2
    assert upper_lower(points, [2.0]) == pytest.approx([expected])
    assert upper_lower(points[::-1], [2.0]) == pytest.approx([expected])


def test_wilson_against_printed_intervals() -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29."""
    printed = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (count, total), (low, high) in printed.items():
        interval = wilson(count, total)
        assert (interval.low, interval.high) == pytest.approx((low, high), abs=6e-5)
    assert wilson(0, 0)[3:] == (0.0, 1.0)


def test_fisher_of_the_lady_tasting_tea() -> None:
    """R. A. Fisher, The Design of Experiments (1935): all four cups by chance, 1 in 70; three or more, 17 in 70."""
    assert by_chance(4, 4, 4, 8) == pytest.approx((2.0, 1 / 70))
    assert by_chance(3, 4, 4, 8)[1] == pytest.approx(17 / 70)


def test_tail_is_the_sum_of_its_counts_in_a_large_class() -> None:
    ways = sum(math.comb(300, k) * math.comb(700, 120 - k) for k in range(50, 121))
    assert by_chance(50, 300, 120, 1000)[1] == pytest.approx(ways / math.comb(1000, 120), rel=1e-9)
    assert by_chance(0, 300, 120, 1000)[1] == pytest.approx(1.0) and by_chance(121, 300, 120, 1000)[1] == 0.0
    assert by_chance(15, 15, 15, 20)[1] == pytest.approx(1 / math.comb(20, 15))


def test_words_of_others() -> None:
    assert [facility_word(value) for value in (0.81, 0.8, 0.3, 0.29)] == ["easy", "medium", "medium", "hard"]
    words = [discrimination_word(value) for value in (0.5, 0.3, 0.2, 0.19, -0.01, None)]
    assert words == ["very good", "adequate", "weak", "very weak", "probably invalid", "cannot be computed"]
    words = [consistency_word(value) for value in (0.76, 0.7, 0.6, None)]
    assert words == ["satisfactory", "moderate", "unsatisfactory", "cannot be computed"]
