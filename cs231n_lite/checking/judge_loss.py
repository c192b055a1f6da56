"""Judging a loss: scores, data loss, penalty and each gradient apart from one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.informative import UninformativePoint, refuse
from cs231n_lite.checking.loss_gradients import Answer, LossGradients
from cs231n_lite.checking.other_sizes import loss_at_other_sizes
from cs231n_lite.checking.recordings import recorded_loss
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_loss import LossSubject
from cs231n_lite.diagnosing.explaining import exact_at, labels_of
from cs231n_lite.diagnosing.forward_slips import forward_slip
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.penalty import LossPenalty, loss_slip
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.measuring.differences import precision
from cs231n_lite.measuring.directions import Directions, rounding, same
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import Trouble, quiet

__all__ = ["judge_loss"]

LossSetting = Setting[LossSubject]
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
    try:
        first = Answer(subject.data, subject.reg, *subject(setting.point, subject.data, subject.reg, report))
        with quiet(prints=False):  # what the student prints is seen once, not at each of many calls
            _judge(setting, run, first)
    except Trouble as trouble:
        rest = [part for part, right in report.parts.items() if not right] or setting.parts
        report.fail(rest, Finding(trouble.slug, "", trouble.message))
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


def _judge(setting: LossSetting, run: Recording | None, first: Answer) -> None:
    """Judge the loss and then its gradients, from an answer at the given labels and one at others without penalty."""
    subject = setting.subject
    other = _answer(setting, _other_labels(subject.data, setting.rng), subject.bare_reg)
    if not _repeats(first, _answer(setting, first.data, first.reg)):
        message = (
            f"{subject.where} gave another answer when it was called again with the same arguments. Is something added "
            "to and never set back to 0?"
        )
        setting.report.fail(list(setting.report.parts), Finding("not-repeatable", "", message))
        return
    first = _there_twice(setting, first, other)
    factor = _judge_value(setting, first, other) if setting.like else 1.0
    if run is not None and factor == 1.0 and _exact(run, first) and _exact(_recorded(setting, other), other):
        setting.report.parts.update({setting.parts[k]: True for k in first.gradients})
        right = True
    else:
        with quiet():
            right = _judge_gradients(setting, first, other, factor)
    if right and setting.like and setting.resize and setting.all_right:
        loss_at_other_sizes(setting)


def _there_twice(setting: LossSetting, first: Answer, other: Answer) -> Answer:
    """The answer, with those gradients that are there with other labels, too: what is missing then is wrong."""
    lost = [setting.parts[k] for k in first.gradients if k not in other.gradients]
    if lost:
        message = f"{setting.subject.where} gave {', '.join(lost)} with these labels, and not with other ones."
        setting.report.fail(lost, Finding("not-repeatable", ", ".join(lost), message))
    return first._replace(gradients={k: gradient for k, gradient in first.gradients.items() if k in other.gradients})


def _answer(setting: LossSetting, data: Sequence[Any], reg: Any) -> Answer:
    return Answer(data, reg, *setting.subject(setting.point, data, reg))


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
    if not abs(again.loss - first.loss) <= 1e-9 * abs(first.loss):
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


def _judge_value(setting: LossSetting, first: Answer, other: Answer) -> float:
    """Judge data loss and penalty apart; returns the factor of the penalty that the gradient is to follow, 1 or 2."""
    report, subject, like = setting.report, setting.subject, setting.forward
    data_loss = float(like(*subject.arguments(setting.point, other.data, other.reg)))
    slack = 100.0 * rounding(precision(np.zeros(1)))
    report.parts["loss"] = abs(other.loss - data_loss) <= slack * (1.0 + abs(data_loss))
    if not report.parts["loss"]:
        report.tell(_loss_finding(setting, first, other, data_loss))
    if not subject.reg:
        return 1.0
    whole, bare = (
        float(like(*subject.arguments(setting.point, first.data, reg))) for reg in (subject.reg, subject.bare_reg)
    )
    own_bare = bare if report.parts["loss"] else _answer(setting, first.data, subject.bare_reg).loss
    return _judge_penalty(setting, first.loss - own_bare, whole - bare)


def _loss_finding(setting: LossSetting, first: Answer, other: Answer, expected: float) -> Finding:
    """What is wrong with the data loss: the one change that gives it, or the two numbers."""
    sentence = f"{setting.subject.where}: the data loss (reg = 0){_compared(other.loss, expected)}"
    answers = [other]
    if setting.subject.reg:
        answers.append(_answer(setting, first.data, setting.subject.bare_reg))
    runs = [(run, answer.loss) for answer in answers if (run := _recorded(setting, answer)) is not None]
    slip = forward_slip(runs) if len(runs) == len(answers) else None
    if slip:
        return Finding(slip[0], "loss", f"{sentence} {slip[1]}", node=slip[2])
    return Finding("loss-formula", "loss", sentence)


def _compared(loss: float, expected: float) -> str:
    sentence = f" is {loss:.6g}, expected {expected:.6g}"
    return sentence + (f", a ratio of {loss / expected:.6g}." if expected else ".")


def _judge_penalty(setting: LossSetting, penalty: float, expected: float) -> float:
    """Judge the penalty's share of the loss; one that is twice the exercise's is right, with a remark."""
    report, subject = setting.report, setting.subject
    ratio = penalty / expected if expected else 1.0
    report.parts["penalty"] = abs(ratio - 1.0) < 1e-7 or abs(ratio - 2.0) < 1e-7
    if abs(ratio - 2.0) < 1e-7:
        message = (
            "Your penalty is reg·ΣW², twice the exercise's ½·reg·ΣW². That is right too, as long as the gradient has "
            "2·reg·W."
        )
        report.tell(Finding("penalty-factor", "penalty", message, remark=True))
        return 2.0
    if not report.parts["penalty"]:
        params = dict(zip(setting.names, setting.point, strict=True))
        weights = [name for name, value in params.items() if value.ndim > 1] or list(params)
        share = loss_slip(LossPenalty(penalty, expected, subject.reg, params, weights, subject.rows))
        report.tell(Finding(share.slug, "penalty", share.message, node="penalty"))
    return 1.0


def _judge_gradients(setting: LossSetting, first: Answer, other: Answer, factor: float) -> bool:
    """Compare the gradients of both answers with measured slopes, and explain those that are wrong."""
    value, parts, one = _value(setting, factor), setting.parts, np.ones(())
    main = _slopes(setting, value, first, recorded=factor == 1.0)
    wrong = main.wrong([(one, first.gradients)])
    beside = _slopes(setting, value, other, light=main.analytic)
    beside.analytic = main.analytic
    wrong_beside = beside.wrong([(one, {k: g for k, g in other.gradients.items() if k in first.gradients})])
    for k in first.gradients:
        setting.report.parts[parts[k]] = k not in wrong and k not in wrong_beside
    if not wrong | wrong_beside:
        return True
    if not _follows_from_the_loss(setting, other, wrong, wrong_beside):
        explainer = LossGradients(setting, value)
        explainer.explain(main, first, wrong)
        explainer.explain_beside(beside, other, wrong_beside)
    return False


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
        middle=None if setting.like else answer.loss,
        light=light,
        exact=exact_at(record, setting.point, data) if recorded else None,
    )


def _follows_from_the_loss(setting: LossSetting, other: Answer, wrong: set[int], wrong_beside: set[int]) -> bool:
    """Whether the gradients are wrong because the loss is, and that is told."""
    report, subject, one = setting.report, setting.subject, np.ones(())
    if report.parts.get("loss", True):
        return False
    own = Directions(lambda at: subject.value(at, other.data, other.reg), setting.point, setting.rng)
    slip = report.findings[-1]
    if wrong <= wrong_beside and not own.wrong([(one, other.gradients)]):
        message = (
            "These gradients are right for the loss that you wrote, but that is not the exercise's loss. Mend the loss "
            "first, then look at them again."
        )
    elif slip.node:  # the forward pass is wrong in a known way, and each gradient follows from it
        message = "These follow from the forward pass, which is wrong. Mend the loss first, then look again."
    else:
        return False
    together = ", ".join(setting.parts[k] for k in sorted(wrong | wrong_beside))
    report.tell(Finding(slip.slug, together, message))
    return True
