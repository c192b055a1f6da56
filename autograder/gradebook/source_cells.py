"""What nbgrader would enter into the gradebook of an assignment as its source/ is now, found without a gradebook.

nbgrader enters a notebook's cells with the preprocessors of its GenerateAssignment, up to SaveCells. Here the same ones
run in memory, those of the course's own settings among them, and what SaveCells would write is returned.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import CheckCellMetadata, NbGraderPreprocessor, SaveCells
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from autograder.notebooks.notebook import known

__all__ = ["Cells", "cells_of"]


@dataclass
class Cells:
    """What nbgrader's SaveCells writes of one notebook: the cells of each of its four tables by name, and its kernel.

    `source_cells` has texts with hidden tests and mark schemes and without solutions.
    """

    kernelspec: str = "{}"
    grade_cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    solution_cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    task_cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    source_cells: dict[str, dict[str, Any]] = field(default_factory=dict)


class _Empty:
    """A gradebook that knows nothing yet."""

    def __getattr__(self, name: str) -> Any:
        def missing(*_: str) -> None:
            raise MissingEntry(name)

        return missing


class _Collect(SaveCells):
    """Leaves in the resources what nbgrader's step writes into the gradebook."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        self.gradebook = _Empty()
        self.notebook_id, self.assignment_id = resources["nbgrader"]["notebook"], resources["nbgrader"]["assignment"]
        found = Cells(json.dumps(nb.metadata.get("kernelspec", {})))
        self.new_grade_cells, self.new_solution_cells = found.grade_cells, found.solution_cells
        self.new_task_cells, self.new_source_cells = found.task_cells, found.source_cells
        NbGraderPreprocessor.preprocess(self, nb, resources)
        resources["cells"] = found
        return nb, resources


def cells_of(folder: CourseDirectory, config: Config, paths: list[Path]) -> dict[str, Cells]:
    """Return notebook -> what nbgrader would enter of it, of the notebooks in source/ at these paths."""
    converter = GenerateAssignment(coursedir=folder, config=config)
    exporter = NotebookExporter(config=converter.config)
    exporter.optimistic_validation = True
    for step in converter.preprocessors:
        kind = import_item(step) if isinstance(step, str) else step
        if issubclass(kind, SaveCells):
            break
        # It validates each cell against a schema, which is most of the time; `build` has done so.
        if not issubclass(kind, CheckCellMetadata):
            exporter.register_preprocessor(kind)
    exporter.register_preprocessor(_Collect, enabled=True)
    return {path.stem: _of(exporter, path) for path in paths}


def _of(exporter: NotebookExporter, path: Path) -> Cells:
    about = {"notebook": path.stem, "assignment": path.parent.name, "student": ".", "db_url": ""}
    _, resources = exporter.from_notebook_node(known(path), {"nbgrader": about, "unique_key": path.stem})
    cells: Cells = resources["cells"]
    return cells
