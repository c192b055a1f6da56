"""No node that breaks a rule or a bound becomes a value."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.inside.decoder import Decoder
from autograder.inside.wire import Tampered

EIGHT = memoryview(bytes(8))
MALFORMED: dict[str, Any] = {
    "bare-object": {"t": 1},
    "dict-of-lists-with-a-key-too-many": ["m", ["a", "b"], [["x"]]],
    "dict-of-lists-with-a-list-for-a-key": ["m", [["a"]], [["x"]]],
    "dict-of-lists-with-an-object-for-keys": ["m", {"a": 1}, [["x"]]],
    "dict-of-lists-with-a-text-for-a-list": ["m", ["a"], ["x"]],
    "dict-of-lists-with-a-list-in-a-list": ["m", ["a"], [["x", ["l"]]]],
    "dict-of-lists-with-an-object-in-a-list": ["m", ["a"], [[{"t": 1}]]],
    "dict-of-lists-with-an-endless-int": ["m", ["a"], [[1 << 100_000]]],
    "empty-list": [],
    "unknown-tag": ["pickle", "gASV"],
    "tag-is-no-text": [["l"], 1],
    "odd-dict": ["d", 1],
    "unhashable-key": ["d", ["l"], 1],
    "unhashable-in-set": ["s", ["l"]],
    "dtype-object": ["a", "|O8", [1], 0, "C", True],
    "dtype-structured": ["a", "f8,f8", [1], 0, "C", True],
    "dtype-void": ["a", "|V8", [1], 0, "C", True],
    "dtype-date": ["a", "<M8[D]", [1], 0, "C", True],
    "dtype-huge": ["a", "<U999999", [1], 0, "C", True],
    "array-beyond-its-message": ["a", "<f8", [2], 0, "C", True],
    "array-before-its-message": ["a", "<f8", [1], -8, "C", True],
    "array-of-negative-length": ["a", "<f8", [-1], 0, "C", True],
    "array-of-no-size-but-vast": ["a", "<f8", [0, 1 << 31, 1 << 31], 0, "C", True],
    "array-of-too-many-axes": ["a", "<f8", [1] * 65, 0, "C", True],
    "shape-of-bools": ["a", "<f8", [True], 0, "C", True],
    "shape-is-a-number": ["a", "<f8", 1, 0, "C", True],
    "order-unknown": ["a", "<f8", [1], 0, "K", True],
    "array-cut-short": ["a", "<f8"],
    "object-array-too-short": ["o", [3], 1],
    "object-array-vast": ["o", [0, 1 << 60]],
    "scalar-of-objects": ["n", "|O8", "0000000000000000"],
    "scalar-of-two": ["n", "<f8", "00" * 16],
    "scalar-not-hex": ["n", "<f8", "zz"],
    "complex-of-texts": ["c", "1", "2"],
    "bytes-not-hex": ["b", "xyz"],
    "bytes-of-a-number": ["b", 5],
    "fraction-over-zero": ["q", 1, 0],
    "fraction-of-texts": ["q", "1", "2"],
    "range-of-lists": ["r", ["l"], 1, 1],
    "type-unknown": ["ty", "os.system"],
    "type-of-a-list": ["ty", ["l"]],
    "int-too-long": 1 << 5000,
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_value_is_tampering(name: str) -> None:
    with pytest.raises(Tampered):
        Decoder(EIGHT).value(MALFORMED[name])


def test_value_that_is_too_deep_is_tampering() -> None:
    node: Any = ["l"]
    for _ in range(100):
        node = ["l", node]
    with pytest.raises(Tampered, match="deep"):
        Decoder(EIGHT).value(node)
