"""Right code for the gates of the course, as a student would write it, and the bugs that are planted in it.

A bug is the replacement of one piece of the text by another. Its verdict is the slug, or slugs, by which the check is
to name it: several where the numbers cannot tell two mistakes apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import Any

import numpy as np

__all__ = ["GATES", "Bug", "Operation", "load", "normal", "operation"]


@dataclass(frozen=True)
class Bug:
    """One mistake: `old` becomes `new` in the source, and the check should say `slugs`."""

    name: str
    slugs: str
    old: str
    new: str

    def source(self, right: str) -> str:
        """The operation's source with this bug in it."""
        if right.count(self.old) != 1:
            raise ValueError(f"bug {self.name}: {self.old!r} occurs {right.count(self.old)} times")
        return right.replace(self.old, self.new)


@dataclass(frozen=True)
class Operation:
    """A forward and backward function, or a loss, with an informative point and its bugs."""

    name: str
    kind: str  # "backward": forward and backward; "loss": loss(params, *data, reg)
    source: str
    point: tuple[Any, ...]
    bugs: tuple[Bug, ...]
    data: tuple[Any, ...] = ()
    reg: float | None = None


def load(source: str) -> dict[str, Any]:
    """Run a source text and return its names."""
    names: dict[str, Any] = {"np": np}
    exec(compile(source, "<planted>", "exec"), names)
    return names


def operation(
    name: str, source: str, point: tuple[Any, ...], *bugs: tuple[str, str, str, str], **more: Any
) -> Operation:
    """An operation with its bugs, each (name, slugs, old text, new text)."""
    kind = more.pop("kind", "backward")
    return Operation(name, kind, dedent(source).lstrip(), point, tuple(Bug(*bug) for bug in bugs), **more)


_rng = np.random.default_rng(231)


def normal(*shape: int, size: float = 1.0) -> np.ndarray:
    """A random array, the same at each run."""
    return np.asarray(_rng.normal(size=shape) * size)


