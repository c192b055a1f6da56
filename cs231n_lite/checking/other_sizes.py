"""Right at these sizes; is it at others?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.checking.crashes import Reason, reason_of
from cs231n_lite.checking.fresh_points import resized
from cs231n_lite.checking.recordings import recorded_loss, recorded_pass
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_functions import Functions, Gates
from cs231n_lite.checking.student_loss import LossSubject
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.measuring.differences import precision
from cs231n_lite.measuring.directions import rounding
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.running import Trouble

__all__ = ["backward_at_other_sizes", "loss_at_other_sizes"]


def backward_at_other_sizes(setting: Setting[Functions | Gates]) -> None:
    """Run backward once more at other sizes, and compare it with the exercise's recorded forward pass."""
    subject = setting.subject

    def probe(same_sizes: bool) -> Elsewhere | None:
        fresh, _ = resized(setting.point, [], setting.rng, same_sizes=same_sizes)
        run = recorded_pass(setting, fresh)
        if run is None or not run.finite:  # the exercise itself does not take other sizes, or cannot be followed
            return None
        upstream = setting.upstream(np.shape(run.plain[run.output].value))
        right = RightGradients(run, upstream).inputs()
        return Elsewhere(fresh, [], lambda: subject.gradients(subject.start(fresh), upstream, fresh), right)

    if all(x.shape == y.shape for x, y in zip(setting.point, resized(setting.point, [], setting.rng)[0], strict=True)):
        return
    _compare(setting, probe)


def loss_at_other_sizes(setting: Setting[LossSubject]) -> None:
    """Call the loss once more at other sizes, and compare it with the exercise's recorded loss."""
    subject = setting.subject

    def probe(same_sizes: bool) -> Elsewhere | None:
        fresh, data = resized(setting.point, subject.data, setting.rng, same_sizes=same_sizes)
        run = recorded_loss(setting, fresh, data, subject.bare_reg)
        if run is None or not run.finite:
            return None
        right = RightGradients(run, np.ones(())).inputs()
        return Elsewhere(fresh, data, lambda: subject(fresh, data, subject.bare_reg).gradients, right)

    _compare(setting, probe, lambda there: reason_of(setting, there.point, there.data))


class Elsewhere(NamedTuple):
    """Another point: its arrays and data, how to ask the student's code there, and the right gradients."""

    point: list[np.ndarray]
    data: list[Any]
    answer: Callable[[], dict[int, np.ndarray]]
    right: Sequence[Any]

    def wrong(self) -> tuple[list[int], str]:
        """The gradients that are wrong there, and what was raised, if anything."""
        try:
            gradients = self.answer()
        except Trouble as trouble:
            return list(range(len(self.right))), trouble.message
        return [k for k, right in enumerate(self.right) if k not in gradients or _off(gradients[k], right)], ""


def _compare(
    setting: Setting[Any],
    probe: Callable[[bool], Elsewhere | None],
    reason: Callable[[Elsewhere], Reason | None] = lambda _: None,
) -> None:
    """Fail the gradients in which code that is right at the check's own point fails at other sizes or numbers."""
    there = probe(False)
    if there is None:
        return
    wrong, raised = there.wrong()
    if not wrong:
        return
    parts = [setting.parts[k] for k in wrong]
    together, verb = " and ".join(parts), "is" if len(parts) == 1 else "are"
    sizes = ", ".join(
        f"{name} of shape {x.shape}" for name, x in zip(setting.names, there.point, strict=True) if x.ndim
    )
    beside = probe(True)
    wrong_beside, raised_beside = beside.wrong() if beside is not None else ([], "")
    because = reason(there) if raised else None
    if wrong_beside:
        slug = "raises" if raised_beside else "wrong-value"
        what = raised_beside or f"{together} {verb} wrong at other numbers of the same sizes."
        finding = Finding(slug, ", ".join(parts), f"It is right at this point, but not at another like it: {what}")
    elif because:
        sentence = f"It is right at the sizes of this point, but with other ones ({sizes}) {raised}\n{because.sentence}"
        finding = Finding("raises", ", ".join(parts), sentence)
    else:
        what = raised or f"{together} {verb} wrong."
        look = "Is a length typed in as a number? Take it from the array's shape."
        sentence = f"It is right at the sizes of this point, but with other ones ({sizes}) {what} {look}"
        finding = Finding("hard-coded-size", ", ".join(parts), sentence)
    setting.report.fail(parts, finding)


def _off(gradient: np.ndarray, right: Any) -> bool:
    limit = max(1e-7, 10.0 * rounding(precision(gradient))) * np.max(np.abs(right), initial=0.0) + 1e-12
    return not np.all(np.abs(gradient - right) <= limit)
