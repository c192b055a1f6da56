"""A first code cell for notebooks that are opened where the course's package is not installed, as on Colab."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

__all__ = ["NAME", "RunAnywhere", "fetches_package"]

NAME = "package"  # of the cell
IMPORTED = re.compile(r"^ *(?:import|from) cs231n_lite\b", re.MULTILINE)
SOURCE = """\
# The course's own lines: they fetch its package where that is missing, as on Colab, and do nothing elsewhere.
try:
    import cs231n_lite
except ModuleNotFoundError:
    import subprocess, sys

    WHEEL = {wheel!r}
    if subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", WHEEL]).returncode:
        print(f"cs231n_lite is not here, and {{WHEEL}} could not be installed.")
        print("Your course has that file: put it beside this notebook, and run this cell again.")"""


def fetches_package(source: str) -> bool:
    """Return whether a cell is that one, whatever became of its metadata, as it was handed out at any time."""
    return source.startswith(SOURCE.partition("\n")[0])


class RunAnywhere(NbGraderPreprocessor):
    """Puts that cell in front of a student version's code, folded, where the course says where its package is.

    The cell is the student version's alone: what is graded is the master, which has none, and where answers are graded
    the package is there. It stands behind HandOut, so that nobody misses the cell who deletes it.
    """

    wheel = Unicode(
        "",
        help="Where the wheel of cs231n_lite is: its address on the course's site, or a file beside the notebook.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook, with the cell in front of its code if it uses the package."""
        if self.wheel and any(cell.cell_type == "code" and IMPORTED.search(cell.source) for cell in nb.cells):
            # None of nbgrader's: it takes a cell that its gradebook does not know for one whose metadata are broken.
            metadata = {"deletable": False, "editable": False, "jupyter": {"source_hidden": True}}
            cell = new_code_cell(SOURCE.format(wheel=self.wheel), id=NAME, metadata=metadata)
            first = next(number for number, each in enumerate(nb.cells) if each.cell_type == "code")
            nb.cells.insert(first, cell)
        return nb, resources
