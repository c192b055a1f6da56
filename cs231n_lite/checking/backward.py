"""One check of a student's gradient: the contract first, then the numbers, then a report that names the mistake.

The numbers are judged along random directions: for a right backward pass from the upstream ȳ to the gradients x̄ and any
direction ẋ, Σ x̄·ẋ = Σ ȳ·ẏ, where ẏ is the slope of the output along ẋ (Griewank and Walther, Evaluating Derivatives,
2nd edition, SIAM 2008, chapter 3). That slope is measured, as `measuring.differences` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cs231n_lite.checking.right_forwards import Like, forward_of
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_functions import Functions, Gates, names_of, plain_point
from cs231n_lite.reporting.report import Report

__all__ = ["check_backward", "check_gate", "check_gradient"]


def check_gradient(
    f: Callable[[np.ndarray], Any], gradient: Any, x: Any, *, like: Like = None, seed: int = 0, textbook: bool = False
) -> Report:
    """Check ∂f/∂x at x, where f: array -> number and `gradient` is an array or a function of x.

    Σ gradient·v must be the slope of f along any v, up to the error of the measurement. The gradient has the shape of
    x. `like` is a right forward pass, or an exercise's slug, to compare f with. Returns a `Report` with the part dx
    (and "out", with `like`); raises TypeError where x does not hold real numbers, UninformativePoint, a ValueError,
    where the point could not show some mistake, unless it is a `textbook` one, and ValueError for a slug that is none.

    What such a check has to mind: CS231n notes, "Gradient checks", cs231n.github.io/neural-networks-3.
    """
    like = forward_of(like)
    answer = gradient if callable(gradient) else lambda _: gradient

    def backward(_upstream: Any, x: Any) -> Any:
        return answer(x)

    point, scalars = plain_point([x])
    subject = Functions(f, backward, names_of([like or f, f], 1), scalars)
    subject.backward_name = getattr(gradient, "__name__", "gradient") if callable(gradient) else "the gradient"
    subject.only_here = not callable(gradient)
    rng = np.random.default_rng(seed)
    return _judged(Setting(subject, like, point, rng, number=True, resize=False, textbook=textbook))


def check_backward(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    *inputs: Any,
    like: Like = None,
    seed: int = 0,
    names: Sequence[str] = (),
    resize: bool = True,
    textbook: bool = False,
    out: str = "out",
) -> Report:
    """Check backward(dout, cache) against forward(*inputs) -> out or (out, cache), at a random upstream gradient.

    backward returns one gradient an input, of that input's shape, as tuple, list, dict or alone; without a cache it is
    called with (dout, *inputs). The parts are d + the name of each input, and `out` where `like` is a right forward
    pass, or an exercise's slug, to compare with; then the code is also run at other sizes, unless `resize` is False.
    Raises TypeError where an input does not hold real numbers, UninformativePoint, a ValueError, where the point could
    not show some mistake, unless it is a `textbook` one, and ValueError for a slug that is none.

    downstream = upstream × local, backward through staged computation: CS231n, the notes of lecture 4,
    cs231n.github.io/optimization-2.
    """
    like = forward_of(like)
    names = tuple(names) or names_of([f for f in (like, forward) if f], len(inputs))
    point, scalars = plain_point(inputs)
    subject = Functions(forward, backward, names, scalars)
    rng = np.random.default_rng(seed)
    return _judged(Setting(subject, like, point, rng, resize=resize, textbook=textbook, out=out))


def check_gate(
    gate: Any,
    *inputs: Any,
    like: Like = None,
    seed: int = 0,
    names: Sequence[str] = (),
    resize: bool = True,
    textbook: bool = False,
) -> Report:
    """Check a gate, a class or an instance with forward(*inputs) and backward(dout), at a random upstream gradient.

    backward returns one gradient an input, downstream = upstream × local, of that input's shape. Two gates of the class
    must not share a cache, and one gate must serve a second forward pass. Parts, `like` and errors are those of
    `check_backward`.

    A gate that keeps what its backward needs: CS231n, lecture 4 and its notes, cs231n.github.io/optimization-2.
    """
    like = forward_of(like)
    skipped = 1 if isinstance(gate, type) else 0  # self
    own_names = lambda: names_of([getattr(gate, "forward", None)], len(inputs), skipped)  # noqa: E731
    names = tuple(names) or (names_of([like], len(inputs)) if like else own_names())
    point, scalars = plain_point(inputs)
    subject = Gates(gate, names, scalars)
    return _judged(Setting(subject, like, point, np.random.default_rng(seed), resize=resize, textbook=textbook))


def _judged(setting: Setting[Functions | Gates]) -> Report:
    # The right answers come with this module, so it is loaded when there is something to judge, and not before.
    from cs231n_lite.checking.judge_backward import judge_backward

    return judge_backward(setting)
