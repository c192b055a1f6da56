"""What is recorded is the exercise's forward pass where it is known, and else the student's."""

from __future__ import annotations

import numpy as np

from cs231n_lite.checking.recordings import recorded_loss, recorded_pass
from cs231n_lite.checking.setting import Setting
from cs231n_lite.checking.student_functions import Functions
from cs231n_lite.checking.student_loss import LossSubject


def test_exercises_own_pass_is_recorded_before_the_students() -> None:
    subject = Functions(lambda x: x * x, lambda dout, x: 2.0 * x * dout, ("x",), (False,))
    for like, op in ((None, "square"), (np.tanh, "tanh")):
        run = recorded_pass(Setting(subject, like, [np.ones(3)], np.random.default_rng(0)), [np.ones(3)])
        assert run is not None and [node.op for node in run.nodes] == ["input", op]


def test_loss_is_recorded_as_a_function_of_its_parameters_alone() -> None:
    loss = lambda params, X, reg: (np.sum(X @ params["W"]) + reg * np.sum(params["W"]), {})  # noqa: E731
    W, X = np.ones((3, 2)), np.ones((4, 3))
    subject = LossSubject(loss, {"W": W}, [X], ["W"], 0.5)
    run = recorded_loss(Setting(subject, None, [W], np.random.default_rng(0)), [W], [X], 0.5)
    assert run is not None and len(run.inputs) == 1
    assert run.nodes[run.output].value == 27.0


def test_what_cannot_be_followed_is_not_recorded() -> None:
    subject = Functions(lambda x: np.linalg.inv(x), lambda dout, x: x, ("x",), (False,))
    assert recorded_pass(Setting(subject, None, [np.eye(2)], np.random.default_rng(0)), [np.eye(2)]) is None
