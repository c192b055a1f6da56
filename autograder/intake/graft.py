"""A submission rebuilt from the instructor's master: only the student's answers come across.

What is graded is the master notebook, with all of its tests, in which the text of each answer cell is the student's,
and the student's own extra cells stand where they stood, without any metadata. Everything else that differs is a note
in the tamper report. nbgrader reads submissions through `SubmissionExporter`, which its setting
`Autograde.exporter_class` names; so a notebook that nbgrader could not even open is graded like any other, and no batch
stops at it.
"""

from __future__ import annotations

import copy
import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.converters.base import NbGraderException
from traitlets.config import Config

from autograder.building.released_steps import GOES_ON
from autograder.building.running_anywhere import fetches_package
from autograder.course import Course
from autograder.gradebook.entry import bring_up, is_entered
from autograder.gradebook.server import reach
from autograder.gradebook.session import is_kept, opened
from autograder.gradebook.turns import at_work
from autograder.intake.choice import handed_in as chosen
from autograder.intake.drawings import brought_along
from autograder.intake.earlier import Handed, of_today
from autograder.intake.elsewhere import Elsewhere, for_the_marker, joined
from autograder.intake.free_cells import apart, without_free_cells
from autograder.intake.matching import Match, matched
from autograder.intake.odd_json import brief
from autograder.intake.released import around, released
from autograder.intake.salvage import Piece, cut, salvage
from autograder.intake.suspicion import suspected
from autograder.notebooks.kinds import HANDED_IN, METADATA, is_test
from autograder.notebooks.notebook import grade_id, is_plain, known, named
from autograder.notebooks.versions import FLAGS, Past, past
from autograder.problem import Problem
from autograder.submission import Submission
from autograder.tamper import ACCIDENT, ATTACK, ODD, STRAY, Note, write_notes

__all__ = ["SubmissionExporter", "graft"]

MAKE = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
# A cell that nbclient leaves out has no output, and nbgrader takes no output for success.
LEFT_OUT = {"skip-execution", GOES_ON}


class SubmissionExporter(NotebookExporter):
    """Reads what students handed in by grafting it, and every other notebook as nbgrader does.

    nbgrader makes it before it touches a submission. Raises NbGraderException where the gradebook cannot be had or
    written, or another grader is at this course: nbgrader by itself would take away what was graded earlier, and then
    find that out.
    """

    def __init__(self, *words: Any, **keywords: Any) -> None:
        super().__init__(*words, **keywords)
        url = str(self.parent.coursedir.db_url) if self.parent else ""
        if url and not is_kept(url):
            try:
                reach(url)
                if other := at_work(Path(self.parent.coursedir.root), url):  # type: ignore[union-attr]  # as above
                    raise Problem(f"{other} is at work in this course; wait for its end and grade again")
                _bring_up(self.parent, url)
            except Problem as problem:
                self.log.error("%s", problem)
                raise NbGraderException(str(problem)) from None

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[Any, Any]:
        """Return the notebook to grade; for a submission, the master with the student's answers in it."""
        folder = self.parent.coursedir  # type: ignore[union-attr]  # nbgrader makes it with its converter as parent
        about = (resources or {}).get("nbgrader", {})
        assignment, student, name = (str(about.get(key, "")) for key in ("assignment", "student", "notebook"))
        root = Path(folder.root)
        submission = Submission(Course(root), assignment, student)
        handed_in = root / folder.format_path(folder.submitted_directory, student, assignment) / f"{name}.ipynb"
        if (root / filename) != handed_in:
            return super().from_filename(filename, resources, **kw)
        master = known(root / folder.format_path(folder.source_directory, ".", assignment) / f"{name}.ipynb")
        earlier = past(submission.course, assignment, name)
        notebook, notes = graft(master, chosen(submission, f"{name}.ipynb"), self.config, earlier)
        write_notes(submission.tamper_notes, name, [*notes, *suspected(notebook)])
        return self.from_notebook_node(notebook, resources=resources, **kw)


def _bring_up(converter: Any, url: str) -> None:
    """Let nbgrader's own autograde use what is in source/ now; raises Problem where it cannot."""
    assignment = str(converter.coursedir.assignment_id)
    course = Course(Path(converter.coursedir.root))
    if not course.notebooks(assignment):
        return  # nbgrader says so itself
    if not is_entered(url, assignment):  # built by us, or handed out from another machine
        with opened(url) as gradebook:
            gradebook.add_assignment(assignment)
    if bring_up(course, url, assignment, converter.log.warning):
        converter.log.warning("Whoever is not graded now keeps the points by what was there before: use --force")


