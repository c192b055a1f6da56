"""What backward answers in several passes, each of which must know of no other: another pass's cache, or its sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cs231n_lite.checking.recordings import recorded_pass
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_functions import Functions, Gates, Pass, in_float32
from cs231n_lite.diagnosing.explaining import exact_at, located
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.old_inputs import input_of_another_pass
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.measuring.differences import precision
from cs231n_lite.measuring.directions import Directions, rounding, same
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.running import Trouble

__all__ = ["Answers", "exactly", "judge_memory", "value_of"]

BackwardSetting = Setting[Functions | Gates]
Gradients = dict[int, np.ndarray]  # by the position of the input


class Answers(NamedTuple):
    """What backward answers in four passes, each of which must know of no other."""

    upstream: np.ndarray
    first: Gradients
    other_upstream: np.ndarray
    second: Gradients  # at the same point, with the other upstream gradient
    second_pass: Pass
    beside: list[np.ndarray]  # a point nearby
    beside_pass: Pass
    reused: Gradients  # there, on the gate of the first pass
    fresh: Gradients  # there, on a gate of its own

    def in_float32(self) -> Answers:
        """The same answers, held to the digits of float32."""
        first, second, reused, fresh = map(in_float32, (self.first, self.second, self.reused, self.fresh))
        return self._replace(first=first, second=second, reused=reused, fresh=fresh)

    @property
    def pairs(self) -> list[tuple[np.ndarray, Gradients]]:
        """The two answers at the point itself, each with its upstream gradient."""
        second = {k: gradient for k, gradient in self.second.items() if k in self.first}
        return [(self.upstream, self.first), (self.other_upstream, second)]


def value_of(setting: BackwardSetting, at: Sequence[np.ndarray]) -> np.ndarray:
    """The output that is differentiated: the exercise's own where it is known, else the student's."""
    if setting.like is None:
        return setting.subject.value(at)
    return np.asarray(setting.like(*setting.subject.arguments(at)))


def exactly(run: Recording, upstream: np.ndarray, gradients: Gradients) -> bool:
    """Whether gradients are those of the exercise's recorded pass to the last digits; if not, they are measured."""
    return not run.tied and same(RightGradients(run, upstream).inputs(), gradients)


def judge_memory(setting: BackwardSetting, answers: Answers, analytic: bool | None) -> None:
    """Fail what answers from another pass's cache, what is kept between calls, and what is right at one point only.

    `analytic` says if forward took complex numbers at the point itself; None where nothing was measured there.
    """
    stale: list[str] = []
    accumulated: list[str] = []
    for k, gradient in answers.fresh.items():
        part = setting.parts[k]
        if k in answers.reused and setting.report.parts[part] and not _same(answers.reused[k], gradient):
            from_second = k in answers.second and _same(answers.reused[k], answers.second[k])
            (stale if from_second else accumulated).append(part)
    name = setting.subject.backward_name
    if stale:
        message = (
            f"{name} used the values of another forward pass: forward ran at two different inputs, and backward took "
            "the wrong ones. Each pass needs a place of its own, on self or in the cache. Write what backward needs "
            "there at every call of forward."
        )
        setting.report.fail(stale, Finding("stale-cache", ", ".join(stale), message))
    if accumulated:
        message = (
            f"{name} gave another {' and '.join(accumulated)} than a first call does. Something is kept from call to "
            "call: a gradient that is added to and never set back to 0?"
        )
        setting.report.fail(accumulated, Finding("not-repeatable", ", ".join(accumulated), message))
    if not setting.subject.only_here:
        _judge_beside(setting, answers, analytic)


def _judge_beside(setting: BackwardSetting, answers: Answers, analytic: bool | None) -> None:
    """Fail what is right at the point and wrong nearby: a forward pass keeps what it computed at its first call."""
    right = {k: g for k, g in answers.fresh.items() if setting.report.parts[setting.parts[k]]}
    if not right:
        return
    rng = np.random.default_rng(setting.rng.integers(2**32))  # what comes later does not depend on what is drawn here
    run = recorded_pass(setting, answers.beside) if setting.like else None
    if run is not None and exactly(run, answers.other_upstream, right):
        return
    exact = exact_at(lambda point, _: recorded_pass(setting, point), answers.beside, [])
    middle = answers.beside_pass.out if setting.like is None else None
    value_at = lambda at: value_of(setting, at)  # noqa: E731
    slopes = Directions(value_at, answers.beside, rng, middle=middle, light=bool(analytic), exact=exact)
    slopes.analytic = analytic is not False
    name, wrong = setting.subject.backward_name, slopes.wrong([(answers.other_upstream, right)])
    stale = [setting.parts[k] for k in sorted(wrong) if k in answers.second and _same(right[k], answers.second[k])]
    if stale and _same_output(answers):
        both = " and ".join(dict.fromkeys((setting.subject.forward_name, name)))  # one function may be both
        message = (
            f"{both} gave the very same numbers at other inputs. Do they read what "
            "they are handed, at every call? Numbers that are typed in, or kept from a first call, fit one point only."
        )
        setting.report.fail(stale, Finding("hard-coded-size", ", ".join(stale), message))
    elif stale:
        message = (
            f"{name} used values that an earlier forward pass kept, from other inputs. Something is computed at the "
            "first call of forward and not again. Write what backward needs at every call."
        )
        setting.report.fail(stale, Finding("stale-cache", ", ".join(stale), message))
    old = None
    if wrong and not stale and run is not None:
        old = input_of_another_pass(run, answers.other_upstream, right, setting.point)
    if old is not None:
        _tell_old_input(setting, [setting.parts[k] for k in sorted(wrong)], old)
        return
    for k in sorted(wrong):
        part = setting.parts[k]
        mask, measured = slopes.entries(k, right[k], answers.other_upstream)
        if part not in stale and np.any(mask):
            source = dict(zip(setting.names, answers.beside, strict=True))
            source |= {setting.upstream_name: answers.other_upstream} if setting.upstream_name else {}
            setting.report.fail(part, located(part, right[k], measured.value, mask, source))


def _tell_old_input(setting: BackwardSetting, parts: list[str], position: int) -> None:
    name, value = setting.names[position], setting.point[position]
    number = f" = {value.item():.6g}" if value.size == 1 else ""
    message = (
        f"{setting.subject.backward_name} is right where {name}{number}, and reads that {name} where forward was "
        f"given another, too. Is {name} typed in, or a variable from outside? Take it from what forward kept."
    )
    setting.report.fail(parts, Finding("stale-cache", ", ".join(parts), message))


def _same_output(answers: Answers) -> bool:
    """Whether forward gave the same output at the point and nearby, though each of the inputs had moved."""
    try:
        return bool(np.array_equal(answers.second_pass.out, answers.beside_pass.out))
    except Trouble:
        return False


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape:
        return False
    size = float(np.max(np.abs(other), initial=0.0))
    return bool(np.all(np.abs(one - other) <= 100.0 * rounding(precision(one, other)) * size))
