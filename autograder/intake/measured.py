"""Whether a backward pass looks measured where it should be derived, read off its source.

A run sees it where functions are called on both sides of an input (cs231n_lite.watching) and takes the points. What is
written out in line, without a function, no call tells: a quotient of a difference and a step that the same code adds
to something and takes from it, or an imaginary step and the imaginary part of what comes of it. That is a note.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice

__all__ = ["LARGEST", "differences"]

DERIVED = ("backward", "loss", "grad")  # in the names of functions whose gradients are to be derived
LARGEST, NEAR = 5000, 50  # nodes of a cell that is looked at, and of an expression: a long text takes no time
OPEN = ("numerical", "numeric", "check")  # in the names of functions whose business it is to measure


def differences(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and words for each function of a cell that is to derive a gradient and seems to measure it."""
    nodes = list(islice(ast.walk(tree), LARGEST + 1))
    if len(nodes) > LARGEST:
        return
    functions = {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}
    for name, function in functions.items():
        if not any(word in name for word in DERIVED) or any(word in name for word in OPEN):
            continue
        for each in _reached(function, functions):
            if step := _centred(each) or _imaginary(each):
                yield each.lineno, f"{name[:40]} measures its gradient by {step}"
                break


def _reached(function: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> list[ast.FunctionDef]:
    """The function and those of the same cell that it calls, each once."""
    reached = {function.name: function}
    waiting = [function]
    while waiting:
        for call in (node for node in ast.walk(waiting.pop()) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            if name in functions and name not in reached:
                reached[name] = functions[name]
                waiting.append(functions[name])
    return list(reached.values())


def _centred(function: ast.FunctionDef) -> str:
    """The words of a quotient (… - …) / (2 * h), or over h, where h is also added to something and taken from it."""
    quotients = [node for node in ast.walk(function) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)]
    steps = _steps(function, ast.Add) & _steps(function, ast.Sub) if quotients else set()
    if not steps:
        return ""
    named = {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and _has_difference(node.value, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in quotients:
        if _step(node.right) in steps and _has_difference(node.left, named):
            return f"a difference over {ast.unparse(node.right)[:40]}"
    return ""


def _steps(function: ast.FunctionDef, kind: type[ast.operator]) -> set[str]:
    """The names that are added to something, or taken from it, once or twice."""
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.BinOp) and isinstance(node.op, kind):
            names |= {_step(node.right)} | ({_step(node.left)} if kind is ast.Add else set())
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, kind):
            names.add(_step(node.value))
    return names - {""}


def _step(node: ast.expr) -> str:
    """The name in `h`, `2 * h` and `h * 2`, or the small number in its place; else ""."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        sides = [side for side in (node.left, node.right) if not (isinstance(side, ast.Constant) and side.value == 2)]
        node = sides[0] if len(sides) == 1 else node
    if isinstance(node, ast.Constant) and isinstance(node.value, float) and 0.0 < node.value < 0.01:
        return repr(node.value)
    return node.id if isinstance(node, ast.Name) else ""


def _has_difference(node: ast.expr, named: set[str]) -> bool:
    """Whether something is taken from something in it, or stands there by its name."""
    for each in islice(ast.walk(node), NEAR):
        if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Sub):
            return True
        if isinstance(each, ast.Name) and each.id in named:
            return True
    return False


def _imaginary(function: ast.FunctionDef) -> str:
    """The words of a step along the imaginary axis, where the imaginary part of something is read."""
    nodes = list(ast.walk(function))
    constants = [node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, complex)]
    read = any(isinstance(node, ast.Attribute) and node.attr == "imag" for node in nodes)
    return "an imaginary step" if constants and read else ""
