"""A running student's process, watched: its output kept up to a bound, its time measured, its end explained."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from autograder.sandbox.carriers import Carriers

__all__ = ["FATES", "Limits", "Popen", "Process", "Started"]

FATES = ("exited", "killed", "out-of-memory", "timed-out", "crashed")


@dataclass(frozen=True)
class Limits:
    """What one student's process and all that it starts may use; bytes and seconds.

    `memory` holds for each process and for all together, `disk_bytes` for each private folder, `output_bytes` for each
    of stdout and stderr: what is written beyond is thrown away, and writing it goes on.
    """

    memory: int = 1 << 30
    cpu_seconds: int = 120
    wall_seconds: float = 300.0
    processes: int = 32
    file_bytes: int = 64 << 20
    output_bytes: int = 1 << 20
    disk_bytes: int = 256 << 20


class Started(Protocol):
    """What a process is watched by: as much of subprocess.Popen as that takes, and how to see and bury its end."""

    pid: int
    stdout: Any
    stderr: Any
    args: Any
    returncode: int | None

    def fileno(self) -> int | None:
        """A descriptor that is readable at the end; None where the machine has no such thing."""

    def over(self) -> bool:
        """Whether it has ended."""

    def bury(self) -> int:
        """Wait for its end and return its exit code."""


class Popen(subprocess.Popen[bytes]):
    """A process started by this one."""

    _ended: int | None = None

    def fileno(self) -> int | None:
        """A descriptor that is readable at the end; None where the machine has no such thing."""
        opened = getattr(os, "pidfd_open", None)  # Linux only, elsewhere the loop looks every now and then
        if self._ended is None and opened:
            self._ended = opened(self.pid)
        return self._ended

    def over(self) -> bool:
        """Whether it has ended; it is not yet buried then, so its id still means itself and its group."""
        with contextlib.suppress(ChildProcessError):
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
        return True

    def bury(self) -> int:
        """Wait for its end and return its exit code."""
        _, status = os.waitpid(self.pid, 0)
        if self._ended is not None:
            os.close(self._ended)
        return os.waitstatus_to_exitcode(status)


class Process:
    """Like subprocess.Popen, for a whole box: kill() ends everything inside, and fate() says why it ended."""

    def __init__(
        self,
        started: Started,
        limits: Limits,
        *,
        end: Callable[[], None],
        gone: Callable[[], None] = lambda: None,
        starved: Callable[[], int] = lambda: 0,
        refused: Callable[[], int] = lambda: 0,
        used: Callable[[], int] = lambda: 0,
        clean: Callable[[], None] = lambda: None,
        carriers: Carriers,
    ) -> None:
        self.pid, self.returncode = started.pid, None  # type: int, int | None
        self.truncated, self.carriers = False, carriers
        self._started, self._limits = started, limits
        self._end, self._gone, self._clean = end, gone, clean
        self._starved, self._refused, self._used = starved, refused, used
        self._texts = {stream: bytearray() for stream in ("stdout", "stderr")}
        self._lock = threading.Lock()  # between kill() and the moment the process id may mean another process
        self._done = threading.Event()
        self._why = ""
        self._fate = ""
        self._start = time.monotonic()
        self._deadline = self._start + limits.wall_seconds
        self._watcher = threading.Thread(target=self._run, name=f"box {self.pid}", daemon=True)
        self._watcher.start()

    @property
    def stdout(self) -> bytes:
        """What was printed so far, at most `output_bytes` of it."""
        return bytes(self._texts["stdout"])

    @property
    def stderr(self) -> bytes:
        """What was written to stderr so far, at most `output_bytes` of it."""
        return bytes(self._texts["stderr"])

    def poll(self) -> int | None:
        """Return the exit code, minus the signal's number after a signal; None while it runs."""
        return self.returncode if self._done.is_set() else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of everything inside; raises subprocess.TimeoutExpired after `timeout` seconds."""
        if not self._done.wait(timeout):
            raise subprocess.TimeoutExpired(self._started.args, timeout or 0.0)
        assert self.returncode is not None
        return self.returncode

    def kill(self) -> None:
        """Kill everything inside, at once; wait() returns when it is gone."""
        self._stop("killed")

    def fate(self) -> str:
        """Wait for the end and return why it came, one of FATES.

        "exited" ended by itself with any code, "killed" by kill(), "crashed" by a signal of its own making.
        """
        self._done.wait()
        return self._fate

    def starved(self) -> int:
        """Return how many of the processes inside the kernel has ended for want of memory, as far as it counts them."""
        return self._starved()

    def refused(self) -> int:
        """Return how often a process inside was not started for being one too many, as far as the kernel counts."""
        return self._refused()

    def used(self) -> int:
        """Return the bytes of memory that all inside have together, or the fullest of them where nothing counts all."""
        return self._used()

    def close(self) -> None:
        """Kill everything inside and return once nothing of it is left."""
        self.kill()
        self._watcher.join()

    def _stop(self, why: str) -> None:
        with self._lock:
            if not self._done.is_set() and self.returncode is None:
                self._why = self._why or why
                self._end()

    def _run(self) -> None:
        try:
            self._watch()
        except BaseException:  # whatever broke here, nobody waits for ever and nothing goes on unwatched
            self._end()
            self._fate, self.returncode = "crashed", self.returncode if self.returncode is not None else -1
            raise
        finally:
            self._done.set()
            self._clean()  # nobody needs to wait for this but `close`

    def _watch(self) -> None:
        self._wait_and_read()
        with self._lock:
            self._end()
            self.returncode = self._started.returncode = self._started.bury()
        self._gone()
        for stream in ("stdout", "stderr"):
            for _ in range(32):  # a full pipe, no more: where nothing better is there, a survivor may go on printing
                if not self._read(stream, last=True):
                    break
            getattr(self._started, stream).close()
        if 128 < self.returncode <= 192:  # how a box's first process says that a signal ended the command
            self.returncode = 128 - self.returncode
        self._fate = self._explained(time.monotonic() - self._start)

    def _wait_and_read(self) -> None:
        """Read what is printed until the process has ended, which is seen to at the deadline."""
        end = self._started.fileno()
        with selectors.DefaultSelector() as ready:
            for stream in ("stdout", "stderr"):
                pipe = getattr(self._started, stream)
                os.set_blocking(pipe.fileno(), False)
                ready.register(pipe, selectors.EVENT_READ, stream)
            if end is not None:
                ready.register(end, selectors.EVENT_READ, "")
            while not self._started.over():
                seconds = self._deadline - time.monotonic()
                if seconds <= 0:
                    self._stop("timed-out")
                    seconds = 0.05
                for key, _ in ready.select(seconds if end is not None else min(seconds, 0.02)):
                    if key.data and not self._read(key.data):
                        ready.unregister(key.fileobj)

    def _read(self, stream: str, *, last: bool = False) -> bool:
        """Take what is there; return whether more may come."""
        try:
            piece = os.read(getattr(self._started, stream).fileno(), 1 << 16)
        except BlockingIOError:
            return not last
        text = self._texts[stream]
        room = self._limits.output_bytes - len(text)
        self.truncated |= len(piece) > room
        text += piece[:room]
        return bool(piece)

    def _explained(self, seconds: float) -> str:
        code = self.returncode or 0
        if self._why:
            return self._why
        if code == -signal.SIGKILL and self._starved():
            return "out-of-memory"
        # The kernel kills what ignores SIGXCPU, and does not say so: it can only have come after so much time.
        late = seconds * (os.cpu_count() or 1) >= self._limits.cpu_seconds
        if code == -signal.SIGXCPU or (code == -signal.SIGKILL and late):
            return "timed-out"
        return "crashed" if code < 0 else "exited"
