"""Runs a grafted notebook: student cells in the student's process, test cells in the examiner's.

`Examine` stands in nbgrader's list of autograde preprocessors in the place of Execute. Two processes work for it, and
neither has more than it needs: the student's (student.py, in a sandbox), and the examiner's (examiner.py), which has
the master's cells only. A notebook is gone through twice:

1. All cells of the student's run, in order. Where a test cell stands, the student's process forks a snapshot of itself.
2. The test cells run in the examiner, in order, each against its snapshot.

So whatever a student's cell shows was shown before any code of the student's saw what a test asks, and an answer that
crashes, hangs or takes all memory in a test costs that test its snapshot and no other anything. This process starts
both, keeps the time, restarts what died, and writes down the evidence.
"""

from __future__ import annotations

import json
import math
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets import Bool, Float, Integer, Unicode

from autograder.evidence import ENAMES, MIME, VERDICTS, cleaned, error, judged
from autograder.notebook import grade_id
from autograder.processes import GRACE, START, Died, Examiner, Student, Terms
from autograder.sandbox import Limits, Sandbox
from autograder.tamper import ACCIDENT, ATTACK, ODD, Note, write_notes
from autograder.wire import Gone, Late, Tampered

__all__ = ["ENAMES", "METADATA", "MIME", "TAMPER", "VERDICTS", "Examination", "Examine", "Terms", "is_test", "limits"]

METADATA = "cs231n-lite"  # in a graded test cell's metadata: {"verdict": …}; in resources: grade_id -> verdict
TAMPER = "cs231n-lite-tamper"  # in resources: a list of {"cell", "kind", "detail", "severity"}
# Verdicts that need an instructor's eye, and what to say of them.
TOLD = {
    "timed-out": (ACCIDENT, "the time ran out"),
    "out-of-memory": (ACCIDENT, "it needed more memory than there is"),
    "crashed": (ACCIDENT, "it ended its Python"),
    "tampered": (ATTACK, "its process sent what no answer sends"),
}


class Examination:
    """One notebook's run."""

    def __init__(self, notebook: NotebookNode, box: Any, terms: Terms, folder: Path) -> None:
        self.box, self.terms, self.folder = box, terms, folder
        self.code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        # What the master wrote: by the graft, every locked cell; the rest is nobody's business here.
        self.master = [n for n, cell in enumerate(self.code) if is_locked(cell) and not is_solution(cell)]
        self.place = {number: place for place, number in enumerate(self.master)}
        self.cells = [("test" if is_test(self.code[n]) else "locked", self.code[n].source) for n in self.master]
        self.student: Student | None = None
        self.examiner: Examiner | None = None
        self.ran: list[tuple[str, int]] = []  # so far: (source, -1) for a student cell, ("", number) for a test
        self.judged: set[int] = set()  # tests that are through, and need no snapshot any more
        self.past: list[int] = []  # master cells that the examiner has been through
        self.notes: list[Note] = []
        self.refused = 0  # processes beyond the limit
        self.end = time.monotonic() + terms.total
        self.room = 4 * terms.output_bytes + (1 << 20)  # as JSON, with room for errors

    def run(self) -> dict[str, str]:
        """Run all cells; returns grade_id -> verdict of the test cells, and leaves outputs in the notebook."""
        verdicts = {}
        try:
            self.examiner = Examiner(self.cells, self.folder)  # it starts while the student's process does
            for number, cell in enumerate(self.code):
                cell.outputs, cell.execution_count = [], number + 1
                if is_test(cell):
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
        if self.refused:
            said = f"{self.refused} times a process was not started for being one too many"
            self.notes.append(Note("process-limit", "", said, ODD))
        return verdicts

    def _left(self) -> float:
        return min(self.terms.timeout, self.end - time.monotonic())

    def _timely(self) -> float:
        """The seconds that the next cell may take; raises Died where there are none."""
        if self._left() <= 0:
            raise Died("timed-out")
        return self._left()

    def _student(self) -> Student:
        """The student's process, started and brought up to date where it is not running; raises Died."""
        while self.student is None:
            started = self.student = Student(self.box, self.terms)
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
        """Run a cell of the student's, or a locked one, for its outputs."""
        try:
            seconds = self._timely()
            running = self._student()
        except Died as died:
            cell.outputs = [error(died.verdict)]
        else:
            try:
                cell.outputs = running.run(cell.source, seconds)
                self.ran.append((cell.source, -1))
            except Died as died:
                self._lost()
                cell.outputs = [error(died.verdict)]
                self._note(cell, died)
        self._share(cell)

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

    def _examiner(self) -> Examiner:
        """The examiner's process, started and brought up to date where it is not running."""
        if self.examiner is None:
            self.examiner = Examiner(self.cells, self.folder)
            for place in self.past:
                kind = "again" if self.cells[place][0] == "test" else "locked"
                self.examiner.ask(START, do=kind, cell=place)
        return self.examiner

    def _examiner_lost(self) -> None:
        if self.examiner is not None:
            self.examiner.end()
        self.examiner = None

    def _locked(self, number: int, cell: NotebookNode) -> None:
        """Run what tests need of a locked cell, and show what is the examiner's to show."""
        try:
            shown = self._examiner().ask(self.terms.timeout, do="locked", cell=self.place[number])["outputs"]
        except (Gone, Late, Tampered):
            self._examiner_lost()
            return
        self.past.append(self.place[number])
        if shown is not None:
            cell.outputs = cleaned(shown, own=True)

    def _test(self, number: int, cell: NotebookNode) -> str:
        """Run a test cell in the examiner; return its verdict, and leave the evidence in the cell."""
        try:
            verdict, cell.outputs = judged(self._asked(number), float(cell.metadata.nbgrader.points))
            if verdict == "out-of-memory":
                self._note(cell, Died(verdict))
        except Died as died:
            verdict, cell.outputs = died.verdict, [error(died.verdict)]
            self._note(cell, died)
        self.past.append(self.place[number])
        self.judged.add(number)
        cell.metadata[METADATA] = NotebookNode(verdict=verdict)
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

    def _ready(self, number: int) -> Student:
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

    def _fate(self, running: Student, number: int) -> Died:
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
        name = grade_id(cell) or f"cell number {self.code.index(cell) + 1}"
        self.notes.append(Note(died.verdict, name, died.seen or said, severity))


