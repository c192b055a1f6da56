"""What a student got: points from the gradebook, verdicts and findings from the graded notebooks."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict
from nbgrader.utils import is_grade, is_solution

from autograder.gradebook.session import opened
from autograder.notebooks.kinds import METADATA, exercise_of
from autograder.notebooks.notebook import grade_id, known
from autograder.submission import Submission
from autograder.tamper import read_notes
from cs231n_lite.reporting.report import MIME

__all__ = ["ExerciseResult", "StudentResult", "as_json", "results", "without_points"]

# A process that forged its answers has earned nothing; that it did so is in the tamper report, by name.
INSTEAD = {"tampered": "failed"}


@dataclass
class ExerciseResult:
    """What one student got for one exercise; `points` is None as long as a person has to grade it."""

    points: float | None
    max_points: float
    verdict: str
    findings: list[str] = field(default_factory=list)


@dataclass
class StudentResult:
    """What one student got: points in all, each exercise by its slug, and what was tampered with."""

    score: float
    max_score: float
    exercises: dict[str, ExerciseResult]
    tamper: list[dict[str, str]] = field(default_factory=list)


def results(submission: Submission) -> StudentResult:
    """Return what the gradebook and the autograded notebooks say of one student."""
    exercises: dict[str, ExerciseResult] = {}
    with opened(submission.course.gradebook) as gradebook:
        entry = gradebook.find_submission(submission.assignment, submission.student)
        points = {
            (notebook.name, mark.name): (None if mark.needs_manual_grade else mark.score, mark.max_score)
            for notebook in entry.notebooks
            for mark in notebook.grades
        }
        score, most = entry.score, entry.max_score
    for path in submission.masters:
        cells = _cells(submission.autograded / path.name)
        for cell in known(path).cells:
            if is_grade(cell):
                name = grade_id(cell)
                earned, at_most = points.get((path.stem, name), (0.0, float(cell.metadata.nbgrader.points)))
                exercises[exercise_of(cell)] = _exercise(cells.get(name), earned, at_most, manual=is_solution(cell))
    return StudentResult(score, most, exercises, _tamper(submission))


def without_points(submission: Submission, verdict: str) -> StudentResult:
    """Return the result of a submission that could not be graded: no points, and a verdict that says so."""
    graded = [cell for path in submission.masters for cell in known(path).cells if is_grade(cell)]
    most = {exercise_of(cell): float(cell.metadata.nbgrader.points) for cell in graded}
    exercises = {slug: ExerciseResult(0.0, points, verdict) for slug, points in most.items()}
    return StudentResult(0.0, sum(most.values()), exercises, _tamper(submission))


def _tamper(submission: Submission) -> list[dict[str, str]]:
    return [asdict(note) for note in read_notes(submission.tamper_notes)]


def _cells(path: Path) -> dict[str, NotebookNode]:
    """The cells of a notebook that nbgrader has just written, by grade_id."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []
    ours = [from_dict(cell) for cell in cells if "nbgrader" in cell["metadata"]]
    return {grade_id(cell): cell for cell in ours}


def _exercise(cell: NotebookNode | None, points: float | None, most: float, *, manual: bool) -> ExerciseResult:
    if manual:
        answered = cell is not None and points != 0.0  # nbgrader gives an untouched answer its zero by itself
        return ExerciseResult(points, most, "manual" if answered else "not-written")
    outputs = cell.outputs if cell is not None else []
    reports = [output.data[MIME] for output in outputs if MIME in output.get("data", {})]
    mistakes = [finding for report in reports for finding in report.get("findings", []) if not finding.get("remark")]
    findings = list(dict.fromkeys(finding["slug"] for finding in mistakes))
    verdict = cell.metadata.get(METADATA, {}).get("verdict", "") if cell is not None else ""
    if not verdict:  # a course folder whose own settings run the cells by other means
        verdict = "passed" if points == most else "partial" if points else "failed"
    if verdict == "not-written":
        findings = ["not-written"]
    elif verdict == "failed" and any(output.output_type == "error" for output in outputs):
        findings.append("raises")
    return ExerciseResult(points, most, INSTEAD.get(verdict, verdict), findings)


def as_json(assignment: str, students: dict[str, StudentResult]) -> dict[str, Any]:
    """Return the results as the plain data that `grade --json` writes."""
    return {"assignment": assignment, "students": {name: asdict(student) for name, student in students.items()}}
