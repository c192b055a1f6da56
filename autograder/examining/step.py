"""The preprocessor that stands in nbgrader's list of autograde preprocessors in the place of Execute."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Enum, Float, Integer, List, Unicode

from autograder.course import Course
from autograder.examining.job import Job, contents, plain_files
from autograder.examining.pictures import MODES, look_up, put_off, show
from autograder.examining.store import MOST, Store
from autograder.examining.terms import Terms, limits
from autograder.notebooks.kinds import METADATA
from autograder.submission import Submission
from autograder.tamper import Note, write_notes

__all__ = ["TAMPER", "Examine"]

TAMPER = "cs231n-lite-tamper"  # in resources: a list of {"cell", "kind", "detail", "severity"}


class Examine(NbGraderPreprocessor):
    """Runs a submission's cells where they belong and leaves evidence of the points in its test cells."""

    timeout = Float(60.0, help="Seconds of the processor that one cell may take.").tag(config=True)
    total = Float(600.0, help="Seconds that one notebook may take, restarts and replays included.").tag(config=True)
    slack = Float(3.0, help="How many times as many seconds of the clock both may take, for a busy machine.").tag(
        config=True
    )
    memory = Integer(1 << 30, help="Bytes of memory that the student's process may use.").tag(config=True)
    output_bytes = Integer(1 << 20, help="Bytes of output that the student's cells may leave.").tag(config=True)
    unsafe = Bool(False, help="Run students' code with the grader's rights where it cannot be confined.").tag(
        config=True
    )
    means = Unicode("", help="The means to confine students' code by; empty for the best there is.").tag(config=True)

    store = Unicode("", help="The folder in which executed submissions are kept; empty for none.").tag(config=True)
    libraries = List(
        Unicode(), help="Libraries, as pip names them, that answers may use beside Python's own, NumPy and matplotlib."
    ).tag(config=True)
    pictures = Enum(
        MODES,
        "handed-in",
        help="Cells without points: as handed in (drawn where there is nothing), all drawn, or none.",
    ).tag(config=True)
    draw_later = Bool(False, help="Leave what is to be drawn until the class has its points (`autograder grade`).").tag(
        config=True
    )
    store_bytes = Integer(MOST, help="Bytes that the store may have.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with outputs and, in each test cell, the verdict and the evidence for it."""
        beside = Path(resources.get("metadata", {}).get("path") or ".")
        master = self._source(resources)
        job = self.job(nb, plain_files(beside), plain_files(master) if master else {})
        folder = self._course()
        store = self.opened_store(Path(folder.root if folder else "."))
        verdicts, notes = job.run(job.results(store))
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        undrawn = show(code, notes, self.pictures)
        if store is not None:
            look_up(code, store)
        if undrawn and self.draw_later:
            put_off(code, undrawn)
        elif undrawn:
            job.draw(undrawn, store)
        resources[METADATA] = verdicts
        self._report(notes, resources)
        self.log.info("Examined: %s", ", ".join(f"{name} {verdict}" for name, verdict in verdicts.items()))
        return nb, resources

    def job(self, nb: NotebookNode, beside: Mapping[str, Path], master: Mapping[str, Path]) -> Job:
        """Return the run of a notebook with the files beside it and, for its tests, the master's."""
        terms = Terms(self.timeout, self.total, self.memory, self.output_bytes, self.slack)
        most = limits(terms, nb).file_bytes
        # A test reads the master's files, never those that came with a submission.
        return Job(nb, contents(beside, most), contents(master, most), terms, *self._how())

    def _how(self) -> tuple[str, bool, tuple[str, ...]]:
        return self.means, self.unsafe, tuple(self.libraries)

    def opened_store(self, root: Path) -> Store | None:
        """Return the store that the settings name, in a course folder unless it is absolute; or None."""
        return Store(root / self.store, self.store_bytes) if self.store else None

    def _course(self) -> Any:
        """nbgrader's course folder, where this is a step of nbgrader's; or None."""
        converter = getattr(self.parent, "parent", None)
        return converter.coursedir if converter is not None else None

    def _source(self, resources: Any) -> Path | None:
        """The folder of the master's files, where nbgrader tells which assignment this is."""
        folder, assignment = self._course(), resources.get("nbgrader", {}).get("assignment")
        if folder is None or not assignment:
            return None
        return Path(folder.root, folder.format_path(folder.source_directory, ".", assignment))

    def _report(self, notes: list[Note], resources: Any) -> None:
        """Leave the notes in the resources and, where nbgrader tells whose they are, in the tamper report."""
        resources[TAMPER] = [note.__dict__.copy() for note in notes]
        about = resources.get("nbgrader", {})
        if all(about.get(key) for key in ("assignment", "student", "notebook")):
            course = Course(Path(self.config.CourseDirectory.get("root") or "."))
            submission = Submission(course, about["assignment"], about["student"])
            write_notes(submission.tamper_notes, f"{about['notebook']}: run", notes)
