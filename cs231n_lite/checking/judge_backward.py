"""Judging a forward and backward pass: the contract first, then the numbers, then the same again elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cs231n_lite.checking.fresh_points import nearby, resized
from cs231n_lite.checking.informative import refuse
from cs231n_lite.checking.memory import Answers, exactly, judge_memory, value_of
from cs231n_lite.checking.other_sizes import backward_at_other_sizes
from cs231n_lite.checking.recordings import recorded_pass
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.single import of_float32_copies
from cs231n_lite.checking.student_functions import Functions, Gates, Pass
from cs231n_lite.diagnosing.explaining import Explainer, Probe, exact_at
from cs231n_lite.diagnosing.forward_slips import ForwardCase, forward_slip
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.measuring.differences import precision
from cs231n_lite.measuring.directions import Directions, draw_unmeasured, rounding
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.location import description
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import Trouble, quiet

__all__ = ["judge_backward"]

BackwardSetting = Setting[Functions | Gates]


def judge_backward(setting: BackwardSetting) -> Report:
    """Judge a subject at a point. Raises UninformativePoint unless the point is a textbook one."""
    report, subject = setting.report, setting.subject
    report.parts = dict.fromkeys(([setting.out] if setting.like else []) + setting.parts, False)
    with quiet():
        run = recorded_pass(setting, setting.point) if setting.like else None
    if not setting.textbook:
        refuse(setting.names, setting.point, run)
    try:
        first = subject.start(setting.point)
        out = _output(setting, first)
    except Trouble as trouble:
        report.tell(Finding(trouble.slug, "", trouble.message))
        return report
    try:
        with quiet(prints=False):  # what the student prints is seen once, not at each of many passes
            if setting.like and not _judge_forward(setting, run, out):
                return report  # there is no upstream gradient that fits both
            _judge_gradients(setting, run, first, out)
    except Trouble as trouble:
        report.fail(setting.parts, Finding(trouble.slug, "", trouble.message))
    _tell_writes(report, subject.findings)
    return report


def _output(setting: BackwardSetting, first: Pass) -> np.ndarray | Trouble:
    """The output of the first pass, or what is the matter with one that is no number: backward may still be right."""
    try:
        out = first.out
    except Trouble as trouble:
        if setting.like is None or trouble.slug in ("not-written", "missing-return"):
            raise
        return trouble
    if setting.number and out.size != 1:
        raise Trouble("shape", f"{setting.subject.forward_name} returned shape {out.shape}; a loss is one number.")
    return out


def _right_output(setting: BackwardSetting) -> np.ndarray:
    return np.asarray(setting.forward(*setting.subject.arguments(setting.point)), dtype=float)


def _judge_forward(setting: BackwardSetting, run: Recording | None, out: np.ndarray | Trouble) -> bool:
    """Compare the output with the exercise's own; says whether its shape, at least, is right."""
    report, subject, expected = setting.report, setting.subject, _right_output(setting)
    if isinstance(out, Trouble):
        report.fail(setting.out, Finding(out.slug, setting.out, out.message))
        return True
    if out.shape != expected.shape:
        message = f"{subject.forward_name} returned shape {out.shape}, expected {expected.shape}."
        report.fail(list(report.parts), Finding("shape", setting.out, message))
        return False
    limit = rounding(precision(out)) * (np.abs(expected) + np.max(np.abs(expected), initial=0.0))
    wrong = np.abs(out - expected) > limit
    report.parts[setting.out] = not np.any(wrong)
    if np.any(wrong):
        source = dict(zip(setting.names, setting.point, strict=True))
        sentence, detail = description(setting.out, out, expected, wrong, source)
        slip = forward_slip([ForwardCase(run, out)]) if run is not None else None
        slug, words, node = (slip.slug, slip.words, slip.node) if slip else ("wrong-value", "", "")
        message = f"{subject.forward_name}: {sentence} {words}".strip()
        report.tell(Finding(slug, setting.out, message, detail, node=node))
    return True


