"""Plain data crosses as it is, and whatever else comes over the wire is refused: by hand-written frames, too."""

from __future__ import annotations

import json
import math
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograder.examiner.remote_student import RemoteStudent
from autograder.examiner.standins import Cut, StandIn
from autograder.inside.decoder import Decoder
from autograder.inside.exchange import Encoder
from autograder.inside.handles import Handles, Outgoing
from autograder.inside.messages import Call, Names
from autograder.inside.wire import Bounds, Gone, Late, Refused, Tampered, Wire
from cs231n_lite.checking.plain import kind_of, real_numbers

READ_ONLY = np.arange(3.0)
READ_ONLY.flags.writeable = False

VALUES = [
    None,
    True,
    3,
    2**200,
    1.5,
    math.inf,
    "text with \ud800 in it",
    b"\x00\xff",
    1 + 2j,
    Ellipsis,
    Fraction(1, 3),
    range(2, 9, 3),
    slice(1, None, 2),
    float,
    [1, [2.0, "x"], None],
    (1, (2,), ()),
    {"a": [1], 2: (3,), (4, 5): {}},
    {"a": ["x", 1.5, None], "b": [], None: [True]},
    {},
    {1, 2},
    frozenset({"x"}),
    np.float64(0.1),
    np.float32(0.1),
    np.int8(-3),
    np.bool_(True),
    np.complex64(1 - 1j),
]

ARRAYS = [
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(12.0).reshape(3, 4)[::2, 1:],
    np.array(2.5),
    np.zeros((0, 3)),
    np.array([True, False]),
    np.array([1, 2], dtype=">i4"),
    np.array([1 + 2j]),
    np.array(["one", "three"]),
    READ_ONLY,
    np.array([1, "x", None], dtype=object),
]


def crossed(value: Any) -> Any:
    encoder = Encoder()
    node = json.loads(json.dumps(encoder.node(value)))
    return Decoder(memoryview(encoder.block())).value(node)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_plain_value_crosses_with_its_type(value: Any) -> None:
    came = crossed(value)
    assert type(came) is type(value)
    assert came == value


def test_nan_crosses() -> None:
    assert math.isnan(crossed(math.nan))


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype.kind}{array.shape}")
def test_array_crosses_with_dtype_shape_order_and_memory_of_its_own(array: np.ndarray) -> None:
    came = crossed(array)
    assert (came.dtype, came.shape) == (array.dtype, array.shape)
    assert np.array_equal(came, array)
    assert came.flags.writeable == (array.flags.writeable or array.dtype.kind == "O")
    assert came.flags.f_contiguous == (array.flags.f_contiguous if array.flags.contiguous else came.flags.f_contiguous)


class Liar(float):
    def __float__(self) -> float:
        raise AssertionError("what a subclass overrides is not asked")

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__


def test_subclass_of_float_becomes_a_plain_float() -> None:
    came = crossed(Liar(2.0))
    assert type(came) is float
    assert came != 3.0


class Pickled:
    def __reduce__(self) -> Any:
        raise AssertionError("nothing is pickled")


ITSELF: list[Any] = []
ITSELF.append(ITSELF)
TWICE: list[Any] = []
TWICE += [TWICE, TWICE]
DEEP: list[Any] = []
for _ in range(200):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "value",
    [Pickled(), ITSELF, TWICE, DEEP, 1 << 100_000, np.zeros(3, dtype="f8,i4"), np.array(["2026-01-01"], dtype="M8[D]")],
    ids=["object", "cyclic", "cyclic-twice", "deep", "long-int", "structured", "dates"],
)
def test_what_is_no_plain_data_is_refused_before_it_is_sent(value: Any) -> None:
    with pytest.raises(Refused):
        Encoder(Bounds(values=100_000)).node(value)


def test_array_that_is_too_large_is_refused_before_it_is_sent() -> None:
    with pytest.raises(Refused, match="too large"):
        Encoder(Bounds(block=1000)).node(np.zeros(1000))


