"""The two processes that a notebook is run by, as the grader holds them: the student's, in its box, and the examiner's.

The student's process is handed its modules as text, so that nothing of the grader's need be on its disk. It forks a
snapshot of itself for each test cell; the examiner is given the socket to one of them at a time.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder import warm
from autograder.compiled import compiled
from autograder.course import Problem
from autograder.evidence import cleaned
from autograder.handover import command, hand_over
from autograder.watch import Popen
from autograder.wire import Bounds, Gone, Late, Tampered, Wire

__all__ = ["GRACE", "START", "Died", "Examiner", "Student", "Terms"]

GRACE = 5.0  # seconds that a process has to notice that another is gone
START = 60.0  # seconds that a process has to start
TEXT = 4 << 20  # bytes of a reply to the grader
MODULES = warm.OWN


class Died(Exception):
    """A process ended, or had to be ended; the first argument is a verdict, the second what was seen."""

    def __init__(self, verdict: str, seen: str = "") -> None:
        super().__init__(verdict, seen)
        self.verdict, self.seen = verdict, seen


@dataclass
class Terms:
    """How long and how large things may be: seconds for a cell and for all of a notebook."""

    timeout: float = 60.0
    total: float = 600.0
    memory: int = 1 << 30
    output_bytes: int = 1 << 20


class Student:
    """The student's process, the wire to it, and those to its snapshots."""

    def __init__(self, box: Any, terms: Terms) -> None:
        here, there = socket.socketpair()
        with there:
            self.process = box.start(
                command(str(there.fileno()), MODULES, str(terms.output_bytes)), pass_fds=(there.fileno(),)
            )
        self.wire = Wire(here, Bounds(header=TEXT, block=0))
        self.snapshots: dict[int, Wire] = {}  # number of a test -> the wire to its snapshot
        self.seq = 0
        self.starved = 0  # how many of its processes the kernel had ended for want of memory, when last asked
        self.refused = 0  # how many processes it asked for beyond those that it may have; known at its end
        self.ready = False

    def wait(self) -> None:
        """Wait until it has started; raises Died."""
        if self.ready:
            return
        self.wire.deadline = time.monotonic() + START
        self.wire.idle = self._alive
        try:
            hand_over(self.wire.sock, MODULES)
            self.wire.receive()
        except (Gone, Late, Tampered, OSError):
            raise Died("crashed") from None
        self.ready = True

    def run(self, source: str, seconds: float) -> list[NotebookNode]:
        """Run a cell and return its outputs; raises Died."""
        try:
            return cleaned(self._asked(seconds, do="cell", source=source).get("outputs"))
        except Tampered as tampered:
            raise Died("tampered", str(tampered)) from None

    def snapshot(self, test: int) -> None:
        """Let it fork a process for a test, as it is now; raises Died."""
        here, there = socket.socketpair()
        with there:
            self.snapshots[test] = Wire(here)
            if self._asked(3 * GRACE, there, do="snapshot", test=test).get("made") is not True:
                self.snapshots.pop(test).close()

    def lives(self, test: int) -> bool:
        """Whether the snapshot for a test is there and lives, as far as the student's process says so."""
        try:
            return test in self.snapshots and self._asked(GRACE, do="look", test=test).get("alive") is True
        except Died:
            return False

    def over(self, test: int) -> bool:
        """End the snapshot for a test and return whether it had lived until now; raises Died when it cannot be ended.

        Whoever else holds its socket, such as a child that the answer started, ends with the whole box.
        """
        wire = self.snapshots.pop(test)
        try:
            patience = 1.0 if wire.hung_up() else 0.0  # a process that ends hangs up a moment before it is gone
            lived = self._asked(GRACE, do="end", test=test, patience=patience).get("alive") is True
            if not wire.hung_up():
                raise Died("crashed", "it left a process behind")
            return lived
        finally:
            wire.close()

    def _asked(self, seconds: float, given: socket.socket | None = None, **message: Any) -> dict[str, Any]:
        """Send a request, and a socket with it, and return the reply; raises Died."""
        self.wait()
        self.seq -= 1  # the examiner counts upwards
        self.wire.deadline = time.monotonic() + seconds
        self.wire.idle = self._alive
        try:
            self.wire.send({"seq": self.seq, **message})
            if given is not None:
                socket.send_fds(self.wire.sock, [b"!"], [given.fileno()])
            reply, _ = self.wire.receive()
            if reply.get("seq") != self.seq:
                raise Tampered("an answer to no question")
            return reply
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

    def end(self) -> None:
        """End it and whatever it started."""
        self.refused = max(self.refused, self.process.refused())
        for wire in (self.wire, *self.snapshots.values()):
            wire.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(0.25)  # one that ends by itself leaves its processor time with who waits for it
        self.process.kill()


class Examiner:
    """The examiner's process, and the wire to it."""

    def __init__(self, cells: list[tuple[str, str]], folder: Path) -> None:
        here, there = socket.socketpair()
        with there:
            self.process = _warm_examiner(there, folder) if warm.possible() else _new_examiner(there, folder)
        self.wire = Wire(here)
        self.wire.send({"do": "cells"}, compiled(cells))
        self.ready = False

    def ask(self, seconds: float, idle: Callable[[], None] = lambda: None, **message: Any) -> dict[str, Any]:
        """Ask for one thing; raises Late, Gone."""
        self.begin()
        self.wire.send(message)
        return self.answer(seconds, idle)

    def begin(self) -> None:
        """Wait until it has started; raises Problem, because it is not the student's doing where it does not."""
        if self.ready:
            return
        try:
            self.answer(START)
        except (Gone, Late, Tampered):
            raise Problem("the process that runs the tests does not start; what it said stands above") from None
        self.ready = True

    def answer(self, seconds: float, idle: Callable[[], None] = lambda: None) -> dict[str, Any]:
        """Wait for the answer; raises Late, Gone."""
        self.wire.deadline, self.wire.idle = time.monotonic() + seconds, idle
        return self.wire.receive()[0]

    def test(self, cell: int, snapshot: Wire, seconds: float, idle: Callable[[], None]) -> dict[str, Any]:
        """Let it run a test cell against a snapshot; raises Late, Gone."""
        self.begin()
        self.wire.send({"do": "student"})
        socket.send_fds(self.wire.sock, [b"!"], [snapshot.sock.fileno()])
        self.answer(START)
        return self.ask(seconds, idle, do="test", cell=cell)

    def end(self) -> None:
        """End it."""
        self.process.kill()
        self.process.bury()
        self.wire.close()


def _warm_examiner(there: socket.socket, folder: Path) -> warm.Forked:
    spec = {
        "box": None,
        "env": dict(os.environ),
        "cwd": str(folder),
        "argv": ["autograder.examiner"],
        "path": [str(folder)],  # modules of the course's own lie there, and are the master's
        "program": "from autograder.examiner import main; main(3)",
    }
    with Path(os.devnull).open("rb") as nothing:
        fds = {0: nothing.fileno(), 1: 1, 2: 2, 3: there.fileno()}
        process = warm.fork(warm.examiners, spec, fds)
    process.go()
    return process


def _new_examiner(there: socket.socket, folder: Path) -> Popen:
    # Not with -P: modules of the course's own lie in its folder, and are the master's.
    line = [sys.executable, "-m", "autograder.examiner", str(there.fileno())]
    return Popen(line, pass_fds=(there.fileno(),), stdin=subprocess.DEVNULL, cwd=folder)
