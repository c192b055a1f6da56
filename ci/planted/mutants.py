"""Machine-made mistakes: small changes of a right backward pass that still runs and silently gives another gradient.

Operators and comparisons are exchanged, numbers changed, signs turned, transposes and statements dropped, one reduction
or variable put for another. A mutant that raises, breaks a shape or gives nan is loud; one with the right gradients is
equivalent. What remains is wrong without a sound, and a check that misses one of those is not a check.
"""

from __future__ import annotations

import ast
import copy
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from ci.planted import Operation, load

__all__ = ["gradients_at", "mutants", "silent"]

_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add, ast.Sub),
    ast.Div: (ast.Mult, ast.Sub),
    ast.Pow: (ast.Mult,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Gt: (ast.Lt, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
    ast.Lt: (ast.Gt,),
    ast.LtE: (ast.Gt,),
}
_CALLS = {"sum": ("mean", "max"), "mean": ("sum",), "maximum": ("minimum",), "outer": (), "zeros_like": ("ones_like",)}


def mutants(operation: Operation) -> Iterator[tuple[str, str]]:
    """The name and source of every mutant of an operation's backward pass, in a fixed order."""
    tree = ast.parse(operation.source)
    function = next(
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in ("backward", "loss")
    )
    statements = _backward_part(function)
    local = sorted(
        {node.id for s in statements for node in ast.walk(s) if isinstance(node, ast.Name)} - {"np", "len", "range"}
    )
    seen = set()
    for statement in statements:
        for path, node in _walk(statement):
            for told, change in _changes(node, local):
                twin = copy.deepcopy(tree)
                where = _find(twin, statement.lineno, path)
                change(where)
                try:
                    source = ast.unparse(ast.fix_missing_locations(twin))
                except (ValueError, AttributeError):
                    continue
                if source not in seen and source != ast.unparse(tree):
                    seen.add(source)
                    yield f"{operation.name}:{statement.lineno}:{told}:{len(seen)}", source


def _backward_part(function: ast.FunctionDef) -> list[ast.stmt]:
    """The statements that compute gradients: a whole backward function; in a loss, what assigns a d… or the grads."""
    if function.name == "backward":
        return function.body
    found = []
    for statement in function.body:
        targets = [ast.unparse(node) for node in ast.walk(statement) if isinstance(node, ast.Name | ast.Subscript)]
        assigned = isinstance(statement, ast.Assign | ast.AugAssign | ast.For) and any(
            target.startswith(("d", "grads")) and not target.startswith("data") for target in targets[:1]
        )
        looped = isinstance(statement, ast.For)
        if assigned or looped:
            found.append(statement)
    return found


def _walk(statement: ast.stmt) -> Iterator[tuple[list[tuple[str, int | None]], ast.AST]]:
    stack: list[tuple[list[tuple[str, int | None]], ast.AST]] = [([], statement)]
    while stack:
        path, node = stack.pop()
        yield path, node
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                stack += [([*path, (field, k)], child) for k, child in enumerate(value) if isinstance(child, ast.AST)]
            elif isinstance(value, ast.AST):
                stack.append(([*path, (field, None)], value))


def _find(tree: ast.AST, line: int, path: list[tuple[str, int | None]]) -> Any:
    """The holder and place of a node in a copy of the tree."""
    statement = next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno == line and not isinstance(node, ast.FunctionDef)
    )
    node: Any = statement
    for field, place in path:
        node = getattr(node, field) if place is None else getattr(node, field)[place]
    return node


def _become(node: Any, other: ast.AST) -> None:
    node.__class__ = other.__class__
    node.__dict__.clear()
    node.__dict__.update(other.__dict__)


def _changes(node: ast.AST, local: list[str]) -> Iterator[tuple[str, Any]]:
    if isinstance(node, ast.BinOp):
        for operator in _OPERATORS.get(type(node.op), ()):
            yield f"{type(node.op).__name__}-{operator.__name__}", lambda n, o=operator: setattr(n, "op", o())
        if isinstance(node.op, ast.Mult | ast.Add | ast.Div | ast.Sub):
            yield "left-only", lambda n: _become(n, n.left)
            yield "right-only", lambda n: _become(n, n.right)
    if isinstance(node, ast.Compare):
        for comparison in _COMPARISONS.get(type(node.ops[0]), ()):
            yield f"compare-{comparison.__name__}", lambda n, c=comparison: setattr(n, "ops", [c()])
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        for step in (1, -1):
            yield f"constant{step:+d}", lambda n, s=step: setattr(n, "value", n.value + s)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "minus-dropped", lambda n: _become(n, n.operand)
    if (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name | ast.Subscript)
        and not isinstance(node.value, ast.Name)
    ):
        yield "negated", lambda n: setattr(n, "value", ast.UnaryOp(ast.USub(), n.value))
    if isinstance(node, ast.AugAssign):
        yield "assigned", lambda n: _become(n, ast.Assign([n.target], n.value, lineno=n.lineno))
        for operator in (ast.Sub, ast.Mult) if isinstance(node.op, ast.Add) else (ast.Add,):
            yield f"augmented-{operator.__name__}", lambda n, o=operator: setattr(n, "op", o())
        yield "dropped", lambda n: _become(n, ast.Pass())
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transpose-dropped", lambda n: _become(n, n.value)
    if isinstance(node, ast.Attribute):
        for other in _CALLS.get(node.attr, ()):
            yield f"{node.attr}-{other}", lambda n, o=other: setattr(n, "attr", o)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in local:
        for other in local:
            if other != node.id:
                yield f"{node.id}-{other}", lambda n, o=other: setattr(n, "id", o)


def gradients_at(operation: Operation, source: str) -> list[np.ndarray] | None:
    """The gradients that a source gives at the operation's point, or None where it fails, loudly, to give any."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            names = load(source)
            if operation.kind == "backward":
                point = [np.array(x, dtype=float) for x in operation.point]
                out, cache = names["forward"](*(x if x.ndim else float(x) for x in point))
                rng = np.random.default_rng(5)
                returned = names["backward"](np.asarray(rng.normal(size=np.shape(out)))[()], cache)
                found = list(returned) if isinstance(returned, tuple) else [returned]
            else:
                params = {name: np.array(x) for name, x in operation.point[0].items()}
                point = list(params.values())
                first: Any = params if len(params) > 1 else point[0]
                reg = () if operation.reg is None else (operation.reg,)
                _, grads = names["loss"](first, *operation.data, *reg)
                found = [grads[name] for name in params] if isinstance(grads, dict) else [grads]
            found = [np.asarray(gradient, dtype=float) for gradient in found]
    except Exception:
        return None
    fits = len(found) == len(point) and all(
        g.shape == x.shape and np.all(np.isfinite(g)) for g, x in zip(found, point, strict=True)
    )
    return found if fits else None


def silent(operation: Operation) -> tuple[list[tuple[str, str]], list[str]]:
    """The silently wrong mutants of an operation, as (name, source), and the names of the equivalent ones."""
    right = gradients_at(operation, operation.source)
    assert right is not None, f"{operation.name}: the right code fails"
    wrong, equivalent = [], []
    for name, source in mutants(operation):
        found = gradients_at(operation, source)
        if found is None:
            continue
        same = all(np.allclose(g, r, rtol=1e-9, atol=1e-12) for g, r in zip(found, right, strict=True))
        if same:
            equivalent.append(name)
        else:
            wrong.append((name, source))
    return wrong, equivalent
