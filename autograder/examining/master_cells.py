"""The master's cells as the examiner runs them, worked out and compiled once for a class.

Of a locked cell these are the statements that tests need (notebooks/name_flow.py), of a test cell all of it, with a
mark behind each assert (examiner/plain_asserts.py). They go to the examiner as bytes of marshal: from the grader, to a
process of the same Python that never sees a line of a student's code: to no one who could not have compiled them.
"""

from __future__ import annotations

import ast
import functools
import marshal
from collections.abc import Iterable
from typing import Any

from autograder.examiner.plain_asserts import marked
from autograder.notebooks.name_flow import Plan, plan
from autograder.notebooks.parsing import ONE_AT_A_TIME

__all__ = ["compiled"]


def compiled(cells: Iterable[tuple[str, str]]) -> bytes:
    """Return the master's cells, ("locked" or "test", source) in order, as marshal writes a list of dicts.

    Locked: "run", code objects, and "whole", one that gives what the cell shows, or None. Test: "wanted", the student's
    names that it reads; "body" and "last", whose value is that of the cell, each code or None; "asserts", how many are
    to hold; "again", what it defines; "wrong", why it is no Python, else "".
    """
    with ONE_AT_A_TIME:
        return _compiled(tuple(cells))


@functools.lru_cache(64)  # a class has the same master
def _compiled(cells: tuple[tuple[str, str], ...]) -> bytes:
    planned = plan(cells)
    return marshal.dumps(
        [
            _locked(planned, number, source) if kind == "locked" else _test(planned, number, source)
            for number, (kind, source) in enumerate(cells)
        ]
    )


def _locked(planned: Plan, number: int, source: str) -> dict[str, Any]:
    name = f"locked cell {number}"
    # A whole cell is one expression, by the plan.
    whole = compile(source, f"<frozen {name}>", "eval", dont_inherit=True) if number in planned.whole else None
    return {"run": [_code([statement], name) for statement in planned.run[number]], "whole": whole}


def _test(planned: Plan, number: int, source: str) -> dict[str, Any]:
    name = f"test cell {number}"
    entry: dict[str, Any] = {"wanted": sorted(planned.names[number]), "again": [], "last": None, "wrong": ""}
    try:
        defined = ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
        entry["again"] = [
            _code([statement], name) for statement in ast.parse(source).body if isinstance(statement, defined)
        ]
        tree, entry["asserts"] = marked(source)
        if tree.body and isinstance(last := tree.body[-1], ast.Expr):
            tree.body.pop()
            entry["last"] = compile(ast.Expression(last.value), f"<frozen {name}>", "eval", dont_inherit=True)
        entry["body"] = _code(tree.body, name)
    except SyntaxError as error:
        entry["wrong"] = str(error)
    return entry


def _code(statements: list[ast.stmt], name: str) -> Any:
    # "<frozen" keeps the test's own lines out of "in your line …" (cs231n_lite.running.own_line).
    return compile(ast.Module(statements, []), f"<frozen {name}>", "exec", dont_inherit=True)
