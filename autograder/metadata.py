"""nbgrader's check of the cells' metadata, once for each notebook that differs in it.

What is graded is the master with answers in it, so a whole class has the same metadata; nbgrader's own step validates
each cell against a schema that it checks anew each time, which was a quarter of a submission's bookkeeping.
"""

from __future__ import annotations

import json
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import CheckCellMetadata as EachTime

__all__ = ["CheckCellMetadata"]

MOST = 1000  # notebooks to remember


class CheckCellMetadata(EachTime):
    """Lets nbgrader check a notebook's metadata unless it has passed the very same; raises what nbgrader raises."""

    _passed: set[str] = set()  # noqa: RUF012  (shared on purpose: nbgrader makes a new object for each submission)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook as it is."""
        told = json.dumps([(cell.cell_type, cell.metadata.get("nbgrader")) for cell in nb.cells], sort_keys=True)
        if told not in self._passed:
            super().preprocess(nb, resources)
            if len(self._passed) >= MOST:
                self._passed.clear()
            self._passed.add(told)
        return nb, resources
