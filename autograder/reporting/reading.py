"""What grading left of a class: points from the gradebook, and of each graded notebook what the check reported.

Nothing runs, and nothing is written. The gradebook is asked once for an assignment, not once for a student.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from nbformat import NotebookNode, from_dict
from nbgrader.api import Assignment, BaseCell, Grade, Notebook, Student, SubmittedAssignment, SubmittedNotebook
from nbgrader.utils import is_grade, is_solution, is_task
from sqlalchemy import make_url

from autograder.course import Course
from autograder.gradebook.server import reach
from autograder.gradebook.session import opened
from autograder.grading.results import ExerciseResult, Mark, exercise_result, graded_cells, reports_of
from autograder.notebooks.kinds import by_hand
from autograder.notebooks.notebook import grade_id, known, without_markers
from autograder.problem import Problem
from autograder.reporting.guide import Words, guide_to
from autograder.submission import Submission
from autograder.tamper import read_notes

__all__ = ["Answer", "Exercise", "Graded", "Told", "read_class", "was_graded"]

HEADING = re.compile(r"^#{1,3}[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)
TAG = re.compile(r"</?[a-zA-Z][^>]*>")
NOT_GRADED = "not-graded"  # the note of a submission that could not be


class Told(NamedTuple):
    """One mistake that the check told: its name, the part it is about, the sentence, the node where it first shows."""

    slug: str
    part: str
    message: str
    node: str


@dataclass
class Answer:
    """One student's answer to one exercise: what it got, what was told, which parts are right, and its source."""

    result: ExerciseResult
    told: tuple[Told, ...] = ()
    parts: dict[str, bool] = field(default_factory=dict)
    source: str = ""


@dataclass
class Exercise:
    """One exercise as the instructor wrote it, with the answers of the class by student."""

    assignment: str
    slug: str
    title: str
    points: float
    by_hand: bool
    cell: str  # grade_id of the answer
    test: str
    picture: str  # grade_id of the cell that draws, "" where there is none
    place: int  # in its notebook, from 1
    written: str  # all that the instructor wrote for it, which students may name
    guide: Words = field(default_factory=Words)
    answers: dict[str, Answer] = field(default_factory=dict)


@dataclass
class Graded:
    """One assignment of a class: who handed in, and who did not."""

    name: str
    title: str
    students: list[str]
    absent: list[str]
    exercises: list[Exercise]


def read_class(course: Course, assignment: str) -> Graded:
    """Return what the gradebook and the autograded notebooks say of an assignment; raises Problem where nothing is."""
    if not _is_there(course.gradebook):
        raise Problem(f"{assignment}: there is no gradebook yet; first: python -m autograder grade {assignment}")
    masters = course.notebooks(assignment)
    marks, handed_in, everybody, most = _gradebook(course, assignment)
    if not handed_in:
        raise Problem(f"{assignment}: nothing was graded yet; first: python -m autograder grade {assignment}")
    exercises = [exercise for path in masters for exercise in _exercises(assignment, path, masters, most)]
    by_path = {path: [each for each in exercises if each[0] == path] for path in masters}
    guide = guide_to(course.root, assignment)
    for _, exercise, _ in exercises:
        exercise.guide = guide.get(exercise.slug, exercise.guide)
    for student in handed_in:
        submission = Submission(course, assignment, student)
        unread = any(note.kind == NOT_GRADED for note in read_notes(submission.tamper_notes))
        for path, entries in by_path.items():
            cells = _cells(submission.autograded / path.name)
            for _, exercise, master in entries:
                mark = marks.get((student, path.stem, grade_id(master)), Mark(0.0, exercise.points))
                answer = _answer(cells, exercise, mark)
                if cells is None:
                    answer.result.verdict = "crashed" if unread else "not-written"
                exercise.answers[student] = answer
    titles = [_headings(known(path).cells) for path in masters]
    title = next((title[0] for title in titles if title), assignment)
    there = set(handed_in)
    absent = sorted(student for student in everybody if student not in there)
    return Graded(assignment, title, handed_in, absent, [exercise for _, exercise, _ in exercises])


def was_graded(course: Course, assignment: str) -> bool:
    """Return whether the gradebook has a submission of an assignment."""
    if not _is_there(course.gradebook):
        return False
    with opened(course.gradebook) as gradebook:
        rows = gradebook.db.query(SubmittedAssignment.id).join(SubmittedAssignment.assignment)
        return rows.filter(Assignment.name == assignment).first() is not None


