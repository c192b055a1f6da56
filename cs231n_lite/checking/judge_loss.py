"""Judging a loss: scores, data loss, penalty and each gradient apart from one another."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.checking.crashes import reason_of
from cs231n_lite.checking.following import tell_followers
from cs231n_lite.checking.informative import UninformativePoint, refuse
from cs231n_lite.checking.loss_gradients import LossGradients
from cs231n_lite.checking.loss_value import LossValue, judge_value
from cs231n_lite.checking.other_sizes import loss_at_other_sizes
from cs231n_lite.checking.recordings import recorded_loss
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_loss import Answer, LossSubject
from cs231n_lite.diagnosing.explaining import exact_at, labels_of
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.measuring.directions import Directions, same
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import Trouble, quiet

__all__ = ["judge_loss"]

LossSetting = Setting[LossSubject]
_ONE = np.ones(())
Value = Callable[[Sequence[np.ndarray], Sequence[Any], Any], np.ndarray]  # of parameters, data and reg


def judge_loss(setting: LossSetting) -> Report:
    """Judge loss and gradients at the given labels and at others, at these sizes and at other ones.

    Raises UninformativePoint unless the point is a textbook one.
    """
    report, subject = setting.report, setting.subject
    own_parts = ["loss", *(["penalty"] if subject.reg else [])] if setting.like else []
    report.parts = dict.fromkeys([*own_parts, *setting.parts], False)
    with quiet():
        run = recorded_loss(setting, setting.point, subject.data, subject.reg) if setting.like else None
    if not setting.textbook:
        _refuse_uninformative(setting, run)
    subject.nan_is_told = setting.like is not None
    try:
        first = subject(setting.point, subject.data, subject.reg, report)
        with quiet(prints=False):  # what the student prints is seen once, not at each of many calls
            _judge(setting, run, first)
    except Trouble as trouble:
        with quiet(prints=False):
            _tell_crash(setting, trouble, subject.data)
    if subject.findings:  # what comes after a write into the caller's arrays is its consequence
        report.findings = []
    for finding in subject.findings:
        report.fail(finding.array.split(", "), finding)
    return report


def _refuse_uninformative(setting: LossSetting, run: Recording | None) -> None:
    refuse(setting.names, setting.point, run, labels_of(setting.subject.data))
    if setting.like and setting.subject.reg == 0.0:
        raise UninformativePoint(
            "this point could not show a wrong penalty: reg is 0. Give reg=0.1, or reg=None for a loss without one."
        )


class Answers(NamedTuple):
    """What the loss answered: at the given labels, there without a penalty (None if it has none), and at others."""

    first: Answer
    bare: Callable[[], Answer] | None
    other: Answer  # without a penalty


def _judge(setting: LossSetting, run: Recording | None, first: Answer) -> None:
    """Judge the loss and then its gradients, from an answer at the given labels and one at others without penalty."""
    subject = setting.subject
    others = _other_labels(subject.data, setting.rng)
    try:
        other = _answer(setting, others, subject.bare_reg)
    except Trouble as trouble:
        _tell_crash(setting, trouble, others)
        return
    if not _repeats(first, _answer(setting, first.data, first.reg)):
        message = (
            f"{subject.where} gave another answer when it was called again with the same arguments. Is something added "
            "to and never set back to 0?"
        )
        setting.report.fail(list(setting.report.parts), Finding("not-repeatable", "", message))
        return
    first = _there_twice(setting, first, other)
    loss = LossValue()
    bare = functools.cache(lambda: _answer(setting, first.data, subject.bare_reg)) if subject.reg else None
    if setting.like:
        with quiet():
            loss = judge_value(setting, first, bare, other)
    if run is not None and 1.0 in loss.factors and _exact(run, first) and _exact(_recorded(setting, other), other):
        setting.report.parts.update({setting.parts[k]: True for k in first.gradients})
        right = True
    else:
        with quiet():
            right = _judge_gradients(setting, Answers(first, bare, other), loss)
    if right and setting.like and setting.resize and setting.all_right:
        loss_at_other_sizes(setting)


def _tell_crash(setting: LossSetting, trouble: Trouble, data: Sequence[Any]) -> None:
    """Tell what a call ended in, and at which data; the loss keeps its parts if it is right where it runs."""
    report, subject = setting.report, setting.subject
    reason = reason_of(setting, setting.point, data) if setting.like and trouble.slug == "raises" else None
    if reason is None:
        rest = [part for part, right in report.parts.items() if not right] or setting.parts
        report.fail(rest, Finding(trouble.slug, "", trouble.message))
        return
    there = replace(setting, point=reason.point)
    bare = _answer(there, reason.data, subject.bare_reg)
    first = _answer(there, reason.data, subject.reg) if subject.reg else bare
    judge_value(there, first, (lambda: bare) if subject.reg else None, bare)
    report.fail(setting.parts, Finding(trouble.slug, ", ".join(setting.parts), f"{trouble.message}\n{reason.sentence}"))


def _there_twice(setting: LossSetting, first: Answer, other: Answer) -> Answer:
    """The answer, with those gradients that are there with other labels, too: what is missing then is wrong."""
    lost = [setting.parts[k] for k in first.gradients if k not in other.gradients]
    if lost:
        message = f"{setting.subject.where} gave {', '.join(lost)} with these labels, and not with other ones."
        setting.report.fail(lost, Finding("not-repeatable", ", ".join(lost), message))
    return first._replace(gradients={k: gradient for k, gradient in first.gradients.items() if k in other.gradients})


def _answer(setting: LossSetting, data: Sequence[Any], reg: Any) -> Answer:
    return setting.subject(setting.point, data, reg)


def _recorded(setting: LossSetting, answer: Answer) -> Recording | None:
    return recorded_loss(setting, setting.point, answer.data, answer.reg)


def _other_labels(data: Sequence[Any], rng: np.random.Generator) -> list[Any]:
    """The data with labels drawn again, none of them the last class."""
    redrawn = []
    for value in data:
        labels = isinstance(value, np.ndarray) and value.dtype.kind in "iu" and value.ndim == 1 and value.size
        top = int(value.max()) if labels else 0
        redrawn.append(rng.integers(0, top, value.shape).astype(value.dtype) if top > 0 else value)
    return redrawn


def _repeats(first: Answer, again: Answer) -> bool:
    """Whether a second call with the same arguments gives the same loss and gradients."""
    both_nan = np.isnan(again.loss) and np.isnan(first.loss)
    if not (both_nan or again.loss == first.loss or abs(again.loss - first.loss) <= 1e-9 * abs(first.loss)):
        return False
    return all(
        np.allclose(
            again.gradients.get(k, np.nan),
            gradient,
            rtol=1e-7,
            atol=1e-12 * (1 + np.max(np.abs(gradient), initial=0.0)),
        )
        for k, gradient in first.gradients.items()
    )


def _exact(run: Recording | None, answer: Answer) -> bool:
    """Whether all gradients are those of the exercise's recorded loss to the last digits; if not, they are measured."""
    if run is None:
        return False
    return same(RightGradients(run, np.ones(())).inputs(), answer.gradients)


