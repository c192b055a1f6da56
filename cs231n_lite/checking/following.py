"""Gradients that are wrong because the loss is: right for what was written, at reg = 0 and with a penalty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cs231n_lite.checking.loss_gradients import LossGradients
from cs231n_lite.checking.loss_value import LossValue
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_loss import Answer, LossSubject
from cs231n_lite.measuring.directions import Directions
from cs231n_lite.reporting.finding import Finding

__all__ = ["tell_followers"]

_ONE = np.ones(())
_MEND = "Correct the loss first, then look at them again."
_WHOLE = "These gradients are right for the loss that you wrote, but it is not the exercise's loss."
_APART = (
    "Without the penalty, these gradients are right for the loss that you wrote, but it is not the exercise's loss. "
    "Their penalty is right."
)
_VALUES = "These gradients are right for the values of your forward pass, but some of those are wrong."


def tell_followers(
    setting: Setting[LossSubject],
    gradients: LossGradients,
    value: LossValue,
    answers: Sequence[Answer],
    wrong: set[int],
) -> set[int]:
    """Tell which wrong gradients follow from a wrong data loss, and return those that nothing more is to be said of.

    `answers` are one without a penalty at labels drawn again, the first, and, where that has a penalty, the first
    without it. A gradient follows only where all of them agree: without the penalty it is the slope of the loss as it
    is written, or what a right backward pass makes of that forward pass's values; and its penalty is the exercise's, or
    that of the loss as it is written.
    """
    if value.finding is None or value.finding.slug == "not-finite":  # no slope of such a loss can be measured
        return set()
    other, first, *bare = answers
    of_loss = wrong - _off(setting, other) - _off(setting, bare[0] if bare else first)
    of_values = wrong - of_loss if value.slip else set()
    for case, answer in enumerate([other, *bare]):
        if of_values and value.slip:
            rights = value.slip.gradients(case)
            of_values = {k for k in of_values if k in answer.gradients and _same(answer.gradients[k], rights[k])}
    unsaid = apart = set[int]()
    if bare:
        share_right = {
            k for k in of_loss | of_values if gradients.penalty_of(k, first.gradients, bare[0].gradients).right
        }
        apart = of_loss & _off(setting, first)  # right as written only without the penalty
        unsaid = (apart | of_values) - share_right
        gradients.tell(gradients.shares(first.gradients, bare[0].gradients, unsaid))
    if apart - unsaid:
        _tell(setting, value, of_loss - unsaid, _APART)
    else:
        _tell(setting, value, of_loss - unsaid, _WHOLE)
    _tell(setting, value, of_values - unsaid, _VALUES)
    named = {part for finding in setting.report.findings for part in finding.array.split(", ")}
    return {k for k in of_loss | of_values if setting.parts[k] in named}


def _tell(setting: Setting[LossSubject], value: LossValue, which: set[int], sentence: str) -> None:
    if which and value.finding is not None:
        together = ", ".join(setting.parts[k] for k in sorted(which))
        setting.report.tell(Finding(value.finding.slug, together, f"{sentence} {_MEND}"))


def _off(setting: Setting[LossSubject], answer: Answer) -> set[int]:
    """Which gradients of an answer are not the slopes of the student's own loss, as it is written."""
    own = Directions(lambda at: setting.subject.value(at, answer.data, answer.reg), setting.point, setting.rng)
    return own.wrong([(_ONE, answer.gradients)])


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.all(np.abs(one - other) <= 1e-8 * (np.max(np.abs(other), initial=0.0) + 1e-8)))