def _is_there(url: str) -> bool:
    """Whether there is a gradebook: to open one makes it, and a report writes nothing; raises Problem for a server."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return Path(str(address.database)).is_file()
    reach(url)
    return True


def _gradebook(
    course: Course, assignment: str
) -> tuple[dict[tuple[str, str, str], Mark], list[str], list[str], dict[tuple[str, str], float]]:
    """The marks by student, notebook and cell; who handed in; all students; the points of each graded cell."""
    with opened(course.gradebook) as gradebook:
        session = gradebook.db
        entry = session.query(Assignment).filter(Assignment.name == assignment).one_or_none()
        if entry is None:
            return {}, [], [], {}
        most = {
            (notebook.name, cell.name): float(cell.max_score)
            for notebook in entry.notebooks
            for cell in [*notebook.grade_cells, *notebook.task_cells]
        }
        rows = (
            session.query(
                SubmittedAssignment.student_id,
                Notebook.name,
                BaseCell.name,
                Grade.score,
                Grade.manual_score,
                Grade.needs_manual_grade,
            )
            .select_from(Grade)
            .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
            .join(BaseCell, Grade.cell_id == BaseCell.id)
            .filter(SubmittedAssignment.assignment_id == entry.id)
        )
        marks = {
            (str(student), notebook, cell): Mark(score, most.get((notebook, cell), 0.0), manual, bool(waits))
            for student, notebook, cell, score, manual, waits in rows
        }
        handed_in = session.query(SubmittedAssignment.student_id).filter(SubmittedAssignment.assignment_id == entry.id)
        students = sorted(str(student) for (student,) in handed_in)
        everybody = [str(student) for (student,) in session.query(Student.id)]
    return marks, students, everybody, most


def _exercises(
    assignment: str, path: Path, masters: list[Path], most: dict[tuple[str, str], float]
) -> Iterator[tuple[Path, Exercise, NotebookNode]]:
    """The exercises of a master notebook in its order, with their graded cells."""
    cells = known(path).cells
    graded = {grade_id(cell): (slug, cell) for slug, cell in graded_cells(masters)[path].items()}
    start, place = 0, 0
    for number, cell in enumerate(cells):
        if grade_id(cell) not in graded:
            continue
        slug, _ = graded[grade_id(cell)]
        own, place = cells[start : number + 1], place + 1
        headings = _headings(own)
        names = [grade_id(each) for each in own]
        yield (
            path,
            Exercise(
                assignment=assignment,
                slug=slug,
                title=headings[-1] if headings else slug,
                points=most.get((path.stem, grade_id(cell)), float(cell.metadata.nbgrader.points)),
                by_hand=by_hand(cell),
                cell=next((grade_id(each) for each in own if is_solution(each) or is_task(each)), grade_id(cell)),
                test=grade_id(cell),
                picture=_picture(slug, names, [grade_id(each) for each in cells]),
                place=place,
                written=_written(cells[:start], own),
            ),
            cell,
        )
        start = number + 1


def _picture(slug: str, own: list[str], every: list[str]) -> str:
    """The cell that draws an exercise: the one that is named after it, or the last of its own."""
    named = f"{slug}-picture"
    return named if named in every else next((name for name in reversed(own) if name.endswith("-picture")), "")


def _written(before: list[NotebookNode], own: list[NotebookNode]) -> str:
    """The code of an exercise, and of the cells before it that are handed out, one cell to a block."""
    shared = [cell for cell in before if cell.cell_type == "code" and not is_grade(cell)]
    own_code = [cell for cell in own if cell.cell_type == "code"]
    return "\f".join(without_markers(cell.source) for cell in [*shared, *own_code])


def _headings(cells: list[NotebookNode]) -> list[str]:
    texts = (cell.source for cell in cells if cell.cell_type == "markdown" and not is_solution(cell))
    return [TAG.sub("", match[1]).strip() for text in texts for match in HEADING.finditer(text)]


def _cells(path: Path) -> list[dict[str, Any]] | None:
    """The cells of a graded notebook, None where there is none or it cannot be read."""
    try:
        cells: list[dict[str, Any]] = json.loads(path.read_bytes())["cells"]
    except (OSError, ValueError, KeyError):
        return None
    return [cell for cell in cells if "nbgrader" in cell.get("metadata", {})]


def _answer(cells: list[dict[str, Any]] | None, exercise: Exercise, mark: Mark) -> Answer:
    own, graded = _own(cells or [], exercise)
    cell = from_dict(graded) if graded else None
    answer = Answer(exercise_result(cell, mark, manual=exercise.by_hand))
    if exercise.by_hand:
        return answer
    reports = reports_of(cell)
    mistakes = [finding for report in reports for finding in report.get("findings", []) if not finding.get("remark")]
    # A class says the same thing many times: one copy of each text is enough.
    answer.told = tuple(
        Told(*(sys.intern(str(finding.get(key) or "")) for key in ("slug", "array", "message", "node")))
        for finding in mistakes
    )
    answer.parts = {
        sys.intern(str(part)): bool(right) for report in reports for part, right in report.get("parts", {}).items()
    }
    answer.source = sys.intern("\n\n".join(own))
    return answer


def _own(cells: list[dict[str, Any]], exercise: Exercise) -> tuple[list[str], dict[str, Any] | None]:
    """The sources of the answer cells that stand before a graded cell and after the one before it, and that cell."""
    sources: list[str] = []
    for cell in cells:
        flags = cell["metadata"]["nbgrader"]
        if flags.get("solution") and cell["cell_type"] == "code":
            sources.append("".join(cell["source"]))
        if flags.get("grade_id") == exercise.test:
            return sources, cell
        if flags.get("grade") or flags.get("task"):
            sources = []
    return [], None
