"""nbgrader's gradebook, opened once for as long as a command is at work.

nbgrader opens the gradebook anew for each of a submission's steps, nine times in all, and each time makes a new engine
that looks for every table and prepares every statement again. Inside `kept` the grading steps of this package share
one; outside, as under `nbgrader autograde` itself, each has its own for as long as it needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

from nbgrader.api import BaseCell, Comment, Grade, Gradebook
from sqlalchemy import make_url

from autograder.gradebook.file import patient
from autograder.gradebook.tables import versioned

__all__ = ["Master", "Sheet", "is_kept", "kept", "master", "opened"]


@dataclass(frozen=True)
class Master:
    """What the gradebook knows of a notebook of the instructor's: cells by name, points of the graded, its kernel."""

    cells: dict[str, SimpleNamespace]
    graded: dict[str, SimpleNamespace]
    kernelspec: str | None


_kept: dict[str, Gradebook] = {}
_masters: dict[tuple[str, str, str], Master] = {}


@contextmanager
def kept(url: str, course: str = "") -> Iterator[None]:
    """Keep the gradebook at this address open for all that is done inside."""
    if url in _kept:
        yield
        return
    with Gradebook(versioned(_waiting(url)), *([course] if course else [])) as gradebook:
        _kept[url] = gradebook
        try:
            yield
        finally:
            del _kept[url]
            for key in [key for key in _masters if key[0] == url]:
                del _masters[key]


def _waiting(url: str) -> str:
    """An address with which a file that another program writes into is waited for."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return url
    return patient(address).render_as_string(hide_password=False)


def is_kept(url: str) -> bool:
    """Return whether the gradebook at this address is open for all that is done now."""
    return url in _kept


@contextmanager
def opened(url: str) -> Iterator[Gradebook]:
    """Give the gradebook at this address: the one that is kept, or one that is closed at the end.

    What was not committed is rolled back, and no transaction stays open.
    """
    if url not in _kept:
        with Gradebook(versioned(_waiting(url))) as gradebook:
            yield gradebook
        return
    try:
        yield _kept[url]
    finally:
        _kept[url].db.remove()


def master(gradebook: Gradebook, url: str, assignment: str, notebook: str) -> Master:
    """Return what the gradebook knows of a notebook, read once where it is kept; raises nbgrader's MissingEntry."""
    key = url, assignment, notebook
    if key in _masters:
        return _masters[key]
    entry = gradebook.find_notebook(notebook, assignment)
    contents = Master(
        {
            cell.name: SimpleNamespace(
                name=cell.name,
                cell_type=cell.cell_type,
                locked=cell.locked,
                checksum=cell.checksum,
                source=cell.source,
            )
            for cell in entry.source_cells
        },
        {
            cell.name: SimpleNamespace(name=cell.name, max_score=cell.max_score)
            for cell in [*entry.grade_cells, *entry.task_cells]
        },
        entry.kernelspec,
    )
    if url in _kept:
        _masters[key] = contents
    return contents


class Sheet:
    """The grades and comments of one submitted notebook, read in two statements and written in one transaction.

    It answers what nbgrader's steps ask of a gradebook; all else is the gradebook's own answer.
    """

    def __init__(self, gradebook: Gradebook, notebook: str, assignment: str, student: str) -> None:
        self._gradebook = gradebook
        entry = gradebook.find_submission_notebook(notebook, assignment, student)
        self._grades: dict[str, Grade]
        self._comments: dict[str, Comment]
        self._grades, self._comments = (
            dict(
                gradebook.db.query(BaseCell.name, kind)
                .join(kind, BaseCell.id == kind.cell_id)
                # By cells first: grades are indexed by cell and notebook, and there are as many as a class has answers.
                .filter(BaseCell.notebook_id == entry.notebook_id, kind.notebook_id == entry.id)
                .all()
            )
            for kind in (Grade, Comment)
        )

    @property
    def grades(self) -> dict[str, Grade]:
        """The grades by the names of their cells."""
        return self._grades

    def find_grade(self, cell: str, *where: str) -> Grade:
        """Return the grade of a cell; raises nbgrader's MissingEntry."""
        return self._grades.get(cell) or self._gradebook.find_grade(cell, *where)

    def find_comment(self, cell: str, *where: str) -> Comment:
        """Return the comment on a cell; raises nbgrader's MissingEntry."""
        return self._comments.get(cell) or self._gradebook.find_comment(cell, *where)

    @property
    def db(self) -> Sheet:
        """Where nbgrader commits after each cell; this one commits at the end."""
        return self

    def commit(self) -> None:
        """Do nothing yet: see `write`."""

    def write(self) -> None:
        """Commit all that was changed."""
        self._gradebook.db.commit()
