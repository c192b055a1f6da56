"""The way back of exchange.py: nodes and a block of bytes become values; no tag, type, size or offset is trusted.

Whatever breaks a rule or a bound is `Tampered`. The student's process gets this very file as text.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.inside.exchange import DTYPE, PLAIN, TYPES, are_names
from autograder.inside.wire import BOUNDS, Bounds, Tampered

__all__ = ["Decoder"]

WHOLE = frozenset({int})


class Decoder:
    """Turns nodes back into values; trusts no tag, type, size or offset."""

    def __init__(self, block: memoryview, bounds: Bounds = BOUNDS) -> None:
        self.block, self.bounds = block, bounds

    def other(self, tag: str, _node: list[Any], _depth: int) -> Any:
        """The value of a tag that is not plain data; raises Tampered where there is none."""
        raise Tampered(f"unknown tag {tag[:20]!r}")

    def identified(self, array: np.ndarray, _extra: list[Any]) -> np.ndarray:
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
        read = READERS.get(tag)
        return self.other(tag, node, depth) if read is None else read(self, node, depth)

    def _dict(self, node: list[Any], depth: int) -> dict[Any, Any]:
        flat = self._values(node, depth)
        return dict(zip(flat[::2], flat[1::2], strict=True))

    def _lists(self, node: list[Any], _depth: int) -> dict[Any, Any]:
        _, keys, entries = node
        if type(keys) is not list or type(entries) is not list or not are_names(keys, entries):
            raise Tampered("a dict of lists is malformed")
        return dict(zip(keys, entries, strict=True))

    def _scalar(self, node: list[Any], _depth: int) -> Any:
        _, name, digits = node
        scalar = np.frombuffer(bytes.fromhex(digits), dtype=_dtype(name))
        if scalar.shape != (1,) or scalar.dtype.kind not in "biufc":
            raise Tampered("a NumPy scalar is malformed")
        return scalar[0]

    def _complex(self, node: list[Any], _depth: int) -> complex:
        _, real, imag = node
        if type(real) is not float or type(imag) is not float:
            raise Tampered("a complex number is malformed")
        return complex(real, imag)

    def _range(self, node: list[Any], _depth: int) -> range:
        steps = range(*_ints(node[1:]))
        if len(steps) > self.bounds.values:  # whoever makes a list of it
            raise Tampered("a range is too long")
        return steps

    def _type(self, node: list[Any], depth: int) -> Any:
        return TYPES[node[1]] if node[1] in TYPES else self.other("ty", node, depth)

    def _objects(self, node: list[Any], depth: int) -> np.ndarray:
        shape, items = tuple(_ints(node[1])), self._values(node, depth, 2)
        if math.prod(shape) != len(items) or _is_no_shape(shape):
            raise Tampered("an array's shape is not that of its entries")
        cells = np.empty(len(items), dtype=object)
        for place, item in enumerate(items):
            cells[place] = item
        return cells.reshape(shape)

    def _array(self, node: list[Any], _depth: int) -> np.ndarray:
        _, name, shape, offset, order, writeable, *extra = node
        dtype = _dtype(name)
        if _is_no_shape(_ints(shape)):
            raise Tampered("an array's shape is malformed")
        size = math.prod(shape) * dtype.itemsize
        if type(offset) is not int or not 0 <= offset <= len(self.block) - size or order not in ("C", "F"):
            raise Tampered("an array lies outside its message")
        if not size and math.prod(max(length, 1) for length in shape) * dtype.itemsize > self.bounds.block:
            raise Tampered("an array's shape is too large")
        view: np.ndarray = np.ndarray(shape, dtype, self.block, offset if size else 0, order=order)
        array = view.copy(order="A")  # its own memory, laid out as the sender's was
        array = self.identified(array, extra)
        if writeable is False:
            array.flags.writeable = False
        return array


READERS: dict[str, Callable[[Decoder, list[Any], int], Any]] = {
    "l": Decoder._values,
    "t": lambda decoder, node, depth: tuple(decoder._values(node, depth)),
    "d": Decoder._dict,
    "m": Decoder._lists,
    "a": Decoder._array,
    "n": Decoder._scalar,
    "s": lambda decoder, node, depth: set(decoder._values(node, depth)),
    "f": lambda decoder, node, depth: frozenset(decoder._values(node, depth)),
    "c": Decoder._complex,
    "b": lambda _, node, __: bytes.fromhex(node[1]),
    "e": lambda _, __, ___: Ellipsis,
    "r": Decoder._range,
    "sl": lambda decoder, node, depth: slice(*decoder._values(node, depth)),
    "q": lambda _, node, __: Fraction(*_ints(node[1:])),
    "ty": Decoder._type,
    "o": Decoder._objects,
}


def _is_no_shape(shape: Sequence[int]) -> bool:
    return len(shape) > 32 or max(shape, default=0) > 1 << 31 or min(shape, default=0) < 0


def _ints(values: Any) -> list[int]:
    if type(values) is not list or not WHOLE.issuperset(map(type, values)):
        raise Tampered("whole numbers belong here")
    return values


@functools.lru_cache(256)  # what is refused is not kept
def _dtype(name: Any) -> np.dtype:
    if type(name) is not str or not DTYPE.match(name):
        raise Tampered("an array's dtype is not a plain one")
    dtype = np.dtype(name)
    if dtype.itemsize == 0 or dtype.itemsize > 1 << 20:
        raise Tampered("an array's dtype is malformed")
    return dtype
