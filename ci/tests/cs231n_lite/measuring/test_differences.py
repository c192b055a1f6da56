"""Measured derivatives are right, say how far off they may be, and know a kink."""

from __future__ import annotations

import numpy as np
import pytest

from cs231n_lite import check_gradient, numerical_gradient, numerical_jacobian
from cs231n_lite.measuring.differences import precision, slope_along

SMOOTH = {
    "square": (np.square, lambda x: 2.0 * x),
    "exp": (np.exp, np.exp),
    "tanh": (np.tanh, lambda x: 1.0 - np.tanh(x) ** 2),
    "sine-of-100x": (lambda x: np.sin(100.0 * x), lambda x: 100.0 * np.cos(100.0 * x)),
    "reciprocal": (lambda x: 1.0 / x, lambda x: -1.0 / x**2),
}


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3], ids=["thousandth", "one", "thousand"])
@pytest.mark.parametrize("name", SMOOTH)
def test_the_measured_gradient_lies_within_its_own_error(name: str, scale: float) -> None:
    function, derivative = SMOOTH[name]
    x = np.array([0.7, -1.3, 2.1]) * scale
    if name in ("exp", "sine-of-100x") and scale > 1.0:
        x /= 1e3
    measured = numerical_gradient(lambda moved: np.sum(function(moved)), x)
    right = derivative(x)
    assert measured.value.shape == measured.error.shape == x.shape
    assert np.all(np.abs(measured.value - right) <= 10.0 * measured.error + 1e-12 * np.abs(right))
    assert np.all(measured.error <= 1e-5 * np.max(np.abs(right)) + 1e-12)


def test_a_kink_shows_as_an_error_of_half_the_jump() -> None:
    measured = numerical_gradient(lambda x: np.sum(np.abs(x)), np.array([1.0, 0.0, -2.0]))
    np.testing.assert_allclose(measured.value, [1.0, 0.0, -1.0], atol=1e-6)
    assert measured.error[0] < 1e-9
    assert measured.error[1] == pytest.approx(0.0 + 1.0, rel=1e-3) or measured.error[1] < 1e-9


def test_the_gradient_leaves_its_point_alone_even_if_the_function_does_not() -> None:
    x = np.array([1.0, 2.0])

    def careless(moved: np.ndarray) -> float:
        moved *= 2.0
        return float(np.sum(moved))

    np.testing.assert_allclose(numerical_gradient(careless, x).value, [2.0, 2.0], rtol=1e-9)
    np.testing.assert_array_equal(x, [1.0, 2.0])


def test_a_function_with_several_outputs_is_refused_with_what_to_call_instead() -> None:
    with pytest.raises(ValueError, match="numerical_jacobian"):
        numerical_gradient(lambda x: x**2, np.ones(3))


def test_the_jacobian_has_outputs_by_inputs() -> None:
    matrix = np.arange(6.0).reshape(2, 3)
    measured = numerical_jacobian(lambda x: matrix @ x, np.array([0.3, -0.2, 1.0]))
    assert measured.value.shape == (2, 3)
    np.testing.assert_allclose(measured.value, matrix, atol=1e-9)


def test_integer_and_empty_points_are_measured() -> None:
    np.testing.assert_allclose(numerical_gradient(lambda x: np.sum(x**2), np.arange(3)).value, [0, 2, 4], atol=1e-9)
    assert numerical_gradient(lambda x: np.sum(x), np.zeros((0, 3))).value.shape == (0, 3)
    assert numerical_jacobian(lambda x: x, np.zeros(0)).value.shape == (0, 0)


def test_the_complex_step_sees_both_sides_of_a_tie() -> None:
    slope, analytic = slope_along(lambda t: np.maximum(0.0 + t * 1.5, 0.0), 1.0, np.zeros(()))
    assert analytic and slope.kinked
    assert (float(slope.ahead), float(slope.behind)) == (1.5, 0.0)


@pytest.mark.parametrize("function", [np.abs, lambda z: np.linalg.norm(np.atleast_1d(z)), lambda z: np.real(z) ** 2])
def test_a_function_that_drops_the_imaginary_part_is_not_believed(function: object) -> None:
    slope, analytic = slope_along(lambda t: np.asarray(function(0.8 + t)), 1.0, np.asarray(function(0.8)))  # type: ignore[operator]
    assert not analytic
    assert float(slope.ahead) == pytest.approx(1.6 if function(3.0) == 9.0 else 1.0, rel=1e-8)  # type: ignore[operator]


def test_precision_is_that_of_the_coarsest_float() -> None:
    assert precision(np.zeros(1), np.zeros(1, np.float32)) == np.finfo(np.float32).eps
    assert precision(1, np.array([2])) == np.finfo(float).eps


JUMPS = {
    "argmax": lambda a: np.sum(np.argmax(a, axis=0)) / 6.0,
    "floor": lambda a: np.sum(np.floor(3.0 * a)),
    "sign": lambda a: np.sum(np.sign(a)),
}


@pytest.mark.parametrize("name", JUMPS)
def test_a_jump_nearby_hides_no_wrong_gradient(name: str) -> None:
    def f(x: np.ndarray) -> float:
        a = np.zeros(x.shape)
        a += x  # takes no complex numbers
        return float(JUMPS[name](a) + 0.05 * np.sum(a * a))

    for seed in range(40):
        x = np.random.default_rng(seed).normal(size=(6, 3))
        assert check_gradient(f, lambda x: 0.1 * x, x, seed=seed).passed
        assert not check_gradient(f, lambda x: 3.0 * x + 1.0, x, seed=seed).passed


def test_a_kink_near_one_entry_leaves_the_others_as_exact_as_ever() -> None:
    measured = numerical_jacobian(lambda x: np.maximum(x, 0.0), [1.0, 1e-7, -2.0])
    off = np.abs(measured.value - np.diag([1.0, 1.0, 0.0]))
    assert np.all(off <= 10.0 * measured.error) and off[1, 1] > 0.01
    assert np.all(measured.error[:, [0, 2]] < 1e-9)
