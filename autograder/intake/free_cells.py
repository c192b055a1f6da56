"""Free cells, such as a guess before a picture: a student's own wherever they stand, and never anybody's answer.

The master's version is not graded at all: so it neither doubles a student's nor overwrites it, and to edit, move, copy
or delete one is no difference that anybody is told of.
"""

from __future__ import annotations

from dataclasses import replace

from nbformat import NotebookNode

from autograder.intake.salvage import Piece
from autograder.notebooks.kinds import FREE, is_free

__all__ = ["apart", "without_free_cells"]


def without_free_cells(master: NotebookNode) -> NotebookNode:
    """Return the master without its free cells; the one that was given stays as it is."""
    if not any(map(is_free, master.cells)):
        return master
    return NotebookNode({**master, "cells": [cell for cell in master.cells if not is_free(cell)]})


def apart(pieces: list[Piece], master: NotebookNode) -> list[Piece]:
    """Return the pieces for matching, in which those that are free cells say nothing.

    A guess in words beside an empty answer would else be taken for what the student wrote elsewhere. Such a cell is
    known by its id, its tag, or its first line, as tools drop some of them.
    """
    free = [cell for cell in master.cells if is_free(cell)]
    idents, lines = {cell.get("id", "") for cell in free} - {""}, {_first_line(cell.source) for cell in free} - {""}
    return [
        replace(piece, source="", ident="", claims=None)
        if not piece.claims and (piece.ident in idents or FREE in piece.tags or _first_line(piece.source) in lines)
        else piece
        for piece in pieces
    ]


def _first_line(source: str) -> str:
    """The comment that a cell begins with; code is no mark of it."""
    line = source.strip().split("\n")[0].strip()
    return line if line.startswith("#") else ""