def _judge_gradients(setting: BackwardSetting, run: Recording | None, first: Pass, out: np.ndarray | Trouble) -> None:
    usable_out = _right_output(setting) if isinstance(out, Trouble) else out
    answers = _asked_four_times(setting, first, usable_out.shape)
    if answers is None:
        return
    analytic = None
    exact = run is not None and all(exactly(run, *pair) for pair in answers.pairs)
    if run is not None and not exact and of_float32_copies(setting, answers.pairs):
        setting.subject.single, answers = True, answers.in_float32()
    if exact:
        draw_unmeasured(setting.point, setting.rng)
        setting.report.parts.update({setting.parts[k]: True for k in answers.first})
    else:
        with quiet():
            analytic = _judge_numbers(setting, usable_out, answers)
    if not isinstance(out, Trouble):
        again = answers.second_pass.out
        if again.shape != out.shape or not np.allclose(again, out, rtol=1e-9, atol=0.0):
            name = setting.subject.forward_name
            message = f"{name} gave another output when it was called again with the same inputs."
            setting.report.fail(setting.parts, Finding("not-repeatable", "", message))
            return
    if not _missing_later(setting, answers):
        with quiet():
            judge_memory(setting, answers, analytic)
    if setting.like and setting.resize and setting.all_right:
        backward_at_other_sizes(setting)


def _asked_four_times(setting: BackwardSetting, first: Pass, shape: tuple[int, ...]) -> Answers | None:
    """Run backward from four passes; None where the first gives no gradient that keeps the contract."""
    subject, point = setting.subject, setting.point
    upstream, other_upstream = setting.upstream(shape), setting.upstream(shape)
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
    anew = subject.start(beside)
    fresh = subject.gradients(anew, other_upstream, beside)
    return Answers(upstream, gradients, other_upstream, gradients_again, second, beside, anew, reused, fresh)


def _judge_numbers(setting: BackwardSetting, out: np.ndarray, answers: Answers) -> bool:
    """Compare the gradients with measured slopes, and explain those that are wrong; says if forward took complex."""
    exact = exact_at(lambda point, _: recorded_pass(setting, point), setting.point, [])
    middle = None if setting.like else out
    slopes = Directions(lambda at: value_of(setting, at), setting.point, setting.rng, middle=middle, exact=exact)
    wrong = slopes.wrong(answers.pairs)
    for k in answers.first:
        setting.report.parts[setting.parts[k]] = k not in wrong
    if wrong:
        _explainer(setting).explain(setting.report, slopes, wrong, answers.pairs)
    elif slopes.kinked and not setting.subject.only_here:
        _judge_beside_the_kink(setting, answers.upstream)
    return slopes.analytic


def _explainer(setting: BackwardSetting) -> Explainer:
    subject = setting.subject

    def elsewhere(same_sizes: bool) -> Probe:
        fresh, _ = resized(setting.point, [], setting.rng, same_sizes=same_sizes)
        started = subject.start(fresh)
        upstream = setting.upstream(started.out.shape)
        return Probe(fresh, [], upstream, subject.gradients(started, upstream, fresh))

    record = lambda point, _: recorded_pass(setting, point)  # noqa: E731
    return Explainer(setting.names, record, elsewhere, upstream=setting.upstream_name)


def _judge_beside_the_kink(setting: BackwardSetting, upstream: np.ndarray) -> None:
    """At a tie any subgradient is right, and so wide a limit would let other mistakes through: look again beside it."""
    subject = setting.subject
    beside = nearby(setting.point, setting.rng, 1e-3)
    gradients = subject.gradients(subject.start(beside), upstream, beside)
    slopes = Directions(lambda at: value_of(setting, at), beside, setting.rng)
    for part in [part for k, part in enumerate(setting.parts) if k not in gradients and setting.report.parts[part]]:
        message = f"{subject.backward_name} gave it at one point, and not at another one close by."
        setting.report.fail(part, Finding("not-repeatable", part, message))
    wrong = slopes.wrong([(upstream, gradients)])
    if wrong:
        _explainer(setting).explain(setting.report, slopes, wrong, [(upstream, gradients)])


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


def _tell_writes(report: Report, findings: Sequence[Finding]) -> None:
    """Tell what was written into; beside a changed input, all other findings are its consequences."""
    if any(not finding.remark for finding in findings):
        report.findings = []
    for finding in findings:
        if finding.remark:
            report.tell(finding)
        else:
            report.fail(finding.array.split(", "), finding)
