"""nbgrader's steps of building: markers, hidden pictures and what differs from one run to the next are taken out."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from nbconvert.preprocessors.coalescestreams import CoalesceStreamsPreprocessor
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.notebooks.notebook import without_markers

__all__ = ["ClearHiddenAttachments", "RemoveMarkers", "Stabilise"]


class ClearHiddenAttachments(NbGraderPreprocessor):
    """Drops the attachments that only a solution or a mark scheme showed; it stands behind those steps."""

    def preprocess_cell(self, cell: NotebookNode, resources: Any, _index: int) -> tuple[NotebookNode, Any]:
        """Return the cell with those attachments that its text still shows."""
        attached = cell.get("attachments", {})
        for name in [name for name in attached if f"attachment:{name}" not in unquote(cell.source)]:
            del attached[name]
        if "attachments" in cell and not attached:
            del cell["attachments"]
        return cell, resources


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
