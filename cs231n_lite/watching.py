"""Whether code that was to derive a gradient measured it: did it run a function on both sides of an input?

A centred difference needs f(x + h) and f(x - h), and a complex step f(x + ih). So while a backward pass runs, each call
of a function of the same author's is looked at. Two calls whose arguments lie close together, with an input of the pass
just in their middle, are a measurement, and so is one call with an input to which something imaginary was added. A
one-sided difference is too rough for any check; what is written out in line, without a function, is not seen.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np

from cs231n_lite.cells import LIBRARIES

__all__ = ["Steps", "elsewhere", "watched"]

_HERE = str(Path(__file__).parent)
SMALL = 6e-3  # of the largest entry: twice the step of a difference is smaller
LARGEST = 100_000  # entries of an array that is looked at
MOST = 64  # inputs that are remembered
_remote: list[Callable[[Steps], AbstractContextManager[None]]] = []


class Steps:
    """The functions that were called on both sides of an input, by name, in the order of their first such calls."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self._inputs: list[np.ndarray] = []
        self._earlier: dict[tuple[CodeType, int], deque[np.ndarray]] = {}  # the last arguments of each function
        self._depth = 0

    def look(self, frame: FrameType, event: str, _: Any) -> None:
        """Be told of a call or a return, as sys.setprofile tells it."""
        if event not in ("call", "return") or not _of_the_author(frame.f_code.co_filename):
            return
        if event == "return":
            self._depth -= 1
            return
        code = frame.f_code
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        arguments = [frame.f_locals.get(name) for name in names]
        if self._depth:
            for place, number in enumerate(_numbers(arguments, 0)):
                earlier = self._earlier.setdefault((code, place), deque(maxlen=4))
                if self._measures(number, earlier):
                    self.names[code.co_name] = None
                earlier.append(np.array(number))
        if self._depth < 2:  # what the pass is given, also through a test's own function, with what it has kept
            room = MOST - len(self._inputs)
            self._inputs += [np.array(number) for number in islice(_numbers(arguments, 3), room)]
        self._depth += 1

    def _measures(self, number: np.ndarray, earlier: Iterable[np.ndarray]) -> bool:
        if number.dtype.kind == "c":
            return bool(np.any(number.imag)) and any(np.array_equal(number.real, x) for x in self._inputs)
        pairs = [other for other in earlier if _close(number, other)]
        return any(_between(number, other, x) for other in pairs for x in self._inputs)


@functools.cache  # by file, for it is asked at every call
def _of_the_author(file: str) -> bool:
    return not file.startswith((_HERE, "<frozen", "<__array_function__", *LIBRARIES))


def _numbers(values: Any, deep: int) -> Iterator[np.ndarray]:
    """The numbers and arrays of numbers among these values, and inside of them."""
    for value in values:
        if isinstance(value, np.ndarray | float | complex | np.floating) and np.size(value) <= LARGEST:
            array = np.asarray(value)
            if array.dtype.kind in "fc":
                yield array
        elif deep and isinstance(value, tuple | list) and len(value) <= MOST:
            yield from _numbers(value, deep - 1)
        elif deep and isinstance(value, dict) and len(value) <= MOST:
            yield from _numbers(list(value.values()), deep - 1)
        elif deep and hasattr(value, "__dict__") and not isinstance(value, type) and not callable(value):
            yield from _numbers(list(vars(value).values())[:MOST], deep - 1)


def _close(number: np.ndarray, other: np.ndarray) -> bool:
    """Whether two numbers differ, and by far less than they are large."""
    if number.shape != other.shape or other.dtype.kind != "f":
        return False
    step = float(np.max(np.abs(number - other), initial=0.0))
    return 0.0 < step <= SMALL * max(float(np.max(np.abs(other))), 1e-3)


def _between(number: np.ndarray, other: np.ndarray, x: np.ndarray) -> bool:
    """Whether x lies in the middle of two numbers, to a thousandth of their distance and a few last digits."""
    if x.shape != number.shape or x.dtype.kind != "f":
        return False
    miss = np.abs(number + other - 2.0 * x)
    return bool(np.all(miss <= 1e-3 * np.max(np.abs(number - other)) + 8e-16 * np.abs(x)))


@contextlib.contextmanager
def watched() -> Iterator[Steps]:
    """Look at the calls that are made meanwhile: here, or where `elsewhere` says that the author's code runs."""
    steps = Steps()
    if _remote:
        with _remote[0](steps):
            yield steps
        return
    before = sys.getprofile()
    sys.setprofile(steps.look)
    try:
        yield steps
    finally:
        sys.setprofile(before)


def elsewhere(remote: Callable[[Steps], AbstractContextManager[None]]) -> None:
    """Let a context manager note the steps: the author's code runs in another process, and none of it in this one."""
    _remote[:] = [remote]
