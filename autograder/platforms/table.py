"""The columns of a platform's table: of students, an assignment's points, its exercises', and the most there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.platforms.roster import Student
from autograder.platforms.sheet import Form, Sheet, number
from autograder.problem import Problem

__all__ = ["Request", "exercise_column", "factor", "new_table", "points_column", "topped", "trimmed"]


@dataclass(frozen=True)
class Request:
    """What is asked for: a platform's name, its own table or none, and which cells are to be filled in.

    `column` is the assignment's name on the platform, where it is another; `scale` allows another sum of points there;
    `known` are students of a class list, for what the gradebook does not say of them.
    """

    platform: str
    template: Path | None = None
    exercises: bool = False
    column: str = ""
    scale: bool = False
    zeros: bool = False
    unfinished: bool = False
    known: tuple[Student, ...] = ()


def new_table(form: Form, title: str, students: Iterable[Student], platform: str) -> Sheet:
    """Return a table of the whole class, for a platform that takes one that it did not write."""
    if platform == "moodle":
        raise Problem("Moodle takes its own grading worksheet alone: download it there, and name it as --template FILE")
    rows = [[_cell(form, name, student) for name in form.new] for student in students]
    above = [[part.format(title=title) for part in line] for line in form.preamble]
    return Sheet([*form.new], rows, above, form.encoding, form.delimiter)


def _cell(form: Form, name: str, student: Student) -> str:
    """What a new table says of a student in a column."""
    what = next((what for what, titles in form.who.items() if name in titles), "")
    if what == "name":
        return ", ".join(filter(None, [student.last, student.first]))
    if name in ("SIS User ID", "Section"):  # what the course does not know
        return ""
    if name == "SID":
        return student.lms or student.id
    text = str(getattr(student, what)) if what else ""
    return f"{form.sign}{text}" if what in ("id", "lms") and text else text


def points_column(sheet: Sheet, form: Form, title: str, most: float, request: Request) -> int:
    """Return the number of the column of the assignment's points, which is made where there is no template."""
    matches = [(place, form.points.fullmatch(heading.strip())) for place, heading in enumerate(sheet.heading)]
    titles = {place: match["title"] for place, match in matches if match and sheet.heading[place] not in form.kept}
    fixed = "{title}" not in form.heading
    for place, name in titles.items():
        if fixed or title.casefold() in (name.strip().casefold(), sheet.heading[place].strip().casefold()):
            return place
    if request.template and request.column in sheet.heading:
        return sheet.heading.index(request.column)
    if request.template:
        columns = ", ".join(dict.fromkeys(titles.values())) or ", ".join(sheet.heading)
        raise Problem(f"{request.template}: has no column of {title}; name one with --column NAME, of: {columns}")
    return _added(sheet, form.heading.format(title=title, most=number(most)))


def _added(sheet: Sheet, heading: str) -> int:
    sheet.heading.append(heading)
    for line in sheet.rows:
        line.append("")
    return len(sheet.heading) - 1


def exercise_column(sheet: Sheet, form: Form, title: str, slug: str, points: float) -> int:
    """Return the number of the column of an exercise's points, which is made where there is none yet."""
    name = f"{title} {slug}" if "{title}" in form.heading else f"{slug} ({number(points)} pts)"
    heading = form.heading.format(title=name, most=number(points)) if "{title}" in form.heading else name
    for place, text in enumerate(sheet.heading):
        match = form.points.fullmatch(text.strip())
        if text == heading or (match and match["title"] == name):
            return place
    return _added(sheet, heading)


def factor(sheet: Sheet, form: Form, where: int, most: float, request: Request) -> float:
    """Return by what points are multiplied for the platform: 1 unless it has another sum and that is asked for."""
    match = form.points.fullmatch(sheet.heading[where].strip())
    texts = [match.groupdict().get("most") or ""] if match else []
    if (column := sheet.column([form.most])) >= 0 and form.most:
        texts += [line[column] for line in sheet.rows]
    texts += [line[where] for line in sheet.rows if form.top and line[0].strip() == form.top]
    there = {
        float(text.replace(",", ".")) for text in texts if text.strip().replace(",", ".").replace(".", "", 1).isdigit()
    }
    if not there or there == {most}:
        return 1.0
    if len(there) == 1 and request.scale and most:
        return min(there) / most
    said = " and ".join(map(number, sorted(there)))
    raise Problem(
        f"{request.template}: the platform's most points are {said}, the assignment's {number(most)}: "
        "set them to that there, or say --scale"
    )


def topped(sheet: Sheet, form: Form, where: int, most: float, extra: dict[int, float], *, new: bool) -> None:
    """Write the most points where the platform has a row or a column of them."""
    if form.top:
        row = next((line for line in sheet.rows if line[0].strip() == form.top), None)
        if row is None:
            row = [f"    {form.top}", *[""] * (len(sheet.heading) - 1)]
            sheet.rows.insert(0, row)
        row[where] = row[where] if row[where].strip() else number(most)
        for column, points in extra.items():
            row[column] = number(points)
    if form.most and new:
        column = sheet.column([form.most])
        column = column if column >= 0 else _added(sheet, form.most)
        for line in sheet.rows:
            line[column] = number(most)


def trimmed(sheet: Sheet, form: Form, written: set[int], *, new: bool) -> None:
    """Leave out the columns of other assignments: what was changed there meanwhile must not come back."""
    if form.kept and not new:
        keep = [place for place, name in enumerate(sheet.heading) if name.strip() in form.kept or place in written]
        sheet.heading = [sheet.heading[place] for place in keep]
        sheet.rows = [[line[place] for place in keep] for line in sheet.rows]
    if form.last[0] and form.last[0] not in sheet.heading:
        sheet.heading.append(form.last[0])
        for line in sheet.rows:
            line.append(form.last[1])
