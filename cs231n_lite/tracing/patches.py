"""Stand-ins for the few functions that NumPy's protocols cannot see, while a function is traced.

`np.zeros((T, H))` and `np.array([a, b])` read no array, so neither `__array_ufunc__` nor `__array_function__` is asked,
and the `math` module knows no protocol at all. Yet students write them all the time. So during a trace, in its thread
only and for calls from code that is not an installed library, these names give traced results; afterwards they are put
back.
"""

from __future__ import annotations

import functools
import math
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

import numpy as np

from cs231n_lite.cells import LIBRARIES
from cs231n_lite.tracing.tape import HERE, Tape
from cs231n_lite.tracing.traced_array import Traced, apply, made, plain

__all__ = ["standing_in"]

MAKERS = ("zeros", "ones", "empty", "full", "eye", "identity")
MATH = (
    "exp",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "sqrt",
    "pow",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "fabs",
)
NOT_THE_AUTHORS = (HERE, *LIBRARIES)

_here = threading.local()
_lock = threading.Lock()
_originals: list[tuple[Any, str, Any]] = []
_users = 0


@contextmanager
def standing_in(tape: Tape) -> Iterator[None]:
    """Let the stand-ins write to `tape` in this thread."""
    global _users
    outer = getattr(_here, "tape", None)
    with _lock:
        if not _users:
            _install()
        _users += 1
    _here.tape = tape
    try:
        yield
    finally:
        _here.tape = outer
        with _lock:
            _users -= 1
            if not _users:
                while _originals:
                    setattr(*_originals.pop())


def _install() -> None:
    for name in MAKERS:
        _replace(np, name, _maker)
    _replace(np, "array", _array)
    _replace(np, "asarray", _asarray)
    for name in MATH:
        _replace(math, name, _math)


def _replace(module: Any, name: str, behave: Callable[..., Any]) -> None:
    original = getattr(module, name)
    _originals.append((module, name, original))
    setattr(module, name, _standing_in_for(original, behave))


@functools.cache  # made once for each function, for a check traces many times
def _standing_in_for(original: Callable[..., Any], behave: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def stand_in(*args: Any, **kwargs: Any) -> Any:
        tape = getattr(_here, "tape", None)
        if tape is None or not _asked_for(original.__name__, sys._getframe(1).f_code):
            return original(*args, **kwargs)
        return behave(tape, original, args, kwargs)

    return stand_in


def _asked_for(name: str, caller: CodeType) -> bool:
    """Return whether this caller wrote the name itself.

    Compiled code has no frame: where `np.random.randn` calls `np.empty`, the frame is that of the student's function,
    and to hand a traced array to compiled code ends the process.
    """
    return name in caller.co_names and not caller.co_filename.startswith(NOT_THE_AUTHORS)


def _maker(tape: Tape, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    if original.__name__ == "full" and any(type(part) is Traced for part in (*args[1:], kwargs.get("fill_value"))):
        return apply(tape, "full", original, args, kwargs)
    return _made(tape, original(*plain(args), **plain(kwargs)))


def _array(tape: Tape, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    if _holds_traced(args):
        return apply(tape, "array", original, args, kwargs)
    return _made(tape, original(*args, **kwargs))


def _asarray(tape: Tape, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    if not _holds_traced(args):
        return original(*args, **kwargs)
    same = type(args[0]) is Traced and isinstance(args[0], np.ndarray)
    if same and original(*plain(args), **plain(kwargs)) is plain(args[0]):
        return args[0]
    return apply(tape, "array", original, args, kwargs)


def _math(tape: Tape, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    if any(type(arg) is Traced for arg in args):
        return apply(
            tape, {"pow": "power", "fabs": "absolute"}.get(original.__name__, original.__name__), original, args, kwargs
        )
    return original(*args, **kwargs)


def _made(tape: Tape, raw: Any) -> Any:
    return made(tape, raw) if raw.dtype.kind in "biufc" else raw


def _holds_traced(value: Any) -> bool:
    return type(value) is Traced or (type(value) in (list, tuple) and any(map(_holds_traced, value)))
