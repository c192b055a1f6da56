"""Which cell of the master's each cell of a submission is: by its metadata, its id, its text, the names it defines.

Tools drop metadata, students rename what they should not, and an answer that is whole should be graded all the same.
What says more is asked of all cells before what says less: so a cell that merely bears the id of another one does not
take its place from the cell that is named so in its metadata, wherever that one stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.intake.elsewhere import Elsewhere, defined, elsewhere, wanted_names
from autograder.intake.odd_json import brief
from autograder.intake.salvage import Piece
from autograder.notebooks.notebook import is_plain
from autograder.tamper import ODD, STRAY, Note

__all__ = ["Match", "matched"]

MANY = 4  # notes of one kind that are told one by one

BY_NAME, BY_ID, BY_TEXT, BY_DEFINITIONS, BY_PLACE = (
    "its metadata",
    "its cell id",
    "its text",
    "the names that it defines",
    "the place where it stands",
)


@dataclass(frozen=True)
class Match:
    """The master's cell that a piece is, "" for none; and whether it is the first of that name and not a copy.

    A `part` of an answer stands in a cell of the student's own.
    """

    name: str = ""
    first: bool = True
    part: bool = False


def matched(
    pieces: list[Piece],
    by_id: dict[str, NotebookNode],
    shown: dict[str, NotebookNode],
    notes: list[Note],
    earlier: Callable[[str, str], bool] = lambda _name, _text: False,
    around: frozenset[str] = frozenset(),
) -> tuple[list[Match], Elsewhere]:
    """Return a match for each piece with what stands elsewhere; note each that could not be told by its metadata.

    `by_id` are the master's cells by grade_id, in order, `shown` the same as they were handed out; `earlier`
    says whether a cell was ever handed out with a text, `around` are the texts of the course's header and footer.
    """
    names: dict[int, str] = {}  # number of a piece -> its cell
    how: dict[int, str] = {}
    taken: set[str] = set()
    texts = {cell.source.strip(): name for name, cell in shown.items()}
    texts.pop("", None)
    kinds = {name: cell.cell_type if cell.metadata.nbgrader.solution else "" for name, cell in by_id.items()}
    answers = wanted_names(by_id, shown)

    def settle(way: str, guess: Callable[[int, Piece], str]) -> None:
        for number, piece in enumerate(pieces):
            name = guess(number, piece) if number not in names else ""
            if name and name not in taken:
                names[number], how[number] = name, way
                taken.add(name)

    def by_text(_: int, piece: Piece) -> str:
        return texts.get(piece.source.strip(), "")

    def written(piece: Piece) -> bool:
        return texts.get(piece.source.strip()) is None and bool(piece.source.strip())

    def of_copies(number: int, piece: Piece) -> str:
        return claimed[number] if claimed[number] in copies and written(piece) else ""

    def by_definitions(_: int, piece: Piece) -> str:
        there = defined(piece.source) if written(piece) and piece.kind == "code" else frozenset()
        fits = (name for name, wanted in answers.items() if wanted and wanted <= there and name not in taken)
        return next(fits, "")

    claimed = [_claimed(piece, by_id) for piece in pieces]
    # Of two cells that are named as one answer, that is the answer in which something is written.
    copies = {name for name in claimed if kinds.get(name) and claimed.count(name) > 1}
    settle(BY_NAME, lambda number, piece: of_copies(number, piece) if claimed[number] == piece.ident else "")
    settle(BY_NAME, of_copies)
    settle(BY_NAME, lambda number, piece: claimed[number] if claimed[number] == piece.ident else "")
    settle(BY_NAME, lambda number, _: claimed[number])
    settle(BY_ID, lambda _, piece: piece.ident if piece.ident in by_id else "")
    settle(BY_TEXT, lambda number, piece: "" if kinds.get(by_text(number, piece)) else by_text(number, piece))
    settle(BY_DEFINITIONS, by_definitions)
    settle(BY_TEXT, by_text)
    places = _between(pieces, names, kinds)
    settle(BY_PLACE, lambda number, _: places.get(number, ""))
    notes += _summed_up(
        [
            note
            for number, piece in enumerate(pieces)
            for note in _told(piece, claimed[number], names.get(number, ""), how.get(number, ""))
        ]
    )
    other = elsewhere(pieces, names, by_id, shown, earlier, around)
    matches = [
        Match(names[number])
        if number in names
        else Match(other.parts.get(number, claimed[number]), first=False, part=number in other.parts)
        for number in range(len(pieces))
    ]
    return matches, other


def _claimed(piece: Piece, by_id: dict[str, NotebookNode]) -> str:
    """The cell of the master's that a piece's metadata says it is, or ""."""
    name = piece.claims.get("grade_id") if piece.claims else None
    return name if isinstance(name, str) and name in by_id else ""


def _between(pieces: list[Piece], names: dict[int, str], kinds: dict[str, str]) -> dict[int, str]:
    """The pieces that stand, alone of their kind, where the master has an answer that is not there, and that answer.

    `names` are those of the pieces that are known; `kinds` the master's cells in order, each with "" or, for an answer,
    its type. Between the same two known cells one piece must be the only one, or the only one that claims to be a cell.
    """
    order = {name: number for number, name in enumerate(kinds)}
    gaps: dict[tuple[int, int], list[int]] = {}
    after = [len(order)] * (len(pieces) + 1)
    for number in range(len(pieces) - 1, -1, -1):
        after[number] = order[names[number]] if number in names else after[number + 1]
    before = -1
    for number in range(len(pieces)):
        if number in names:
            before = order[names[number]]
        elif pieces[number].source.strip():
            gaps.setdefault((before, after[number]), []).append(number)
    known = {}
    taken, listed = set(names.values()), list(kinds)
    for (first, last), numbers in gaps.items():
        absent = [name for name in listed[first + 1 : max(last, 0)] if kinds[name] and name not in taken]
        fits = [number for number in numbers if absent and pieces[number].kind == kinds[absent[0]]]
        fits = [number for number in fits if pieces[number].claims] or fits
        if len(absent) == 1 and len(fits) == 1:
            known[fits[0]] = absent[0]
    return known


def _told(piece: Piece, claimed: str, name: str, how: str) -> list[Note]:
    notes = []
    if piece.claims and not claimed:
        what = brief(piece.claims.get("grade_id"))
        notes.append(Note("unknown-cell", what, "nbgrader metadata of no cell of this assignment", ODD))
    if is_plain(name):
        return notes  # nbgrader gave it none
    if name and not piece.claims:
        severity = ODD if how == BY_PLACE and piece.kind == "code" else STRAY  # a text is read by a person
        reason = "known by its cell id alone" if how == BY_ID else f"known by {how} alone"
        notes.append(Note("metadata-lost", name, reason, severity))
    elif name and how != BY_NAME:
        notes.append(Note("renamed", name, f"its metadata names another cell; it was known by {how}", ODD))
    return notes


def _summed_up(notes: list[Note]) -> list[Note]:
    """The notes with one in the place of many: a tool that drops metadata drops it from all cells."""
    lost = [note for note in notes if note.kind == "metadata-lost"]
    if len(lost) < MANY:
        return notes
    reasons = Counter(note.detail for note in lost)
    ways = ", ".join(f"{count} {reason.removesuffix(' alone')}" for reason, count in reasons.items())
    guessed = [note for note in lost if note.severity != STRAY]
    whole = f"{len(lost)} cells lost nbgrader's metadata, as other tools do to a file: {ways}"
    return [
        *(note for note in notes if note.kind != "metadata-lost"),
        *guessed,
        Note("metadata-lost", "", whole, STRAY),
    ]
