"""One notebook's run: student cells in the student's process, test cells in the examiner's.

Neither process has more than it needs: the student's (inside/student.py, in a sandbox) has no test, and the examiner's
(examiner/examiner.py) has the master's cells only. A notebook is gone through twice:

1. All cells of the student's run, in order. Where a test cell stands, the student's process forks a snapshot of itself.
2. The test cells run in the examiner, in order, each against its snapshot.

So whatever a student's cell shows was shown before any code of the student's saw what a test asks, and an answer that
crashes, hangs or takes all memory in a test costs that test its snapshot and no other anything. This process starts
both, keeps the time, restarts what died, writes down the evidence, and leaves out what is known (known_results.py).
"""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_locked, is_solution

from autograder.examining.evidence import MIME, cleaned, error, judged
from autograder.examining.examiner_process import ExaminerProcess
from autograder.examining.known_results import KnownResults
from autograder.examining.student_process import StudentProcess
from autograder.examining.terms import GRACE, START, Died, Terms
from autograder.inside.wire import Gone, Late, Tampered
from autograder.notebooks.kinds import is_test
from autograder.notebooks.notebook import grade_id
from autograder.tamper import ACCIDENT, ATTACK, ODD, Note

__all__ = ["METADATA", "Examination"]

METADATA = "cs231n-lite"  # in a graded test cell's metadata: {"verdict": …}; in resources: grade_id -> verdict
# Verdicts that need an instructor's eye, and what to say of them.
TOLD = {
    "timed-out": (ACCIDENT, "the time ran out"),
    "out-of-memory": (ACCIDENT, "it needed more memory than there is"),
    "crashed": (ACCIDENT, "it ended its Python"),
    "tampered": (ATTACK, "its process sent what no answer sends"),
}


