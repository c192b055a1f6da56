"""Judging a forward and backward pass: the contract first, then the numbers, then the same again elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cs231n_lite.checking.fresh_points import nearby, resized
from cs231n_lite.checking.informative import refuse
from cs231n_lite.checking.other_sizes import backward_at_other_sizes
from cs231n_lite.checking.recordings import recorded_pass
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_functions import Functions, Gates, Pass
from cs231n_lite.diagnosing.explaining import Explainer, Probe, exact_at, located
from cs231n_lite.diagnosing.forward_slips import forward_slip
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.measuring.differences import precision
from cs231n_lite.measuring.directions import Directions, draw_unmeasured, rounding, same
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.location import description
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import Trouble, quiet

__all__ = ["judge_backward"]

BackwardSetting = Setting[Functions | Gates]
Gradients = dict[int, np.ndarray]  # by the position of the input


class Answers(NamedTuple):
    """What backward answers in four passes, each of which must know of no other."""

    upstream: np.ndarray
    first: Gradients
    other_upstream: np.ndarray
    second: Gradients  # at the same point, with the other upstream gradient
    second_out: np.ndarray
    reused: Gradients  # nearby, on the gate of the first pass
    fresh: Gradients  # nearby, on a gate of its own

    @property
    def pairs(self) -> list[tuple[np.ndarray, Gradients]]:
        """The two answers at the point itself, each with its upstream gradient."""
        second = {k: gradient for k, gradient in self.second.items() if k in self.first}
        return [(self.upstream, self.first), (self.other_upstream, second)]


def judge_backward(setting: BackwardSetting) -> Report:
    """Judge a subject at a point. Raises UninformativePoint unless the point is a textbook one."""
    report, subject = setting.report, setting.subject
    report.parts = dict.fromkeys((["out"] if setting.like else []) + setting.parts, False)
    with quiet():
        run = recorded_pass(setting, setting.point) if setting.like else None
    if not setting.textbook:
        refuse(setting.names, setting.point, run)
    first = _first_pass(setting)
    if first is None:
        return report
    try:
        with quiet(prints=False):  # what the student prints is seen once, not at each of many passes
            if setting.like and not _judge_forward(setting, run, first.out):
                return report  # there is no upstream gradient that fits both
            _judge_gradients(setting, run, first)
    except Trouble as trouble:
        report.fail(setting.parts, Finding(trouble.slug, "", trouble.message))
    _tell_writes(report, subject.findings)
    return report


def _first_pass(setting: BackwardSetting) -> Pass | None:
    """Run forward for the first time; None, with a finding, where nothing comes out that could be judged."""
    subject = setting.subject
    try:
        first = subject.start(setting.point)
    except Trouble as trouble:
        setting.report.tell(Finding(trouble.slug, "", trouble.message))
        return None
    if setting.number and first.out.size != 1:
        message = f"{subject.forward_name} returned shape {first.out.shape}; a loss is one number."
        setting.report.tell(Finding("shape", "", message))
        return None
    return first


def _judge_forward(setting: BackwardSetting, run: Recording | None, out: np.ndarray) -> bool:
    """Compare the output with the exercise's own; says whether its shape, at least, is right."""
    report, subject, like = setting.report, setting.subject, setting.forward
    expected = np.asarray(like(*subject.arguments(setting.point)), dtype=float)
    if out.shape != expected.shape:
        message = f"{subject.forward_name} returned shape {out.shape}, expected {expected.shape}."
        report.fail(list(report.parts), Finding("shape", "out", message))
        return False
    limit = rounding(precision(out)) * (np.abs(expected) + np.max(np.abs(expected), initial=0.0))
    wrong = np.abs(out - expected) > limit
    report.parts["out"] = not np.any(wrong)
    if np.any(wrong):
        sentence, detail = description("out", out, expected, wrong)
        slip = forward_slip([(run, out)]) if run is not None else None
        slug, words, node = slip or ("wrong-value", "", "")
        report.tell(Finding(slug, "out", f"{subject.forward_name}: {sentence} {words}".strip(), detail, node=node))
    return True


def _judge_gradients(setting: BackwardSetting, run: Recording | None, first: Pass) -> None:
    answers = _asked_four_times(setting, first)
    if answers is None:
        return
    if run is not None and _exact(run, answers):
        draw_unmeasured(setting.point, setting.rng)
        setting.report.parts.update({setting.parts[k]: True for k in answers.first})
    else:
        with quiet():
            _judge_numbers(setting, first.out, answers)
    if setting.like and setting.resize and setting.all_right:
        backward_at_other_sizes(setting)
    same_shape = answers.second_out.shape == first.out.shape
    if not same_shape or not np.allclose(answers.second_out, first.out, rtol=1e-9, atol=0.0):
        message = f"{setting.subject.forward_name} gave another output when it was called again with the same inputs."
        setting.report.fail(setting.parts, Finding("not-repeatable", "", message))
        return
    if not _missing_later(setting, answers):
        _judge_memory(setting, answers)


