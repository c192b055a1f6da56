"""Points as a platform takes them back: into its own table where there is one, a new one where it needs none.

A student whose marks wait for a person gets no points yet, nor one who handed in nothing: a cell that is
empty changes nothing on a platform, and a wrong one does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.platforms.collect import Memory
from autograder.platforms.grades import Marks, marks_of
from autograder.platforms.known import PLATFORMS
from autograder.platforms.roster import Person, Roster
from autograder.platforms.sheet import Form, Sheet, number, read_sheet
from autograder.platforms.table import Request, exercise_column, factor, new_table, points_column, topped, trimmed
from autograder.problem import Problem, unwritten

__all__ = ["Exported", "exported", "write"]


@dataclass
class Exported:
    """A table, how many students have points in it, and a line for whoever has none, and for whoever was late."""

    sheet: Sheet
    count: int = 0
    lines: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)


def exported(course: Course, gradebook: Gradebook, assignment: str, request: Request) -> Exported:
    """Return the table of an assignment; raises Problem where it would not be what the platform takes."""
    form = PLATFORMS[request.platform].form
    rows, exercises = marks_of(gradebook, assignment)
    title = request.column or assignment
    listed = {student.id: student for student in request.known}
    for row in rows:
        row.student = listed.get(row.student.id, row.student)
    students = [row.student for row in rows]
    if not students:
        raise Problem("the gradebook has no students: nbgrader db student import class.csv")
    if request.template:
        sheet = read_sheet(request.template, form)
    else:
        sheet = new_table(form, title, students, request.platform)
    most = max((row.most for row in rows), default=sum(exercises.values()))
    where = points_column(sheet, form, title, most, request)
    times = factor(sheet, form, where, most, request)
    memory = Memory(course, assignment)
    numbers = memory.numbers() if memory.platform in ("", request.platform) else {}
    roster = Roster(students, numbers)
    result = Exported(sheet)
    by_student = {row.student.id: row for row in rows}
    places = _places(sheet, form, roster, result)
    # A stretch exercise has no points, and so no column.
    wanted = {slug: points for slug, points in exercises.items() if points} if request.exercises else {}
    extra = [exercise_column(sheet, form, title, slug, points) for slug, points in wanted.items()]
    for student, line in places.items():
        marks = by_student[student]
        if _counts(marks, request, result):
            line[where] = number(marks.score * times)
            result.count += 1
        for slug, column in zip(wanted, extra, strict=True):
            points = marks.exercises.get(slug)
            line[column] = number(points) if points is not None else ""
    for student in sorted(set(by_student) - set(places)):
        if by_student[student].graded:
            result.lines.append(f"{student}: has points, and no row in the template, {request.template}")
    topped(sheet, form, where, most, dict(zip(extra, wanted.values(), strict=True)), new=not request.template)
    trimmed(sheet, form, {where, *extra}, new=not request.template)
    return result


def _places(sheet: Sheet, form: Form, roster: Roster, result: Exported) -> dict[str, list[str]]:
    """The row of each student; rows that are nobody's are told, unless they are the platform's own."""
    places: dict[str, list[str]] = {}
    for line in sheet.rows:
        person = sheet.person(line, form)
        if person == Person() or {line[0].strip(), person.name} & {*form.nobody}:
            continue
        student, reason = roster.find(person)
        if student in places:
            student, reason = "", f"it is a second row of {student}"
        if student:
            places[student] = line
        else:
            result.lines.append(f"{person}: a row of the template without points: {reason}")
    return places


def _counts(marks: Marks, request: Request, result: Exported) -> bool:
    """Whether a student's points are written; says why not."""
    name = marks.student.id
    if not marks.graded:
        if not request.zeros:
            result.lines.append(f"{name}: nothing was graded: the cell stays as it is (--zeros writes 0)")
        return request.zeros
    if marks.waits and not request.unfinished:
        result.lines.append(
            f"{name}: waits for a mark by hand: the cell stays as it is (--unfinished writes {number(marks.score)})"
        )
        return False
    if marks.penalty:
        result.late.append(f"{name}: late: {number(marks.penalty)} points off, {number(marks.score)} left")
    return True


def write(result: Exported, path: Path) -> None:
    """Write the table, whole or not at all."""
    new = path.with_name(path.name + ".new")
    try:
        new.write_bytes(result.sheet.content())
        new.replace(path)
    except OSError as error:
        raise Problem(unwritten(error, path)) from None