class Examination:
    """One notebook's run."""

    def __init__(
        self, notebook: NotebookNode, box: Any, terms: Terms, folder: Path, shelf: KnownResults | None = None
    ) -> None:
        self.box, self.terms, self.folder = box, terms, folder
        self.shelf = shelf
        self.code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        # What the master wrote: by the graft, every locked cell; the rest is nobody's business here.
        self.master = [n for n, cell in enumerate(self.code) if is_locked(cell) and not is_solution(cell)]
        self.place = {number: place for place, number in enumerate(self.master)}
        self.cells = [("test" if is_test(self.code[n]) else "locked", self.code[n].source) for n in self.master]
        self.student: StudentProcess | None = None
        self.examiner: ExaminerProcess | None = None
        self.ran: list[tuple[str, int]] = []  # so far: (source, -1) for a student cell, ("", number) for a test
        self.judged: set[int] = set()  # tests that are through, and need no snapshot any more
        self.past: list[int] = []  # master cells that the examiner has been through
        self.reports: dict[int, Any] = {}  # number of a test -> what it said, as plain data
        self.broke: dict[int, str] = {}  # number of a student's cell that did not run through -> verdict
        self.notes: list[Note] = []
        self.refused = 0  # processes beyond the limit
        self.end = time.monotonic() + terms.total
        self.room = 4 * terms.output_bytes + (1 << 20)  # as JSON, with room for errors

    def run(self) -> dict[str, str]:
        """Run all cells; returns grade_id -> verdict of the test cells, and leaves outputs in the notebook."""
        shelf = self.shelf = self.shelf or KnownResults(cells=len(self.code))
        verdicts = {}
        try:
            if shelf.needed & set(self.master):
                self.examiner = ExaminerProcess(self.cells, self.folder)  # it starts while the student's process does
            for number, cell in enumerate(self.code):
                cell.outputs, cell.execution_count = [], number + 1
                if is_test(cell):
                    if number in shelf.needed:
                        self._snapshot(number)
                else:
                    self._cell(number, cell)
            for number, cell in enumerate(self.code):
                if is_test(cell):
                    verdicts[grade_id(cell)] = self._test(number, cell)
                elif number in self.place:
                    self._locked(number, cell)
                for output in cell.outputs:
                    if output.output_type == "execute_result":
                        output.execution_count = cell.execution_count
        finally:
            self._lost()
            self._examiner_lost()
        self._keep(verdicts)
        return verdicts

    def _keep(self, verdicts: dict[str, str]) -> None:
        """Put on the shelf what ran, and take from it what is known of the run as a whole."""
        shelf = self.shelf
        assert shelf is not None
        for number in sorted(shelf.needed):
            cell = self.code[number]
            notes = [list(note.__dict__.values()) for note in self.notes if note.cell == self._name(cell)]
            verdict = verdicts.get(grade_id(cell), "") if is_test(cell) else self.broke.get(number, "")
            shelf.put(number, {"outputs": cell.outputs, "notes": notes, "verdict": verdict})
        if not shelf.needed:
            self.notes += [Note(*words) for words in shelf.notes()]
        elif self.refused:
            said = f"{self.refused} times a process was not started for being one too many"
            note = Note("process-limit", "", said, ODD)
            self.notes.append(note)
            shelf.put_notes([list(note.__dict__.values())])

    def _left(self) -> float:
        return min(self.terms.timeout, self.end - time.monotonic())

    def _timely(self) -> float:
        """The seconds that the next cell may take; raises Died where there are none."""
        if self._left() <= 0:
            raise Died("timed-out")
        return self._left()

    def _student(self) -> StudentProcess:
        """The student's process, started and brought up to date where it is not running; raises Died."""
        while self.student is None:
            started = self.student = StudentProcess(self.box, self.terms)
            for step in list(self.ran):
                source, number = step
                try:
                    if number < 0:
                        started.run(source, self._timely())
                    elif number not in self.judged:
                        started.snapshot(number)
                except Died:
                    self._lost()
                    self._timely()
                    self.ran.remove(step)  # it went well the first time; without it, the others may still
                    break
        return self.student

    def _lost(self) -> None:
        if self.student is not None:
            self.student.end()
            self.refused += self.student.refused
        self.student = None

    # First all cells of the student's, and a snapshot for each test

    def _cell(self, number: int, cell: NotebookNode) -> None:
        """Run a cell of the student's, or a locked one, for its outputs and for what later ones need of it."""
        assert self.shelf is not None
        kept = self.shelf.get(number)
        if kept is not None:
            cell.outputs = cleaned(kept["outputs"], own=True)  # cleaned before it was kept
            self.notes += [Note(*words) for words in kept["notes"]]
        if number <= self.shelf.last_run and (kept is None or not kept["verdict"]):
            self._run(number, cell)
        self._share(cell)

    def _run(self, number: int, cell: NotebookNode) -> None:
        try:
            seconds = self._timely()
            running = self._student()
        except Died as died:
            cell.outputs, self.broke[number] = [error(died.verdict)], died.verdict
        else:
            try:
                outputs = running.run(cell.source, seconds)
                self.ran.append((cell.source, -1))
                if number in self.shelf.needed:  # type: ignore[union-attr]  # there is one as long as anything runs
                    cell.outputs = outputs
            except Died as died:
                self._lost()
                cell.outputs, self.broke[number] = [error(died.verdict)], died.verdict
                self._note(cell, died)

    def _snapshot(self, number: int) -> None:
        """Keep the student's process as it is now for a test; without one, the test will say why."""
        try:
            self._timely()
            running = self._student()
            self.ran.append(("", number))
            running.snapshot(number)
        except Died:
            self._lost()

    def _share(self, cell: NotebookNode) -> None:
        """Leave a cell's outputs out where they are more than is left of the notebook's share.

        The student's process keeps to it by itself; one that no longer obeys is held to it here.
        """
        self.room -= sum(len(json.dumps(output)) for output in cell.outputs)
        if self.room < 0:
            told = "[the output is left out: this notebook has shown all that it may]\n"
            cell.outputs = [new_output("stream", name="stderr", text=told)]

    # Then the master's, in the examiner

    def _examiner(self) -> ExaminerProcess:
        """The examiner's process, started and brought up to date where it is not running."""
        if self.examiner is None:
            self.examiner = ExaminerProcess(self.cells, self.folder)
            for place in self.past:
                self._again(self.examiner, place)
        return self.examiner

    def _again(self, examiner: ExaminerProcess, place: int) -> None:
        """Bring an examiner through a cell that is judged already."""
        if self.cells[place][0] == "test":
            examiner.ask(START, do="again", cell=place, report=self.reports.get(place))
        else:
            examiner.ask(START, do="locked", cell=place)

    def _examiner_lost(self) -> None:
        if self.examiner is not None:
            self.examiner.end()
        self.examiner = None

    def _locked(self, number: int, cell: NotebookNode) -> None:
        """Run what tests need of a locked cell, and show what is the examiner's to show."""
        assert self.shelf is not None
        kept = self.shelf.get(number)
        if kept is not None and number > self.shelf.last:
            return
        try:
            shown = self._examiner().ask(self.terms.timeout, do="locked", cell=self.place[number])["outputs"]
        except (Gone, Late, Tampered):
            self._examiner_lost()
            return
        self.past.append(self.place[number])
        if shown is not None and kept is None:
            cell.outputs = cleaned(shown, own=True)

    def _test(self, number: int, cell: NotebookNode) -> str:
        """Run a test cell in the examiner; return its verdict, and leave the evidence in the cell."""
        assert self.shelf is not None
        kept = self.shelf.get(number)
        if kept is not None:
            verdict, cell.outputs = kept["verdict"], cleaned(kept["outputs"], own=True)
            self.notes += [Note(*words) for words in kept["notes"]]
        else:
            verdict = self._judged(number, cell)
        place = self.place[number]
        self.reports[place] = next((out.data[MIME] for out in cell.outputs if MIME in out.get("data", {})), None)
        if kept is not None and number < self.shelf.last and self.shelf.needed & set(self.master):
            with contextlib.suppress(Gone, Late, Tampered):
                self._again(self._examiner(), place)
        self.past.append(place)
        self.judged.add(number)
        cell.metadata[METADATA] = NotebookNode(verdict=verdict)
        return verdict

    def _judged(self, number: int, cell: NotebookNode) -> str:
        try:
            verdict, cell.outputs = judged(self._asked(number), float(cell.metadata.nbgrader.points))
            if verdict == "out-of-memory":
                self._note(cell, Died(verdict))
        except Died as died:
            verdict, cell.outputs = died.verdict, [error(died.verdict)]
            self._note(cell, died)
        return verdict

    def _asked(self, number: int) -> dict[str, Any]:
        """Let the examiner run a test cell; raises Died when the snapshot did not live through it."""
        running = self._ready(number)
        running.was_starved()
        wire = running.snapshots[number]

        def look() -> None:
            if not running.lives(number):  # and yet nobody has hung up: a child of its own holds the other end
                running.end()

        try:
            reply = self._examiner().test(self.place[number], wire, self._timely(), look)
        except Late:
            self._over(number)
            try:
                assert self.examiner is not None
                self.examiner.answer(GRACE)
            except (Late, Gone, Tampered):
                self._examiner_lost()
            raise Died("timed-out") from None
        except (Gone, Tampered):  # trusted code ended: it was given too much to hold
            self._examiner_lost()
            self._over(number)
            raise Died("out-of-memory", "the examiner was given more than it could hold") from None
        if reply.get("ended") != "cut":
            self._over(number)
            return reply
        if reply["why"] == "tampered":
            self._over(number)
            raise Died("tampered", reply["said"])
        raise self._fate(running, number)

    def _ready(self, number: int) -> StudentProcess:
        """The student's process with a living snapshot for a test; raises Died.

        An earlier test's doing may have ended it, or all of the box: then everything is made again, once.
        """
        if ("", number) not in self.ran:
            raise Died("timed-out" if self._left() <= 0 else "crashed", "its process could not be started")
        for _ in range(2):
            self._timely()
            running = self._student()
            if running.lives(number):
                return running
            self._lost()
        raise Died("crashed", "no process could be kept for this test: too many were running")

    def _over(self, number: int) -> None:
        """End a test's snapshot; where that cannot be done, end the whole box."""
        try:
            if self.student is not None:
                self.student.over(number)
        except Died:
            self._lost()

    def _fate(self, running: StudentProcess, number: int) -> Died:
        """Why a test's snapshot hung up."""
        try:
            lived = running.over(number)
        except Died as died:
            self._lost()
            return Died("crashed", "its process stopped answering") if died.verdict == "timed-out" else died
        if running.was_starved():
            return Died("out-of-memory")
        return Died("tampered", "it closed its socket and lived on") if lived else Died("crashed")

    def _note(self, cell: NotebookNode, died: Died) -> None:
        """Leave word for the instructor."""
        severity, said = TOLD[died.verdict]
        self.notes.append(Note(died.verdict, self._name(cell), died.seen or said, severity))

    def _name(self, cell: NotebookNode) -> str:
        return grade_id(cell) or f"cell number {self.code.index(cell) + 1}"
