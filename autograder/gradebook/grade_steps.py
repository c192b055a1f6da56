"""nbgrader's steps that use the gradebook, with their meaning and a fraction of their work.

They stand on nbgrader's lists of preprocessors in the place of those of the same names. What is decided about a cell is
decided by nbgrader's own code; what it asks of the gradebook was read once for the notebook instead of once a cell, and
what it writes is committed once.
"""

from __future__ import annotations

import glob
import json
import os
import shutil
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import preprocessors as plain
from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.preprocessors import CheckCellMetadata as EachTime
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import find_all_files

from autograder.gradebook.marks import Marks
from autograder.gradebook.session import Master, Sheet, master, opened
from autograder.notebooks.notebook import grade_id, is_plain

__all__ = [
    "AssignLatePenalties",
    "CheckCellMetadata",
    "OverwriteCells",
    "OverwriteKernelspec",
    "Recorder",
    "SaveAutoGrades",
]

MOST = 1000  # notebooks of which the metadata that has passed is remembered


def _names(step: Any, resources: Any) -> str:
    """Tell a step of nbgrader's which notebook this is, as nbgrader does; return the gradebook's address."""
    about = resources["nbgrader"]
    step.notebook_id, step.assignment_id = about["notebook"], about["assignment"]
    step.student_id, step.db_url = about.get("student", ""), about["db_url"]
    return str(step.db_url)


class _Known:
    """A gradebook that knows one notebook's cells by heart."""

    def __init__(self, gradebook: Any, cells: Master) -> None:
        self._gradebook, self._cells = gradebook, cells

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> Any:
        return self._cells.cells.get(name) or self._gradebook.find_source_cell(name, notebook, assignment)

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> Any:
        return self._cells.graded.get(name) or self._gradebook.find_graded_cell(name, notebook, assignment)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gradebook, name)


class OverwriteKernelspec(plain.OverwriteKernelspec):
    """Gives a notebook the kernel that the gradebook says, as nbgrader's step of this name does."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with the master's kernel; raises nbgrader's MissingEntry."""
        url = _names(self, resources)
        with opened(url) as gradebook:
            kernel = master(gradebook, url, self.assignment_id, self.notebook_id).kernelspec
        if kernel and json.loads(kernel):
            nb.metadata["kernelspec"] = json.loads(kernel)
        return nb, resources


class OverwriteCells(plain.OverwriteCells):
    """Gives each cell what the gradebook says of it, as nbgrader's step of this name does."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with the master's types, points, checksums and locked sources."""
        url = _names(self, resources)
        with opened(url) as gradebook:
            try:
                self.gradebook = _Known(gradebook, master(gradebook, url, self.assignment_id, self.notebook_id))
            except MissingEntry:
                self.gradebook = gradebook
            nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
            if self.add_missing_cells:
                nb, resources = self.add_missing_grade_cells(nb, resources)
                nb, resources = self.add_missing_task_cells(nb, resources)
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> tuple[NotebookNode, Any]:
        """Return the cell as the gradebook has it; one that nbgrader has no name for as it is."""
        if is_plain(grade_id(cell)):
            return cell, resources
        changed: tuple[NotebookNode, Any] = super().preprocess_cell(cell, resources, cell_index)
        return changed


class SaveAutoGrades(plain.SaveAutoGrades):
    """Writes the points of each graded cell into the gradebook, as nbgrader's step of this name does.

    The mark that a person gave to the same answer does not wait for a person again.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook as it is."""
        with opened(_names(self, resources)) as gradebook:
            self.gradebook = Sheet(gradebook, self.notebook_id, self.assignment_id, self.student_id)
            marks = Marks(gradebook, self.gradebook.grades)
            nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
            marks.settle(nb)
            self.gradebook.write()
        return nb, resources


class AssignLatePenalties(plain.AssignLatePenalties):
    """Lets nbgrader's step of this name judge a submission that is late; one in time has no penalty."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook as it is."""
        with opened(_names(self, resources)) as gradebook:
            notebook = gradebook.find_submission_notebook(self.notebook_id, self.assignment_id, self.student_id)
            if notebook.assignment.total_seconds_late <= 0:
                if notebook.late_submission_penalty is not None:
                    notebook.late_submission_penalty = None
                    gradebook.db.commit()
                return nb, resources
        return super().preprocess(nb, resources)