@pytest.fixture
def ends() -> Iterator[tuple[Wire, socket.socket]]:
    here, there = socket.socketpair()
    with here, there:
        yield Wire(here), there


def frame(header: bytes, block: bytes = b"") -> bytes:
    return struct.pack("<IQ", len(header), len(block)) + header + block


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<IQ", 0xFFFFFFFF, 0),
        struct.pack("<IQ", 2, 1 << 60),
        b"GET / HTTP/1.1\r\n\r\n",
        frame(b"not json"),
        frame(b"[1]"),
        frame(b"[" * 100_000),
        frame(b'{"seq": ' + b"9" * 10_000 + b"}"),
        frame(b"\xff\xfe\xfd\xfc"),
    ],
    ids=["header-of-4-GiB", "block-of-an-exabyte", "http", "no-json", "no-object", "deep-json", "long-int", "no-text"],
)
def test_bytes_that_are_no_frame_are_tampering(ends: tuple[Wire, socket.socket], data: bytes) -> None:
    wire, other = ends
    other.sendall(data)
    with pytest.raises(Tampered):
        wire.receive()


def test_connection_that_ends_within_a_frame_is_gone(ends: tuple[Wire, socket.socket]) -> None:
    wire, other = ends
    other.sendall(frame(b'{"seq": 1}')[:-3])
    other.close()
    with pytest.raises(Gone):
        wire.receive()


def test_silence_is_late_at_the_deadline(ends: tuple[Wire, socket.socket]) -> None:
    wire, _ = ends
    wire.deadline = 0.0  # long past
    with pytest.raises(Late):
        wire.receive()


def test_other_side_that_never_reads_is_late(ends: tuple[Wire, socket.socket]) -> None:
    wire, _ = ends
    wire.deadline = 0.0
    with pytest.raises(Late):
        wire.send({}, bytes(8 << 20))


# A student's process written by hand: it answers each request with whatever it likes.
Reply = Callable[[dict[str, Any]], list[tuple[dict[str, Any], bytes]]]


@pytest.fixture
def forged() -> Iterator[Callable[[Reply], tuple[RemoteStudent, list[dict[str, Any]]]]]:
    here, there = socket.socketpair()
    threads = []

    def with_replies(reply: Reply) -> tuple[RemoteStudent, list[dict[str, Any]]]:
        asked: list[dict[str, Any]] = []

        def run() -> None:
            wire = Wire(there)
            try:
                while True:
                    asked.append(wire.receive()[0])
                    for message, block in reply(asked[-1]):
                        wire.send(message, block)
            except (Gone, Tampered):
                pass

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return RemoteStudent(Wire(here)), asked

    yield with_replies
    here.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join()
    here.close()
    there.close()


def always(**fields: Any) -> Reply:
    return lambda asked: [({"seq": asked["seq"], **fields}, b"")]


FORGED: dict[str, Reply] = {
    "answer-to-a-call-never-made": lambda asked: [({"seq": asked["seq"] + 1, "value": 1}, b"")],
    "answer-without-a-number": lambda asked: [({"value": 1}, b"")],
    "number-is-a-float": lambda asked: [({"seq": float(asked["seq"]), "value": 1}, b"")],
    "answer-without-a-value": always(),
    "function-never-given": always(callback=0, args=[], kwargs={}),
    "function-of-negative-number": always(callback=-1, args=[], kwargs={}),
    "call-back-without-arguments": always(callback=0),
    "object-malformed": always(value=["h", 1]),
    "object-of-unknown-kind": always(value=["h", 1, "module", "os", False, True, []]),
    "object-with-a-text-for-number": always(value=["h", "1", "object", "x", False, True, []]),
    "kept-object-is-no-container": always(value=["k", 1, 5]),
    "array-without-a-number": always(value=["a", "<f8", [0], 0, "C", True]),
    "array-with-a-text-for-number": always(value=["a", "<f8", [0], 0, "C", True, "1"]),
    "argument-changed-that-was-not-given": always(value=1, changed=[[3, 1]]),
    "changed-is-no-list": always(value=1, changed={"0": 1}),
    "changed-place-is-a-list": always(value=1, changed=[[[0], 1]]),
    "masked-is-no-array": always(value=["hidden", ["l", 1.0]]),
    "masked-within-masked": always(value=["hidden", ["hidden", 1.0]]),
    "masked-holds-nothing": always(value=["hidden"]),
    "exception-malformed": always(error={"type": "ValueError"}),
    "exception-is-a-text": always(error="ValueError"),
    "examiners-object-number": always(value=["x", 1]),
}


