"""Right at these sizes; is it at others?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.fresh_points import resized
from cs231n_lite.checking.recordings import recorded_loss, recorded_pass
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_functions import Functions, Gates
from cs231n_lite.checking.student_loss import LossSubject
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.running import Trouble

__all__ = ["backward_at_other_sizes", "hard_coded", "loss_at_other_sizes"]


def backward_at_other_sizes(setting: Setting[Functions | Gates]) -> None:
    """Run backward once more at other sizes, and compare it with the exercise's recorded forward pass."""
    subject = setting.subject
    fresh, _ = resized(setting.point, [], setting.rng)
    if all(x.shape == y.shape for x, y in zip(setting.point, fresh, strict=True)):
        return
    run = recorded_pass(setting, fresh)
    if run is None or not run.finite:  # the exercise itself does not take other sizes, or cannot be followed
        return
    upstream = setting.upstream(np.shape(run.plain[run.output].value))
    right = RightGradients(run, upstream).inputs()
    hard_coded(setting, lambda: subject.gradients(subject.start(fresh), upstream, fresh), right, fresh)


def loss_at_other_sizes(setting: Setting[LossSubject]) -> None:
    """Call the loss once more at other sizes, and compare it with the exercise's recorded loss."""
    subject = setting.subject
    fresh, data = resized(setting.point, subject.data, setting.rng)
    run = recorded_loss(setting, fresh, data, 0.0)
    if run is None or not run.finite:
        return
    right = RightGradients(run, np.ones(())).inputs()
    hard_coded(setting, lambda: subject(fresh, data, subject.bare_reg)[1], right, fresh)


def hard_coded(
    setting: Setting[Any],
    answer: Callable[[], dict[int, np.ndarray]],
    right: Sequence[Any],
    fresh: Sequence[np.ndarray],
) -> None:
    """Fail the gradients in which code that is right at the check's own sizes fails at the fresh point's."""
    parts = setting.parts
    sizes = ", ".join(f"{name} of shape {x.shape}" for name, x in zip(setting.names, fresh, strict=True) if x.ndim)
    sentence = f"It is right at the sizes of this point, but with other ones ({sizes})"
    look = "Is a length typed in as a number? Take it from the array's shape."
    try:
        gradients = answer()
    except Trouble as trouble:
        wrong, sentence = parts, f"{sentence} {trouble.message} {look}"
    else:
        wrong = [part for k, part in enumerate(parts) if k not in gradients or _off(gradients[k], right[k])]
        sentence = f"{sentence} {' and '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} wrong. {look}"
    if wrong:
        setting.report.fail(wrong, Finding("hard-coded-size", ", ".join(wrong), sentence))


def _off(gradient: np.ndarray, right: Any) -> bool:
    return not np.all(np.abs(gradient - right) <= 1e-7 * np.max(np.abs(right), initial=0.0) + 1e-12)
