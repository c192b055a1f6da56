"""Checking a loss with its gradients: scores, data loss, penalty and each gradient apart from one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.right_forwards import Like, forward_of
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_functions import names_of
from cs231n_lite.checking.student_loss import LossSubject
from cs231n_lite.reporting.report import Report

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

    loss = data loss + penalty, as in ½·reg·ΣW²; each gradient has its parameter's shape. With `reg=None` the loss is
    called without it. `like(params, *data, reg)` is a right loss, without gradients, to compare with: then data loss
    and penalty are parts of their own, and a penalty that is twice the exercise's in loss and gradient alike is right,
    with a remark. Integer arrays among the data are labels, and are drawn once more without the last class. With `like`
    the loss is also called with other sizes of params and data, unless `resize` is False; a loss that builds a net
    should take the net's sizes from params. The parts are "loss" and "penalty" (with `like`) and d + the name of each
    parameter. Raises TypeError for parameters that are not real numbers, UninformativePoint, a ValueError, where the
    point could not show some mistake, unless it is a `textbook` one, and ValueError where `like` is no exercise's slug.

    Losses and penalty: CS231n notes, "Linear classification", cs231n.github.io/linear-classify.
    """
    like = forward_of(like)
    keyed = isinstance(params, Mapping)
    own_names = names_of([f for f in (like, loss) if f], 1 + len(data))
    names = tuple(params) if keyed else tuple(names) or own_names[:1]
    values = [params[name] for name in names] if keyed else [params]
    for name, value in zip(names, values, strict=True):
        if np.asarray(value).dtype.kind not in "fiub":
            raise TypeError(f"the parameter {name} holds {np.asarray(value).dtype}, and a gradient needs real numbers")
    point = [np.array(value, dtype=float, order="C") for value in values]
    subject = LossSubject(loss, params, data, names, reg, own_names[1:])
    setting = Setting(subject, like, point, np.random.default_rng(seed), resize=resize, textbook=textbook)
    # The right answers come with this module, so it is loaded when there is something to judge, and not before.
    from cs231n_lite.checking.judge_loss import judge_loss

    return judge_loss(setting)
