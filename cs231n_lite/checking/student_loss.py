"""A student's loss as the check sees it: called with copies, its gradients sorted by name, its breaches told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.contract import changed, gradients_by_name
from cs231n_lite.checking.student_functions import measured, usable
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import Trouble, run
from cs231n_lite.watching import Steps, watched

__all__ = ["LossSubject"]


class LossSubject:
    """A student's loss(params, *data, reg), called with copies that are looked at afterwards."""

    def __init__(
        self, loss: Callable[..., Any], params: Any, data: Sequence[Any], names: Sequence[str], reg: Any
    ) -> None:
        self._loss, self.keyed, self.names = loss, isinstance(params, Mapping), tuple(names)
        self.data, self.reg, self.has_reg = list(data), reg, reg is not None
        self.where = getattr(loss, "__name__", "loss")
        self.where = self.where if self.where.isidentifier() else "loss"
        self.findings: list[Finding] = []

    @property
    def bare_reg(self) -> Any:
        """The reg with which the loss is the data loss alone; None where it takes none."""
        return 0.0 if self.has_reg else self.reg

    @property
    def rows(self) -> int:
        """The number of rows of the longest array among the data."""
        lengths = (len(value) for value in self.data if isinstance(value, np.ndarray) and value.ndim)
        return max(lengths, default=1)

    def arguments(self, point: Sequence[np.ndarray], data: Sequence[Any], reg: Any) -> list[Any]:
        """The arguments of one call, all copies."""
        copies = [x.copy() for x in point]
        first: Any = dict(zip(self.names, copies, strict=True)) if self.keyed else copies[0]
        rest = [value.copy() if isinstance(value, np.ndarray) else value for value in data]
        return [first, *rest, *([reg] if self.has_reg else [])]

    def __call__(
        self, point: Sequence[np.ndarray], data: Sequence[Any], reg: Any, report: Report | None = None
    ) -> tuple[float, dict[int, np.ndarray]]:
        """The loss and its gradients by position; with `report`, breaches of the contract are told there."""
        before = self.arguments(point, data, reg) if report is not None else []
        arguments = self.arguments(point, data, reg)
        returned, steps = run(self.where, self._watched, *arguments)
        self.findings += measured(self.where, steps, [f"d{name}" for name in self.names])
        if report is not None:
            self._note_writes(before, arguments)
        value, answer = self._two_things(returned)
        gradients, breaches = gradients_by_name(answer, self.names, point, self.where)
        parts = [f"d{name}" for name in self.names]
        for breach in breaches if report is not None else []:
            report.fail(breach.array.split(", ") if breach.array else parts, breach)  # type: ignore[union-attr]
        return value, {parts.index(part): gradient for part, gradient in gradients.items()}

    def _watched(self, *arguments: Any) -> tuple[Any, Steps]:
        """What the loss returns, and what it called on the way."""
        with watched() as steps:
            return self._loss(*arguments), steps

    def _two_things(self, returned: Any) -> tuple[float, Any]:
        """The loss as a number and the gradients as they came, or a `Trouble` that says what came instead."""
        if returned is None:
            raise Trouble(
                "not-written", f"{self.where} returned None: it is not written yet, or its `return` is missing."
            )
        if not isinstance(returned, tuple | list) or len(returned) != 2:
            kind = f"{len(returned)} things" if isinstance(returned, tuple | list) else f"a {type(returned).__name__}"
            raise Trouble("missing-key", f"{self.where} should return two things, (loss, gradients); {kind} came.")
        value = usable(returned[0], f"{self.where}, as its loss,")
        if value.size != 1:
            raise Trouble("shape", f"{self.where} returned a loss of shape {value.shape}, and a loss is one number.")
        return float(value.reshape(())), returned[1]

    def traced(self, *args: Any) -> Any:
        """The loss alone, for a trace."""
        return self._loss(*args)[0]

    def value(self, point: Sequence[np.ndarray], data: Sequence[Any], reg: Any) -> np.ndarray:
        """The loss alone, for differentiation; complex numbers may go in and come out."""
        return np.asarray(self._loss(*self.arguments(point, data, reg))[0]).reshape(())

    def _note_writes(self, before: Sequence[Any], after: Sequence[Any]) -> None:
        """Note each argument that was written into."""
        for position, (old, new) in enumerate(zip(before, after, strict=True)):
            if not changed(old, new):
                continue
            if position == 0 and self.keyed:
                touched = [name for name in self.names if name not in new or changed(old[name], new[name])]
            else:
                touched = list(self.names) if position == 0 else []
            what = ", ".join(touched) if touched else f"its argument {position + 1}"
            name = touched[0] if touched else "X"
            message = (
                f"{self.where} wrote into {what}. The caller still needs it: `d{name} = {name}` is another name for "
                f"the same array, `d{name} = {name}.copy()` is a new one."
            )
            for name in touched or self.names:
                self.findings.append(Finding("mutates-input", f"d{name}", message))
