"""The forward pass that a check differentiates, recorded at a point: the exercise's own, or else the student's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_functions import Functions, Gates
from cs231n_lite.checking.student_loss import LossSubject
from cs231n_lite.diagnosing.recording import Recording, recording_of

__all__ = ["recorded_loss", "recorded_pass"]


def recorded_pass(setting: Setting[Functions | Gates], point: Sequence[np.ndarray]) -> Recording | None:
    """The forward pass at a point, recorded; None where it cannot be followed."""
    return recording_of(setting.forward, setting.subject.plain(point), setting.names)


def recorded_loss(
    setting: Setting[LossSubject], point: Sequence[np.ndarray], data: Sequence[Any], reg: Any
) -> Recording | None:
    """The loss at a point as a function of its parameters alone, recorded; None where it cannot be followed."""
    subject, loss = setting.subject, setting.forward

    def of_params(*params: Any) -> Any:
        first: Any = dict(zip(subject.names, params, strict=True)) if subject.keyed else params[0]
        return loss(first, *data, *([reg] if subject.has_reg else []))

    return recording_of(of_params, point, subject.names)
