"""The student's process: runs the student's cells, and forks a snapshot of itself wherever a test cell stands.

It talks with the grader, which sends cells and asks for snapshots; each snapshot talks on a socket of its own with the
examiner and with nobody else, and what it prints goes nowhere. Nothing of the grader is in here: no test, no score, no
other folder of autograder. The process is handed this file and those that it imports as text (sandbox/handover.py), so
that nothing else of the grader need be on its disk. Whoever writes on its sockets by hand can say no more than what
the student's functions could have returned.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import gc
import inspect
import json
import marshal
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograder.inside.exchange import Encoder
from autograder.inside.handles import SPECIAL, Fingerprint, Handles, Incoming, Outgoing
from autograder.inside.messages import (
    TO_STUDENT,
    Alive,
    Call,
    CallBack,
    Cell,
    Get,
    Look,
    Made,
    Many,
    Message,
    Names,
    Outputs,
    Raised,
    Request,
    Set,
    Snapshot,
    Special,
    Stopped,
    Value,
    read,
    request,
)
from autograder.inside.shell import Output, Stream, make_shell
from autograder.inside.snapshots import Snapshots
from autograder.inside.windows import without_windows
from autograder.inside.wire import Gone, Refused, Tampered, Wire

__all__ = ["serve", "start"]

SUBREAPER, DUMPABLE = 36, 4  # PR_SET_CHILD_SUBREAPER and PR_SET_DUMPABLE of prctl(2), Linux
FACE = "autograder.inside.face"  # loaded where points are earned alone
PLOTS = "module://matplotlib_inline.backend_inline"  # plots land in the notebook


class Server:
    """Answers one other side on one wire: the grader, or, in a snapshot, the examiner."""

    def __init__(self, wire: Wire, shell: Any, output: Output) -> None:
        self.wire, self.shell, self.output = wire, shell, output
        self.handles = Handles()
        self.snapshots = Snapshots()
        self.talk = threading.RLock()
        self.seq = 0
        self.process = os.getpid()

    def run(self) -> None:
        """Answer until the other side is gone."""
        with contextlib.suppress(Gone):
            while True:
                fields, block = self.wire.receive()
                self.answer(request(TO_STUDENT, fields), block)

    def answer(self, message: Any, block: memoryview) -> None:
        """Answer one request; what the student's code raises is part of the answer."""
        outer, self.seq = self.seq, message.seq
        reply, content = self._replied(message, block)
        if os.getpid() != self.process:
            os._exit(0)  # a cell or an answer forked, and this is the child, which is nobody's to answer
        self.wire.send(reply.fields(), content)
        self.seq = outer

    def _replied(self, message: Any, block: memoryview) -> tuple[Message, bytes]:
        """The reply to a request, and its block."""
        if isinstance(message, Request):
            if message.drop:
                self.handles.drop(self.handles.objects, message.drop["objects"])
                self.handles.drop(self.handles.arrays, message.drop["arrays"])
            reply, encoder = self.request(message, self._incoming(block))
            return reply, encoder.block()
        if isinstance(message, Cell):
            shown = Outputs(self.seq, self.cell(message.source))
            if names := _instruments():
                shown.instruments = names
            return shown, b""
        if isinstance(message, Snapshot):
            return Made(self.seq, self.snapshots.make(message.test, self.wire, self.serve)), b""
        if isinstance(message, Look):
            return Alive(self.seq, self.snapshots.lives(message.test)), b""
        return Alive(self.seq, self.snapshots.end(message.test, message.patience)), b""

    def serve(self, wire: Wire) -> None:
        """In a snapshot: answer its own other side, and be nobody else's."""
        self.wire, self.process = wire, os.getpid()
        self.run()

    def request(self, message: Request, incoming: Incoming) -> tuple[Value | Raised | Stopped, Outgoing]:
        """Do what the examiner asks for; return the reply."""
        outgoing = self._outgoing()
        reply: Value | Raised | Stopped
        if message.sync:
            self.handles.written(message.sync, incoming)
        args = [incoming.value(node) for node in message.args]
        kwargs = {name: incoming.value(node) for name, node in (message.kwargs or {}).items()}
        places = [*enumerate(args), *kwargs.items()]
        before = [self._look(value) for _, value in places]
        steps: list[str] = []
        try:
            with _watched(message, steps):
                value = self._do(message, args, kwargs)
            node = outgoing.node(value)
            # An attribute that is a dictionary or list is kept: what a test writes into it is to reach the object.
            if type(value) in (dict, list) and isinstance(message, Get):
                node = ["k", self.handles.keep(self.handles.objects, value), node]
            reply = Value(message.seq, node)
        except StopIteration:
            reply = Stopped(message.seq, stop=True)
        except (Gone, Tampered):
            raise
        except BaseException as error:
            outgoing = self._outgoing()
            reply = Raised(message.seq, _facts(error))
            del error
        changed = []
        for (place, value), old in zip(places, before, strict=True):
            if old is not None and self._look(value) != old:
                changed.append([place, _node(value, outgoing)])
        del args, kwargs, places
        later = self.handles.later(outgoing)
        beside = {"changed": changed, "later": later, "instruments": _instruments(), "steps": steps}
        vars(reply).update({name: value for name, value in beside.items() if value})
        return reply, outgoing

    def _do(self, message: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if isinstance(message, Names):
            space = self.shell.user_ns
            return {name: space[name] for name in message.names if name in space}
        on = self.handles.objects[message.on][0]
        if isinstance(message, Call):
            return on(*args, **kwargs)
        if isinstance(message, Many):
            return [on(*each) for each in args]
        if isinstance(message, Get):
            return getattr(on, message.name)
        if isinstance(message, Set):
            return setattr(on, message.name, args[0])
        if isinstance(message, Special):
            return SPECIAL[message.name](on, *args)
        parameters = inspect.signature(on).parameters.values()
        return [(each.name, int(each.kind), each.default is not each.empty) for each in parameters]

    def call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Ask the examiner to run one of its functions, and serve it meanwhile."""
        with self.talk:
            outgoing = self._outgoing(passing=True)  # thousands of probes in one call: none of them is kept
            nodes = [outgoing.node(value) for value in args]
            named = {name: outgoing.node(value) for name, value in kwargs.items()}
            self.wire.send(CallBack(self.seq, number, nodes, named).fields(), outgoing.block())
            while True:
                fields, block = self.wire.receive()
                if "do" in fields:
                    self.answer(request(TO_STUDENT, fields), block)
                    continue
                if "error" in fields:
                    raise _raised(**read(Raised, fields).error)
                return self._incoming(block).value(read(Value, fields).value)

    def cell(self, source: str) -> list[dict[str, Any]]:
        """Run a cell, and return its outputs."""
        self.output.open = True
        try:
            self.shell.run_cell(source, store_history=True)
        except (Gone, Tampered):
            raise
        except BaseException as error:  # what even IPython lets through
            facts = {"ename": type(error).__name__, "evalue": str(error)[:2000], "traceback": []}
            self.output.add({"output_type": "error", **facts})
        finally:
            self.output.open = False
        return self.output.collect()

    def _outgoing(self, *, passing: bool = False) -> Outgoing:
        return Outgoing(self.handles, self.wire.bounds, passing=passing)

    def _incoming(self, block: memoryview) -> Incoming:
        return Incoming(self.handles, self.call_back, block, self.wire.bounds)

    def _look(self, value: Any) -> Any:
        if not isinstance(value, np.ndarray | list | dict | tuple | set):
            return None
        with contextlib.suppress(ValueError):  # plain containers at the speed of C; only ever compared
            return marshal.dumps(value, 2)  # type: ignore[arg-type]
        look = Fingerprint(self.wire.bounds)
        try:
            return json.dumps(look.node(value)), look.block()
        except (Refused, TypeError, ValueError):
            return None


def _node(value: Any, outgoing: Outgoing) -> Any:
    try:
        return outgoing.node(value)
    except Refused:
        return None


def _facts(error: BaseException) -> dict[str, Any]:
    """What crosses of an exception: the builtin type that it is, its own name, text, arguments, the student's line."""
    kind = next((k.__name__ for k in type(error).__mro__ if getattr(builtins, k.__name__, None) is k), "Exception")
    try:
        line = _line(error)
    except Exception:
        line = ""
    try:
        text = str(error)
    except BaseException:
        text = ""
    facts: dict[str, Any] = {"type": kind, "name": type(error).__name__[:100], "text": text[:2000], "line": line[:500]}
    with contextlib.suppress(Refused):
        facts["args"] = [Encoder().node(arg) for arg in error.args if not isinstance(arg, np.ndarray)]
    if len(json.dumps(facts)) > 20_000:
        facts.pop("args")
    return facts


def _raised(type: str, text: str) -> BaseException:
    try:
        error: BaseException = getattr(builtins, type)(text)
    except TypeError:
        error = RuntimeError(f"{type}: {text}")
    return error


@contextlib.contextmanager
def _watched(message: Request, steps: list[str]) -> Iterator[None]:
    """Put into `steps` what a watched request does at inputs that were moved a little."""
    if not message.watch:
        yield
        return
    from cs231n_lite.watching import watched

    with watched() as seen:
        try:
            yield
        finally:
            steps += [str(name)[:80] for name in seen.names][:5]


def _instruments() -> list[str]:
    """The instruments that were called since this was last asked, where there are none (face.py)."""
    face = sys.modules.get(FACE)
    return list(face.called()) if face is not None else []


def _line(error: BaseException) -> str:
    from cs231n_lite.running import own_line

    return own_line(error).removeprefix(", in your ")


def start(sock: socket.socket, output_bytes: str, closed: str = "") -> None:
    """Load what every notebook needs, then serve; `closed`: no snapshot can open another's memory or descriptors."""
    os.environ["MPLBACKEND"] = PLOTS
    import matplotlib

    import cs231n_lite  # noqa: F401  (loaded before the first cell asks for it)

    matplotlib.rcParams["backend"] = PLOTS  # a warm process has loaded it before
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # so no snapshot lives through another's signal unseen (carriers.py)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)  # orphans come to this process, which can end them
        if closed:
            ctypes.CDLL(None).prctl(DUMPABLE, 0, 0, 0, 0)
    serve(sock, int(output_bytes))


def serve(sock: socket.socket, output_bytes: int) -> None:
    """Make a shell and answer on the socket until it is closed; may be called in a forked child of a warm process."""
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))  # last: a file beside the notebook is found, and shadows nothing
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)  # a message of 100,000 lists is no reason to look at every object there is
    output = Output(output_bytes)
    # What an answer's cell does besides with an instrument must not keep it from the definitions that follow.
    shell = make_shell(output, sys.modules[FACE].Unavailable if FACE in sys.modules else ())
    if "matplotlib_inline.backend_inline" in sys.modules:  # loaded before there was a shell that it could tell
        shell.enable_matplotlib("inline")
    without_windows()
    sys.stdout, sys.stderr = Stream("stdout", output), Stream("stderr", output)
    server = Server(Wire(sock), shell, output)
    server.wire.send({"ready": True})
    server.run()
    os._exit(0)  # nobody is interested in what an answer does at the end
