"""Where else to check: points like a given one, nearby or of other sizes, and upstream gradients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from cs231n_lite.measuring.differences import magnitude

__all__ = ["nearby", "resized", "upstream_for"]


def upstream_for(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """A random upstream gradient, never all ones: an upstream of ones cannot tell whether it was used."""
    return np.asarray(rng.uniform(0.5, 1.5, shape) * np.where(rng.random(shape) < 0.5, -1.0, 1.0))


def nearby(point: Sequence[np.ndarray], rng: np.random.Generator, relative: float) -> list[np.ndarray]:
    """Another point in the same domain: each entry keeps its sign and moves by its own size and the array's."""
    moved = []
    for x in point:
        away = np.where(x < 0, -1.0, 1.0) * 0.3 * relative * magnitude(x) * rng.uniform(0.5, 1.0, x.shape)
        moved.append(np.asarray(x * (1.0 + relative * rng.uniform(0.5, 1.0, x.shape)) + away))
    return moved


def resized(
    point: Sequence[np.ndarray], data: Sequence[Any], rng: np.random.Generator, *, same_sizes: bool = False
) -> tuple[list[np.ndarray], list[Any]]:
    """Fresh arrays like these in which every length is another one; equal lengths stay equal, and products products.

    Labels, the integer vectors among `data`, are drawn again from as many classes as there are then.
    """
    arrays = [value for value in (*point, *data) if isinstance(value, np.ndarray)]
    lengths: dict[int, int] = {} if same_sizes else _new_lengths(arrays, rng)
    fresh = [_drawn(x, lengths, rng) for x in point]
    redrawn = []
    for value in data:
        if not isinstance(value, np.ndarray):
            redrawn.append(value)
        elif value.dtype.kind in "iu" and value.ndim == 1 and value.size:
            classes = int(value.max()) + 1
            rows = lengths.get(len(value), len(value))
            redrawn.append(_labels(rows, lengths.get(classes, classes), rng).astype(value.dtype))
        else:
            redrawn.append(_drawn(value, lengths, rng) if value.dtype.kind == "f" else value)
    return fresh, redrawn


def _new_lengths(arrays: Sequence[np.ndarray], rng: np.random.Generator) -> dict[int, int]:
    old = sorted({length for x in arrays for length in x.shape if length > 1})
    products: dict[int, tuple[int, ...]] = {}
    for x in arrays:  # an image (N, d1, d2) and a matrix of d1·d2 rows belong together
        if x.ndim > 2 and int(np.prod(x.shape[1:])) in old:
            products[int(np.prod(x.shape[1:]))] = x.shape[1:]
    pool = [length for length in range(3, 3 + 3 * len(old) + 3) if length not in old]
    drawn = [int(length) for length in rng.permutation(pool)[: len(old)]]
    lengths = dict(zip(old, drawn, strict=False))
    for product, parts in products.items():
        lengths[product] = math.prod(lengths.get(part, part) for part in parts)
    return lengths


def _drawn(x: np.ndarray, lengths: dict[int, int], rng: np.random.Generator) -> np.ndarray:
    shape = [lengths.get(length, length) for length in map(int, x.shape)]
    size = float(np.sqrt(np.mean(np.square(x)))) if x.size else 1.0
    size = size if np.isfinite(size) and size > 0 else 1.0
    values = rng.normal(size=shape) * size
    if x.size and np.all(x > 0):
        values = np.abs(values) + 0.2 * size
    elif x.size and np.all(x < 0):
        values = -np.abs(values) - 0.2 * size
    return np.asarray(values)


def _labels(rows: int, classes: int, rng: np.random.Generator) -> np.ndarray:
    return np.concatenate([rng.permutation(classes), rng.integers(0, classes, rows)])[:rows]
