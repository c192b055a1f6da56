"""The two sides of a loss's gradients, penalty and data, explained apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.fresh_points import resized
from cs231n_lite.checking.recordings import recorded_loss
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_loss import Answer, LossSubject
from cs231n_lite.diagnosing.explaining import Explainer, Probe
from cs231n_lite.diagnosing.gradients import RightGradients
from cs231n_lite.diagnosing.penalty import GradientPenalty, gradient_slip, left_out_of_gradient
from cs231n_lite.measuring.directions import Directions
from cs231n_lite.reporting.finding import Finding

__all__ = ["LossGradients"]

_ONE = np.ones(())  # the upstream gradient of a loss


class LossGradients:
    """Explains wrong gradients of a loss: the penalty's share first, the rest on the graph of the data loss."""

    def __init__(self, setting: Setting[LossSubject], value: Callable[..., Any]) -> None:
        self.setting, self.subject, self.report = setting, setting.subject, setting.report
        self.value = value  # the loss that the gradients are to follow, of (parameters, data, reg)
        self.parts, self.names, self.point = setting.parts, setting.names, setting.point

    def explain(self, slopes: Directions, answer: Answer, wrong: set[int]) -> None:
        """Tell about every wrong gradient at the given labels."""
        wrong = wrong - self._reg_left_out(answer, wrong)
        if wrong and self.subject.has_reg and self.subject.reg:
            self._explain_apart(slopes, answer, wrong)
        elif wrong:
            self._explainer(answer.data).explain(self.report, slopes, wrong, [(_ONE, answer.gradients)])

    def _reg_left_out(self, answer: Answer, wrong: set[int]) -> set[int]:
        """Tell which gradients have W or 2·W in place of reg·W, so that reg = 0 leaves it there; return them."""
        subject, reg = self.subject, self.subject.reg
        if not wrong or not subject.has_reg:
            return set()
        bare = subject(self.point, answer.data, subject.bare_reg).gradients if reg else answer.gradients
        run = recorded_loss(self.setting, self.point, answer.data, subject.bare_reg)
        if run is None:
            return set()
        rights, shares = RightGradients(run, _ONE).inputs(), {}
        for k in wrong & set(bare):
            share = left_out_of_gradient(self.names[k], self.point[k], bare[k] - rights[k])
            if share and np.allclose(answer.gradients[k], bare[k], rtol=1e-9):
                shares[k] = Finding(share.slug, self.parts[k], share.message, node="penalty")
        self.tell(shares)
        return set(shares)

    def explain_beside(self, slopes: Directions, answer: Answer, wrong: set[int]) -> None:
        """Tell about every gradient that is wrong at the labels drawn again, where none of it was told yet."""
        parts_told = {part for finding in self.report.findings for part in finding.array.split(", ")}
        rest = {k for k in wrong if self.parts[k] not in parts_told}
        if rest:
            self._explainer(answer.data).explain(self.report, slopes, rest, [(_ONE, answer.gradients)])

    def _explain_apart(self, slopes: Directions, answer: Answer, wrong: set[int]) -> None:
        """Explain the penalty's share, g(reg) - g(0), and the data loss's, g(0), each by itself."""
        data, bare_reg = answer.data, self.subject.bare_reg
        bare = self.subject(self.point, data, bare_reg).gradients
        bare_slopes = Directions(lambda at: self.value(at, data, bare_reg), self.point, self.setting.rng)
        wrong_bare = bare_slopes.wrong([(_ONE, {k: bare[k] for k in wrong if k in bare})])
        shares = self.shares(answer.gradients, bare, wrong)
        if wrong & wrong_bare:
            self._explainer(data).explain(self.report, bare_slopes, wrong & wrong_bare, [(_ONE, bare)])
        named = {part for finding in self.report.findings if finding.node for part in finding.array.split(", ")}
        # A share of a gradient that is wrong beyond all names tells nothing.
        self.tell({k: f for k, f in shares.items() if k not in wrong_bare or self.parts[k] in named})
        rest = wrong - wrong_bare - set(shares)
        if rest:
            self._explainer(data).explain(self.report, slopes, rest, [(_ONE, answer.gradients)], plain=True)

    def penalty_of(self, k: int, gradients: dict[int, np.ndarray], bare: dict[int, np.ndarray]) -> GradientPenalty:
        """A gradient with the penalty and without it, beside what the loss's own penalty asks for."""
        factor, name = self._penalty_factor(k), self.names[k]
        return GradientPenalty(name, self.point[k], self.subject.reg, gradients[k], bare[k], factor, self.subject.rows)

    def shares(
        self, gradients: dict[int, np.ndarray], bare: dict[int, np.ndarray], wrong: set[int]
    ) -> dict[int, Finding]:
        """What is wrong with the penalty's part of each gradient, where that has a name."""
        shares = {}
        for k in sorted(wrong):
            if k not in bare or not np.any(gradients[k]):
                continue
            share = gradient_slip(self.penalty_of(k, gradients, bare))
            if share:
                shares[k] = Finding(share.slug, self.parts[k], share.message, node="penalty")
        return shares

    def tell(self, shares: dict[int, Finding]) -> None:
        """Tell the penalty mistakes, the same one in several parameters once."""
        alike: dict[str, list[int]] = {}
        for k, finding in shares.items():
            alike.setdefault(finding.message.replace(self.names[k], self._letter(k)), []).append(k)
        for text, members in alike.items():
            finding = shares[members[0]]
            if len(members) > 1:
                together = ", ".join(self.parts[k] for k in members)
                named = " and ".join(self.names[k] for k in members)
                message = f"{text} This holds for {named}, each in the place of {self._letter(members[0])}."
                finding = Finding(finding.slug, together, message, node=finding.node)
            self.report.fail([self.parts[k] for k in members], finding)

    def _letter(self, k: int) -> str:
        """What a sentence about several parameters calls one like this."""
        return "b" if self.names[k].startswith("b") else "W"

    def _penalty_factor(self, k: int) -> float:
        """The factor of reg·W that the loss's own penalty has in this parameter, measured along W itself."""
        moved = [x.copy() for x in self.point]
        weights, reg, data = self.point[k], self.subject.reg, self.subject.data
        size = float(np.sum(np.square(weights)))
        if not size:
            return 0.0
        ends = []
        for scale in (1.0 + 1e-4, 1.0 - 1e-4):
            moved[k] = weights * scale
            ends.append(float(self.value(moved, data, reg)) - float(self.value(moved, data, self.subject.bare_reg)))
        return round((ends[0] - ends[1]) / (2e-4 * reg * size), 5)

    def _explainer(self, data: Sequence[Any]) -> Explainer:
        setting, subject = self.setting, self.subject

        def elsewhere(same_sizes: bool) -> Probe:
            fresh, redrawn = resized(self.point, data, setting.rng, same_sizes=same_sizes)
            return Probe(fresh, redrawn, _ONE, subject(fresh, redrawn, subject.bare_reg).gradients)

        record = lambda point, data: recorded_loss(setting, point, data, subject.bare_reg)  # noqa: E731
        return Explainer(self.names, record, elsewhere, data)
