"""Runs a grafted notebook: student cells in the student's process, test cells in the examiner's.

`Examine` stands in nbgrader's list of autograde preprocessors in the place of Execute. Two processes work for it, and
neither has more than it needs: the student's (student.py, in a sandbox), and the examiner's (examiner.py), which has
the master's cells only. This one starts both, keeps the time, restarts what died, and writes down the evidence.
"""

from __future__ import annotations

import ast
import contextlib
import json
import math
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets import Bool, Float, Integer, Unicode

from autograder import exchange, student
from autograder.exchange import Bounds, Gone, Late, Tampered, Wire
from autograder.notebook import grade_id
from autograder.sandbox import Limits, Sandbox

__all__ = ["ENAMES", "METADATA", "VERDICTS", "Examination", "Examine"]

METADATA = "cs231n-lite"  # in a graded test cell's metadata: {"verdict": …}
MIME = "application/vnd.cs231n-lite.report+json"
VERDICTS = ("passed", "partial", "failed", "timed-out", "out-of-memory", "crashed", "tampered", "not-written")
# The error that a test cell without evidence shows; the first three are those of nbgrader's own Execute.
ENAMES = {
    "timed-out": ("CellTimeoutError", "the time for this test ran out"),
    "crashed": ("DeadKernelError", "the answer ended its Python"),
    "out-of-memory": ("MemoryError", "the answer needed more memory than there is"),
    "tampered": ("TamperedError", "the answer's process sent what no answer sends"),
    "failed": ("NoEvidence", "the test did not end in points"),
}
GRACE = 5.0  # seconds that the examiner has to notice that the student's process is gone
START = 60.0  # seconds that a process has to start
TEXT = 4 << 20  # bytes of a reply to the grader
JSON = re.compile(r"application/([\w.-]+\+)?json")  # MIME types whose values need not be text
MODULES = [Path(exchange.__file__), Path(student.__file__)]


class Died(Exception):
    """A process ended, or had to be ended; the argument is a verdict."""


@dataclass
class Terms:
    """How long and how large things may be: seconds for a cell and for all of a notebook."""

    timeout: float = 60.0
    total: float = 600.0
    memory: int = 1 << 30
    output_bytes: int = 1 << 20


