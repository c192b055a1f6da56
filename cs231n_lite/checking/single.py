"""Arithmetic in float32: where it shows, all that came of it is held to the digits of float32, and to no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.recordings import recorded_pass
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_functions import Functions, Gates
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.measuring.directions import same

__all__ = ["of_float32_copies"]

Pair = tuple[np.ndarray, Mapping[int, np.ndarray]]  # an upstream gradient, and the gradients by position


def of_float32_copies(setting: Setting[Functions | Gates], pairs: Iterable[Pair]) -> bool:
    """Whether some gradients are right to the last digit for copies in float32 of what they were handed, and only so.

    An output in float32 shows it, too; copies that backward alone made do not show in any type.
    """
    exact, rounded = (recorded_pass(setting, point) for point in (setting.point, _rounded(setting.point)))
    if exact is None or rounded is None:
        return False
    for upstream, gradients in pairs:
        rights = RightGradients(exact, upstream).inputs()
        off = {k: gradient for k, gradient in gradients.items() if not same(rights, {k: gradient})}
        (short,) = _rounded([upstream])
        likely = [RightGradients(run, up) for run in (exact, rounded) for up in (upstream, short)][1:]
        if any(same(guess.inputs(), {k: gradient}) for guess in likely for k, gradient in off.items()):
            return True
    return False


def _rounded(arrays: Sequence[Any]) -> list[np.ndarray]:
    return [np.asarray(array).astype(np.float32).astype(float) for array in arrays]
