"""A master's cells as students get them, by name, made once for a class."""

from __future__ import annotations

import json
from pathlib import Path

from nbformat import NotebookNode
from traitlets.config import Config

from autograder.notebooks import versions
from autograder.notebooks.notebook import grade_id, known

__all__ = ["around", "released"]

_handed_out: dict[str, dict[str, NotebookNode]] = {}  # JSON of a master and of the settings -> its cells as released


def around(config: Config | None) -> frozenset[str]:
    """Return the texts of the cells that nbgrader puts before and after each notebook of the course."""
    frame = config.get("IncludeHeaderFooter", {}) if config else {}
    paths = [Path(frame[name]) for name in ("header", "footer") if frame.get(name)]
    return frozenset(cell.source.strip() for path in paths if path.is_file() for cell in known(path).cells)


def released(master: NotebookNode, config: Config | None) -> dict[str, NotebookNode]:
    """Return the master's cells as they are handed out, by grade_id."""
    key = json.dumps([master, config], sort_keys=True, default=str)
    if key not in _handed_out:
        _handed_out.clear()  # one at a time: assignments are graded one after another
        _handed_out[key] = {grade_id(cell): cell for cell in versions.released(master, config).cells}
    return _handed_out[key]