def graft(
    master: NotebookNode, path: Path, config: Config | None = None, earlier: Past | None = None
) -> tuple[NotebookNode, list[Note]]:
    """Return the master with the answers of the notebook at `path` in it, and a note for every other difference.

    An answer that is missing stays as it was handed out. Where an answer cell was copied, one is the answer and the
    others are extra cells where they stood, so that the last definition counts, as it did for the student. What an
    `earlier` version explains is no difference.
    """
    pieces, notes = salvage(path)
    whole, master = master, named(without_free_cells(master))
    shown = released(master, config)
    by_id = {grade_id(cell): cell for cell in master.cells}
    handed = Handed(earlier or Past(), pieces)
    pieces = of_today(pieces, by_id, handed.past)
    pieces = [piece for piece in pieces if not fetches_package(piece.source)]  # the package is there
    of_pieces, other = matched(apart(pieces, whole), by_id, shown, notes, handed.text, around(config))
    matches = list(zip(pieces, of_pieces, strict=True))
    come = _come_across(matches, by_id, shown, notes, handed)
    notes += _absent(by_id, [*come.places, *other.parts.values()], come.places, handed) if pieces else []
    notes += _from_elsewhere(matches, other, by_id, shown, come)
    _with_drawings(come, by_id, path.parent, notes)

    # Ids of their own, the same each time: the student's could be those of the master's cells.
    names = (f"extra-{number}" for number in itertools.count(1))
    for cell in itertools.chain.from_iterable(come.extras.values()):
        cell.id = next(name for name in names if name not in by_id)
    outputs = {
        match.name: piece.outputs
        for piece, match in matches
        if match.name and match.first and _is_run(piece, by_id[match.name], shown[match.name])
    }
    grafted = copy.deepcopy(master)
    grafted.cells = list(come.extras.get("", []))
    for cell in copy.deepcopy(master.cells):
        name = grade_id(cell)
        if cell.metadata.nbgrader.solution:
            cell.source = come.answers.get(name, shown[name].source)
            if cell.cell_type == "markdown" and come.pictures.get(name):
                cell.attachments = NotebookNode(come.pictures[name])
        _with_outputs(cell, outputs.get(name))
        grafted.cells += [cell, *come.extras.get(name, [])]
    return grafted, notes


@dataclass
class _Come:
    """What comes across: answers and their pictures by grade_id, the student's own cells by the cell before them."""

    answers: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    extras: dict[str, list[NotebookNode]] = field(default_factory=dict)  # "" for the start
    places: list[str] = field(default_factory=list)  # the master's cells that are there, in their order


def _come_across(
    matches: list[tuple[Piece, Match]],
    by_id: dict[str, NotebookNode],
    shown: dict[str, NotebookNode],
    notes: list[Note],
    handed: Handed,
) -> _Come:
    come, before = _Come(), ""
    # A copy of what was handed out would undo an answer above it.
    stubs = {shown[name].source.strip() for name, cell in by_id.items() if cell.metadata.nbgrader.solution}
    for piece, match in matches:
        name = match.name
        if match.part or (not match.first and piece.source.strip() in stubs):
            continue
        if not name:
            come.extras.setdefault(before, []).append(_plain(piece))
            continue
        meta, kind = by_id[name].metadata.nbgrader, by_id[name].cell_type
        if not match.first:
            notes.append(Note("duplicated", name, "a second cell of this name became an extra cell", STRAY))
            if meta.solution:
                come.extras.setdefault(before, []).append(MAKE[kind](cut(kind, piece.source, name, notes)))
            continue
        come.places.append(name)
        before = name
        notes += _differences(piece, name, by_id[name], shown[name], handed)
        if meta.solution and (piece.pictures or not handed.text(name, piece.source)):  # else a stub of earlier
            # Cut once more: a code cell that was handed in as text could be longer than one of code.
            come.answers[name] = cut(kind, piece.source, name, notes)
            come.pictures[name] = piece.pictures
    return come


def _from_elsewhere(
    matches: list[tuple[Piece, Match]],
    other: Elsewhere,
    by_id: dict[str, NotebookNode],
    shown: dict[str, NotebookNode],
    come: _Come,
) -> list[Note]:
    """Put answers that stand in cells of the student's own where they belong, and note each."""
    notes: list[Note] = []
    for name in dict.fromkeys(other.parts.values()):
        parts = [piece for piece, match in matches if match.part and match.name == name]
        kind = by_id[name].cell_type
        come.answers[name] = cut(kind, joined(parts, kind), name, notes)
        come.pictures[name] = {key: bundle for piece in parts for key, bundle in piece.pictures.items()}
        where = "a cell" if len(parts) == 1 else f"{len(parts)} cells"
        written = by_id[name].metadata.nbgrader.get("grade")
        what = "was put here for whoever marks it" if written else "was graded as the answer"
        detail = f"it stands in {where} of the student's own and {what}"
        notes.append(Note("answer-elsewhere", name, detail, ACCIDENT if written else STRAY))
    for name in sorted(other.doubtful):
        come.answers[name] = for_the_marker(shown[name])
        detail = "nothing is written in its cell, but text stands in other cells: read that before it is marked"
        notes.append(Note("answer-elsewhere", name, detail, ACCIDENT))
    return notes


