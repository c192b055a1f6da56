"""What a check carries from step to step."""

from __future__ import annotations

import numpy as np
import pytest

from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_functions import Functions


def setting(number: bool, seed: int = 0) -> Setting[Functions]:
    subject = Functions(lambda x, y: x * y, lambda dout, x, y: (dout * y, dout * x), ("x", "y"), (False, False))
    return Setting(subject, None, [np.ones(3), np.ones(3)], np.random.default_rng(seed), number=number)


def test_upstream_of_a_loss_is_one_and_any_other_is_random() -> None:
    assert setting(number=True).upstream((2, 3)) == 1.0
    upstream = setting(number=False).upstream((2, 3))
    assert upstream.shape == (2, 3) and len(np.unique(upstream)) == 6
    assert np.array_equal(upstream, setting(number=False).upstream((2, 3)))


def test_forward_is_the_exercises_own_where_it_is_known() -> None:
    check = setting(number=False)
    assert check.forward(2.0, 3.0) == 6.0
    check.like = lambda x, y: x + y
    assert check.forward(2.0, 3.0) == 5.0


@pytest.mark.parametrize("parts", [{"dx": True, "dy": True}, {"dx": True, "dy": False}])
def test_parts_are_the_gradients_in_the_order_of_the_inputs(parts: dict[str, bool]) -> None:
    check = setting(number=False)
    assert check.parts == ["dx", "dy"]
    check.report.parts = parts
    assert check.all_right == all(parts.values())