GATES = (
    operation(
        "multiply-gate",
        """
        def forward(x, y):
            return x * y, (x, y)

        def backward(dz, cache):
            x, y = cache
            dx = dz * y
            dy = dz * x
            return dx, dy
        """,
        (normal(3, 4), normal(3, 4)),
        ("own-input-in-both", "operands-swapped", "dx = dz * y\n    dy = dz * x", "dx = dz * x\n    dy = dz * y"),
        ("own-input-in-dx", "operands-swapped", "dx = dz * y", "dx = dz * x"),
        ("sign-of-dy", "sign", "dy = dz * x", "dy = -dz * x"),
        ("upstream-dropped", "upstream-dropped", "dx = dz * y", "dx = y"),
        ("upstream-dropped-in-both", "upstream-dropped", "dx = dz * y\n    dy = dz * x", "dx = y\n    dy = x"),
        ("local-dropped", "local-dropped", "dx = dz * y", "dx = dz"),
        ("zero-placeholder", "zero", "dy = dz * x", "dy = np.zeros_like(x)"),
        ("doubled", "factor-2", "dx = dz * y", "dx = 2 * dz * y"),
        ("halved", "factor-half", "dx = dz * y", "dx = dz * y / 2"),
        ("output-for-input", "operands-swapped", "dx = dz * y", "dx = dz * (x * y)"),
        ("order-of-gradients", "operands-swapped", "return dx, dy", "return dy, dx"),
        ("one-gradient", "missing-key", "return dx, dy", "return dx"),
        ("scalar-gradient", "shape", "dx = dz * y", "dx = np.sum(dz * y)"),
        ("writes-into-x", "mutates-input", "dx = dz * y", "dx = dz * y\n    x *= 1.5"),
        ("not-finite", "not-finite", "dx = dz * y", "dx = dz * y / 0.0"),
    ),
    operation(
        "add-gate",
        """
        def forward(x, y):
            return x + y, None

        def backward(dz, cache):
            dx = dz.copy()
            dy = dz.copy()
            return dx, dy
        """,
        (normal(2, 5), normal(2, 5)),
        ("ones", "upstream-dropped", "dx = dz.copy()", "dx = np.ones_like(dz)"),
        ("ones-in-both", "upstream-dropped", "dx = dz.copy()\n    dy = dz.copy()", "dx = dy = np.ones_like(dz)"),
        ("sign", "sign", "dy = dz.copy()", "dy = -dz"),
        ("split-evenly", "factor-half", "dx = dz.copy()\n    dy = dz.copy()", "dx = dy = dz / 2"),
        ("zero", "zero", "dy = dz.copy()", "dy = 0.0 * dz"),
        ("unwritten", "not-written", "dx = dz.copy()", "raise NotImplementedError"),
    ),
    operation(
        "max-gate",
        """
        def forward(x, y):
            return np.maximum(x, y), (x, y)

        def backward(dz, cache):
            x, y = cache
            dx = dz * (x > y)
            dy = dz * (y >= x)
            return dx, dy
        """,
        (normal(3, 4), normal(3, 4)),
        ("to-both", "mask-missing", "dx = dz * (x > y)\n    dy = dz * (y >= x)", "dx = dz\n    dy = dz"),
        ("to-dx-always", "mask-missing", "dx = dz * (x > y)", "dx = dz"),
        ("to-the-smaller", "mask-inverted", "(x > y)\n    dy = dz * (y >= x)", "(x < y)\n    dy = dz * (y <= x)"),
        ("to-the-smaller-in-dx", "mask-inverted", "(x > y)", "(x < y)"),
        ("mask-alone", "upstream-dropped", "dx = dz * (x > y)", "dx = 1.0 * (x > y)"),
        ("sign", "sign", "dy = dz * (y >= x)", "dy = -dz * (y >= x)"),
        ("own-sign-as-mask", "mask-inverted", "(x > y)", "(x > 0)"),
        ("by-value", "activation-input-output-confused", "dx = dz * (x > y)", "dx = dz * x"),
    ),
    operation(
        "sigmoid-gate",
        """
        def forward(x):
            out = 1 / (1 + np.exp(-x))
            return out, (x, out)

        def backward(dout, cache):
            x, out = cache
            return dout * out * (1 - out)
        """,
        (normal(3, 4),),
        ("input-for-output", "activation-input-output-confused", "dout * out * (1 - out)", "dout * x * (1 - x)"),
        (
            "sigmoid-twice",
            "activation-input-output-confused",
            "return dout",
            "out = 1 / (1 + np.exp(-out))\n    return dout",
        ),
        ("factor-missing", "local-dropped", "dout * out * (1 - out)", "dout * (1 - out)"),
        ("second-factor-missing", "local-dropped", "dout * out * (1 - out)", "dout * out"),
        ("upstream-dropped", "upstream-dropped", "dout * out", "out"),
        ("local-dropped", "local-dropped|wrong-value", "dout * out * (1 - out)", "dout * 1.0"),
        ("sign", "sign", "(1 - out)", "(out - 1)"),
        ("plus-for-minus", "wrong-value", "(1 - out)", "(1 + out)"),
        ("tanh-derivative", "wrong-value", "out * (1 - out)", "(1 - out ** 2)"),
        ("brackets", "wrong-value", "dout * out * (1 - out)", "dout * out * 1 - out"),
    ),
    operation(
        "tanh-gate",
        """
        def forward(x):
            out = np.tanh(x)
            return out, (x, out)

        def backward(dout, cache):
            x, out = cache
            return dout * (1 - out ** 2)
        """,
        (normal(3, 4),),
        ("input-for-output", "activation-input-output-confused", "1 - out ** 2", "1 - x ** 2"),
        ("tanh-twice", "activation-input-output-confused", "1 - out ** 2", "1 - np.tanh(out) ** 2"),
        ("square-missing", "local-dropped", "1 - out ** 2", "1 - out"),
        ("plus-for-minus", "wrong-value", "1 - out ** 2", "1 + out ** 2"),
        ("sigmoid-derivative", "wrong-value", "1 - out ** 2", "out * (1 - out)"),
        ("upstream-dropped", "upstream-dropped", "dout * (1", "(1"),
        ("sign", "sign", "1 - out ** 2", "out ** 2 - 1"),
        ("brackets", "wrong-value", "(1 - out ** 2)", "1 - out ** 2"),
    ),
    operation(
        "relu-gate",
        """
        def forward(x):
            return np.maximum(x, 0), x

        def backward(dout, cache):
            x = cache
            return dout * (x > 0)
        """,
        (normal(4, 5),),
        ("mask-missing", "mask-missing", "dout * (x > 0)", "dout * 1.0"),
        ("mask-inverted", "mask-inverted", "x > 0", "x < 0"),
        ("upstream-clipped", "mask-from-upstream", "dout * (x > 0)", "np.maximum(dout, 0)"),
        ("upstream-as-mask", "mask-from-upstream", "x > 0", "dout > 0"),
        ("upstream-clipped-and-masked", "mask-from-upstream", "dout * (x > 0)", "np.maximum(dout, 0) * (x > 0)"),
        ("upstream-dropped", "upstream-dropped", "dout * (x > 0)", "1.0 * (x > 0)"),
        ("by-output", "activation-input-output-confused", "dout * (x > 0)", "dout * np.maximum(x, 0)"),
        ("by-input", "activation-input-output-confused", "dout * (x > 0)", "dout * x"),
        ("absolute-upstream", "wrong-value", "dout * (x > 0)", "np.abs(dout) * (x > 0)"),
        ("zero", "zero", "dout * (x > 0)", "np.zeros_like(dout)"),
    ),
    operation(
        "leaky-relu-gate",
        """
        def forward(x):
            return np.where(x > 0, x, 0.01 * x), x

        def backward(dout, cache):
            x = cache
            return dout * np.where(x > 0, 1.0, 0.01)
        """,
        (normal(4, 5),),
        ("dead-side-dead", "zero|branch-missing|branch-overwritten", "0.01)\n", "0.0)\n"),
        ("no-leak-in-backward", "mask-missing|local-dropped", "1.0, 0.01)", "1.0, 1.0)"),
        ("swapped", "mask-inverted", "1.0, 0.01", "0.01, 1.0"),
        ("slope-of-minus", "sign", "1.0, 0.01", "1.0, -0.01"),
        ("mask-from-upstream", "mask-from-upstream", "np.where(x > 0, 1", "np.where(dout > 0, 1"),
    ),
    operation(
        "elu-gate",
        """
        def forward(x):
            out = np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
            return out, (x, out)

        def backward(dout, cache):
            x, out = cache
            return dout * np.where(x > 0, 1.0, out + 1)
        """,
        (normal(4, 5),),
        ("forgot-plus-one", "activation-input-output-confused", "out + 1)", "out)"),
        ("dead-side-dead", "zero|branch-missing|branch-overwritten", "out + 1)", "0.0)"),
        ("mask-missing", "mask-missing", "np.where(x > 0, 1.0, out + 1)", "(out + 1)"),
        ("upstream-dropped", "upstream-dropped|wrong-value", "dout * np.where(x > 0, 1.0", "np.where(x > 0, 1.0"),
    ),
    operation(
        "maxout-gate",
        """
        def forward(x):
            return x.max(axis=2), x

        def backward(dout, cache):
            x = cache
            largest = x == x.max(axis=2, keepdims=True)
            return dout[:, :, None] * largest
        """,
        (normal(5, 4, 3),),
        ("every-piece", "mask-missing", "dout[:, :, None] * largest", "dout[:, :, None] * np.ones_like(x)"),
        ("the-others", "mask-inverted", "dout[:, :, None] * largest", "dout[:, :, None] * ~largest"),
        ("mask-alone", "upstream-dropped", "dout[:, :, None] * largest", "1.0 * largest"),
        ("sign", "sign", "dout[:, :, None] * largest", "-dout[:, :, None] * largest"),
        ("not-spread", "shape", "dout[:, :, None] * largest", "dout"),
        ("over-another-axis", "shape", "return x.max(axis=2), x", "return x.max(axis=1), x"),
    ),
)
