"""Slips that span several operations: the step from a softmax or hinge loss back to the scores."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.diagnosing.slips import Slip

__all__ = ["Choice", "choices", "places", "slips_at"]


def places(run: Recording) -> list[int]:
    """The nodes at which a whole region of the backward pass arrives: the scores, where there are any."""
    named = [n for n in sorted(run.active) if run.nodes[n].name == "scores"]
    return named[-1:]


def slips_at(run: Recording, right: RightGradients, n: int, labels: Any) -> list[Slip]:
    """What people write for the gradient of the scores, for the loss that the forward pass has."""
    values = {node.name: node.value for node in run.nodes if node.name}
    scores = np.asarray(run.nodes[n].value)
    if labels is None or scores.ndim != 2 or len(labels) != len(scores) or n not in right.at:
        return []
    scale = float(np.asarray(right.at[run.output]))
    hot = np.zeros(scores.shape)
    hot[np.arange(len(labels)), labels] = 1.0
    if "probabilities" in values:
        slips = _softmax(np.asarray(values["probabilities"]), hot, scale / len(labels))
        with np.errstate(all="ignore"):
            share = scores / np.sum(scores, axis=1, keepdims=True)
        words = "used S over its row's sum where p belongs: the exponential is missing"
        slips.append(Slip("loss-formula", words, scale / len(labels) * (share - hot)))
        return _with_a_second(slips, len(labels))
    if "gaps" in values:
        return _with_a_second(_hinge(np.asarray(values["gaps"]), hot, scale / len(labels)), len(labels))
    return []


def _with_a_second(slips: list[Slip], rows: int) -> list[Slip]:
    """The slips, and each once more together with one that goes along with it: a wrong sign, a 1/N left out."""
    return [
        *slips,
        *(slip._replace(words=f"{slip.words}, and has the wrong sign (sign)", flow=-slip.flow) for slip in slips),
        *(
            slip._replace(words=f"{slip.words}, and is not divided by N (missing-1-over-n)", flow=rows * slip.flow)
            for slip in slips
            if slip.slug != "missing-1-over-n"
        ),
    ]


class Choice(NamedTuple):
    """A slip at a choice, as of a maximum: which side it sends the gradient to."""

    slug: str
    words: str
    source: int  # the node below the choice that both sides come from
    flow: Any  # the change of its gradient


def choices(run: Recording, right: RightGradients, n: int) -> list[Choice]:
    """Slips at np.where(condition, a(x), b(x)) as one activation of x, such as a leaky ReLU or an ELU."""
    node = run.nodes[n]
    shape, g = np.shape(node.value), right.at[n]
    condition = np.asarray(run.step(n).operands[0], dtype=bool)
    source = next((k for k in run.inputs if np.shape(run.nodes[k].value) == shape and n in _readers_of(run, k)), None)
    if source is None or condition.shape != shape:
        return []
    place = run.inputs.index(source)
    side: dict[int, Any] = {1: np.zeros(shape), 2: np.zeros(shape)}
    for slot, below in enumerate(node.inputs):
        if below in run.active:
            side[run.step(n).place(slot)] = np.asarray(right.push(below, np.ones(shape)).get(place, np.zeros(shape)))
    one, two, out = side[1], side[2], np.asarray(node.value)
    now = np.where(condition, one, two)
    shift = (two - out)[~condition]  # alpha of an ELU, where the derivative is the output + alpha
    shifted = shift.size > 0 and np.allclose(shift, shift[0]) and not np.allclose(shift[0], 1.0)
    plus = f"used the output + 1 on the negative side, where the output + {shift[0]:g} belongs" if shifted else ""
    right_side = f"used alpha, {shift[0]:g}, on the positive side, where the slope is 1" if shifted else " "
    alpha = shift[0] if shifted else 1.0  # with 1, these two places in the list mean nothing
    least = {
        "swapped the two sides of the condition": ("mask-inverted", np.where(condition, two, one)),
        "used the local gradient of the one side on both": ("mask-missing", one),
        "used the local gradient of the other side on both": ("mask-missing", two),
        "asked where the upstream gradient is positive, not where the input is": (
            "mask-from-upstream", np.where(g > 0, one, two)),
        "sent nothing back on the negative side": ("zero", np.where(condition, one, 0.0)),
        "sent nothing back on the positive side": ("zero", np.where(condition, 0.0, two)),
        "used the output on the negative side, where its derivative belongs": (
            "activation-input-output-confused", np.where(condition, one, out)),
        plus: ("parameter-ignored", np.where(condition, one, out + 1.0) if shifted else now),
        right_side: ("wrong-local", np.where(condition, alpha * one, two)),
        "was 1 too large on the negative side": ("wrong-local", np.where(condition, one, two + 1.0)),
        "was 1 too small on the negative side": ("wrong-local", np.where(condition, one, two - 1.0)),
        "was 2 too small on the negative side": ("wrong-local", np.where(condition, one, two - 2.0)),
        "used -1 + output on the negative side": ("wrong-local", np.where(condition, one, out - 1.0)),
        "had the wrong sign on the negative side": ("sign", np.where(condition, one, -two)),
        "doubled the positive side": ("factor-2", np.where(condition, 2.0 * one, two)),
        "doubled the negative side": ("factor-2", np.where(condition, one, 2.0 * two)),
        "used 1 + slope on the negative side": ("wrong-local", np.where(condition, one, 1.0 + two)),
        "used the output + 1 on both sides": ("mask-missing", out + 1.0),
        "used the output as the local gradient": ("activation-input-output-confused", out),
        "left out the upstream gradient": ("upstream-dropped", None),
        "added the local gradient where it is to be multiplied": ("wrong-value", None),
        "subtracted the local gradient where it is to be multiplied": ("wrong-value", None),
        "divided by the local gradient": ("wrong-value", None),
    }  # fmt: skip
    special = {
        "left out the upstream gradient": now - g * now,
        "added the local gradient where it is to be multiplied": g + now - g * now,
        "subtracted the local gradient where it is to be multiplied": g - now - g * now,
        "divided by the local gradient": np.divide(g, now, out=np.zeros(shape), where=now != 0) - g * now,
    }
    return [
        Choice(slug, words, source, special[words] if local is None else g * (local - now))
        for words, (slug, local) in least.items()
    ]


def _readers_of(run: Recording, n: int) -> set[int]:
    readers, waiting = set(), [n]
    while waiting:
        for reader, _ in run.readers.get(waiting.pop(), ()):
            if reader not in readers:
                readers.add(reader)
                waiting.append(reader)
    return readers


def _softmax(p: np.ndarray, hot: np.ndarray, scale: float) -> list[Slip]:
    own = np.sum(p * hot, axis=1, keepdims=True)
    columns = np.any(hot, axis=0, keepdims=True)
    rows = np.any(hot[:, : len(hot)], axis=0)
    rows = np.pad(rows, (0, len(hot) - len(rows)))[:, None]
    belongs = "where p[np.arange(N), y] is one entry of each row"
    return [
        Slip("one-hot-missing", f"subtracted 1 in whole columns, p[:, y], {belongs}", scale * (p - columns)),
        Slip("one-hot-missing", f"subtracted 1 in whole rows, p[y], {belongs}", scale * (p - rows)),
        Slip(
            "correct-class-term",
            "set the right class to 1 where 1 must be subtracted from p",
            scale * (p * (1.0 - hot) + hot),
        ),
        Slip("one-hot-missing", "used the probabilities p alone, without subtracting 1 at the right class", scale * p),
        Slip("one-hot-missing", "used minus the one-hot labels alone, without the probabilities", -scale * hot),
        Slip("one-hot-missing", "subtracted 1 at every class, not only at the right one", scale * (p - 1.0)),
        Slip("correct-class-term", "added 1 at the right class where 1 must be subtracted", scale * (p + hot)),
        Slip("correct-class-term", "used the right class's probability in every column", scale * (own - hot)),
        Slip("correct-class-term", "left out all but the right class", scale * (p - 1.0) * hot),
        Slip("correct-class-term", "left the right class out", scale * p * (1.0 - hot)),
        Slip("correct-class-term", "turned the sign of p at the right class", scale * p * (1.0 - 2.0 * hot)),
        Slip(
            "correct-class-term", "subtracted 2 at the right class where 1 must be subtracted", scale * (p - 2.0 * hot)
        ),
        Slip(
            "correct-class-term",
            "set the right class to -1 where 1 must be subtracted from p",
            scale * (p * (1 - hot) - hot),
        ),
        Slip(
            "correct-class-term",
            "subtracted the 1 at the right class once for each class, C times",
            scale * (p - p.shape[1] * hot),
        ),
        Slip(
            "one-hot-missing",
            "used 1 at each wrong class and -1 at the right one, as for a hinge: the probabilities are missing",
            scale * (1.0 - 2.0 * hot),
        ),
        Slip("missing-1-over-n", "divided only the one-hot part by the number of rows", scale * (p * len(p) - hot)),
        Slip("missing-1-over-n", "divided only the probabilities by the number of rows", scale * (p - hot * len(p))),
        Slip(
            "local-dropped",
            "used p·(1 - p), the derivative of a softmax output in its own score",
            scale * p * (1.0 - p),
        ),
        Slip("wrong-value", "multiplied by the one-hot labels where they are to be subtracted", scale * p * hot),
    ]


def _hinge(gaps: np.ndarray, hot: np.ndarray, scale: float) -> list[Slip]:
    others = 1.0 - hot
    over = (gaps > 0) * others
    count = np.sum(over, axis=1, keepdims=True)
    margins = np.maximum(gaps, 0.0) * others
    return [
        Slip("correct-class-term", "left out the right class, which each margin above 0 pushes up", scale * over),
        Slip(
            "correct-class-term",
            "subtracted 1 at the right class, where the count of margins above 0 belongs",
            scale * (over - hot),
        ),
        Slip(
            "correct-class-term",
            "added the count at the right class where it must be subtracted",
            scale * (over + count * hot),
        ),
        Slip(
            "correct-class-term", "counted the right class as one of the margins", scale * (over - (count + 1.0) * hot)
        ),
        Slip("correct-class-term", "kept the right class's own 1 in its column", scale * (over + hot - count * hot)),
        Slip("correct-class-term", "kept only the right class", -scale * count * hot),
        Slip(
            "mask-missing",
            "counted every class, also those whose margin is 0",
            scale * (others - np.sum(others, 1, keepdims=True) * hot),
        ),
        Slip(
            "mask-missing",
            "used the margins themselves where 1 for each margin above 0 belongs",
            scale * (margins - np.sum(margins, 1, keepdims=True) * hot),
        ),
        Slip("mask-missing", "used the margins with the count at the right class", scale * (margins - count * hot)),
        Slip(
            "mask-inverted",
            "counted the classes whose margin is 0",
            scale * ((gaps <= 0) - np.sum(gaps <= 0, 1, keepdims=True) * hot),
        ),
        Slip(
            "mask-missing",
            "compared with -1 or 1 where 0 belongs",
            scale * ((gaps > 1) * others - np.sum((gaps > 1) * others, 1, keepdims=True) * hot),
        ),
    ]
