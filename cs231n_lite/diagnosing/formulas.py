"""A search over small formulas, for a wrong gradient that no single known slip explains.

Moving one input along a random direction r moves the value of a node by z, so a formula F in place of that node's
gradient shows in r·dx as z·F. That is one number, and for all products of two or three arrays it comes from a few
matrix products; only formulas that give the student's number are then looked at in full, here and at the fresh points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from cs231n_lite.diagnosing.comparison import Comparison
from cs231n_lite.diagnosing.gradients import moved_by
from cs231n_lite.diagnosing.recording import Recording

__all__ = ["NOTHING", "formula_of"]

NOTHING = "0"

_SMALL = 18  # operations of a circuit
_MOST = 400  # entries of a node; larger ones are not searched

Term = tuple[str, Any]


def formula_of(comparison: Comparison, elsewhere: Callable[[], list[Comparison]], k: int) -> tuple[str, str] | None:
    """The formula and the variable that it stands for, if one gives the gradient k here and at the fresh points.

    What flows back through a node may cancel on the way, as a constant does at a mean that is subtracted; then any
    formula fits that cancels, too, and NOTHING is what is true of all of them.
    """
    run: Recording = comparison.run
    rng = np.random.default_rng(7)
    direction = rng.normal(size=np.shape(run.nodes[run.inputs[k]].value))
    moved = moved_by(run, run.inputs[k], direction)
    aim = float(np.sum(direction * comparison.off[k]))
    best: tuple[int, str, int, tuple[int, ...]] | None = None
    size = comparison.size[k] * float(np.sum(np.abs(direction)))
    # Three factors only in small circuits: a net has few places where three of them meet, and many where to look.
    for deep in (False, True) if len(run.active) <= _SMALL else (False,):
        for n in sorted(run.active, reverse=True):
            if k not in run.reach[n] or n not in moved or n not in comparison.right.at or np.size(moved[n]) > _MOST:
                continue
            z = np.broadcast_to(moved[n], np.shape(run.nodes[n].value))
            target = float(np.sum(z * comparison.right.at[n])) + aim
            for cost, form, picks in _fitting(_pool(comparison, n), z, target, size, deep):
                if best is not None and cost >= best[0]:
                    break
                if _gives(comparison, n, form, picks, k) and all(
                    _gives(other, n, form, picks, k) for other in elsewhere()
                ):
                    best = (cost, form, n, picks)
        if best is not None:
            break
    if best is None or len(elsewhere()) < 2:
        return None
    _, form, n, picks = best
    if all(_pushes(other, n, 0.0, k) for other in (comparison, *elsewhere())):
        return NOTHING, _text(run, n)
    terms = [_pool(comparison, n)[pick][0] for pick in picks]
    return _FORMS[form][0].format(*terms), _text(run, n)


def _pool(comparison: Comparison, n: int) -> list[Term]:
    """The arrays that a formula for the gradient at node n may use, each with its text, the plainest first."""
    if n not in comparison.pools:
        comparison.pools[n] = list(_terms(comparison, n))
    return list(comparison.pools[n])


def _terms(comparison: Comparison, n: int) -> Iterator[Term]:
    run: Recording = comparison.run
    shape = np.shape(run.nodes[n].value)
    fits = lambda value: np.shape(value) in (shape, ())  # noqa: E731
    yield "1", np.ones(shape)
    gradients = [(_gradient_text(run, m), g) for m, g in comparison.right.at.items() if fits(g)]
    values = [
        (_text(run, node.id), node.value)
        for node in run.nodes
        if (node.id in run.active or node.op == "input")
        and fits(node.value)
        and np.asarray(node.value).dtype.kind == "f"
    ]
    for text, value in (*gradients[:10], *values[:12]):
        yield text, np.broadcast_to(value, shape)
    for text, value in values[:12]:
        value = np.broadcast_to(value, shape)
        yield f"(1 - {text})", 1.0 - value
        yield f"(1 + {text})", 1.0 + value
        yield f"{text}²", np.square(value)
        yield f"(1 - {text}²)", 1.0 - np.square(value)
        yield f"({text} > 0)", np.greater(value, 0.0).astype(float)
        with np.errstate(all="ignore"):
            yield f"1/{text}", np.nan_to_num(1.0 / value, nan=0.0, posinf=0.0, neginf=0.0)


_FORMS: dict[str, tuple[str, Callable[..., Any]]] = {
    "one": ("{0}", lambda a: a),
    "minus": ("-{0}", lambda a: -a),
    "product": ("{0} · {1}", lambda a, b: a * b),
    "minus-product": ("-{0} · {1}", lambda a, b: -a * b),
    "double": ("2 · {0} · {1}", lambda a, b: 2.0 * a * b),
    "sum": ("{0} + {1}", lambda a, b: a + b),
    "difference": ("{0} - {1}", lambda a, b: a - b),
    "triple": ("{0} · {1} · {2}", lambda a, b, c: a * b * c),
    "minus-triple": ("-{0} · {1} · {2}", lambda a, b, c: -a * b * c),
    "double-triple": ("2 · {0} · {1} · {2}", lambda a, b, c: 2.0 * a * b * c),
    "product-plus": ("{0} · {1} + {2}", lambda a, b, c: a * b + c),
    "product-minus": ("{0} · {1} - {2}", lambda a, b, c: a * b - c),
    "minus-product-plus": ("{2} - {0} · {1}", lambda a, b, c: c - a * b),
    "double-minus": ("2 · {0} - {1}", lambda a, b: 2.0 * a - b),
}


def _fitting(
    pool: list[Term], z: Any, target: float, size: float, deep: bool
) -> Iterator[tuple[int, str, tuple[int, ...]]]:
    """The formulas whose one number is the target, cheapest forms first."""
    flat = np.stack([np.ravel(value) for _, value in pool])
    weight = np.ravel(z)
    scale = max(abs(target), float(np.sum(np.abs(weight))) * 1e-3, size * 1e-6)
    limit = 1e-9 * scale
    alone = flat @ weight
    pairs = (flat * weight) @ flat.T
    fitting: list[tuple[int, str, tuple[int, ...]]] = []

    def hits(form: str, cost: int, values: Any, ordered: bool = False) -> None:
        for index in np.argwhere(np.abs(values - target) <= limit)[:24]:
            picks = tuple(int(i) for i in index)
            if not ordered and list(picks) != sorted(picks):
                continue
            fitting.append((cost + sum(len(pool[i][0]) for i in picks), form, picks))

    hits("one", 0, alone)
    hits("minus", 5, -alone)
    hits("product", 10, pairs)
    hits("minus-product", 15, -pairs)
    hits("double", 15, 2.0 * pairs)
    hits("sum", 12, alone[:, None] + alone)
    hits("difference", 12, alone[:, None] - alone, ordered=True)
    hits("double-minus", 20, 2.0 * alone[:, None] - alone, ordered=True)
    few = min(len(pool), 36)
    for third in range(few if deep else 0):
        triples = (flat[:few] * (weight * flat[third])) @ flat.T
        for form, cost, values in (
            ("triple", 30, triples),
            ("minus-triple", 35, -triples),
            ("double-triple", 35, 2.0 * triples),
            ("product-plus", 32, pairs[:few] + alone[third]),
            ("product-minus", 32, pairs[:few] - alone[third]),
            ("minus-product-plus", 32, alone[third] - pairs[:few]),
        ):
            for index in np.argwhere(np.abs(values - target) <= limit)[:6]:
                picks = (int(index[0]), int(index[1]), third)
                fitting.append((cost + sum(len(pool[i][0]) for i in picks), form, picks))
    yield from sorted(fitting)[:40]


def _gives(comparison: Comparison, n: int, form: str, picks: tuple[int, ...], k: int) -> bool:
    pool = _pool(comparison, n)
    if max(picks) >= len(pool):
        return False
    return _pushes(comparison, n, _FORMS[form][1](*(pool[pick][1] for pick in picks)), k)


def _pushes(comparison: Comparison, n: int, value: Any, k: int) -> bool:
    """Whether the gradient k is the student's where the gradient at node n is this one."""
    pushed = comparison.right.push(n, value - comparison.right.at[n]).get(k)
    if pushed is None:
        return False
    return bool(np.all(np.abs(comparison.off[k] - pushed) <= comparison.close[k] * comparison.size[k]))


_SIGNS = {"add": "{0} + {1}", "subtract": "{0} - {1}", "multiply": "{0} · {1}", "divide": "{0} / {1}",
          "matmul": "{0} @ {1}", "square": "{0}²", "negative": "-{0}", "power": "{0}**{1}"}  # fmt: skip


def _text(run: Recording, n: int, deep: int = 2) -> str:
    """A node as its variable, or as the expression that it is."""
    node = run.nodes[n]
    if node.name:
        return node.name
    if not deep or node.op == "input":
        return node.op
    parts = []
    for arg in node.args:
        index = getattr(arg, "index", None)
        if isinstance(index, int):
            parts.append(_text(run, node.inputs[index], deep - 1))
        elif np.ndim(arg) == 0 and isinstance(arg, int | float):
            parts.append(f"{arg:g}")
        else:
            parts.append("…")
    pattern = _SIGNS.get(node.op)
    if pattern and len(parts) >= pattern.count("{"):
        return f"({pattern.format(*parts)})"
    return f"{node.op}({', '.join(parts)})"


def _gradient_text(run: Recording, n: int) -> str:
    if n == run.output:
        return "upstream"
    text = _text(run, n)
    return f"d{text}" if text.isidentifier() else f"d[{text}]"
