"""Machine-made mistakes in a solution cell: each changes one node of its syntax tree, in the part that students write.

A mutant is named by what it changes, and where, so that its name survives edits elsewhere:

    multiply-gate | backward | return (dz * self.y, dz * self.x) | operator: dz * self.y -> dz / self.y

is exercise, function, statement and change; a second change that reads the same has "#2" at its end.
"""

from __future__ import annotations

import ast
import copy
import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograder.auditing.operators import changes
from autograder.notebooks.notebook import MARKER, without_markers

__all__ = ["Mutant", "mutants"]

LONGEST = 90  # characters of a statement in a name

Path = tuple[tuple[str, int | None], ...]
Scope = tuple[ast.FunctionDef | ast.ClassDef, ...]


@dataclass(frozen=True)
class Mutant:
    """One machine-made mistake: its name, its kind (a key of KINDS), the whole cell with it, and the changed line."""

    name: str
    kind: str
    source: str
    line: int

    def diff(self, solution: str) -> str:
        """The change as a unified diff of the solution cell."""
        before, after = without_markers(solution).split("\n"), self.source.split("\n")
        return "\n".join(list(difflib.unified_diff(before, after, "the solution", "this mistake", lineterm="", n=2)))


def mutants(slug: str, source: str) -> list[Mutant]:
    """Return every mutant of a solution cell whose parts between BEGIN and END SOLUTION are the student's."""
    own = _own_lines(source)
    tree = ast.parse(source)
    texts = _texts(tree, own)
    dumps = {ast.dump(tree)}
    results: list[Mutant] = []
    names: Counter[str] = Counter()
    for path, node, scope, statement in _walk(tree):
        line = getattr(node, "lineno", 0)
        if line not in own or _is_docstring(node):
            continue
        for kind, new in changes(node, _variables(scope), texts):
            dump = ast.dump(_replaced(tree, path, new))
            if dump in dumps:
                continue
            dumps.add(dump)
            text = _spliced(source, node, new, dump)
            if text is None:
                continue
            place = ".".join(outer.name for outer in scope) or "cell"
            name = " | ".join((slug, place, _told(statement), f"{kind}: {_change(node, new)}"))
            names[name] += 1
            name += f" #{names[name]}" if names[name] > 1 else ""
            results.append(Mutant(name, kind, without_markers(text), line))
    return results


def _own_lines(source: str) -> set[int]:
    """The lines that students write; all of them where no region is marked."""
    lines, inside = set(), False
    for number, line in enumerate(source.split("\n"), start=1):
        marker = MARKER.match(line)
        if marker:
            inside = marker[1] == "BEGIN"
        elif inside:
            lines.add(number)
    return lines or set(range(1, source.count("\n") + 2))


def _texts(tree: ast.Module, own: set[int]) -> list[str]:
    """The strings that stand in the student's part, sorted."""
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.lineno in own]
    return sorted({node.value for node in constants if isinstance(node.value, str)})


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and _is_text(node.value)


def _walk(tree: ast.Module) -> Iterator[tuple[Path, ast.AST, Scope, ast.stmt]]:
    """Every node below a statement, in the order of the source: its path, itself, what it is in, its statement."""
    stack: list[tuple[Path, ast.AST, Scope, Any]] = [((), tree, (), None)]
    while stack:
        path, node, scope, statement = stack.pop()
        if isinstance(node, ast.stmt):
            statement = node
        if statement is not None and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield path, node, scope, statement
        if isinstance(node, ast.JoinedStr):
            continue  # the parts of an f-string have no place of their own
        inner = (*scope, node) if isinstance(node, ast.FunctionDef | ast.ClassDef) else scope
        below: list[tuple[Path, ast.AST, Scope, Any]] = []
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                children = [((*path, (field, place)), child) for place, child in enumerate(value)]
            else:
                children = [((*path, (field, None)), value)]
            below += [(where, child, inner, statement) for where, child in children if isinstance(child, ast.AST)]
        stack += reversed(below)


def _variables(scope: Scope) -> list[str]:
    """The names that the innermost function takes or sets, sorted; a method's self is none of them."""
    if not scope or isinstance(scope[-1], ast.ClassDef):
        return []
    function = scope[-1]
    arguments = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)} - {"self"}
    stored = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return sorted(arguments | stored - {"_"})


def _replaced(tree: ast.Module, path: Path, new: ast.AST) -> ast.Module:
    """A copy of the tree, along the path only, with another node at its end."""
    field, place = path[0]
    changed: Any = copy.copy(tree)
    child: Any = getattr(tree, field) if place is None else getattr(tree, field)[place]
    below = _replaced(child, path[1:], new) if len(path) > 1 else new
    if place is None:
        setattr(changed, field, below)
    else:
        items = list(getattr(tree, field))
        items[place] = below
        setattr(changed, field, items)
    return changed


def _spliced(source: str, node: Any, new: ast.AST, dump: str) -> str | None:
    """The source with this node's text replaced, in parentheses where it must be; None where that does not do."""
    data = source.encode()
    starts = [0]
    for line in data.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    start = starts[node.lineno - 1] + node.col_offset
    end = starts[node.end_lineno - 1] + node.end_col_offset
    indent = b" " * node.col_offset
    bare = ast.unparse(new).encode()
    for text in (bare, b"(" + bare + b")"):
        lines = text.split(b"\n")
        text = b"\n".join([lines[0], *(indent + line for line in lines[1:])])
        result = (data[:start] + text + data[end:]).decode()
        try:
            tree = ast.parse(result)
            if ast.dump(tree) == dump:
                compile(tree, "<mutant>", "exec", dont_inherit=True)
                return result
        except (SyntaxError, ValueError):
            continue
    return None


def _change(node: ast.AST, new: ast.AST) -> str:
    """What stands where: a statement that is left out is told alone."""
    if isinstance(new, ast.Pass):
        return "left out"
    if isinstance(node, ast.stmt):
        return f"-> {_told(new)}"
    return f"{_short(ast.unparse(node))} -> {_short(ast.unparse(new))}"


def _told(statement: ast.AST) -> str:
    """A statement's first line; a block's ends in its last statement where that is a break."""
    lines = ast.unparse(statement).split("\n")
    return _short(lines[0] + (" … break" if lines[-1].strip() == "break" and len(lines) > 1 else ""))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
