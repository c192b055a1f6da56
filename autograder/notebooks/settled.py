"""Tests whose names no later cell can change: they may be judged when all cells have run, as things are then.

A snapshot in the middle of a notebook is dear: every page that later cells touch is copied. Most cells behind a test do
no more than define functions of other names. Whatever else a cell does (a call, a decorator, an assignment into an
object, a name that is looked up as text) may have changed what a test reads, and then it has its snapshot in its place.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from autograder.notebooks.name_flow import plan
from autograder.notebooks.needed_cells import names_of
from autograder.notebooks.parsing import ONE_AT_A_TIME

__all__ = ["settled"]


def settled(cells: Sequence[tuple[str, str]], needed: Collection[int] = ()) -> set[int]:
    """Return the numbers of the tests that every later cell leaves alone, of ("locked" | "test" | "own", source).

    Of the locked cells, those that are `needed` are run.
    """
    with ONE_AT_A_TIME:
        master = [number for number, (kind, _) in enumerate(cells) if kind != "own"]
        read = plan([cells[number] for number in master]).names
        alone: set[int] = set()
        later: set[str] | None = set()  # the names that the cells after this one set; None where one may do anything
        for number in range(len(cells) - 1, -1, -1):
            kind, source = cells[number]
            if kind == "test":
                # A picture that is not run reads nothing and changes nothing, a guess for one above all.
                run = [source for n, (kind, source) in enumerate(cells[:number]) if kind == "own" or n in needed]
                names = _behind(set(read[master.index(number)]), run)
                if later is not None and names is not None and not names & later:
                    alone.add(number)
            elif later is not None and (kind == "own" or number in needed):
                later = later | names_of(source).sets if _only_defines(source) else None
        return alone


def _behind(names: set[str], sources: Sequence[str]) -> set[str] | None:
    """The names that what these names stand for may read in its turn; None where that cannot be told."""
    before = [names_of(source) for source in sources]
    while True:
        used = [cell for cell in before if (cell.sets | cell.alters) & names]
        if any(cell.doubt for cell in before):
            return None
        # Of its own names a cell's functions may read any.
        more = names.union(*(cell.reads | cell.sets for cell in used))
        if more == names:
            return names
        names = more


def _only_defines(source: str) -> bool:
    """Whether a cell does nothing but define functions, plain classes and constants."""
    try:
        return not names_of(source).doubt and all(map(_is_definition, ast.parse(source).body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _is_definition(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef):
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        evaluated = [
            *node.decorator_list,
            *arguments.defaults,
            *arguments.kw_defaults,
            node.returns,
            *(one.annotation for one in every if one),
        ]
        return not node.decorator_list and all(map(_is_plain, evaluated))
    if isinstance(node, ast.ClassDef):
        # A class of which this one is made may see to it that something happens.
        return not (node.decorator_list or node.bases or node.keywords) and all(map(_is_definition, node.body))
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Name) for target in node.targets) and _is_plain(node.value)
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _is_plain(node: ast.expr | None) -> bool:
    """Whether a value is a constant or a name, or made of such without asking anything."""
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.operand, ast.Constant)
    if isinstance(node, ast.Tuple | ast.List):
        return all(map(_is_plain, node.elts))
    return node is None or isinstance(node, ast.Constant | ast.Name)
