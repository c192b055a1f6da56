"""Pictures to learn from without a download: real digits, cars drawn from a seed, CIFAR-10 where a student has it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["CARS", "Cars", "draw_cars"]

CARS = ("no car", "facing left", "facing right")  # the names of the labels that draw_cars gives

# What can be seen, as (colour of the car, colour of the background): each car has the colour of the other's background,
# and so no pixel's colour by itself tells where a car ends. That is what a single template a class cannot sort out.
_RED, _YELLOW = (0.80, 0.12, 0.10), (0.92, 0.76, 0.16)
_KINDS = (("red", _RED, _YELLOW), ("yellow", _YELLOW, _RED))
_TYRE = (0.10, 0.10, 0.12)
_FACING_LEFT = (
    "......####..",
    ".....##..#..",
    "....##...##.",
    "############",
    "############",
    "############",
    ".OO......OO.",
    ".OO......OO.",
)


class Cars(NamedTuple):
    """Drawn cars: `pictures` (n, 16, 16, 3) in [0, 1], `labels` (n,) into `CARS`, and what each picture shows.

    `kinds` (n,) are strings: "no car", "red, facing left", "yellow, facing right" and so on.
    """

    pictures: np.ndarray
    labels: np.ndarray
    kinds: np.ndarray


def draw_cars(n: int, seed: int = 0) -> Cars:
    """Draw n pictures of roadsides, 16 × 16 × 3: no car, or a car that faces left or right.

    Three of four have a yellow background (sand) and red cars, the fourth a red one (brick) and yellow cars. Windows
    are holes that show the background, tyres stand alike for both directions; place, light and noise vary. So a pixel
    tells which way a car faces only together with the background, and what helps a linear classifier with one colour
    misleads it with the other.
    Returns `Cars`, the same for the same seed; raises ValueError for n < 1.
    """
    if n < 1:
        raise ValueError(f"n is the number of pictures to draw, at least 1; got {n}")
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % 3)
    other = (rng.random(n) < 1 / 4).astype(int)
    place, light, noise = np.empty((n, 2), dtype=int), np.empty(n), np.empty((n, 16, 16, 3))
    for i in range(n):  # only what is drawn at random goes picture by picture
        place[i] = rng.integers(-1, 2), rng.integers(-1, 2)
        light[i] = rng.uniform(0.85, 1.05)
        rng.standard_normal(out=noise[i])
    noise *= 0.05
    pictures = _scenes()[other, labels, place[:, 0], place[:, 1]]
    pictures *= light[:, None, None, None]
    pictures += noise
    shows = [[CARS[0], *(f"{colour}, {facing}" for facing in CARS[1:])] for colour, _, _ in _KINDS]
    return Cars(np.clip(pictures, 0.0, 1.0, out=pictures), labels, np.array(shows)[other, labels])


def _scenes() -> np.ndarray:
    """Every roadside in plain light: (kind, label, down, across, 16, 16, 3), moved by 0, 1, -1, which is the last."""
    left = _masks()
    masks = (np.zeros_like(left), left, left[:, :, ::-1])
    scenes = np.empty((len(_KINDS), len(CARS), 3, 3, 16, 16, 3))
    for kind, (_, car, ground) in enumerate(_KINDS):
        for label, down, across in np.ndindex(len(CARS), 3, 3):
            moved = (0, 1, -1)[down], (0, 1, -1)[across]
            body, tyres = np.roll(masks[label], moved, axis=(1, 2))[..., None]
            scenes[kind, label, down, across] = np.where(tyres, _TYRE, np.where(body, car, ground))
    return scenes


def _masks() -> np.ndarray:
    """The body and the tyres of a car that faces left, (2, 16, 16) of bool."""
    drawn = np.array([list(row) for row in _FACING_LEFT])
    masks = np.zeros((2, 16, 16), dtype=bool)
    masks[:, 4:12, 2:14] = drawn == "#", drawn == "O"
    return masks
