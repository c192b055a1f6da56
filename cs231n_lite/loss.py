"""Checking a loss with its gradients: scores, data loss, penalty and each gradient apart from one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ._record import _record, _Recorded
from .compare import Numbers, rounding
from .contract import changed, gradients_by_name
from .explain import Explainer, Probe, labels_of
from .forwards import Like, forward_of
from .numeric import precision
from .penalty import Share, gradient_slip, loss_slip
from .points import resized
from .report import Finding, Report
from .student import Trouble, quiet, run
from .subject import names_of, usable

__all__ = ["check_loss"]


class _Loss:
    """A student's loss(params, *data, reg), called with copies that are looked at afterwards."""

    def __init__(
        self, loss: Callable[..., Any], params: Any, data: Sequence[Any], names: Sequence[str], reg: Any
    ) -> None:
        self._loss, self.keyed, self.names = loss, isinstance(params, Mapping), tuple(names)
        self.data, self.reg, self.has_reg = list(data), reg, reg is not None
        self.where = getattr(loss, "__name__", "loss")
        self.where = self.where if self.where.isidentifier() else "loss"
        self.findings: list[Finding] = []
        self.calls = 0

    def arguments(self, point: Sequence[np.ndarray], data: Sequence[Any], reg: Any) -> list[Any]:
        """The arguments of one call, all copies."""
        copies = [x.copy() for x in point]
        first: Any = dict(zip(self.names, copies, strict=True)) if self.keyed else copies[0]
        held = [value.copy() if isinstance(value, np.ndarray) else value for value in data]
        return [first, *held, *([reg] if self.has_reg else [])]

    def __call__(
        self, point: Sequence[np.ndarray], data: Sequence[Any], reg: Any, report: Report | None = None
    ) -> tuple[float, dict[int, np.ndarray]]:
        """The loss and its gradients by position; with `report`, breaches of the contract are told there."""
        self.calls += 1
        before, given = self.arguments(point, data, reg), self.arguments(point, data, reg)
        returned = run(self.where, self._loss, *given)
        if report is not None:
            self._untouched(before, given)
        if not isinstance(returned, tuple | list) or len(returned) != 2:
            if returned is None:
                raise Trouble(
                    "not-written", f"{self.where} returned None: it is not written yet, or its `return` is missing."
                )
            kind = f"{len(returned)} things" if isinstance(returned, tuple | list) else f"a {type(returned).__name__}"
            raise Trouble("missing-key", f"{self.where} should return two things, (loss, gradients); {kind} came.")
        value = usable(returned[0], f"{self.where}, as its loss,")
        if value.size != 1:
            raise Trouble("shape", f"{self.where} returned a loss of shape {value.shape}, and a loss is one number.")
        found, breaches = gradients_by_name(returned[1], self.names, point, self.where)
        parts = [f"d{name}" for name in self.names]
        for breach in breaches if report is not None else []:
            report.fail(breach.array or parts, breach)  # type: ignore[union-attr]
        return float(value.reshape(())), {parts.index(part): gradient for part, gradient in found.items()}

    def traced(self, *args: Any) -> Any:
        """The loss alone, for a trace."""
        return self._loss(*args)[0]

    def value(self, point: Sequence[np.ndarray], data: Sequence[Any], reg: Any) -> np.ndarray:
        """The loss alone, for differentiation; complex numbers may go in and come out."""
        self.calls += 1
        return np.asarray(self._loss(*self.arguments(point, data, reg))[0]).reshape(())

    def _untouched(self, before: Sequence[Any], after: Sequence[Any]) -> None:
        for position, (old, new) in enumerate(zip(before, after, strict=True)):
            if not changed(old, new):
                continue
            if position == 0 and self.keyed:
                touched = [name for name in self.names if name not in new or changed(old[name], new[name])]
            else:
                touched = list(self.names) if position == 0 else []
            what = ", ".join(touched) if touched else f"its argument {position + 1}"
            message = (
                f"{self.where} wrote into {what}. The caller still needs it: `dW = W` is another name for the same "
                "array, `dW = W.copy()` is a new one."
            )
            for name in touched or self.names:
                self.findings.append(Finding("mutates-input", f"d{name}", message))


