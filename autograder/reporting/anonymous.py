"""A student's code without what could tell whose it is, so that it can be shown to a class.

Comments and strings go, and every name that is not the exercise's own gets another one, in the order in which they
appear. Two answers that differ in nothing else become the same text: that is also how likeness is judged.
"""

from __future__ import annotations

import ast
import builtins
import functools
import re
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Words", "alike", "plain_code", "plain_sentence", "words_of"]

MODULES = ("numpy", "matplotlib", "cs231n_lite")
LONGEST = 60  # lines that are shown
LARGEST = 999  # a longer number may be a student's
NAME = re.compile(r"[A-Za-z_]\w*")
QUOTED = re.compile(r"`([^`]*)`|(?<!\w)'([^']*)'(?!\w)|\"([^\"]*)\"")  # it isn't Bob's: no quote
LETTERS = {"function": "f", "class": "C", "name": "v", "attribute": "a"}


@dataclass(frozen=True)
class Words:
    """What an exercise's own code names: identifiers, strings and numbers that tell nothing of a student."""

    names: frozenset[str]
    strings: frozenset[str]
    numbers: frozenset[str]


def words_of(code: str) -> Words:
    """Return the words of the instructor's cells, which are divided by form feeds; NumPy's and Python's are with them.

    Everybody writes those.
    """
    import numpy as np

    names = set(dir(builtins)) | set(dir(np)) | {"np", "plt", "self"}
    kinds = (np.ndarray, np.random, np.random.Generator, np.linalg, list, dict, set, str, int, float)
    names |= {name for kind in kinds for name in dir(kind) if not name.startswith("_")}
    names |= {"axis", "keepdims", "dtype", "out", "where", "initial", "copy", "order", "optimize", "key", "reverse"}
    cells = [_words_in(cell) for cell in code.split("\f")]
    return Words(
        frozenset(names.union(*(cell.names for cell in cells))),
        frozenset().union(*(cell.strings for cell in cells)),
        frozenset().union(*(cell.numbers for cell in cells)),
    )


@functools.lru_cache(maxsize=1024)
def _words_in(cell: str) -> Words:
    """The words of one cell, which stands before many exercises."""
    tree = _parsed(cell)
    nodes = list(ast.walk(tree)) if tree else []
    values = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return Words(
        frozenset(name for node in nodes for name in _named(node)),
        frozenset(value for value in values if isinstance(value, str)),
        frozenset(str(value) for value in values if not isinstance(value, str)),
    )


