"""A loss that raises: at which data it does and at which it does not, and what is right where it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.checking.recordings import recorded_loss
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_loss import LossSubject
from cs231n_lite.diagnosing.explaining import labels_of
from cs231n_lite.running import Trouble

__all__ = ["Reason", "reason_of"]


class Reason(NamedTuple):
    """What the data have at which a loss raises, as a sentence, and a point and data like them at which it runs."""

    sentence: str
    point: list[np.ndarray]
    data: list[Any]


def reason_of(setting: Setting[LossSubject], point: Sequence[np.ndarray], data: Sequence[Any]) -> Reason | None:
    """What sets the data at which the loss raised apart from others at which it runs; None where nothing is found."""
    for reason in _others(setting, point, data):
        try:
            setting.subject(reason.point, reason.data, setting.subject.bare_reg)
        except Trouble:
            continue
        return reason
    return None


def _others(setting: Setting[LossSubject], point: Sequence[np.ndarray], data: Sequence[Any]) -> Iterator[Reason]:
    """Data like these, with all that may have been in the way taken out of it, one thing at a time."""
    labels = labels_of(data)
    run = recorded_loss(setting, point, data, setting.subject.bare_reg) if labels is not None else None
    if run is None or labels is None or not len(labels):
        return
    scores = next(
        (node.value for node in reversed(run.nodes) if node.name == "scores" and np.ndim(node.value) == 2), None
    )
    if scores is None or len(scores) != len(labels):
        return
    rows, classes = np.shape(scores)
    if int(np.max(labels)) < classes - 1:
        relabelled = labels.copy()
        relabelled[0] = classes - 1
        yield Reason(
            f"It raises where no row has the last label, {classes - 1}, as in {list(map(int, labels))}. Where a row "
            "has it, it runs. Is a length taken from the labels that occur, as np.bincount(y) and y.max() + 1 do? "
            "Take the number of classes from the shape of the scores.",
            list(point),
            _with_labels(data, labels, relabelled, rows),
        )
    if rows < classes:
        times = -(-classes // rows)
        yield Reason(
            f"It raises where there are fewer rows than classes, {rows} and {classes} here. With as many rows, it "
            "runs. Does an index that counts classes read an array with one entry for each row, as y[j] for y[i]?",
            [np.concatenate([x] * times) if x.shape == np.shape(scores) else x for x in point],  # the scores themselves
            _with_labels(data, labels, np.tile(labels, times), rows, times),
        )


def _with_labels(data: Sequence[Any], labels: np.ndarray, others: np.ndarray, rows: int, times: int = 1) -> list[Any]:
    """The data with other labels, and with each row so many times."""
    changed: list[Any] = []
    for value in data:
        if value is labels:
            changed.append(others)
        elif times > 1 and isinstance(value, np.ndarray) and value.ndim and len(value) == rows:
            changed.append(np.concatenate([value] * times))
        else:
            changed.append(value)
    return changed