def check_loss(
    loss: Callable[..., Any],
    params: Any,
    *data: Any,
    reg: float | None = 0.0,
    like: Like = None,
    seed: int = 0,
    names: Sequence[str] = (),
) -> Report:
    """Check loss(params, *data, reg) -> (loss, gradients); params is an array or a dict, the gradients are keyed alike.

    With `reg=None` the loss is called without it. `like(params, *data, reg)` is a right loss, without gradients, to
    compare with: then data loss and penalty are parts of their own, and a penalty that is twice the exercise's in loss
    and gradient alike is right, with a remark. Integer arrays among the data are labels, and are drawn once more
    without the last class. The parts are "loss" and "penalty" (with `like`) and d + the name of each parameter. Raises
    TypeError for parameters that are not real numbers.
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
    subject = _Loss(loss, params, data, known, reg)
    try:
        _judge(report, subject, like, point, rng)
    except Trouble as trouble:
        report.fail(
            [part for part, right in report.parts.items() if not right] or parts,
            Finding(trouble.slug, "", trouble.message),
        )
    for finding in subject.findings:
        report.fail(finding.array, finding)
    return report


def _judge(
    report: Report, subject: _Loss, like: Callable[..., Any] | None, point: list[np.ndarray], rng: np.random.Generator
) -> None:
    parts = [f"d{name}" for name in subject.names]
    data, reg = subject.data, subject.reg
    redrawn = _other_labels(data, rng)
    first, told_first = subject(point, data, reg, report)
    other, told_other = subject(point, redrawn, 0.0 if subject.has_reg else reg)
    again, told_again = subject(point, data, reg)
    if abs(again - first) > 1e-9 * abs(first) or any(
        not np.allclose(
            told_again.get(k, np.nan), gradient, rtol=1e-7, atol=1e-12 * (1 + np.max(np.abs(gradient), initial=0.0))
        )
        for k, gradient in told_first.items()
    ):
        message = (
            f"{subject.where} gave another answer when it was called again with the same arguments. Is something added "
            "to and never set back to 0?"
        )
        report.fail(list(report.parts), Finding("not-repeatable", "", message))
        return
    factor = _judge_loss(report, subject, like, point, (first, data), (other, redrawn)) if like else 1.0
    bare = 0.0 if subject.has_reg else reg
    with quiet():
        at = _reference(subject, like, factor) if like else subject.value
        main = Numbers(lambda moved: at(moved, data, reg), point, rng)
        wrong = main.wrong([(np.ones(()), told_first)])
        beside = Numbers(lambda moved: at(moved, redrawn, bare), point, rng)
        beside.jointly = True
        wrong_other = beside.wrong([(np.ones(()), {k: g for k, g in told_other.items() if k in told_first})])
        for k in told_first:
            report.parts[parts[k]] = k not in wrong and k not in wrong_other
        if wrong | wrong_other:
            sides = _Sides(subject, like, at, point, rng, factor)
            sides.explain(report, main, beside, (told_first, wrong), (told_other, wrong_other), redrawn)


class _Sides:
    """Explains wrong gradients of a loss: the penalty's share first, the rest on the graph of the data loss."""

    def __init__(
        self,
        subject: _Loss,
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
        main: Numbers,
        beside: Numbers,
        first: tuple[dict[int, np.ndarray], set[int]],
        other: tuple[dict[int, np.ndarray], set[int]],
        redrawn: list[Any],
    ) -> None:
        """Tell about every wrong gradient, at the given labels or at those that were drawn again."""
        subject, (told_first, wrong), (told_other, wrong_other) = self.subject, first, other
        data, reg, one = subject.data, subject.reg, np.ones(())
        if wrong and subject.has_reg and reg:
            _, without = subject(self.point, data, self.bare)
            numbers = Numbers(lambda moved: self.at(moved, data, self.bare), self.point, self.rng)
            at_zero = numbers.wrong([(one, {k: without[k] for k in wrong if k in without})])
            for k in sorted(wrong):
                share = self._share(k, told_first[k] - without[k], numbers, main, told_first[k]) if k in without else None
                if share:
                    report.fail(self.parts[k], Finding(share.slug, self.parts[k], share.message, node="penalty"))
                    if k not in at_zero:
                        wrong = wrong - {k}
            wrong_here = wrong & at_zero if wrong & at_zero else set()
            left = wrong - at_zero
            if wrong_here:
                self._explainer(data).explain(report, numbers, wrong_here, [(one, without)])
            if left:
                self._explainer(data).explain(report, main, left, [(one, told_first)], plain=True)
        elif wrong:
            self._explainer(data).explain(report, main, wrong, [(one, told_first)])
        rest = {k for k in wrong_other if not any(self.parts[k] in finding.array.split(", ") for finding in report.findings)}
        if rest:
            self._explainer(redrawn).explain(report, beside, rest, [(one, told_other)])

    def _share(self, k: int, got: np.ndarray, numbers: Numbers, main: Numbers, gradient: np.ndarray) -> Share | None:
        """The name of what is wrong with the penalty's part of one gradient."""
        weights = self.point[k]
        wanted = self._wanted(k)
        rows = max((len(value) for value in self.subject.data if isinstance(value, np.ndarray) and value.ndim), default=1)
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

        def record(point: Sequence[np.ndarray], data: Sequence[Any]) -> _Recorded | None:
            def whole(*params: Any) -> Any:
                first: Any = dict(zip(subject.names, params, strict=True)) if subject.keyed else params[0]
                return forward(first, *data, *([self.bare] if subject.has_reg else []))

            return _record(whole, point, subject.names)

        def elsewhere(same_sizes: bool) -> Probe:
            fresh, redrawn = resized(self.point, data, self.rng, same_sizes=same_sizes)
            return Probe(fresh, redrawn, np.ones(()), subject(fresh, redrawn, self.bare)[1])

        return Explainer(subject.names, record, elsewhere, data, labels_of(data))


