"""The examiner's process: runs the master's test cells, with stand-ins for what is the student's.

`python -m autograder.examiner.examiner FD`: it is told the master's cells on the socket FD, is handed a socket to
the student's process, and answers each test cell with how it ended and what is to be shown. No line of the student's
code comes here.
"""

from __future__ import annotations

import contextlib
import gc
import io
import marshal
import math
import resource
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from autograder.examiner.plain_asserts import MARK
from autograder.examiner.remote_student import RemoteStudent
from autograder.examiner.standins import Cut, StandIn
from autograder.inside.messages import TO_EXAMINER, Again, Cells, Locked, Names, Student, request
from autograder.inside.wire import Gone, Wire
from cs231n_lite.reporting.ledger import recall
from cs231n_lite.watching import Steps, elsewhere

__all__ = ["Examiner", "main"]

MEMORY = 4 << 30
TEXT = 200_000  # characters of one output


class Examiner:
    """The master's namespace, and the way from it to the student's."""

    def __init__(self, cells: list[dict[str, Any]]) -> None:
        self.cells = cells  # see examining/master_cells.py
        self.displays: list[dict[str, Any]] = []
        self.space: dict[str, Any] = {"__name__": "__main__", "display": self.display}
        self.student: RemoteStudent | None = None

    def display(self, *values: Any) -> None:
        """Show values, as IPython's display does."""
        for value in values:
            self.displays.append({"output_type": "display_data", "data": bundle(value), "metadata": {}})

    def locked(self, number: int, points: Mapping[str, Sequence[float]]) -> dict[str, Any]:
        """Run what the tests need of a locked cell; the outputs are those of a cell that the examiner shows itself.

        Whatever this process knows of the tests so far, it shows the `points` that are entered: exercise -> [earned,
        there are].
        """
        for exercise, (earned, most) in points.items():
            recall({"exercise": exercise, "points": earned, "max_points": most})
        with self._caught() as streams:
            for code in self.cells[number]["run"]:
                exec(code, self.space)
            if self.cells[number]["whole"] is not None:
                value = eval(self.cells[number]["whole"], self.space)
                if value is not None:
                    result = {"output_type": "execute_result", "data": bundle(value), "metadata": {}}
                    return {"outputs": [*streams, result | {"execution_count": None}]}
        return {"outputs": None}

    def again(self, number: int) -> None:
        """Make what a test cell defines, without testing again."""
        with self._caught():
            for code in self.cells[number]["again"]:
                exec(code, self.space)

    def test(self, number: int) -> dict[str, Any]:
        """Run a test cell: how it ended ("value", "held", "end", "error", "cut"), its points, and its outputs."""
        if self.student is None:
            return {"ended": "cut", "why": "gone", "said": "", "outputs": []}
        self.displays = []
        cell = self.cells[number]
        ended: dict[str, Any] = {"ended": "end"}
        before: set[str] = set()
        values: dict[str, Any] = {}
        with self._caught() as streams:
            try:
                before = set(self.space)
                values = self._names(set(cell["wanted"]) - before)
                self.space.update(values)
                if cell["wrong"]:
                    raise SyntaxError(cell["wrong"])
                passed: set[int] = set()
                self.space[MARK] = passed.add
                exec(cell["body"], self.space)
                value = None if cell["last"] is None else eval(cell["last"], self.space)
                ended = {"ended": "held"} if value is None and 0 < cell["asserts"] == len(passed) else _ended(value)
            except Cut:
                ended = {"ended": "cut"}
            except BaseException as error:
                ended = {"ended": "error", "ename": type(error).__name__, "evalue": _text(error)}
        for name, value in values.items():
            if self.space.get(name) is value:
                del self.space[name]
        ended["outputs"] = [*streams, *self.displays]
        ended["memory"] = self.student.memory
        ended["instruments"] = list(self.student.instruments)
        self.student.finish()
        if self.student.broken:  # whatever the cell made of it
            ended |= {"ended": "cut", "why": self.student.broken, "said": self.student.detail}
        return ended

    def _names(self, names: set[str]) -> dict[str, Any]:
        """The student's values of these names, as far as there are any."""
        if not names or self.student is None:
            return {}
        values = self.student.ask(Names, names=sorted(names))
        if type(values) is not dict or not set(values) <= names:
            raise self.student.cut("tampered", "names that were not asked for")
        return values

    @contextlib.contextmanager
    def _caught(self) -> Any:
        """Keep what is printed: stdout becomes an output, stderr costs nothing and is left out."""
        streams: list[dict[str, Any]] = []
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            yield streams
        if out.getvalue():
            streams.append({"output_type": "stream", "name": "stdout", "text": out.getvalue()[:TEXT]})


def _ended(value: Any) -> dict[str, Any]:
    if value is None:
        return {"ended": "end"}
    data = {} if isinstance(value, bool | StandIn) else bundle(value)
    try:
        # As nbgrader reads points: a course's own object may show itself as a number, with its report beside it.
        points = float(value) if isinstance(value, int | float | np.number) else float(data.get("text/plain", ""))
    except (TypeError, ValueError):
        message = f"the test ends in a {type(value).__name__}, not in points"
        return {"ended": "error", "ename": "NoEvidence", "evalue": message}
    if not data or not math.isfinite(points):
        message = f"the test ends in {value if data else type(value).__name__}, not in points"
        return {"ended": "error", "ename": "NoEvidence", "evalue": message}
    return {"ended": "value", "points": points, "data": data}


def bundle(value: Any) -> dict[str, Any]:
    """The MIME bundle of a value of the course's own."""
    kind = type(value)
    if not isinstance(value, StandIn) and hasattr(kind, "_repr_mimebundle_"):
        return dict(kind._repr_mimebundle_(value))
    data = {"text/plain": repr(value)[:TEXT]}
    if not isinstance(value, StandIn) and hasattr(kind, "_repr_html_"):
        data["text/html"] = kind._repr_html_(value)
    return data


def _text(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except Exception:
        return ""


def _watched(examiner: Examiner | None, steps: Steps) -> AbstractContextManager[None]:
    """Have a check told of what the student's code does where it runs."""
    student = examiner.student if examiner is not None else None
    return student.following(steps) if student is not None else contextlib.nullcontext()


def main(fd: int) -> None:
    """Answer the grader on the socket `fd` until it is closed."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()
    examiner: Examiner | None = None
    elsewhere(lambda steps: _watched(examiner, steps))
    gc.set_threshold(100_000, 20, 100)  # a message of 100,000 lists is no reason to look at every object there is
    control = socket.socket(fileno=fd)
    wire = Wire(control)
    with contextlib.suppress(Gone):
        while True:
            fields, block = wire.receive()
            message: Any = request(TO_EXAMINER, fields)
            reply: dict[str, Any] = {}
            if isinstance(message, Cells):
                examiner = Examiner(marshal.loads(block))
            elif examiner is None:
                raise SystemExit("the first message tells the cells")
            elif isinstance(message, Student):
                _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
                examiner.student = RemoteStudent(Wire(socket.socket(fileno=descriptors[0])))
            elif isinstance(message, Locked):
                reply = examiner.locked(message.cell, message.points)
            elif isinstance(message, Again):
                examiner.again(message.cell)
            else:
                reply = examiner.test(message.cell)
            wire.send(reply)


if __name__ == "__main__":
    main(int(sys.argv[1]))
