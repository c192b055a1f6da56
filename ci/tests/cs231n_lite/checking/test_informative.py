"""Points that could not show a mistake are refused, few forward passes are needed, and every slug is planted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ci.planted import OPERATIONS
from ci.planted.checked import judge
from cs231n_lite import Report, check_backward, check_gate, check_gradient, check_loss
from cs231n_lite.checking.informative import UninformativePoint
from cs231n_lite.checking.right_forwards import FORWARDS, forward_of
from cs231n_lite.diagnosing.recording import recording_of

RNG = np.random.default_rng(8)
X, W, B = RNG.normal(size=(6, 4)), RNG.normal(size=(4, 3)), RNG.normal(size=3)
Y = np.array([0, 1, 2, 2, 1, 0])


def affine(x: Any, w: Any, b: Any) -> Any:
    return x @ w + b, (x, w, b)


def affine_backward(dout: Any, cache: Any) -> Any:
    x, w, _ = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def relu(x: Any) -> Any:
    return np.maximum(x, 0)


def leaky(x: Any) -> Any:
    return np.where(x > 0, x, 0.01 * x)


def leaky_backward(dout: Any, x: Any) -> Any:
    return dout * np.where(x > 0, 1.0, 0.01)


class Max:
    def forward(self, x: Any, y: Any) -> Any:
        self.first = x > y
        return np.maximum(x, y)

    def backward(self, dz: Any) -> Any:
        return dz * self.first, dz * (1 - self.first)


def softmax(params: Any, X: Any, y: Any, reg: Any) -> Any:
    scores = X @ params["W"] + params["b"]
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    value = -np.mean(np.log(p[rows, y])) + 0.5 * reg * np.sum(params["W"] ** 2)
    p[rows, y] -= 1.0
    return value, {"W": X.T @ p / len(y) + reg * params["W"], "b": p.sum(axis=0) / len(y)}


def linear(W: Any = W, b: Any = B, X: Any = X, y: Any = Y, reg: float = 0.1, **more: Any) -> Report:
    return check_loss(softmax, {"W": W, "b": b}, X, y, reg=reg, like="linear-softmax", **more)


REFUSED: dict[str, tuple[Callable[..., Report], str]] = {
    "zero-biases": (lambda **m: linear(b=np.zeros(3), **m), "every entry of b is 0"),
    "inputs-of-ones": (lambda **m: check_backward(affine, affine_backward, np.ones((6, 4)), W, B, **m), "of x is 1"),
    "one-array-twice": (lambda **m: check_gate(Max, X, X.copy(), **m), "x and y are equal"),
    "square-weights": (
        lambda **m: linear(W=RNG.normal(size=(4, 4)), b=RNG.normal(size=4), y=np.array([0, 1, 2, 3, 0, 1]), **m),
        r"\(6, 4\) @ \(4, 4\)",
    ),
    "as-many-rows-as-columns": (lambda **m: linear(X=X[:4], y=Y[:4], **m), "two lengths"),
    "a-max-that-takes-one-side": (
        lambda **m: check_gate(Max, np.abs(X), -np.abs(X), like="max-gate", **m),
        "same side",
    ),
    "a-relu-always-on": (
        lambda **m: check_backward(relu, lambda d, x: d * (x > 0), np.abs(X) + 0.1, like="relu-gate", **m),
        "same side",
    ),
    "a-leaky-relu-always-on": (
        lambda **m: check_backward(leaky, leaky_backward, np.abs(X), like="leaky-relu-gate", **m),
        "condition",
    ),
    "a-class-never-drawn": (lambda **m: linear(y=np.array([0, 1, 1, 0, 1, 0]), **m), "no row has the label 2"),
    "one-row": (lambda **m: linear(X=X[:1], y=Y[:1], **m), "one row"),
    "no-penalty": (lambda **m: linear(reg=0.0, **m), "reg is 0"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_point_that_could_not_show_a_mistake_is_refused(case: str) -> None:
    check, what = REFUSED[case]
    with pytest.raises(UninformativePoint, match=what):
        check()
    assert check(textbook=True).passed  # asked for by name, the text's own point is checked


def test_textbook_numbers_and_equal_shapes_are_informative() -> None:
    assert check_gate(Max, -2.0, 5.0, like="max-gate").passed
    assert check_gate(Max, X, RNG.normal(size=X.shape), like="max-gate").passed
    assert check_gradient(lambda x: x * x, lambda x: 2 * x, 3.0).passed


def test_an_unknown_exercise_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"no exercise 'afine'.*affine"):
        check_backward(affine, affine_backward, X, W, B, like="afine")


def test_every_exercise_that_asks_for_a_gradient_has_its_forward_pass() -> None:
    exercises = (
        "multiply-gate add-gate sigmoid-circuit unrolled-loop memory-profile max-gate branch-sum sigmoid-gate "
        "tanh-gate relu-gate leaky-relu-gate elu-gate maxout-gate staged-circuit relu-jacobian norm-squared "
        "unbroadcast affine svm-loss softmax-loss linear-scores neuron sigmoid-net two-layer-net three-layer-net"
    )
    assert [slug for slug in exercises.split() if slug not in FORWARDS] == []
    assert callable(forward_of("affine")) and forward_of(None) is None


@pytest.mark.parametrize("name", OPERATIONS)
def test_right_code_costs_at_most_eight_forward_passes_an_array_and_two(name: str) -> None:
    operation = OPERATIONS[name]
    arrays = len(operation.point if operation.kind == "backward" else operation.point[0])
    for like in (True, False):
        passes = [0]
        assert judge(operation, operation.source, like=like, counter=passes).passed
        assert passes[0] <= 8 * arrays + 2


SLUGS = """sign factor-2 factor-half missing-1-over-n extra-1-over-n zero upstream-dropped local-dropped transposed
operands-swapped branch-missing branch-overwritten not-unbroadcast mean-for-sum wrong-axis mask-missing mask-inverted
mask-from-upstream mask-too-late extra-relu activation-input-output-confused one-hot-missing correct-class-term
penalty-missing penalty-factor penalty-on-bias penalty-over-n penalty-formula forward-bias scores-shifted loss-formula
hard-coded-size stale-cache mutates-input mutates-upstream not-repeatable shape missing-key not-finite not-written
raises"""


def test_every_slug_has_a_planted_case() -> None:
    planted = {slug for operation in OPERATIONS.values() for bug in operation.bugs for slug in bug.slugs.split("|")}
    here = {"stale-cache", "mutates-upstream"}  # planted in test_check.py, where gates are classes
    assert set(SLUGS.split()) - planted - here == set()
    assert planted - set(SLUGS.split()) == {"wrong-value"}


def test_gradients_that_fit_a_wrong_loss_are_told_so() -> None:
    def doubled(*args: Any) -> Any:
        value, grads = softmax(*args[:-1], 0.0)
        return 1.5 * value, {key: 1.5 * gradient for key, gradient in grads.items()}

    report = check_loss(doubled, {"W": W, "b": B}, X, Y, reg=0.1, like="linear-softmax")
    assert not report.parts["loss"] and "right for the loss that you wrote" in str(report)


def test_a_penalty_twice_the_exercises_in_loss_and_gradient_keeps_every_point() -> None:
    def doubled(params: Any, X: Any, y: Any, reg: Any) -> Any:
        return softmax(params, X, y, 2.0 * reg)

    report = check_loss(doubled, {"W": W, "b": B}, X, Y, reg=0.1, like="linear-softmax")
    assert report.passed, str(report)
    assert [(finding.slug, finding.remark) for finding in report.findings] == [("penalty-factor", True)]


def test_a_wrong_forward_pass_is_told_apart_from_a_right_backward_pass() -> None:
    report = check_backward(lambda x, w, b: (x @ w, (x, w, b)), affine_backward, X, W, B, like="affine")
    assert report.parts == {"out": False, "dx": True, "dw": True, "db": True}
    assert [finding.slug for finding in report.findings] == ["forward-bias"]


def test_what_a_student_prints_is_seen_once(capsys: pytest.CaptureFixture[str]) -> None:
    def loud(x: Any) -> Any:
        print("here")
        return np.maximum(x, 0)

    assert check_backward(loud, lambda d, x: d * (x > 0), X, like="relu-gate").passed
    assert capsys.readouterr().out == "here\n"


def test_a_recorded_forward_pass_keeps_the_names_that_a_diagnosis_speaks_of() -> None:
    run = recording_of(FORWARDS["staged-circuit"], [X, RNG.normal(size=X.shape)], ["x", "y"])
    assert run is not None
    assert {"x", "y", "sigy", "numerator", "sigx", "total", "squared", "denominator"} <= {n.name for n in run.nodes}
    loop = recording_of(FORWARDS["unrolled-loop"], [0.8, RNG.normal(size=3), 0.3], ["w", "x", "h0"])
    assert loop is not None
    assert [len(turns) for turns in loop.groups().values()] == [3, 3, 3, 3]
