"""Copies of the student's process, one for each test: made, looked at, ended.

A snapshot is a fork of the process as it is where the test stands, and serves a socket of its own. The student's
process gets this very file as text (sandbox/handover.py), so it stands on the standard library and wire.py alone.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

from autograder.inside.wire import Wire

__all__ = ["Snapshots"]


class Snapshots:
    """The snapshots of this process, each known by the number of its test."""

    def __init__(self) -> None:
        self.processes: dict[int, int] = {}  # number of a test -> process

    def make(self, test: int, wire: Wire, serve: Callable[[Wire], None]) -> bool:
        """Fork a process that is as this one is now, and serves the socket that comes behind the request on `wire`."""
        _, descriptors, _, _ = socket.recv_fds(wire.sock, 1, 1)
        with socket.socket(fileno=descriptors[0]) as sock:
            process = self._fork()
            if process == 0:
                try:
                    gc.freeze()  # a look at every object would copy the memory that they lie in
                    wire.sock.close()
                    self.processes.clear()
                    serve(Wire(sock, wire.bounds))
                finally:
                    os._exit(0)
            if process is None:
                return False
        self.processes[test] = process
        return True

    def lives(self, test: int) -> bool:
        """Whether a snapshot lives; one that does not is buried."""
        process = self.processes.get(test)
        try:
            alive = process is not None and os.waitpid(process, os.WNOHANG)[0] == 0
        except OSError:  # an answer that waits for any child has buried it
            alive = False
        if not alive:
            self.processes.pop(test, None)
        return alive

    def end(self, test: int, patience: float) -> bool:
        """End a snapshot; return whether it lived on for so many seconds."""
        until = time.monotonic() + patience
        while (alive := self.lives(test)) and time.monotonic() < until:
            time.sleep(0.001)
        if alive:
            process = self.processes.pop(test)
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        return alive

    def _fork(self) -> int | None:
        """As os.fork; where there are as many processes as there may be, what cells left running makes room."""
        for _ in range(3):
            try:
                return os.fork()
            except OSError:
                self._clear()
        return None

    def _clear(self) -> None:
        """End all children but the snapshots; theirs come to this process in turn, see `start` in student.py."""
        for _ in range(20):
            others = [process for process in _children() if process not in self.processes.values()]
            if not others:
                return
            for process in others:
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)
                    os.waitpid(process, 0)


def _children() -> list[int]:
    """The processes whose parent this one is."""
    processes = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            if int(path.read_text().rsplit(")", 1)[1].split()[1]) == os.getpid():
                processes.append(int(path.parent.name))
    return processes
