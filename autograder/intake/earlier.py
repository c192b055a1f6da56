"""A hand-in of an earlier version of the assignment: what the course changed since is nobody's edit.

The instructor corrects a test, rewords a text, changes points, adds, removes or renames an exercise; students go on
with the file that they have. `Handed` says of a submission which version that was, and what it explains.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nbformat import NotebookNode

from autograder.intake.salvage import Piece
from autograder.notebooks.versions import Past, digest

__all__ = ["Handed", "of_today"]


def of_today(pieces: list[Piece], by_id: dict[str, NotebookNode], past: Past) -> list[Piece]:
    """Return the pieces under the names that their cells have today, without the locked cells that are no more.

    The answer to an exercise that is no more is a cell of the student's own.
    """
    if not past.versions:
        return pieces
    today = []
    for piece in pieces:
        claims = piece.claims or {}
        name = past.now(_text(claims.get("grade_id")))
        if name and name not in by_id and past.knows(name):
            if not claims.get("solution"):
                continue
            today.append(replace(piece, ident="", claims=None))
        elif name and name != claims.get("grade_id"):
            today.append(replace(piece, ident=name, claims=claims | {"grade_id": name}))
        else:
            today.append(replace(piece, ident=past.now(piece.ident)) if piece.ident else piece)
    return today


class Handed:
    """The version that a student was handed, known by the cells that came back."""

    def __init__(self, past: Past, pieces: Iterable[Piece]) -> None:
        self.past = past
        names = ((_text((piece.claims or {}).get("grade_id")), piece.source) for piece in pieces)
        version = past.handed([(name, text) for name, text in names if name]) if past.versions else None
        self.names = None if version is None else [past.now(name) for name in version]

    def has(self, name: str) -> bool:
        """Return whether the cell was in it, as far as anything is remembered."""
        return self.names is None or name in self.names

    def text(self, name: str, text: str) -> bool:
        """Return whether a cell was ever handed out with this text."""
        return bool(self.past.versions) and digest(text) in self.past.texts(name)

    def flag(self, name: str, flag: str, value: Any) -> bool:
        """Return whether a cell was ever handed out with this value of a flag."""
        return any(value == other and type(value) is type(other) for other in self.past.flags(name, flag)) or (
            flag == "points" and isinstance(value, int | float) and value in self.past.flags(name, flag)
        )

    def kind(self, name: str, kind: str) -> bool:
        """Return whether a cell was ever handed out as code, or as text."""
        return any(cell.kind == kind for cell in self.past.cells.get(name, ()))

    def order(self, by_id: Iterable[str]) -> list[str]:
        """Return the master's cells in the order in which they were handed out; the new ones last."""
        ours = list(by_id)
        handed = [name for name in self.names or () if name in ours]
        return handed + [name for name in ours if name not in handed]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
