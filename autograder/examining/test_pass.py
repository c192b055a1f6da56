"""The second pass over a notebook: the master's cells in the examiner, each test against its snapshot."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.examining.evidence import cleaned, earned, error, judged
from autograder.examining.examiner_process import ExaminerProcess
from autograder.examining.known_results import KnownResults
from autograder.examining.notes import RunNotes
from autograder.examining.student_pass import StudentPass
from autograder.examining.student_process import StudentProcess
from autograder.examining.terms import GRACE, START, Clock, Died
from autograder.inside.messages import Again, Locked
from autograder.inside.wire import Gone, Late, Tampered
from autograder.notebooks.kinds import exercise_of, is_test, kind_of
from autograder.problem import Problem

__all__ = ["TestPass"]

TRIES = 3  # examiners that a step is tried with: a machine ends one now and then


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
        self.broken = False  # it ends where no student's code can be the cause
        self.shown: set[int] = set()  # locked cells whose outputs are the examiner's
        self.past: list[int] = []  # master cells that the examiner has been through
        self.points: dict[str, tuple[float, float]] = {}  # exercise -> what its test earned, and what there is

    def begin(self) -> None:
        """Start the examiner where it will be needed, so that it starts while the student's process does."""
        if self._needed():
            with contextlib.suppress(Gone, Problem):  # it is tried again when it is asked for something
                self.process = ExaminerProcess(self.cells, self.folder, self.clock.slack)

    def locked(self, number: int, cell: NotebookNode) -> None:
        """Run what tests need of a locked cell, and show what is the examiner's to show."""
        entry = self.results.get(number)
        if number > self.results.last:  # no test that is to run comes after it
            return
        place, outputs = self.places[number], None
        with contextlib.suppress(Died):  # the next test will say so
            for _ in range(TRIES):
                try:
                    outputs = self._running().ask(self.clock.timeout, Locked(place, self.points))["outputs"]
                    break
                except (Gone, Late, Tampered):
                    self.end()
        self.past.append(place)  # also where it ended the examiner: no test may be judged without it
        if outputs is not None and entry is None:
            cell.outputs = cleaned(outputs, own=True)
            self.shown.add(number)

    def test(self, number: int, cell: NotebookNode) -> str:
        """Run a test cell in the examiner; return its verdict, and leave the evidence in the cell."""
        entry = self.results.get(number)
        if entry is not None:
            verdict, cell.outputs = entry["verdict"], cleaned(entry["outputs"], own=True)
            self.notes.recall(entry["notes"])
        else:
            verdict = self._judged(number, cell)
        place = self.places[number]
        points, name = earned(cell.outputs)
        self.points[name or exercise_of(cell)] = points, float(cell.metadata.nbgrader.points)
        if entry is not None and number < self.results.last and self._needed():
            try:
                self._again(self._running(), place)
            except (Gone, Late, Tampered):
                self.end()
            except Died:
                pass  # the next test will say so
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
        """The examiner's process, started and brought up to date where it is not running.

        Raises Died where it ends time after time, and Problem where it does not even start: no answer has a part in it.
        """
        problem: Problem | None = None
        for _ in range(0 if self.broken else TRIES):
            try:
                if self.process is None:
                    self.process = ExaminerProcess(self.cells, self.folder, self.clock.slack)
                    for place in self.past:
                        self._again(self.process, place)
                self.process.begin()
                return self.process
            except (Gone, Late, Tampered):
                problem = None
                self.end()
            except Problem as trouble:
                problem = trouble
                self.end()
        self.broken = True
        if problem:
            raise problem
        raise Died("crashed", "the process that runs the tests ended time after time, and it was no answer's doing")

    def _again(self, examiner: ExaminerProcess, place: int) -> None:
        """Bring an examiner through a cell that is judged already."""
        if self.cells[place][0] == "test":
            examiner.ask(START, Again(place))
        else:
            examiner.ask(START, Locked(place, self.points))

    def _judged(self, number: int, cell: NotebookNode) -> str:
        try:
            reply = self._reply(number)
            self.notes.instruments(cell, [str(name)[:80] for name in reply.get("instruments", [])])
            verdict, cell.outputs = judged(reply, float(cell.metadata.nbgrader.points))
            if verdict == "out-of-memory":
                self.notes.death(cell, Died(verdict))
        except Died as died:
            verdict, cell.outputs = died.verdict, [error(died.verdict, self.clock.ran_out)]
            self.notes.death(cell, died)
        return verdict

    def _reply(self, number: int) -> dict[str, Any]:
        """Let the examiner run a test cell; raises Died when no snapshot lived through it."""
        for _ in range(TRIES):
            running = self.student.ready(number)
            crowded = running is self.student.process and running.is_crowded()
            try:
                reply = self._asked(number, running)
                if not crowded or not reply.get("memory"):
                    return reply
            except Died as died:
                if not crowded or died.verdict not in ("crashed", "out-of-memory"):
                    raise
            except Gone:  # once it may have been ended by the machine
                continue
            with contextlib.suppress(Gone):
                return self._asked(number, self.student.alone(number))
        raise Died("out-of-memory", "the examiner was given more than it could hold")

    def _asked(self, number: int, running: StudentProcess) -> dict[str, Any]:
        """Let the examiner run a test cell against a snapshot in a process; raises Died, and Gone if it has ended."""
        running.was_starved()
        wire = running.snapshots[number]

        def look() -> None:
            if not running.lives(number):  # and yet nobody has hung up: a child of its own holds the other end
                running.end()

        examiner = self._running()
        try:
            reply = examiner.test(self.places[number], wire, self.clock.seconds(), look, running.process.pid)
        except Late:
            self.student.drop(running, number)
            self._wait()
            raise Died("timed-out") from None
        except (Gone, Tampered):  # trusted code ended: it was given too much to hold
            self.end()
            self.student.drop(running, number)
            raise Gone("the examiner") from None
        if reply.get("ended") != "cut":
            self.student.drop(running, number)
            return reply
        if reply["why"] == "tampered":
            self.student.drop(running, number)
            raise Died("tampered", reply["said"])
        raise self.student.fate(running, number)

    def _wait(self) -> None:
        """Give an examiner whose snapshot is gone a moment to say so."""
        try:
            assert self.process is not None
            self.process.answer(GRACE)
        except (Late, Gone, Tampered):
            self.end()
