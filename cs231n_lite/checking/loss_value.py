"""Judging the number that a loss returns: its data loss and its penalty, each by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.checking.fresh_points import resized
from cs231n_lite.checking.recordings import recorded_loss
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_loss import Answer, LossSubject
from cs231n_lite.diagnosing.explaining import labels_of
from cs231n_lite.diagnosing.forward_slips import ForwardCase, ForwardSlip, forward_slip
from cs231n_lite.diagnosing.loss_penalty import LossPenalty, LossShare, left_out_reg, loss_slip
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.measuring.directions import rounding
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.running import Trouble

__all__ = ["LossValue", "judge_value"]

LossSetting = Setting[LossSubject]
_DIGITS = 1e-5  # relative: what float32 leaves of a sum, and no other formula
_FEW = 12
_UNSEEN = (1.0, 2.0)  # the penalty of a loss that is nan cannot be seen, so its gradients may follow either


class LossValue(NamedTuple):
    """What was seen of a loss: how its gradients may be penalized, the data loss's finding, and its one slip, if known.

    Each of `factors` is one of the penalty ½·reg·ΣW² that the gradients may follow, likelier ones first.
    """

    factors: tuple[float, ...] = (1.0,)
    finding: Finding | None = None
    slip: ForwardSlip | None = None


def judge_value(setting: LossSetting, first: Answer, bare: Callable[[], Answer] | None, other: Answer) -> LossValue:
    """Judge data loss and penalty apart.

    `first` is the answer at the given labels, `bare` asks for the one without a penalty there (None if first has
    none), and `other` is one without a penalty at labels that were drawn again.
    """
    report, subject, like = setting.report, setting.subject, setting.forward
    expected = float(like(*subject.arguments(setting.point, other.data, other.reg)))
    report.parts["loss"] = abs(other.loss - expected) <= _slack(other) * (1.0 + abs(expected))
    if not np.isfinite(other.loss + first.loss):
        return LossValue(_UNSEEN, *_not_finite(setting, other if np.isfinite(first.loss) else first))
    without = bare() if bare and not report.parts["loss"] else None
    share = None if report.parts["loss"] else _reg_left_out(setting, first, without, other, other.loss - expected)
    if share is not None:
        report.parts["loss"] = True
        report.fail("penalty", Finding(share.slug, "penalty", share.message, node="penalty"))
        return LossValue(_either(share.factor))
    finding = slip = None
    if not report.parts["loss"]:
        finding, slip = _loss_finding(setting, without, other, expected)
        report.tell(finding)
    if bare is None:
        return LossValue(finding=finding, slip=slip)
    regs = (first.reg, subject.bare_reg)
    whole, right = (float(like(*subject.arguments(setting.point, first.data, reg))) for reg in regs)
    own_bare = right if without is None else without.loss
    eps = max(first.eps, other.eps)  # a data loss in float32 shows where no penalty is added in float64
    factors = _judge_penalty(setting, first.loss - own_bare, whole - right, 50.0 * eps * abs(first.loss))
    return LossValue(factors, finding, slip)


def _slack(answer: Answer) -> float:
    """How far right code may be off, relative to 1 + its size, in the dtype that the loss came in."""
    return (100.0 if answer.eps < 1e-10 else 1.0) * rounding(answer.eps)


def _either(factor: float) -> tuple[float, ...]:
    return (1.0,) if factor == 1.0 else (factor, 1.0)


def _reg_left_out(
    setting: LossSetting, first: Answer, bare: Answer | None, other: Answer, excess: float
) -> LossShare | None:
    """Whether the loss is off by a penalty that does not read reg, and by nothing else."""
    subject = setting.subject
    if not subject.has_reg or (bare is not None and abs(first.loss - bare.loss) > 1e-9 * abs(bare.loss)):
        return None
    params = dict(zip(setting.names, setting.point, strict=True))
    squares = {name: float(np.sum(np.square(value))) for name, value in params.items()}
    share = left_out_reg(excess, squares, _weights(params))
    if share is None:
        return None
    moved = [1.25 * x for x in setting.point]  # at another point it must be the same
    expected = float(setting.forward(*subject.arguments(moved, other.data, other.reg)))
    try:
        again = subject(moved, other.data, other.reg).loss - expected
    except Trouble:
        return None
    twin = left_out_reg(again, {name: 1.5625 * square for name, square in squares.items()}, _weights(params))
    return share if twin == share else None


def _loss_finding(
    setting: LossSetting, bare: Answer | None, other: Answer, expected: float
) -> tuple[Finding, ForwardSlip | None]:
    """What is wrong with the data loss: the one change that gives it, or the two numbers."""
    at = f"reg = 0{_labels_shown(other.data)}"
    sentence = f"{setting.subject.where}: the data loss ({at}){_compared(other.loss, expected)}"
    answers = [other] if bare is None else [other, bare]
    cases = [
        ForwardCase(run, answer.loss, labels_of(answer.data))
        for answer in answers
        if (run := recorded_loss(setting, setting.point, answer.data, answer.reg)) is not None
    ]
    slip = forward_slip(cases) if len(cases) == len(answers) else None
    if slip is None and len(cases) == len(answers) and (case := _elsewhere(setting, cases[0].run)):
        slip = forward_slip([*cases, case])  # two causes that are one at these sizes part at others
    if slip:
        return Finding(slip.slug, "loss", f"{sentence} {slip.words}", node=slip.node), slip
    return Finding("loss-formula", "loss", sentence), None


def _not_finite(setting: LossSetting, answer: Answer) -> tuple[Finding, ForwardSlip | None]:
    """What is wrong with a loss that is nan or inf: the one change that gives it, seen where it is finite."""
    report, subject = setting.report, setting.subject
    parts = [part for part in ("loss", "penalty") if part in report.parts]
    shown = "nan" if np.isnan(answer.loss) else "inf"
    sentence = (
        f"{subject.where}: the loss is {shown} at ordinary inputs, so neither it nor its penalty can be compared."
    )
    slip = _seen_where_positive(setting, answer)
    words = f" {slip.words}" if slip else first_warning(lambda: subject(setting.point, answer.data, answer.reg))
    finding = Finding("not-finite", ", ".join(parts), f"{sentence}{words}", node=slip.node if slip else "")
    report.fail(parts, finding)
    return finding, slip


def _seen_where_positive(setting: LossSetting, answer: Answer) -> ForwardSlip | None:
    """The one change that gives the student's loss where all numbers are positive, and logarithms are finite."""
    subject, cases = setting.subject, []
    for scale in (1.0, 1.5):
        point = [scale * np.abs(x) for x in setting.point]
        data = [np.abs(x) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x for x in answer.data]
        try:
            again = subject(point, data, subject.bare_reg)
        except Trouble:
            return None
        run = recorded_loss(setting, point, data, subject.bare_reg)
        if run is None or not np.isfinite(again.loss):
            return None
        cases.append(ForwardCase(run, again.loss, labels_of(data)))
    return forward_slip(cases)