def _asked_four_times(setting: BackwardSetting, first: Pass) -> Answers | None:
    """Run backward from four passes; None where the first gives no gradient that keeps the contract."""
    subject, point = setting.subject, setting.point
    upstream, other_upstream = setting.upstream(first.out.shape), setting.upstream(first.out.shape)
    gradients = subject.gradients(first, upstream, point, setting.report)
    if not gradients:
        return None
    beside = nearby(point, setting.rng, 0.4)
    started = subject.start(beside, first)
    if subject.one_at_a_time:
        reused = subject.gradients(started, other_upstream, beside)
        second = subject.start(point)
    else:  # two passes are under way at once here, and each must keep its own cache
        second = subject.start(point)
        reused = subject.gradients(started, other_upstream, beside)
    gradients_again = subject.gradients(second, other_upstream, point)
    fresh = subject.gradients(subject.start(beside), other_upstream, beside)
    return Answers(upstream, gradients, other_upstream, gradients_again, second.out, reused, fresh)


def _exact(run: Recording, answers: Answers) -> bool:
    """Whether all gradients are those of the exercise's recorded pass to the last digits; if not, they are measured."""
    rights = ((RightGradients(run, upstream).inputs(), gradients) for upstream, gradients in answers.pairs)
    return not run.tied and all(same(right, gradients) for right, gradients in rights)


def _judge_numbers(setting: BackwardSetting, out: np.ndarray, answers: Answers) -> None:
    """Compare the gradients with measured slopes, and explain those that are wrong."""
    exact = exact_at(lambda point, _: recorded_pass(setting, point), setting.point, [])
    middle = None if setting.like else out
    slopes = Directions(lambda at: _value(setting, at), setting.point, setting.rng, middle=middle, exact=exact)
    wrong = slopes.wrong(answers.pairs)
    for k in answers.first:
        setting.report.parts[setting.parts[k]] = k not in wrong
    if wrong:
        _explainer(setting).explain(setting.report, slopes, wrong, answers.pairs)
    elif slopes.kinked and not setting.subject.only_here:
        _judge_beside_the_kink(setting, answers.upstream)


def _value(setting: BackwardSetting, at: Sequence[np.ndarray]) -> np.ndarray:
    """The output that is differentiated: the exercise's own where it is known, else the student's."""
    if setting.like is None:
        return setting.subject.value(at)
    return np.asarray(setting.like(*setting.subject.arguments(at)))


def _explainer(setting: BackwardSetting) -> Explainer:
    subject = setting.subject

    def elsewhere(same_sizes: bool) -> Probe:
        fresh, _ = resized(setting.point, [], setting.rng, same_sizes=same_sizes)
        started = subject.start(fresh)
        upstream = setting.upstream(started.out.shape)
        return Probe(fresh, [], upstream, subject.gradients(started, upstream, fresh))

    return Explainer(setting.names, lambda point, _: recorded_pass(setting, point), elsewhere)


def _judge_beside_the_kink(setting: BackwardSetting, upstream: np.ndarray) -> None:
    """At a tie any subgradient is right, and so wide a limit would let other mistakes through: look again beside it."""
    subject = setting.subject
    beside = nearby(setting.point, setting.rng, 1e-3)
    gradients = subject.gradients(subject.start(beside), upstream, beside)
    slopes = Directions(lambda at: _value(setting, at), beside, setting.rng)
    for part in [part for k, part in enumerate(setting.parts) if k not in gradients and setting.report.parts[part]]:
        message = f"{subject.backward_name} gave it at one point, and not at another one close by."
        setting.report.fail(part, Finding("not-repeatable", part, message))
    for k in sorted(slopes.wrong([(upstream, gradients)])):
        mask, measured = slopes.entries(k, gradients[k], upstream)
        if np.any(mask):
            part = setting.parts[k]
            setting.report.fail(part, located(part, gradients[k], measured.value, mask))


def _missing_later(setting: BackwardSetting, answers: Answers) -> bool:
    """Whether a gradient of the first call, right there, is not there at a later one; it is wrong, not left out."""
    later = (answers.second, answers.reused, answers.fresh)
    lost = [setting.parts[k] for k in answers.first if any(k not in gradients for gradients in later)]
    if not any(setting.report.parts[part] for part in lost):
        return False
    message = (
        f"{setting.subject.backward_name} gave {' and '.join(lost)} at its first call, and at a later one it did not: "
        "after each forward pass, backward returns every gradient."
    )
    setting.report.fail(lost, Finding("not-repeatable", ", ".join(lost), message))
    return True


def _judge_memory(setting: BackwardSetting, answers: Answers) -> None:
    """Fail what answers from another pass's cache, and what is kept from call to call."""
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
            f"{name} answered for another forward pass than its own: after forward ran at two different inputs it used "
            "the wrong inputs. Keep what backward needs where each pass has its own, on self or in the cache, and "
            "write it at every call of forward."
        )
        setting.report.fail(stale, Finding("stale-cache", ", ".join(stale), message))
    if accumulated:
        message = (
            f"{name} gave another {' and '.join(accumulated)} than a first call does. Something is kept from call to "
            "call: a gradient that is added to and never set back to 0?"
        )
        setting.report.fail(accumulated, Finding("not-repeatable", ", ".join(accumulated), message))


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape:
        return False
    size = float(np.max(np.abs(other), initial=0.0))
    return bool(np.all(np.abs(one - other) <= 100.0 * rounding(precision(one, other)) * size))


def _tell_writes(report: Report, findings: Sequence[Finding]) -> None:
    """Tell what was written into; beside a changed input, all other findings are its consequences."""
    if any(not finding.remark for finding in findings):
        report.findings = []
    for finding in findings:
        if finding.remark:
            report.tell(finding)
        else:
            report.fail(finding.array.split(", "), finding)
