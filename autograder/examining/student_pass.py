"""The first pass over a notebook: all cells of the student's in order, and a snapshot for each test.

The student's process is started here, and again where it died: the cells so far are then replayed. Its snapshots are
looked after until the second pass (test_pass.py) is through with them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.examining.evidence import cleaned, error
from autograder.examining.known_results import KnownResults
from autograder.examining.notes import RunNotes
from autograder.examining.student_process import StudentProcess
from autograder.examining.terms import Clock, Died, Terms
from autograder.notebooks.kinds import is_test, kind_of
from autograder.notebooks.needed_cells import cells_of_test

__all__ = ["StudentPass"]

SOON = 2.0  # seconds of cells that may run once more only for a test to find the files as they were where it stands


class StudentPass:
    """The student's cells of one notebook, and the process that runs them in a box."""

    def __init__(self, box: Any, terms: Terms, clock: Clock, results: KnownResults, notes: RunNotes) -> None:
        self.box, self.terms, self.clock, self.results, self.notes = box, terms, clock, results, notes
        self.own: set[int] = set()  # the cells that are not the master's
        self.process: StudentProcess | None = None
        self.steps: list[int] = []  # so far: numbers of cells that ran through, and of tests
        self.finished: set[int] = set()  # tests that are through, and need no snapshot any more
        self.missing: set[int] = set()  # cells that some test may have been judged without
        self.crowded = False  # with all of its cells, the notebook leaves a test no room
        self.verdicts: dict[int, str] = {}  # number of a student's cell that did not run through -> verdict
        self.refused = 0  # processes beyond the limit
        self.spent = 0.0  # seconds that cells took
        self.room = 4 * terms.output_bytes + (1 << 20)  # as JSON, with room for errors

    def cell(self, number: int, cell: NotebookNode) -> None:
        """Run a cell of the student's, or a locked one, for its outputs and for what later ones need of it."""
        entry = self.results.get(number)
        if number <= self.results.last_run and (entry is None or not entry["verdict"]):
            self._run(number, cell)
        self._share(cell)

    def recall(self, number: int, cell: NotebookNode) -> None:
        """Give a cell of which all is known the outputs and the notes that it had."""
        entry = self.results.get(number)
        if entry is not None:
            cell.outputs = cleaned(entry["outputs"], own=True)  # cleaned before it was kept
            self.notes.recall(entry["notes"])

    def snapshot(self, number: int) -> None:
        """Keep the student's process as it is now for a test; without one, the test will say why."""
        try:
            self.clock.seconds()
            running = self._running()
            self.steps.append(number)
            running.snapshot(number)
        except Died:
            self.end()

    def ready(self, number: int) -> StudentProcess:
        """Return the student's process with a living snapshot for a test; raises Died.

        An earlier test's doing may have ended it, or all of the box, or be there to be read: then everything is made
        again, once. Where that leaves no room for the test, or where another test could still pass it a word, it is
        judged in a box of its own.
        """
        if number not in self.steps and self.clock.left() <= 0:
            raise Died("timed-out", "its process could not be started")
        for _ in range(0 if self.crowded else 2):
            self.clock.seconds()
            running = self._running()
            if running.lives(number) and not running.touched():
                moved = running.moved_on(number) and self.spent < SOON
                return running if running.apart(number) and not moved else self.apart(number)
            self.end()
        self.crowded = True
        return self.alone(number)

    def alone(self, number: int) -> StudentProcess:
        """Return a process of its own for a test, that ran those cells alone that the test depends on; raises Died."""
        cells = [(self._kind(cell), cell.source) for cell in self.notes.code]
        # A cell whose time ran out would take as much of it here.
        late = {cell for cell, verdict in self.verdicts.items() if verdict == "timed-out"}
        started = self._own(number, sorted(cells_of_test(cells, number) - late))
        self.notes.alone(number)
        return started

    def apart(self, number: int) -> StudentProcess:
        """Return a process of its own for a test, that ran all cells before it and holds no other test; raises Died."""
        return self._own(number, [step for step in self.steps if step < number and not is_test(self.notes.code[step])])

    def _own(self, number: int, cells: list[int]) -> StudentProcess:
        """Return a process of its own for a test, that ran these cells; raises Died."""
        steps = [*cells, number]
        while True:
            self.clock.seconds()
            started = StudentProcess(self.box, self.terms)
            if (fault := self._replayed(started, steps)) is None:
                break
            self._ended(started)
            steps.remove(fault)
        if number in steps and started.lives(number):
            return started
        self._ended(started)
        raise Died("crashed", "no process could be kept for this test: too many were running")

    def drop(self, running: StudentProcess, number: int) -> None:
        """End a test's snapshot in a process; where that cannot be done, end the whole box."""
        try:
            running.over(number)
        except (Died, KeyError):
            self._ended(running)
        if running is not self.process:
            self._ended(running)

    def fate(self, running: StudentProcess, number: int) -> Died:
        """Return why a test's snapshot hung up."""
        try:
            lived = running.over(number)
        except Died as died:
            self._ended(running)
            return Died("crashed", "its process stopped answering") if died.verdict == "timed-out" else died
        starved = running.was_starved()
        if running is not self.process:
            self._ended(running)
        if starved:
            return Died("out-of-memory")
        return Died("tampered", "it closed its socket and lived on") if lived else Died("crashed")

    def end(self) -> None:
        """End the student's process, where there is one."""
        if self.process is not None:
            self._ended(self.process)

    def _ended(self, process: StudentProcess) -> None:
        """End a process of this notebook's."""
        process.end()
        if process is self.process:
            self.refused += process.refused
            self.process = None

    def _running(self) -> StudentProcess:
        """The student's process, started and brought up to date where it is not running; raises Died."""
        while self.process is None:
            started = self.process = StudentProcess(self.box, self.terms)
            fault = self._replayed(started, [step for step in self.steps if step not in self.finished])
            if fault is not None:
                self.end()
                self.clock.seconds()
                self.steps.remove(fault)  # it went well the first time; without it, the others may still
                self.missing.add(fault)
        return self.process

    def _replayed(self, process: StudentProcess, steps: Sequence[int]) -> int | None:
        """Bring a process through steps; return the one at which it died, None where it lives."""
        for number in steps:
            cell = self.notes.code[number]
            try:
                if is_test(cell):
                    process.snapshot(number)
                else:
                    process.run(cell.source, self.clock.seconds())
            except Died:
                return number
        return None

    @staticmethod
    def _kind(cell: NotebookNode) -> str:
        kind = kind_of(cell)
        return kind if kind in ("locked", "test") else "own"

    def _run(self, number: int, cell: NotebookNode) -> None:
        try:
            seconds = self.clock.seconds()
            running = self._running()
        except Died as died:
            cell.outputs, self.verdicts[number] = [error(died.verdict, self.clock.ran_out)], died.verdict
            return
        start = time.monotonic()
        try:
            outputs = running.run(cell.source, seconds)
        except Died as died:
            self.end()
            cell.outputs, self.verdicts[number] = [error(died.verdict, self.clock.ran_out)], died.verdict
            self.notes.death(cell, died)
            return
        self.spent += time.monotonic() - start
        if number in self.own:
            self.notes.instruments(cell, running.instruments)
        self.steps.append(number)
        if number in self.results.needed:
            cell.outputs = outputs
            self.notes.cut(cell)

    def _share(self, cell: NotebookNode) -> None:
        """Leave a cell's outputs out where they are more than is left of the notebook's share.

        The student's process keeps to it by itself; one that no longer obeys is held to it here.
        """
        self.room -= sum(len(json.dumps(output)) for output in cell.outputs)
        if self.room < 0:
            text = "[the output is left out: this notebook has shown all that it may]\n"
            cell.outputs = [new_output("stream", name="stderr", text=text)]
