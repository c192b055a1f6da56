"""The examiner's side of the talk with a snapshot of the student's process: one wire, one call at a time."""

from __future__ import annotations

import builtins
import contextlib
import weakref
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.examiner.changes import Watched, fingerprint, overwrite
from autograder.examiner.standins import KEPT, Cut, Lease, StandIn, StudentError, stand_in
from autograder.inside.decoder import Decoder
from autograder.inside.exchange import Encoder
from autograder.inside.messages import Answer, CallBack, Get, Raised, Request, Stopped, Value, answer
from autograder.inside.wire import Gone, Late, Refused, Tampered, Wire
from cs231n_lite.watching import Steps

__all__ = ["RemoteStudent"]

ANEW = "an object of the student's does not outlive its test cell: make it anew in this one"
DEEPEST = 40  # calls of the student's inside calls of the test's inside calls of the student's …
ERRORS: dict[str, type[BaseException]] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type)
    and issubclass(kind, Exception | SystemExit)
    and not issubclass(kind, BaseExceptionGroup | StopIteration | StopAsyncIteration)
}


class _Outgoing(Encoder):
    def __init__(self, student: RemoteStudent) -> None:
        super().__init__(student.wire.bounds)
        self.student = student

    def identity(self, array: np.ndarray) -> list[Any]:
        number = self.student.lend(array)
        entry = self.student.received.get(id(array))
        return [number, entry[1] if entry is not None and entry[0]() is array else None]

    def other(self, value: Any, depth: int) -> Any:
        if type(value) is Masked:
            return self._array(np.asarray(value), depth)
        if isinstance(value, StandIn):
            if value._student is not self.student:
                raise Refused(ANEW)
            return ["x", value._number]
        if type(value) in KEPT.values():
            return ["k", value.number]
        if type(value) is np.ndarray or not callable(value):
            raise Refused(f"a {type(value).__name__} cannot be given to the student's code: it is not plain data")
        self.student.functions.append(value)
        name = getattr(value, "__name__", "function")
        return ["cb", len(self.student.functions) - 1, name if isinstance(name, str) else "function"]


class Masked(np.ndarray):
    """What was a masked array: nan where an entry was hidden, so that it agrees with nothing, and still told as one."""

    masked = True


class _Incoming(Decoder):
    def __init__(self, student: RemoteStudent, block: memoryview) -> None:
        super().__init__(block, student.wire.bounds)
        self.student = student
        self.arrays: list[tuple[np.ndarray, int]] = []

    def other(self, tag: str, node: list[Any], depth: int) -> Any:
        if tag == "h":
            return stand_in(self.student, node)
        if tag == "cb":
            _, number = node
            if type(number) is not int or not 0 <= number < len(self.student.functions):
                raise Tampered("a function that was never given")
            return self.student.functions[number]
        if tag == "hidden":
            array = self.value(node[1], depth + 1)
            if type(array) is not np.ndarray:
                raise Tampered("a masked array is malformed")
            return array.view(Masked)
        if tag == "k":
            _, number, inner = node
            plain = self.value(inner, depth + 1)
            if type(number) is not int or type(plain) not in KEPT:
                raise Tampered("a kept object is malformed")
            value = KEPT[type(plain)](plain)
            value.number, value.lease = number, Lease(self.student.dropped_objects, number)
            return value
        return super().other(tag, node, depth)

    def identified(self, array: np.ndarray, extra: list[Any]) -> np.ndarray:
        if len(extra) != 1 or type(extra[0]) is not int:
            raise Tampered("an array has no number")
        if extra[0]:
            self.student.take(array, extra[0])
            self.arrays.append((array, extra[0]))
        return array


