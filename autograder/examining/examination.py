"""One notebook's run: student cells in the student's process, test cells in the examiner's.

Neither process has more than it needs: the student's (inside/student.py, in a sandbox) has no test, and the examiner's
(examiner/examiner.py) has the master's cells only. A notebook is gone through so:

1. What points depend on runs, in order: the student's cells, and the locked ones that these and the tests read, in a
   box where the course's package is a face without instruments. Where a test stands, or at the end where nothing
   can have changed for it, the process forks a snapshot.
2. The test cells run in the examiner, in order, each against its snapshot.

What a reader wants to see besides, as pictures, is none of its business (pictures.py).

So whatever a student's cell shows was shown before any code of the student's saw what a test asks, and an answer that
crashes, hangs or takes all memory in a test costs that test its snapshot and no other anything. This process starts
both, keeps the time, restarts what died, writes down the evidence, and leaves out what is known (known_results.py).
The first is student_pass.py, the second test_pass.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.examining.known_results import BY_LOAD, KnownResults
from autograder.examining.notes import RunNotes
from autograder.examining.student_pass import StudentPass
from autograder.examining.terms import Clock, Terms
from autograder.examining.test_pass import TestPass
from autograder.notebooks.kinds import METADATA, is_test
from autograder.notebooks.needed_cells import needed_cells
from autograder.notebooks.notebook import grade_id
from autograder.notebooks.settled import settled
from autograder.tamper import ODD, Note

__all__ = ["Examination"]


class Examination:
    """One notebook's run, in a box for the student's process and beside the master's files in `folder`."""

    def __init__(
        self,
        notebook: NotebookNode,
        box: Any,
        terms: Terms,
        folder: Path,
        results: KnownResults | None = None,
    ) -> None:
        """Prepare the run, which leaves out what the results hold already."""
        self.code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        self.results = results or KnownResults(cells=len(self.code))
        self.run_notes = RunNotes(self.code)
        clock = Clock(terms)
        self.student = StudentPass(box, terms, clock, self.results, self.run_notes)
        self.tests = TestPass(self.student, self.code, folder, clock, self.run_notes)

    @property
    def notes(self) -> list[Note]:
        """What an instructor is to know of the run."""
        return self.run_notes.notes

    def run(self) -> dict[str, str]:
        """Run all cells; returns grade_id -> verdict of the test cells, and leaves outputs in the notebook."""
        try:
            self.tests.begin()
            self._student_pass()
            verdicts = self._test_pass()
        finally:
            self.student.end()
            self.tests.end()
        # What came after a cell that may have failed through the machine may have failed for the want of it.
        doubted = {number for number, verdict in self.student.verdicts.items() if verdict in BY_LOAD}
        doubtful = min(doubted | self.student.missing, default=len(self.code))
        self._keep(verdicts, doubtful)
        return verdicts

    def _student_pass(self) -> None:
        """First all cells that points depend on, and a snapshot for each test."""
        locked = set(self.tests.master)
        kinds = ["test" if is_test(cell) else "locked" if n in locked else "own" for n, cell in enumerate(self.code)]
        self.student.own = {number for number, kind in enumerate(kinds) if kind == "own"}
        cells = list(zip(kinds, [cell.source for cell in self.code], strict=True))
        needed = needed_cells(cells)
        last = sorted(settled(cells, needed) & self.results.needed)
        for number, cell in enumerate(self.code):
            cell.outputs, cell.execution_count = [], number + 1
            if not is_test(cell):
                self.student.recall(number, cell)
                if number in needed or kinds[number] == "own":
                    self.student.cell(number, cell)
            elif number in self.results.needed and number not in last:
                self.student.snapshot(number)
        for number in last:  # no cell has changed what they read: nothing is copied for them while cells run
            self.student.snapshot(number)

    def _test_pass(self) -> dict[str, str]:
        """Then the master's cells, in the examiner; returns grade_id -> verdict of the test cells."""
        verdicts = {}
        for number, cell in enumerate(self.code):
            if is_test(cell):
                verdict = verdicts[grade_id(cell)] = self.tests.test(number, cell)
                cell.metadata[METADATA] = NotebookNode(verdict=verdict)
            elif number in self.tests.places:
                self.tests.locked(number, cell)
            self._count(cell)
        return verdicts

    @staticmethod
    def _count(cell: NotebookNode) -> None:
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count

    def _keep(self, verdicts: dict[str, str], doubtful: int) -> None:
        """Put among the results what ran and, from a `doubtful` cell on, passed; recall what is known of the run."""
        # A test that may do better another time leaves no table of the points that could stand beside that.
        loaded = any(verdict in BY_LOAD for verdict in verdicts.values())
        for number in sorted(self.results.needed):
            cell = self.code[number]
            verdict = verdicts.get(grade_id(cell), "") if is_test(cell) else self.student.verdicts.get(number, "")
            entry = {"outputs": cell.outputs, "notes": self.run_notes.about(cell), "verdict": verdict}
            certain = number < doubtful or verdict == "passed"
            self.results.put(number, entry, certain=certain and not (number in self.tests.shown and loaded))
        if not self.results.needed:
            self.run_notes.recall(self.results.notes())
        elif self.student.refused:
            text = f"{self.student.refused} times a process was not started for being one too many"
            words = ["process-limit", "", text, ODD]
            self.run_notes.recall([words])
            self.results.put_notes([words])
