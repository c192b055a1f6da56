"""The small mistakes that a machine makes: for a node of a syntax tree, what else might stand there, and what that is.

Each change is (kind, new node); the kinds are the keys of KINDS, which says of each what a test must look at to see it.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["KINDS", "changes"]

Change = tuple[str, ast.AST]

# What would show a mistake of each kind; told where one slips through.
KINDS = {
    "operator": "use numbers at which both formulas differ: none of 0, 1, 2, and no two alike",
    "operands": "use sizes that all differ, and numbers for which the order matters",
    "left-only": "choose a point at which the dropped term is not 0 (or the factor not 1)",
    "right-only": "choose a point at which the dropped term is not 0 (or the factor not 1)",
    "sign": "compare with a value that is not 0",
    "comparison": "have an entry exactly at the limit, and some on both sides of it",
    "condition": "have a case in which the condition holds and one in which it does not",
    "constant": "compare numbers at a point where this constant shows; a default shows in a call that relies on it",
    "text": "look at this text, or at what it is the key of",
    "name": "choose a point at which these two variables differ",
    "index": "use arrays in which neighbours differ, and whose first and last entries matter",
    "slice": "use arrays that are longer than the slice, and look at both of its ends",
    "argument": "use a case in which this argument matters: does its default do the same?",
    "call": "choose a point at which the call changes its argument",
    "function": "choose numbers at which both functions differ",
    "entry": "look at each entry by its name or its place",
    "range": "use a case with several steps, of which the first and the last matter",
    "statement": "look at what this statement does: a value, a write into an array, what the next call finds",
    "augmented": "use a case in which something was there before and must be kept",
    "loop": "use a case in which the loop must go on, or must stop, here",
    "return": "look at what is returned",
}

_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.Sub),
    ast.Pow: (ast.Mult, ast.Add),
    ast.MatMult: (ast.Mult,),
    ast.FloorDiv: (ast.Mult, ast.Div),
    ast.Mod: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Gt: (ast.Lt, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
    ast.Lt: (ast.Gt, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_FUNCTIONS = {
    "sum": ("mean", "max", "prod"),
    "mean": ("sum", "max"),
    "max": ("min", "sum"),
    "min": ("max", "mean"),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "all": ("any",),
    "any": ("all",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",),
    "exp": ("expm1",),
    "log": ("log1p", "log2"),
    "tanh": ("sin",),
    "sqrt": ("square",),
    "abs": ("square",),
    "cumsum": ("cumprod",),
    "outer": ("multiply",),
    "append": ("extend",),
    "pop": ("copy",),
    "normal": ("uniform",),
    "randn": ("rand",),
    "keys": ("values",),
    "values": ("keys",),
}


def changes(node: ast.AST, names: Sequence[str], texts: Sequence[str]) -> Iterator[Change]:
    """Yield every change of one node; `names` are the function's own variables, `texts` the cell's strings."""
    for kind in type(node).__mro__:
        rule = _RULES.get(kind)
        if rule:
            yield from rule(node, names, texts)


def _with(node: Any, **fields: Any) -> Any:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _negated(node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.USub(), node)


def _binary(node: ast.BinOp, *_: Any) -> Iterator[Change]:
    for operator in _OPERATORS.get(type(node.op), ()):
        yield "operator", _with(node, op=operator())
    if not isinstance(node.op, ast.Add | ast.Mult | ast.BitAnd | ast.BitOr):
        yield "operands", _with(node, left=node.right, right=node.left)
    yield "left-only", node.left
    yield "right-only", _negated(node.right) if isinstance(node.op, ast.Sub) else node.right


def _unary(node: ast.UnaryOp, *_: Any) -> Iterator[Change]:
    yield ("condition" if isinstance(node.op, ast.Not) else "sign"), node.operand


def _compare(node: ast.Compare, *_: Any) -> Iterator[Change]:
    for place, operator in enumerate(node.ops):
        for other in _COMPARISONS.get(type(operator), ()):
            yield "comparison", _with(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])


def _bool(node: ast.BoolOp, *_: Any) -> Iterator[Change]:
    yield "condition", _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    yield from (("condition", value) for value in node.values)


def _choice(node: ast.IfExp, *_: Any) -> Iterator[Change]:
    yield "condition", _with(node, body=node.orelse, orelse=node.body)
    yield "condition", node.body
    yield "condition", node.orelse


def _constant(node: ast.Constant, _names: Sequence[str], texts: Sequence[str]) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, int | float):
        others: list[int | float] = [value + 1, value - 1, type(value)(0), -value]
        if isinstance(value, float):
            others += [2 * value, value / 2]
        for other in dict.fromkeys(others):
            if other != value:
                yield "constant", ast.Constant(other) if other >= 0 else _negated(ast.Constant(-other))
    elif isinstance(value, str):
        later = [text for text in texts if text > value] + [text for text in texts if text < value]
        for text in (*later[:2], value + "?"):
            yield "text", ast.Constant(text)


def _name(node: ast.Name, names: Sequence[str], _: Any) -> Iterator[Change]:
    if isinstance(node.ctx, ast.Load) and node.id in names:
        place = list(names).index(node.id)
        # Two neighbours in the order of the alphabet: dx and dw, x and w, t and steps.
        for other in dict.fromkeys((names[(place + 1) % len(names)], names[place - 1])):
            if other != node.id:
                yield "name", ast.Name(other, ast.Load())


def _subscript(node: ast.Subscript, *_: Any) -> Iterator[Change]:
    if isinstance(node.ctx, ast.Load):
        yield "index", node.value
    if isinstance(node.slice, ast.Tuple):
        entries = node.slice.elts
        for place in range(len(entries) - 1):
            swapped = [*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]]
            yield "index", _with(node, slice=_with(node.slice, elts=swapped))
        for place in range(len(entries)):
            rest = [*entries[:place], *entries[place + 1 :]]
            yield "index", _with(node, slice=rest[0] if len(rest) == 1 else _with(node.slice, elts=rest))
    elif not isinstance(node.slice, ast.Slice | ast.Constant | ast.UnaryOp):
        for operator in (ast.Add(), ast.Sub()):
            yield "index", _with(node, slice=ast.BinOp(node.slice, operator, ast.Constant(1)))


def _slice(node: ast.Slice, *_: Any) -> Iterator[Change]:
    for end in ("lower", "upper", "step"):
        if getattr(node, end) is not None:
            yield "slice", _with(node, **{end: None})
    if node.lower is None and (node.upper is not None or node.step is None):
        yield "slice", _with(node, lower=ast.Constant(1))
    if node.upper is None and (node.lower is not None or node.step is None):
        yield "slice", _with(node, upper=_negated(ast.Constant(1)))


def _call(node: ast.Call, *_: Any) -> Iterator[Change]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    for other in _FUNCTIONS.get(called, ()):
        renamed = _with(node.func, **{"attr" if isinstance(node.func, ast.Attribute) else "id": other})
        yield "function", _with(node, func=renamed)
    if node.args:
        yield "call", node.args[0].value if isinstance(node.args[0], ast.Starred) else node.args[0]
    if isinstance(node.func, ast.Attribute) and not _module(node.func.value):
        yield "call", node.func.value  # x.copy() -> x
    for place in range(len(node.args)):
        yield "argument", _with(node, args=[*node.args[:place], *node.args[place + 1 :]])
    for place in range(len(node.args) - 1):
        swapped = [*node.args[:place], node.args[place + 1], node.args[place], *node.args[place + 2 :]]
        yield "argument", _with(node, args=swapped)
    for place in range(len(node.keywords)):
        yield "argument", _with(node, keywords=[*node.keywords[:place], *node.keywords[place + 1 :]])
    if called == "range" and len(node.args) == 1:
        yield "range", _with(node, args=[ast.Constant(1), node.args[0]])
        for operator in (ast.Sub(), ast.Add()):
            yield "range", _with(node, args=[ast.BinOp(node.args[0], operator, ast.Constant(1))])


def _module(node: ast.expr) -> bool:
    """Whether what a method is called on is a module, np or np.random."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math")