def is_test(cell: NotebookNode) -> bool:
    """Return whether a cell is a test of the master's."""
    return bool(cell.cell_type == "code" and is_grade(cell) and not is_solution(cell))


def limits(terms: Terms, notebook: NotebookNode) -> Limits:
    """Return what the student's process may use: a snapshot for each test counts as a process."""
    tests = sum(map(is_test, notebook.cells))
    return Limits(
        memory=terms.memory,
        cpu_seconds=math.ceil(max(terms.total, 1.0)),
        wall_seconds=terms.total + START,
        processes=Limits.processes + tests,
    )


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
        bounds = limits(terms, nb)
        with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as empty:
            _copy(Path(resources.get("metadata", {}).get("path") or "."), Path(scratch), bounds.file_bytes)
            source = self._source(resources)
            if source:  # a test reads the master's files, never those that came with a submission
                _copy(source, Path(empty), bounds.file_bytes)
            with Sandbox(bounds, Path(scratch), means=self.means, unsafe=self.unsafe) as box:
                examination = Examination(nb, box, terms, Path(empty))
                verdicts = examination.run()
        resources[METADATA] = verdicts
        self._report(examination.notes, resources)
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

    def _report(self, notes: list[Note], resources: Any) -> None:
        """Leave the notes in the resources and, where nbgrader tells whose they are, in the tamper report."""
        resources[TAMPER] = [note.__dict__.copy() for note in notes]
        told = resources.get("nbgrader", {})
        if all(told.get(key) for key in ("assignment", "student", "notebook")):
            root = Path(self.config.CourseDirectory.get("root") or ".")
            write_notes(root, told["assignment"], told["student"], f"{told['notebook']}: run", notes)


def _copy(folder: Path, scratch: Path, most: int) -> None:
    """Copy what lies beside the notebook to where the student's process may read it: plain files, no notebooks."""
    left = most
    for path in _files(folder):
        left -= path.stat().st_size
        if left >= 0:
            shutil.copyfile(path, scratch / path.name)
            (scratch / path.name).chmod(0o644)
    scratch.chmod(0o755)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix != ".ipynb" and not path.is_symlink() and path.is_file() and path.name != "timestamp.txt":
            yield path
