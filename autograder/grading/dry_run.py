"""Who would gain or lose what if the class were graded now, found without entering anything.

The class is graded in a copy of the course with a gradebook of its own; what it gets there is compared with what the
real gradebook says. What was executed is kept in the course's store, so that grading it in earnest takes no longer than
a regrade.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from sqlalchemy import make_url

from autograder.course import Course
from autograder.gradebook.changes import Changes
from autograder.gradebook.entry import FLAG, is_entered, is_graded, pending
from autograder.gradebook.file import emptied
from autograder.gradebook.session import opened
from autograder.grading.grade import grade, hand_ins
from autograder.problem import Problem, unwritten
from autograder.protection import settings_of_copy

__all__ = ["Change", "dry_run", "told"]

SHOWN = 200  # students
Points = dict[tuple[str, str], tuple[float | None, float | None, float]]  # by notebook and cell: auto, by hand, extra


@dataclass
class Change:
    """What one student has and would have: in all, and for each exercise that differs; before is None for nothing."""

    before: float | None
    after: float
    exercises: dict[str, tuple[float, float]] = field(default_factory=dict)


def dry_run(course: Course, assignment: str, student: str = "*", **how: Any) -> tuple[dict[str, Change], str]:
    """Return student -> what would change, of all that match, and what the gradebook would refuse; `how` is grade's.

    Raises Problem where nothing can be graded.
    """
    names = hand_ins(course, course.named(assignment), student)
    url = course.gradebook
    found = pending(course, url, assignment) if is_entered(url, assignment) else Changes()
    with _copy(course, assignment, names) as copy:
        grade(copy, assignment, "*", **how)
        after = {name: _points(copy, assignment, name) or {} for name in names}
    before = {name: _points(course, assignment, name) for name in names}
    refused = ""
    if found.exercises and any(points is not None for points in before.values()):
        refused = f"{assignment}: in source/ {found.exercises}: `grade` enters that with {FLAG} only"
    return {name: _change(before[name], after[name], found) for name in names}, refused


def told(changes: dict[str, Change]) -> list[str]:
    """Return what would change, in lines: one a student, and the sum."""
    wide = max(map(len, changes), default=0)
    lines = []
    for name, change in changes.items():
        if change.before is not None and change.exercises:
            parts = [f"{slug} {before:g} → {after:g}" for slug, (before, after) in change.exercises.items()]
            lines.append(f"{name:{wide}}  {change.before:g} → {change.after:g}   {', '.join(parts)}")
    if len(lines) > SHOWN:
        lines = [*lines[:SHOWN], f"and {len(lines) - SHOWN} more"]
    known = [(change.before, change.after) for change in changes.values() if change.before is not None]
    gain, lose = sum(after > before for before, after in known), sum(after < before for before, after in known)
    new = len(changes) - len(known)
    rest = len(known) - gain - lose
    first = f"; {new} would be graded for the first time" if new else ""
    return [*lines, f"{gain} would gain, {lose} would lose, {rest} keep their sum{first}; nothing was entered"]


def _change(before: Points | None, after: Points, found: Changes) -> Change:
    """What changes for a student: marks by hand and extra points stay on what keeps or changes its name."""
    names = {key: (key[0], found.renamed.get(key, key[1])) for key in before or {}}
    old = {names[key]: marks for key, marks in (before or {}).items()}
    new = {}
    for key, (auto, _, _) in after.items():
        _, manual, extra = old.get(key, (None, None, 0.0))
        new[key] = auto, manual, extra
    change = Change(None if before is None else sum(map(_sum, old.values())), sum(map(_sum, new.values())))
    for key in dict.fromkeys([*old, *new]):
        was, will = (_sum(marks.get(key, (0.0, None, 0.0))) for marks in (old, new))
        if was != will:
            change.exercises[key[1].removesuffix("-test")] = was, will
    return change


def _sum(marks: tuple[float | None, float | None, float]) -> float:
    auto, manual, extra = marks
    return (manual if manual is not None else auto or 0.0) + extra


def _points(course: Course, assignment: str, student: str) -> Points | None:
    with opened(course.gradebook) as gradebook:
        try:
            entry = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return None
        if not is_graded(entry):
            return None
        return {
            (notebook.name, mark.name): (mark.auto_score, mark.manual_score, mark.extra_credit or 0.0)
            for notebook in entry.notebooks
            for mark in notebook.grades
        }


@contextmanager
def _copy(course: Course, assignment: str, names: list[str]) -> Iterator[Course]:
    """A course folder with the assignment, the hand-ins and the settings, and nothing else of the real one."""
    place = course.root / "build"
    try:
        place.mkdir(exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="dry-run-", dir=place)).resolve()
        try:
            for part in ("source", *(f"submitted/{name}" for name in names)):
                _copied(course.root / part / assignment, folder / part / assignment)
            memory = course.root / "handed-out" / f"{assignment}.json"
            if memory.is_file():
                (folder / memory.parent.name).mkdir()
                shutil.copyfile(memory, folder / memory.parent.name / memory.name)
            (folder / "nbgrader_config.py").write_text(_settings(course, folder), encoding="utf-8")
            emptied(make_url(course.gradebook), folder / "gradebook.db")
            yield Course(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise Problem(f"{unwritten(error, place)}; nothing was changed") from None


def _copied(source: Path, target: Path) -> None:
    """Copy what was handed in; what is closed stays away."""
    try:
        shutil.copytree(source, target, symlinks=True, copy_function=_file)
    except (shutil.Error, PermissionError):
        target.mkdir(parents=True, exist_ok=True)


def _file(source: str, target: str) -> None:
    """Copy a notebook, which grading may write anew; all else is linked, pipes and devices too, which nothing opens."""
    if not source.endswith((".ipynb", ".txt")) or not Path(source).is_file():
        try:
            os.link(source, target, follow_symlinks=False)
            return
        except OSError:  # another file system, or one without links
            pass
    if Path(source).is_file():
        shutil.copyfile(source, target)


def _settings(course: Course, folder: Path) -> str:
    """The course's settings, with another gradebook and the same store."""
    store = course.config().Examine.get("store", "")
    line = [f"c.Examine.store = {str(course.root.resolve() / store)!r}"] if store else []
    return settings_of_copy(course.root, folder, *line)
