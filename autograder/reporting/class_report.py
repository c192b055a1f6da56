"""The whole report as plain data: what to do on Monday first, then the numbers that it comes from.

Everything that is shown or written is made of this data, and without `names` no student's id is in it.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from autograder.reporting.across import better, repeated, returning, together
from autograder.reporting.exercise_report import AssignmentReport, assignment_report
from autograder.reporting.item_analysis import (
    FEWEST,
    Share,
    consistency_word,
    discrimination_word,
    facility_word,
)
from autograder.reporting.reading import Graded

__all__ = ["class_report", "regrade"]

FIRST = 3  # mistakes that Monday's lecture is about
IDS = ("ids", "absent_ids")


def class_report(
    classes: Sequence[Graded],
    before: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    names: bool = False,
    course: str = "",
) -> dict[str, Any]:
    """Return the report on the assignments of a class; with students' ids only if `names`.

    `before` has for an assignment what `grade --json` wrote of an earlier hand-in; `course` is the folder to name in
    commands.
    """
    reports = [assignment_report(graded) for graded in classes]
    report: dict[str, Any] = {
        "fewest": FEWEST,
        "few": all(entry.few for entry in reports),
        "monday": _monday(reports, course, names=names),
        "assignments": [asdict(entry) for entry in reports],
        "together": [asdict(pair) for pair in together(classes)],
        "returning": [asdict(row) for row in returning(classes)],
        "repeated": [asdict(row) for row in repeated(classes)],
        "better": [asdict(row) for graded in classes for row in better(graded, (before or {}).get(graded.name, {}))],
    }
    for assignment in report["assignments"]:
        _put_into_words(assignment, course)
    shown: dict[str, Any] = report if names else _without_ids(report)
    return shown


def _without_ids(data: Any) -> Any:
    """The same data without the lists of students' ids."""
    if isinstance(data, dict):
        return {key: _without_ids(value) for key, value in data.items() if key not in IDS}
    return [_without_ids(entry) for entry in data] if isinstance(data, list) else data


def _put_into_words(assignment: dict[str, Any], course: str) -> None:
    """Add the words that others use for a number beside it, unless the class is too small for any."""
    few = assignment["few"]
    assignment["alpha_word"] = "" if few else consistency_word(assignment["alpha"])
    for exercise in assignment["exercises"]:
        facility, correlation = exercise["facility"], exercise["statistics"]["item_rest"]
        exercise["facility_word"] = "" if few or facility is None else facility_word(facility)
        exercise["discrimination_word"] = "" if few else discrimination_word(correlation)
        if exercise["trial"]:
            exercise["trial"]["command"] += _course(course)


def _course(course: str) -> str:
    return f" --course {shlex.quote(course)}" if course else ""


def _monday(reports: Sequence[AssignmentReport], course: str, *, names: bool) -> list[dict[str, Any]]:
    """The mistakes that cost the class the most points, with all that is needed to speak about them."""
    every = [
        (mistake, exercise) for report in reports for exercise in report.exercises for mistake in exercise.mistakes
    ]
    every = [entry for entry in every if entry[0].lost]  # a stretch exercise costs nothing
    every.sort(key=lambda entry: (-entry[0].lost, -entry[0].share.part, entry[0].exercise, entry[0].slug))
    lessons = []
    for mistake, exercise in every[:FIRST]:
        elsewhere = [
            (other.exercise, other.share.part)
            for other, _ in every
            if other.slug == mistake.slug
            and (other.assignment, other.exercise) != (mistake.assignment, mistake.exercise)
        ]
        lessons.append(
            asdict(mistake)
            | {
                "who": _who(mistake.share),
                "cell": exercise.cell,
                "picture": exercise.picture,
                "lecture": exercise.lecture,
                "board": exercise.board,
                "place": exercise.place,
                "elsewhere": elsewhere,
                "command": regrade(mistake.assignment, mistake.ids, course) if names else "",
            }
        )
    return lessons


def _who(share: Share) -> str:
    count, total = share[:2]
    return "the only one who got it wrong" if total == 1 else f"{count} of the {total} who got it wrong"


def regrade(assignment: str, ids: Sequence[str], course: str = "") -> str:
    """Return the command for a shell that grades these students' hand-ins again and nobody else's."""
    grade = f"python -m autograder grade {shlex.quote(assignment)}{_course(course)} --student"
    if len(ids) == 1:
        return f"{grade}={shlex.quote(ids[0])}"
    everybody = " ".join(map(shlex.quote, ids))
    return f'for id in {everybody}; do {grade}="$id"; done'