def _attribute(node: ast.Attribute, *_: Any) -> Iterator[Change]:
    if node.attr in ("T", "real", "flat"):
        yield "call", node.value
    elif node.attr == "shape":
        yield "entry", ast.Subscript(node, ast.Slice(None, None, _negated(ast.Constant(1))), ast.Load())


def _sequence(node: ast.Tuple | ast.List, *_: Any) -> Iterator[Change]:
    entries = node.elts
    if any(isinstance(entry, ast.Slice | ast.Starred) for entry in entries):
        return
    for place in range(len(entries) - 1):
        swapped = [*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]]
        yield "entry", _with(node, elts=swapped)
    if isinstance(node.ctx, ast.Load) and len(entries) > 1:
        for place in range(len(entries)):
            yield "entry", _with(node, elts=[*entries[:place], *entries[place + 1 :]])


def _dict(node: ast.Dict, *_: Any) -> Iterator[Change]:
    for place in range(len(node.keys)):
        keys = [*node.keys[:place], *node.keys[place + 1 :]]
        yield "entry", _with(node, keys=keys, values=[*node.values[:place], *node.values[place + 1 :]])
    for place in range(len(node.keys) - 1):
        values = [*node.values[:place], node.values[place + 1], node.values[place], *node.values[place + 2 :]]
        yield "entry", _with(node, values=values)


