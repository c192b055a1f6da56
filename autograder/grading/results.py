"""What a student got: points from the gradebook, verdicts and findings from the graded notebooks."""

from __future__ import annotations

import fnmatch
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from nbformat import NotebookNode, from_dict
from nbgrader.utils import is_grade, is_task

from autograder.course import Course
from autograder.feedback.display import REPORT
from autograder.gradebook.session import opened
from autograder.notebooks.kinds import METADATA, by_hand, exercise_of
from autograder.notebooks.notebook import grade_id, known
from autograder.submission import Submission, submissions
from autograder.tamper import read_notes

__all__ = [
    "ExerciseResult",
    "Mark",
    "StudentResult",
    "absent",
    "as_json",
    "exercise_result",
    "graded_cells",
    "reports_of",
    "results",
    "without_points",
]

# A process that forged its answers has earned nothing; that it did so is in the tamper report, by name.
INSTEAD = {"tampered": "failed"}


@dataclass
class ExerciseResult:
    """What one student got for one exercise; `points` is None as long as a person has to grade it.

    `earlier` is the mark that a person gave to another answer than the one of now: it is in the sum until somebody
    looks.
    """

    points: float | None
    max_points: float
    verdict: str
    findings: list[str] = field(default_factory=list)
    earlier: float | None = None


@dataclass
class StudentResult:
    """What one student got: points in all, each exercise by its slug, and what was tampered with.

    `score` is what nbgrader's export calls so: without the penalty for `seconds_late`.
    """

    score: float
    max_score: float
    exercises: dict[str, ExerciseResult]
    tamper: list[dict[str, str]] = field(default_factory=list)
    seconds_late: float = 0.0
    late_submission_penalty: float = 0.0


def results(submission: Submission) -> StudentResult:
    """Return what the gradebook and the autograded notebooks say of one student."""
    with opened(submission.course.gradebook) as gradebook:
        entry = gradebook.find_submission(submission.assignment, submission.student)
        marks = {
            (notebook.name, mark.name): Mark(mark.score, mark.max_score, mark.manual_score, mark.needs_manual_grade)
            for notebook in entry.notebooks
            for mark in notebook.grades
        }
        score, most, penalty = entry.score, entry.max_score, entry.late_submission_penalty or 0.0
        late = float(entry.total_seconds_late)
    exercises: dict[str, ExerciseResult] = {}
    for path, slugs in graded_cells(submission.masters).items():
        graded = submission.autograded / path.name
        cells = _cells(graded)
        for slug, cell in slugs.items():
            mark = marks.get((path.stem, grade_id(cell)), Mark(0.0, _most(cell)))
            exercises[slug] = exercise_result(cells.get(grade_id(cell)), mark, manual=by_hand(cell))
            if not graded.is_file():
                exercises[slug].verdict = "not-written"
    return StudentResult(max(0.0, score - penalty), most, exercises, _tamper(submission), late, penalty)


def absent(course: Course, assignment: str, students: str = "*") -> list[str]:
    """Return those of the gradebook's students, by a glob, who have handed in nothing of an assignment."""
    there = {submission.student for submission in submissions(course, assignment)}
    with opened(course.gradebook) as gradebook:
        names = [str(student.id) for student in gradebook.students]
    return sorted(name for name in names if name not in there and fnmatch.fnmatchcase(name, students))


def without_points(submission: Submission, verdict: str) -> StudentResult:
    """Return the result of a submission that could not be graded: no points, and a verdict that says so."""
    graded = [each for slugs in graded_cells(submission.masters).values() for each in slugs.items()]
    exercises = {slug: ExerciseResult(0.0, _most(cell), verdict) for slug, cell in graded}
    return StudentResult(0.0, sum(_most(cell) for _, cell in graded), exercises, _tamper(submission))


class Mark(NamedTuple):
    """What the gradebook has of one exercise: points, the most there are, a person's own, whether one must look."""

    score: float
    most: float
    manual: float | None = None
    waits: bool = False


def _most(cell: NotebookNode) -> float:
    return float(cell.metadata.nbgrader.points)


def graded_cells(masters: Sequence[Path]) -> dict[Path, dict[str, NotebookNode]]:
    """Return the graded cells of each master by exercise; with its name where another has an exercise of the same."""
    graded = {path: [cell for cell in known(path).cells if is_grade(cell) or is_task(cell)] for path in masters}
    times = Counter(exercise_of(cell) for cells in graded.values() for cell in cells)
    return {
        path: {slug if times[slug := exercise_of(cell)] == 1 else f"{path.stem}/{slug}": cell for cell in cells}
        for path, cells in graded.items()
    }


def _tamper(submission: Submission) -> list[dict[str, str]]:
    return [asdict(note) for note in read_notes(submission.tamper_notes)]


def _cells(path: Path) -> dict[str, NotebookNode]:
    """The cells of a notebook that nbgrader has just written, by grade_id."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []
    ours = [from_dict(cell) for cell in cells if "nbgrader" in cell["metadata"]]
    return {grade_id(cell): cell for cell in ours}


def reports_of(cell: NotebookNode | None) -> list[dict[str, Any]]:
    """Return the reports of the check that a graded test cell shows, as plain data."""
    outputs = cell.outputs if cell is not None else []
    return [output.data[REPORT] for output in outputs if REPORT in output.get("data", {})]


def exercise_result(cell: NotebookNode | None, mark: Mark, *, manual: bool) -> ExerciseResult:
    """Return what a student got for an exercise, by its graded cell and by its mark in the gradebook."""
    points, most = None if mark.waits else mark.score, mark.most
    earlier = mark.score if mark.waits and mark.manual is not None else None
    if manual:
        # nbgrader gives an untouched answer its zero by itself.
        answered = cell is not None and (mark.waits or mark.manual is not None or mark.score != 0.0)
        return ExerciseResult(points, most, "manual" if answered else "not-written", earlier=earlier)
    outputs = cell.outputs if cell is not None else []
    reports = reports_of(cell)
    mistakes = [finding for report in reports for finding in report.get("findings", []) if not finding.get("remark")]
    findings = list(dict.fromkeys(finding["slug"] for finding in mistakes))
    verdict = cell.metadata.get(METADATA, {}).get("verdict", "") if cell is not None else ""
    if not verdict:  # a course folder whose own settings run the cells by other means
        shares = [float(report["share"]) for report in reports if "share" in report]
        share = shares[0] if shares else 1.0 if points == most else points
        verdict = "passed" if share == 1.0 else "partial" if share else "failed"
    if verdict == "not-written":
        findings = ["not-written"]
    elif verdict == "failed" and any(output.output_type == "error" for output in outputs):
        findings.append("raises")
    return ExerciseResult(points, most, INSTEAD.get(verdict, verdict), findings, earlier)


def as_json(assignment: str, students: dict[str, StudentResult]) -> dict[str, Any]:
    """Return the results as the plain data that `grade --json` writes."""
    data = {name: asdict(student) for name, student in students.items()}
    for student in data.values():
        for exercise in student["exercises"].values():
            if exercise["earlier"] is None:
                del exercise["earlier"]
        if not student["seconds_late"]:
            del student["seconds_late"], student["late_submission_penalty"]
    return {"assignment": assignment, "students": data}
