"""The exercises of an assignment, read from its notebooks."""

from __future__ import annotations

import ast

from nbgrader.preprocessors import ClearHiddenTests

from autograder.auditing.exercise import Exercise
from autograder.course import Course
from autograder.notebooks.kinds import exercise_of, kind_of
from autograder.notebooks.notebook import grade_id, read
from autograder.problem import Problem

__all__ = ["exercises"]

STRETCH = 1.0  # what a stretch exercise, which has no points, is judged by here: as if it had this many


def exercises(course: Course, assignment: str) -> dict[str, Exercise]:
    """Return slug -> exercise for all that grade themselves, in the order of the notebooks.

    Raises Problem where a test cell's exercise has no solution cell before it, or one of them is no Python.
    """
    clear = ClearHiddenTests(config=course.config())
    by_slug: dict[str, Exercise] = {}
    for path in course.notebooks(assignment):
        cells: list[tuple[str, str, str]] = []  # kind, name, source
        for cell in read(path).cells:
            if cell.cell_type != "code":
                continue
            name = grade_id(cell)
            kind = kind_of(cell)
            if kind == "own":
                continue
            _python(cell.source, f"{path}: cell {name}")
            cells.append((kind, name, cell.source))
            if kind != "test":
                continue
            slug = exercise_of(cell)
            if slug not in (other for _, other, _ in cells[:-1]):
                raise Problem(
                    f"{path}: cell {name} tests an exercise {slug!r}, and no solution cell before it has that name"
                )
            before = tuple(("own" if other == slug else kind, source) for kind, other, source in cells[:-1])
            most = float(cell.metadata.nbgrader.points) or STRETCH
            hidden = _hidden(cell.source, clear, f"{path}: cell {name}")
            by_slug[slug] = Exercise(assignment, path.name, slug, most, (*before, ("test", cell.source)), hidden)
    return by_slug


def _python(source: str, where: str) -> None:
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise Problem(f"{where}, line {error.lineno}: is no Python: {error.msg}") from None


def _hidden(source: str, clear: ClearHiddenTests, where: str) -> frozenset[int]:
    """The numbers of the lines that nbgrader's ClearHiddenTests takes out."""
    lines: set[int] = set()
    inside = False
    for number, line in enumerate(source.split("\n"), start=1):
        inside = inside or clear.begin_test_delimeter in line
        if inside:
            lines.add(number)
        inside = inside and clear.end_test_delimeter not in line
    if inside:
        raise Problem(f"{where}: its hidden tests begin and never end")
    return frozenset(lines)
