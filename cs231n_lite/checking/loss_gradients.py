"""The two sides of a loss's gradients, penalty and data, explained apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.fresh_points import resized
from cs231n_lite.checking.student_loss import LossSubject
from cs231n_lite.diagnosing.explaining import Explainer, Probe, labels_of
from cs231n_lite.diagnosing.penalty import Share, gradient_slip
from cs231n_lite.diagnosing.recording import Recording, recording_of
from cs231n_lite.measuring.directions import Directions
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Report

__all__ = ["LossGradients"]


class LossGradients:
    """Explains wrong gradients of a loss: the penalty's share first, the rest on the graph of the data loss."""

    def __init__(
        self,
        subject: LossSubject,
        like: Callable[..., Any] | None,
        at: Callable[..., Any],
        point: list[np.ndarray],
        rng: np.random.Generator,
        factor: float,
    ) -> None:
        self.subject, self.like, self.at, self.point, self.rng, self.factor = subject, like, at, point, rng, factor
        self.bare = 0.0 if subject.has_reg else subject.reg
        self.parts = [f"d{name}" for name in subject.names]

    def explain(
        self,
        report: Report,
        main: Directions,
        beside: Directions,
        first: tuple[dict[int, np.ndarray], set[int]],
        other: tuple[dict[int, np.ndarray], set[int]],
        redrawn: list[Any],
    ) -> None:
        """Tell about every wrong gradient, at the given labels or at those that were drawn again."""
        subject, (told_first, wrong), (told_other, wrong_other) = self.subject, first, other
        data, reg, one = subject.data, subject.reg, np.ones(())
        if wrong and subject.has_reg and reg:
            _, without = subject(self.point, data, self.bare)
            numbers = Directions(lambda moved: self.at(moved, data, self.bare), self.point, self.rng)
            at_zero = numbers.wrong([(one, {k: without[k] for k in wrong if k in without})])
            shares = {}
            for k in sorted(wrong):
                share = (
                    self._share(k, told_first[k] - without[k], numbers, main, told_first[k])
                    if k in without and np.any(told_first[k])
                    else None
                )
                if share:
                    shares[k] = Finding(share.slug, self.parts[k], share.message, node="penalty")
            wrong_here, left = wrong & at_zero, wrong - at_zero - set(shares)
            if wrong_here:
                self._explainer(data).explain(report, numbers, wrong_here, [(one, without)])
            named = {part for finding in report.findings if finding.node for part in finding.array.split(", ")}
            # A share of a gradient that is wrong beyond all names tells nothing.
            self._tell_shares(report, [k for k in shares if k not in at_zero or self.parts[k] in named], shares)
            if left:
                self._explainer(data).explain(report, main, left, [(one, told_first)], plain=True)
        elif wrong:
            self._explainer(data).explain(report, main, wrong, [(one, told_first)])
        rest = {
            k for k in wrong_other if not any(self.parts[k] in finding.array.split(", ") for finding in report.findings)
        }
        if rest:
            self._explainer(redrawn).explain(report, beside, rest, [(one, told_other)])

    def _tell_shares(self, report: Report, which: Sequence[int], shares: dict[int, Finding]) -> None:
        """Tell the penalty mistakes, the same one in several parameters once."""
        alike: dict[str, list[int]] = {}
        for k in which:
            alike.setdefault(shares[k].message.replace(self.subject.names[k], "W"), []).append(k)
        for message, members in alike.items():
            finding = shares[members[0]]
            if len(members) > 1:
                together = ", ".join(self.parts[k] for k in members)
                said = f"{message} Here W is each of {', '.join(self.subject.names[k] for k in members)}."
                finding = Finding(finding.slug, together, said, node=finding.node)
            report.fail([self.parts[k] for k in members], finding)

    def _share(
        self, k: int, got: np.ndarray, numbers: Directions, main: Directions, gradient: np.ndarray
    ) -> Share | None:
        """The name of what is wrong with the penalty's part of one gradient."""
        weights = self.point[k]
        wanted = self._wanted(k)
        rows = max(
            (len(value) for value in self.subject.data if isinstance(value, np.ndarray) and value.ndim), default=1
        )
        return gradient_slip(self.subject.names[k], weights, self.subject.reg, got, wanted, rows)

    def _wanted(self, k: int) -> float:
        """The factor of reg·W that the loss's own penalty has in this parameter, measured along W itself."""
        along = [x.copy() for x in self.point]
        weights, reg, data = self.point[k], self.subject.reg, self.subject.data
        size = float(np.sum(np.square(weights)))
        if not size:
            return 0.0
        shares = []
        for scale in (1.0 + 1e-4, 1.0 - 1e-4):
            along[k] = weights * scale
            shares.append(float(self.at(along, data, reg)) - float(self.at(along, data, self.bare)))
        return round((shares[0] - shares[1]) / (2e-4 * reg * size), 5)

    def _explainer(self, data: list[Any]) -> Explainer:
        subject = self.subject
        forward = self.like or (lambda *args: subject.traced(*args))

        def record(point: Sequence[np.ndarray], data: Sequence[Any]) -> Recording | None:
            def whole(*params: Any) -> Any:
                first: Any = dict(zip(subject.names, params, strict=True)) if subject.keyed else params[0]
                return forward(first, *data, *([self.bare] if subject.has_reg else []))

            return recording_of(whole, point, subject.names)

        def elsewhere(same_sizes: bool) -> Probe:
            fresh, redrawn = resized(self.point, data, self.rng, same_sizes=same_sizes)
            return Probe(fresh, redrawn, np.ones(()), subject(fresh, redrawn, self.bare)[1])

        return Explainer(subject.names, record, elsewhere, data, labels_of(data))
