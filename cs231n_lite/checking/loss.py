"""Checking a loss with its gradients: scores, data loss, penalty and each gradient apart from one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.informative import UninformativePoint, refuse
from cs231n_lite.checking.judge_loss import judge_loss
from cs231n_lite.checking.right_forwards import Like, forward_of
from cs231n_lite.checking.student_functions import names_of
from cs231n_lite.checking.student_loss import LossSubject, bare_recording
from cs231n_lite.diagnosing.explaining import labels_of
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import Trouble, quiet

__all__ = ["check_loss"]


def check_loss(
    loss: Callable[..., Any],
    params: Any,
    *data: Any,
    reg: float | None = 0.0,
    like: Like = None,
    seed: int = 0,
    names: Sequence[str] = (),
    resize: bool = True,
    textbook: bool = False,
) -> Report:
    """Check loss(params, *data, reg) -> (loss, gradients); params is an array or a dict, the gradients are keyed alike.

    With `reg=None` the loss is called without it. `like(params, *data, reg)` is a right loss, without gradients, to
    compare with: then data loss and penalty are parts of their own, and a penalty that is twice the exercise's in loss
    and gradient alike is right, with a remark. Integer arrays among the data are labels, and are drawn once more
    without the last class. With `like` the loss is also called with other sizes of params and data, unless `resize` is
    False; a loss that builds a net should take the net's sizes from params. The parts are
    "loss" and "penalty" (with `like`) and d + the name of each parameter. Raises TypeError for parameters that are not
    real numbers, UninformativePoint where the point could not show some mistake, unless it is a `textbook` one.
    """
    like = forward_of(like)
    keyed = isinstance(params, Mapping)
    known = tuple(params) if keyed else tuple(names) or names_of([f for f in (like, loss) if f], 1)
    values = [params[name] for name in known] if keyed else [params]
    for name, value in zip(known, values, strict=True):
        if np.asarray(value).dtype.kind not in "fiub":
            raise TypeError(f"the parameter {name} holds {np.asarray(value).dtype}, and a gradient needs real numbers")
    point = [np.array(value, dtype=float, order="C") for value in values]
    rng = np.random.default_rng(seed)
    report = Report()
    parts = [f"d{name}" for name in known]
    reference = ["loss", *(["penalty"] if reg else [])] if like else []
    report.parts = dict.fromkeys([*reference, *parts], False)
    subject = LossSubject(loss, params, data, known, reg)
    with quiet():
        run = bare_recording(subject, like, point, data, reg) if like else None
    if not textbook:
        refuse(known, point, run, labels_of(data))
        if like and reg == 0.0:
            raise UninformativePoint(
                "this point could not show a wrong penalty: reg is 0. Give reg=0.1, or reg=None for a loss without one."
            )
    try:
        first = subject(point, data, reg, report)
        with quiet(prints=False):  # what the student prints is seen once, not at each of many calls
            judge_loss(report, subject, like, point, rng, resize, run, first)
    except Trouble as trouble:
        report.fail(
            [part for part, right in report.parts.items() if not right] or parts,
            Finding(trouble.slug, "", trouble.message),
        )
    if subject.findings:  # what comes after a write into the caller's arrays is its consequence
        report.findings = []
    for finding in subject.findings:
        report.fail(finding.array, finding)
    return report
