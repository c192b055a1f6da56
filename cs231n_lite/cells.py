"""The cells of this notebook as they were run last: which failed, which made a name, and whose lines are whose.

A kernel remembers names and not cells: after a cell that failed, or lost a name, it goes on with an older version and
says nothing. Here IPython tells of each cell that it runs. Without IPython, as where answers are graded, nothing is
noted and nothing changes.
"""

from __future__ import annotations

import contextlib
import re
import sys
import sysconfig
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["LIBRARIES", "Cells", "Run", "cells", "follow", "libraries", "shell"]


def libraries() -> tuple[str, ...]:
    """Return where files begin that are Python's own or installed: their lines are nobody's answer."""
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    # In a browser tab Python's own modules are in a zip file, and the folders are said to begin with two strokes.
    paths |= {str(Path(contextlib.__file__).parent)} | {f"/{path.lstrip('/')}" for path in paths if path[:2] == "//"}
    return tuple(sorted(paths))


LIBRARIES = libraries()

# What a cell makes: its functions, classes and names, at the start of a line; also where Python cannot read the cell.
_MAKES = re.compile(r"^(?:(?:async +)?def|class) +(\w+)|^(\w+) *(?::[^=\n]*)?=(?!=)", re.MULTILINE)
# A cell of the course's has words for a name, as bug-clinic-picture; frontends draw those of new cells.
_NAMED = re.compile(r"(?![0-9a-f-]*\Z)[a-z][a-z0-9]*(-[a-z0-9]+)*")
# A line of a cell that tests, draws or helps, for where cells have no names: as where answers are graded.
_OF_THE_COURSE = re.compile(r"^ *(?:report = Report\(|with attempt\(|# The course's own lines)", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """A cell as it was run: its name, "" where nobody gave it one, its source, and how it failed if it did."""

    name: str
    source: str
    failure: str = ""  # as "SyntaxError in its line 1"
    line: int = 0  # of the failure: what stands above was made, so 0 where Python could not even read the cell
    when: float = field(default_factory=time.time, compare=False)

    @property
    def makes(self) -> dict[str, int]:
        """The names that the cell makes, each with its line."""
        return {
            match.group(1) or match.group(2): self.source.count("\n", 0, match.start()) + 1
            for match in _MAKES.finditer(self.source)
        }

    @property
    def label(self) -> str:
        """What people call the cell: its name, or what it makes."""
        first = next(iter(self.makes), self.source.strip().split("\n")[0][:30])
        return self.name if _NAMED.fullmatch(self.name) else first


@dataclass
class Cells:
    """What is known of the cells that were run."""

    last: dict[str, Run] = field(default_factory=dict)  # by name
    outdated: dict[str, Run] = field(default_factory=dict)  # name -> the run that should have made it, and did not
    makers: dict[str, str] = field(default_factory=dict)  # name -> the cell that made it last
    files: dict[str, str] = field(default_factory=dict)  # the file that a traceback names -> the cell's name
    answers: set[str] = field(default_factory=set)  # the names of cells that students write
    running: str = ""  # the cell that runs now, or ran last

    def began(self, name: str, file: str) -> None:
        """Note that a cell begins to run, under the name that its lines have in a traceback."""
        self.files[file] = self.running = name

    def ended(self, run: Run) -> None:
        """Note how a cell ended, and which names it should have made and did not."""
        key = run.name or run.source
        before = self.last.pop(key, None)  # what ran last stands last
        self.last[key] = run
        made = {name for name, line in run.makes.items() if not run.failure or line < run.line}
        for name in made:
            self.outdated.pop(name, None)
            self.makers[name] = key
        dropped = {name for name in before.makes if self.makers.get(name) == key} if before else set()
        for name in {*run.makes, *dropped} - made:
            self.outdated[name] = run

    @property
    def failed(self) -> list[Run]:
        """The cells that failed when they were last run."""
        return [run for run in self.last.values() if run.failure]

    def of_the_course(self, file: str, source: str) -> bool:
        """Whether a file that a traceback names is a cell that tests, draws or helps, and so not the student's."""
        name = self.files.get(file, "")
        helps = _NAMED.fullmatch(name) and name not in self.answers
        return bool(helps or _OF_THE_COURSE.search(source))


cells = Cells()


def shell() -> Any:
    """The IPython that runs this notebook, or None."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _file(info: Any) -> str:
    """The name that a cell's lines have in a traceback."""
    with contextlib.suppress(Exception):  # of another kernel: then tracebacks are told without this
        running = shell()
        text = info.transformed_cell if info.transformed_cell is not None else info.raw_cell
        return str(running.compile.get_code_name(info.raw_cell, text, running.execution_count))
    return ""


def _began(info: Any) -> None:
    if not info.silent:
        cells.began(info.cell_id or "", _file(info))


def _ended(result: Any) -> None:
    info = result.info
    if info is None or info.silent or info.raw_cell is None:
        return
    error = result.error_before_exec or result.error_in_exec
    failure, line = "", 0
    if error is not None:
        line = _line(error, _file(info))
        # Newer Pythons have a class of their own for a cell that ends too soon, which is nobody's to know.
        kind = "SyntaxError" if type(error).__name__ == "_IncompleteInputError" else type(error).__name__
        failure = kind + (f" in its line {line}" if line else "")
        line = 0 if result.error_before_exec else line or info.raw_cell.count("\n") + 2
    cells.ended(Run(info.cell_id or "", info.raw_cell, failure, line))


def _line(error: BaseException, file: str) -> int:
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == file:
            return frame.lineno or 0
    return (error.lineno if isinstance(error, SyntaxError) else 0) or 0


def follow() -> None:
    """Be told of each cell that this notebook runs, once."""
    running = shell()
    if running is not None and not getattr(running, "cs231n_lite_cells", False):
        running.cs231n_lite_cells = True
        running.events.register("pre_run_cell", _began)
        running.events.register("post_run_cell", _ended)
