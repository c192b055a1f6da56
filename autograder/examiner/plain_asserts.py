"""Test cells of plain asserts: they earn all of their points by running to their end, if each assert has held.

An assert is the statement `assert …`, or one that calls something named `assert…`, as NumPy's are. Each must have held
at least once, so that an assert in a loop that was never entered or in a function that nobody called is no evidence,
and neither is one whose error was swallowed. A cell without any that raises something itself, such as `try: …` with
`else: raise AssertionError`, has held where it came to its end. A cell that uses a Report is none of these: a report
keeps the failed asserts of its parts to itself.
"""

from __future__ import annotations

import ast
from typing import Any

__all__ = ["MARK", "marked"]

MARK = "__held__"  # what a marked test calls after each assert, with its number


def marked(source: str) -> tuple[ast.Module, int]:
    """A test cell's tree with a call of MARK after each assert, and how many asserts there are to hold.

    0 where the cell is not one of plain asserts. Raises SyntaxError.
    """
    tree = ast.parse(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    parts = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    if "Report" in names or "part" in parts:
        return tree, 0
    marker = _Marker()
    # Marking a module gives a module back; mypy knows only that it gives a node.
    tree = marker.visit(tree)
    if not marker.count and any(isinstance(node, ast.Raise) for node in ast.walk(tree)) and not _gives(tree):
        tree.body += marker.with_mark(tree.body.pop())
    return ast.fix_missing_locations(tree), marker.count


def _gives(tree: ast.Module) -> bool:
    """Whether a cell ends in a value, which may be its points."""
    return not tree.body or isinstance(tree.body[-1], ast.Expr)


class _Marker(ast.NodeTransformer):
    """Puts a call of MARK with the number of the assert after each."""

    count = 0

    def visit_Assert(self, node: ast.Assert) -> Any:
        return self.with_mark(node)

    def visit_Expr(self, node: ast.Expr) -> Any:
        called = node.value.func if isinstance(node.value, ast.Call) else None
        name = getattr(called, "attr", getattr(called, "id", ""))
        return self.with_mark(node) if name.startswith("assert") else node

    def with_mark(self, node: ast.stmt) -> list[ast.stmt]:
        """Return a statement and, after it, the call that says that it has come to its end."""
        call = ast.Call(ast.Name(MARK, ast.Load()), [ast.Constant(self.count)], [])
        self.count += 1
        return [node, ast.copy_location(ast.Expr(call), node)]
