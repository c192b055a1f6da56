"""A student's loss as the check sees it: called with copies, its gradients sorted by name, its breaches told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from cs231n_lite.checking.contract import changed, gradients_by_name
from cs231n_lite.checking.student_functions import coarse, in_float32, measured, usable
from cs231n_lite.measuring.differences import precision
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import Trouble, run
from cs231n_lite.watching import Steps, watched

__all__ = ["Answer", "LossSubject"]


class Answer(NamedTuple):
    """What a loss answered: its value, as it came, and its gradients by position, for these data and this reg."""

    data: Sequence[Any]
    reg: Any
    value: np.ndarray
    gradients: dict[int, np.ndarray]

    @property
    def loss(self) -> float:
        """The value as a number."""
        return float(self.value)

    @property
    def eps(self) -> float:
        """The machine epsilon of the value's own dtype: a loss in float32 has fewer digits."""
        return precision(self.value)


class LossSubject:
    """A student's loss(params, *data, reg), called with copies that are looked at afterwards."""

    def __init__(
        self,
        loss: Callable[..., Any],
        params: Any,
        data: Sequence[Any],
        names: Sequence[str],
        reg: Any,
        data_names: Sequence[str] = (),
    ) -> None:
        self._loss, self.keyed, self.names = loss, isinstance(params, Mapping), tuple(names)
        self.data, self.reg, self.has_reg = list(data), reg, reg is not None
        self.where = getattr(loss, "__name__", "loss")
        self.where = self.where if self.where.isidentifier() else "loss"
        self.findings: list[Finding] = []
        self.nan_is_told = False  # by the judge of the loss, who has a right one to compare with
        self._data_names = data_names or [f"data {position}" for position, _ in enumerate(data, start=1)]

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
    ) -> Answer:
        """The loss and its gradients by position; with `report`, breaches of the contract are told there."""
        before = self.arguments(point, data, reg) if report is not None else []
        arguments = self.arguments(point, data, reg)
        returned, steps = run(self.where, self._watched, *arguments, shapes=self._shapes(arguments))
        self.findings += measured(self.where, steps, [f"d{name}" for name in self.names])
        if report is not None:
            self._note_writes(before, arguments)
        value, answer = self._two_things(returned)
        gradients, breaches = gradients_by_name(answer, self.names, point, self.where)
        parts = [f"d{name}" for name in self.names]
        for breach in breaches if report is not None else []:
            report.fail(breach.array.split(", ") if breach.array else parts, breach)  # type: ignore[union-attr]
        by_position = {parts.index(part): gradient for part, gradient in gradients.items()}
        return Answer(data, reg, *_of_one_type(value.reshape(()), by_position))

    def _watched(self, *arguments: Any) -> tuple[Any, Steps]:
        """What the loss returns, and what it called on the way."""
        with watched() as steps:
            return self._loss(*arguments), steps

    def _shapes(self, arguments: Sequence[Any]) -> dict[str, tuple[int, ...]]:
        """The shapes of the arrays that go in, for what is said of a crash."""
        first, *rest = arguments
        shapes = {name: np.shape(x) for name, x in (first.items() if self.keyed else [(self.names[0], first)])}
        for name, value in zip(self._data_names, rest, strict=False):
            if isinstance(value, np.ndarray):
                shapes[name] = value.shape
        return shapes

    def _two_things(self, returned: Any) -> tuple[np.ndarray, Any]:
        """The loss as a number and the gradients as they came, or a `Trouble` that says what came instead."""
        if returned is None:
            raise Trouble(
                "missing-return", f"{self.where} returned None: it is not written yet, or its `return` is missing."
            )
        if not isinstance(returned, tuple | list) or len(returned) != 2:
            kind = f"{len(returned)} things" if isinstance(returned, tuple | list) else f"a {type(returned).__name__}"
            raise Trouble("missing-key", f"{self.where} should return two things, (loss, gradients); {kind} came.")
        value = usable(returned[0], f"{self.where}, as its loss,", finite=not self.nan_is_told)
        if value.size != 1:
            raise Trouble("shape", f"{self.where} returned a loss of shape {value.shape}, and a loss is one number.")
        return value, returned[1]

    def traced(self, *args: Any) -> Any:
        """The loss alone, for a trace."""
        return self._loss(*args)[0]

    def value(self, point: Sequence[np.ndarray], data: Sequence[Any], reg: Any) -> np.ndarray:
        """The loss alone, for differentiation; complex numbers may go in and come out."""
        return np.asarray(self._loss(*self.arguments(point, data, reg))[0]).reshape(())

    def _note_writes(self, before: Sequence[Any], after: Sequence[Any]) -> None:
        """Note each argument that was written into, each once."""
        for position, (old, new) in enumerate(zip(before, after, strict=True)):
            if changed(old, new):
                if position == 0:
                    self._note_params(old, new)
                else:
                    name = self._data_names[position - 1] if position <= len(self._data_names) else "reg"
                    self._note([f"d{name}" for name in self.names], f"wrote into {name}", name)

    def _note_params(self, old: Any, new: Any) -> None:
        """Note what was changed in the parameters: an array of theirs, or the keys of the dictionary."""
        if not self.keyed:
            self._note([f"d{self.names[0]}"], f"wrote into {self.names[0]}", self.names[0])
            return
        touched = [name for name in self.names if name in new and changed(old[name], new[name])]
        if touched:
            self._note([f"d{name}" for name in touched], f"wrote into {', '.join(touched)}", touched[0])
        for word, keys in (
            ("added {} to", [key for key in new if key not in old]),
            ("took {} out of", [key for key in old if key not in new]),
        ):
            if keys:
                listed = f"the key{'s' if len(keys) > 1 else ''} {', '.join(map(repr, keys))}"
                message = (
                    f"{self.where} {word.format(listed)} params. The caller still needs that dictionary as it was, one "
                    "array for each parameter: keep intermediate values in variables of your own."
                )
                self.findings.append(Finding("mutates-input", "params", message))

    def _note(self, parts: Sequence[str], what: str, name: str) -> None:
        message = (
            f"{self.where} {what}. The caller still needs it as it was. `{name} - …` makes a new array, `{name} -= …` "
            f"writes into the caller's. `d{name} = {name}` is another name for {name}; `{name}.copy()` is a copy."
        )
        self.findings.append(Finding("mutates-input", ", ".join(parts), message))


def _of_one_type(value: np.ndarray, gradients: dict[int, np.ndarray]) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    """Loss and gradients in float32 where one of them shows that it was computed so: the others have no more digits.

    A loss that a number of float32 holds to the last bit came of one, though it came as a float of Python's.
    """
    number = float(value)
    with np.errstate(over="ignore"):
        came_of_one = number == float(np.float32(number)) and number % 0.25 != 0.0
    if came_of_one or coarse(value) or any(coarse(gradient) for gradient in gradients.values()):
        return value.astype(np.float32), in_float32(gradients)
    return value, gradients
