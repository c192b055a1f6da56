"""Grades submissions through nbgrader and reads back what it found: points from the gradebook, the rest from output."""

from __future__ import annotations

import contextlib
import fnmatch
import json
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict
from nbgrader.api import MissingEntry
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import is_grade, is_solution
from sqlalchemy.exc import SQLAlchemyError

from autograder.ahead import examined
from autograder.bookkeeping import Recorder
from autograder.course import Course, Problem, full, quiet
from autograder.farm import Farm
from autograder.gradebook import kept, opened
from autograder.misnamed import missing, nothing_to_grade, take_another
from autograder.notebook import grade_id, known
from autograder.reach import alone, reach, reached
from autograder.sandbox import Sandbox
from autograder.shelf import at_hand
from autograder.tamper import ODD, Note, read_notes, write_notes

__all__ = ["Exercise", "Student", "grade", "hand_ins", "register", "results", "unconfined"]

MIME = "application/vnd.cs231n-lite.report+json"
METADATA = "cs231n-lite"  # in a graded test cell's metadata: the verdict that Examine left
# A process that forged its answers has earned nothing; that it did so is in the tamper report, by name.
SAID = {"tampered": "failed"}


@dataclass
class Exercise:
    """What one student got for one exercise; `points` is None as long as a person has to grade it."""

    points: float | None
    max_points: float
    verdict: str
    findings: list[str] = field(default_factory=list)


@dataclass
class Student:
    """What one student got: points in all, each exercise by its slug, and what was tampered with."""

    score: float
    max_score: float
    exercises: dict[str, Exercise]
    tamper: list[dict[str, str]] = field(default_factory=list)


def hand_ins(course: Course, assignment: str, student: str = "*") -> list[str]:
    """Return the students whose submissions lie in submitted/, sorted; raises Problem where none matches."""
    submitted = course.root / "submitted"
    there = sorted(path.parent.name for path in submitted.glob(f"*/{assignment}") if path.is_dir())
    if not there:
        raise Problem(f"{assignment}: nothing was handed in; submissions lie in {submitted}/STUDENT/{assignment}/")
    chosen = fnmatch.filter(there, student)
    if not chosen:
        raise Problem(f"{assignment}: no student matches {student!r}; {len(there)} handed in, such as {there[0]}")
    return chosen


def unconfined(course: Course, *, unsafe: bool = False) -> tuple[str, ...]:
    """Return the sandbox's guarantees that do not hold here; raises Problem where there is none and it must be one."""
    settings = course.config().Examine
    means = settings.get("means", "")
    with Sandbox(means=means or "", unsafe=unsafe or bool(settings.get("unsafe", False))) as box:
        return box.missing


def register(course: Course, assignment: str, logfile: Path) -> None:
    """Let nbgrader enter the assignment in the gradebook unless it is there; the released version is not touched."""
    try:
        with opened(course.gradebook) as gradebook:
            gradebook.find_assignment(assignment)
            return
    except MissingEntry:
        pass
    with tempfile.TemporaryDirectory() as elsewhere, quiet(logfile) as errors:
        try:
            # format_path joins this to the course folder, and an absolute path wins.
            course.nbgrader(GenerateAssignment, assignment, CourseDirectory={"release_directory": elsewhere})
        except Exception as error:
            told = errors[0].splitlines()[-1] if errors else str(error)
            raise Problem(
                f"{assignment}: nbgrader could not enter it in the gradebook: {told}; see {logfile}"
            ) from None


def grade(
    course: Course,
    assignment: str,
    student: str = "*",
    *,
    watch: Callable[[Iterable[str]], Iterable[str]] = iter,
    logfile: Path | None = None,
    unsafe: bool = False,
    workers: int = 1,
    scheduler: str = "",
) -> dict[str, Student]:
    """Autograde the submissions of the students that match a glob; return student -> what they got.

    `watch` wraps the students that are gone through, as tqdm does. So many `workers` here, or those of the Dask
    scheduler at an address, examine submissions while nbgrader enters the grades of others. Raises Problem where
    nothing can be graded, as on a machine that cannot confine a student's process, unless `unsafe`.
    """
    course.named(assignment)
    unconfined(course, unsafe=unsafe)
    logfile = logfile or course.root / "build" / "grade.log"
    students = hand_ins(course, assignment, student)
    import matplotlib.font_manager  # noqa: F401  (lists the fonts once: no box can keep the list)

    settings = {"BaseConverter": {"force": True}, **({"Examine": {"unsafe": True}} if unsafe else {})}
    graded = {}
    with reached(course.gradebook), contextlib.ExitStack() as at_work:
        with alone(course.gradebook):
            register(course, assignment, logfile)
        at_work.enter_context(kept(course.gradebook))
        ready: Iterable[tuple[str, dict[str, Any]]] = [(name, {}) for name in students]
        if scheduler or min(workers, len(students)) > 1:
            farm = at_work.enter_context(Farm(min(workers, len(students)), scheduler))
            ready = examined(course, assignment, students, farm, settings, logfile)
        made: dict[str, dict[str, Any]] = {}
        for name in watch(_Counted(_names(ready, made), len(students))):
            with at_hand(made.pop(name)):
                graded[name] = record(course, assignment, name, logfile, **settings)
    return {name: graded[name] for name in students if name in graded}