@pytest.mark.parametrize("name", FORGED)
def test_reply_written_by_hand_ends_the_test(name: str, forged: Any) -> None:
    student, _ = forged(FORGED[name])
    with pytest.raises(Cut):
        student.ask(Names, names=["f"])
    assert student.broken == "tampered"
    with pytest.raises(Cut):  # and stays ended, whatever the test catches
        student.ask(Names, names=["f"])


def handle(name: str = "Gate", features: list[str] | None = None) -> list[Any]:
    return ["h", 7, "object", name, False, True, features or []]


def test_stand_in_compares_by_itself_and_asks_nobody(forged: Any) -> None:
    student, asked = forged(always(value=handle()))
    thing = student.ask(Names, names=["f"])
    assert isinstance(thing, StandIn)
    assert thing != 1.0
    assert not np.any(np.asarray(thing == np.ones(3)))
    assert "Gate" in repr(thing) and hash(thing) is not None
    assert len(asked) == 1


@pytest.mark.parametrize("operation", [lambda x: x < 1, lambda x: x - 1.0, float, len, iter, lambda x: x[0]])
def test_stand_in_without_a_feature_forwards_no_operator(forged: Any, operation: Callable[[Any], Any]) -> None:
    student, asked = forged(always(value=handle()))
    thing = student.ask(Names, names=["f"])
    with pytest.raises(TypeError):
        operation(thing)
    assert len(asked) == 1


@pytest.mark.parametrize("name", ["__eq__", "__class__", "__reduce__", "__float__", "__del__", "a b", "", "x" * 90])
def test_stand_ins_class_takes_no_name_or_feature_that_is_not_on_the_list(forged: Any, name: str) -> None:
    student, asked = forged(always(value=handle(name, [name, "eq", "__eq__", "reduce", "del", "lt"])))
    thing = student.ask(Names, names=["f"])
    assert type(thing).__name__ == "object"
    assert type(thing).__eq__ is object.__eq__
    assert len(asked) == 1


def test_forged_length_and_number_are_refused(forged: Any) -> None:
    student, _ = forged(
        lambda asked: [
            ({"seq": asked["seq"], "value": handle("x", ["len", "float"]) if asked["do"] == "names" else "1"}, b"")
        ]
    )
    thing = student.ask(Names, names=["f"])
    with pytest.raises(TypeError):
        len(thing)
    with pytest.raises(TypeError):
        float(thing)


@pytest.mark.parametrize(
    "kind", ["KeyboardInterrupt", "GeneratorExit", "BaseException", "ExceptionGroup", "print", "__import__"]
)
def test_only_ordinary_exceptions_come_as_their_own_type(forged: Any, kind: str) -> None:
    facts = {"type": kind, "name": kind, "text": "boo", "line": ""}
    student, _ = forged(always(error=facts))
    with pytest.raises(Exception, match="boo") as caught:
        student.ask(Names, names=["f"])
    assert type(caught.value).__name__ == "StudentError"


