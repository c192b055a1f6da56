"""The preprocessor that stands in nbgrader's list of autograde preprocessors in the place of Execute."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_locked, is_solution
from traitlets import Bool, Float, Integer, Unicode

from autograder.examination import METADATA, Examination, is_test, limits
from autograder.processes import Terms
from autograder.recipe import files, recipe, versions
from autograder.sandbox import Sandbox
from autograder.shelf import Shelf
from autograder.store import MOST, Store, hashed
from autograder.tamper import Note, write_notes

__all__ = ["TAMPER", "Examine"]

TAMPER = "cs231n-lite-tamper"  # in resources: a list of {"cell", "kind", "detail", "severity"}


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

    store = Unicode("", help="The folder in which executed submissions are kept; empty for none.").tag(config=True)
    store_bytes = Integer(MOST, help="Bytes that the store may have.").tag(config=True)

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
                shelf = self._shelf(nb, [Path(scratch), Path(empty)], [bounds.__dict__, terms.__dict__, box.means])
                examination = Examination(nb, box, terms, Path(empty), shelf)
                verdicts = examination.run()
        resources[METADATA] = verdicts
        self._report(examination.notes, resources)
        self.log.info("Examined: %s", ", ".join(f"{name} {verdict}" for name, verdict in verdicts.items()))
        return nb, resources

    def _shelf(self, nb: NotebookNode, folders: list[Path], terms: list[Any]) -> Shelf | None:
        """What the store holds of this notebook; None without a store."""
        if not self.store:
            return None
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        kinds = [
            "test" if is_test(cell) else "locked" if is_locked(cell) and not is_solution(cell) else "own"
            for cell in code
        ]
        points = [float(cell.metadata.nbgrader.points) if is_test(cell) else 0.0 for cell in code]
        cells = list(zip(kinds, [cell.source for cell in code], points, strict=True))
        around = hashed(versions(), files(folders), terms)
        return Shelf(Store(Path(self.store), self.store_bytes), recipe(cells, around), len(code))

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
