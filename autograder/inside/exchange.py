"""Plain data between two processes that do not trust each other: values copied by value, never unpickled.

A value is None, bool, int, float or str as JSON has it, or a list whose first entry is a tag:

    ["l", …] list   ["t", …] tuple   ["s", …] set   ["f", …] frozenset   ["d", key, value, …] dict   ["e"] Ellipsis
    ["m", keys, lists] dict of lists, where none of them holds anything that has a tag
    ["b", hex] bytes   ["c", re, im] complex   ["q", n, d] Fraction   ["r", …] range   ["sl", …] slice
    ["ty", name] type   ["n", dtype, hex] NumPy scalar   ["o", shape, …] object array
    ["a", dtype, shape, offset, order, writeable, …] array, which lies in the frame's block

Every other tag belongs to one side: `Encoder.other` and `Decoder.other` say what it means there. Values become nodes
here and values again in decoder.py. The student's process gets this very file as text, so it stands on NumPy and
wire.py alone.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.inside.wire import BOUNDS, Bounds, Refused

__all__ = ["DTYPE", "PLAIN", "TYPES", "Encoder", "are_names"]

DTYPE = re.compile(r"[<>|=]?[biufcSU][0-9]{1,6}\Z")
KINDS = "biufcSU"
TYPES: dict[str, type] = {t.__name__: t for t in (bool, int, float, complex, str, bytes, list, tuple, dict, set)}
BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (int, int.__int__),
    (float, float.__float__),
    (str, str.__str__),
    (bytes, bytes.__bytes__),
)
PLAIN = frozenset({type(None), bool, float, str})  # goes into JSON as it is; an int only if it is not too long
LISTS = frozenset({list})


class Encoder:
    """Turns values into nodes and a block of bytes; `other` is asked about what is not plain data."""

    def __init__(self, bounds: Bounds = BOUNDS) -> None:
        self.bounds = bounds
        self.parts: list[bytes] = []
        self.size = self.count = 0

    def other(self, value: Any, _depth: int) -> Any:
        """The node of a value that is not plain data; raises Refused where there is none."""
        raise Refused(f"a {type(value).__name__} is not plain data")

    def identity(self, _array: np.ndarray) -> list[Any]:
        """What an array's node carries besides its contents."""
        return []

    def block(self) -> bytes:
        """All bytes of the arrays met so far."""
        return b"".join(self.parts)

    def node(self, value: Any, depth: int = 0) -> Any:
        """The node of a value; subclasses of plain types become the plain type."""
        kind = type(value)
        if kind in PLAIN:
            return value
        if depth > self.bounds.depth:
            raise Refused(f"it is nested more than {self.bounds.depth} deep")
        if kind is int:
            if value.bit_length() > self.bounds.bits:
                raise Refused(f"an int of {value.bit_length()} bits is too long")
            return value
        if kind is list:
            return ["l", *self._nodes(value, depth)]
        if kind is tuple:
            return ["t", *self._nodes(value, depth)]
        if kind is dict:
            return self._dict(value, depth)
        if kind is np.ndarray:
            return self._array(value, depth)
        return self._rarer(value, kind, depth)

    def _nodes(self, items: Any, depth: int) -> list[Any]:
        items = list(items)
        self._counted(len(items))
        if PLAIN.issuperset(map(type, items)):  # lists of 100,000 names are common enough
            return items
        return [item if type(item) in PLAIN else self.node(item, depth + 1) for item in items]

    def _counted(self, more: int) -> None:
        self.count += more  # a list that holds itself twice is endless long before it is too deep
        if self.count > self.bounds.values:
            raise Refused(f"it holds more than {self.bounds.values:,} values")

    def _dict(self, value: Any, depth: int) -> list[Any]:
        keys, entries = list(dict.keys(value)), list(dict.values(value))
        self._counted(len(keys))
        if are_names(keys, entries):  # a graph of 100,000 names has as many short lists of them
            self._counted(sum(map(len, entries)))
            return ["m", keys, entries]
        node: list[Any] = ["d"]
        for key, entry in zip(keys, entries, strict=True):
            node.append(key if type(key) in PLAIN else self.node(key, depth + 1))
            node.append(entry if type(entry) in PLAIN else self.node(entry, depth + 1))
        return node

    def _array(self, array: np.ndarray, depth: int) -> Any:
        dtype, flags = array.dtype, array.flags
        if dtype.kind == "O":
            return ["o", list(array.shape), *self._nodes(array.ravel().tolist(), depth)]
        name = _plain(dtype) if dtype.kind in KINDS else ""
        if not name:
            return self.other(array, depth)
        order = "C" if flags.c_contiguous or not flags.f_contiguous else "F"
        if self.size + array.nbytes > self.bounds.block:
            raise Refused(f"arrays of more than {self.bounds.block >> 20} MiB are too large to cross")
        offset, data = self.size, array.tobytes(order="A")
        self.parts.append(data)
        self.size += len(data)
        return ["a", name, list(array.shape), offset, order, flags.writeable, *self.identity(array)]

    def _rarer(self, value: Any, kind: Any, depth: int) -> Any:
        if isinstance(value, np.generic) and not isinstance(value, str | bytes):
            number = value.dtype.kind in "biufc"
            return ["n", value.dtype.str, value.tobytes().hex()] if number else self.other(value, depth)
        if kind in RARER:
            return RARER[kind](self, value, depth)
        if kind is type and value in TYPES.values():
            return ["ty", value.__name__]
        # Unbound methods of the plain type: what a subclass overrides is not asked.
        for base, plain in BASES:
            if isinstance(value, base):
                return self.node(plain(value), depth)
        return self.other(value, depth)

    def _ends(self, value: range | slice, depth: int) -> list[Any]:
        if type(value) is range and (value.stop - value.start) // value.step > self.bounds.values:
            raise Refused(f"a range of more than {self.bounds.values:,} numbers is too long")
        ends = (value.start, value.stop, value.step)
        return ["r" if type(value) is range else "sl", *(self.node(end, depth + 1) for end in ends)]


RARER: dict[type, Callable[[Encoder, Any, int], list[Any]]] = {
    complex: lambda _, value, __: ["c", value.real, value.imag],
    bytes: lambda _, value, __: ["b", value.hex()],
    bytearray: lambda _, value, __: ["b", value.hex()],
    set: lambda encoder, value, depth: ["s", *encoder._nodes(value, depth)],
    frozenset: lambda encoder, value, depth: ["f", *encoder._nodes(value, depth)],
    type(Ellipsis): lambda _, __, ___: ["e"],
    range: Encoder._ends,
    slice: Encoder._ends,
    Fraction: lambda encoder, value, depth: [
        "q",
        encoder.node(value.numerator, depth),
        encoder.node(value.denominator, depth),
    ],
}


def are_names(keys: list[Any], entries: list[Any]) -> bool:
    """Whether all keys and all that is in the entries, which are lists, goes into JSON as it is."""
    values = itertools.chain(keys, itertools.chain.from_iterable(entries))
    return LISTS.issuperset(map(type, entries)) and PLAIN.issuperset(map(type, values))


@functools.lru_cache(256)
def _plain(dtype: np.dtype) -> str:
    """The name of a dtype whose arrays cross as bytes, else ""."""
    return dtype.str if DTYPE.match(dtype.str) and dtype.itemsize else ""
