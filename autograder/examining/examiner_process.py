"""The examiner's process, as the grader holds it, and the wire to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from autograder.examining.master_cells import compiled
from autograder.examining.patience import Patience
from autograder.examining.terms import START
from autograder.inside.messages import Cells, Message, Student, Test
from autograder.inside.wire import Gone, Late, Tampered, Wire
from autograder.problem import Problem
from autograder.sandbox import warm
from autograder.sandbox.process import Popen
from autograder.sandbox.tree import processor_seconds

__all__ = ["ExaminerProcess"]


class ExaminerProcess:
    """The examiner's process, and the wire to it."""

    def __init__(self, cells: list[tuple[str, str]], folder: Path, slack: float = 3.0) -> None:
        self.slack = slack
        here, there = socket.socketpair()
        with there:
            self.process = _warm_examiner(there, folder) if warm.possible() else _new_examiner(there, folder)
        self.wire = Wire(here)
        self.wire.send(Cells().fields(), compiled(cells))
        self.ready = False

    def ask(self, seconds: float, message: Message) -> dict[str, Any]:
        """Ask for one thing; raises Late, Gone."""
        self.begin()
        self.wire.send(message.fields())
        return self.answer(seconds)

    def begin(self) -> None:
        """Wait until it has started; raises Problem, because it is not the student's doing where it does not."""
        if self.ready:
            return
        try:
            self.answer(START)
        except (Gone, Late, Tampered):
            raise Problem("the process that runs the tests does not start; what it said stands above") from None
        self.ready = True

    def answer(
        self, seconds: float, idle: Callable[[], None] = lambda: None, others: Sequence[int] = ()
    ) -> dict[str, Any]:
        """Wait for the answer, on which `others` may be at work as well; raises Late, Gone."""
        at_work = (self.process.pid, *others)
        patience = Patience(self.wire, seconds, self.slack, lambda: sum(map(processor_seconds, at_work)))

        def look() -> None:
            idle()
            patience.look()

        self.wire.idle = look
        return self.wire.receive()[0]

    def test(self, cell: int, snapshot: Wire, seconds: float, idle: Callable[[], None], student: int) -> dict[str, Any]:
        """Let it run a test cell against a snapshot of the process `student`; raises Late, Gone."""
        self.begin()
        self.wire.send(Student().fields())
        socket.send_fds(self.wire.sock, [b"!"], [snapshot.sock.fileno()])
        self.answer(START)
        self.wire.send(Test(cell).fields())
        return self.answer(seconds, idle, [student])

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
        "argv": ["autograder.examiner.examiner"],
        "path": [str(folder)],  # modules of the course's own lie there, and are the master's
        "program": "from autograder.examiner.examiner import main; main(3)",
    }
    with Path(os.devnull).open("rb") as nothing:
        fds = {0: nothing.fileno(), 1: 1, 2: 2, 3: there.fileno()}
        process = warm.fork(warm.examiners, spec, fds)
    process.go()
    return process


def _new_examiner(there: socket.socket, folder: Path) -> Popen:
    # Not with -P: modules of the course's own lie in its folder, and are the master's.
    line = [sys.executable, "-m", "autograder.examiner.examiner", str(there.fileno())]
    return Popen(line, pass_fds=(there.fileno(),), stdin=subprocess.DEVNULL, cwd=folder)
