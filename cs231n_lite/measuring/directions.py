"""Judging gradients by directional derivatives: a few forward passes decide, however many parameters there are.

For a right gradient g and any direction v, Σ g·v equals the derivative of the loss along v (Griewank and Walther,
Evaluating Derivatives, SIAM 2008, chapter 3); a wrong entry shows in a random v with probability one. Entries are
measured one by one only after a direction has disagreed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from cs231n_lite.measuring.differences import (
    Measured,
    Slope,
    ahead_only,
    analytic_slope,
    differences,
    magnitude,
    precision,
    slope_along,
)

__all__ = ["Directions", "draw_unmeasured", "rounding", "same"]

Exact = Callable[[np.ndarray], Sequence[Any] | None]

SINGLE = float(np.finfo(np.float32).eps)
_ONE_BY_ONE = 400  # up to here a failed array is measured entry by entry; above, halved until the wrong ones are found
_JOINTLY = 20_000  # from here on all arrays share their directions, and are told apart only if those disagree


class _Opaque(Exception):
    """Complex numbers do not go through a function, and a recorded run may tell more cheaply than differences."""


def rounding(eps: float) -> float:
    """How far right code may differ, relative to the size of the terms, for a machine epsilon.

    A dtype is the code's own word: numbers of half precision are held to the limits of single precision.
    """
    eps = min(eps, SINGLE)
    return 1e4 * eps if eps < 1e-10 else 200.0 * eps


def same(rights: Sequence[Any], gradients: Mapping[int, np.ndarray]) -> bool:
    """Whether gradients, by position, are the right ones to the last digits."""
    limits = {k: rounding(precision(g)) * float(np.max(np.abs(rights[k]), initial=0.0)) for k, g in gradients.items()}
    return all(bool(np.all(np.abs(g - rights[k]) <= limits[k])) for k, g in gradients.items())


def draw_unmeasured(point: Sequence[np.ndarray], rng: np.random.Generator) -> None:
    """Draw the directions that measuring would: a seed gives one report, whether or not there was need to measure."""
    twice = len(point) == 1 or sum(x.size for x in point) < _JOINTLY
    for x in point:
        for _ in range(1 + twice):
            _direction(x, rng)


def _direction(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    # |v| in [0.5, 1.5] with a random sign: plain ±1 lets two wrong entries cancel.
    sign = np.where(rng.random(x.shape) < 0.5, -1.0, 1.0)
    return np.asarray(sign * rng.uniform(0.5, 1.5, x.shape) * magnitude(x))


class Directions:
    """The derivatives of one function at one point, measured as they are asked for.

    `value_at` takes a list of arrays, one an input, and returns the output as an array; `point` is where to measure, in
    float64; `middle` is the output there, where it is known. A `light` one, of a function that proved analytic
    elsewhere, asks for one slope of all arrays together before it looks closer. `exact` gives the gradients for an
    upstream from a recorded run, or None; it is asked where complex numbers fail, before differences are taken.
    """

    def __init__(
        self,
        value_at: Callable[[list[np.ndarray]], np.ndarray],
        point: Sequence[np.ndarray],
        rng: np.random.Generator,
        *,
        middle: Any = None,
        light: bool = False,
        exact: Exact | None = None,
    ) -> None:
        self.value_at = value_at
        self.point = list(point)
        self.rng = rng
        self.middle = np.asarray(value_at(self.point) if middle is None else middle)
        self.analytic = True
        self.kinked = False
        self._light, self._exact = light, exact
        self._jointly = light or sum(array.size for array in self.point) >= _JOINTLY
        self._slopes: dict[tuple[int, ...], list[tuple[list[np.ndarray], Slope]]] = {}

    def groups(self) -> list[tuple[int, ...]]:
        """Which arrays share their directions: each has its own, unless there are very many entries."""
        everything = tuple(range(len(self.point)))
        return [everything] if self._jointly else [(k,) for k in everything]

    def wrong(self, pairs: Sequence[tuple[np.ndarray, dict[int, np.ndarray]]]) -> set[int]:
        """Which arrays' gradients disagree with the measured slopes; `told` holds (upstream, gradients by position)."""
        failed: set[int] = set()
        for group in self.groups():
            failing = [pair for pair in pairs if not self._agree(group, *pair)]
            if failing and len(group) > 1:
                failed |= {k for k in group if any(not self._agree((k,), *pair) for pair in failing)}
            elif failing:
                failed |= set(group)
        return {k for k in failed if any(k in gradients for _, gradients in pairs)}

    def _agree(self, group: tuple[int, ...], upstream: np.ndarray, gradients: dict[int, np.ndarray]) -> bool:
        group = tuple(k for k in group if k in gradients)
        if not sum(self.point[k].size for k in group):
            return True
        if not self.analytic and self._recorded(upstream, gradients):
            return True
        try:
            pairs = self._directions(group)
        except _Opaque:
            if self._recorded(upstream, gradients):
                return True
            self._exact = None
            pairs = self._directions(group)
        for directions, slope in pairs:
            if self._fits(group, directions, slope, upstream, gradients):
                continue
            if self._light:  # look closer before saying no
                self._light = False
                self._slopes.clear()
                return self._agree(group, upstream, gradients)
            again = differences(self._along(group, directions), 1.0, self.middle)
            if not (self._fits(group, directions, again, upstream, gradients, strict=True)):
                return False
        return True

    def _recorded(self, upstream: np.ndarray, gradients: dict[int, np.ndarray]) -> bool:
        """Whether all gradients are those of the recorded run to the last digits."""
        rights = self._exact(upstream) if self._exact else None
        return rights is not None and same(rights, gradients)

    def _directions(self, group: tuple[int, ...]) -> list[tuple[list[np.ndarray], Slope]]:
        if group not in self._slopes:
            first = [self._random(k) for k in group]
            light = self._light and len(group) == len(self.point)
            if light:
                ahead = ahead_only(self._along(group, first))
                slope = Slope(ahead, ahead, np.zeros(np.shape(ahead)))
            else:
                slope = self._slope(group, first)
            pairs = [(first, slope)]
            if self.analytic and len(group) == 1 and not light:
                second = [self._random(k) for k in group]
                ahead = ahead_only(self._along(group, second))
                if np.any(slope.kinked):
                    pairs.append((second, self._slope(group, second)))
                else:
                    pairs.append((second, Slope(ahead, ahead, np.zeros(np.shape(ahead)))))
            self._slopes[group] = pairs
        return self._slopes[group]

    def _slope(self, group: tuple[int, ...], directions: Sequence[np.ndarray]) -> Slope:
        along = self._along(group, directions)
        analytic = analytic_slope(along, 1.0, self.middle) if self.analytic else None
        if analytic is None:
            self.analytic = False
            if self._exact:
                raise _Opaque
        slope = analytic or differences(along, 1.0, self.middle)
        self.kinked = self.kinked or bool(np.any(slope.kinked))
        return slope

    def _random(self, k: int) -> np.ndarray:
        return _direction(self.point[k], self.rng)

    def _along(self, group: Iterable[int], directions: Sequence[np.ndarray]) -> Callable[[complex], np.ndarray]:
        moving = dict(zip(group, directions, strict=True))

        def along(step: complex) -> np.ndarray:
            moved = [x + step * moving[k] if k in moving else x.copy() for k, x in enumerate(self.point)]
            return np.asarray(self.value_at(moved))

        return along

    def _fits(
        self,
        group: Sequence[int],
        directions: Sequence[np.ndarray],
        slope: Slope,
        upstream: np.ndarray,
        gradients: dict[int, np.ndarray],
        *,
        strict: bool = False,
    ) -> bool:
        terms = [gradients[k] * v for k, v in zip(group, directions, strict=True)]
        claimed = float(sum(term.sum() for term in terms))
        ahead, behind = upstream * slope.ahead, upstream * slope.behind
        low = high = float(np.sum(ahead))
        if slope.ahead is not slope.behind:
            low, high = float(np.sum(np.minimum(ahead, behind))), float(np.sum(np.maximum(ahead, behind)))
        size = float(np.sqrt(sum(np.square(term).sum() for term in terms)) + np.linalg.norm(ahead))
        eps = min(SINGLE, precision(self.middle, *(gradients[k] for k in group)))
        slack = 10.0 * float(np.sum(np.abs(upstream) * slope.error)) + rounding(eps) * size
        # A slope that moves the output by less than its own round-off is nothing: 1 - tanh² where tanh is 1.
        # Nor is a local gradient exact that is a small difference, s(1 - s) where s is nearly 1, times a long way.
        longest = max(float(np.max(np.abs(v), initial=0.0)) for v in directions)
        slack += (50.0 + 4.0 * longest) * eps * float(np.linalg.norm(upstream * self.middle))
        if strict and slack > 1e-6 * size and eps < 1e-10:
            return False  # differences this rough cannot overrule the complex step
        if not np.isfinite(low + high):
            return True  # the forward pass itself is not finite here; that is told elsewhere
        miss = max(low - claimed, claimed - high)
        if not np.isfinite(size + slack):
            return False  # finite entries whose squares are not: no limit can be made of them
        if miss <= slack:
            return True
        if miss > 1e-6 * size or strict:
            return False
        return miss <= self._conditioning(group, directions, upstream)

    def _conditioning(self, group: Sequence[int], directions: Sequence[np.ndarray], upstream: np.ndarray) -> float:
        """How much the slope moves when the inputs move by a few units in the last place: cancellation shows here."""
        point, slopes = self.point, []
        for _ in range(3):
            self.point = [x * (1.0 + 4.0 * 2.2e-16 * self.rng.choice([-1.0, 1.0], x.shape)) for x in point]
            slope, _ = slope_along(self._along(group, directions), 1.0, self.middle, analytic=self.analytic)
            slopes.append(float(np.sum(upstream * 0.5 * (slope.ahead + slope.behind))))
        self.point = point
        return 30.0 * (max(slopes) - min(slopes))

    def entries(self, k: int, gradient: np.ndarray, upstream: np.ndarray) -> tuple[np.ndarray, Measured]:
        """Find the wrong entries of one gradient: a mask, and the entries as measured (NaN where it did not look)."""
        self._exact = None  # from here on every slope is measured
        value, error = np.full(gradient.shape, np.nan), np.zeros(gradient.shape)
        mask = np.zeros(gradient.shape, dtype=bool)
        suspects = list(np.ndindex(gradient.shape))
        if len(suspects) > _ONE_BY_ONE:
            suspects = self._halve(k, gradient, upstream, suspects)
        slack = rounding(precision(self.middle, gradient))
        rows = []
        for index in suspects:
            v = np.zeros(gradient.shape)
            v[index] = max(magnitude(self.point[k]), abs(float(self.point[k][index])))
            slope = self._slope((k,), [v])
            ahead = float(np.sum(upstream * slope.ahead)) / v[index]
            behind = float(np.sum(upstream * slope.behind)) / v[index]
            error[index] = 10.0 * float(np.sum(np.abs(upstream) * slope.error)) / v[index]
            noise = precision(self.middle) * float(np.linalg.norm(upstream * self.middle))
            error[index] += (50.0 / v[index] + 4.0) * noise
            entry = float(gradient[index])
            value[index] = (
                min(max(entry, min(ahead, behind)), max(ahead, behind))
                if np.any(slope.kinked)
                else 0.5 * (ahead + behind)
            )
            rows.append(index)
        if rows:
            largest = float(np.nanmax(np.abs(value)))
            limit = error + 100.0 * slack * (np.abs(value) + 1e-3 * largest) + 1e-300
            measured = ~np.isnan(value)
            mask[measured] = np.abs(gradient[measured] - value[measured]) > limit[measured]
        return mask, Measured(value, error)

    def _halve(
        self, k: int, gradient: np.ndarray, upstream: np.ndarray, indices: list[tuple[int, ...]], most: int = 24
    ) -> list[tuple[int, ...]]:
        blocks, wrong = [indices], list[tuple[int, ...]]()
        while blocks and len(wrong) < most:
            block = blocks.pop(0)
            v = np.zeros(gradient.shape)
            places = tuple(np.array(block).T)
            v[places] = self._random(k)[places]
            if self._fits((k,), [v], self._slope((k,), [v]), upstream, {k: gradient}):
                continue
            if len(block) == 1:
                wrong += block
            else:
                half = len(block) // 2
                # Depth first: the first wrong entries are told, not the first half of a search.
                blocks[:0] = [block[:half], block[half:]]
        return wrong
