"""Pictures to learn from without a download: real digits, cars drawn from a seed, CIFAR-10 where a student has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .cifar import load_cifar10

__all__ = ["CARS", "Cars", "Digits", "Split", "draw_cars", "held_out_split", "load_cifar10", "load_digits"]

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


class Digits(NamedTuple):
    """Handwritten digits: `pictures` (1797, 8, 8) of float64 from 0 to 16, `labels` (1797,) of int64 from 0 to 9."""

    pictures: np.ndarray
    labels: np.ndarray


class Cars(NamedTuple):
    """Drawn cars: `pictures` (n, 16, 16, 3) in [0, 1], `labels` (n,) into `CARS`, and what each picture shows.

    `kinds` (n,) are strings: "no car", "red, facing left", "yellow, facing right" and so on.
    """

    pictures: np.ndarray
    labels: np.ndarray
    kinds: np.ndarray


class Split(NamedTuple):
    """Examples to train on, and others that are held out until the end."""

    X: np.ndarray
    y: np.ndarray
    X_held_out: np.ndarray
    y_held_out: np.ndarray


def load_digits() -> Digits:
    """Return the 1,797 digits of 13 people's handwriting that come with the package, in the order of the original file.

    Pictures are (1797, 8, 8), float64 from 0 (paper) to 16 (ink); labels (1797,), int64. Source: E. Alpaydin and
    C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998,
    https://doi.org/10.24432/C50P49, CC BY 4.0; see datasets/digits.txt beside the file.
    """
    with np.load(Path(__file__).parent / "datasets" / "digits.npz", allow_pickle=False) as held:
        return Digits(held["pictures"].astype(np.float64), held["labels"].astype(np.int64))


def held_out_split(pictures: Any, labels: Any, held_out: float = 0.25, seed: int = 0) -> Split:
    """Shuffle examples once and set a share of them aside, one flat row a picture.

    pictures: (n, ...), labels: (n,). Returns X (n - m, D), y, X_held_out (m, D), y_held_out with m = round(held_out·n),
    the same for the same seed. Raises ValueError where the lengths differ or one side would be empty.
    """
    X, y = np.asarray(pictures), np.asarray(labels)
    if y.ndim != 1 or len(X) != len(y):
        raise ValueError(f"one label for each picture: there are {len(X)} pictures and labels of shape {y.shape}")
    aside = round(held_out * len(y))
    if not 0 < aside < len(y):
        raise ValueError(f"held_out={held_out} of {len(y)} examples sets {aside} aside; both sides need at least one")
    order = np.random.default_rng(seed).permutation(len(y))
    X, kept, away = X.reshape(len(X), -1), order[aside:], order[:aside]
    return Split(X[kept], y[kept], X[away], y[away])


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
