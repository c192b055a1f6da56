"""What a student's code returned is copied once, and what is no number is none."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from cs231n_lite import check_gate, check_loss, check_values, plain
from cs231n_lite.checking.contract import changed
from cs231n_lite.checking.plain import real_numbers
from cs231n_lite.running import Trouble


class Turning:
    """Says one shape, and is another array each time it is read."""

    shape = (2,)
    turn = 0

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        self.turn += 1
        return np.full(self.turn, 3.0)

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class Agrees(np.ndarray):
    """Answers every question of NumPy's with yes."""

    def __array_function__(self, *_: Any, **__: Any) -> Any:
        return True

    def __array_ufunc__(self, *_: Any, **__: Any) -> Any:
        return True


NO_NUMBERS: dict[str, Any] = {
    "text": "3.0",
    "texts": np.array(["1", "2"]),
    "booleans": np.array([True, False]),
    "masked": np.ma.array([1.0, 2.0], mask=[False, True]),
    "a masked number": np.ma.masked,
    "complex": 1.0 + 0.0j,
    "a generator": (number for number in [1.0]),
    "an object": object(),
    "lists of two lengths": [[1.0], [1.0, 2.0]],
    "a hole in a list": [1.0, None],
}


@pytest.mark.parametrize("name", NO_NUMBERS)
def test_what_is_no_number_is_refused(name: str) -> None:
    assert real_numbers(NO_NUMBERS[name], objects=True) is None
    with pytest.raises(Trouble) as trouble:
        plain(NO_NUMBERS[name])
    assert trouble.value.slug == "shape"


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2.0), Fraction(2), np.array(2)])
def test_numbers_become_floats(value: Any) -> None:
    number = plain(value, ())
    assert (number.dtype, number.item()) == (np.float64, 2.0)


def test_nan_none_and_another_shape_are_told_by_their_slugs() -> None:
    findings = []
    for value in (np.nan, np.inf, None, np.zeros((0, 1))):
        with pytest.raises(Trouble) as trouble:
            plain(value, (), name="the slope")
        assert trouble.value.message.startswith("the slope")
        findings.append(trouble.value.slug)
    assert findings == ["not-finite", "not-finite", "missing-return", "shape"]
    assert np.isnan(plain(np.nan, finite=False))


def test_copy_is_of_the_tests_own() -> None:
    theirs = np.ones(2)
    ours = plain(theirs)
    theirs[...] = 5.0
    assert ours.tolist() == [1.0, 1.0]
    agreeing = plain(np.zeros(2).view(Agrees))
    assert type(agreeing) is np.ndarray and not np.allclose(agreeing, 1.0)


def test_object_is_read_once_by_a_check() -> None:
    report = check_values({"a": Turning(), "b": Turning()}, {"a": [3.0, 3.0], "b": [3.0]})
    assert report.parts == {"a": False, "b": True}


def test_values_that_are_no_numbers_agree_with_none() -> None:
    answers = {name: value for name, value in NO_NUMBERS.items() if name != "lists of two lengths"}
    report = check_values(answers, dict.fromkeys(answers, 1.0))
    assert not any(report.parts.values())


class Sum:
    """A gate of addition; what it answers is `told(dz, how often it was asked)`."""

    def __init__(self) -> None:
        self.asked = 0

    def forward(self, x: Any, y: Any) -> Any:
        return x + y

    def backward(self, dz: Any) -> Any:
        self.asked += 1
        return self.told(dz)

    def told(self, dz: Any) -> Any:
        """Right."""
        return dz, dz


class Once(Sum):
    def told(self, dz: Any) -> Any:
        """Right once, then nothing."""
        return (dz, dz) if self.asked < 2 else None


class Huge(Sum):
    def told(self, dz: Any) -> Any:
        """Finite, and too large to square."""
        return np.full(dz.shape, 1e200), np.full(dz.shape, -1e200)


class Half(Sum):
    def told(self, dz: Any) -> Any:
        """A tenth too large, in a type that says that it is rough."""
        return (1.1 * dz).astype(np.float16), (1.1 * dz).astype(np.float16)


class Masked(Sum):
    def told(self, dz: Any) -> Any:
        """Right where nobody may look."""
        return np.ma.array(dz, mask=True), np.ma.array(dz, mask=True)


class Yes(Sum):
    def told(self, dz: Any) -> Any:
        """Yes or no."""
        return dz > 0, dz > 0


@pytest.mark.parametrize(
    ("gate", "slug"),
    [(Once, "not-repeatable"), (Huge, "wrong-value"), (Half, "wrong-value"), (Masked, "shape"), (Yes, "shape")],
)
def test_gate_that_lies_gets_nothing_for_its_gradients(gate: type[Sum], slug: str) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 5)), rng.normal(size=(2, 5))
    assert check_gate(Sum, x, y, like=lambda x, y: x + y).passed
    report = check_gate(gate, x, y, like=lambda x, y: x + y)
    assert report.parts == {"out": True, "dx": False, "dy": False}
    assert {finding.slug for finding in report.findings} == {slug}


def test_gradient_that_is_missing_with_other_labels_is_wrong() -> None:
    def right(w: np.ndarray, y: np.ndarray) -> Any:
        return np.sum(np.tanh(w) * (1.0 + y))

    def loss(w: np.ndarray, y: np.ndarray) -> Any:
        return right(w, y), {"dw": (1.0 - np.tanh(w) ** 2) * (1.0 + y)} if y.max() == 2 else {}

    report = check_loss(loss, np.array([0.3, -0.7, 1.2]), np.array([0, 2, 1]), reg=None, like=right)
    assert report.parts["dw"] is False
    assert [finding.slug for finding in report.findings] == ["not-repeatable"]


def test_a_change_by_rounding_alone_is_none() -> None:
    x = np.array([0.1, -2.3, 7e-4])
    moved = x.copy()
    for step in (1e-5, -2e-5, 1e-5):
        moved += step
    assert not np.array_equal(moved, x) and not changed({"x": x}, {"x": moved})
    moved[2] += 1e-9
    assert changed({"x": x}, {"x": moved}) and changed(np.array([1, 2]), np.array([1, 3]))
