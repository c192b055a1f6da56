"""Judging a forward and backward pass: the contract first, then the numbers, then the same again elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.contract import gradients_by_name
from cs231n_lite.checking.fresh_points import nearby, resized, upstream_for
from cs231n_lite.checking.informative import refuse
from cs231n_lite.checking.other_sizes import backward_at_other_sizes
from cs231n_lite.checking.student_functions import Functions, Gates, Pass, plain_point
from cs231n_lite.diagnosing.explaining import Elsewhere, Explainer, Probe, Recorder, exact_at, located
from cs231n_lite.diagnosing.forward_slips import forward_slip
from cs231n_lite.diagnosing.recording import Recording, recording_of
from cs231n_lite.measuring.differences import precision
from cs231n_lite.measuring.directions import Directions, rounding
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.location import told
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import Trouble, quiet

__all__ = ["judge_backward"]


def judge_backward(
    subject: Functions | Gates,
    inputs: Sequence[Any],
    like: Callable[..., Any] | None,
    seed: int,
    *,
    number: bool = False,
    resize: bool = True,
    textbook: bool = False,
) -> Report:
    """Judge a subject at a point; `number` where the output is a loss and there is no upstream gradient.

    Raises UninformativePoint unless the point is a `textbook` one.
    """
    report = Report()
    parts = [f"d{name}" for name in subject.names]
    report.parts = dict.fromkeys((["out"] if like else []) + parts, False)
    rng = np.random.default_rng(seed)
    point = plain_point(inputs)[0]
    if not textbook:
        with quiet():
            run = _recorder(subject, like)(point, []) if like else None
        refuse(subject.names, point, run)
    try:
        first = subject.start(point)
    except Trouble as trouble:
        report.tell(Finding(trouble.slug, "", trouble.message))
        return report
    if number and first.out.size != 1:
        report.tell(
            Finding("shape", "", f"{subject.forward_name} returned shape {first.out.shape}; a loss is one number.")
        )
        return report
    try:
        with quiet(prints=False):  # what the student prints is seen once, not at each of many passes
            if like:
                _judge_forward(report, subject, like, point, first.out)
                if any(finding.slug == "shape" for finding in report.findings):
                    return report  # there is no upstream gradient that fits both
            _judge_gradients(report, subject, like, point, first, rng, number, resize)
    except Trouble as trouble:
        report.fail(parts, Finding(trouble.slug, "", trouble.message))
    if any(not finding.remark for finding in subject.findings):  # the rest is what a write into the inputs does
        report.findings = []
    for finding in subject.findings:
        if finding.remark:
            report.tell(finding)
        else:
            report.fail(finding.array, finding)
    return report


def _judge_forward(
    report: Report, subject: Functions | Gates, like: Callable[..., Any], point: Sequence[np.ndarray], out: np.ndarray
) -> None:
    wanted = np.asarray(like(*subject.arguments(point)), dtype=float)
    if out.shape != wanted.shape:
        message = f"{subject.forward_name} returned shape {out.shape}, expected {wanted.shape}."
        report.fail(list(report.parts), Finding("shape", "out", message))
        return
    off = np.abs(out - wanted) > rounding(precision(out)) * (np.abs(wanted) + np.max(np.abs(wanted), initial=0.0))
    report.parts["out"] = not np.any(off)
    if np.any(off):
        sentence, detail = told("out", out, wanted, off)
        given = [x.item() if scalar else x for x, scalar in zip(point, subject.scalars, strict=True)]
        run = recording_of(like, given, subject.names)
        slip = forward_slip([(run, out)]) if run is not None else None
        slug, words, node = slip or ("wrong-value", "", "")
        report.tell(Finding(slug, "out", f"{subject.forward_name}: {sentence} {words}".strip(), detail, node=node))


def _judge_gradients(
    report: Report,
    subject: Functions | Gates,
    like: Callable[..., Any] | None,
    point: list[np.ndarray],
    first: Pass,
    rng: np.random.Generator,
    number: bool,
    resize: bool,
) -> None:
    parts = [f"d{name}" for name in subject.names]

    def gradients(
        started: Pass, upstream: np.ndarray, at: Sequence[np.ndarray], tell: bool = False
    ) -> dict[int, np.ndarray]:
        returned = subject.backward(started, upstream)
        found, breaches = gradients_by_name(returned, subject.names, at, subject.backward_name, upstream.shape)
        if tell:
            for breach in breaches:
                report.fail(breach.array.split(", ") if breach.array else parts, breach)
        return {parts.index(part): gradient for part, gradient in found.items()}

    ones, twos = (
        (np.ones(()),) * 2 if number else (upstream_for(first.out.shape, rng), upstream_for(first.out.shape, rng))
    )
    told_first = gradients(first, ones, point, tell=True)
    if not told_first:
        return
    other = nearby(point, rng, 0.4)
    reused = subject.start(other, again=first)
    if subject.one_at_a_time:
        told_reused = gradients(reused, twos, other)
        second = subject.start(point)
    else:  # two passes are under way at once here, and each must keep its own cache
        second = subject.start(point)
        told_reused = gradients(reused, twos, other)
    told_second = gradients(second, twos, point)
    fresh = subject.start(other)
    told_fresh = gradients(fresh, twos, other)

    with quiet():
        value = (lambda at: np.asarray(like(*subject.arguments(at)))) if like else subject.value
        exact = exact_at(_recorder(subject, like), point, [])
        numbers = Directions(value, point, rng, middle=None if like else first.out, exact=exact)
        pairs = [(ones, told_first), (twos, {k: g for k, g in told_second.items() if k in told_first})]
        wrong = numbers.wrong(pairs)
        for k in told_first:
            report.parts[parts[k]] = k not in wrong
        if wrong:
            explainer = Explainer(
                subject.names, _recorder(subject, like), _elsewhere(subject, gradients, point, rng, number)
            )
            explainer.explain(report, numbers, wrong, pairs)
        if numbers.kinked and not wrong and not subject.only_here:
            _beside_the_kink(report, subject, point, value, rng, gradients, ones)
    if like and resize and all(report.parts.values()):
        backward_at_other_sizes(report, subject, like, point, rng, gradients, number)
    if not np.allclose(second.out, first.out, rtol=1e-9, atol=0.0, equal_nan=True):
        message = f"{subject.forward_name} gave another output when it was called again with the same inputs."
        report.fail(parts, Finding("not-repeatable", "", message))
        return
    stale: list[str] = []
    kept: list[str] = []
    for k, gradient in told_fresh.items():
        if k in told_reused and report.parts[parts[k]] and not _same(told_reused[k], gradient):
            (stale if k in told_second and _same(told_reused[k], told_second[k]) else kept).append(parts[k])
    if stale:
        message = (
            f"{subject.backward_name} answered for another forward pass than its own: after forward ran at two "
            "different inputs it used the wrong inputs. Keep what backward needs where each pass has its own, on self "
            "or in the cache, and write it at every call of forward."
        )
        report.fail(stale, Finding("stale-cache", ", ".join(stale), message))
    if kept:
        message = (
            f"{subject.backward_name} gave another {' and '.join(kept)} than a first call does. Something is kept from "
            "call to call: a gradient that is added to and never set back to 0?"
        )
        report.fail(kept, Finding("not-repeatable", ", ".join(kept), message))


def _recorder(subject: Functions | Gates, like: Callable[..., Any] | None) -> Recorder:
    """How to record the forward pass at a point: the exercise's own where it is known, else the student's."""
    forward = like or subject.traced

    def record(point: Sequence[np.ndarray], data: Sequence[Any]) -> Recording | None:
        given = [x.item() if scalar else x for x, scalar in zip(point, subject.scalars, strict=True)]
        return recording_of(forward, given, subject.names)

    return record


def _elsewhere(
    subject: Functions | Gates,
    gradients: Callable[..., dict[int, np.ndarray]],
    point: Sequence[np.ndarray],
    rng: np.random.Generator,
    number: bool,
) -> Elsewhere:
    """Run the student's code at a fresh point of other sizes, or of the same ones."""

    def run(same_sizes: bool) -> Probe:
        fresh, _ = resized(point, [], rng, same_sizes=same_sizes)
        started = subject.start(fresh)
        upstream = np.ones(()) if number else upstream_for(started.out.shape, rng)
        return Probe(fresh, [], upstream, gradients(started, upstream, fresh))

    return run


def _beside_the_kink(
    report: Report,
    subject: Functions | Gates,
    point: Sequence[np.ndarray],
    value: Callable[[Sequence[np.ndarray]], np.ndarray],
    rng: np.random.Generator,
    gradients: Callable[..., dict[int, np.ndarray]],
    upstream: np.ndarray,
) -> None:
    """At a tie any subgradient is right, and so wide a limit would let other mistakes through: look again beside it."""
    beside = nearby(point, rng, 1e-3)
    found = gradients(subject.start(beside), upstream, beside)
    numbers = Directions(value, beside, rng)
    for k in sorted(numbers.wrong([(upstream, found)])):
        mask, measured = numbers.entries(k, found[k], upstream)
        if np.any(mask):
            part = f"d{subject.names[k]}"
            report.fail(part, located(part, found[k], measured.value, mask))


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape:
        return False
    size = float(np.max(np.abs(other), initial=0.0))
    return bool(np.all(np.abs(one - other) <= 100.0 * rounding(precision(one, other)) * size))
