"""The two processes that a notebook is run by, as the grader holds them: the student's, in its box, and the examiner's.

The student's process is handed its modules as text, so that nothing of the grader's need be on its disk. It forks a
snapshot of itself for each test cell; the examiner is given the socket to one of them at a time.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from typing import Any, NamedTuple

from nbformat import NotebookNode

from autograder.examining.evidence import cleaned
from autograder.examining.patience import Patience
from autograder.examining.terms import GRACE, START, Died, Terms
from autograder.inside.messages import Alive, Cell, End, Kind, Look, Made, Message, Outputs, Snapshot, reply
from autograder.inside.wire import Bounds, Gone, Late, Tampered, Wire
from autograder.sandbox.carriers import State
from autograder.sandbox.handover import command, hand_over, modules
from autograder.sandbox.rights import root
from autograder.sandbox.tree import processor_seconds

__all__ = ["StudentProcess"]

TEXT = 4 << 20  # bytes of a reply to the grader


class Mark(NamedTuple):
    """Of a snapshot: its process, the number of its socket, and the files where it was made."""

    process: int | None
    sock: int
    files: frozenset[Any]


class StudentProcess:
    """The student's process, the wire to it, and those to its snapshots."""

    def __init__(self, box: Any, terms: Terms) -> None:
        self.modules, self.libraries = modules(instruments=box.instruments), box.libraries
        here, there = socket.socketpair()
        with there:
            closed = "closed" if root() else ""  # an ordinary user could not look in either (sandbox/carriers.py)
            self.process = box.start(
                command(str(there.fileno()), self.modules, str(terms.output_bytes), closed), pass_fds=(there.fileno(),)
            )
        self.wire = Wire(here, Bounds(header=max(TEXT, 4 * terms.output_bytes + (1 << 20)), block=0))
        self.snapshots: dict[int, Wire] = {}  # number of a test -> the wire to its snapshot
        self.marks: dict[int, Mark] = {}  # number of a test -> how things were where it stands
        self.before: State | None = None  # how things were before the first test
        self.seq = 0
        self.starved = 0  # how many of its processes the kernel had ended for want of memory, when last asked
        self.refused = 0  # how many processes it asked for beyond those that it may have; known at its end
        self.turned_away = 0  # the same, as far as is known yet
        self.memory, self.slack = terms.memory, terms.slack
        self.ready = False
        self.instruments: list[str] = []  # that the cell which ran last called, where there are none

    def wait(self) -> None:
        """Wait until it has started; raises Died."""
        if self.ready:
            return
        self._patience(START)
        try:
            hand_over(self.wire.sock, self.modules, self.libraries)
            self.wire.receive()
        except (Gone, Late, Tampered, OSError):
            raise Died("crashed") from None
        self.process.carriers.begin()
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
            carriers = self.process.carriers
            self.marks[test] = Mark(carriers.born(), os.fstat(there.fileno()).st_ino, carriers.state()[0])

    def lives(self, test: int) -> bool:
        """Whether the snapshot for a test is there and lives, as far as the student's process says so."""
        try:
            return test in self.snapshots and self._asked(GRACE, Look(self._number(), test), Alive).alive
        except Died:
            return False

    def touched(self) -> bool:
        """Whether a test has left files or processes behind that were not there before the first one."""
        now = self.process.carriers.state()
        self.before = self.before or now
        return now != self.before

    def apart(self, test: int) -> bool:
        """Whether no other test can pass a word to this one's snapshot: nothing is shared that could carry it."""
        mark = self.marks[test]
        return not (self.before and self.before[1]) and self.process.carriers.apart(mark.process, mark.sock)

    def moved_on(self, test: int) -> bool:
        """Whether cells behind a test have changed the files that were there where it stands."""
        return self.before is not None and self.before[0] != self.marks[test].files

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
            self.process.carriers.buried(self.marks[test].process)
            return lived
        finally:
            wire.close()

    def _number(self) -> int:
        self.seq -= 1  # the examiner counts upwards
        return self.seq

    def _asked(self, seconds: float, message: Message, kind: type[Kind], there: socket.socket | None = None) -> Kind:
        """Send a request, and a socket with it, and return the reply, which is of one kind; raises Died."""
        self.wait()
        self._patience(seconds)
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

    def _patience(self, seconds: float) -> None:
        patience = Patience(self.wire, seconds, self.slack, lambda: processor_seconds(self.process.pid))

        def idle() -> None:
            self._alive()
            patience.look()

        self.wire.idle = idle

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
