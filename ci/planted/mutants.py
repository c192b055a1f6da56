"""The audit's machine-made mistakes, planted in the backward pass of an operation: those that are silent.

A mutant that raises, breaks a shape or gives nan is loud; one with the right gradients is equivalent. What remains is
wrong without a sound, and a check that misses one of those is not a check.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.auditing.mutants import mutants
from ci.planted import Operation, load

__all__ = ["gradients_at", "silent"]


def silent(operation: Operation) -> tuple[list[tuple[str, str]], list[str]]:
    """The silently wrong mutants of an operation, as (name, source), and the names of the equivalent ones."""
    right = gradients_at(operation, operation.source)
    assert right is not None, f"{operation.name}: the right code fails"
    lines = set(_backward_lines(operation.source))
    wrong, equivalent = [], []
    for mutant in mutants(operation.name, operation.source):
        gradients = gradients_at(operation, mutant.source) if mutant.line in lines else None
        if gradients is None:
            continue
        if all(np.allclose(g, r, rtol=1e-9, atol=1e-12) for g, r in zip(gradients, right, strict=True)):
            equivalent.append(mutant.name)
        else:
            wrong.append((mutant.name, mutant.source))
    return wrong, equivalent


def _backward_lines(source: str) -> Iterator[int]:
    """The lines that compute gradients: a whole backward function; in a loss, loops and what sets a d… or the grads."""
    for function in ast.parse(source).body:
        if isinstance(function, ast.FunctionDef) and function.name in ("backward", "loss"):
            for statement in function.body:
                if function.name == "backward" or _sets_a_gradient(statement):
                    yield from range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)


def _sets_a_gradient(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.For):
        return True
    if not isinstance(statement, ast.Assign | ast.AugAssign):
        return False
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    return ast.unparse(target).lstrip("(").startswith(("d", "grads"))


def gradients_at(operation: Operation, source: str) -> list[np.ndarray] | None:
    """The gradients that a source gives at the operation's point, or None where it fails, loudly, to give any."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            point, returned = _run(operation, load(source))
            gradients = [np.asarray(gradient, dtype=float) for gradient in returned]
    except Exception:
        return None
    fits = len(gradients) == len(point) and all(
        g.shape == x.shape and np.all(np.isfinite(g)) for g, x in zip(gradients, point, strict=True)
    )
    return gradients if fits else None


def _run(operation: Operation, names: dict[str, Any]) -> tuple[list[np.ndarray], list[Any]]:
    """The point of an operation and what its code returns for the gradients there."""
    if operation.kind == "backward":
        point = [np.array(x, dtype=float) for x in operation.point]
        out, cache = names["forward"](*(x if x.ndim else float(x) for x in point))
        upstream = np.asarray(np.random.default_rng(5).normal(size=np.shape(out)))[()]
        returned = names["backward"](upstream, cache)
        return point, list(returned) if isinstance(returned, tuple) else [returned]
    params = {name: np.array(x) for name, x in operation.point[0].items()}
    point = list(params.values())
    first: Any = params if len(params) > 1 else point[0]
    reg = () if operation.reg is None else (operation.reg,)
    _, grads = names["loss"](first, *operation.data, *reg)
    return point, [grads[name] for name in params] if isinstance(grads, dict) else [grads]
