"""What changed in source/ since the gradebook was last told, and the gradebook brought up to it.

nbgrader enters an assignment once; with a submission there, it takes texts and points anew, and refuses another set of
cells without saying which. Here a corrected test, a reworded text and other points are entered whenever somebody
grades. Exercises that were added, removed or renamed are entered as well where nothing was handed in yet, and otherwise
on demand alone: that changes what students have points of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    SubmittedNotebook,
    TaskCell,
)

from autograder.gradebook.source_cells import Cells

__all__ = ["Changes", "changes", "enter"]

KINDS = {GradeCell: "grade_cells", SolutionCell: "solution_cells", TaskCell: "task_cells"}
SHOWN = 6  # names in a line


@dataclass
class Changes:
    """What is other in source/ than in the gradebook: exercises by notebook and name, tests, points, all else."""

    added: dict[tuple[str, str], float] = field(default_factory=dict)
    removed: list[tuple[str, str]] = field(default_factory=list)
    renamed: dict[tuple[str, str], str] = field(default_factory=dict)  # a cell's old name -> the one that it has now
    tests: list[str] = field(default_factory=list)
    points: dict[str, tuple[float, float]] = field(default_factory=dict)
    others: bool = False

    @property
    def exercises(self) -> str:
        """The exercises that are others, in words; "" where they are the same."""
        parts = [
            *(f"{_slug(name)} was added ({most:g} points)" for (_, name), most in self.added.items()),
            *(f"{_slug(name)} was removed" for _, name in self.removed),
            *(f"{_slug(old)} was renamed to {_slug(new)}" for (_, old), new in self.renamed.items()),
        ]
        return _few(list(dict.fromkeys(parts)))

    @property
    def graded(self) -> str:
        """What else makes other points of the same answers, in words."""
        parts = [f"{_slug(name)} ({old:g} → {new:g} points)" for name, (old, new) in self.points.items()]
        parts += [f"{_slug(name)} (its test)" for name in self.tests]
        return _few(parts)

    def __bool__(self) -> bool:
        return bool(self.exercises or self.graded or self.others)


def changes(assignment: Assignment, now: dict[str, Cells]) -> Changes:
    """Return what is other now than in an assignment's entry."""
    found = Changes()
    entries = {notebook.name: notebook for notebook in assignment.notebooks}
    for name in sorted(entries.keys() | now.keys()):
        _compare(found, name, entries.get(name), now.get(name, Cells()))
    found.others = found.others or entries.keys() != now.keys()
    return found


def enter(db: Any, assignment: Assignment, now: dict[str, Cells], found: Changes) -> None:
    """Bring the assignment's entry up to `now`, marks and comments included; the caller commits."""
    entries = {notebook.name: notebook for notebook in assignment.notebooks}
    for name, cells in now.items():
        if name not in entries:
            notebook = Notebook(name=name, assignment=assignment, kernelspec=cells.kernelspec)
            db.add(notebook)
            for submission in assignment.submissions:
                db.add(SubmittedNotebook(notebook=notebook, assignment=submission))
            entries[name] = notebook
            db.flush()
    for name, notebook in entries.items():
        _rename(notebook, {old: new for (where, old), new in found.renamed.items() if where == name})
        db.flush()
        cells = now.get(name, Cells())
        for kind, table in KINDS.items():
            _enter_cells(db, notebook, kind, getattr(cells, table))
        _enter_sources(db, notebook, cells.source_cells)
        notebook.kernelspec = cells.kernelspec
        if name not in now:
            for theirs in notebook.submissions:
                db.delete(theirs)
            db.delete(notebook)
        db.flush()


def _compare(found: Changes, name: str, notebook: Notebook | None, cells: Cells) -> None:
    before = {kind: _table(notebook, kind) for kind in KINDS}
    sources = {cell.name: cell for cell in notebook.source_cells} if notebook else {}
    graded = before[GradeCell] | before[TaskCell]
    graded_now = cells.grade_cells | cells.task_cells
    answers, answers_now = before[SolutionCell], cells.solution_cells
    # What is a task now and was a question is another exercise: nbgrader keeps its marks elsewhere.
    others = {
        each for each in graded.keys() & graded_now.keys() if (each in cells.task_cells) != (each in before[TaskCell])
    }
    gone = sorted((graded.keys() | answers.keys()) - (graded_now.keys() | answers_now.keys()) | others)
    new = [each for each in graded_now | answers_now if each in others or (each not in graded and each not in answers)]
    renamed = _renamed(gone, new, sources, cells)
    found.renamed |= {(name, old): each for old, each in renamed.items()}
    found.removed += [(name, each) for each in gone if each not in renamed]
    for each in new:
        if each in graded_now and each not in renamed.values():
            found.added[name, each] = float(graded_now[each]["max_score"])
    for each, about in graded_now.items():
        if each in graded and graded[each].max_score != about["max_score"]:
            found.points[each] = graded[each].max_score, float(about["max_score"])
        elif each in sources and each not in answers_now and _differs(sources[each], cells.source_cells[each]):
            found.tests.append(each)
    texts = any(each not in sources or _differs(sources[each], about) for each, about in cells.source_cells.items())
    moved = any(before[kind].keys() != getattr(cells, table).keys() for kind, table in KINDS.items())
    kernel = notebook is not None and notebook.kernelspec != cells.kernelspec
    found.others = found.others or texts or moved or kernel or sources.keys() != cells.source_cells.keys()


