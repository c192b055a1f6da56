"""Derivatives measured from forward values alone, each with an estimate of its own error.

Three means, best first. The complex step, Im f(x + ih) / h, has no subtraction and so no round-off (Squire and Trapp,
SIAM Review 40(1), 1998). It is believed only where one real centred difference agrees, because `abs` or `norm` drop the
imaginary part without a word. Otherwise Ridders' extrapolation of centred differences (Advances in Engineering
Software 4(2), 1982), which carries an error estimate, and the two one-sided slopes where a kink is too near for it.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Measured", "numerical_gradient", "numerical_jacobian"]

Along = Callable[[complex], np.ndarray]
Sides = Callable[[Any], tuple[np.ndarray, np.ndarray]]  # what is ahead by a step, and what is behind

_TINY = 2.0**-80  # the complex step: a power of two, so that dividing by it is exact
_EPS = float(np.finfo(float).eps)


class Measured(NamedTuple):
    """A measured derivative and how far it may be off, both of the same shape."""

    value: np.ndarray
    error: np.ndarray


class Slope(NamedTuple):
    """The derivative of an output along a direction; `ahead` and `behind` differ where the point lies on a kink."""

    ahead: np.ndarray
    behind: np.ndarray
    error: np.ndarray

    @property
    def kinked(self) -> np.ndarray:
        """True for each output whose slope ahead is not its slope behind, beyond the error."""
        size = np.maximum(np.abs(self.ahead), np.abs(self.behind))
        return np.abs(self.ahead - self.behind) > 10.0 * self.error + 1e-9 * size


def numerical_gradient(f: Callable[[np.ndarray], Any], x: Any) -> Measured:
    """Measure the gradient of f: array -> number at x, entry by entry, by extrapolated centred differences.

    [f(x + h·e_i) - f(x - h·e_i)] / 2h for shrinking h. Returns `(value, error)`, two float64 arrays of x's shape; at a
    kink the error is half the jump of the slope. x is left as it was. Raises ValueError where f does not return one
    number. The extrapolation and its error estimate are Ridders' (Advances in Engineering Software 4(2), 1982).
    """
    point = np.array(x, dtype=float)
    measured = _measure(lambda moved: _one_number(f(moved)), point)
    return Measured(measured.value.reshape(point.shape), measured.error.reshape(point.shape))


def numerical_jacobian(f: Callable[[np.ndarray], Any], x: Any) -> Measured:
    """Measure ∂f_i/∂x_j for f: array -> array, both flattened: `(value, error)`, each of shape (outputs, inputs).

    [f(x + h·e_j) - f(x - h·e_j)] / 2h, one column an input, extrapolated for h → 0 as Ridders does (Advances in
    Engineering Software 4(2), 1982); at a kink the error is half the jump of the slope. x is left as it was.
    """
    return _measure(lambda moved: np.asarray(f(moved)), np.array(x, dtype=float))


def _one_number(value: Any) -> np.ndarray:
    if np.size(value) != 1:
        raise ValueError(
            f"f returned an array of shape {np.shape(value)}, and a gradient belongs to a function with one number as "
            "its output; numerical_jacobian measures a function with several"
        )
    return np.asarray(value).reshape(())


def _measure(f: Callable[[np.ndarray], np.ndarray], point: np.ndarray) -> Measured:
    middle = np.asarray(f(point.copy()), dtype=float)
    if not point.size:
        empty = np.zeros((middle.size, 0))
        return Measured(empty, empty.copy())
    indices = list(np.ndindex(point.shape))
    sizes = np.fmax(magnitude(point), np.abs(point)).reshape(-1, *(1,) * middle.ndim)

    def sides(steps: Any) -> tuple[np.ndarray, np.ndarray]:
        """What comes of each entry's own step, one row an entry: all of them are extrapolated at once."""
        rows: tuple[list[np.ndarray], list[np.ndarray]] = [], []
        for index, step in zip(indices, np.ravel(steps), strict=True):
            for side, sign in zip(rows, (1.0, -1.0), strict=True):
                moved = point.copy()
                moved[index] += sign * step
                side.append(np.array(f(moved), dtype=float))
        return np.stack(rows[0]), np.stack(rows[1])

    slope = _closest(sides, sizes, middle)
    value = 0.5 * (slope.ahead + slope.behind)
    error = slope.error + 0.5 * np.abs(slope.ahead - slope.behind)
    return Measured(*(np.ascontiguousarray(x.reshape(len(indices), -1).T) for x in (value, error)))


def precision(*values: Any) -> float:
    """The coarsest machine epsilon among the floating dtypes of `values`; that of float64 for anything else."""
    kinds = [np.asarray(value).dtype for value in values]
    return max([_epsilon(kind) for kind in kinds if kind.kind in "fc"], default=_EPS)


@functools.cache
def _epsilon(kind: np.dtype[Any]) -> float:
    return float(np.finfo(kind).eps)


def magnitude(x: np.ndarray) -> float:
    """The root mean square of x, the size that a step is taken relative to; 1 for an empty array or zeros."""
    if not x.size:
        return 1.0
    size = float(np.sqrt(np.mean(np.square(np.abs(x)))))
    return size if np.isfinite(size) and size > 1e-8 else 1.0


def analytic_slope(along: Along, size: float, middle: np.ndarray) -> Slope | None:
    """The derivative of `along(t)` at t = 0 by the complex step, or None where the function is not analytic."""
    slope = _complex_step(along)
    return slope if slope is not None and _confirmed(slope, along, size, middle) else None