def _parsed(code: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in a student's string is nobody's business here
            return ast.parse(code.replace("\r\n", "\n"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _named(node: ast.AST) -> set[str]:
    """All identifiers that a node itself holds."""
    fields = ("id", "name", "attr", "arg", "asname", "module", "rest")
    words = {getattr(node, name, None) for name in fields} | set(getattr(node, "names", ()))
    return {part for word in words if isinstance(word, str) for part in word.split(".")}


def plain_code(source: str, words: Words) -> str | None:
    """Return code with names, strings and numbers of the student's own replaced; None where it is no Python.

    It is laid out anew, so that no habit of spaces and brackets is left.
    """
    tree = _parsed(source)
    if tree is None:
        return None
    try:
        shown = ast.unparse(_Renamed(words).visit(_without_keys(tree, words)))
    except (RecursionError, ValueError):
        return None
    lines = shown.split("\n")
    return "\n".join([*lines[:LONGEST], "…"] if len(lines) > LONGEST else lines)


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or (
        isinstance(node, ast.JoinedStr) and all(isinstance(part, ast.Constant) for part in node.values)
    )


class _Renamed(ast.NodeTransformer):
    """Gives other names to what is not the exercise's, in the order of the text."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._names: dict[str, str] = {}

    def _name(self, name: str, kind: str = "name") -> str:
        theirs = name in self._words.names or name in self._words.strings
        if theirs or name[:2] == name[-2:] == "__" or name in MODULES or name in sys.stdlib_module_names:
            return name
        if name == "number":  # what stands in place of one
            return name
        if name not in self._names:
            number = 1 + sum(other.startswith(LETTERS[kind]) for other in self._names.values())
            while f"{LETTERS[kind]}{number}" in self._words.names:
                number += 1
            self._names[name] = f"{LETTERS[kind]}{number}"
        return self._names[name]

    def _path(self, path: str) -> str:
        return ".".join(map(self._name, path.split(".")))

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Take away what is only said, docstrings and values that stand alone, before what is left is renamed."""
        for field in ("body", "orelse", "finalbody"):
            lines = getattr(node, field, None)
            if isinstance(lines, list):
                rest = [line for line in lines if not (isinstance(line, ast.Expr) and _is_constant(line.value))]
                setattr(node, field, rest or ([ast.Pass()] if field == "body" and lines else []))
        if hasattr(node, "type_params"):
            node.type_params = []
        return super().generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._name(node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        node.attr = self._name(node.attr, "attribute")
        return node

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ast.AST:
        node.name = self._name(node.name, "class" if isinstance(node, ast.ClassDef) else "function")
        for bare in ("type_comment", "returns"):
            if getattr(node, bare, None) is not None:
                setattr(node, bare, None)
        return self.generic_visit(node)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _definition

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg, node.annotation, node.type_comment = self._name(node.arg), None, None
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        node.arg = self._name(node.arg) if node.arg else None
        return self.generic_visit(node)

    def visit_alias(self, node: ast.alias) -> ast.AST:
        node.name = node.name if node.name == "*" else self._path(node.name)
        node.asname = self._name(node.asname) if node.asname else None
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        node.module = self._path(node.module) if node.module else None
        return self.generic_visit(node)

    def _names_in(self, node: ast.Global | ast.Nonlocal) -> ast.AST:
        node.names = [self._name(name) for name in node.names]
        return node

    visit_Global = visit_Nonlocal = _names_in

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = self._name(node.name) if node.name else None
        return self.generic_visit(node)

    def _pattern(self, node: ast.MatchAs | ast.MatchStar) -> ast.AST:
        node.name = self._name(node.name) if node.name else None
        return self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = _pattern

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.AST:
        node.rest = self._name(node.rest) if node.rest else None
        return self.generic_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> ast.AST:
        node.kwd_attrs = [self._name(name, "attribute") for name in node.kwd_attrs]
        return self.generic_visit(node)

    def visit_JoinedStr(self, _: ast.JoinedStr) -> ast.AST:
        return ast.Constant("…")

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        if node.value is None:
            return ast.Pass()
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, str | bytes):
            return node if value in self._words.strings else ast.Constant("…")
        if isinstance(value, int | float) and abs(value) > LARGEST and str(value) not in self._words.numbers:
            return node if _is_round(value) else ast.Name("number", ast.Load())
        return node


def _without_keys(tree: ast.Module, words: Words) -> ast.Module:
    """Take away numbers that stand alone under a name, such as one's own seed: `ME = 231`."""
    for line in tree.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
            number = line.value.value
            if isinstance(number, int | float) and str(number) not in words.numbers:
                line.value = ast.Name("number", ast.Load())
    return tree


def _is_round(value: float) -> bool:
    """Whether a large number tells nothing of anybody: no whole one, or a power of ten or of two, as sizes are."""
    if value != value or value in (float("inf"), float("-inf")) or value != int(value):
        return True
    whole = abs(int(value))
    return whole & (whole - 1) == 0 or str(whole).rstrip("0") == "1"


def plain_sentence(text: str, words: Words) -> str:
    """Return a check's sentence without what it quotes of a student's code."""

    def shown(match: re.Match[str]) -> str:
        inner = next((group for group in match.groups() if group is not None), "")
        own = [name for name in NAME.findall(inner) if name not in words.names and inner not in words.strings]
        return f"{match[0][0]}…{match[0][-1]}" if own else match[0]

    return QUOTED.sub(shown, text)


def alike(codes: Mapping[str, str | None]) -> list[tuple[str, list[str]]]:
    """Return the different codes with whose they are, the most common first; those that are None are left out."""
    owners: dict[str, list[str]] = {}
    for owner, code in codes.items():
        if code is not None:
            owners.setdefault(code, []).append(owner)
    return sorted(owners.items(), key=lambda entry: (-len(entry[1]), len(entry[0]), entry[0]))