def _table(notebook: Notebook | None, kind: type[BaseCell]) -> dict[str, Any]:
    return {cell.name: cell for cell in getattr(notebook, KINDS[kind])} if notebook else {}


def _differs(entry: SourceCell, about: dict[str, Any]) -> bool:
    return any(getattr(entry, key) != about[key] for key in ("source", "cell_type", "locked", "checksum"))


def _renamed(gone: list[str], new: list[str], sources: dict[str, SourceCell], cells: Cells) -> dict[str, str]:
    """Cells that are the same under another name: alone among those with their text, but for the name in it."""
    pairs = []
    for old in gone:
        for each in new:
            entry, about = sources.get(old), cells.source_cells.get(each)
            if entry is None or about is None or entry.cell_type != about["cell_type"]:
                continue
            # A test names its exercise: Report("square").
            text = re.sub(rf"(?<!\w){re.escape(_slug(old))}(?!\w)", _slug(each), entry.source or "")
            if about["source"] in (entry.source, text):
                pairs.append((old, each))
    firsts, seconds = [old for old, _ in pairs], [each for _, each in pairs]
    names = {old: each for old, each in pairs if firsts.count(old) == 1 and seconds.count(each) == 1}
    for old in set(gone) - names.keys():  # a test that was changed as well goes with its answer
        test = f"{names.get(_slug(old), '')}-test"
        if old != _slug(old) and test in set(new) - set(names.values()):
            names[old] = test
    return names


def _slug(name: str) -> str:
    return name.removesuffix("-test")


def _rename(notebook: Notebook, names: dict[str, str]) -> None:
    cells = [cell for table in KINDS.values() for cell in getattr(notebook, table)]
    for cell in [*cells, *notebook.source_cells]:
        cell.name = names.get(cell.name, cell.name)


def _enter_cells(db: Any, notebook: Notebook, kind: type[BaseCell], now: dict[str, dict[str, Any]]) -> None:
    """Enter a table of a notebook's cells; each submission gets a grade or a comment for what is new."""
    there = _table(notebook, kind)
    for name in there.keys() - now.keys():
        for marks in (Grade, Comment):
            db.query(marks).filter(marks.cell_id == there[name].id).delete()
        db.delete(there[name])
    for name, about in now.items():
        if name in there:
            for key in about.keys() & {"max_score", "cell_type"}:
                if getattr(there[name], key) != about[key]:
                    setattr(there[name], key, about[key])
            continue
        cell = kind(
            name=name, notebook=notebook, **{key: about[key] for key in about.keys() & {"max_score", "cell_type"}}
        )
        db.add(cell)
        db.flush()
        for theirs in notebook.submissions:
            for mark in _marks(kind):
                db.add(mark(cell_id=cell.id, notebook=theirs))


def _marks(kind: type[BaseCell]) -> Iterator[Any]:
    if kind is not SolutionCell:
        # What nobody has graded yet has no points, and waits for nobody until it is graded.
        yield lambda **where: Grade(auto_score=0.0, needs_manual_grade=False, **where)
    if kind is not GradeCell:
        yield Comment


def _enter_sources(db: Any, notebook: Notebook, now: dict[str, dict[str, Any]]) -> None:
    there = {cell.name: cell for cell in notebook.source_cells}
    for name in there.keys() - now.keys():
        db.delete(there[name])
    for name, about in now.items():
        if name not in there:
            db.add(SourceCell(name=name, notebook=notebook, **about))
        elif _differs(there[name], about):
            for key, value in about.items():
                setattr(there[name], key, value)


def _few(parts: list[str]) -> str:
    more = f" and {len(parts) - SHOWN} more" if len(parts) > SHOWN else ""
    return ", ".join(parts[:SHOWN]) + more