def test_changed_argument_is_written_back_in_place(forged: Any) -> None:
    inner = np.zeros(2)
    block = np.array([5.0, 6.0]).tobytes()
    node = ["l", ["a", "<f8", [2], 0, "C", True, 0], "new"]
    student, _ = forged(lambda asked: [({"seq": asked["seq"], "value": None, "changed": [[0, node]]}, block)])
    argument = [inner, "old"]
    student.ask(Call, [argument], on=1)
    assert argument[0] is inner and inner.tolist() == [5.0, 6.0] and argument[1] == "new"


def test_changed_array_of_another_shape_is_not_written_back(forged: Any) -> None:
    node = ["a", "<f8", [2], 0, "C", True, 0]
    student, _ = forged(
        lambda asked: [({"seq": asked["seq"], "value": None, "changed": [[0, node]]}, bytes(range(16)))]
    )
    argument = np.zeros((2, 1))
    student.ask(Call, [argument], on=1)
    assert argument.tolist() == [[0.0], [0.0]]


def test_calls_within_calls_end_before_the_stack_does(forged: Any) -> None:
    student, _ = forged(
        lambda asked: (
            [({"seq": asked["seq"], "callback": 0, "args": [], "kwargs": {}}, b"")] if asked.get("do") == "call" else []
        )
    )

    depth = []

    def counted() -> Any:
        depth.append(1)
        return student.ask(Call, [counted], on=1)

    # The forged peer calls back for ever. The innermost call is refused; after that the peer is silent and late.
    student.wire.deadline = 0.0
    with pytest.raises(Cut):
        student.ask(Call, [counted], on=1)
    assert len(depth) <= 40


def sent(value: Any) -> tuple[Any, bytes]:
    """A value as it leaves the student's process."""
    outgoing = Outgoing(Handles(), Bounds())
    node = json.loads(json.dumps(outgoing.node(value)))
    return node, outgoing.block()


def arrived(forged: Any, value: Any) -> Any:
    node, block = sent(value)
    student, _ = forged(lambda asked: [({"seq": asked["seq"], "value": node}, block)])
    return student.ask(Names, names=["f"])


MASKED: dict[str, tuple[Any, list[Any]]] = {
    "an entry": (np.ma.array([1.0, 2.0], mask=[False, True]), [1.0, math.nan]),
    "of whole numbers": (np.ma.array([1, 2], mask=[True, False]), [math.nan, 2.0]),
    "all of it": (np.ma.masked_all((1,)), [math.nan]),
}


@pytest.mark.parametrize("name", MASKED)
def test_masked_entries_cross_as_nan_and_are_no_numbers_to_a_check(forged: Any, name: str) -> None:
    value, entries = MASKED[name]
    came = arrived(forged, value)
    assert np.array_equal(np.asarray(came), entries, equal_nan=True)
    assert real_numbers(came) is None
    assert kind_of(came) == kind_of(value) == "a masked array (masked entries are hidden, and are no numbers)"


def test_a_masked_number_is_told_as_one(forged: Any) -> None:
    came = arrived(forged, np.ma.masked)
    assert real_numbers(came) is None
    assert kind_of(came) == kind_of(np.ma.masked) == "masked"


@pytest.mark.parametrize("value", [np.ma.array([1.5, 2.0]), np.ma.array([1.5, 2.0], mask=[False, False])])
def test_a_masked_array_that_hides_nothing_is_an_array_on_both_sides(forged: Any, value: Any) -> None:
    came = arrived(forged, value)
    assert type(came) is np.ndarray
    for array in (came, value):
        numbers = real_numbers(array)
        assert numbers is not None and numbers.tolist() == [1.5, 2.0]


def test_what_was_masked_goes_back_to_the_students_code_as_an_array(forged: Any) -> None:
    node, block = sent(np.ma.array([1.0, 2.0], mask=[False, True]))
    student, asked = forged(lambda asked: [({"seq": asked["seq"], "value": node}, block)])
    came = student.ask(Names, names=["f"])
    student.ask(Call, [came], on=1)
    assert asked[-1]["args"][0][:3] == ["a", "<f8", [2]]
