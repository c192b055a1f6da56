"""The student's code as the check sees it: something that runs forward at a point and then backward from an upstream.

Only calls, attributes and methods are used on it, so that a stand-in for code in another process does as well.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.contract import changed, gradients_by_name
from cs231n_lite.checking.plain import kind_of, nan_or_inf, real_numbers
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Report
from cs231n_lite.running import Trouble, run
from cs231n_lite.watching import Steps, watched

__all__ = ["Functions", "Gates", "Pass", "coarse", "in_float32", "measured", "names_of", "plain_point", "usable"]


def plain_point(inputs: Sequence[Any]) -> tuple[list[np.ndarray], list[bool]]:
    """The inputs as float64 copies, and for each whether it was given as a plain number and is to be passed as one."""
    point = []
    for position, value in enumerate(inputs):
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            raise TypeError(f"input {position} holds {array.dtype} and a gradient needs real numbers to stand at")
        point.append(np.array(value, dtype=float, order="C"))
    return point, [not isinstance(value, np.ndarray) and np.ndim(value) == 0 for value in inputs]


def names_of(functions: Sequence[Any], count: int, skip: int = 0) -> tuple[str, ...]:
    """The names of a function's first parameters, taken from the first of `functions` that tells them; else x, y, z."""
    for function in functions:
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except Exception:  # a builtin, a ufunc, or a stand-in for code elsewhere: the next may know
            continue
        plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][skip:]
        if len(plain) >= count:
            return tuple(plain[:count])
    if count <= 3:
        return ("x", "y", "z")[:count]
    return tuple(f"x{position}" for position in range(count))


def measured(where: str, steps: Steps, parts: Sequence[str]) -> list[Finding]:
    """What to say of code that measured what it was to derive; nothing where it did not."""
    if not steps.names:
        return []
    message = (
        f"{where} measured its gradient: it ran {next(iter(steps.names))} with inputs moved a little, to see how "
        "the output moves. The check does that, too, to compare with; the exercise is to work the derivative out."
    )
    return [Finding("measured", ", ".join(parts), message)]


class Pass:
    """One forward pass that ran, its output, and the way back from it."""

    def __init__(self, returned: Any, where: str, back: Callable[[Any], Any], gate: Any = None) -> None:
        self._returned, self._where = returned, where
        self.back = back
        self.gate = gate

    @property
    def out(self) -> np.ndarray:
        """The output; raises a `Trouble` where it holds no numbers, and the way back may still be right."""
        return usable(self._returned, self._where)

    @property
    def single(self) -> bool:
        """Whether the output came in float32: what comes back through such a pass has no more digits."""
        out = real_numbers(self._returned)
        return out is not None and coarse(out)