class _Student:
    """The student's process, and the wire to it."""

    def __init__(self, box: Any, terms: Terms) -> None:
        here, there = socket.socketpair()
        with there:
            line = student.command(sys.executable, there.fileno(), terms.output_bytes)
            self.process = box.start(line, pass_fds=(there.fileno(),))
        self.wire = Wire(here, Bounds(header=TEXT, block=0))
        self.seq = 0
        self.ready = False
        self.tests = 0  # how many test cells it has served

    def wait(self) -> None:
        """Wait until it has started."""
        if self.ready:
            return
        self.wire.deadline = time.monotonic() + START
        self.wire.idle = self._alive
        try:
            student.hand_over(self.wire.sock, [path.read_text(encoding="utf-8") for path in MODULES])
            self.wire.receive()
        except (Gone, Late, Tampered, OSError):
            raise Died("crashed") from None
        self.ready = True

    def run(self, source: str, seconds: float) -> list[NotebookNode]:
        """Run a cell and return its outputs; raises Died."""
        self.wait()
        self.seq -= 1  # the examiner counts upwards
        self.wire.deadline = time.monotonic() + seconds
        self.wire.idle = self._alive
        try:
            self.wire.send({"seq": self.seq, "do": "cell", "source": source})
            reply, _ = self.wire.receive()
            if reply.get("seq") != self.seq:
                raise Tampered("an answer to no question")
            return cleaned(reply.get("outputs"))
        except Late:
            raise Died("timed-out") from None
        except Gone:
            raise Died(self.why()) from None
        except Tampered:
            raise Died("tampered") from None

    def _alive(self) -> None:
        if self.process.poll() is not None:
            raise Gone("it ended")

    def why(self) -> str:
        """Why it ended by itself, as a verdict."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2.0)
        if self.process.poll() is None:
            return "tampered"  # it closed its socket and lives on
        fate = self.process.fate()
        return fate if fate in ("out-of-memory", "timed-out") else "crashed"

    def end(self) -> None:
        """End it and whatever it started."""
        self.process.kill()
        self.wire.close()


class _Examiner:
    """The examiner's process, and the wire to it."""

    def __init__(self, cells: list[tuple[str, str]], folder: Path) -> None:
        here, there = socket.socketpair()
        with there:
            # Not with -P: modules of the course's own lie in its folder, and are the master's.
            line = [sys.executable, "-m", "autograder.examiner", str(there.fileno())]
            self.process = subprocess.Popen(line, pass_fds=(there.fileno(),), stdin=subprocess.DEVNULL, cwd=folder)
        self.wire = Wire(here)
        self.linked: _Student | None = None
        self.ask(START, do="cells", cells=cells)

    def ask(self, seconds: float, idle: Callable[[], None] = lambda: None, **message: Any) -> dict[str, Any]:
        """Ask for one thing; raises Late, Gone."""
        self.wire.send(message)
        return self.answer(seconds, idle)

    def answer(self, seconds: float, idle: Callable[[], None] = lambda: None) -> dict[str, Any]:
        """Wait for the answer; raises Late, Gone."""
        self.wire.deadline, self.wire.idle = time.monotonic() + seconds, idle
        return self.wire.receive()[0]

    def link(self, other: _Student) -> None:
        """Hand over a socket to the student's process, unless it has it."""
        if self.linked is not other:
            self.wire.send({"do": "student"})
            socket.send_fds(self.wire.sock, [b"!"], [other.wire.sock.fileno()])
            self.answer(START)
            self.linked = other

    def end(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        self.wire.close()


class Examination:
    """One notebook's run."""

    def __init__(self, notebook: NotebookNode, box: Any, terms: Terms, folder: Path) -> None:
        self.notebook, self.box, self.terms, self.folder = notebook, box, terms, folder
        self.code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        # What the master wrote: by the graft, every locked cell; the rest is nobody's business here.
        self.master = [n for n, cell in enumerate(self.code) if is_locked(cell) and not is_solution(cell)]
        self.place = {number: place for place, number in enumerate(self.master)}
        self.cells = [("test" if is_test(self.code[n]) else "locked", self.code[n].source) for n in self.master]
        self.student: _Student | None = None
        self.examiner: _Examiner | None = None
        self.done: list[str] = []  # student cells that ran through, to be replayed
        self.past: list[int] = []  # master cells that the examiner has been through
        self.end = time.monotonic() + terms.total
        self.restarts = 0
        self.room = 4 * terms.output_bytes + (1 << 20)  # as JSON, with room for errors

    def run(self) -> dict[str, str]:
        """Run all cells; returns grade_id -> verdict of the test cells, and leaves outputs in the notebook."""
        verdicts = {}
        try:
            self._student()
            for number, cell in enumerate(self.code):
                cell.outputs, cell.execution_count = [], number + 1
                if is_test(cell):
                    verdicts[grade_id(cell)] = self._test(number, cell)
                else:
                    self._cell(number, cell)
        finally:
            self.close()
        return verdicts

    def close(self) -> None:
        """End both processes."""
        for process in (self.student, self.examiner):
            if process is not None:
                process.end()

    def _left(self) -> float:
        return min(self.terms.timeout, self.end - time.monotonic())

    def _student(self) -> _Student:
        """The student's process, started and brought up to date where it is not running; raises Died."""
        while self.student is None:
            started = self.student = _Student(self.box, self.terms)
            for source in list(self.done):
                try:
                    started.run(source, self._left())
                except Died:
                    self._lost()
                    if self._left() <= 0:
                        raise Died("timed-out") from None
                    self.done.remove(source)  # it ran the first time; without it, the others may still
                    break
        return self.student

    def _lost(self) -> None:
        if self.student is not None:
            self.student.end()
        self.student = None
        self.restarts += 1

    def _examiner(self) -> _Examiner:
        """The examiner's process, started and brought up to date where it is not running."""
        if self.examiner is None:
            self.examiner = _Examiner(self.cells, self.folder)
            for place in self.past:
                kind = "again" if self.cells[place][0] == "test" else "locked"
                self.examiner.ask(START, do=kind, cell=place)
        return self.examiner

    def _cell(self, number: int, cell: NotebookNode) -> None:
        """Run a cell of the student's, or a locked one, for its outputs."""
        try:
            if self._left() <= 0:
                raise Died("timed-out")
            running = self._student()
        except Died as died:
            cell.outputs = [_error(str(died))]
        else:
            try:
                cell.outputs = running.run(cell.source, self._left())
                self.done.append(cell.source)
            except Died as died:
                self._lost()
                cell.outputs = [_error(str(died))]
        self._share(cell)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
        if number in self.place:
            self._locked(number, cell)

    def _share(self, cell: NotebookNode) -> None:
        """Leave a cell's outputs out where they are more than is left of the notebook's share.

        The student's process keeps to it by itself; one that no longer obeys is held to it here.
        """
        self.room -= sum(len(json.dumps(output)) for output in cell.outputs)
        if self.room < 0:
            told = "[the output is left out: this notebook has shown all that it may]\n"
            cell.outputs = [new_output("stream", name="stderr", text=told)]

    def _locked(self, number: int, cell: NotebookNode) -> None:
        try:
            shown = self._examiner().ask(self.terms.timeout, do="locked", cell=self.place[number])["outputs"]
        except (Gone, Late, Tampered):
            self._examiner_lost()
            return
        self.past.append(self.place[number])
        if shown is not None:
            cell.outputs = cleaned(shown, own=True)

    def _examiner_lost(self) -> None:
        if self.examiner is not None:
            self.examiner.end()
        self.examiner = None
        self._lost()  # it may be in the middle of an answer

    def _test(self, number: int, cell: NotebookNode) -> str:
        """Run a test cell in the examiner; return its verdict, and leave the evidence in the cell."""
        most = float(cell.metadata.nbgrader.points)
        try:
            if self._left() <= 0:
                raise Died("timed-out")
            reply = self._asked_twice(self.place[number])
        except Died as died:
            verdict, cell.outputs = str(died), [_error(str(died))]
        except (Gone, Late, Tampered):
            self._examiner_lost()
            verdict, cell.outputs = "crashed", [_error("crashed")]
        else:
            verdict, cell.outputs = _judged(reply, most, cell)
        self.past.append(self.place[number])
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
        cell.metadata[METADATA] = NotebookNode(verdict=verdict)
        return verdict

    def _asked_twice(self, place: int) -> dict[str, Any]:
        """As `_asked`; once more in a fresh process where an earlier exercise's doing may be what ended this one."""
        used = self.student is not None and self.student.tests > 0
        try:
            return self._asked(place)
        except Died as died:
            if not used or str(died) not in ("crashed", "tampered"):
                raise
            return self._asked(place)

    def _asked(self, place: int) -> dict[str, Any]:
        """Let the examiner run a test cell; raises Died when the student's process did not live through it."""
        running = self._student()
        try:
            running.wait()
        except Died:
            self._lost()
            raise
        running.tests += 1
        examiner = self._examiner()
        examiner.link(running)
        late = [""]

        def look() -> None:
            if not late[0] and running.process.poll() is not None:
                late[0] = "dead"
                running.wire.close()  # a child of its own may still hold the other end

        try:
            reply = examiner.ask(self._left(), look, do="test", cell=place)
        except Late:
            late[0] = "timed-out"
            running.end()
            try:
                examiner.answer(GRACE)
            except (Late, Gone, Tampered):
                self._examiner_lost()
            self._lost()
            raise Died("timed-out") from None
        except (Gone, Tampered):
            self._examiner_lost()
            raise Died("out-of-memory") from None  # trusted code ended: it was given too much to hold
        if reply.get("ended") == "cut":
            verdict = "tampered" if reply.get("why") == "tampered" else running.why()
            self._lost()
            raise Died(verdict)
        return reply


def is_test(cell: NotebookNode) -> bool:
    """Return whether a cell is a test of the master's."""
    return bool(cell.cell_type == "code" and is_grade(cell) and not is_solution(cell))


def _judged(reply: dict[str, Any], most: float, cell: NotebookNode) -> tuple[str, list[NotebookNode]]:
    """The verdict and the outputs of a test cell that ran in the examiner; what is no evidence gives no points."""
    outputs = cleaned(reply["outputs"], own=True)
    ended = reply["ended"]
    if ended == "error":
        written = reply["ename"] != "NotImplementedError"
        said = f"{reply['ename']}: {reply['evalue']}"
        shown = {"output_type": "error", "ename": reply["ename"], "evalue": reply["evalue"], "traceback": [said]}
        outputs += cleaned([shown])
        verdict = "out-of-memory" if reply["memory"] else "failed" if written else "not-written"
        return verdict, outputs
    if ended == "value" and 0.0 <= reply["points"] <= most:
        points, data = reply["points"], reply["data"]
    elif ended == "end" and _asserts_only(cell.source):
        points, data = most, {}
    else:
        return "failed", [*outputs, _error("failed")]
    data = {**data, "text/plain": repr(float(points))}  # what nbgrader reads is what was judged
    verdict = "passed" if points == most else "partial" if points else "failed"
    told = {finding["slug"] for finding in data.get(MIME, {}).get("findings", []) if not finding.get("remark")}
    if verdict == "failed" and told == {"not-written"}:
        verdict = "not-written"
    if reply["memory"] and verdict != "passed":
        verdict = "out-of-memory"
    return verdict, [*outputs, *cleaned([{"output_type": "execute_result", "data": data}], own=True)]


def _asserts_only(source: str) -> bool:
    """Whether a test cell is one of plain asserts, which earns all its points by running through."""
    tree = ast.parse(source)
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return any(isinstance(node, ast.Assert) for node in ast.walk(tree)) and "Report" not in named


def _error(verdict: str) -> NotebookNode:
    name, said = ENAMES[verdict]
    return new_output("error", ename=name, evalue=said, traceback=[f"{name}: {said}"])


def cleaned(outputs: Any, *, own: bool = False) -> list[NotebookNode]:
    """The outputs of a reply as a notebook may hold them; raises Tampered. A report that is not the examiner's goes."""
    if type(outputs) is not list:
        raise Tampered("outputs are no list")
    return [_cleaned(_text(output), own) for output in outputs]


def _cleaned(output: Any, own: bool) -> NotebookNode:
    """One output; raises Tampered."""
    kind = output.get("output_type") if type(output) is dict else ""
    if kind == "stream" and output.get("name") in ("stdout", "stderr") and type(output.get("text")) is str:
        return new_output("stream", name=output["name"], text=output["text"])
    if kind == "error":
        lines, name, value = (output.get(key) for key in ("traceback", "ename", "evalue"))
        if type(lines) is list and all(type(part) is str for part in (*lines, name, value)):
            return new_output("error", ename=name, evalue=value, traceback=lines)
    if kind in ("display_data", "execute_result") and type(output.get("data")) is dict:
        data = {mime: value for mime, value in output["data"].items() if own or mime != MIME}
        metadata = output.get("metadata")
        if all(type(value) is str or JSON.fullmatch(mime) for mime, value in data.items()):
            return new_output(kind, data=data, metadata=metadata if type(metadata) is dict else {})
    raise Tampered("an output is malformed")


def _text(value: Any, depth: int = 0) -> Any:
    """The same, with every text such that it can be written as UTF-8, and no number that JSON does not have."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if depth > 60:
        raise Tampered("an output is nested too deeply")
    if isinstance(value, list):
        return [_text(entry, depth + 1) for entry in value]
    if isinstance(value, dict):
        return {_text(key): _text(entry, depth + 1) for key, entry in value.items()}
    return value


class Examine(NbGraderPreprocessor):
    """Runs a submission's cells where they belong and leaves evidence of the points in its test cells."""

    timeout = Float(60.0, help="Seconds that one cell may take.").tag(config=True)
    total = Float(600.0, help="Seconds that one notebook may take, restarts and replays included.").tag(config=True)
    memory = Integer(1 << 30, help="Bytes of memory that the student's process may use.").tag(config=True)
    output_bytes = Integer(1 << 20, help="Bytes of output that the student's cells may leave.").tag(config=True)
    unsafe = Bool(False, help="Run students' code with the grader's rights where it cannot be confined.").tag(
        config=True
    )
    means = Unicode("", help="The means to confine students' code by; empty for the best there is.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with outputs and, in each test cell, the verdict and the evidence for it."""
        terms = Terms(self.timeout, self.total, self.memory, self.output_bytes)
        limits = Limits(memory=self.memory, cpu_seconds=math.ceil(self.total), wall_seconds=self.total + START)
        with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as empty:
            _copy(Path(resources.get("metadata", {}).get("path") or "."), Path(scratch), limits.file_bytes)
            source = self._source(resources)
            if source:  # a test reads the master's files, never those that came with a submission
                _copy(source, Path(empty), limits.file_bytes)
            with Sandbox(limits, Path(scratch), means=self.means, unsafe=self.unsafe) as box:
                verdicts = Examination(nb, box, terms, Path(empty)).run()
        resources[METADATA] = verdicts
        self.log.info("Examined: %s", ", ".join(f"{name} {verdict}" for name, verdict in verdicts.items()))
        return nb, resources

    def _source(self, resources: Any) -> Path | None:
        """The folder of the master's files, where nbgrader tells which assignment this is."""
        converter = getattr(self.parent, "parent", None)
        assignment = resources.get("nbgrader", {}).get("assignment")
        if converter is None or not assignment:
            return None
        folder = converter.coursedir
        return Path(folder.root, folder.format_path(folder.source_directory, ".", assignment))


def _copy(folder: Path, scratch: Path, most: int) -> None:
    """Copy what lies beside the notebook to where the student's process may read it: plain files, no notebooks."""
    left = most
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix == ".ipynb" or path.is_symlink() or not path.is_file() or path.name == "timestamp.txt":
            continue
        left -= path.stat().st_size
        if left >= 0:
            shutil.copyfile(path, scratch / path.name)
            (scratch / path.name).chmod(0o644)
    scratch.chmod(0o755)