class Recorder(Autograde):
    """nbgrader's Autograde, with what it enters of a submission before grading entered in one go."""

    notebooks: list[str]  # nbgrader sets it

    def init_notebooks(self) -> None:
        """Find the submissions and their notebooks; nbgrader would take a folder that it has found for a glob again.

        Raises NbGraderException where there is none.
        """
        root = str(self.coursedir.root)
        pattern = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id).removeprefix(root)
        folders = glob.glob(glob.escape(root) + pattern)  # noqa: PTH207  (as nbgrader reads the pattern)
        self.notebooks = []
        self.assignments = {folder: sorted(map(str, Path(folder).glob("*.ipynb"))) for folder in folders}
        self.assignments = {folder: found for folder, found in self.assignments.items() if found}
        if not self.assignments:
            raise NbGraderException(f"No notebooks were matched by '{pattern}'")

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Enter student and submission, bring the master's files over, and give what was not handed in its zero.

        Raises NbGraderException where the gradebook does not know the student or the assignment.
        """
        if not self.notebooks:  # before_grading has emptied the list
            raise NbGraderException("what is dangerous in it could not be put aside, so that nothing of it was copied")
        BaseConverter.init_assignment(self, assignment_id, student_id)
        with opened(str(self.coursedir.db_url)) as gradebook:
            try:
                gradebook.find_assignment(assignment_id)
                submission = self._submission(gradebook, assignment_id, student_id)
            except MissingEntry as error:
                self.log.error("%s", error)
                raise NbGraderException(str(error)) from None
            self._over_with_the_masters_files(assignment_id, student_id)
            entries = {entry.name: entry for entry in submission.notebooks}
            self._only_known(set(entries))
            folder = Path(self._format_source(assignment_id, student_id))
            for name, entry in entries.items():
                if not (folder / f"{name}.ipynb").exists():
                    self.log.warning("No submitted file: %s", folder / f"{name}.ipynb")
                    for grade in entry.grades:
                        grade.auto_score = 0
                        grade.needs_manual_grade = bool(grade.needs_manual_grade and grade.manual_score is not None)
            gradebook.db.commit()

    def _submission(self, gradebook: Any, assignment: str, student: str) -> Any:
        if self.create_student:
            gradebook.update_or_create_student(student)
        else:
            gradebook.find_student(student)
        time = self.coursedir.get_existing_timestamp(self._format_source(assignment, student))
        submission = gradebook.update_or_create_submission(assignment, student, **({"timestamp": time} if time else {}))
        if submission.total_seconds_late > 0:
            self.log.warning("%s is %s seconds late", submission, submission.total_seconds_late)
        return submission

    def _over_with_the_masters_files(self, assignment: str, student: str) -> None:
        """Put the files of source/ in the place of those of the same names that came with the submission."""
        source = self.coursedir.format_path(self.coursedir.source_directory, ".", assignment)
        exceptions = {os.path.join(source, name) for name in self.exclude_overwriting.get(assignment, [])}  # noqa: PTH118  (as nbgrader joins them)
        for name in set(find_all_files(source, [*self.coursedir.ignore, "*.ipynb"])) - exceptions:
            place = Path(self._format_dest(assignment, student), os.path.relpath(name, source))
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink(missing_ok=True)
            shutil.copy(name, place)

    def _only_known(self, names: set[str]) -> None:
        """Leave out notebooks that are none of this assignment's; raises NbGraderException where none is left."""
        ours, paths = [], list(self.notebooks)
        for path in paths:
            if Path(path).stem in names:
                ours.append(path)
            else:
                self.log.warning("Skipping unknown notebook: %s", path)
        self.notebooks = ours
        if not self.notebooks:
            message = "No notebooks found, did you forget to run 'nbgrader generate_assignment'?"
            self.log.error(message)
            raise NbGraderException(message)


class CheckCellMetadata(EachTime):
    """Lets nbgrader check a notebook's metadata unless it has passed the very same; raises what nbgrader raises.

    What is graded is the master with answers in it, so a whole class has the same metadata. nbgrader's own step
    validates each cell against a schema that it checks anew each time: a quarter of a submission's bookkeeping.
    """

    _passed: set[str] = set()  # noqa: RUF012  (shared on purpose: nbgrader makes a new object for each submission)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook as it is."""
        key = json.dumps([(cell.cell_type, cell.metadata.get("nbgrader")) for cell in nb.cells], sort_keys=True)
        if key not in self._passed:
            super().preprocess(nb, resources)
            if len(self._passed) >= MOST:
                self._passed.clear()
            self._passed.add(key)
        return nb, resources
