"""What one check carries from step to step: whom it judges, beside what, at which point, and the report so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from cs231n_lite.checking.fresh_points import upstream_for
from cs231n_lite.reporting.report import Report

if TYPE_CHECKING:
    from cs231n_lite.checking.student_functions import Functions, Gates
    from cs231n_lite.checking.student_loss import LossSubject

__all__ = ["Setting"]

Subject = TypeVar("Subject", bound="Functions | Gates | LossSubject")


@dataclass
class Setting(Generic[Subject]):
    """One check: a subject, a right forward pass where the exercise has one, a point, and the report that grows.

    All random numbers of a check are drawn from `rng`, in the order of its steps, so that a seed gives one report.
    """

    subject: Subject
    like: Callable[..., Any] | None
    point: list[np.ndarray]
    rng: np.random.Generator
    number: bool = False  # the output is a loss, and there is no upstream gradient
    resize: bool = True  # right code is run at other sizes, too
    textbook: bool = False  # the point may be one that could not show some mistake
    out: str = "out"  # what the exercise calls the output
    report: Report = field(default_factory=Report)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs that are differentiated."""
        return self.subject.names

    @property
    def parts(self) -> list[str]:
        """The parts of the report that are gradients, in the order of the inputs."""
        return [f"d{name}" for name in self.names]

    @property
    def upstream_name(self) -> str:
        """What a report calls the upstream gradient: d + the output's name; "" for a loss, which has none."""
        return "" if self.number else f"d{self.out}"

    @property
    def all_right(self) -> bool:
        """Whether every part is right so far."""
        return all(self.report.parts.values())

    @property
    def forward(self) -> Callable[..., Any]:
        """The forward pass to differentiate: the exercise's own where it is known, else the student's."""
        return self.like or self.subject.traced

    def upstream(self, shape: tuple[int, ...]) -> np.ndarray:
        """An upstream gradient for an output of this shape: 1 for a loss, else random."""
        return np.ones(()) if self.number else upstream_for(shape, self.rng)
