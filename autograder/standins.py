"""Stand-ins in the examiner for what lives in the student's process: they forward calls, attributes and items.

Never forwarded is a comparison, a hash, a text or a pickle: these are the stand-in's own, so that an object whose
__eq__ says yes is equal to nothing. What comes back is plain data, or another stand-in.
"""

from __future__ import annotations

import builtins
import inspect
import marshal
import re
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exchange import Decoder, Encoder, Gone, Late, Refused, Tampered, Wire

__all__ = ["Cut", "StandIn", "Student", "StudentError", "ask_many"]

DEEPEST = 40  # calls of the student's inside calls of the test's inside calls of the student's …
ERRORS: dict[str, type[BaseException]] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type)
    and issubclass(kind, Exception | SystemExit)
    and not issubclass(kind, BaseExceptionGroup | StopIteration | StopAsyncIteration)
}


class Cut(KeyboardInterrupt):
    """The student's process is gone or talks nonsense: the test cell ends here, whatever it catches."""


class StudentError(Exception):
    """An exception of the student's that no builtin type fits."""


class _Lease:
    """Tells the student's process to drop an object when the last reference to it goes."""

    def __init__(self, table: list[int], number: int) -> None:
        self._table, self._number = table, number

    def __del__(self) -> None:
        self._table.append(self._number)


class _KeptTuple(tuple):
    lease: _Lease
    number: int


class _KeptList(list):
    lease: _Lease
    number: int


class _KeptDict(dict):
    lease: _Lease
    number: int


KEPT: dict[type, Any] = {tuple: _KeptTuple, list: _KeptList, dict: _KeptDict}
for plain, kept in KEPT.items():
    kept.__name__ = kept.__qualname__ = plain.__name__  # a message says what the student returned: a dict


class _Watched:
    """A copy of an attribute's value: an array, list or dictionary that a test may write into."""

    def __init__(self, value: Any, number: int) -> None:
        self.held: Any = value  # until the next request: `net.params["b"] = b` drops it at once
        self.seen = weakref.ref(value)
        self.number = number
        self.before = _print(value)


def _print(value: Any) -> Any:
    """Something that is equal as long as the value is not changed."""
    if isinstance(value, np.ndarray):
        return value.tobytes()
    try:
        return marshal.dumps(dict(value) if isinstance(value, dict) else list(value), 2)
    except ValueError:  # it holds what is no plain data
        return object()


