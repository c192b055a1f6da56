"""What people write for a softmax or a hinge loss of scores: which whole formula gives a student's number."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.diagnosing.recording import Recording

__all__ = ["Formula", "loss_formulas"]


class Formula(NamedTuple):
    """A wrong formula of a loss: the mistake's slug, a sentence, and the number that it gives."""

    slug: str
    words: str
    value: Any


def loss_formulas(run: Recording, scores: np.ndarray, labels: np.ndarray) -> list[Formula]:
    """The wrong formulas of the loss that a run computes, in a fixed order, with what they give for these scores."""
    names = {node.name for node in run.nodes}
    if np.min(labels, initial=0) < 0 or np.max(labels, initial=0) >= scores.shape[1]:
        return []
    with np.errstate(all="ignore"):
        if "probabilities" in names:
            return _softmax(scores, labels)
        return _hinge(scores, labels) if "gaps" in names else []


def _softmax(S: np.ndarray, y: np.ndarray) -> list[Formula]:
    N, rows, largest = len(y), np.arange(len(y)), np.max(S)
    E = np.exp(S - largest)
    p = E / np.sum(E, axis=1, keepdims=True)
    own, log_sums = p[rows, y], np.log(np.sum(E, axis=1)) + largest
    surprise = lambda table: -np.mean(np.log(table[rows, y]))  # noqa: E731
    shifted, askew = S - np.max(S, axis=1, keepdims=True), np.exp(S - np.max(S, axis=0))
    whole_rows, whole_shifted = (np.sum(table[y]) / N if np.max(y) < N else np.nan for table in (S, shifted))
    belongs = "where p[np.arange(N), y] belongs"
    by_words = {
        "It is the mean of the right classes' probabilities: the -log of each is missing.": np.mean(own),
        "It is 1 minus the mean probability of the right class: the -log of each is missing.": 1.0 - np.mean(own),
        "It is -log of the mean probability: each row has a logarithm of its own.": -np.log(np.mean(own)),
        "It is what comes out when whole rows, S[y], are taken where S[np.arange(N), y] belongs.": (
            np.mean(log_sums) - whole_rows
        ),
        "It is what comes out when whole rows of shifted scores, t[y], are taken where t[np.arange(N), y] belongs.": (
            np.mean(log_sums - np.max(S, axis=1)) - whole_shifted
        ),
        "It is what comes out when each column's largest score is subtracted. That changes the probabilities: subtract "
        "each row's own, scores.max(axis=1, keepdims=True).": surprise(askew / np.sum(askew, axis=1, keepdims=True)),
        "It is what comes out when the right class is left out of the denominator.": surprise(p / (1.0 - p)),
        "It is the log of the rows' sums alone: the right class's score must be subtracted.": np.mean(log_sums),
        "It is minus the right classes' mean score: the log of the row's sum is missing.": -np.mean(S[rows, y]),
        f"It is what comes out when whole columns, p[:, y], are taken {belongs}.": -np.mean(np.log(p[:, y])),
        f"It is the sum over whole columns, p[:, y], divided by N, {belongs}.": -np.sum(np.log(p[:, y])) / N,
        "It is the mean of -log over all classes: only the right one's counts.": -np.mean(np.log(p)),
        "It is the sum of -log over all classes, divided by N: only the right one's counts.": -np.sum(np.log(p)) / N,
        "It is what comes out with a logarithm to the base 2: np.log belongs here.": -np.mean(np.log2(own)),
        "It is what comes out with a logarithm to the base 10: np.log belongs here.": -np.mean(np.log10(own)),
        "It is what comes out when e^S is divided by the sum of the whole table, not of its row.": surprise(
            E / np.sum(E)
        ),
        "It is what comes out when e^S is divided by the sum of its column, not of its row.": surprise(
            E / np.sum(E, axis=0)
        ),
        "It is what comes out without the exponential: S over its row's sum, where e^S belongs.": surprise(
            S / np.sum(S, axis=1, keepdims=True)
        ),
    }
    return [Formula("loss-formula", words, np.asarray(value)) for words, value in by_words.items()]


def _hinge(S: np.ndarray, y: np.ndarray) -> list[Formula]:
    N, rows = len(y), np.arange(len(y))
    gaps = S - S[rows, y][:, None] + 1.0
    others = np.ones(S.shape)
    others[rows, y] = 0.0
    margins = np.maximum(0.0, gaps) * others
    total = np.sum(margins)
    turned = np.maximum(0.0, 2.0 - gaps) * others
    by_words = {
        "It is 1 too high: the right class itself is in the sum, with s - s + 1 = 1.": total / N + 1.0,
        "It is what comes out without the 1 in each margin.": np.sum(np.maximum(0.0, gaps - 1.0) * others) / N,
        "It is what comes out without max(0, …), and with the right class in the sum.": np.sum(gaps) / N,
        "It is the sum of the squared margins: they are not squared here.": np.sum(np.square(margins)) / N,
        "It is the number of margins above 0, and they are to be summed.": np.sum(margins > 0) / N,
        "It is the largest margin of each row, where all of them are to be summed.": np.mean(np.max(margins, axis=1)),
        "It is what comes out when the other score is subtracted from the right one: it is the other way round.": (
            np.sum(turned) / N
        ),
        "It is divided by the number of entries, N·C: divide by the number of rows, N.": total / S.size,
        "It is divided by the number of classes: divide by the number of rows, N.": total / S.shape[1],
    }
    formulas = [Formula("loss-formula", words, np.asarray(value)) for words, value in by_words.items()]
    words = "It is the sum over the rows: divide by their number."
    return [*formulas, Formula("missing-1-over-n", words, np.asarray(total))]
