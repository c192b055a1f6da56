"""The student's process: an IPython shell that runs the student's cells, and answers calls from the examiner.

Nothing of the grader is in here: no test, no score, no other module of autograder. The process is handed this file and
exchange.py as text (see `command`), so that nothing else of the grader need be on its disk. Whoever writes on its
socket by hand can say no more than what the student's functions could have returned.
"""

from __future__ import annotations

import base64
import builtins
import contextlib
import gc
import inspect
import io
import json
import marshal
import os
import socket
import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograder.exchange import Bounds, Decoder, Encoder, Gone, Refused, Tampered, Wire

__all__ = ["command", "serve", "start"]

# Reads the two modules from its socket and runs them. The stand-in package has no path: nothing else of it is found.
BOOT = """
import socket, sys, types
sock = socket.socket(fileno=int(sys.argv[1]))
def read(size):
    data = b""
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            sys.exit(1)
        data += part
    return data
package = sys.modules["autograder"] = types.ModuleType("autograder")
package.__path__ = []
for name in ("exchange", "student"):
    text = read(int.from_bytes(read(4), "big")).decode()
    module = sys.modules["autograder." + name] = types.ModuleType("autograder." + name)
    setattr(package, name, module)
    exec(compile(text, "<frozen autograder." + name + ">", "exec"), module.__dict__)
module.start(sock, int(sys.argv[2]))
"""

# What a stand-in forwards besides calls and attributes, as far as the object has it. Never a comparison.
SPECIAL: dict[str, Callable[..., Any]] = {
    "len": len,
    "iter": iter,
    "next": next,
    "getitem": lambda value, key: value[key],
    "setitem": lambda value, key, entry: value.__setitem__(key, entry),
    "contains": lambda value, key: bool(key in value),
    "float": float,
    "int": int,
    "array": lambda value: np.asarray(value),
}


# Subclasses of these become the plain type; what they override is not asked.
SEVERAL: tuple[tuple[type, str, Callable[[Any], Any] | None], ...] = (
    (dict, "d", None),
    (list, "l", list.__iter__),
    (tuple, "t", tuple.__iter__),
)


def command(python: str, fd: int, output_bytes: int) -> list[str]:
    """Return the command line of a student's process that talks on the inherited socket `fd`."""
    return [python, "-s", "-P", "-c", BOOT, str(fd), str(output_bytes)]


def hand_over(sock: socket.socket, texts: list[str]) -> None:
    """Send the modules' texts to a process that was started with `command`."""
    for text in texts:
        data = text.encode()
        sock.sendall(len(data).to_bytes(4, "big") + data)


class Output:
    """What a cell shows, in order, as nbformat's outputs; no more than `most` bytes of it in all."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.outputs: list[dict[str, Any]] = []
        self.open = False

    def collect(self) -> list[dict[str, Any]]:
        """Return what came since the last time, and forget it."""
        outputs, self.outputs = self.outputs, []
        return outputs

    def stream(self, name: str, text: str) -> None:
        """Add text of stdout or stderr."""
        if not self.open or not text or self.left < 0:
            return
        cut = text[: self.left + 1]
        self.left -= len(cut.encode("utf-8", "replace"))
        if self.outputs and self.outputs[-1].get("name") == name:
            self.outputs[-1]["text"] += cut
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": cut})
        self._end()

    def add(self, output: dict[str, Any]) -> None:
        """Add any other output."""
        size = len(json.dumps(output))
        if not self.open or self.left < 0:
            return
        self.left -= size
        if self.left >= 0:
            self.outputs.append(output)
        self._end()

    def _end(self) -> None:
        if self.left < 0:
            told = "\n[the output ends here: this notebook has printed all that it may]\n"
            self.outputs.append({"output_type": "stream", "name": "stderr", "text": told})

    def bundle(
        self, kind: str, data: dict[str, Any], metadata: dict[str, Any] | None, count: int | None = None
    ) -> None:
        """Add a MIME bundle as display_data or execute_result."""
        clean = {str(mime): _mime(value) for mime, value in data.items()}
        output = {"output_type": kind, "data": clean, "metadata": json.loads(json.dumps(metadata or {}, default=str))}
        if kind == "execute_result":
            output["execution_count"] = count
        self.add(output)


def _mime(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, str) else json.loads(json.dumps(value, default=str))


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of the student's process."""

    encoding = "utf-8"

    def __init__(self, name: str, output: Output) -> None:
        super().__init__()
        self._name, self._output = name, output

    def writable(self) -> bool:
        """Return True: one can print here."""
        return True

    def write(self, text: str) -> int:
        """Take text."""
        self._output.stream(self._name, str(text))
        return len(text)


