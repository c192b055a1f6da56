"""Checking a loss with its gradients: scores, data loss, penalty and each gradient apart from one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .compare import Numbers, rounding
from .contract import changed, gradients_by_name
from .locate import relation, told
from .numeric import precision
from .report import Finding, Report
from .student import Trouble, quiet, run
from .subject import names_of, usable

__all__ = ["check_loss"]


class _Loss:
    """A student's loss(params, *data, reg), called with copies that are looked at afterwards."""

    def __init__(
        self, loss: Callable[..., Any], params: Any, data: Sequence[Any], names: Sequence[str], reg: Any
    ) -> None:
        self._loss, self._keyed, self.names = loss, isinstance(params, Mapping), tuple(names)
        self.data, self.reg, self.has_reg = list(data), reg, reg is not None
        self.where = getattr(loss, "__name__", "loss")
        self.where = self.where if self.where.isidentifier() else "loss"
        self.findings: list[Finding] = []
        self.calls = 0

    def arguments(self, point: Sequence[np.ndarray], data: Sequence[Any], reg: Any) -> list[Any]:
        """The arguments of one call, all copies."""
        copies = [x.copy() for x in point]
        first: Any = dict(zip(self.names, copies, strict=True)) if self._keyed else copies[0]
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

    def value(self, point: Sequence[np.ndarray], data: Sequence[Any], reg: Any) -> np.ndarray:
        """The loss alone, for differentiation; complex numbers may go in and come out."""
        self.calls += 1
        return np.asarray(self._loss(*self.arguments(point, data, reg))[0]).reshape(())

    def _untouched(self, before: Sequence[Any], after: Sequence[Any]) -> None:
        for position, (old, new) in enumerate(zip(before, after, strict=True)):
            if not changed(old, new):
                continue
            if position == 0 and self._keyed:
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
    like: Callable[..., Any] | None = None,
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
    factor = 1.0
    if like:
        factor = _judge_loss(report, subject, like, point, (first, data), (other, redrawn))
    with quiet():
        at = _reference(subject, like, factor) if like else subject.value
        main = Numbers(lambda moved: at(moved, data, reg), point, rng)
        wrong = main.wrong([(np.ones(()), told_first)])
        beside = Numbers(lambda moved: at(moved, redrawn, 0.0 if subject.has_reg else reg), point, rng)
        beside.jointly = True
        wrong_other = beside.wrong([(np.ones(()), {k: g for k, g in told_other.items() if k in told_first})])
        for k in told_first:
            report.parts[parts[k]] = k not in wrong and k not in wrong_other
            if report.parts[parts[k]]:
                continue
            numbers, gradient = (main, told_first[k]) if k in wrong else (beside, told_other[k])
            mask, measured = numbers.entries(k, gradient, np.ones(()))
            if not np.any(mask):
                report.parts[parts[k]] = True
                continue
            report.fail(parts[k], _finding(parts[k], gradient, measured.value, mask, k not in wrong))


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
        slug = "penalty-missing" if abs(ratio) < 1e-9 else "penalty-factor"
        message = (
            "The loss holds no penalty."
            if slug == "penalty-missing"
            else f"The penalty in the loss{_compared(got, wanted)}"
        )
        report.tell(Finding(slug, "penalty", message))
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


def _finding(part: str, gradient: np.ndarray, expected: np.ndarray, wrong: np.ndarray, redrawn: bool) -> Finding:
    sentence, detail = told(part, gradient, expected, wrong)
    plain = relation(gradient, expected)
    if redrawn:
        sentence = f"With other labels, none of them the last class: {sentence}"
    if plain:
        return Finding(plain[0], part, f"{part} {plain[1].format(array=part[1:])}", detail)
    return Finding("wrong-value", part, sentence, detail)
