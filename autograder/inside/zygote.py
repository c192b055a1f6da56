"""A warm process: Python with its libraries loaded, which forks a copy of itself for each that is to be started.

A request is one byte with the socket on which the forked copy is told everything else: so nothing of any request, and
of no submission, test or grade, is in the memory that is forked. The grader is told the copy's id; the copy waits for
the word to go on and becomes what it was asked to be: a program in text, in a box of its own (namespaces.py) where it
is a student's.

For students' processes this very file is handed over as text (sandbox/warm.py), and stands on the standard library.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import select
import signal
import socket
import struct
import sys
import time
import warnings
from typing import Any

from autograder.inside import confine, namespaces

__all__ = ["start"]

MOST = 64  # descriptors with one request


def start(sock: socket.socket, *names: str) -> None:
    """Load the named modules, then fork for each request until the socket is closed or the parent is gone."""
    grader, sock_number = os.getppid(), sock.fileno()
    boxed = _load(_message(sock), names)
    life, lifeline = os.pipe()  # a copy that reads its end has lost this process
    os.write(sock_number, b"!")
    sock.settimeout(1.0)
    while os.getppid() == grader:
        _bury()  # so that their time counts as the grader's, who watches them by other means
        try:
            word, descriptors, _, _ = socket.recv_fds(sock, 1, 1)
        except TimeoutError:
            continue
        if not word:
            _bury_all()
            break
        with socket.socket(fileno=descriptors[0]) as control:
            try:
                process = namespaces.forked() if boxed else os.fork()
            except OSError as error:
                _say(control, {"error": str(error)})
                continue
            if process == 0:
                sock.close()
                os.close(lifeline)
                _forked(control, life)
            with contextlib.suppress(OSError):
                _say(control, {"pid": process})
    os._exit(0)


def _load(message: dict[str, Any], names: tuple[str, ...]) -> bool:
    """Load the named modules as the grader's first message says; return whether the copies are to be boxed."""
    with _environment(message["env"]), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            importlib.import_module(name)
        if "matplotlib.pyplot" in names:
            _draw()
    for name in ("get_cachedir", "get_configdir"):  # matplotlib found its lists where the grader keeps them
        getattr(getattr(sys.modules.get("matplotlib"), name, None), "cache_clear", int)()
    boxed = bool(message["boxed"])
    message.clear()
    gc.collect()
    gc.freeze()
    gc.disable()
    return boxed


def _draw() -> None:
    """Draw once: then matplotlib has looked for fonts and backends and made its parser. It closes fonts at a fork."""
    from matplotlib.backends import backend_registry
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    backend_registry.list_all()
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot([1.0, 1000.0], label="x")
    axes.set(title="$x^2$", yscale="log")
    axes.legend()
    FigureCanvasAgg(figure).print_png(io.BytesIO())


def _message(sock: socket.socket) -> dict[str, Any]:
    """The JSON object that comes next, after its length."""
    data, size = b"", None
    while size is None or len(data) < size:
        part = sock.recv((4 if size is None else size) - len(data))
        if not part:
            os._exit(125)
        data += part
        if size is None and len(data) == 4:
            (size,), data = struct.unpack("<I", data), b""
    # It is an object, as the grader sends nothing else.
    return json.loads(data)


def _bury() -> bool:
    """Bury the copies that have ended; return whether there is none left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def _bury_all() -> None:
    """Bury the copies as they end, for a moment."""
    for _ in range(60):
        if _bury():
            break
        time.sleep(0.005)


@contextlib.contextmanager
def _environment(changes: dict[str, str]) -> Any:
    before = dict(os.environ)
    os.environ.update(changes)
    yield
    os.environ.clear()
    os.environ.update(before)


def _forked(control: socket.socket, life: int) -> None:
    """Be what the grader asks for; never returns."""
    code = 125
    try:
        # Its end is this one's end, also where it came in between: nobody else would tell, in a namespace of one's own.
        confine.prctl(ctypes.CDLL(None), confine.SET_PDEATHSIG, signal.SIGKILL)
        if select.select([life], [], [], 0)[0]:
            return
        spec = _message(control)
        _, descriptors, _, _ = socket.recv_fds(control, 1, MOST)
        control = _placed(control, descriptors, spec["fds"])
        os.setsid()
        if spec["box"] is None:
            code = _become(control, spec) if control.recv(1) else 125
        else:
            code = namespaces.first(
                spec["box"],
                wait=lambda: bool(control.recv(1)),
                become=lambda: _become(control, spec),
                keep=control.fileno(),
            )
            _say(control, {"code": code})
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1 if end.code else 0
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)


def _placed(control: socket.socket, fds: list[int], numbers: list[int]) -> socket.socket:
    """Give the descriptors the numbers that they are to have, close all others, and return the control socket."""
    high = max([200, *numbers]) + 1
    moved = [os.dup2(control.fileno(), high)]
    moved += [os.dup2(fd, high + 1 + place) for place, fd in enumerate(fds)]
    os.closerange(0, high)
    os.closerange(high + len(moved), high + 2 * MOST)
    for fd, number in zip(moved[1:], numbers, strict=True):
        os.dup2(fd, number, inheritable=True)
        os.close(fd)
    control.detach()
    os.set_inheritable(high, False)
    return socket.socket(fileno=high)


def _say(control: socket.socket, message: dict[str, Any]) -> None:
    control.sendall(json.dumps(message).encode() + b"\n")


def _become(control: socket.socket, spec: dict[str, Any]) -> int:
    """Run what was asked for; return the exit code."""
    if spec["box"] is not None:
        namespaces.confine(spec["box"])
    control.close()
    os.environ.clear()
    os.environ.update(spec["env"])
    os.chdir(spec["cwd"])
    gc.enable()
    if "numpy.random" in sys.modules:  # else all copies would draw the same numbers; Python's own sees to it by itself
        sys.modules["numpy.random"].seed()
    if "matplotlib" in sys.modules and "MPLBACKEND" in os.environ:
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    sys.argv = spec["argv"]
    sys.path[:] = [*spec["path"], *sys.path]
    program = spec["program"]
    for name in [name for name in sys.modules if name.split(".")[0] == "autograder"] if spec["box"] else []:
        del sys.modules[name]
    modules = vars(sys.modules["__main__"]).get("modules", {})
    space: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__, "modules": modules}
    for number, mode in enumerate("rww"):
        stream = os.fdopen(number, mode, 1, encoding="utf-8", errors="replace", closefd=False)
        setattr(sys, ("stdin", "stdout", "stderr")[number], stream)
    try:
        exec(compile(program, "<string>", "exec"), space)
        return 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else 1 if end.code else 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        _farewell()


def _farewell() -> None:
    """What an interpreter does at its end and os._exit leaves out."""
    import atexit
    import threading

    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as every interpreter does at its end
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
