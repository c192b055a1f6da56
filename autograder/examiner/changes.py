"""What one side wrote into its copy of a thing, brought into the other's: arguments, attributes, arrays."""

from __future__ import annotations

import marshal
import weakref
from typing import Any

import numpy as np

__all__ = ["Watched", "fingerprint", "overwrite"]


class Watched:
    """A copy of an attribute's value: an array, list or dictionary that a test may write into."""

    def __init__(self, value: Any, number: int) -> None:
        self.value: Any = value  # until the next request: `net.params["b"] = b` drops it at once
        self.reference = weakref.ref(value)
        self.number = number
        self.before = fingerprint(value)


def fingerprint(value: Any) -> Any:
    """Something that is equal as long as the value is not changed."""
    if isinstance(value, np.ndarray):
        return value.tobytes()
    try:
        return marshal.dumps(dict(value) if isinstance(value, dict) else list(value), 2)
    except ValueError:  # it holds what is no plain data
        return object()


def overwrite(old: Any, new: Any) -> None:
    """Make a container that was given equal to its new contents, in place and as deep as the shapes agree."""
    if type(old) is np.ndarray:
        if type(new) is np.ndarray and new.shape == old.shape and new.dtype == old.dtype and old.flags.writeable:
            old[...] = new
    elif isinstance(old, list) and isinstance(new, list):
        old[:] = [_merged(*pair) for pair in zip(old, new, strict=False)] + new[len(old) :]
    elif isinstance(old, dict) and isinstance(new, dict):
        merged = {key: _merged(old[key], value) if key in old else value for key, value in new.items()}
        old.clear()
        old.update(merged)
    elif isinstance(old, set) and isinstance(new, set):
        old.clear()
        old.update(new)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        for one, other in zip(old, new, strict=False):  # as far as both go
            _merged(one, other)


def _merged(old: Any, new: Any) -> Any:
    """The old container, overwritten, where it can hold the new one; else the new one."""
    if type(old) is np.ndarray and type(new) is np.ndarray and (old.shape, old.dtype) == (new.shape, new.dtype):
        overwrite(old, new)
        return old if old.flags.writeable else new
    if isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        return tuple(_merged(*pair) for pair in zip(old, new, strict=True))
    if any(isinstance(old, kind) and isinstance(new, kind) for kind in (list, dict, set)):
        overwrite(old, new)
        return old
    return new