def _comprehension(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, *_: Any) -> Iterator[Change]:
    for place, part in enumerate(node.generators):
        for number in range(len(part.ifs)):
            conditions = [*part.ifs[:number], *part.ifs[number + 1 :]]
            generators = [*node.generators[:place], _with(part, ifs=conditions), *node.generators[place + 1 :]]
            yield "condition", _with(node, generators=generators)


def _assign(node: ast.Assign, *_: Any) -> Iterator[Change]:
    yield "statement", ast.Pass()
    if isinstance(node.value, ast.BinOp | ast.Call | ast.Name) and isinstance(
        node.targets[0], ast.Name | ast.Subscript
    ):
        yield "sign", _with(node, value=_negated(node.value))


def _augmented(node: ast.AugAssign, *_: Any) -> Iterator[Change]:
    yield "statement", ast.Pass()
    yield "augmented", ast.Assign([node.target], node.value, lineno=node.lineno)
    for operator in _OPERATORS.get(type(node.op), ()):
        yield "augmented", _with(node, op=operator())


def _return(node: ast.Return, *_: Any) -> Iterator[Change]:
    yield "return", ast.Pass()
    if isinstance(node.value, ast.BinOp | ast.Call | ast.Name):
        yield "sign", _with(node, value=_negated(node.value))


def _statement(*_: Any) -> Iterator[Change]:
    yield "statement", ast.Pass()


def _loop(node: ast.For | ast.While, *_: Any) -> Iterator[Change]:
    yield "statement", ast.Pass()
    yield "loop", _with(node, body=[*node.body, ast.Break()])


def _branch(node: ast.If, *_: Any) -> Iterator[Change]:
    yield "statement", ast.Pass()
    yield "condition", _with(node, test=ast.Constant(True))
    yield "condition", _with(node, test=ast.UnaryOp(ast.Not(), node.test))


def _jump(*_: Any) -> Iterator[Change]:
    yield "loop", ast.Pass()


_RULES: dict[type, Any] = {
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _bool,
    ast.IfExp: _choice,
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.Attribute: _attribute,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.Assign: _assign,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Expr: _statement,
    ast.Raise: _statement,
    ast.With: _statement,
    ast.For: _loop,
    ast.While: _loop,
    ast.If: _branch,
    ast.Break: _jump,
    ast.Continue: _jump,
}
