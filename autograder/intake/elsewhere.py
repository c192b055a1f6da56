"""Answers that stand in other cells than their own: in a new cell beside an untouched one, or in place of a lost one.

An answer's cell that still says what it was handed out with answers nothing, and what a student wrote beside it is the
answer. Code is known by the names that it defines, a written answer by where it stands: between the graded cells
before and after its own. Where neither is certain, a person is to look, and the answer's cell says so.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.intake.salvage import Piece
from autograder.notebooks.kinds import is_test
from autograder.notebooks.parsing import ONE_AT_A_TIME

__all__ = ["Elsewhere", "defined", "elsewhere", "for_the_marker", "joined", "wanted_names"]

LINES = re.compile(r"^(?:(?:async +def|def|class) +(\w+)|(\w+) *(?::[^=\n]+)?=(?!=))", re.MULTILINE)
DEFINES = re.compile(r"^(?:async +def|def|class) +(\w+)", re.MULTILINE)
MAGIC = re.compile(r"^\s*%%(time|timeit|capture|prun)\b.*\n?")
WORDS = 5  # of a text that may be an answer; fewer are a heading or a name


@dataclass
class Elsewhere:
    """Number of a piece -> the answer that it is, or a part of; and the answers of which that is not certain."""

    parts: dict[int, str] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)


def defined(source: str) -> frozenset[str]:
    """Return the names that a cell sets outside of its functions, classes and loops."""
    return frozenset(name for match in LINES.finditer(source) for name in match.groups() if name)


def wanted_names(by_id: Mapping[str, NotebookNode], shown: Mapping[str, NotebookNode]) -> dict[str, frozenset[str]]:
    """Return for each answer in code the names that it is to define.

    They are the functions and classes of the cell as it was handed out; where it has none, the names that the master's
    answer sets and a test reads.
    """
    codes = {name for name, cell in by_id.items() if cell.metadata.nbgrader.solution and cell.cell_type == "code"}
    read = frozenset().union(*(_read(cell.source) for cell in by_id.values() if is_test(cell)))
    return {
        name: frozenset(DEFINES.findall(shown[name].source)) or defined(by_id[name].source) & read for name in codes
    }


def elsewhere(
    pieces: list[Piece],
    names: Mapping[int, str],
    by_id: Mapping[str, NotebookNode],
    shown: Mapping[str, NotebookNode],
    earlier: Callable[[str, str], bool],
    around: frozenset[str],
) -> Elsewhere:
    """Return what of the pieces that are no cell of the master's (not in `names`) answers what is not answered."""
    numbers = {name: number for number, name in names.items()}
    open_answers = [
        name
        for name, cell in by_id.items()
        if cell.metadata.nbgrader.solution
        and (name not in numbers or _untouched(pieces[numbers[name]], name, shown[name], earlier))
    ]
    result = Elsewhere()
    stubs = {cell.source.strip() for cell in shown.values()} | around | {""}
    own = [number for number, piece in enumerate(pieces) if number not in names and piece.source.strip() not in stubs]
    if not own or not open_answers:
        return result
    by_name = wanted_names(by_id, shown)
    for name in open_answers:
        region = list(_region(name, numbers, by_id, len(pieces)))
        for number in own:
            if number not in result.parts and _defines(
                pieces[number], by_name.get(name), shown[name], number in region
            ):
                result.parts[number] = name
    for name in open_answers:
        if by_id[name].metadata.nbgrader.get("grade") and name not in result.parts.values():
            _written(
                name,
                [n for n in own if _is_prose(pieces[n]) or by_id[name].cell_type == "code"],
                result,
                set(_region(name, numbers, by_id, len(pieces))),
                max(names, default=-1),
            )
    return result


def _untouched(piece: Piece, name: str, stub: NotebookNode, earlier: Callable[[str, str], bool]) -> bool:
    return not piece.pictures and (piece.source.strip() in ("", stub.source.strip()) or earlier(name, piece.source))


def _written(name: str, own: list[int], result: Elsewhere, region: set[int], last: int) -> None:
    """Look for an answer that a person is to read, and take what stands beside its cell."""
    beside = [number for number in own if number in region]
    result.parts |= {number: name for number in beside if number not in result.parts}
    if name not in result.parts.values() and (beside or any(number > last for number in own)):
        result.doubtful.add(name)


def _defines(piece: Piece, wanted: frozenset[str] | None, stub: NotebookNode, beside: bool) -> bool:
    """Whether a piece is the code of an answer: a function of it wherever it stands, a value only beside its cell."""
    if not wanted or not wanted & defined(piece.source):
        return False
    if piece.kind != "code" and not _is_python(piece.source):
        return False
    return beside or bool(DEFINES.search(stub.source))


def _region(name: str, numbers: Mapping[str, int], by_id: Mapping[str, NotebookNode], count: int) -> Iterator[int]:
    """The numbers of the pieces between the graded cells, and other answers, before and after an answer's own."""
    order = list(by_id)
    place = order.index(name)
    first, last = -1, count
    for other, cell in by_id.items():
        about = cell.metadata.nbgrader
        if other != name and other in numbers and (about.get("grade") or about.get("solution")):
            if order.index(other) < place:
                first = max(first, numbers[other])
            else:
                last = min(last, numbers[other])
    yield from range(first + 1, last)


def _is_prose(piece: Piece) -> bool:
    """Whether a piece is a text that somebody wrote: also in a code cell, as comments or as no Python at all."""
    if len(re.findall(r"[^\W\d_]{2,}|[一-鿿぀-ヿ가-힯]", piece.source)) < WORDS and not piece.pictures:
        return False
    return piece.kind != "code" or not _is_python(piece.source) or not _statements(piece.source)


def _is_python(source: str) -> bool:
    try:
        with ONE_AT_A_TIME:
            ast.parse(MAGIC.sub("", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _statements(source: str) -> bool:
    """Whether Python has anything to do but to read a text."""
    with ONE_AT_A_TIME:
        body = ast.parse(MAGIC.sub("", source)).body
    return not all(isinstance(entry, ast.Expr) and isinstance(entry.value, ast.Constant) for entry in body)


def _read(source: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d]\w*", source))


def joined(parts: list[Piece], kind: str) -> str:
    """Return the text of an answer that stands in these cells; of several, code that is no Python is left out."""
    if len(parts) > 1 and kind == "code":
        parts = [part for part in parts if _is_python(part.source)] or parts[-1:]
        return "\n\n".join(MAGIC.sub("", part.source).strip("\n") for part in parts)
    return "\n\n".join(part.source for part in parts)


def for_the_marker(stub: NotebookNode) -> str:
    """Return an answer's text, as handed out, with a line for whoever marks it."""
    line = "Nothing was written here; there is text in other cells of this notebook: please look there."
    return f"{stub.source}\n\n" + (f"# {line}" if stub.cell_type == "code" else f"*({line})*")
