"""Judging a loss: scores, data loss, penalty and each gradient apart from one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.loss_gradients import LossGradients
from cs231n_lite.checking.other_sizes import loss_at_other_sizes
from cs231n_lite.checking.student_loss import LossSubject, bare_recording
from cs231n_lite.diagnosing.explaining import exact_at
from cs231n_lite.diagnosing.forward_slips import forward_slip
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.penalty import loss_slip
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.measuring.differences import precision
from cs231n_lite.measuring.directions import Directions, rounding
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import quiet


def judge_loss(
    report: Report,
    subject: LossSubject,
    like: Callable[..., Any] | None,
    point: list[np.ndarray],
    rng: np.random.Generator,
    resize: bool,
    run: Recording | None,
    answer: tuple[float, dict[int, np.ndarray]],
) -> None:
    """Judge loss and gradients at the given labels and at others, at these sizes and at other ones."""
    parts = [f"d{name}" for name in subject.names]
    data, reg = subject.data, subject.reg
    redrawn = _other_labels(data, rng)
    first, told_first = answer
    other, told_other = subject(point, redrawn, 0.0 if subject.has_reg else reg)
    again, told_again = subject(point, data, reg)
    if abs(again - first) > 1e-9 * abs(first) or any(
        not np.allclose(
            told_again.get(k, np.nan), gradient, rtol=1e-7, atol=1e-12 * (1 + np.max(np.abs(gradient), initial=0.0))
        )
        for k, gradient in told_first.items()
    ):
        message = (
            f"{subject.where} gave another answer when it was called again with the same arguments. Is something added "
            "to and never set back to 0?"
        )
        report.fail(list(report.parts), Finding("not-repeatable", "", message))
        return
    factor = _judge_value(report, subject, like, point, (first, data), (other, redrawn)) if like else 1.0
    bare = 0.0 if subject.has_reg else reg
    if (
        run is not None
        and like
        and factor == 1.0
        and _exact(run, told_first)
        and _exact(bare_recording(subject, like, point, redrawn, bare), told_other)
    ):
        report.parts.update(dict.fromkeys((parts[k] for k in told_first), True))
        if resize and all(report.parts.values()):
            loss_at_other_sizes(report, subject, like, point, rng)
        return
    with quiet():
        at = _reference(subject, like, factor) if like else subject.value
        record = _recorder(subject, like or subject.traced)
        exact = exact_at(lambda at, data: record(at, data, reg), point, data) if factor == 1.0 else None
        main = Directions(lambda moved: at(moved, data, reg), point, rng, middle=None if like else first, exact=exact)
        wrong = main.wrong([(np.ones(()), told_first)])
        middle = None if like else other
        exact = exact_at(lambda at, data: record(at, data, bare), point, redrawn)
        light = main.analytic
        beside = Directions(lambda moved: at(moved, redrawn, bare), point, rng, middle=middle, light=light, exact=exact)
        beside.analytic = light
        wrong_other = beside.wrong([(np.ones(()), {k: g for k, g in told_other.items() if k in told_first})])
        for k in told_first:
            report.parts[parts[k]] = k not in wrong and k not in wrong_other
        if wrong | wrong_other and "loss" in report.parts and not report.parts["loss"]:
            own = Directions(lambda moved: subject.value(moved, redrawn, bare), point, rng)
            slip = report.findings[-1]
            together = ", ".join(parts[k] for k in sorted(wrong | wrong_other))
            if wrong <= wrong_other and not own.wrong([(np.ones(()), told_other)]):
                message = (
                    "These gradients are right for the loss that you wrote, but that is not the exercise's loss. Mend "
                    "the loss first, then look at them again."
                )
                report.tell(Finding(slip.slug, together, message))
                return
            if slip.node:  # the forward pass is wrong in a known way, and each gradient follows from it
                message = "These follow from the forward pass, which is wrong. Mend the loss first, then look again."
                report.tell(Finding(slip.slug, together, message))
                return
        if wrong | wrong_other:
            sides = LossGradients(subject, like, at, point, rng, factor)
            sides.explain(report, main, beside, (told_first, wrong), (told_other, wrong_other), redrawn)
        elif like and resize and all(report.parts.values()):
            loss_at_other_sizes(report, subject, like, point, rng)


def _exact(run: Recording | None, told: Mapping[int, np.ndarray]) -> bool:
    """Whether all gradients are those of the exercise's recorded loss to the last digits; if not, they are measured."""
    if run is None:
        return False
    rights = RightGradients(run, np.ones(())).inputs()
    for k, gradient in told.items():
        limit = rounding(precision(gradient)) * float(np.max(np.abs(rights[k]), initial=0.0))
        if not np.all(np.abs(gradient - rights[k]) <= limit):
            return False
    return True