def _names(ready: Iterable[tuple[str, dict[str, Any]]], made: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Give the names of those who are ready, and put what was made for them into `made`."""
    for name, made[name] in ready:
        yield name


class _Counted:
    """Something to go through of which the number is known, for a progress bar."""

    def __init__(self, ready: Iterable[str], count: int) -> None:
        self.ready, self.count = ready, count

    def __iter__(self) -> Iterator[str]:
        return iter(self.ready)

    def __len__(self) -> int:
        return self.count


def record(course: Course, assignment: str, student: str, logfile: Path, **settings: Any) -> Student:
    """Let nbgrader grade one submission and enter it in the gradebook; return what the student got.

    What is known of it need not run. Raises Problem where no submission could be graded.
    """
    with quiet(logfile) as errors:
        try:
            take_another(course, assignment, student)
            if len(missing(course, assignment, student)) == len(course.notebooks(assignment)):
                nothing_to_grade(course, assignment, student)
                return _without_points(course, assignment, student, "not-written")
            course.nbgrader(Recorder, assignment, student=student, **settings)
            write_notes(course.root, assignment, student, "grade", [])
            return results(course, assignment, student)
        # One broken submission must not stop the others; the log says what broke.
        except (NbGraderException, SQLAlchemyError) as error:
            logging.getLogger("traitlets").error("%s", error)
            if full("".join(errors)):
                raise Problem(f"{student}: not graded, the disk is full; grade again when there is room") from None
            reach(course.gradebook)  # a server that is gone is gone for the others too
            note = Note("not-graded", "", f"nbgrader gave up on it; {logfile} says why", ODD)
            write_notes(course.root, assignment, student, "grade", [note])
            return _without_points(course, assignment, student, "crashed")


def results(course: Course, assignment: str, student: str) -> Student:
    """Return what the gradebook and the autograded notebooks say of one student."""
    exercises: dict[str, Exercise] = {}
    with opened(course.gradebook) as gradebook:
        entry = gradebook.find_submission(assignment, student)
        points = {
            (notebook.name, mark.name): (None if mark.needs_manual_grade else mark.score, mark.max_score)
            for notebook in entry.notebooks
            for mark in notebook.grades
        }
        score, most = entry.score, entry.max_score
    for path in course.notebooks(assignment):
        cells = _cells(course.root / "autograded" / student / assignment / path.name)
        for cell in known(path).cells:
            if is_grade(cell):
                name = grade_id(cell)
                earned, at_most = points.get((path.stem, name), (0.0, float(cell.metadata.nbgrader.points)))
                slug = name if is_solution(cell) else name.removesuffix("-test")
                exercises[slug] = _exercise(cells.get(name), earned, at_most, manual=is_solution(cell))
    return Student(score, most, exercises, _tamper(course, assignment, student))


def _without_points(course: Course, assignment: str, student: str, verdict: str) -> Student:
    """Return the result of a submission that could not be graded: no points, and a verdict that says so."""
    marked = [cell for path in course.notebooks(assignment) for cell in known(path).cells if is_grade(cell)]
    most = {grade_id(cell).removesuffix("-test"): float(cell.metadata.nbgrader.points) for cell in marked}
    exercises = {slug: Exercise(0.0, points, verdict) for slug, points in most.items()}
    return Student(0.0, sum(most.values()), exercises, _tamper(course, assignment, student))


def _tamper(course: Course, assignment: str, student: str) -> list[dict[str, str]]:
    return [asdict(note) for note in read_notes(course.root, assignment, student)]


def _cells(path: Path) -> dict[str, NotebookNode]:
    """The cells of a notebook that nbgrader has just written, by grade_id."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []
    named = [from_dict(cell) for cell in cells if "nbgrader" in cell["metadata"]]
    return {grade_id(cell): cell for cell in named}


def _exercise(cell: NotebookNode | None, points: float | None, most: float, *, manual: bool) -> Exercise:
    if manual:
        written = cell is not None and points != 0.0  # nbgrader gives an untouched answer its zero by itself
        return Exercise(points, most, "manual" if written else "not-written")
    outputs = cell.outputs if cell is not None else []
    reports = [output.data[MIME] for output in outputs if MIME in output.get("data", {})]
    told = [finding for report in reports for finding in report.get("findings", []) if not finding.get("remark")]
    findings = list(dict.fromkeys(finding["slug"] for finding in told))
    verdict = cell.metadata.get(METADATA, {}).get("verdict", "") if cell is not None else ""
    if not verdict:  # a course folder whose own settings run the cells by other means
        verdict = "passed" if points == most else "partial" if points else "failed"
    if verdict == "not-written":
        findings = ["not-written"]
    elif verdict == "failed" and any(output.output_type == "error" for output in outputs):
        findings.append("raises")
    return Exercise(points, most, SAID.get(verdict, verdict), findings)


def as_json(assignment: str, students: dict[str, Student]) -> dict[str, Any]:
    """Return the results as the plain data that `grade --json` writes."""
    return {"assignment": assignment, "students": {name: asdict(student) for name, student in students.items()}}