class _Subject:
    """What functions and gates share: numbers go in as plain numbers, arrays as copies that are compared later."""

    forward_name = "forward"
    backward_name = "backward"
    one_at_a_time = False  # one gate alone cannot hold two passes
    only_here = False  # a gradient that was given as an array says nothing about another point

    def __init__(self, names: Sequence[str], scalars: Sequence[bool]) -> None:
        self.names = tuple(names)
        self.scalars = list(scalars)
        self.findings: list[Finding] = []
        self.single = False  # it is known to work on copies in float32
        self._steps = Steps()  # what the last backward pass called

    def _watched(self, backward: Callable[..., Any], *arguments: Any) -> Any:
        """Run backward itself, and only that, under watch."""
        with watched() as self._steps:
            return backward(*arguments)

    def arguments(self, point: Sequence[np.ndarray]) -> list[Any]:
        """Fresh copies of a point, for one call."""
        return [x.item() if scalar else x.copy() for x, scalar in zip(point, self.scalars, strict=True)]

    def shapes(self, arguments: Sequence[Any]) -> dict[str, tuple[int, ...]]:
        """The shapes of what goes in, for what is said of a crash."""
        return {name: np.shape(x) for name, x in zip(self.names, arguments, strict=True) if np.ndim(x)}

    def plain(self, point: Sequence[np.ndarray]) -> list[Any]:
        """A point as it is recorded: plain numbers where those were given, else the arrays themselves."""
        return [x.item() if scalar else x for x, scalar in zip(point, self.scalars, strict=True)]

    def value(self, point: Sequence[np.ndarray]) -> np.ndarray:
        """The output alone, for differentiation."""
        raise NotImplementedError

    def traced(self, *inputs: Any) -> Any:
        """The output alone, for a trace."""
        raise NotImplementedError

    def start(self, point: Sequence[np.ndarray], again: Pass | None = None) -> Pass:
        """Run forward at a point: with a gate of its own, or with that of the pass `again`."""
        raise NotImplementedError

    def note_writes(self, before: Sequence[Any], after: Sequence[Any], where: str) -> None:
        """Note each input that was written into."""
        for name, old, new in zip(self.names, before, after, strict=True):
            if changed(old, new):
                what = f"{where} changed its input {name} in place, and whoever called it still needs that."
                if where == self.backward_name != self.forward_name:
                    what = f"{where} wrote into {name}, the array that the forward pass was given and kept."
                message = f"{what} Work on a copy, `{name} = {name}.copy()`, or write the result into a new array."
                self.findings.append(Finding("mutates-input", f"d{name}", message))

    def note_spoiled(self, before: Any, after: Any) -> None:
        """Note that backward wrote into what forward had returned."""
        if isinstance(after, np.ndarray) and changed(before, after):
            message = (
                f"{self.backward_name} wrote into the array that {self.forward_name} had returned, and whoever called "
                "forward may still need it. Work on a copy, or write the result into a new array."
            )
            self.findings.append(Finding("mutates-output", "", message, remark=True))

    def backward(self, started: Pass, upstream: np.ndarray) -> Any:
        """Run backward from a pass; tells if it wrote into the upstream gradient."""
        argument = upstream.item() if upstream.ndim == 0 else upstream.copy()
        returned = run(self.backward_name, started.back, argument, shapes={"dout": upstream.shape})
        self.findings += measured(self.backward_name, self._steps, [f"d{name}" for name in self.names])
        if changed(upstream if upstream.ndim else None, argument):
            message = (
                f"{self.backward_name} wrote into the upstream gradient that it was given. Other gates may still read "
                "that array; `dx = dout * mask` makes a new one."
            )
            self.findings.append(Finding("mutates-upstream", "", message, remark=True))
        return returned

    def gradients(
        self, started: Pass, upstream: np.ndarray, point: Sequence[np.ndarray], report: Report | None = None
    ) -> dict[int, np.ndarray]:
        """Run backward from a pass: its gradients by position; with `report`, breaches of the contract are told there.

        `point` is where the pass ran: each gradient must have the shape of its input.
        """
        returned = self.backward(started, upstream)
        gradients, breaches = gradients_by_name(returned, self.names, point, self.backward_name, upstream.shape)
        parts = [f"d{name}" for name in self.names]
        for breach in breaches if report is not None else []:
            report.fail(breach.array.split(", ") if breach.array else parts, breach)  # type: ignore[union-attr]
        by_position = {parts.index(part): gradient for part, gradient in gradients.items()}
        return in_float32(by_position) if self.single or started.single else by_position


class Functions(_Subject):
    """A forward function, returning out or (out, cache), and its backward: (dout, cache), or (dout, *inputs)."""

    def __init__(
        self, forward: Callable[..., Any], backward: Callable[..., Any], names: Sequence[str], scalars: Sequence[bool]
    ) -> None:
        super().__init__(names, scalars)
        self._forward, self._backward = forward, backward
        self.forward_name = _called(forward, "forward")
        self.backward_name = _called(backward, "backward")

    def value(self, point: Sequence[np.ndarray]) -> np.ndarray:
        """The output alone, for differentiation."""
        return np.asarray(_split(self._forward(*self.arguments(point)))[0])

    def traced(self, *inputs: Any) -> Any:
        """The output alone, for a trace."""
        return _split(self._forward(*inputs))[0]

    def start(self, point: Sequence[np.ndarray], _again: Pass | None = None) -> Pass:
        """Run forward, and keep its cache for backward."""
        before, arguments = self.arguments(point), self.arguments(point)
        out, cache = _split(run(self.forward_name, self._forward, *arguments, shapes=self.shapes(arguments)))
        self.note_writes(before, arguments, self.forward_name)
        output = _copied(out)

        def back(upstream: Any) -> Any:
            returned = self._watched(self._backward, upstream, *(cache or arguments))
            self.note_writes(before, arguments, self.backward_name)
            self.note_spoiled(output, out)
            return returned

        return Pass(output, self.forward_name, back)