def _with_drawings(come: _Come, by_id: dict[str, NotebookNode], folder: Path, notes: list[Note]) -> None:
    """Attach the pictures that lie beside the notebook to the texts that show them."""
    for name in [name for name in come.answers if by_id[name].cell_type == "markdown"]:
        text, pictures = come.answers[name], come.pictures.get(name, {})
        come.answers[name], come.pictures[name] = brought_along(text, pictures, folder, name, notes)
    for cell in itertools.chain.from_iterable(come.extras.values()):
        if cell.cell_type == "markdown":
            attached = dict(cell.get("attachments", {}))
            cell.source, pictures = brought_along(cell.source, attached, folder, "a cell of one's own", notes)
            if pictures:
                cell.attachments = NotebookNode(pictures)


def _is_run(piece: Piece, master: NotebookNode, shown: NotebookNode) -> bool:
    """Whether what is run here is what the student ran: an answer, or the master's cell as it was handed out."""
    return bool(master.metadata.nbgrader.solution) or piece.source.strip() == shown.source.strip()


def _plain(piece: Piece) -> NotebookNode:
    """A piece as a cell without any metadata."""
    cell = MAKE[piece.kind](piece.source)
    if piece.pictures:
        cell.attachments = NotebookNode(piece.pictures)
    _with_outputs(cell, piece.outputs)
    return cell


def _with_outputs(cell: NotebookNode, outputs: list[dict[str, Any]] | None) -> None:
    """Lay a code cell's outputs as they were handed in where nbgrader's steps leave them alone until it has run."""
    if outputs is not None and cell.cell_type == "code" and not is_test(cell):
        cell.metadata[METADATA] = NotebookNode({HANDED_IN: outputs})


def _differences(piece: Piece, name: str, master: NotebookNode, shown: NotebookNode, handed: Handed) -> list[Note]:
    notes = []
    meta = master.metadata.nbgrader
    test = is_test(master)
    if piece.kind != master.cell_type and not handed.kind(name, piece.kind):
        notes.append(
            Note("retyped", name, f"{master.cell_type} became {piece.kind}; it was graded as {master.cell_type}")
        )
    same = piece.source.strip() == shown.source.strip() or handed.text(name, piece.source)
    if not meta.solution and not same:
        detail = "the test was changed; the master's was run" if test else "the text was changed; the master's was used"
        notes.append(Note("edited", name, detail, ODD if test else STRAY))
    claims = piece.claims or {}  # none where a tool dropped the metadata, which is no claim to be anything
    older = claims.get("schema_version") in range(1, int(meta.get("schema_version", 1)))
    for flag in FLAGS:
        claimed, right = claims.get(flag, meta.get(flag)), meta.get(flag)
        # The flags of the student version are those of the master, and nothing that runs a notebook changes them.
        if claimed != right and not handed.flag(name, flag, claimed):
            # Notebooks of an older nbgrader say so themselves, and may have other flags for the same.
            severity = STRAY if older and flag in ("schema_version", "locked", "task") else ATTACK
            notes.append(Note("flags", name, f"{flag} is {brief(claimed)[:40]} and was {right}", severity))
    expected = [*master.metadata.get("tags", []), *([GOES_ON] if meta.solution else [])]  # students get answers with it
    stray = [tag for tag in piece.tags if tag not in expected]
    if stray:
        severity = ATTACK if LEFT_OUT & set(stray) else STRAY
        notes.append(Note("tagged", name, f"tags {', '.join(stray)} were taken away", severity))
    return notes


def _absent(by_id: dict[str, NotebookNode], present: list[str], places: list[str], handed: Handed) -> list[Note]:
    notes = []
    for name, cell in by_id.items():
        if name not in present and handed.has(name) and not is_plain(name):  # students may do as they like with those
            meta = cell.metadata.nbgrader
            what = "answer" if meta.solution else "test" if meta.grade else "text"
            notes.append(
                Note(
                    "missing",
                    name,
                    f"the {what} is not there; the master's was put back",
                    ODD if what == "test" else STRAY,
                )
            )
    orders = [[name for name in order if name in places] for order in (list(by_id), handed.order(by_id))]
    moved = [name for name, there in zip(places, orders[0], strict=True) if name != there]
    if moved and places != orders[1]:
        notes.append(Note("moved", moved[0], f"{len(moved)} cells stand in another order; the master's order was used"))
    return notes
