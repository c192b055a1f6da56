"""Warm processes as the grader holds them: one for students' processes, one for examiners', each started once.

A warm process (inside/zygote.py) has loaded Python's libraries and forks a copy of itself for each process that is
asked for. It ends with the grader's own process, or when it is closed.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from io import FileIO
from pathlib import Path
from typing import Any

from autograder.problem import Problem
from autograder.sandbox.handover import FD, command, hand_over, modules

__all__ = ["RUNNING", "Forked", "Warm", "close", "kept"]

TRIES = 3  # warm processes that may die before one is asked for the last time
START = 60.0  # seconds that a warm process has to load its libraries
NUMBERS = ("numpy", "numpy.random", "zipfile", "encodings.cp437")  # the last two: a file of arrays is a zip file
LIBRARIES = (*NUMBERS, "cs231n_lite", "matplotlib.pyplot", "matplotlib_inline.config")
PICTURES = ("cs231n_lite.plot.chart",)  # where the package is no face
JUDGES = ("cs231n_lite.checking.judge_backward", "cs231n_lite.checking.judge_loss")  # with all of diagnosing
EXAMINER = (*NUMBERS, "autograder.examiner.examiner", "cs231n_lite", *JUDGES)
# What IPython loads when a shell is made, and when its first cell is run.
SHELL = (
    *(f"IPython.core.{name}" for name in ("interactiveshell", "displayhook", "displaypub", "pylabtools")),
    *(f"IPython.core.{name}" for name in ("completerlib", "crashhandler", "logger", "magics.execution", "oinspect")),
    *("IPython.core.application", "traitlets.log", "bdb"),
)
BEYOND = ("confine", "namespaces", "zygote")  # what the warm process is handed beyond the modules of a student's


class Forked:
    """A process that a warm one forked: as much of subprocess.Popen as is needed to watch it."""

    def __init__(self, control: socket.socket, pid: int, outputs: Sequence[FileIO | None], args: Sequence[str]) -> None:
        self.control, self.pid, self.args = control, pid, list(args)
        self.stdout, self.stderr = outputs
        self.returncode: int | None = None
        self._report = bytearray()
        self._handle = os.pidfd_open(pid)  # it waits for `go`, so this is still its own number

    def kill(self) -> None:
        """End it; nothing is done where it has ended."""
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def fileno(self) -> int:
        """The descriptor that is readable at the end."""
        return self.control.fileno()

    def go(self) -> None:
        """Let it begin."""
        with contextlib.suppress(OSError):  # it may be dead already
            self.control.sendall(b"!")

    def close(self) -> None:
        """Forget it; one that has not begun never will."""
        if self._handle >= 0:
            self.control.close()
            os.close(self._handle)
            self._handle = -1

    def over(self) -> bool:
        """Whether it has ended."""
        return bool(select.select([self.control], [], [], 0)[0])

    def bury(self) -> int:
        """Wait for its end and return its exit code."""
        with contextlib.suppress(OSError):
            while part := self.control.recv(4096):
                self._report += part
        self.close()
        with contextlib.suppress(ValueError, KeyError, IndexError):
            return int(json.loads(self._report.splitlines()[-1])["code"])
        return -signal.SIGKILL


class Warm:
    """A warm process, started by the command `line` that ends in the number of its socket.

    `texts` are modules that it is handed as text, `env` is its environment, and `load` what is added to it while it
    loads its libraries. Those that it forks are `boxed`, in namespaces of their own, or not.
    """

    def __init__(
        self, line: Sequence[str], texts: Sequence[str], env: Mapping[str, str], load: Mapping[str, str], *, boxed: bool
    ) -> None:
        self.owner, self._lock, self._ready = os.getpid(), threading.Lock(), False
        self._sock, there = socket.socketpair()
        with there:
            self._process = subprocess.Popen(
                [word.replace(FD, str(there.fileno())) for word in line],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=dict(env),
                cwd="/",
                pass_fds=(there.fileno(),),
                start_new_session=True,
            )
        with contextlib.suppress(OSError):  # a process that cannot start says why when it is waited for
            hand_over(self._sock, texts)
            _tell(self._sock, {"env": dict(load), "boxed": boxed})

    def fork(self, spec: dict[str, Any], fds: Mapping[int, int], outputs: Sequence[FileIO | None]) -> Forked:
        """Fork a process that is what `spec` says (zygote.py) and has the descriptors `fds`, number there -> here.

        It does not begin before its `go` is called. Raises Problem where it cannot be made.
        """
        self._wait()
        control, there = socket.socketpair()
        try:
            with there, self._lock:
                socket.send_fds(self._sock, [b"!"], [there.fileno()])
            _tell(control, {**spec, "fds": list(fds)})
            socket.send_fds(control, [b"!"], list(fds.values()))
            reply = bytearray()
            while not reply.endswith(b"\n") and (part := control.recv(1)):
                reply += part
            first = json.loads(reply or b"{}")
        except (OSError, ValueError):
            first = {}
        if not first:  # it has ended, and will be seen to have ended in a moment
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)
        if "pid" not in first:
            control.close()
            raise Problem(f"a warm process cannot make a box here: {first.get('error', 'it gives no reason')}")
        return Forked(control, first["pid"], outputs, spec["argv"])

    def alive(self) -> bool:
        """Whether it can be asked, by this very process."""
        return self.owner == os.getpid() and self._process.poll() is None

    def close(self) -> None:
        """End it, and all that it forked."""
        self._sock.close()
        if self.owner == os.getpid():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.communicate(timeout=3.0)  # it ends by itself, and buries its dead first
            self._process.kill()
            self._process.communicate()

    def _wait(self) -> None:
        """Wait until it has loaded its libraries; raises Problem."""
        with self._lock:
            if self._ready:
                return
            with contextlib.suppress(ConnectionError):
                self._ready = bool(select.select([self._sock], [], [], START)[0] and self._sock.recv(1))
        if not self._ready:
            self._process.kill()
            _, stderr = self._process.communicate()
            reason = (stderr.decode(errors="replace").strip().splitlines() or ["it gives no reason"])[-1]
            raise Problem(f"a warm process cannot be started here: {reason}")


def _tell(sock: socket.socket, message: Mapping[str, Any]) -> None:
    text = json.dumps(message).encode()
    sock.sendall(struct.pack("<I", len(text)) + text)


RUNNING: dict[str, Warm] = {}  # the warm processes of this process, by what they are forked for
_starting = threading.Lock()


def kept(name: str, make: Callable[[], Warm]) -> Warm:
    """Return the warm process of this name, made where there is none that this process may ask."""
    with _starting:
        if name not in RUNNING or not RUNNING[name].alive():
            if name in RUNNING:
                RUNNING.pop(name).close()
            RUNNING[name] = make()
        return RUNNING[name]


@atexit.register
def close() -> None:
    """End all warm processes that this process has started."""
    with _starting:
        for name in list(RUNNING):
            RUNNING.pop(name).close()


def possible() -> bool:
    """Whether this system has what a warm process uses at all."""
    return sys.platform == "linux"


def students(env: Mapping[str, str], *, instruments: bool = False) -> Warm:
    """Return the warm process that students' processes are forked from; `env` is what each of them begins with.

    There are two: one in which the course's package is a face, and one with its `instruments`, where nothing counts.
    """

    def make() -> Warm:
        plain = _plain(env)
        places = {"MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR") or _matplotlib()}
        names = (*modules(instruments=instruments), *BEYOND)
        libraries = (*LIBRARIES, *(PICTURES if instruments else ()), *SHELL)
        return Warm(command(FD, names, *libraries), names, plain, places, boxed=True)

    return kept("pictures" if instruments else "students", make)


def bare(env: Mapping[str, str]) -> Warm:
    """Return a process without libraries, from which it is tried whether a box can be forked at all."""
    return kept("bare", lambda: Warm(command(FD, BEYOND), BEYOND, _plain(env), {}, boxed=True))


def _plain(env: Mapping[str, str]) -> dict[str, str]:
    """An environment without the backend of plots: each process says which it wants."""
    return {name: value for name, value in env.items() if name != "MPLBACKEND"}


def examiners() -> Warm:
    """Return the warm process that examiners are forked from."""
    words = f"socket.socket(fileno={FD}), *sys.argv[1:]"
    program = f"import socket, sys; from autograder.inside import zygote; zygote.start({words})"
    return kept("examiners", lambda: Warm([sys.executable, "-c", program, *EXAMINER], (), os.environ, {}, boxed=False))


def ahead() -> None:
    """Let what examiners are forked from load its libraries, if they are; it is not waited for."""
    if possible():
        examiners()


def _matplotlib() -> str:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return str(Path(cache, "matplotlib"))


def fork(
    of: Callable[[], Warm],
    spec: dict[str, Any],
    fds: Mapping[int, int],
    outputs: tuple[FileIO | None, FileIO | None] = (None, None),
) -> Forked:
    """Fork a process of a warm one as `Warm.fork` does, and of a new one where that has just died; raises Problem."""
    for _ in range(TRIES):
        process = of()
        try:
            return process.fork(spec, fds, outputs)
        except Problem:
            if process.alive():
                raise
    return of().fork(spec, fds, outputs)


def program(line: Sequence[str]) -> tuple[str, list[str]]:
    """Return what a forked process runs for a command, as a program in text, and its sys.argv.

    `python … -c TEXT WORDS` is run by the warm Python itself, whatever its other options; all else is started from it.
    """
    if line[0] == sys.executable and "-c" in line:
        place = line.index("-c")
        return line[place + 1], ["-c", *line[place + 2 :]]
    return f"import os; os.execv({line[0]!r}, {list(line)!r})", list(line)
