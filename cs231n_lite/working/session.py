"""Which notebook this kernel belongs to, and what its cells were when they ran last.

Outside of a kernel that a person's Jupyter has started (a grader, a terminal, nbconvert) there is no notebook.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cs231n_lite.cells import Run, cells, shell
from cs231n_lite.working.notebook_file import notebooks_in

__all__ = ["in_a_browser", "is_kernel", "last_run", "notebook_path"]

browser_notebook: list[Path] = []  # in a browser


def is_kernel() -> bool:
    """Whether this is a kernel's process, and not a terminal's, a script's or a grader's."""
    return getattr(shell(), "kernel", None) is not None


def in_a_browser() -> bool:
    """Whether this Python runs in a browser, which alone has what is saved."""
    return sys.platform == "emscripten"


def last_run(name: str, source: str) -> Run | None:
    """Return how the cell of this name ran last, or None where it did not; `source` is what it is now.

    A front end that tells no names, or names of its own, is asked for the text alone.
    """
    if name in cells.last:
        return cells.last[name]
    alike = [run for run in cells.last.values() if run.source.strip() == source.strip()]
    return alike[-1] if alike else None


def notebook_path() -> Path | None:
    """Return the file of the notebook that this kernel runs, or None where no front end has said it."""
    if not is_kernel():
        return None
    told = shell().user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME") or ""
    path, here = Path(str(told)), Path.cwd().resolve()
    if not told and in_a_browser():
        return _the_browser_s(here)
    # A kernel that was started from another one's has that one's name in its environment.
    if path.suffix != ".ipynb" or path.resolve().parent != here:
        return None
    if path.is_file():
        return path.resolve()
    return _only_one(here)  # it was renamed since the kernel was started


def _the_browser_s(folder: Path) -> Path | None:
    """The notebook that Python in a browser runs: no front end says it, but its folder is the one at hand.

    Each look at a file takes long there, so it is looked for once.
    """
    if not browser_notebook or not browser_notebook[0].is_file():
        path = _only_one(folder)
        browser_notebook[:] = [path] if path else []
    return browser_notebook[0] if browser_notebook else None


def _only_one(folder: Path) -> Path | None:
    """The notebook of the course's in a folder, where there is just one."""
    notebooks = list(notebooks_in(folder))
    return notebooks[0].path if len(notebooks) == 1 else None