class StandIn:
    """Stands for an object of the student's."""

    def __init__(self, student: Student, number: int, name: str, own: bool) -> None:
        put = object.__setattr__
        put(self, "_student", student)
        put(self, "_number", number)
        put(self, "_lease", _Lease(student.dropped_objects, number))
        if own:
            put(self, "__name__", name)

    def __getattr__(self, name: str) -> Any:
        if name == "__signature__":
            return self._signature()
        if name.startswith("__"):
            raise AttributeError(name)
        return self._student.ask("get", on=self._number, name=name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._student.ask("set", [value], on=self._number, name=name)

    def __repr__(self) -> str:
        return f"<the student's {type(self).__name__}>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("what lives in the student's process is not copied")

    def _signature(self) -> inspect.Signature:
        try:
            told = self._student.ask("signature", on=self._number)
            return inspect.Signature(
                [
                    inspect.Parameter(
                        name, inspect._ParameterKind(kind), default=... if has else inspect.Parameter.empty
                    )
                    for name, kind, has in told
                ]
            )
        except (Exception, SystemExit):
            raise AttributeError("__signature__") from None


def _call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
    return self._student.ask("call", args, kwargs, on=self._number)


def _special(name: str, check: Callable[[Any], bool]) -> Callable[..., Any]:
    def forward(self: Any, *args: Any) -> Any:
        value = self._student.ask("special", args, on=self._number, name=name)
        if not check(value):
            raise TypeError(f"a {type(self).__name__} of the student's gave no {name}")
        return value

    return forward


def _array(self: Any, dtype: Any = None, copy: Any = None) -> Any:
    value = self._student.ask("special", (), on=self._number, name="array")
    if type(value) is not np.ndarray:
        raise TypeError(f"a {type(self).__name__} of the student's is no array")
    return value if dtype is None else value.astype(dtype)


SPECIAL: dict[str, Callable[..., Any]] = {
    "len": _special("len", lambda value: type(value) is int),
    "iter": _special("iter", lambda value: isinstance(value, StandIn) and hasattr(type(value), "__next__")),
    "next": _special("next", lambda value: True),
    "getitem": _special("getitem", lambda value: True),
    "setitem": _special("setitem", lambda value: True),
    "contains": _special("contains", lambda value: type(value) is bool),
    "float": _special("float", lambda value: type(value) is float),
    "int": _special("int", lambda value: type(value) is int),
    "array": _array,
}


class _Outgoing(Encoder):
    def __init__(self, student: Student) -> None:
        super().__init__(student.wire.bounds)
        self.student = student

    def identity(self, array: np.ndarray) -> list[Any]:
        number = self.student.lend(array)
        known = self.student.received.get(id(array))
        return [number, known[1] if known is not None and known[0]() is array else None]

    def other(self, value: Any, depth: int) -> Any:
        if isinstance(value, StandIn):
            if value._student is not self.student:
                raise Cut("a stand-in for a process that is gone")
            return ["x", value._number]
        if type(value) in KEPT.values():
            return ["k", value.number]
        if type(value) is np.ndarray or not callable(value):
            raise Refused(f"a {type(value).__name__} cannot be given to the student's code: it is not plain data")
        self.student.functions.append(value)
        name = getattr(value, "__name__", "function")
        return ["cb", len(self.student.functions) - 1, name if isinstance(name, str) else "function"]


class _Incoming(Decoder):
    def __init__(self, student: Student, block: memoryview) -> None:
        super().__init__(block, student.wire.bounds)
        self.student = student
        self.arrays: list[tuple[np.ndarray, int]] = []

    def other(self, tag: str, node: list[Any], depth: int) -> Any:
        if tag == "h":
            return self.student.stand_in(node)
        if tag == "cb":
            _, number = node
            if type(number) is not int or not 0 <= number < len(self.student.functions):
                raise Tampered("a function that was never given")
            return self.student.functions[number]
        if tag == "k":
            _, number, inner = node
            plain = self.value(inner, depth + 1)
            if type(number) is not int or type(plain) not in KEPT:
                raise Tampered("a kept object is malformed")
            value = KEPT[type(plain)](plain)
            value.number, value.lease = number, _Lease(self.student.dropped_objects, number)
            return value
        return super().other(tag, node, depth)

    def identified(self, array: np.ndarray, extra: list[Any]) -> np.ndarray:
        if len(extra) != 1 or type(extra[0]) is not int:
            raise Tampered("an array has no number")
        if extra[0]:
            self.student.take(array, extra[0])
            self.arrays.append((array, extra[0]))
        return array


class Student:
    """The student's process as the examiner sees it: one wire, one call at a time."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.seq = self.depth = self.loans = 0
        self.broken = ""  # "tampered" or "gone"
        self.memory = False  # the student's code ran out of memory
        self.functions: list[Any] = []
        self.lent: dict[int, weakref.ref[np.ndarray]] = {}
        self.received: dict[int, tuple[weakref.ref[np.ndarray], int]] = {}  # id of an array -> it, the student's number
        self.watched: list[_Watched] = []
        self.dropped_objects: list[int] = []
        self.dropped_arrays: list[int] = []

    def forget(self) -> None:
        """Forget what a finished test cell lent."""
        self.functions.clear()
        self.lent.clear()

    def lend(self, array: np.ndarray) -> int:
        """Return a number for an array given to the student's code, whose changes are written back."""
        self.loans += 1
        self.lent[self.loans] = weakref.ref(array)
        return self.loans

    def take(self, array: np.ndarray, number: int) -> None:
        """Note that an array is a copy of the student's array of that number."""
        place = id(array)

        def gone(_: Any) -> None:
            self.received.pop(place, None)
            self.dropped_arrays.append(number)

        self.received[place] = (weakref.ref(array, gone), number)

    def stand_in(self, node: list[Any]) -> StandIn:
        """Return a stand-in for the object that a node describes; raises Tampered."""
        _, number, kind, name, own, calls, features = node
        if (
            type(number) is not int
            or kind not in ("class", "object")
            or type(name) is not str
            or type(features) is not list
        ):
            raise Tampered("an object is malformed")
        members: dict[str, Any] = {f"__{known}__": SPECIAL[known] for known in SPECIAL if known in features}
        if calls is True:
            members["__call__"] = _call
        if kind == "class":
            members["__class__"] = property(lambda self: type)  # isinstance(stand_in, type), as tests ask
        name = name if re.fullmatch(r"[A-Za-z_]\w{0,49}", name) and not name.startswith("__") else "object"
        return type(name, (StandIn,), members)(self, number, name, own is True)

    def ask(self, do: str, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """Ask for one thing and return the answer; raises what the student's code raised, or Cut."""
        if self.broken:
            raise Cut(f"the student's process is {self.broken}")
        if self.depth >= DEEPEST:
            raise RecursionError("the test and the answer call each other without end")
        outgoing = _Outgoing(self)
        self.seq += 1
        message = {"seq": self.seq, "do": do, **more}
        message["args"] = [outgoing.node(value) for value in args]
        message["kwargs"] = {name: outgoing.node(value) for name, value in (kwargs or {}).items()}
        message["drop"] = {"objects": _emptied(self.dropped_objects), "arrays": _emptied(self.dropped_arrays)}
        written = self._written(outgoing)
        if written:
            message["sync"] = written
        self.depth += 1
        try:
            reply, incoming = self._answer(message, outgoing, args, kwargs or {})
            error = self._error(reply["error"]) if "error" in reply else None
            value = incoming.value(reply["value"]) if "value" in reply else None
        except Tampered as tampered:
            self.broken = "tampered"
            raise Cut(str(tampered)) from None
        except (Gone, Late, MemoryError):  # after a frame that was half read no other can be
            self.broken = "gone"
            raise Cut("the student's process is gone") from None
        finally:
            self.depth -= 1
        if error is not None:
            raise error
        if "value" not in reply:
            raise StopIteration if message.get("name") == "next" else StudentError("StopIteration")
        if do == "get":
            self.watched += [_Watched(array, number) for array, number in incoming.arrays]
            if isinstance(value, _KeptDict | _KeptList):
                self.watched.append(_Watched(value, value.number))
        return value

    def _written(self, outgoing: _Outgoing) -> dict[str, Any]:
        """What the test has written into its copies of attributes since the last request."""
        told: dict[str, Any] = {}
        alive = []
        for watched in self.watched:
            value = watched.seen()
            if value is None:
                continue
            now = _print(value)
            if now != watched.before:
                watched.before = now
                if isinstance(value, np.ndarray):
                    told.setdefault("arrays", []).append([watched.number, outgoing.node(value)])
                else:
                    node = outgoing.node(dict(value) if isinstance(value, dict) else list(value))
                    told.setdefault("objects", []).append([watched.number, node])
            watched.held = None
            alive.append(watched)
        self.watched = alive
        return told

    def _answer(
        self, message: dict[str, Any], outgoing: _Outgoing, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[dict[str, Any], _Incoming]:
        """Send a request, run the test's functions that it calls, and return its reply."""
        self.wire.send(message, outgoing.block())
        while True:
            reply, block = self.wire.receive()
            if reply.get("seq") != message["seq"] or type(reply["seq"]) is not int:
                raise Tampered("an answer to no question")
            incoming = _Incoming(self, block)
            if "callback" in reply:
                self._called(reply, incoming)
                continue
            if "error" not in reply and "value" not in reply and reply.get("stop") is not True:
                raise Tampered("an answer without a value")
            self._write_back(reply, incoming, args, kwargs)
            return reply, incoming

    def _called(self, reply: dict[str, Any], incoming: _Incoming) -> None:
        """Run a function of the test's for the student's code."""
        args, kwargs = reply.get("args"), reply.get("kwargs")
        if type(args) is not list or type(kwargs) is not dict:
            raise Tampered("a call back without arguments")
        function = incoming.other("cb", ["cb", reply["callback"]], 0)
        given = [incoming.value(node) for node in args]
        named = {name: incoming.value(node) for name, node in kwargs.items()}
        outgoing = _Outgoing(self)
        try:
            answer = {"seq": reply["seq"], "value": outgoing.node(function(*given, **named))}
        except (Exception, SystemExit) as error:
            kind = next((k.__name__ for k in type(error).__mro__ if ERRORS.get(k.__name__) is k), "RuntimeError")
            answer = {"seq": reply["seq"], "error": {"type": kind, "text": str(error)[:2000]}}
            outgoing = _Outgoing(self)
        self.wire.send(answer, outgoing.block())

    def _write_back(
        self, reply: dict[str, Any], incoming: _Incoming, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> None:
        """Bring what the student's code did to its arguments into the arguments given."""
        changed, later = reply.get("changed", []), reply.get("later", [])
        if type(changed) is not list or type(later) is not list:
            raise Tampered("changed arguments are malformed")
        for entry in [*changed, *later]:
            if type(entry) is not list or len(entry) != 2 or type(entry[0]) not in (int, str):
                raise Tampered("a changed argument is malformed")
        for place, node in changed:
            if isinstance(place, int) and 0 <= place < len(args):
                _overwrite(args[place], incoming.value(node))
            elif isinstance(place, str) and place in kwargs:
                _overwrite(kwargs[place], incoming.value(node))
            else:
                raise Tampered("an argument was changed that was not given")
        for number, node in later:
            array = self.lent[number]() if number in self.lent else None
            if array is not None:
                _overwrite(array, incoming.value(node))

    def _error(self, told: Any) -> BaseException:
        """The exception that a reply tells of."""
        if type(told) is not dict or any(type(told.get(key)) is not str for key in ("type", "name", "text", "line")):
            raise Tampered("an exception is malformed")
        kind: type[BaseException] = ERRORS.get(told["type"], StudentError)
        self.memory = self.memory or kind is MemoryError
        args = [told["text"]]
        if type(told.get("args")) is list:
            args = [Decoder(memoryview(b"")).value(node) for node in told["args"]]
        if kind is StudentError or kind is Exception:
            args = [f"{told['name']}: {told['text']}"]
        try:
            error = kind(*args)
            str(error)
        except Exception:
            error = StudentError(told["text"])
        error.student_line = told["line"]  # type: ignore[attr-defined]
        return error


def _emptied(numbers: list[int]) -> list[int]:
    """All that is in the list, taken out; the garbage collector may add to it meanwhile."""
    taken = numbers[:]
    del numbers[: len(taken)]
    return taken


def _overwrite(old: Any, new: Any) -> None:
    """Make a container that was given equal to its new contents, in place and as deep as the shapes agree."""
    if type(old) is np.ndarray:
        if type(new) is np.ndarray and new.shape == old.shape and new.dtype == old.dtype and old.flags.writeable:
            old[...] = new
    elif isinstance(old, list) and isinstance(new, list):
        old[:] = [_merged(*pair) for pair in zip(old, new)] + new[len(old) :]  # noqa: B905
    elif isinstance(old, dict) and isinstance(new, dict):
        merged = {key: _merged(old[key], value) if key in old else value for key, value in new.items()}
        old.clear()
        old.update(merged)
    elif isinstance(old, set) and isinstance(new, set):
        old.clear()
        old.update(new)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        for one, other in zip(old, new):  # noqa: B905
            _merged(one, other)


def _merged(old: Any, new: Any) -> Any:
    """The old container, overwritten, where it can hold the new one; else the new one."""
    if type(old) is np.ndarray and type(new) is np.ndarray and (old.shape, old.dtype) == (new.shape, new.dtype):
        _overwrite(old, new)
        return old if old.flags.writeable else new
    if isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        return tuple(_merged(*pair) for pair in zip(old, new, strict=True))
    if any(isinstance(old, kind) and isinstance(new, kind) for kind in (list, dict, set)):
        _overwrite(old, new)
        return old
    return new


def ask_many(function: Any, calls: Sequence[Sequence[Any]]) -> list[Any]:
    """Call a function at many points and return its values: one message, where it is the student's."""
    if isinstance(function, StandIn):
        return list(function._student.ask("many", [tuple(args) for args in calls], on=function._number))
    return [function(*args) for args in calls]