def make_shell(output: Output) -> Any:
    """Return an IPython shell whose displays, results and errors go to `output`."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(self, data: Any, metadata: Any = None, source: Any = None, **_: Any) -> None:
            output.bundle("display_data", data, metadata)

        def clear_output(self, wait: bool = False) -> None:
            output.outputs.clear()

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            output.bundle("execute_result", format_dict, md_dict, self.prompt_count)

        def finish_displayhook(self) -> None:
            pass

    class Shell(InteractiveShell):
        def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
            said = {"ename": etype.__name__, "evalue": str(evalue)[:2000], "traceback": [str(line) for line in stb]}
            output.add({"output_type": "error", **said})

        def ask_exit(self) -> None:
            """Do nothing: `exit` at the end of a cell is meant for a terminal."""

        def init_io(self) -> None:
            pass

        def enable_gui(self, gui: Any = None) -> None:
            pass

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.displayhook_class = Hook
    config.InteractiveShell.display_pub_class = Publisher
    return Shell.instance(config=config, displayhook_class=Hook, display_pub_class=Publisher)


class Callback:
    """A function of the test's, which runs in the examiner."""

    def __init__(self, server: Server, number: int, name: str) -> None:
        self._server, self._number = server, number
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._server.call_back(self._number, args, kwargs)


class Outgoing(Encoder):
    """Encodes what leaves the student's process: objects stay, and a number goes in their place."""

    def __init__(self, server: Server, *, passing: bool = False) -> None:
        super().__init__(server.wire.bounds)
        self.server, self.passing = server, passing

    def identity(self, array: np.ndarray) -> list[Any]:
        return [0 if self.passing else self.server.keep(self.server.arrays, array)]

    def other(self, value: Any, depth: int) -> Any:
        if isinstance(value, Callback):
            return ["cb", value._number]
        if isinstance(value, np.ndarray) and value.dtype.kind in "biufcSUO" and type(value) is not np.ndarray:
            return self._array(np.asarray(value), depth)
        for base, tag, items in SEVERAL:
            if isinstance(value, base):
                plain: Any = [tag, *self._nodes(items(value), depth)] if items else self._dict(value, depth)
                return ["k", self.server.keep(self.server.objects, value), plain]
        kind = "class" if isinstance(value, type) else "object"
        named = value if isinstance(value, type) or inspect.isroutine(value) else type(value)
        features = [name for name in SPECIAL if kind == "object" and hasattr(type(value), f"__{name}__")]
        name = str(getattr(named, "__name__", "object"))[:50]
        own = isinstance(value, type) or inspect.isroutine(value)
        return ["h", self.server.keep(self.server.objects, value), kind, name, own, callable(value), features]


class Look(Encoder):
    """Encodes a value only to compare it with what it is later."""

    def other(self, value: Any, depth: int) -> Any:
        if isinstance(value, np.ndarray) and value.dtype.kind in "biufcSUO" and type(value) is not np.ndarray:
            return self._array(np.asarray(value), depth)
        for base, _, items in SEVERAL:
            if isinstance(value, base):
                return self._nodes(items(value), depth) if items else self._dict(value, depth)
        return ["id", id(value)]


class Incoming(Decoder):
    """Decodes what the examiner sends: the student's own objects come back as themselves."""

    def __init__(self, server: Server, block: memoryview) -> None:
        super().__init__(block, server.wire.bounds)
        self.server = server

    def other(self, tag: str, node: list[Any], depth: int) -> Any:
        if tag in ("x", "k"):
            return self.server.objects[node[1]][0]
        if tag == "cb":
            return Callback(self.server, node[1], node[2])
        return super().other(tag, node, depth)

    def identified(self, array: np.ndarray, extra: list[Any]) -> np.ndarray:
        number, own = extra
        if own is not None and own in self.server.arrays:
            known = self.server.arrays[own][0]
            if known.dtype == array.dtype and known.shape == array.shape and known.tobytes() == array.tobytes():
                array = known
        if array.flags.owndata or own is not None:
            self.server.given[number] = (weakref.ref(array), None)
        return array


