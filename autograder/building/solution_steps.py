"""nbgrader's steps of `generate_solution`: markers taken out, and what differs from one run to the next."""

from __future__ import annotations

from typing import Any

from nbconvert.preprocessors.coalescestreams import CoalesceStreamsPreprocessor
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.notebooks.notebook import without_markers

__all__ = ["RemoveMarkers", "Stabilise"]


class RemoveMarkers(NbGraderPreprocessor):
    """Takes the lines ### BEGIN SOLUTION and the like out of a solution, which is read by people."""

    def preprocess_cell(self, cell: NotebookNode, resources: Any, _index: int) -> tuple[NotebookNode, Any]:
        """Return the cell without its marker lines."""
        cell.source = without_markers(cell.source)
        return cell, resources


class Stabilise(NbGraderPreprocessor):
    """Drops what differs from one run or machine to the next: Python's version, when cells ran, pieces of prints."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook without its timings, with the language's name alone and what was printed in one piece."""
        nb.metadata["language_info"] = {"name": "python"}
        for cell in nb.cells:
            cell.metadata.pop("execution", None)
        notebook, resources = CoalesceStreamsPreprocessor().preprocess(nb, resources)
        return notebook, resources
