"""Which statements of the master's own cells a test needs, and which names are the student's: read off the bytecode.

The examiner runs a locked cell only as far as test cells use its names, and leaves out what would need the student's
code at once (picture cells). A name that is left over, which no such statement, test cell or builtin defines, is the
student's.
"""

from __future__ import annotations

import ast
import builtins
import copy
import dis
import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import CodeType

from autograder.notebooks.parsing import ONE_AT_A_TIME

__all__ = [
    "BUILTIN",
    "Plan",
    "Statement",
    "by_name",
    "earlier",
    "independent",
    "outside_of",
    "plan",
    "shadowed",
    "statement_of",
    "taken_away",
]

LOADS = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS")  # the last one from Python 3.12 on
BUILTIN = frozenset(dir(builtins)) | {"display", "get_ipython"}


@dataclass
class Statement:
    """One top-level statement: what it sets, reads at once, reads later when a function in it is called, and alters."""

    tree: ast.stmt
    sets: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    alters: set[str] = field(default_factory=set)


@dataclass
class Plan:
    """For each cell: the locked statements that the examiner runs there, or the student's names that a test reads."""

    run: dict[int, list[ast.stmt]]
    names: dict[int, set[str]]
    whole: set[int]  # locked cells that are one expression over the master's own names: shown by the examiner


def plan(cells: Iterable[tuple[str, str]]) -> Plan:
    """Plan the master's cells, ("locked" or "test", source) in order; a locked cell that is no Python is left out."""
    with ONE_AT_A_TIME:
        return _plan(tuple(cells))


@functools.lru_cache(64)  # a class has the same master
def _plan(cells: tuple[tuple[str, str], ...]) -> Plan:
    locked: dict[int, list[Statement]] = {}
    tests: dict[int, list[Statement]] = {}
    for number, (kind, source) in enumerate(cells):
        try:
            body = [statement_of(tree) for tree in ast.parse(source).body]
        except SyntaxError:
            body = []
        (tests if kind == "test" else locked)[number] = body
    of_tests = {name for body in tests.values() for statement in body for name in statement.sets}
    statements = [statement for body in locked.values() for statement in body]
    own, clean = _master(statements, of_tests)
    needed, chosen = _chosen(clean, {name for body in tests.values() for name in outside_of(body)})
    run = {
        number: [statement.tree for statement in body if any(statement is other for other in chosen)]
        for number, body in locked.items()
    }
    needs = {name for statement in chosen for name in statement.reads | statement.later}
    defined = own | of_tests | BUILTIN
    names = {number: (outside_of(body) | needs) - defined for number, body in tests.items()}
    whole = {
        number
        for number, body in locked.items()
        if len(body) == 1
        and isinstance(body[0].tree, ast.Expr)
        and any(body[0] is other for other in clean)
        and body[0].reads & own
    }
    for number in whole:  # what it shows needs its names, too
        more, extra = _chosen(clean, needed | locked[number][0].reads | locked[number][0].later)
        needed |= more
        for other, body in locked.items():
            run[other] = [s.tree for s in body if any(s is e for e in extra) or s.tree in run[other]]
    return Plan(run, names, whole)


def shadowed(cells: Iterable[tuple[str, str]]) -> list[tuple[int, str]]:
    """Return (cell, name) for each name of an "answer" cell that a later test reads and an earlier test sets.

    There the examiner takes the test's own, while one kernel would take whichever came last: give one another name.
    """
    of_tests: set[str] = set()
    of_answers: set[str] = set()
    clashes = []
    for number, (kind, source) in enumerate(cells):
        statements = [statement_of(tree) for tree in ast.parse(source).body]
        if kind == "test":
            clashes += [(number, name) for name in sorted(outside_of(statements) & of_tests & of_answers)]
        if kind in ("answer", "test"):
            (of_tests if kind == "test" else of_answers).update(*(statement.sets for statement in statements))
    return clashes


def taken_away(cells: Iterable[tuple[str, str]]) -> list[tuple[int, str]]:
    """Return (cell, name) for each function or class of an "answer" cell that a test itself sets or deletes.

    A test runs apart from students' code: there it would have its own, and what it deletes stays where the student is.
    """
    of_answers: set[str] = set()
    clashes = []
    for number, (kind, source) in enumerate(cells):
        body = ast.parse(source).body
        if kind == "answer":
            of_answers |= {
                node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            }
        elif kind == "test":
            nodes = [node for entry in body for node in ast.walk(entry) if isinstance(node, ast.Name)]
            names = {node.id for node in nodes if isinstance(node.ctx, ast.Del)}
            names |= set().union(*(statement_of(entry).sets for entry in body))
            clashes += [(number, name) for name in sorted(names & of_answers)]
    return clashes


def independent(cells: Iterable[tuple[str, str]]) -> dict[int, list[ast.stmt]]:
    """Return number -> the statements of each locked cell that need nothing of the student's at once."""
    parts = [(kind, [statement_of(tree) for tree in ast.parse(source).body]) for kind, source in cells]
    of_tests = {
        name for kind, statements in parts if kind == "test" for statement in statements for name in statement.sets
    }
    _, clean = _master(
        [statement for kind, statements in parts if kind == "locked" for statement in statements], of_tests
    )
    trees = [statement.tree for statement in clean]
    return {
        number: [statement.tree for statement in statements if statement.tree in trees]
        for number, (kind, statements) in enumerate(parts)
        if kind == "locked"
    }


