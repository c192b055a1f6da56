"""What still waits to be drawn, once all points of a class are entered: pictures that nobody handed in.

The graded notebooks are gone through, several at a time; nothing in the gradebook changes. Whoever is stopped goes on
with the next `grade`: what waits says so in its notebook.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.preprocessors import IgnorePattern, LimitOutput
from traitlets.config import Config

from autograder.course import Course, quiet
from autograder.examining.job import plain_files
from autograder.examining.pictures import WAITING, waiting
from autograder.examining.step import Examine
from autograder.feedback.display import Display
from autograder.grading.bar import Counted
from autograder.submission import Submission

__all__ = ["draw_pictures"]

AFTER = (IgnorePattern, ClearMetadataPreprocessor, LimitOutput, Display)  # what comes after Examine, as in grading


def draw_pictures(
    course: Course,
    assignment: str,
    students: Iterable[str],
    *,
    watch: Callable[[Iterable[str]], Iterable[str]] = iter,
    logfile: Path | None = None,
    unsafe: bool = False,
    workers: int = 1,
) -> int:
    """Draw what waits in the graded notebooks of these students, `workers` at a time; return how many had something.

    One that cannot be drawn keeps waiting, and the log says why.
    """
    config = course.config()
    config.merge(Config({"Examine": {"unsafe": True}} if unsafe else {}))
    of_students = [Submission(course, assignment, name) for name in students]
    undrawn = [each for each in of_students if any(map(_waits, _graded(each)))]
    if undrawn:
        with quiet(logfile or course.root / "build" / "grade.log"), ThreadPoolExecutor(workers) as pool:
            drawn = pool.map(lambda submission: _draw(submission, config), undrawn)
            for _ in watch(Counted((name for name in drawn), len(undrawn))):
                pass
    return len(undrawn)


def _graded(submission: Submission) -> list[Path]:
    return [path for master in submission.masters if (path := submission.autograded / master.name).is_file()]


def _waits(path: Path) -> bool:
    return f'"{WAITING}": true' in path.read_text(encoding="utf-8")


def _draw(submission: Submission, config: Config) -> str:
    """Draw what waits in one student's notebooks; return the student."""
    try:
        for path in filter(_waits, _graded(submission)):
            _draw_notebook(path, submission, config)
    except Exception as error:  # whatever is the matter with one notebook, the others are drawn, and no point is lost
        logging.getLogger("traitlets").error("%s: pictures: %s", submission.student, error)
    return submission.student


def _draw_notebook(path: Path, submission: Submission, config: Config) -> None:
    step = Examine(config=config)
    notebook = nbformat.read(path, 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    source = submission.course.source / submission.assignment
    job = step.job(notebook, plain_files(path.parent), plain_files(source))
    job.draw(waiting(code), step.opened_store(submission.course.root))
    for after in AFTER:
        notebook, _ = after(config=config)(notebook, {})  # called as nbconvert does: one may be turned off
    other = path.with_suffix(".drawn")
    nbformat.write(notebook, other)
    other.chmod(path.stat().st_mode)
    other.replace(path)  # whole or not at all