def _reference(subject: LossSubject, like: Callable[..., Any], factor: float) -> Callable[..., np.ndarray]:
    def at(moved: Sequence[np.ndarray], data: Sequence[Any], reg: Any) -> np.ndarray:
        whole = np.asarray(like(*subject.arguments(moved, data, reg)))
        if factor == 1.0 or not reg:
            return whole
        bare = np.asarray(like(*subject.arguments(moved, data, 0.0)))
        return bare + factor * (whole - bare)

    return at


def _judge_value(
    report: Report,
    subject: LossSubject,
    like: Callable[..., Any],
    point: Sequence[np.ndarray],
    main: tuple[float, Sequence[Any]],
    other: tuple[float, Sequence[Any]],
) -> float:
    """Judge data loss and penalty apart; returns the factor of the penalty that the gradient is to follow, 1 or 2."""
    reg = subject.reg
    bare = 0.0 if subject.has_reg else reg
    data_loss = float(like(*subject.arguments(point, other[1], bare)))
    slack = 100.0 * rounding(precision(np.zeros(1)))
    report.parts["loss"] = abs(other[0] - data_loss) <= slack * (1.0 + abs(data_loss))
    if not report.parts["loss"]:
        runs = [(bare_recording(subject, like, point, labels), loss) for labels, loss in ((other[1], other[0]),)]
        if reg:
            runs.append((bare_recording(subject, like, point, main[1]), subject(point, main[1], bare)[0]))
        report.tell(_loss_finding(subject.where, runs, _compared(other[0], data_loss)))
    if not reg:
        return 1.0
    whole, without = (float(like(*subject.arguments(point, main[1], r))) for r in (reg, bare))
    own_without = without if report.parts["loss"] else subject(point, main[1], bare)[0]
    got, wanted = main[0] - own_without, whole - without
    ratio = got / wanted if wanted else 1.0
    report.parts["penalty"] = abs(ratio - 1.0) < 1e-7 or abs(ratio - 2.0) < 1e-7
    if abs(ratio - 2.0) < 1e-7:
        message = (
            "Your penalty is reg·ΣW², twice the exercise's ½·reg·ΣW². That is right too, as long as the gradient has "
            "2·reg·W."
        )
        report.tell(Finding("penalty-factor", "penalty", message, remark=True))
        return 2.0
    if not report.parts["penalty"]:
        params = dict(zip(subject.names, point, strict=True))
        weights = [name for name, value in params.items() if value.ndim > 1] or list(params)
        rows = max((len(value) for value in main[1] if isinstance(value, np.ndarray) and value.ndim), default=1)
        share = loss_slip(got, wanted, reg, params, weights, rows)
        report.tell(Finding(share.slug, "penalty", share.message, node="penalty"))
    return 1.0


def _recorder(subject: LossSubject, loss: Callable[..., Any]) -> Callable[..., Recording | None]:
    """How to record a loss, the exercise's or the student's, at a point with its data and reg."""
    return lambda point, data, reg: bare_recording(subject, loss, point, data, reg)


def _loss_finding(where: str, runs: Sequence[tuple[Any, float]], compared: str) -> Finding:
    """What is wrong with the data loss: the one change that gives it, or the two numbers."""
    sentence = f"{where}: the data loss (reg = 0){compared}"
    slip = forward_slip(runs) if all(run is not None for run, _ in runs) else None
    if slip:
        return Finding(slip[0], "loss", f"{sentence} {slip[1]}", node=slip[2])
    return Finding("loss-formula", "loss", sentence)


def _compared(got: float, wanted: float) -> str:
    said = f" is {got:.6g}, expected {wanted:.6g}"
    return said + (f", a ratio of {got / wanted:.6g}." if wanted else ".")


def _other_labels(data: Sequence[Any], rng: np.random.Generator) -> list[Any]:
    """The data with labels drawn again, none of them the last class."""
    drawn = []
    for value in data:
        labels = isinstance(value, np.ndarray) and value.dtype.kind in "iu" and value.ndim == 1 and value.size
        top = int(value.max()) if labels else 0
        drawn.append(rng.integers(0, top, value.shape).astype(value.dtype) if top > 0 else value)
    return drawn