class Gates(_Subject):
    """A class, or one instance, with forward(*inputs) and backward(upstream)."""

    def __init__(self, gate: Any, names: Sequence[str], scalars: Sequence[bool]) -> None:
        super().__init__(names, scalars)
        self._make = gate
        self._is_class = callable(gate) and not (hasattr(gate, "forward") and not isinstance(gate, type))
        self.one_at_a_time = not self._is_class
        name = _called(gate if self._is_class else type(gate), "the gate")
        self.forward_name, self.backward_name = f"{name}.forward", f"{name}.backward"

    def _gate(self) -> Any:
        return run(self.forward_name.split(".")[0], self._make) if self._is_class else self._make

    def value(self, point: Sequence[np.ndarray]) -> np.ndarray:
        """The output alone, for differentiation."""
        gate = self._make() if self._is_class else self._make
        return np.asarray(gate.forward(*self.arguments(point)))

    def traced(self, *inputs: Any) -> Any:
        """The output alone, for a trace; a gate that cannot be made anew is not disturbed by one."""
        return self._make().forward(*inputs) if self._is_class else None

    def start(self, point: Sequence[np.ndarray], again: Pass | None = None) -> Pass:
        """Run forward on a new gate, or once more on the gate of an earlier pass."""
        gate = again.gate if again is not None else self._gate()
        before, arguments = self.arguments(point), self.arguments(point)
        shapes = self.shapes(arguments)
        out = run(self.forward_name, lambda *x: gate.forward(*x), *arguments, shapes=shapes)
        self.note_writes(before, arguments, self.forward_name)
        output = _copied(out)

        def back(upstream: Any) -> Any:
            returned = self._watched(lambda: gate.backward(upstream))
            self.note_writes(before, arguments, self.backward_name)
            self.note_spoiled(output, out)
            return returned

        return Pass(output, self.forward_name, back, gate)


def _split(returned: Any) -> tuple[Any, tuple[Any, ...]]:
    """The output, and the cache as a tuple of one, or of none."""
    if isinstance(returned, tuple) and len(returned) == 2:
        return returned[0], (returned[1],)
    return returned, ()


def coarse(array: np.ndarray) -> bool:
    """Whether an array has the digits of float32, or fewer."""
    return array.dtype.kind == "f" and array.dtype.itemsize <= 4


def in_float32(gradients: Mapping[int, np.ndarray]) -> dict[int, np.ndarray]:
    """Gradients of arithmetic in float32, in the type that says so: checks hold an array to the digits of its type."""
    return {k: gradient.astype(np.float32) for k, gradient in gradients.items()}


def _copied(out: Any) -> Any:
    """A copy of an output as it was returned: backward may write into it."""
    array = real_numbers(out)
    return out if array is None else array


def _called(function: Any, otherwise: str) -> str:
    name = getattr(function, "__name__", None)
    return name if isinstance(name, str) and name.isidentifier() else otherwise


def usable(out: Any, where: str, *, finite: bool = True) -> np.ndarray:
    """The output of a forward pass as an array of real numbers, or a `Trouble` that says what came instead."""
    if out is None or out is Ellipsis:
        raise Trouble("missing-return", f"{where} returned None: it is not written yet, or its `return` is missing.")
    array = real_numbers(out)
    if array is None:
        raise Trouble("shape", f"{where} returned {kind_of(out)}, and numbers belong there.")
    if finite and not np.all(np.isfinite(array)):
        raise Trouble("not-finite", f"{where} returned {nan_or_inf(array)} at ordinary inputs.")
    return array if array.dtype.kind == "f" else array.astype(float)
