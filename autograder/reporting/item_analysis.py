"""The arithmetic of classical item analysis: how hard an exercise was, and whether it tells students apart.

Rows are students, columns are exercises, entries are points. What cannot be computed is None, never 0: a correlation
with an exercise in which everybody has the same points says nothing.

Thresholds are others' and are shown beside the numbers, never in their place:

- Moodle, docs.moodle.org, "Quiz report statistics": the discrimination index is the correlation of a question with the
  rest of the test. 0.50 and above is very good, 0.30 to 0.50 adequate, 0.20 to 0.29 weak, below 0.20 very weak,
  negative "probably invalid". Coefficient of internal consistency (Cronbach's alpha): above 0.75 satisfactory, below
  0.64 unsatisfactory.
- Blackboard, help.blackboard.com, "Item Analysis": discrimination above 0.3 is good, 0.1 to 0.3 fair, below 0.1 poor
  and to be reviewed; more than 80 % is easy, less than 30 % hard.
- PrairieLearn, the page of an assessment's question statistics: discrimination (there with the total, the question in
  it) above 20 %, unless the mean is above 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "FEWEST",
    "Share",
    "alpha",
    "alpha_without",
    "by_chance",
    "consistency_word",
    "discrimination_word",
    "facility_word",
    "item_rest",
    "upper_lower",
    "wilson",
]

FEWEST = 20  # students; of fewer nothing is concluded
TAIL = 0.27  # of the class above and below: T. L. Kelley, Journal of Educational Psychology 30 (1939), 17-24
Z95 = 1.959963984540054


class Share(NamedTuple):
    """`part` of `whole`, as a share with its 95 % interval."""

    part: int
    whole: int
    share: float
    low: float
    high: float


def wilson(count: int, total: int) -> Share:
    """Return a share with E. B. Wilson's score interval (Journal of the American Statistical Association 22, 1927).

    Unlike the common p ± 1.96·√(p(1-p)/n) it stays within [0, 1] and holds for few students, and for none or all.
    """
    if total == 0:
        return Share(0, 0, 0.0, 0.0, 1.0)
    share, square = count / total, Z95**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = Z95 / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total**2))
    return Share(count, total, share, max(0.0, middle - half), min(1.0, middle + half))


def item_rest(points: np.ndarray) -> list[float | None]:
    """Return for each exercise the correlation of its points with the sum of all others: the corrected point-biserial.

    The exercise itself is left out of the sum, or it would correlate with itself.
    """
    totals = points.sum(axis=1)
    return [_correlation(points[:, item], totals - points[:, item]) for item in range(points.shape[1])]


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    one, other = one - one.mean() if len(one) else one, other - other.mean() if len(other) else other
    lengths = math.sqrt(float(one @ one) * float(other @ other))
    scale = 1e-12 * max(1, len(one))
    return float(one @ other) / lengths if lengths > scale else None


def alpha(points: np.ndarray) -> float | None:
    """Return Cronbach's alpha: k/(k-1)·(1 - Σ variances of the k exercises / variance of their sum).

    L. J. Cronbach, Psychometrika 16 (1951), 297-334; of exercises with 0 or 1 point it is KR-20.
    """
    students, items = points.shape
    if items < 2 or students < 2:
        return None
    whole = float(points.sum(axis=1).var(ddof=1))
    return items / (items - 1) * (1 - float(points.var(axis=0, ddof=1).sum()) / whole) if whole > 0 else None


def alpha_without(points: np.ndarray) -> list[float | None]:
    """Return what alpha would be without each exercise in turn."""
    import numpy as np

    return [alpha(np.delete(points, item, axis=1)) for item in range(points.shape[1])]


def upper_lower(points: np.ndarray, most: Sequence[float]) -> list[float | None]:
    """Return for each exercise the mean share of its points among the best 27 % less that among the weakest 27 %.

    By the sum of all points. Who ties at the border shares the places that are left there, so that no order of the
    class's list decides.
    """
    students = len(points)
    places = round(TAIL * students)
    if places == 0:
        return [None] * points.shape[1]
    totals = points.sum(axis=1)
    upper, lower = _weights(totals, places), _weights(-totals, places)
    if float(totals.max()) == float(totals.min()):
        return [None] * points.shape[1]
    return [float((upper - lower) @ points[:, item]) / places / most[item] for item in range(points.shape[1])]


def _weights(totals: np.ndarray, places: int) -> np.ndarray:
    """How much of each student is among the `places` with the largest totals."""
    import numpy as np

    border = np.sort(totals)[-places]
    above, at = totals > border, totals == border
    weights: np.ndarray = above + at * ((places - above.sum()) / at.sum())
    return weights


def by_chance(both: int, one: int, other: int, total: int) -> tuple[float, float]:
    """Return how many would have both things if they had nothing to do with each other, and how likely `both` is.

    The likelihood is that of at least so many: the upper tail of the hypergeometric distribution, R. A. Fisher's exact
    test.
    """
    expected = one * other / total
    term = math.exp(
        _log_ways(one, both) + _log_ways(total - one, other - both) - _log_ways(total, other)
    )  # of just so many; each of more comes from the one before by a quotient
    tail, most = 0.0, min(one, other)
    for count in range(both, most + 1):
        tail += term
        if term < 1e-17 * tail:
            break
        term *= (one - count) * (other - count) / ((count + 1) * (total - one - other + count + 1))
    return expected, min(1.0, tail)


def _log_ways(of: int, chosen: int) -> float:
    """The logarithm of the number of ways to choose so many of so many; minus infinity where there is none."""
    if not 0 <= chosen <= of:
        return -math.inf
    return math.lgamma(of + 1) - math.lgamma(chosen + 1) - math.lgamma(of - chosen + 1)


def facility_word(facility: float) -> str:
    """Return Blackboard's word for how easy an exercise was."""
    return "easy" if facility > 0.8 else "hard" if facility < 0.3 else "medium"


def discrimination_word(correlation: float | None) -> str:
    """Return Moodle's word for how well an exercise tells students apart."""
    if correlation is None:
        return "cannot be computed"
    if correlation < 0:
        return "probably invalid"
    steps = ((0.5, "very good"), (0.3, "adequate"), (0.2, "weak"))
    return next((word for least, word in steps if correlation >= least), "very weak")


def consistency_word(value: float | None) -> str:
    """Return Moodle's word for an alpha."""
    if value is None:
        return "cannot be computed"
    return "satisfactory" if value > 0.75 else "unsatisfactory" if value < 0.64 else "moderate"
