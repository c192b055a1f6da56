"""Right at these sizes; is it at others?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.fresh_points import resized, upstream_for
from cs231n_lite.checking.student_functions import Functions, Gates
from cs231n_lite.checking.student_loss import LossSubject, bare_recording
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.recording import recording_of
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import Trouble


def hard_coded(
    parts: Sequence[str], run: Callable[[], dict[int, np.ndarray]], right: Sequence[Any], fresh: Sequence[np.ndarray]
) -> tuple[list[str], str] | None:
    """Whether code that is right at one point fails at another of other sizes: the parts that do, and a sentence."""
    sizes = ", ".join(f"{part[1:]} of shape {x.shape}" for part, x in zip(parts, fresh, strict=True) if x.ndim)
    said = "It is right at the sizes of this point, but with other ones"
    look = "Is a length typed in as a number? Take it from the array's shape."
    try:
        found = run()
    except Trouble as trouble:
        return list(parts), f"{said} ({sizes}) {trouble.message} {look}"
    off = [
        part
        for k, part in enumerate(parts)
        if k not in found
        or np.any(np.abs(found[k] - right[k]) > 1e-7 * (np.max(np.abs(right[k]), initial=0.0)) + 1e-12)
    ]
    return (
        (off, f"{said} ({sizes}) {' and '.join(off)} {'is' if len(off) == 1 else 'are'} wrong. {look}") if off else None
    )


def backward_at_other_sizes(
    report: Report,
    subject: Functions | Gates,
    like: Callable[..., Any],
    point: Sequence[np.ndarray],
    rng: np.random.Generator,
    gradients: Callable[..., dict[int, np.ndarray]],
    number: bool,
) -> None:
    """Right at these sizes; is it at others? One more pass, compared with the exercise's recorded forward pass."""
    fresh, _ = resized(point, [], rng)
    if all(x.shape == y.shape for x, y in zip(point, fresh, strict=True)):
        return
    run = recording_of(
        like, [x.item() if scalar else x for x, scalar in zip(fresh, subject.scalars, strict=True)], subject.names
    )
    if run is None or not run.finite:  # the exercise itself does not take other sizes, or cannot be followed
        return
    parts = [f"d{name}" for name in subject.names]
    upstream = np.ones(()) if number else upstream_for(np.shape(run.plain[run.output].value), rng)
    problem = hard_coded(
        parts, lambda: gradients(subject.start(fresh), upstream, fresh), RightGradients(run, upstream).inputs(), fresh
    )
    if problem:
        report.fail(problem[0], Finding("hard-coded-size", ", ".join(problem[0]), problem[1]))


def loss_at_other_sizes(
    report: Report,
    subject: LossSubject,
    like: Callable[..., Any],
    point: Sequence[np.ndarray],
    rng: np.random.Generator,
) -> None:
    """Right at these sizes; is it at others? One more call, compared with the exercise's recorded loss."""
    bare = 0.0 if subject.has_reg else subject.reg
    fresh, data = resized(point, subject.data, rng)
    run = bare_recording(subject, like, fresh, data)
    if run is None or not run.finite:
        return
    parts = [f"d{name}" for name in subject.names]
    right = RightGradients(run, np.ones(())).inputs()
    problem = hard_coded(parts, lambda: subject(fresh, data, bare)[1], right, fresh)
    if problem:
        report.fail(problem[0], Finding("hard-coded-size", ", ".join(problem[0]), problem[1]))
