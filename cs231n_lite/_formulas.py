"""A search over small formulas, for a wrong gradient that no single known slip explains: "you computed dW1 = X.T @ hidden"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np


def _named(here: Any, elsewhere: Callable[[], list[Any]], k: int, names: Sequence[str]) -> Any:
    """Name one gradient by the formula that it is, if exactly one of the list gives it here and at the fresh points."""
    return None


def _candidates(looked: Any, k: int) -> Iterator[tuple[str, Any]]:
    """Formulas of the gradient's shape from the values and the right gradients at the nodes."""
    yield from ()
