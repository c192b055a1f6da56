"""What a reader sees of the cells that no point depends on: as they were handed in, or drawn here, or not at all.

Such a cell is one of the master's (a picture), or one of the student's own that called an instrument of the course,
which did nothing while points were earned. Where a submission brings its outputs along, these are shown, and marked as
such; else the cells run once more, with the whole package, in a box of which nothing counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output

from autograder.examining.entries import is_entry
from autograder.examining.keys import versions
from autograder.examining.known_results import BY_LOAD, KnownResults, displayed
from autograder.examining.notes import RunNotes
from autograder.examining.store import Store, hashed
from autograder.examining.student_pass import StudentPass
from autograder.examining.terms import Clock, Terms
from autograder.feedback.display import remember, shown
from autograder.notebooks.kinds import HANDED_IN, METADATA, is_test, kind_of
from autograder.notebooks.needed_cells import picture_cells
from autograder.tamper import Note

if TYPE_CHECKING:
    from autograder.sandbox.box import Sandbox

__all__ = ["MODES", "WAITING", "draw", "look_up", "picture_key", "put_off", "show", "waiting"]

MODES = ("handed-in", "drawn", "none")
NOT_YET = "Not drawn yet: `python -m autograder grade` draws it when all points of the class are entered.\n"
WAITING = "waiting"  # in a code cell's metadata: it is to be drawn when all points of the class are entered


def show(code: Sequence[NotebookNode], notes: Iterable[Note], mode: str) -> list[int]:
    """Give the cells that no point depends on the outputs that were handed in; return the numbers of those to draw.

    `notes` are those of the run; `mode` is one of `MODES`.
    """
    brought = [cell.metadata.pop(METADATA, {}) if not is_test(cell) else {} for cell in code]
    kinds = [kind_of(cell) if kind_of(cell) in ("test", "locked") else "own" for cell in code]
    pictures = picture_cells(list(zip(kinds, [cell.source for cell in code], strict=True)))
    names = {note.cell for note in notes if note.kind == "instrument"}
    called = {n for n, kind in enumerate(kinds) if kind == "own" and RunNotes(code).name(code[n]) in names}
    undrawn = []
    for number in sorted(pictures | {n for n in called if not _failed(code[n])}):
        outputs = brought[number].get(HANDED_IN) if mode == "handed-in" else None
        if outputs is not None or number in pictures:
            code[number].outputs = [_marked(), *map(from_dict, outputs)] if outputs else []
        if outputs is None and mode != "none":
            undrawn.append(number)
    return undrawn


def look_up(code: Sequence[NotebookNode], store: Store) -> None:
    """Take from the store what may be shown of outputs that were handed in, or keep it there.

    To make a drawing safe takes longer than all else that is done with a submission of which everything is known.
    """
    mark = _marked()  # made once: nbformat looks each over that is made
    for cell in code:
        if cell.outputs[:1] != [mark]:
            continue
        key = hashed("may be shown", cell.outputs, versions())
        safe = store.get(key)
        if isinstance(safe, list) and len(safe) == len(cell.outputs):
            remember(cell.outputs, safe)
        else:
            store.keep(key, [shown(output) for output in cell.outputs])


def waiting(code: Sequence[NotebookNode]) -> list[int]:
    """Return the numbers of the cells that still wait to be drawn."""
    return [number for number, cell in enumerate(code) if cell.metadata.get(METADATA, {}).get(WAITING)]


def put_off(code: Sequence[NotebookNode], numbers: Iterable[int]) -> None:
    """Mark cells as waiting to be drawn, and say so to whoever looks at them before."""
    for number in numbers:
        code[number].outputs = [new_output("stream", name="stdout", text=NOT_YET)]
        code[number].metadata[METADATA] = NotebookNode({WAITING: True})


def draw(
    code: Sequence[NotebookNode],
    numbers: Sequence[int],
    keys: Sequence[str],
    gallery: Sandbox,
    terms: Terms,
    store: Store | None,
) -> None:
    """Give cells, by their numbers, the outputs of a run in a box with the whole package, or those that are stored.

    `keys` are those of all cells' results; `store` may be None.
    """
    stored = {number: store.get(picture_key(keys[number])) if store else None for number in numbers}
    entries: dict[int, dict[str, Any]] = {n: entry for n, entry in stored.items() if is_entry(entry)}
    if unknown := sorted(set(numbers) - set(entries)):
        entries |= _drawn(code, unknown, gallery, terms)
    for number, entry in entries.items():
        code[number].outputs = list(map(from_dict, entry["outputs"]))
        for output in code[number].outputs:
            if output.output_type == "execute_result":
                output.execution_count = code[number].execution_count
        code[number].metadata.pop(METADATA, None)
        if store and number in unknown and entry["verdict"] not in BY_LOAD:
            store.keep(picture_key(keys[number]), displayed(entry))


def picture_key(key: str) -> str:
    """Return the key in the store of a cell's drawn outputs, given that of its result."""
    return hashed("picture", key)


def _drawn(code: Sequence[NotebookNode], numbers: Sequence[int], gallery: Any, terms: Terms) -> dict[int, Any]:
    copies = [NotebookNode(source=cell.source, metadata=cell.metadata, outputs=[]) for cell in code]
    drawing = StudentPass(gallery, terms, Clock(terms), KnownResults(cells=len(code)), RunNotes(code))
    try:
        for number in range(max(numbers) + 1):
            if not is_test(code[number]):
                drawing.cell(number, copies[number])
    finally:
        drawing.end()
    return {n: {"outputs": copies[n].outputs, "notes": [], "verdict": drawing.verdicts.get(n, "")} for n in numbers}


def _failed(cell: NotebookNode) -> bool:
    """Whether a cell showed an error of its own, which stays to be seen."""
    return any(output.output_type == "error" for output in cell.outputs)


def _marked() -> NotebookNode:
    words = "As handed in:"
    return new_output("display_data", data={"text/html": f"<p><em>{words}</em></p>", "text/plain": words})
