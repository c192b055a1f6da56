"""The student's objects that stay in the student's process: a number crosses in their place, and comes back.

Arrays and containers cross as copies; what either side then writes into its own is told to the other. The student's
process gets this very file as text (see examining/student_process.py).
"""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.inside.decoder import Decoder
from autograder.inside.exchange import Encoder
from autograder.inside.wire import Bounds

__all__ = ["SPECIAL", "Callback", "Fingerprint", "Handles", "Incoming", "Outgoing"]

# What a stand-in forwards besides calls and attributes, as far as the object has it. Never a comparison.
SPECIAL: dict[str, Callable[..., Any]] = {
    "len": len,
    "iter": iter,
    "next": next,
    "getitem": lambda value, key: value[key],
    "setitem": lambda value, key, entry: value.__setitem__(key, entry),
    "contains": lambda value, key: bool(key in value),
    "float": float,
    "int": int,
    "array": lambda value: np.asarray(value),
}

METHODS = tuple((name, f"__{name}__") for name in SPECIAL)

# Subclasses of these become the plain type; what they override is not asked.
SEVERAL: tuple[tuple[type, str, Callable[[Any], Any] | None], ...] = (
    (dict, "d", None),
    (list, "l", list.__iter__),
    (tuple, "t", tuple.__iter__),
)


class Handles:
    """The objects and arrays that the examiner knows by number, and the examiner's arrays that are held here."""

    def __init__(self) -> None:
        self.objects: dict[int, list[Any]] = {}  # number -> [object, how often it was sent]
        self.arrays: dict[int, list[Any]] = {}
        self.lent: dict[int, tuple[weakref.ref[np.ndarray], bytes | None]] = {}  # the examiner's, as last looked at
        self._numbers: dict[int, int] = {}  # id of a kept object -> its number
        self._fresh = 0

    def keep(self, table: dict[int, list[Any]], value: Any) -> int:
        """Return the number of an object, which lives until the examiner drops it."""
        number = self._numbers.get(id(value))
        if number is None or number not in table:
            self._fresh += 1
            number = self._numbers[id(value)] = self._fresh
            table[number] = [value, 0]
        table[number][1] += 1
        return number

    def drop(self, table: dict[int, list[Any]], numbers: list[int]) -> None:
        """Forget objects as often as they were dropped."""
        for number in numbers:
            if number in table:
                table[number][1] -= 1
                if table[number][1] <= 0:
                    value = table.pop(number)[0]
                    self._numbers.pop(id(value), None)

    def written(self, sync: dict[str, Any], incoming: Incoming) -> None:
        """Write into the student's objects what a test wrote into its copies of their attributes."""
        for number, node in sync.get("arrays", ()):
            array, new = self.arrays[number][0], incoming.value(node)
            if array.flags.writeable and array.shape == new.shape:
                array[...] = new
        for number, node in sync.get("objects", ()):
            value, new = self.objects[number][0], incoming.value(node)
            if isinstance(value, dict):
                value.clear()
                value.update(new)
            else:
                value[:] = new

    def later(self, outgoing: Outgoing) -> list[Any]:
        """The examiner's arrays that are still held here, and were changed since they were last looked at."""
        changes = []
        for number, (reference, before) in list(self.lent.items()):
            array = reference()
            if array is None:
                del self.lent[number]
                continue
            now = array.tobytes()
            if before is not None and now != before:
                changes.append([number, Encoder._array(outgoing, array, 0)])
            self.lent[number] = (reference, now)
        return changes


class Callback:
    """A function of the test's, which runs in the examiner."""

    def __init__(self, ask: Callable[..., Any], number: int, name: str) -> None:
        self._ask, self._number = ask, number
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it there."""
        return self._ask(self._number, args, kwargs)


class Outgoing(Encoder):
    """Encodes what leaves the student's process: objects stay, and a number goes in their place."""

    def __init__(self, handles: Handles, bounds: Bounds, *, passing: bool = False) -> None:
        super().__init__(bounds)
        self.handles, self.passing = handles, passing

    def identity(self, array: np.ndarray) -> list[Any]:
        """The number by which the examiner knows the array."""
        return [0 if self.passing else self.handles.keep(self.handles.arrays, array)]

    def other(self, value: Any, depth: int) -> Any:
        """The node of an object that stays, or of a container of the student's own type as the plain one."""
        if isinstance(value, Callback):
            return ["cb", value._number]
        if _own_array(value):
            masked = isinstance(value, np.ma.MaskedArray) and bool(np.any(np.ma.getmaskarray(value)))
            node = self._array(_unmasked(value), depth)
            return ["hidden", node] if masked else node
        for base, tag, items in SEVERAL:
            if isinstance(value, base):
                plain: Any = [tag, *self._nodes(items(value), depth)] if items else self._dict(value, depth)
                return ["k", self.handles.keep(self.handles.objects, value), plain]
        kind = "class" if isinstance(value, type) else "object"
        own = kind == "class" or inspect.isroutine(value)
        features = [name for name, method in METHODS if kind == "object" and hasattr(type(value), method)]
        name = str(getattr(value if own else type(value), "__name__", "object"))[:50]
        return ["h", self.handles.keep(self.handles.objects, value), kind, name, own, callable(value), features]


class Fingerprint(Encoder):
    """Encodes a value only to compare it with what it is later."""

    def other(self, value: Any, depth: int) -> Any:
        """A node that is equal as long as the value is not changed."""
        if _own_array(value):
            return self._array(np.asarray(value), depth)
        for base, _, items in SEVERAL:
            if isinstance(value, base):
                return self._nodes(items(value), depth) if items else self._dict(value, depth)
        return ["id", id(value)]


class Incoming(Decoder):
    """Decodes what the examiner sends: the student's own objects come back as themselves."""

    def __init__(self, handles: Handles, ask: Callable[..., Any], block: memoryview, bounds: Bounds) -> None:
        super().__init__(block, bounds)
        self.handles, self.ask = handles, ask

    def other(self, tag: str, node: list[Any], depth: int) -> Any:
        """The student's own object, or a function of the test's."""
        if tag in ("x", "k"):
            return self.handles.objects[node[1]][0]
        if tag == "cb":
            return Callback(self.ask, node[1], node[2])
        return super().other(tag, node, depth)

    def identified(self, array: np.ndarray, extra: list[Any]) -> np.ndarray:
        """The student's own array where the examiner sends back an unchanged copy of it, else the copy."""
        number, own = extra
        if own is not None and own in self.handles.arrays:
            original = self.handles.arrays[own][0]
            alike = (original.dtype, original.shape) == (array.dtype, array.shape)
            if alike and original.tobytes() == array.tobytes():
                array = original
        if array.flags.owndata or own is not None:
            self.handles.lent[number] = (weakref.ref(array), None)
        return array


def _own_array(value: Any) -> bool:
    """Whether it is of a subclass of arrays whose contents are plain data."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "biufcSUO" and type(value) is not np.ndarray


def _unmasked(value: Any) -> np.ndarray:
    """The contents of an array of a subclass, with nan where they are masked: nobody answered there."""
    data = np.asarray(value)
    mask = np.asarray(np.ma.getmaskarray(value)) if isinstance(value, np.ma.MaskedArray) else np.zeros(0, dtype=bool)
    if mask.dtype != bool or mask.shape != data.shape or not mask.any() or data.dtype.kind not in "biuf":
        return data
    data = data.astype(float)
    data[mask] = np.nan
    return data
