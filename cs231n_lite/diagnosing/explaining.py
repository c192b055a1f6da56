"""From wrong gradients to what a student reads: the mistake's name where one fits, else where the arrays part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.diagnosing.case import Case
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.naming import Named, name_of
from cs231n_lite.diagnosing.recording import Recording
from cs231n_lite.measuring.directions import Directions
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.location import description, one_factor, relation
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import Trouble

__all__ = ["Elsewhere", "Explainer", "Probe", "Recorder", "located"]

Pairs = Sequence[tuple[np.ndarray, dict[int, np.ndarray]]]


class Probe(NamedTuple):
    """The student's gradients at another point, with its data and upstream gradient."""

    point: list[np.ndarray]
    data: list[Any]
    upstream: np.ndarray
    gradients: dict[int, np.ndarray]


Recorder = Callable[[Sequence[np.ndarray], Sequence[Any]], Recording | None]
Elsewhere = Callable[[bool], Probe]


class _Entries(NamedTuple):
    """A gradient, what is expected, which entries are wrong, and the upstream gradient of that pass."""

    gradient: np.ndarray
    expected: np.ndarray
    wrong: np.ndarray
    upstream: np.ndarray


class Explainer:
    """Explains wrong gradients, given how to record the forward pass and how to run the student's code elsewhere.

    `upstream` is what the student's code calls the upstream gradient; "" for a loss, which has none.
    """

    def __init__(
        self,
        names: Sequence[str],
        record: Recorder,
        elsewhere: Elsewhere,
        data: Sequence[Any] = (),
        upstream: str = "",
    ) -> None:
        self.names, self.upstream = tuple(names), upstream
        self.parts = [f"d{name}" for name in names]
        self.record, self.elsewhere = record, elsewhere
        self.data = list(data)

    def explain(self, report: Report, slopes: Directions, wrong: set[int], pairs: Pairs, plain: bool = False) -> None:
        """Tell about each wrong gradient in the report; one that only rounding sets apart is right after all.

        `pairs` are (upstream, gradients by position) of several backward passes; `plain` looks for no name.
        """
        upstream, gradients = _first_wrong(slopes, wrong, pairs)  # draws directions, so it comes first, plain or not
        named = [] if plain else self.named(slopes, upstream, gradients)
        names = {k: one for one in named for k in one.arrays if k in wrong}
        messages: set[tuple[str, str]] = set()  # the same mistake in several gradients is told once
        for k in sorted(wrong):
            part, entries = self.parts[k], _wrong_entries(slopes, k, pairs)
            report.parts[part] = entries is None
            if entries is None:
                continue
            gradient, expected, mask, received = entries
            source = self._source(slopes.point, received)
            if k not in names or (names[k].slug == "wrong-value" and not np.any(gradient)):
                report.tell(located(part, gradient, expected, mask, source))
                continue
            one = names[k]
            if (one.slug, one.message) in messages:
                continue
            messages.add((one.slug, one.message))
            together = ", ".join(self.parts[j] for j in sorted(wrong) if names.get(j) == one)
            sentence, detail = description(part, gradient, expected, mask, source)
            message = f"{one.message} {sentence}" if gradient.ndim else one.message  # of a number, all is said
            report.tell(Finding(one.slug, together, message, detail, node=one.node))

    def _source(self, point: Sequence[np.ndarray], upstream: np.ndarray) -> dict[str, np.ndarray]:
        """What the gradients are made from, by name; nothing for a loss, whose data stand in its check."""
        if not self.upstream:
            return {}
        return dict(zip(self.names, point, strict=True)) | {self.upstream: upstream}

    def named(self, slopes: Directions, upstream: np.ndarray, gradients: dict[int, np.ndarray]) -> list[Named]:
        """The names of what is wrong, from the fault dictionary; none where the forward pass cannot be recorded."""
        point, data = slopes.point, self.data
        if slopes.kinked:  # at a tie a right gradient may be another than the recorded one: look beside it
            try:
                point, data, upstream, gradients = self.elsewhere(True)
            except Trouble:
                return []
        try:
            return self._named(point, data, upstream, gradients)
        except (ValueError, IndexError, TypeError):  # a diagnosis may fail to fit a student's code; the check stands
            return []

    def _named(
        self, point: Sequence[np.ndarray], data: Sequence[Any], upstream: np.ndarray, gradients: dict[int, np.ndarray]
    ) -> list[Named]:
        run = self.record(point, data)
        if run is None:
            return []

        def fresh() -> Case | None:
            for same_sizes in (False, True):
                try:
                    probe = self.elsewhere(same_sizes)
                    other = self.record(probe.point, probe.data)
                except Trouble:
                    continue
                if other is not None and other.same_kind(run) and set(gradients) <= set(probe.gradients):
                    return Case(other, probe.upstream, probe.gradients, labels_of(probe.data))
            return None

        return name_of(Case(run, upstream, gradients, labels_of(data)), fresh)


def _first_wrong(slopes: Directions, wrong: set[int], pairs: Pairs) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    """The first of the passes in which one of the wrong gradients is wrong by itself."""
    for upstream, gradients in pairs:
        if any(k in gradients and slopes.wrong([(upstream, {k: gradients[k]})]) for k in wrong):
            return upstream, gradients
    return pairs[0]


def _wrong_entries(slopes: Directions, k: int, pairs: Pairs) -> _Entries | None:
    """A gradient and its wrong entries, in the first pass where some are wrong; None if none are."""
    for upstream, gradients in pairs:
        if k in gradients:
            mask, measured = slopes.entries(k, gradients[k], upstream)
            if np.any(mask):
                return _Entries(gradients[k], measured.value, mask, upstream)
    return None


def exact_at(record: Recorder, point: Sequence[np.ndarray], data: Sequence[Any]) -> Callable[[np.ndarray], Any]:
    """The right gradients at a point for an upstream, from a run that is recorded when it is first asked for."""
    runs: list[Recording | None] = []

    def exact(upstream: np.ndarray) -> Any:
        if not runs:
            runs.append(record(point, data))
        return None if runs[0] is None else RightGradients(runs[0], upstream).inputs()

    return exact


def labels_of(data: Sequence[Any]) -> Any:
    """The class labels among the data, an integer vector, or None."""
    vectors = (value for value in data if isinstance(value, np.ndarray) and value.ndim == 1)
    return next((value for value in vectors if value.dtype.kind in "iu"), None)


def located(
    part: str,
    gradient: np.ndarray,
    expected: np.ndarray,
    wrong: np.ndarray,
    source: Mapping[str, np.ndarray] | None = None,
) -> Finding:
    """A wrong gradient without a name: where it is wrong, in which way, and any plain relation to the right one."""
    sentence, detail = description(part, gradient, expected, wrong, source)
    plain = relation(gradient, expected)
    if plain:
        return Finding(plain[0], part, f"{part} {plain[1].format(array=part[1:])}", detail)
    if one_factor(gradient[wrong], expected[wrong]):
        sentence += " The wrong entries are all off by the same factor."
    return Finding("wrong-value", part, sentence, detail)
