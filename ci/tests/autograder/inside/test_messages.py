"""A message crosses as it is; one with a field too many, too few or of another type is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autograder.inside import messages
from autograder.inside.messages import TO_EXAMINER, TO_STUDENT, Call, CallBack, Message, Raised, Stopped, Value
from autograder.inside.wire import Tampered

REQUESTS = [
    messages.Cell(-1, "x = 1"),
    messages.Snapshot(-2, 3),
    messages.Look(-3, 3),
    messages.End(-4, 3, 1.0),
    messages.Names(seq=1, args=[], names=["f"]),
    messages.Call(seq=2, args=[["l", 1]], on=7),
    messages.Many(seq=3, args=[["t", 1]], on=7),
    messages.Get(seq=4, args=[], on=7, name="x"),
    messages.Set(seq=5, args=[1], on=7, name="x"),
    messages.Special(seq=6, args=[], on=7, name="len"),
    messages.Signature(seq=7, args=[], on=7),
]
TO_THE_EXAMINER = [
    messages.Cells(),
    messages.Student(),
    messages.Locked(1, {"square": [1.0, 2.0]}),
    messages.Test(2),
    messages.Again(2),
]
ANSWERS = [Value(5, None), Raised(5, {"type": "ValueError"}), Stopped(5, stop=True), CallBack(5, 0, [1], {"x": 2})]


def crossed(message: Message) -> dict[str, Any]:
    return dict(json.loads(json.dumps(message.fields())))


@pytest.mark.parametrize("message", REQUESTS, ids=lambda message: message.do)
def test_request_to_the_students_process_crosses(message: Message) -> None:
    assert messages.request(TO_STUDENT, crossed(message)) == message


@pytest.mark.parametrize("message", TO_THE_EXAMINER, ids=lambda message: message.do)
def test_request_to_the_examiner_crosses(message: Message) -> None:
    assert messages.request(TO_EXAMINER, crossed(message)) == message


def test_each_request_is_tried() -> None:
    assert {message.do for message in REQUESTS} == set(TO_STUDENT)
    assert {message.do for message in TO_THE_EXAMINER} == set(TO_EXAMINER)


@pytest.mark.parametrize("message", ANSWERS, ids=lambda message: type(message).__name__)
def test_answer_crosses_as_its_own_kind(message: Message) -> None:
    answer = messages.answer(5, crossed(message))
    assert type(answer) is type(message) and answer == message


def test_what_was_never_set_does_not_cross() -> None:
    call = Call(seq=1, args=[], on=7)
    assert crossed(call) == {"do": "call", "seq": 1, "args": [], "on": 7}
    call.kwargs = {"x": 1}
    assert messages.request(TO_STUDENT, crossed(call)) == call


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"do": 1},
        {"do": ["call"]},
        {"do": "pickle"},
        {"do": "call", "seq": 1, "args": []},
        {"do": "call", "seq": 1, "args": {}, "on": 1},
        {"do": "call", "seq": True, "args": [], "on": 1},
        {"do": "call", "seq": 1, "args": [], "on": 1.0},
        {"do": "call", "seq": 1, "args": [], "on": 1, "kwargs": None},
        {"do": "call", "seq": 1, "args": [], "on": 1, "types": {}},
        {"do": "cell", "seq": 1, "source": None},
    ],
)
def test_malformed_request_is_tampering(fields: dict[str, Any]) -> None:
    with pytest.raises(Tampered):
        messages.request(TO_STUDENT, fields)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"seq": 4, "value": 1}, "no question"),
        ({"seq": 5.0, "value": 1}, "no question"),
        ({"value": 1}, "no question"),
        ({}, "no question"),
        ({"seq": 5}, "without a value"),
        ({"seq": 5, "stop": False}, "without a value"),
        ({"seq": 5, "value": 1, "error": {}}, "malformed"),
        ({"seq": 5, "value": 1, "changed": {}}, "malformed"),
        ({"seq": 5, "value": 1, "later": None}, "malformed"),
        ({"seq": 5, "callback": 0}, "without arguments"),
        ({"seq": 5, "callback": 0, "args": [], "kwargs": []}, "without arguments"),
    ],
)
def test_malformed_answer_is_tampering_and_the_reason_is_told(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(Tampered, match=reason):
        messages.answer(5, fields)


def test_reply_of_another_kind_is_tampering() -> None:
    assert messages.reply(messages.Alive, 5, {"seq": 5, "alive": True}).alive
    for fields in ({"seq": 5, "made": True}, {"seq": 5, "alive": 1}, {"seq": 6, "alive": True}):
        with pytest.raises(Tampered):
            messages.reply(messages.Alive, 5, fields)
