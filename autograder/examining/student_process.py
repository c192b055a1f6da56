"""The two processes that a notebook is run by, as the grader holds them: the student's, in its box, and the examiner's.

The student's process is handed its modules as text, so that nothing of the grader's need be on its disk. It forks a
snapshot of itself for each test cell; the examiner is given the socket to one of them at a time.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from typing import Any

from nbformat import NotebookNode

from autograder.examining.evidence import cleaned
from autograder.examining.terms import GRACE, START, Died, Terms
from autograder.inside.messages import Alive, Cell, End, Kind, Look, Made, Message, Outputs, Snapshot, reply
from autograder.inside.wire import Bounds, Gone, Late, Tampered, Wire
from autograder.sandbox.handover import command, hand_over, modules

__all__ = ["StudentProcess"]

TEXT = 4 << 20  # bytes of a reply to the grader


class StudentProcess:
    """The student's process, the wire to it, and those to its snapshots."""

    def __init__(self, box: Any, terms: Terms) -> None:
        self.modules, self.libraries = modules(instruments=box.instruments), box.libraries
        here, there = socket.socketpair()
        with there:
            self.process = box.start(
                command(str(there.fileno()), self.modules, str(terms.output_bytes)), pass_fds=(there.fileno(),)
            )
        self.wire = Wire(here, Bounds(header=TEXT, block=0))
        self.snapshots: dict[int, Wire] = {}  # number of a test -> the wire to its snapshot
        self.seq = 0
        self.starved = 0  # how many of its processes the kernel had ended for want of memory, when last asked
        self.refused = 0  # how many processes it asked for beyond those that it may have; known at its end
        self.turned_away = 0  # the same, as far as is known yet
        self.memory = terms.memory
        self.ready = False
        self.instruments: list[str] = []  # that the cell which ran last called, where there are none

    def wait(self) -> None:
        """Wait until it has started; raises Died."""
        if self.ready:
            return
        self.wire.deadline = time.monotonic() + START
        self.wire.idle = self._alive
        try:
            hand_over(self.wire.sock, self.modules, self.libraries)
            self.wire.receive()
        except (Gone, Late, Tampered, OSError):
            raise Died("crashed") from None
        self.ready = True

    def run(self, source: str, seconds: float) -> list[NotebookNode]:
        """Run a cell and return its outputs; raises Died."""
        try:
            reply = self._asked(seconds, Cell(self._number(), source), Outputs)
            self.instruments = [str(name)[:80] for name in reply.instruments or []]
            return cleaned(reply.outputs)
        except Tampered as tampered:
            raise Died("tampered", str(tampered)) from None

    def snapshot(self, test: int) -> None:
        """Let it fork a process for a test, as it is now; raises Died."""
        here, there = socket.socketpair()
        with there:
            self.snapshots[test] = Wire(here)
            if not self._asked(3 * GRACE, Snapshot(self._number(), test), Made, there).made:
                self.snapshots.pop(test).close()

    def lives(self, test: int) -> bool:
        """Whether the snapshot for a test is there and lives, as far as the student's process says so."""
        try:
            return test in self.snapshots and self._asked(GRACE, Look(self._number(), test), Alive).alive
        except Died:
            return False

    def over(self, test: int) -> bool:
        """End the snapshot for a test and return whether it had lived until now; raises Died when it cannot be ended.

        Whoever else holds its socket, such as a child that the answer started, ends with the whole box.
        """
        wire = self.snapshots.pop(test)
        try:
            patience = 1.0 if wire.hung_up() else 0.0  # a process that ends hangs up a moment before it is gone
            lived = self._asked(GRACE, End(self._number(), test, patience), Alive).alive
            if not wire.hung_up():
                raise Died("crashed", "it left a process behind")
            return lived
        finally:
            wire.close()

    def _number(self) -> int:
        self.seq -= 1  # the examiner counts upwards
        return self.seq

    def _asked(self, seconds: float, message: Message, kind: type[Kind], there: socket.socket | None = None) -> Kind:
        """Send a request, and a socket with it, and return the reply, which is of one kind; raises Died."""
        self.wait()
        self.wire.deadline = time.monotonic() + seconds
        self.wire.idle = self._alive
        try:
            self.wire.send(message.fields())
            if there is not None:
                socket.send_fds(self.wire.sock, [b"!"], [there.fileno()])
            return reply(kind, self.seq, self.wire.receive()[0])
        except Late:
            raise Died("timed-out") from None
        except (Gone, OSError):
            raise Died(*self.why()) from None
        except Tampered as tampered:
            raise Died("tampered", str(tampered)) from None

    def _alive(self) -> None:
        if self.process.poll() is not None:
            raise Gone("it ended")

    def why(self) -> tuple[str, str]:
        """Why it ended by itself, as a verdict and what was seen."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2.0)
        if self.process.poll() is None:
            return "tampered", "it closed its socket and lives on"
        fate = self.process.fate()
        return (fate if fate in ("out-of-memory", "timed-out") else "crashed"), ""

    def was_starved(self) -> bool:
        """Whether the kernel has ended one of its processes for want of memory since this was last asked."""
        before, self.starved = self.starved, self.process.starved()
        return self.starved > before

    def is_crowded(self) -> bool:
        """Whether what runs in its box beside a snapshot may leave that one too little memory or no processes."""
        refused, self.turned_away = self.turned_away, self.process.refused()
        return self.process.used() > self.memory // 4 or self.turned_away > refused

    def end(self) -> None:
        """End it and whatever it started."""
        self.refused = max(self.refused, self.process.refused())
        for wire in (self.wire, *self.snapshots.values()):
            wire.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(0.25)  # one that ends by itself leaves its processor time with who waits for it
        self.process.kill()
