"""A point at which a student's gradients were looked at, and what would be right there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.diagnosing import wide_slips
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.diagnosing.slips import Slip, slips_of

__all__ = ["Case", "RightCase"]


class Case(NamedTuple):
    """A point at which a student's gradients were looked at: the recorded forward pass and the upstream there."""

    run: Recording
    upstream: Any
    gradients: Mapping[int, np.ndarray]
    labels: Any = None  # integer data, for the slips at a softmax or hinge


class RightCase:
    """A case with its right gradients, and what people write in their place."""

    def __init__(self, case: Case) -> None:
        self.case, self.run = case, case.run
        self.right = RightGradients(case.run, case.upstream)
        self._slips: dict[tuple[int, int], list[Slip]] = {}

    def slips(self, n: int, slot: int) -> list[Slip]:
        """The wrong contributions that people write along an edge."""
        if (n, slot) not in self._slips:
            self._slips[n, slot] = list(slips_of(self.run.step(n), slot, self.right.at[n]))
        return self._slips[n, slot]

    def source(self, n: int, slot: int) -> int:
        """The node from which an edge comes."""
        return self.run.nodes[n].inputs[slot]

    def region_slips(self, n: int) -> list[Slip]:
        """What people write for the gradient of the scores, node n."""
        return wide_slips.slips_at(self.run, self.right, n, self.case.labels)
