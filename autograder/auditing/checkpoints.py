"""The places of a test cell that can take points: its asserts, its checks, and what its helpers find amiss.

Each is known by its line. A test cell is run with notes taken there, or with some of them left out, to see whether
any mistake would slip through without them.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["NOTE", "Checkpoint", "checkpoints", "instrumented"]

NOTE = "_audit_note"  # the name under which the judge puts its note-taker into the namespace


@dataclass(frozen=True)
class Checkpoint:
    """One such place: its line in the whole test cell, its first line of source, and whether students have it."""

    line: int
    text: str
    hidden: bool


def checkpoints(source: str, hidden: Collection[int]) -> list[Checkpoint]:
    """Return the checkpoints of a test cell in the order of its lines."""
    lines, tree = source.split("\n"), ast.parse(source)
    collector = _Collector(tree)
    collector.visit(tree)
    return [Checkpoint(line, lines[line - 1].strip(), line in hidden) for line in sorted(collector.lines)]


def instrumented(source: str, without: Collection[int] = ()) -> ast.Module:
    """Return a test cell's tree whose checkpoints call NOTE(line, kind, value); those of `without` are left out.

    The kinds are "assert", "check" (of a report that is merged) and "amiss" (what a helper returns).
    """
    tree = ast.parse(source)
    changed: ast.Module = ast.fix_missing_locations(_Instrument(tree, without).visit(tree))
    return changed


class _Collector(ast.NodeVisitor):
    """Collects the lines of checkpoints; subclasses change them."""

    def __init__(self, tree: ast.Module) -> None:
        self.lines: set[int] = set()
        self.reports = {target.id for node in ast.walk(tree) for target in _reports(node)}
        self.amiss = False  # inside a helper that returns None where nothing is amiss

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outer, self.amiss = self.amiss, _tells(node)
        self.generic_visit(node)
        self.amiss = outer
        return node

    def checkpoint(self, node: ast.stmt) -> ast.AST:
        self.lines.add(node.lineno)
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return self.checkpoint(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        merges = isinstance(node.op, ast.Add) and isinstance(node.target, ast.Name) and node.target.id in self.reports
        return self.checkpoint(node) if merges else node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        return self.checkpoint(node) if self.amiss and not _is_none(node.value) else node


class _Instrument(_Collector, ast.NodeTransformer):
    """Puts a note-taker at each checkpoint."""

    def __init__(self, tree: ast.Module, without: Collection[int]) -> None:
        super().__init__(tree)
        self.without = without

    def checkpoint(self, node: ast.stmt) -> ast.AST:
        if node.lineno in self.without:
            return ast.copy_location(ast.Pass(), node)
        if isinstance(node, ast.Assert):
            node.test = _noted(node.lineno, "assert", node.test)
        elif isinstance(node, ast.AugAssign):
            node.value = _noted(node.lineno, "check", node.value)
        elif isinstance(node, ast.Return) and node.value is not None:
            node.value = _noted(node.lineno, "amiss", node.value)
        return node


def _noted(line: int, kind: str, value: ast.expr) -> ast.expr:
    noted: list[ast.expr] = [ast.Constant(line), ast.Constant(kind), value]
    return ast.copy_location(ast.Call(ast.Name(NOTE, ast.Load()), noted, []), value)


def _reports(node: ast.AST) -> list[ast.Name]:
    """The names that a statement gives to a new report."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _called(node.value.func) == "Report":
        return [target for target in node.targets if isinstance(target, ast.Name)]
    return []


def _called(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _tells(node: ast.FunctionDef) -> bool:
    """Whether a helper says what is amiss, or None."""
    returns = [inner for inner in ast.walk(node) if isinstance(inner, ast.Return)]
    return any(_is_none(inner.value) for inner in returns)


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)
