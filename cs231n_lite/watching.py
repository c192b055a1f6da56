"""Whether code that was to derive a gradient measured it: did it run a function at an input that was moved a little?

A difference needs f(x + h) beside f(x) or f(x - h), and a complex step f(x + ih). So while a backward pass runs, each
call of a function of the same author's is looked at: one whose argument is an input of the pass, but for a step far
smaller than the input itself, is a measurement. What is written out in line, without a function, is not seen.
"""

from __future__ import annotations

import contextlib
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

__all__ = ["Steps", "elsewhere", "watched"]

_HERE = str(Path(__file__).parent)
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
SMALL = 3e-3  # of the largest entry: a step of a difference is smaller, and no two stages of a calculation lie so near
LARGEST = 100_000  # entries of an array that is looked at
MOST = 64  # inputs that are remembered
_remote: list[Callable[[Steps], AbstractContextManager[None]]] = []


class Steps:
    """The functions that were called at an input moved a little, by name, in the order of their first such calls."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self._inputs: list[np.ndarray] = []
        self._depth = 0

    def look(self, frame: FrameType, event: str, _: Any) -> None:
        """Be told of a call or a return, as sys.setprofile tells it."""
        if event not in ("call", "return") or not _of_the_author(frame):
            return
        if event == "return":
            self._depth -= 1
            return
        code = frame.f_code
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        numbers = list(_numbers([frame.f_locals.get(name) for name in names], 3))
        if self._depth == 0:  # what the pass is given, with what it has kept
            self._inputs = [*self._inputs, *map(np.array, numbers)][-MOST:]
        elif any(self._moved(number) for number in numbers):
            self.names[code.co_name] = None
        self._depth += 1

    def _moved(self, number: np.ndarray) -> bool:
        return any(_near(number, other) for other in self._inputs)


def _of_the_author(frame: FrameType) -> bool:
    file = frame.f_code.co_filename
    return not file.startswith((_HERE, "<frozen", "<__array_function__", *_LIBRARIES))


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


def _near(number: np.ndarray, other: np.ndarray) -> bool:
    """Whether a number is another one but for a small step, real or imaginary."""
    if number.shape != other.shape or not number.size or other.dtype.kind != "f":
        return False
    step = np.abs(number - other)
    size = float(np.max(np.abs(other)))
    return bool(0.0 < np.max(step) <= SMALL * max(size, 1e-3)) and bool(np.all(np.isfinite(step)))


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