class Server:
    """Answers one examiner on one wire."""

    def __init__(self, wire: Wire, shell: Any, output: Output) -> None:
        self.wire, self.shell, self.output = wire, shell, output
        self.objects: dict[int, list[Any]] = {}  # number -> [object, how often it was sent]
        self.arrays: dict[int, list[Any]] = {}
        self.numbers: dict[int, int] = {}  # id of a kept object -> its number
        self.given: dict[
            int, tuple[weakref.ref[np.ndarray], bytes | None]
        ] = {}  # the examiner's arrays still held here
        self.fresh = 0
        self.talk = threading.RLock()
        self.seq = 0

    def keep(self, table: dict[int, list[Any]], value: Any) -> int:
        """Return the number of an object, which lives until the examiner drops it."""
        number = self.numbers.get(id(value))
        if number is None or number not in table:
            self.fresh += 1
            number = self.numbers[id(value)] = self.fresh
            table[number] = [value, 0]
        table[number][1] += 1
        return number

    def drop(self, table: dict[int, list[Any]], numbers: list[int]) -> None:
        """Forget objects as often as they were dropped."""
        for number in numbers:
            if number in table:
                table[number][1] -= 1
                if table[number][1] <= 0:
                    value = table.pop(number)[0]
                    self.numbers.pop(id(value), None)

    def run(self) -> None:
        """Answer until the other side is gone."""
        with contextlib.suppress(Gone):
            while True:
                self.answer(*self.wire.receive())

    def answer(self, message: dict[str, Any], block: memoryview) -> None:
        """Answer one request; what the student's code raises is part of the answer."""
        outer, self.seq = self.seq, message["seq"]
        dropped = message.get("drop") or {}
        self.drop(self.objects, dropped.get("objects", ()))
        self.drop(self.arrays, dropped.get("arrays", ()))
        if message["do"] == "cell":
            self.wire.send({"seq": self.seq, "outputs": self.cell(message["source"])})
        else:
            reply, encoder = self.request(message, Incoming(self, block))
            self.wire.send(reply, encoder.block())
        self.seq = outer

    def request(self, message: dict[str, Any], incoming: Incoming) -> tuple[dict[str, Any], Outgoing]:
        """Do what the examiner asks for; return the reply."""
        outgoing = Outgoing(self)
        reply: dict[str, Any] = {"seq": message["seq"]}
        self._synced(message.get("sync") or {}, incoming)
        args = [incoming.value(node) for node in message.get("args", ())]
        kwargs = {name: incoming.value(node) for name, node in message.get("kwargs", {}).items()}
        places = [*enumerate(args), *kwargs.items()]
        before = [self._look(value) for _, value in places]
        try:
            value = self._do(message, args, kwargs)
            node = outgoing.node(value)
            # An attribute that is a dictionary or list is kept: what a test writes into it is to reach the object.
            live = message["do"] == "get" and type(value) in (dict, list)
            reply["value"] = ["k", self.keep(self.objects, value), node] if live else node
        except StopIteration:
            reply["stop"] = True
        except (Gone, Tampered):
            raise
        except BaseException as error:
            outgoing = Outgoing(self)
            reply["error"] = self._told(error, outgoing)
            del error
        changed = []
        for (place, value), old in zip(places, before, strict=True):
            if old is not None and self._look(value) != old:
                changed.append([place, self._shown(value, outgoing)])
        if changed:
            reply["changed"] = changed
        del args, kwargs, places
        later = self._later(outgoing)
        if later:
            reply["later"] = later
        return reply, outgoing

    def _synced(self, written: dict[str, Any], incoming: Incoming) -> None:
        """Write into the student's objects what a test wrote into its copies of their attributes."""
        for number, node in written.get("arrays", ()):
            array, new = self.arrays[number][0], incoming.value(node)
            if array.flags.writeable and array.shape == new.shape:
                array[...] = new
        for number, node in written.get("objects", ()):
            value, new = self.objects[number][0], incoming.value(node)
            if isinstance(value, dict):
                value.clear()
                value.update(new)
            else:
                value[:] = new

    def _shown(self, value: Any, outgoing: Outgoing) -> Any:
        try:
            return outgoing.node(value)
        except Refused:
            return None

    def _look(self, value: Any) -> Any:
        if not isinstance(value, np.ndarray | list | dict | tuple | set):
            return None
        with contextlib.suppress(ValueError):  # plain containers at the speed of C; only ever compared
            return marshal.dumps(value, 2)  # type: ignore[arg-type]
        look = Look(self.wire.bounds)
        try:
            return json.dumps(look.node(value)), look.block()
        except (Refused, TypeError, ValueError):
            return None

    def _later(self, outgoing: Outgoing) -> list[Any]:
        """The examiner's arrays that are still held here, and were changed since they were last looked at."""
        told = []
        for number, (held, seen) in list(self.given.items()):
            array = held()
            if array is None:
                del self.given[number]
                continue
            now = array.tobytes()
            if seen is not None and now != seen:
                told.append([number, Encoder._array(outgoing, array, 0)])
            self.given[number] = (held, now)
        return told

    def _do(self, message: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> Any:
        do = message["do"]
        if do == "names":
            space = self.shell.user_ns
            return {name: space[name] for name in message["names"] if name in space}
        on = self.objects[message["on"]][0]
        if do == "call":
            return on(*args, **kwargs)
        if do == "many":
            return [on(*each) for each in args]
        if do == "get":
            return getattr(on, message["name"])
        if do == "set":
            return setattr(on, message["name"], args[0])
        if do == "special":
            return SPECIAL[message["name"]](on, *args)
        if do == "signature":
            found = inspect.signature(on).parameters.values()
            return [(p.name, int(p.kind), p.default is not p.empty) for p in found]
        raise Tampered(f"unknown request {do!r}")

    def _told(self, error: BaseException, outgoing: Outgoing) -> dict[str, Any]:
        kind = next((k.__name__ for k in type(error).__mro__ if getattr(builtins, k.__name__, None) is k), "Exception")
        try:
            line = _line(error)
        except Exception:
            line = ""
        try:
            text = str(error)
        except BaseException:
            text = ""
        told = {"type": kind, "name": type(error).__name__[:100], "text": text[:2000], "line": line[:500]}
        with contextlib.suppress(Refused):
            told["args"] = [Encoder().node(arg) for arg in error.args if not isinstance(arg, np.ndarray)]
        if len(json.dumps(told)) > 20_000:
            told.pop("args")
        return told

    def call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Ask the examiner to run one of its functions, and serve it meanwhile."""
        with self.talk:
            outgoing = Outgoing(self, passing=True)  # thousands of probes in one call: none of them is kept
            nodes = [outgoing.node(value) for value in args]
            named = {name: outgoing.node(value) for name, value in kwargs.items()}
            self.wire.send({"seq": self.seq, "callback": number, "args": nodes, "kwargs": named}, outgoing.block())
            while True:
                message, block = self.wire.receive()
                if "do" in message:
                    self.answer(message, block)
                    continue
                if "error" in message:
                    raise _raised(message["error"]["type"], message["error"]["text"])
                return Incoming(self, block).value(message["value"])

    def cell(self, source: str) -> list[dict[str, Any]]:
        """Run a cell, and return its outputs."""
        self.output.open = True
        try:
            self.shell.run_cell(source, store_history=True)
        except (Gone, Tampered):
            raise
        except BaseException as error:  # what even IPython lets through
            said = {"ename": type(error).__name__, "evalue": str(error)[:2000], "traceback": []}
            self.output.add({"output_type": "error", **said})
        finally:
            self.output.open = False
        return self.output.collect()


def _raised(name: str, text: str) -> BaseException:
    try:
        error: BaseException = getattr(builtins, name)(text)
    except TypeError:
        error = RuntimeError(f"{name}: {text}")
    return error


def _line(error: BaseException) -> str:
    from cs231n_lite.student import own_line

    return own_line(error).removeprefix(", in your ")


def start(sock: socket.socket, output_bytes: int) -> None:
    """Load what every notebook needs, then serve: what a fresh process does."""
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # plots land in the notebook
    import cs231n_lite  # noqa: F401

    serve(sock, output_bytes)


def serve(sock: socket.socket, output_bytes: int, bounds: Bounds | None = None) -> None:
    """Make a shell and answer on the socket until it is closed; may be called in a forked child of a warm process."""
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))  # last: a file beside the notebook is found, and shadows nothing
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)  # a message of 100,000 lists is no reason to look at every object there is
    output = Output(output_bytes)
    shell = make_shell(output)
    sys.stdout, sys.stderr = Stream("stdout", output), Stream("stderr", output)
    server = Server(Wire(sock, bounds or Bounds()), shell, output)
    server.wire.send({"ready": True})
    server.run()
