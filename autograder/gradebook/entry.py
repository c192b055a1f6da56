"""An assignment's entry in the gradebook: made where there is none, and brought up to what is in source/ now.

`nbgrader autograde` takes texts, tests and points from the gradebook, which nbgrader fills once. So whatever grades
looks at source/ first: see changes.py.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from nbgrader.api import MissingEntry, SubmittedAssignment
from sqlalchemy import make_url

from autograder.course import Course
from autograder.gradebook.changes import Changes, changes, enter
from autograder.gradebook.file import copied
from autograder.gradebook.marks import add_table
from autograder.gradebook.session import opened
from autograder.gradebook.source_cells import cells_of
from autograder.notebooks.notebook import known
from autograder.notebooks.versions import released, remember, rename
from autograder.problem import Problem

__all__ = ["FLAG", "bring_up", "is_entered", "is_graded", "pending"]

FLAG = "--changed-exercises"


def is_entered(url: str, assignment: str) -> bool:
    """Return whether the gradebook at an address knows an assignment."""
    with opened(url) as gradebook:
        try:
            gradebook.find_assignment(assignment)
        except MissingEntry:
            return False
        return True


def is_graded(submission: SubmittedAssignment) -> bool:
    """Return whether anything of a submission was graded; one that is there for more time alone has no marks."""
    return any(
        grade.auto_score is not None or grade.manual_score is not None or grade.needs_manual_grade
        for notebook in submission.notebooks
        for grade in notebook.grades
    )


def pending(course: Course, url: str, assignment: str) -> Changes:
    """Return what is other in source/ than in the gradebook at an address, and change nothing."""
    with opened(url) as gradebook:
        return changes(gradebook.find_assignment(assignment), _now(course, assignment))


def bring_up(
    course: Course, url: str, assignment: str, tell: Callable[[str], None], *, exercises: bool = False
) -> bool:
    """Enter what changed in source/, and tell it in a line; return whether the same answers may have other points now.

    Raises Problem where exercises were added, removed or renamed since something was handed in, unless `exercises`
    says that this is meant; nothing is changed then.
    """
    now = _now(course, assignment)
    with opened(url) as gradebook:
        add_table(gradebook)
        gradebook.db.commit()
        entry = gradebook.find_assignment(assignment)
        found = changes(entry, now)
        if not found:
            _remember(course, assignment)
            return False
        if found.exercises and entry.submissions:
            if not exercises:
                raise Problem(refusal(assignment, found))
            copy = copied(make_url(url))
            if copy:
                tell(f"{assignment}: the gradebook as it was before is kept as {copy}")
        others = bool(entry.submissions)
        enter(gradebook.db, entry, now, found)
        gradebook.db.commit()
    _remember(course, assignment)
    for notebook in {where for where, _ in found.renamed}:
        names = {old: new for (where, old), new in found.renamed.items() if where == notebook}
        rename(course, assignment, notebook, names)
    changed = others and bool(found.graded or found.exercises)
    if changed:
        parts = "; ".join(part for part in (found.exercises, found.graded) if part)
        tell(f"{assignment}: other in source/ than when it was last graded, and used now: {parts}")
    return changed


def refusal(assignment: str, found: Changes) -> str:
    """Return the line that says why nothing is graded, and how it would be."""
    return (
        f"{assignment}: in source/ {found.exercises} since this was handed in; nothing was changed. If it is meant, "
        f"run `python -m autograder grade {assignment} {FLAG}`: marks of all other exercises stay, an added one has "
        "its 0 where nobody wrote it, the points of a removed one go; else restore source/ and grade again"
    )


def _now(course: Course, assignment: str) -> dict[str, Any]:
    config = course.config()
    try:
        return cells_of(course.directory(config), config, course.notebooks(assignment))
    except Problem:
        raise
    except Exception as error:  # nbgrader's steps raise what they like
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise Problem(
            f"{assignment}: nbgrader refuses what is in source/ now: {reason} Nothing was changed; "
            f"run `python -m autograder build {assignment}`, which names the cell"
        ) from None


def _remember(course: Course, assignment: str) -> None:
    """Remember what is handed out now: what stands in the folder of student versions, and what source/ gives."""
    config = course.config()
    versions = []
    for path in course.notebooks(assignment):
        place = course.release / assignment / path.name
        with contextlib.suppress(Problem):  # whatever lies there
            versions += [(path.stem, known(place))] if place.is_file() else []
        versions.append((path.stem, released(known(path), config)))
    remember(course, assignment, versions)