def _reference(subject: _Loss, like: Callable[..., Any], factor: float) -> Callable[..., np.ndarray]:
    def at(moved: Sequence[np.ndarray], data: Sequence[Any], reg: Any) -> np.ndarray:
        whole = np.asarray(like(*subject.arguments(moved, data, reg)))
        if factor == 1.0 or not reg:
            return whole
        bare = np.asarray(like(*subject.arguments(moved, data, 0.0)))
        return bare + factor * (whole - bare)

    return at


def _judge_loss(
    report: Report,
    subject: _Loss,
    like: Callable[..., Any],
    point: Sequence[np.ndarray],
    main: tuple[float, Sequence[Any]],
    other: tuple[float, Sequence[Any]],
) -> float:
    """Judge data loss and penalty apart; returns the factor of the penalty that the gradient is to follow, 1 or 2."""
    reg = subject.reg
    bare = 0.0 if subject.has_reg else reg
    data_loss = float(like(*subject.arguments(point, other[1], bare)))
    slack = 100.0 * rounding(precision(np.zeros(1)))
    report.parts["loss"] = abs(other[0] - data_loss) <= slack * (1.0 + abs(data_loss))
    if not report.parts["loss"]:
        report.tell(Finding("loss-formula", "loss", f"{subject.where}: the data loss{_compared(other[0], data_loss)}"))
    if not reg:
        return 1.0
    whole, without = (float(like(*subject.arguments(point, main[1], r))) for r in (reg, bare))
    own_without = without if report.parts["loss"] else subject(point, main[1], bare)[0]
    got, wanted = main[0] - own_without, whole - without
    ratio = got / wanted if wanted else 1.0
    report.parts["penalty"] = abs(ratio - 1.0) < 1e-7 or abs(ratio - 2.0) < 1e-7
    if abs(ratio - 2.0) < 1e-7:
        message = (
            "Your penalty is reg·ΣW², twice the exercise's ½·reg·ΣW². That is right too, as long as the gradient has "
            "2·reg·W."
        )
        report.tell(Finding("penalty-factor", "penalty", message, remark=True))
        return 2.0
    if not report.parts["penalty"]:
        params = dict(zip(subject.names, point, strict=True))
        weights = [name for name, value in params.items() if value.ndim > 1] or list(params)
        rows = max((len(value) for value in main[1] if isinstance(value, np.ndarray) and value.ndim), default=1)
        share = loss_slip(got, wanted, reg, params, weights, rows)
        report.tell(Finding(share.slug, "penalty", share.message, node="penalty"))
    return 1.0


def _compared(got: float, wanted: float) -> str:
    said = f" is {got:.6g}, expected {wanted:.6g}"
    return said + (f", a ratio of {got / wanted:.6g}." if wanted else ".")


def _other_labels(data: Sequence[Any], rng: np.random.Generator) -> list[Any]:
    """The data with labels drawn again, none of them the last class."""
    drawn = []
    for value in data:
        labels = isinstance(value, np.ndarray) and value.dtype.kind in "iu" and value.ndim == 1 and value.size
        top = int(value.max()) if labels else 0
        drawn.append(rng.integers(0, top, value.shape).astype(value.dtype) if top > 0 else value)
    return drawn
