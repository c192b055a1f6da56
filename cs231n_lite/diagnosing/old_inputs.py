"""A backward pass that reads an input of another pass, or of a variable outside, where its own belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs231n_lite.diagnosing.backward_rules import flow_of
from cs231n_lite.diagnosing.gradients import RightGradients, misread
from cs231n_lite.diagnosing.recording import Recording

__all__ = ["input_of_another_pass"]


@dataclass(frozen=True, slots=True)
class _OldInput:
    """A rule that reads another value of one input, wherever that input stands."""

    node: int
    value: Any

    def flow(self, run: Recording, edge: tuple[int, int], g: Any, _right: Any) -> Any:
        """What flows along an edge (node, slot), given the gradient g at the node."""
        n, slot = edge
        step = run.step(n)
        for other, source in enumerate(run.nodes[n].inputs):
            if source == self.node:
                step = misread(step, step.place(other), self.value) or step
        return flow_of(step, slot, g)


def input_of_another_pass(
    run: Recording, upstream: np.ndarray, gradients: Mapping[int, np.ndarray], others: Sequence[np.ndarray]
) -> int | None:
    """Which input's value of another pass, the only one that was misread, gives all of these gradients; else None.

    `others` are the inputs of that pass, in the order of the run's own.
    """
    for position, (node, other) in enumerate(zip(run.inputs, others, strict=True)):
        if np.shape(run.nodes[node].value) != np.shape(other):
            continue
        wrong = RightGradients(run, upstream, dict.fromkeys(run.edges(), _OldInput(node, other))).inputs()
        if all(np.allclose(gradients[k], wrong[k], rtol=1e-8, atol=1e-12) for k in gradients):
            return position
    return None
