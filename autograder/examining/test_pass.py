"""The second pass over a notebook: the master's cells in the examiner, each test against its snapshot."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.examining.evidence import cleaned, error, judged
from autograder.examining.examiner_process import ExaminerProcess
from autograder.examining.known_results import KnownResults
from autograder.examining.notes import RunNotes
from autograder.examining.student_pass import StudentPass
from autograder.examining.terms import GRACE, START, Clock, Died
from autograder.inside.messages import Again, Locked
from autograder.inside.wire import Gone, Late, Tampered
from autograder.notebooks.kinds import is_test, kind_of
from cs231n_lite.reporting.report import MIME

__all__ = ["TestPass"]


class TestPass:
    """The master's cells of one notebook, and the examiner's process, which runs them beside the files of a folder."""

    def __init__(
        self, student: StudentPass, code: list[NotebookNode], folder: Path, clock: Clock, notes: RunNotes
    ) -> None:
        self.student, self.folder, self.clock, self.notes = student, folder, clock, notes
        self.results: KnownResults = student.results
        # What the master wrote: by the graft, every locked cell; the rest is nobody's business here.
        self.master = [number for number, cell in enumerate(code) if kind_of(cell) in ("locked", "test")]
        self.places = {number: place for place, number in enumerate(self.master)}
        self.cells = [("test" if is_test(code[number]) else "locked", code[number].source) for number in self.master]
        self.process: ExaminerProcess | None = None
        self.past: list[int] = []  # master cells that the examiner has been through
        self.reports: dict[int, Any] = {}  # place of a test -> what it said, as plain data

    def begin(self) -> None:
        """Start the examiner where it will be needed, so that it starts while the student's process does."""
        if self._needed():
            self.process = ExaminerProcess(self.cells, self.folder)

    def locked(self, number: int, cell: NotebookNode) -> None:
        """Run what tests need of a locked cell, and show what is the examiner's to show."""
        entry = self.results.get(number)
        if entry is not None and number > self.results.last:
            return
        place = self.places[number]
        try:
            outputs = self._running().ask(self.clock.timeout, Locked(place))["outputs"]
        except (Gone, Late, Tampered):
            self.end()
            return
        self.past.append(place)
        if outputs is not None and entry is None:
            cell.outputs = cleaned(outputs, own=True)

    def test(self, number: int, cell: NotebookNode) -> str:
        """Run a test cell in the examiner; return its verdict, and leave the evidence in the cell."""
        entry = self.results.get(number)
        if entry is not None:
            verdict, cell.outputs = entry["verdict"], cleaned(entry["outputs"], own=True)
            self.notes.recall(entry["notes"])
        else:
            verdict = self._judged(number, cell)
        place = self.places[number]
        self.reports[place] = next((out.data[MIME] for out in cell.outputs if MIME in out.get("data", {})), None)
        if entry is not None and number < self.results.last and self._needed():
            with contextlib.suppress(Gone, Late, Tampered):
                self._again(self._running(), place)
        self.past.append(place)
        self.student.finished.add(number)
        return verdict

    def end(self) -> None:
        """End the examiner's process, where there is one."""
        if self.process is not None:
            self.process.end()
        self.process = None

    def _needed(self) -> bool:
        return bool(self.results.needed & set(self.master))

    def _running(self) -> ExaminerProcess:
        """The examiner's process, started and brought up to date where it is not running."""
        if self.process is None:
            self.process = ExaminerProcess(self.cells, self.folder)
            for place in self.past:
                self._again(self.process, place)
        return self.process

    def _again(self, examiner: ExaminerProcess, place: int) -> None:
        """Bring an examiner through a cell that is judged already."""
        if self.cells[place][0] == "test":
            examiner.ask(START, Again(place, self.reports.get(place)))
        else:
            examiner.ask(START, Locked(place))

    def _judged(self, number: int, cell: NotebookNode) -> str:
        try:
            reply = self._reply(number)
            self.notes.instruments(cell, [str(name)[:80] for name in reply.get("instruments", [])])
            verdict, cell.outputs = judged(reply, float(cell.metadata.nbgrader.points))
            if verdict == "out-of-memory":
                self.notes.death(cell, Died(verdict))
        except Died as died:
            verdict, cell.outputs = died.verdict, [error(died.verdict)]
            self.notes.death(cell, died)
        return verdict

    def _reply(self, number: int) -> dict[str, Any]:
        """Let the examiner run a test cell; raises Died when the snapshot did not live through it."""
        running = self.student.ready(number)
        running.was_starved()
        wire = running.snapshots[number]

        def look() -> None:
            if not running.lives(number):  # and yet nobody has hung up: a child of its own holds the other end
                running.end()

        try:
            reply = self._running().test(self.places[number], wire, self.clock.seconds(), look)
        except Late:
            self.student.drop(number)
            self._wait()
            raise Died("timed-out") from None
        except (Gone, Tampered):  # trusted code ended: it was given too much to hold
            self.end()
            self.student.drop(number)
            raise Died("out-of-memory", "the examiner was given more than it could hold") from None
        if reply.get("ended") != "cut":
            self.student.drop(number)
            return reply
        if reply["why"] == "tampered":
            self.student.drop(number)
            raise Died("tampered", reply["said"])
        raise self.student.fate(running, number)

    def _wait(self) -> None:
        """Give an examiner whose snapshot is gone a moment to say so."""
        try:
            assert self.process is not None
            self.process.answer(GRACE)
        except (Late, Gone, Tampered):
            self.end()
