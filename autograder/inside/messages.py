"""What the processes say to one another, one class for each message; wire.py frames what `fields` gives.

To the student's process: of the grader's Cell, Snapshot, Look and End; of the examiner's Names, Call, Many, Get, Set,
Special and Signature. It answers with Outputs, Made, Alive, Value, Raised or Stopped, and may ask with CallBack what
the examiner answers with Value or Raised. To the examiner's process: Cells, Student, Locked, Test and Again.

Reading a message checks the type of each field, and raises Tampered. Values of a test's and of the student's code
stand in messages as nodes (exchange.py), which are checked where they are decoded. The student's process gets this very
file as text, so it stands on the standard library and wire.py alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from autograder.inside.wire import Tampered

__all__ = [
    *("TO_EXAMINER", "TO_STUDENT", "Again", "Alive", "Answer", "Call", "CallBack", "Cell", "Cells", "End", "Get"),
    *("Kind", "Locked", "Look", "Made", "Many", "Message", "Names", "Outputs", "Raised", "Request", "Set", "Signature"),
    *("Snapshot", "Special", "Stopped", "Student", "Test", "Value", "answer", "read", "reply", "request"),
]

UNSET: Any = None  # such a field does not cross
TYPES = {"int": int, "float": float, "str": str, "bool": bool, "list[Any]": list, "dict[str, Any]": dict, "Any": None}


class Message:
    """One message; `do` is its name as it crosses, `fault` what is said of one whose fields are wrong."""

    do: ClassVar[str] = ""
    fault: ClassVar[str] = "a message is malformed"
    types: ClassVar[dict[str, type | None]] = {}  # of each field; None where the value may be of any
    required: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        own = {name: TYPES[text] for name, text in vars(cls).get("__annotations__", {}).items()}
        cls.types = {**cls.types, **own}
        cls.required = cls.required | {name for name in own if name not in vars(cls)}

    def fields(self) -> dict[str, Any]:
        """Return what crosses of it, as a header for the wire: what was never set does not."""
        return {"do": self.do, **vars(self)} if self.do else vars(self)


@dataclass
class Cell(Message):
    """Run a cell of the student's; answered by Outputs."""

    do = "cell"
    seq: int
    source: str


@dataclass
class Snapshot(Message):
    """Fork a process for a test, for the socket that comes behind; answered by Made."""

    do = "snapshot"
    seq: int
    test: int


@dataclass
class Look(Message):
    """Look whether the snapshot for a test lives; answered by Alive."""

    do = "look"
    seq: int
    test: int


@dataclass
class End(Message):
    """End the snapshot for a test after so many seconds; answered by Alive: whether it had lived until then."""

    do = "end"
    seq: int
    test: int
    patience: float


@dataclass(kw_only=True)
class Request(Message):
    """Something asked for in a snapshot; answered by Value, Raised or Stopped.

    `args` and `kwargs` are nodes; `drop` and `sync` tell what became of the student's objects since the last one; to
    `watch` is to tell which functions were called at an input that was moved a little (cs231n_lite.watching).
    """

    seq: int
    args: list[Any]
    kwargs: dict[str, Any] = field(init=False, default=UNSET)
    drop: dict[str, Any] = field(init=False, default=UNSET)
    watch: bool = field(init=False, default=UNSET)
    sync: dict[str, Any] = field(init=False, default=UNSET)


@dataclass(kw_only=True)
class Names(Request):
    """The values of these names, as far as there are any."""

    do = "names"
    names: list[Any]


@dataclass(kw_only=True)
class OnObject(Request):
    """Something asked of the student's object of this number."""

    on: int


@dataclass(kw_only=True)
class Call(OnObject):
    """Call it."""

    do = "call"


@dataclass(kw_only=True)
class Many(OnObject):
    """Call it once with each of the arguments, which are tuples."""

    do = "many"


@dataclass(kw_only=True)
class Get(OnObject):
    """Its attribute."""

    do = "get"
    name: str


@dataclass(kw_only=True)
class Set(OnObject):
    """Set its attribute to the one argument."""

    do = "set"
    name: str


@dataclass(kw_only=True)
class Special(OnObject):
    """What one of SPECIAL's functions (handles.py) makes of it."""

    do = "special"
    name: str


@dataclass(kw_only=True)
class Signature(OnObject):
    """The name and kind of each parameter, and whether it has a default."""

    do = "signature"