def earlier(cells: Iterable[tuple[str, str]]) -> dict[int, set[int]]:
    """Return, for each test of the master's cells, the earlier tests whose names it uses, directly or through others.

    A locked statement that the examiner runs may use them as well, so what such statements use counts for every test.
    """
    with ONE_AT_A_TIME:
        return _earlier(tuple(cells))


@functools.lru_cache(64)  # as above
def _earlier(cells: tuple[tuple[str, str], ...]) -> dict[int, set[int]]:
    statements = {n: [statement_of(tree) for tree in _parsed(source)] for n, (_, source) in enumerate(cells)}
    tests = [n for n, (kind, _) in enumerate(cells) if kind == "test"]
    locked = {name for n in statements if n not in tests for s in statements[n] for name in s.reads | s.later}
    used: dict[int, set[int]] = {}
    for test in tests:
        reads = outside_of(statements[test]) | locked
        before = [n for n in tests if n < test and reads & {name for s in statements[n] for name in s.sets | s.alters}]
        used[test] = set(before).union(*(used[n] for n in before))
    return used


def _parsed(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:
        return []


def _master(statements: list[Statement], of_tests: set[str]) -> tuple[set[str], list[Statement]]:
    """The names that locked statements define without the student's code, and these statements."""
    clean = statements
    while True:
        own = {name for statement in clean for name in statement.sets}
        rest = [s for s in clean if s.reads <= own | of_tests | BUILTIN]
        if len(rest) == len(clean):
            return own, clean
        clean = rest


def _chosen(clean: list[Statement], needed: set[str]) -> tuple[set[str], list[Statement]]:
    """All statements that set or alter a needed name, and the names that they need in turn."""
    needed = set(needed)
    chosen: list[Statement] = []
    while True:
        more = [s for s in clean if (s.sets | s.alters) & needed or "*" in s.sets]
        if len(more) == len(chosen):
            return needed, chosen
        chosen = more
        for statement in chosen:
            needed |= statement.reads | statement.later


def outside_of(statements: list[Statement]) -> set[str]:
    """The names that a cell takes from elsewhere: read before it sets them, or read in functions and never set."""
    outside: set[str] = set()
    own: set[str] = set()
    for statement in statements:
        outside |= statement.reads - own
        own |= statement.sets
    return outside | {name for statement in statements for name in statement.later} - own


def statement_of(tree: ast.stmt, named: ast.stmt | None = None) -> Statement:
    """Return what one top-level statement does with names; `named` is what `by_name` makes of it."""
    statement = Statement(tree)
    code = compile(ast.Module([named or by_name(tree)], []), "<cell>", "exec", dont_inherit=True)
    _walk(code, statement, at_once=True, top=True)
    targets: list[ast.expr] = []
    if isinstance(tree, ast.Assign):
        targets = tree.targets
    elif isinstance(tree, ast.AugAssign | ast.AnnAssign):
        targets = [tree.target]
    elif isinstance(tree, ast.Expr) and isinstance(tree.value, ast.Call):
        targets = [tree.value.func]
    for target in targets:
        while isinstance(target, ast.Attribute | ast.Subscript):
            target = target.value
            if isinstance(target, ast.Name):
                statement.alters.add(target.id)
    if isinstance(tree, ast.ImportFrom) and any(alias.name == "*" for alias in tree.names):
        statement.sets.add("*")
    return statement


class _ByName(ast.NodeTransformer):
    """`globals().get("guess", "")` reads one name, and says which."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node.args:
            case [ast.Constant(str(name)), ast.Constant()] if ast.unparse(node.func) == "globals().get":
                return ast.copy_location(ast.Name(name, ast.Load()), node)
        return node


def by_name(tree: ast.stmt) -> ast.stmt:
    """Return a statement in which a name that is looked up as a constant text is the name, for whoever reads names."""
    if not any(isinstance(node, ast.Name) and node.id == "globals" for node in ast.walk(tree)):
        return tree
    changed: ast.stmt = _ByName().visit(copy.deepcopy(tree))
    return ast.fix_missing_locations(changed)


def _walk(code: CodeType, statement: Statement, *, at_once: bool, top: bool) -> None:
    stored: set[str] = set()
    for step in dis.get_instructions(code):
        if step.opname in ("STORE_NAME", "STORE_GLOBAL") and isinstance(step.argval, str):
            if top or step.opname == "STORE_GLOBAL":
                statement.sets.add(step.argval)
            stored.add(step.argval)
        elif step.opname in LOADS and step.argval not in stored:
            (statement.reads if at_once else statement.later).add(step.argval)
        elif isinstance(step.argval, CodeType):
            inner = step.argval
            # A class body and a comprehension run where they stand; a function or lambda runs when it is called.
            now = at_once and (
                not inner.co_flags & 0x2 or inner.co_name in ("<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>")
            )
            within = Statement(statement.tree)
            _walk(inner, within, at_once=now, top=False)
            statement.reads |= within.reads - (stored if top else set())
            statement.later |= within.later
            statement.sets |= within.sets
