"""Handwritten digits that come with the package, and a split that holds some of them out."""

from __future__ import annotations

import io
import pkgutil
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Digits", "Split", "held_out_split", "load_digits"]


class Digits(NamedTuple):
    """Handwritten digits: `pictures` (1797, 8, 8) of float64 from 0 to 16, `labels` (1797,) of int64 from 0 to 9."""

    pictures: np.ndarray
    labels: np.ndarray


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
    https://doi.org/10.24432/C50P49, CC BY 4.0; see digits.txt beside the file.
    """
    content = io.BytesIO(pkgutil.get_data(__package__, "digits.npz") or b"")  # also where the package is no folder
    with np.load(content, allow_pickle=False) as file:
        return Digits(file["pictures"].astype(np.float64), file["labels"].astype(np.int64))


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
    X, rest, away = X.reshape(len(X), -1), order[aside:], order[:aside]
    return Split(X[rest], y[rest], X[away], y[away])