def first_warning(call: Callable[[], Any]) -> str:
    """What NumPy warns of first while student code runs here, with its line; '' where nothing can be seen."""
    try:
        with np.errstate(invalid="raise", divide="raise"):
            call()
    except Trouble as trouble:
        if "FloatingPointError" in trouble.message:
            return " NumPy's first warning on the way: " + trouble.message.split("FloatingPointError: ", 1)[1]
    return ""


def _elsewhere(setting: LossSetting, run: Recording) -> ForwardCase | None:
    """The student's data loss at other sizes, where it runs there."""
    subject = setting.subject
    fresh, data = resized(setting.point, subject.data, setting.rng)
    try:
        out = subject(fresh, data, subject.bare_reg).loss
    except Trouble:
        return None
    other = recorded_loss(setting, fresh, data, subject.bare_reg)
    return ForwardCase(other, out, labels_of(data)) if other is not None and other.same_kind(run) else None


def _labels_shown(data: Sequence[Any]) -> str:
    """The labels that were drawn again, where they are few: with them a student can compute the loss again."""
    labels = labels_of(data)
    return "" if labels is None or labels.size > _FEW else f", labels {labels.tolist()}"


def _compared(loss: float, expected: float) -> str:
    """The number that came, and in which way it is wrong; what would be right is the student's to find."""
    if abs(loss - expected) <= _DIGITS * abs(expected):
        digits = -np.log10(abs(loss / expected - 1.0))
        return (
            f" is {loss:.6g}. That agrees with the right one in about {digits:.0f} digits and not beyond: is a part of "
            "it computed in float32, or a small number added on the way?"
        )
    if loss < 0.0 <= expected:
        return f" is {loss:.6g}, and a right one is not below 0 here."
    return f" is {loss:.6g}, which is too {'small' if loss < expected else 'large'}{_times(loss, expected)}."


def _times(loss: float, expected: float) -> str:
    """How many times as large as it should be, where that is a whole number, or one over one."""
    ratio = abs(loss / expected) if loss and expected else 1.0
    many = ratio if ratio > 1.0 else 1.0 / ratio
    if many < 1.5 or many > 1000.0 or abs(many - round(many)) > 1e-6 * many:
        return ""
    return f": it is {'' if ratio > 1.0 else '1/'}{many:.0f} {'times' if ratio > 1.0 else 'of'} what it should be"


def _judge_penalty(setting: LossSetting, penalty: float, expected: float, slack: float) -> tuple[float, ...]:
    """Judge the penalty's share of the loss; one that is twice the exercise's is right, with a remark."""
    report, subject = setting.report, setting.subject
    ratio = penalty / expected if expected else 1.0
    near = 1e-7 + (slack / abs(expected) if expected else 0.0)
    report.parts["penalty"] = abs(ratio - 1.0) < near or abs(ratio - 2.0) < near
    if abs(ratio - 2.0) < near:
        message = (
            "Your penalty is reg·ΣW², twice the exercise's ½·reg·ΣW². That is right too, as long as the gradient has "
            "2·reg·W."
        )
        report.tell(Finding("penalty-factor", "penalty", message, remark=True))
        return (2.0,)
    if report.parts["penalty"]:
        return (1.0,)
    params = dict(zip(setting.names, setting.point, strict=True))
    part_of = lambda name: penalty - _penalty_without(setting, name)  # noqa: E731
    share = loss_slip(LossPenalty(penalty, expected, subject.reg, params, _weights(params), subject.rows, part_of))
    report.tell(Finding(share.slug, "penalty", share.message, node="penalty"))
    return _either(share.factor)


def _weights(params: dict[str, np.ndarray]) -> list[str]:
    """The parameters that are penalized: the matrices, or all where there is none."""
    return [name for name, value in params.items() if value.ndim > 1] or list(params)


def _penalty_without(setting: LossSetting, name: str) -> float:
    """The student's penalty where a parameter is 0; nan where their loss has none there."""
    subject = setting.subject
    point = [0.0 * x if other == name else x for other, x in zip(setting.names, setting.point, strict=True)]
    try:
        return subject(point, subject.data, subject.reg).loss - subject(point, subject.data, subject.bare_reg).loss
    except Trouble:
        return float("nan")
