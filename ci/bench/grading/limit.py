"""The limit: the cells that points need, alone, in one warm, unconfined process. Nothing is grafted, stored or entered.

`python -m ci.bench.grading.limit COURSE ASSIGNMENT GLOB` prints a line of JSON for each submission: its student, the
seconds of the processor and of the clock, and the points of each test. A submission runs in a fork of a process that
has imported everything, so that nothing of it is left for the next; its time is the fork's own, ends and all.
"""

from __future__ import annotations

import ast
import contextlib
import fnmatch
import importlib
import io
import json
import os
import pkgutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

import cs231n_lite
from autograder.course import Course
from autograder.examiner.examiner import bundle
from autograder.intake.graft import graft
from autograder.notebooks.kinds import is_test, kind_of
from autograder.notebooks.name_flow import plan
from autograder.notebooks.needed_cells import needed_cells
from autograder.notebooks.notebook import grade_id, known
from autograder.submission import Submission, submissions

__all__ = ["Piece", "alone", "main", "pieces"]

Piece = tuple[str, str | list[ast.stmt]]  # the name of a test or "", and what runs


def pieces(notebook: NotebookNode) -> list[Piece]:
    """Return what points need of a grafted notebook, in order.

    Of a locked cell that a student's process needs it is all; of another one, the statements that tests need.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    kinds = [kind_of(cell) if kind_of(cell) in ("test", "locked") else "own" for cell in code]
    cells = list(zip(kinds, [cell.source for cell in code], strict=True))
    needed = needed_cells(cells)
    master = [number for number, (kind, _) in enumerate(cells) if kind != "own"]
    statements = plan([cells[number] for number in master]).run
    chosen: list[Piece] = []
    for number, (kind, source) in enumerate(cells):
        if kind == "locked" and number not in needed:
            chosen.append(("", statements[master.index(number)]))
        else:
            chosen.append((grade_id(code[number]) if is_test(code[number]) else "", source))
    return [(name, what) for name, what in chosen if what]


def alone(chosen: list[Piece], folder: Path) -> dict[str, Any]:
    """Run them in a fork beside the files of a folder; return its seconds, and the points of each test."""
    reading, writing = os.pipe()
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            os.chdir(folder)
            sys.path.append(str(folder))
            with os.fdopen(writing, "w") as out:
                json.dump(_points(chosen), out)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    usage = os.wait4(child, 0)[2]
    wall = time.perf_counter() - started
    points = {name: 0.0 for name, _ in chosen if name} | json.loads(text or "{}")  # an answer may end the process
    return {"processor": usage.ru_utime + usage.ru_stime, "wall": wall, "points": points}


def _points(chosen: list[Piece]) -> dict[str, float]:
    """Run all pieces in one namespace, whatever each of them raises; a test's value is shown as a notebook shows it."""
    space: dict[str, Any] = {"__name__": "__main__", "display": lambda *values: [bundle(value) for value in values]}
    points: dict[str, float] = {}
    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        for name, what in chosen:
            with contextlib.suppress(BaseException):
                value = _run(what, space)
                if name:
                    points[name] = float(bundle(value)["text/plain"])
    return points


def _run(what: str | list[ast.stmt], space: dict[str, Any]) -> Any:
    """Run a cell or statements; return the value of the last one, if it is an expression."""
    body = ast.parse(what).body if isinstance(what, str) else list(what)
    last = body[-1] if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body[:-1] if last else body, []), "<cell>", "exec", dont_inherit=True), space)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval", dont_inherit=True), space) if last else None


def _warm() -> None:
    """Import all that any cell may; some of NumPy comes by itself only when it is asked for."""
    for name in ("numpy.fft", "numpy.linalg", "numpy.random", "matplotlib.pyplot"):
        importlib.import_module(name)
    for module in pkgutil.walk_packages(cs231n_lite.__path__, "cs231n_lite."):
        importlib.import_module(module.name)


def _chosen(submission: Submission) -> Iterator[list[Piece]]:
    config = submission.course.config()
    for master in submission.masters:
        yield pieces(graft(known(master), submission.submitted / master.name, config)[0])


def main(arguments: list[str]) -> int:
    """Run the submissions of the students that match, and print what each took."""
    root, assignment, students = arguments
    _warm()
    for submission in submissions(Course(Path(root)), assignment):
        if fnmatch.fnmatch(submission.student, students):
            for chosen in _chosen(submission):
                print(json.dumps({"student": submission.student} | alone(chosen, submission.submitted)), flush=True)
    return 0


if __name__ == "__main__":
    os.environ["MPLBACKEND"] = "Agg"
    sys.exit(main(sys.argv[1:]))
