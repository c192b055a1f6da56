"""A master's cells as students get them, by name, made once for a class."""

from __future__ import annotations

import json

from nbformat import NotebookNode
from traitlets.config import Config

from autograder.notebooks import versions
from autograder.notebooks.notebook import grade_id

__all__ = ["released"]

_handed_out: dict[str, dict[str, NotebookNode]] = {}  # JSON of a master and of the settings -> its cells as released


def released(master: NotebookNode, config: Config | None) -> dict[str, NotebookNode]:
    """Return the master's cells as they are handed out, by grade_id."""
    key = json.dumps([master, config], sort_keys=True, default=str)
    if key not in _handed_out:
        _handed_out.clear()  # one at a time: assignments are graded one after another
        _handed_out[key] = {grade_id(cell): cell for cell in versions.released(master, config).cells}
    return _handed_out[key]