def _judge_gradients(setting: LossSetting, answers: Answers, loss: LossValue) -> bool:
    """Compare the gradients of both answers with measured slopes, and explain those that are wrong."""
    first, other, parts = answers.first, answers.other, setting.parts
    value, main, wrong = _nearest(setting, first, loss.factors)
    beside = _slopes(setting, value, other, light=main.analytic)
    beside.analytic = main.analytic
    wrong_beside = beside.wrong([(_ONE, {k: g for k, g in other.gradients.items() if k in first.gradients})])
    for k in first.gradients:
        setting.report.parts[parts[k]] = k not in wrong and k not in wrong_beside
    if not wrong | wrong_beside:
        return True
    explainer = LossGradients(setting, value)
    together = [other, first, *([answers.bare()] if answers.bare and loss.finding else [])]
    explained = tell_followers(setting, explainer, loss, together, wrong | wrong_beside)
    explainer.explain(main, first, wrong - explained)
    explainer.explain_beside(beside, other, wrong_beside - explained)
    return False


def _nearest(setting: LossSetting, first: Answer, factors: Sequence[float]) -> tuple[Value, Directions, set[int]]:
    """The penalty's factor with which the fewest gradients are wrong: its loss, the slopes, and which are wrong."""
    tried = []
    for factor in factors:
        value = _value(setting, factor)
        slopes = _slopes(setting, value, first, recorded=factor == 1.0)
        tried.append((value, slopes, slopes.wrong([(_ONE, first.gradients)])))
        if not tried[-1][2]:
            break
    return min(tried, key=lambda one: len(one[2]))


def _value(setting: LossSetting, factor: float) -> Value:
    """The loss that is differentiated: the exercise's own, with the student's factor of the penalty, or the student's.

    data loss + factor · penalty, where the exercise's loss is data loss + penalty.
    """
    subject, like = setting.subject, setting.like
    if like is None:
        return subject.value

    def value(point: Sequence[np.ndarray], data: Sequence[Any], reg: Any) -> np.ndarray:
        whole = np.asarray(like(*subject.arguments(point, data, reg)))
        if factor == 1.0 or not reg:
            return whole
        bare = np.asarray(like(*subject.arguments(point, data, 0.0)))
        return bare + factor * (whole - bare)

    return value


def _slopes(
    setting: LossSetting, value: Value, answer: Answer, *, recorded: bool = True, light: bool = False
) -> Directions:
    """The slopes of the loss at the data of an answer; with `recorded` a recorded run may tell them."""
    data, reg = answer.data, answer.reg
    record = lambda point, data: recorded_loss(setting, point, data, reg)  # noqa: E731
    return Directions(
        lambda at: value(at, data, reg),
        setting.point,
        setting.rng,
        middle=None if setting.like else answer.value,
        light=light,
        exact=exact_at(record, setting.point, data) if recorded else None,
    )