class RemoteStudent:
    """The student's process as the examiner sees it: one wire, one call at a time."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.seq = self.depth = self.loans = 0
        self.broken = ""  # "tampered" or "gone"
        self.detail = ""  # what was seen when it broke
        self.over = False  # the test cell that it served has ended
        self.instruments: dict[str, None] = {}  # of the course's that the student's code called in vain
        self.steps: Steps | None = None  # where what is watched is told
        self.memory = False  # the student's code ran out of memory
        self.functions: list[Any] = []
        self.lent: dict[int, weakref.ref[np.ndarray]] = {}
        self.received: dict[int, tuple[weakref.ref[np.ndarray], int]] = {}  # id of an array -> it, the student's number
        self.watched: list[Watched] = []
        self.dropped_objects: list[int] = []
        self.dropped_arrays: list[int] = []

    def finish(self) -> None:
        """End the talk: the test cell is over, and with it the snapshot."""
        self.over = True
        self.functions.clear()
        self.lent.clear()

    def cut(self, reason: str, detail: str) -> Cut:
        """Return the end of the test cell, after which nothing more is asked."""
        self.broken, self.detail = reason, detail
        return Cut(detail)

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

    def ask(
        self, kind: type[Request], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None, **fields: Any
    ) -> Any:
        """Ask for one thing and return the answer; raises what the student's code raised, or Cut."""
        if self.broken:
            raise Cut(self.detail)
        if self.over:
            raise Refused(ANEW)
        if self.depth >= DEEPEST:
            raise RecursionError("the test and the answer call each other without end")
        outgoing = _Outgoing(self)
        self.seq += 1
        message = kind(seq=self.seq, args=[outgoing.node(value) for value in args], **fields)
        if kwargs:
            message.kwargs = {name: outgoing.node(value) for name, value in kwargs.items()}
        self._note(message, outgoing)
        self.depth += 1
        try:
            reply, incoming = self._answer(message, outgoing, args, kwargs or {})
            error = self._error(reply.error) if isinstance(reply, Raised) else None
            value = incoming.value(reply.value) if isinstance(reply, Value) else None
        except Tampered as tampered:
            raise self.cut("tampered", str(tampered)) from None
        except (Gone, Late, MemoryError):  # after a frame that was half read no other can be
            raise self.cut("gone", "the student's process is gone") from None
        finally:
            self.depth -= 1
        if error is not None:
            raise error
        if isinstance(reply, Stopped):
            raise StopIteration if fields.get("name") == "next" else StudentError("StopIteration")
        if kind is Get:
            self._watch(value, incoming)
        return value

    def _watch(self, value: Any, incoming: _Incoming) -> None:
        """Watch the copies of an attribute's value: what a test writes into them is told with the next request."""
        self.watched += [Watched(array, number) for array, number in incoming.arrays]
        if isinstance(value, (KEPT[dict], KEPT[list])):
            self.watched.append(Watched(value, value.number))

    @contextlib.contextmanager
    def following(self, steps: Steps) -> Iterator[None]:
        """Have the steps of the student's code that is called meanwhile added to those of a check."""
        before, self.steps = self.steps, steps
        try:
            yield
        finally:
            self.steps = before

    def _note(self, message: Request, outgoing: _Outgoing) -> None:
        """Tell with a request what became of the student's objects here."""
        if self.dropped_objects or self.dropped_arrays:
            message.drop = {"objects": _emptied(self.dropped_objects), "arrays": _emptied(self.dropped_arrays)}
        written = self._written(outgoing) if self.watched else None
        if written:
            message.sync = written
        if self.steps is not None:
            message.watch = True

    def _written(self, outgoing: _Outgoing) -> dict[str, Any]:
        """What the test has written into its copies of attributes since the last request."""
        sync: dict[str, Any] = {}
        alive = []
        for watched in self.watched:
            value = watched.reference()
            if value is None:
                continue
            now = fingerprint(value)
            if now != watched.before:
                watched.before = now
                if isinstance(value, np.ndarray):
                    sync.setdefault("arrays", []).append([watched.number, outgoing.node(value)])
                else:
                    node = outgoing.node(dict(value) if isinstance(value, dict) else list(value))
                    sync.setdefault("objects", []).append([watched.number, node])
            watched.value = None
            alive.append(watched)
        self.watched = alive
        return sync

    def _answer(
        self, message: Request, outgoing: _Outgoing, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Value | Raised | Stopped, _Incoming]:
        """Send a request, run the test's functions that it calls, and return its reply."""
        self.wire.send(message.fields(), outgoing.block())
        while True:
            fields, block = self.wire.receive()
            reply = answer(message.seq, fields)
            incoming = _Incoming(self, block)
            if isinstance(reply, CallBack):
                self._called(reply, incoming)
                continue
            self.instruments.update(dict.fromkeys(map(str, reply.instruments or ())))
            if self.steps is not None:
                self.steps.names.update(dict.fromkeys(str(name)[:80] for name in reply.steps or ()))
            if reply.changed or reply.later:
                self._write_back(reply, incoming, args, kwargs)
            return reply, incoming

    def _called(self, message: CallBack, incoming: _Incoming) -> None:
        """Run a function of the test's for the student's code."""
        function = incoming.other("cb", ["cb", message.callback], 0)
        args = [incoming.value(node) for node in message.args]
        kwargs = {name: incoming.value(node) for name, node in message.kwargs.items()}
        outgoing = _Outgoing(self)
        reply: Value | Raised
        try:
            reply = Value(message.seq, outgoing.node(function(*args, **kwargs)))
        except (Exception, SystemExit) as error:
            kind = next((k.__name__ for k in type(error).__mro__ if ERRORS.get(k.__name__) is k), "RuntimeError")
            reply = Raised(message.seq, {"type": kind, "text": str(error)[:2000]})
            outgoing = _Outgoing(self)
        self.wire.send(reply.fields(), outgoing.block())

    def _write_back(self, reply: Answer, incoming: _Incoming, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Bring what the student's code did to its arguments into the test's own."""
        changed, later = reply.changed or [], reply.later or []
        for entry in [*changed, *later]:
            if type(entry) is not list or len(entry) != 2 or type(entry[0]) not in (int, str):
                raise Tampered("a changed argument is malformed")
        for place, node in changed:
            if isinstance(place, int) and 0 <= place < len(args):
                overwrite(args[place], incoming.value(node))
            elif isinstance(place, str) and place in kwargs:
                overwrite(kwargs[place], incoming.value(node))
            else:
                raise Tampered("an argument was changed that was not given")
        for number, node in later:
            array = self.lent[number]() if number in self.lent else None
            if array is not None:
                overwrite(array, incoming.value(node))

    def _error(self, facts: Any) -> BaseException:
        """The exception that a reply tells of."""
        if type(facts) is not dict or any(type(facts.get(key)) is not str for key in ("type", "name", "text", "line")):
            raise Tampered("an exception is malformed")
        kind: type[BaseException] = ERRORS.get(facts["type"], StudentError)
        self.memory = self.memory or kind is MemoryError
        args = [facts["text"]]
        if type(facts.get("args")) is list:
            args = [Decoder(memoryview(b"")).value(node) for node in facts["args"]]
        if issubclass(kind, AssertionError):  # a pair would name the mistake to a report, which is not theirs to name
            args = [facts["text"]]
        if kind is StudentError or kind is Exception:
            args = [f"{facts['name']}: {facts['text']}"]
        try:
            error = kind(*args)
            str(error)
        except Exception:
            error = StudentError(facts["text"])
        error.student_line = facts["line"]  # type: ignore[attr-defined]  # read by cs231n_lite.running
        return error


def _emptied(numbers: list[int]) -> list[int]:
    """All that is in the list, taken out; the garbage collector may add to it meanwhile."""
    batch = numbers[:]
    del numbers[: len(batch)]
    return batch
