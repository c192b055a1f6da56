"""Plain data between two processes that do not trust each other: values copied by value, never unpickled.

A value is None, bool, int, float or str as JSON has it, or a list whose first entry is a tag:

    ["l", …] list   ["t", …] tuple   ["s", …] set   ["f", …] frozenset   ["d", key, value, …] dict   ["e"] Ellipsis
    ["m", keys, lists] dict of lists, where none of them holds anything that has a tag
    ["b", hex] bytes   ["c", re, im] complex   ["q", n, d] Fraction   ["r", …] range   ["sl", …] slice
    ["ty", name] type   ["n", dtype, hex] NumPy scalar   ["o", shape, …] object array
    ["a", dtype, shape, offset, order, writeable, …] array, which lies in the frame's block

Every other tag belongs to one side: `Encoder.other` and `Decoder.other` say what it means there. Whatever breaks a rule
or a bound is `Tampered`. The student's process gets this very file as text, so it stands on NumPy and wire.py alone.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.inside.wire import BOUNDS, Bounds, Refused, Tampered

__all__ = ["Decoder", "Encoder"]

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
WHOLE, LISTS = frozenset({int}), frozenset({list})


class Encoder:
    """Turns values into nodes and a block of bytes; `other` is asked about what is not plain data."""

    def __init__(self, bounds: Bounds = BOUNDS) -> None:
        self.bounds = bounds
        self.parts: list[bytes] = []
        self.size = self.count = 0

    def other(self, value: Any, depth: int) -> Any:
        """The node of a value that is not plain data; raises Refused where there is none."""
        raise Refused(f"a {type(value).__name__} is not plain data")

    def identity(self, array: np.ndarray) -> list[Any]:
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
        if _are_names(keys, entries):  # a graph of 100,000 names has as many short lists of them
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
            if value.dtype.kind in "biufc":
                return ["n", value.dtype.str, value.tobytes().hex()]
            return self.other(value, depth)
        if kind is complex:
            return ["c", value.real, value.imag]
        if kind is bytes or kind is bytearray:
            return ["b", value.hex()]
        if kind is set or kind is frozenset:
            return ["s" if kind is set else "f", *self._nodes(value, depth)]
        if value is Ellipsis:
            return ["e"]
        if kind is range or kind is slice:
            ends = (value.start, value.stop, value.step)
            if kind is range and (value.stop - value.start) // value.step > self.bounds.values:
                raise Refused(f"a range of more than {self.bounds.values:,} numbers is too long")
            return ["r" if kind is range else "sl", *(self.node(end, depth + 1) for end in ends)]
        if kind is Fraction:
            return ["q", self.node(value.numerator, depth), self.node(value.denominator, depth)]
        if kind is type and value in TYPES.values():
            return ["ty", value.__name__]
        # Unbound methods of the plain type: what a subclass overrides is not asked.
        for base, plain in BASES:
            if isinstance(value, base):
                return self.node(plain(value), depth)
        return self.other(value, depth)


class Decoder:
    """Turns nodes back into values; trusts no tag, type, size or offset."""

    def __init__(self, block: memoryview, bounds: Bounds = BOUNDS) -> None:
        self.block, self.bounds = block, bounds

    def other(self, tag: str, node: list[Any], depth: int) -> Any:
        """The value of a tag that is not plain data; raises Tampered where there is none."""
        raise Tampered(f"unknown tag {tag[:20]!r}")

    def identified(self, array: np.ndarray, extra: list[Any]) -> np.ndarray:
        """What to do with an array and what its node carried besides."""
        return array

    def value(self, node: Any, depth: int = 0) -> Any:
        """The value of a node; raises Tampered."""
        kind = type(node)
        if kind in PLAIN:
            return node
        if depth > self.bounds.depth + 2:
            raise Tampered("a value is nested too deeply")
        if kind is int:
            if node.bit_length() > self.bounds.bits:
                raise Tampered("an int is too long")
            return node
        if kind is not list or not node or type(node[0]) is not str:
            raise Tampered("a value has no tag")
        try:
            return self._tagged(node[0], node, depth)
        except (ValueError, TypeError, IndexError, OverflowError, ZeroDivisionError, RecursionError) as error:
            raise Tampered(f"a value of tag {node[0][:20]!r} is malformed ({type(error).__name__})") from None

    def _values(self, node: list[Any], depth: int, start: int = 1) -> list[Any]:
        items = node[start:]
        if PLAIN.issuperset(map(type, items)):
            return items
        return [
            item
            if type(item) in PLAIN
            else item[1:]
            if type(item) is list and item[:1] == ["l"] and PLAIN.issuperset(map(type, item))
            else self.value(item, depth + 1)
            for item in items
        ]

    def _tagged(self, tag: str, node: list[Any], depth: int) -> Any:
        if tag == "l":
            return self._values(node, depth)
        if tag == "t":
            return tuple(self._values(node, depth))
        if tag == "d":
            flat = self._values(node, depth)
            return dict(zip(flat[::2], flat[1::2], strict=True))
        if tag == "m":
            _, keys, entries = node
            if type(keys) is not list or type(entries) is not list or not _are_names(keys, entries):
                raise Tampered("a dict of lists is malformed")
            return dict(zip(keys, entries, strict=True))
        if tag == "a":
            return self._array(node)
        if tag == "n":
            _, name, digits = node
            scalar = np.frombuffer(bytes.fromhex(digits), dtype=_dtype(name))
            if scalar.shape != (1,) or scalar.dtype.kind not in "biufc":
                raise Tampered("a NumPy scalar is malformed")
            return scalar[0]
        if tag in ("s", "f"):
            return (set if tag == "s" else frozenset)(self._values(node, depth))
        if tag == "c":
            _, real, imag = node
            if type(real) is not float or type(imag) is not float:
                raise Tampered("a complex number is malformed")
            return complex(real, imag)
        if tag == "b":
            return bytes.fromhex(node[1])
        if tag == "e":
            return Ellipsis
        if tag == "r":
            steps = range(*_ints(node[1:]))
            if len(steps) > self.bounds.values:  # whoever makes a list of it
                raise Tampered("a range is too long")
            return steps
        if tag == "sl":
            return slice(*self._values(node, depth))
        if tag == "q":
            return Fraction(*_ints(node[1:]))
        if tag == "ty":
            return TYPES[node[1]] if node[1] in TYPES else self.other(tag, node, depth)
        if tag == "o":
            shape, items = tuple(_ints(node[1])), self._values(node, depth, 2)
            if (
                math.prod(shape) != len(items)
                or len(shape) > 32
                or max(shape, default=0) > 1 << 31
                or min(shape, default=0) < 0
            ):
                raise Tampered("an array's shape is not that of its entries")
            cells = np.empty(len(items), dtype=object)
            for place, item in enumerate(items):
                cells[place] = item
            return cells.reshape(shape)
        return self.other(tag, node, depth)

    def _array(self, node: list[Any]) -> np.ndarray:
        _, name, shape, offset, order, writeable, *extra = node
        dtype = _dtype(name)
        if len(_ints(shape)) > 32 or min(shape, default=0) < 0 or max(shape, default=0) > 1 << 31:
            raise Tampered("an array's shape is malformed")
        size = math.prod(shape) * dtype.itemsize
        if type(offset) is not int or not 0 <= offset <= len(self.block) - size or order not in ("C", "F"):
            raise Tampered("an array lies outside its message")
        if not size and math.prod(max(length, 1) for length in shape) * dtype.itemsize > self.bounds.block:
            raise Tampered("an array's shape is too large")
        seen: np.ndarray = np.ndarray(shape, dtype, self.block, offset if size else 0, order=order)
        array = seen.copy(order="A")  # its own memory, laid out as the sender's was
        array = self.identified(array, extra)
        if writeable is False:
            array.flags.writeable = False
        return array


def _are_names(keys: list[Any], entries: list[Any]) -> bool:
    """Whether all keys and all that is in the entries, which are lists, goes into JSON as it is."""
    held = itertools.chain(keys, itertools.chain.from_iterable(entries))
    return LISTS.issuperset(map(type, entries)) and PLAIN.issuperset(map(type, held))


def _ints(values: Any) -> list[int]:
    if type(values) is not list or not WHOLE.issuperset(map(type, values)):
        raise Tampered("whole numbers belong here")
    return values


@functools.lru_cache(256)
def _plain(dtype: np.dtype) -> str:
    """The name of a dtype whose arrays cross as bytes, else ""."""
    return dtype.str if DTYPE.match(dtype.str) and dtype.itemsize else ""


@functools.lru_cache(256)  # what is refused is not kept
def _dtype(name: Any) -> np.dtype:
    if type(name) is not str or not DTYPE.match(name):
        raise Tampered("an array's dtype is not a plain one")
    dtype = np.dtype(name)
    if dtype.itemsize == 0 or dtype.itemsize > 1 << 20:
        raise Tampered("an array's dtype is malformed")
    return dtype