def slope_along(along: Along, size: float, middle: np.ndarray, *, analytic: bool = True) -> tuple[Slope, bool]:
    """Measure the derivative of `along(t)` at t = 0 where t is complex, or real if `analytic` is False.

    `size` is the magnitude of what moves, `middle` is `along(0)`. Returns the slope and whether the function proved
    analytic, so that a caller need not try in vain again.
    """
    slope = analytic_slope(along, size, middle) if analytic else None
    if slope is not None:
        return slope, True
    return differences(along, size, middle), False


def ahead_only(along: Along) -> np.ndarray:
    """The derivative ahead by one complex step, for a function that `slope_along` found analytic."""
    return np.imag(along(1j * _TINY)) / _TINY


def _complex_step(along: Along) -> Slope | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            ahead = np.imag(along(1j * _TINY)) / _TINY
            behind = -np.imag(along(-1j * _TINY)) / _TINY
    except Exception:  # whatever code does not take complex numbers is measured with real ones instead
        return None
    if not (np.all(np.isfinite(ahead)) and np.all(np.isfinite(behind))):
        return None
    return Slope(ahead, behind, np.zeros(np.shape(ahead)))


def _confirmed(slope: Slope, along: Along, size: float, middle: np.ndarray) -> bool:
    """Whether a real centred difference sees the same slope; smaller steps are tried where a kink may lie within."""
    middle_slope = 0.5 * (slope.ahead + slope.behind)
    if middle_slope.shape != np.shape(middle):
        return False
    largest = float(np.max(np.abs(middle_slope), initial=0.0))
    for relative in (1e-5, 1e-8, 1e-10):
        step = relative * size
        measured = (np.real(along(step)) - np.real(along(-step))) / (2.0 * step)
        noise = 100.0 * precision(middle) * np.abs(middle) / step
        limit = 1e-7 * np.maximum(np.abs(measured), np.abs(middle_slope)) + 1e-9 * largest + noise
        off = np.abs(measured - middle_slope) > limit
        if not np.any(off):
            return True
    # A kink nearer than the smallest step leaves the slope right on one side; a dropped part is right on neither.
    for side in (step, -step):
        measured = (np.real(along(side)) - middle) / side
        off &= np.abs(measured - middle_slope) > 1e-3 * np.maximum(np.abs(measured), np.abs(middle_slope)) + 2.0 * noise
    return not np.any(off)


def differences(along: Along, size: float, middle: np.ndarray) -> Slope:
    """Ridders' extrapolation of centred differences of `along` at 0, with one-sided slopes where a kink is near.

    Where the steps meet a kink, a jump or a strong bend, they are taken again much closer to the point.
    """
    return _closest(lambda step: (np.real(along(step)), np.real(along(-step))), size, middle)


def _closest(sides: Sides, size: Any, middle: np.ndarray) -> Slope:
    """The extrapolation for one size, or for an array of them, one a row of what is ahead and behind."""
    eps = precision(middle)
    # A forward pass in float32 needs wider steps, or there is nothing left but its round-off.
    step = (4e-3 if eps < 1e-10 else 0.1) * size
    value, error, rough = _extrapolated(sides, step, size, middle)
    for closer in (2.0**-5, 2.0**-10) if eps < 1e-10 else ():
        if not np.any(rough):
            break
        value_there, error_there, rough_there = _extrapolated(sides, closer * step, size, middle)
        better = rough & (error_there < error)
        value, error = np.where(better, value_there, value), np.where(better, error_there, error)
        rough = np.where(better, rough_there, rough)
    if not np.any(rough):
        return Slope(value, value, error)
    return _one_sided(sides, size, middle, Slope(value, value, error), rough)


def _extrapolated(sides: Sides, step: Any, size: Any, middle: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The slope from four shrinking steps, its error, and where that is too large for a smooth function."""
    table = list[list[np.ndarray]]()
    for _ in range(4):
        ahead, behind = sides(step)
        row = [(ahead - behind) / (2.0 * step)]
        for order, previous in enumerate(table[-1] if table else [], start=1):
            row.append((4.0**order * row[-1] - previous) / (4.0**order - 1.0))
        table.append(row)
        step = 0.5 * step
    value = table[-1][-1]
    noise = precision(middle) * (np.abs(middle) + np.abs(value) * size) / step
    error = np.maximum(np.abs(value - table[-1][-2]), np.abs(value - table[-2][-1])) + noise
    return value, error, error > 1e-6 * np.abs(value) + 100.0 * noise


def _one_sided(sides: Sides, size: Any, middle: np.ndarray, smooth: Slope, rough: np.ndarray) -> Slope:
    """The slopes ahead and behind where a kink is close by: they enclose every subgradient."""
    eps, value = precision(middle), smooth.ahead
    step = 6.0 * float(np.sqrt(eps)) * size
    slopes = _halves(sides, step, middle)
    largest = np.maximum(*np.abs(slopes))
    noise = 4.0 * eps * np.abs(middle) / step + 10.0 * float(np.sqrt(eps)) * largest
    # Beyond a jump there is no slope: it grows as the step shrinks. The other side's is the one that holds.
    nearer = _halves(sides, 0.25 * step, middle)
    jumps = [
        np.abs(near - far) > 8.0 * noise + 0.5 * np.minimum(np.abs(near), np.abs(far))
        for near, far in zip(nearer, slopes, strict=True)
    ]
    ahead = np.where(jumps[0] & rough, slopes[1], slopes[0])
    behind = np.where(jumps[1] & rough, ahead, slopes[1])
    # A smooth function that only bends strongly shows no jump; its extrapolation stands, with its own larger error.
    jump = np.abs(ahead - behind)
    rough = rough & (jump > noise + 1e-3 * np.abs(value))
    error = np.where(rough, noise, smooth.error)
    return Slope(np.where(rough, ahead, value), np.where(rough, behind, value), error)


def _halves(sides: Sides, step: Any, middle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    ahead, behind = sides(step)
    return (ahead - middle) / step, (middle - behind) / step
