"""Which locked cells the student's process must run for points: those that answers and tests depend on, by their names.

A locked cell is needed where it sets, or may alter, a name that a student's cell reads, that a test asks the student's
process for, or that another needed cell reads. Whatever cannot be told is needed: a cell that is no plain Python, names
that are looked up as text. Calling a function is not taken for an alteration; handing it data is.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograder.notebooks.name_flow import BUILTIN, by_name, outside_of, plan, statement_of
from autograder.notebooks.parsing import ONE_AT_A_TIME

__all__ = ["cells_of_test", "names_of", "needed_cells", "picture_cells"]

# With these, code may read any name without naming it.
INDIRECT = frozenset(
    [
        *("globals", "locals", "vars", "dir", "eval", "exec", "compile", "get_ipython", "In", "Out", "_", "__"),
        *("sys", "inspect", "importlib", "gc", "builtins", "__builtins__", "__import__", "__main__"),
    ]
)
# A line that IPython makes no other Python of: a comment, or an assignment that begins at the margin. Of anything else
# it may: magics with and without their sign, commands, questions, what is indented or pasted with its prompts.
AS_WRITTEN = re.compile(r"[ \t]*(?:#.*)?|(?!.*(?:=[ \t]*[%!]|\?[ \t]*$|\bawait\b))\w+[ \t]*=(?!=).*")


@dataclass
class Names:
    """What a cell does with names: `sets` binds, `alters` may change the value, `reads` needs; in `doubt`, anything."""

    sets: set[str] = field(default_factory=set)
    alters: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)  # modules, functions and classes among them
    doubt: bool = False


def needed_cells(cells: Iterable[tuple[str, str]]) -> set[int]:
    """Return the numbers of the locked cells that are needed, of ("locked" | "test" | "own", source) in order."""
    with ONE_AT_A_TIME:
        return set(_needed(tuple(cells)))


def picture_cells(cells: Sequence[tuple[str, str]]) -> set[int]:
    """Return the numbers of the locked cells that no point depends on, and that the examiner does not show either."""
    master = [number for number, (kind, _) in enumerate(cells) if kind != "own"]
    displays = {master[place] for place in plan([cells[number] for number in master]).whole}
    locked = {number for number, (kind, _) in enumerate(cells) if kind == "locked"}
    return locked - needed_cells(cells) - displays


@functools.lru_cache(256)
def _needed(cells: tuple[tuple[str, str], ...]) -> frozenset[int]:
    names = {number: names_of(source) for number, (_, source) in enumerate(cells)}
    locked = [number for number, (kind, _) in enumerate(cells) if kind == "locked"]
    own = [number for number, (kind, _) in enumerate(cells) if kind == "own"]
    if any(names[number].doubt for number in own):
        return frozenset(locked)
    master = [cell for cell in cells if cell[0] != "own"]
    reads = set().union(*plan(master).names.values(), *(names[number].reads for number in own))
    functions = set().union(*(names[number].functions for number in names))
    functions |= BUILTIN - set().union(*(names[number].sets for number in names))  # dtype=float alters no float
    needed: set[int] = {number for number in locked if names[number].doubt}
    while True:
        for number in needed:
            reads |= names[number].reads
        more = {n for n in locked if names[n].sets & reads or (names[n].alters - functions) & reads}
        if more <= needed:
            return frozenset(needed)
        needed |= more


def cells_of_test(cells: Sequence[tuple[str, str]], test: int) -> set[int]:
    """Return the numbers of those cells before a test that it depends on by their names, student's cells among them.

    Of a cell that may read or set anything nothing is believed but what it names.
    """
    with ONE_AT_A_TIME:
        master = [number for number, (kind, _) in enumerate(cells) if kind != "own"]
        reads = set(plan([cells[number] for number in master]).names[master.index(test)])
        before = {n: names_of(source) for n, (kind, source) in enumerate(cells[:test]) if kind != "test"}
        words = {n: set(re.findall(r"\w+", cells[n][1])) for n, names in before.items() if names.doubt}
        needed: set[int] = set()
        while True:
            for number in needed:
                reads |= before[number].reads
            more = {n for n, names in before.items() if (names.sets | names.alters | words.get(n, set())) & reads}
            if more <= needed:
                return needed
            needed |= more


@functools.lru_cache(1024)
def names_of(source: str) -> Names:
    """What a cell does with names of the notebook, read off its syntax tree and bytecode."""
    names = Names()
    try:
        tree = ast.parse(source)
    except SyntaxError:
        # If it is a guess in words without quotes, no line of it runs.
        names.doubt = not all(map(AS_WRITTEN.fullmatch, source.splitlines()))
        return names
    except (ValueError, RecursionError, MemoryError):
        names.doubt = True
        return names
    try:
        # A name may be written in other letters that mean the same.
        plain = source.isascii() and "globals" not in source
        named = tree.body if plain else [by_name(statement) for statement in tree.body]
        statements = list(map(statement_of, tree.body, named))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        names.doubt = True
        return names
    for statement in statements:
        names.sets |= statement.sets
    names.reads = outside_of(statements)
    mentioned = names.reads | names.sets | {name for statement in statements for name in statement.later}
    for node in (node for statement in named for node in ast.walk(statement)):
        names.alters |= _altered(node) & mentioned
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.functions.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.functions |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
    names.doubt = "*" in names.sets or bool((mentioned - names.sets) & INDIRECT)
    return names


def _altered(node: ast.AST) -> set[str]:
    """The names whose values a piece of code may change in place."""
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return _base(node)
    if isinstance(node, ast.AugAssign):
        return _base(node.target)
    if isinstance(node, ast.Call):
        method = [node.func] if isinstance(node.func, ast.Attribute) else []
        return set().union(*map(_base, [*method, *node.args, *(keyword.value for keyword in node.keywords)]))
    return set()


def _base(node: ast.expr) -> set[str]:
    """The name at the bottom of a.b[c].d, if there is one."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