@dataclass
class Outputs(Message):
    """What a cell showed, as a notebook holds it (evidence.cleaned says whether), and which `instruments` it called."""

    seq: int
    outputs: Any
    instruments: list[Any] = field(init=False, default=UNSET)


@dataclass
class Made(Message):
    """Whether a snapshot was made."""

    seq: int
    made: bool


@dataclass
class Alive(Message):
    """Whether a snapshot lives, or did."""

    seq: int
    alive: bool


@dataclass
class Answer(Message):
    """`changed`: pairs of an argument's place or name and its node; `later`: of a lent array's number and its node.

    `instruments` are the names of those of the course's that were called where there are none (face.py), `steps` those
    of functions that a watched request called at an input that was moved a little.
    """

    fault = "changed arguments are malformed"
    seq: int
    changed: list[Any] = field(init=False, default=UNSET)
    later: list[Any] = field(init=False, default=UNSET)
    instruments: list[Any] = field(init=False, default=UNSET)
    steps: list[Any] = field(init=False, default=UNSET)


@dataclass
class Value(Answer):
    """The node of what was asked for."""

    value: Any


@dataclass
class Raised(Answer):
    """What crosses of an exception: its "type", a builtin's name, and its "text"; of the student's also more."""

    error: Any


@dataclass
class Stopped(Answer):
    """An iterator is at its end; `stop` is True."""

    stop: bool


@dataclass
class CallBack(Message):
    """The student's code calls a function of the test's: its number, and nodes of the arguments."""

    fault = "a call back without arguments"
    seq: int
    callback: Any
    args: list[Any]
    kwargs: dict[str, Any]


@dataclass
class Cells(Message):
    """The master's cells, which are in the block (examining/master_cells.py)."""

    do = "cells"


@dataclass
class Student(Message):
    """The socket to a snapshot comes behind."""

    do = "student"


@dataclass
class Locked(Message):
    """Run what tests need of a locked cell; `points` are exercise -> [earned, there are] of the tests before it."""

    do = "locked"
    cell: int
    points: Any


@dataclass
class Test(Message):
    """Run a test cell."""

    do = "test"
    cell: int


@dataclass
class Again(Message):
    """Make what a test cell defines, without testing again."""

    do = "again"
    cell: int


TO_STUDENT: dict[str, type[Message]] = {
    kind.do: kind for kind in (Cell, Snapshot, Look, End, Names, Call, Many, Get, Set, Special, Signature)
}
TO_EXAMINER: dict[str, type[Message]] = {kind.do: kind for kind in (Cells, Student, Locked, Test, Again)}
ANSWERS: dict[str, Any] = {"value": Value, "error": Raised, "stop": Stopped, "callback": CallBack}
Kind = TypeVar("Kind", bound=Message)


def read(kind: type[Kind], fields: dict[str, Any]) -> Kind:
    """Return the message of a kind with these fields, which become its own; raises Tampered."""
    types = kind.types
    for name, value in fields.items():
        if name not in types or (type(value) is not types[name] and types[name] is not None):
            raise Tampered(kind.fault)
    if not kind.required <= fields.keys():
        raise Tampered(kind.fault)
    message = object.__new__(kind)
    message.__dict__ = fields
    return message


def request(kinds: Mapping[str, type[Message]], fields: dict[str, Any]) -> Message:
    """Return the request of one of the kinds that these fields are; raises Tampered."""
    name = fields.pop("do", None)
    kind = kinds.get(name) if type(name) is str else None
    if kind is None:
        raise Tampered(f"unknown request {name!r}"[:100])
    return read(kind, fields)


def reply(kind: type[Kind], seq: int, fields: dict[str, Any]) -> Kind:
    """Return the reply of a kind to the request of this number; raises Tampered."""
    if fields.get("seq") != seq or type(fields["seq"]) is not int:
        raise Tampered("an answer to no question")
    return read(kind, fields)


def answer(seq: int, fields: dict[str, Any]) -> Value | Raised | Stopped | CallBack:
    """Return the answer to a Request of this number, or what is asked back before it; raises Tampered."""
    for key, kind in ANSWERS.items():
        if key in fields and (key != "stop" or fields[key] is True):
            return reply(kind, seq, fields)
    reply(Answer, seq, {"seq": fields.get("seq")})
    raise Tampered("an answer without a value")
