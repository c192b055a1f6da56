"""The check itself: the contract, each breach by its slug, and right code that must pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cs231n_lite import Report, check_backward, check_gate, check_gradient, check_loss, check_values

Array = np.ndarray


class Multiply:
    def forward(self, x: Any, y: Any) -> Any:
        self.x, self.y = x, y
        return x * y

    def backward(self, dz: Any) -> Any:
        return dz * self.y, dz * self.x


class Unwritten:
    def forward(self, x: Any, y: Any) -> Any:
        raise NotImplementedError

    def backward(self, dz: Any) -> Any:
        raise NotImplementedError


class KeepsTheFirst(Multiply):
    def forward(self, x: Any, y: Any) -> Any:
        if not hasattr(self, "x"):
            self.x, self.y = x, y
        return x * y


class SharedByTheClass(Multiply):
    cache: tuple[Any, Any] = (0.0, 0.0)

    def forward(self, x: Any, y: Any) -> Any:
        SharedByTheClass.cache = (x, y)
        return x * y

    def backward(self, dz: Any) -> Any:
        x, y = SharedByTheClass.cache
        return dz * y, dz * x


class NeverSetBack(Multiply):
    def backward(self, dz: Any) -> Any:
        self.dx = getattr(self, "dx", 0.0) + dz * self.y
        return self.dx, dz * self.x


def broken(change: Callable[[Multiply, Any], Any]) -> type[Multiply]:
    class Broken(Multiply):
        def backward(self, dz: Any) -> Any:
            return change(self, dz)

    return Broken


def arrays(seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(3, 4)), rng.normal(size=(3, 4))


def slugs(report: Report) -> set[str]:
    return {finding.slug for finding in report.findings}


@pytest.mark.parametrize("inputs", [(-2.0, 5.0), arrays(), (np.float64(3), 4)], ids=["textbook", "arrays", "mixed"])
def test_a_right_gate_passes(inputs: tuple[Any, Any]) -> None:
    report = check_gate(Multiply, *inputs, seed=1)
    assert report.passed, str(report)
    assert list(report.parts) == ["dx", "dy"]
    assert check_gate(Multiply(), *inputs).passed


def test_unwritten_code_scores_nothing_and_says_so_once() -> None:
    report = check_gate(Unwritten, -2.0, 5.0)
    assert (report.score, slugs(report), len(report.findings)) == (0.0, {"not-written"}, 1)


CONTRACT: dict[str, tuple[type[Any], str]] = {
    "keeps-the-first-inputs": (KeepsTheFirst, "stale-cache"),
    "cache-shared-by-the-class": (SharedByTheClass, "stale-cache"),
    "gradient-never-set-back": (NeverSetBack, "not-repeatable"),
    "backward-returns-nothing": (broken(lambda gate, dz: None), "missing-return"),
    "one-gradient-for-two-inputs": (broken(lambda gate, dz: dz * gate.y), "missing-key"),
    "three-gradients": (broken(lambda gate, dz: (dz, dz, dz)), "missing-key"),
    "a-none-among-them": (broken(lambda gate, dz: (dz * gate.y, None)), "missing-key"),
    "a-key-is-missing": (broken(lambda gate, dz: {"dx": dz * gate.y}), "missing-key"),
    "summed-to-one-number": (broken(lambda gate, dz: (np.sum(dz * gate.y), dz * gate.x)), "shape"),
    "transposed-shape": (broken(lambda gate, dz: ((dz * gate.y).T, dz * gate.x)), "transposed"),
    "a-list-of-words": (broken(lambda gate, dz: (["a"], dz * gate.x)), "shape"),
    "nan": (broken(lambda gate, dz: (dz * gate.y * np.nan, dz * gate.x)), "not-finite"),
    "raises": (broken(lambda gate, dz: (dz * gate.z, dz * gate.x)), "raises"),
    "exits": (broken(lambda gate, dz: exit()), "raises"),
    "random": (broken(lambda gate, dz: (dz * gate.y * np.random.rand(), dz * gate.x)), "wrong-value"),
    "writes-into-its-input": (
        broken(lambda gate, dz: (dz * gate.y, np.multiply(gate.x, dz, out=gate.x))),
        "mutates-input",
    ),
}


@pytest.mark.parametrize("case", CONTRACT)
def test_a_breach_of_the_contract_is_named(case: str) -> None:
    gate, slug = CONTRACT[case]
    report = check_gate(gate, *arrays(), seed=2)
    assert not report.passed
    assert slug in slugs(report), str(report)
    assert "Traceback" not in str(report)


def test_one_wrong_gradient_leaves_the_points_of_the_other() -> None:
    report = check_gate(broken(lambda gate, dz: (dz * gate.y, dz)), *arrays())
    assert report.parts == {"dx": True, "dy": False}


def test_writing_into_the_upstream_is_a_remark_and_costs_nothing() -> None:
    def backward(dout: Array, x: Array) -> Array:
        dout[x <= 0] = 0
        return dout

    report = check_backward(lambda x: np.maximum(x, 0), backward, arrays()[0])
    assert report.passed
    assert [(f.slug, f.remark) for f in report.findings] == [("mutates-upstream", True)]


def test_writing_into_what_forward_returned_is_a_remark_and_costs_nothing() -> None:
    class Spoils:
        def forward(self, x: Array) -> Array:
            self.out = np.tanh(x)
            return self.out

        def backward(self, dout: Array) -> Array:
            self.out *= self.out
            return dout * (1.0 - self.out)

    report = check_gate(Spoils, arrays()[0])
    assert report.passed
    assert [(f.slug, f.remark) for f in report.findings] == [("mutates-output", True)]
    assert "Spoils.backward wrote into the array that Spoils.forward had returned" in str(report).replace("\n    ", " ")


def test_one_array_of_two_gradients_of_one_shape_is_two_gradients() -> None:
    assert check_gate(broken(lambda gate, dz: np.array([dz * gate.y, dz * gate.x])), *arrays()).passed
    assert check_gate(broken(lambda gate, dz: np.array([dz * gate.y, dz * gate.x])), 3.0, -2.0).passed
    report = check_gate(broken(lambda gate, dz: np.array([dz * gate.y, dz])), *arrays())
    assert report.parts == {"dx": True, "dy": False}


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_any_subgradient_is_right_at_a_tie(slope: float) -> None:
    x = arrays()[0]
    x[1] = 0.0
    local = lambda x: np.where(x > 0, 1.0, np.where(x == 0, slope, 0.0))  # noqa: E731
    report = check_backward(lambda x: np.maximum(x, 0), lambda dout, x: dout * local(x), x)
    assert report.passed, str(report)


def test_at_a_tie_no_other_mistake_slips_through() -> None:
    x = arrays()[0]
    x[1:] = 0.0
    assert not check_backward(lambda x: np.maximum(x, 0), lambda dout, x: dout * (x > -0.5), x).passed
    assert not check_backward(lambda x: np.maximum(x, 0), lambda dout, x: 2 * dout * (x > 0), x).passed


def test_wrong_entries_are_located_with_index_and_number_and_what_is_expected_is_not_shown() -> None:
    def gradient(x: Array) -> Array:
        right = 2.0 * x
        right[1, 2] += 1e-3
        return right

    report = check_gradient(lambda x: np.sum(x**2), gradient, arrays()[0])
    (finding,) = report.findings
    assert "[1, 2]" in finding.detail and "[0, 0]" not in finding.detail
    assert f"{gradient(arrays()[0])[1, 2]:.6g}" in finding.detail
    assert f"{2.0 * arrays()[0][1, 2]:.6g}" not in finding.detail
    assert "1 of its 12 entries" in finding.message


def test_a_wrong_entry_is_found_among_a_hundred_thousand() -> None:
    x = np.random.default_rng(3).normal(size=(311, 300))

    def gradient(x: Array) -> Array:
        right = 2.0 * x
        right[77, 123] *= 1.0 + 1e-6
        return right

    report = check_gradient(lambda x: np.sum(x**2), gradient, x)
    assert not report.passed
    assert "[77, 123]" in report.findings[0].detail


def test_gradient_may_be_an_array_and_f_must_give_one_number() -> None:
    x = arrays()[0]
    assert check_gradient(lambda x: np.sum(x**3), 3.0 * x**2, x).passed
    assert "shape" in slugs(check_gradient(lambda x: x**2, lambda x: 2 * x, x))


def test_complex_inputs_are_refused() -> None:
    with pytest.raises(TypeError, match="real"):
        check_gradient(np.sum, np.ones(2), np.array([1j, 2.0]))


def test_like_judges_the_forward_pass_apart() -> None:
    report = check_gate(Multiply, *arrays(), like=lambda x, y: x * y + 1.0)
    assert report.parts == {"out": False, "dx": True, "dy": True}


def test_another_operation_in_a_lone_gate_is_named() -> None:
    findings = check_gate(Multiply, *arrays(), like=lambda x, y: x / y).findings
    assert ("wrong-operation", "out") in [(finding.slug, finding.array) for finding in findings]
    assert "with * where / belongs" in str(findings)


def test_values_tell_what_is_wrong_and_never_the_answer() -> None:
    got = {"q": 3.0, "f": 12.0, "dz": 6.0, "dq": -2.0, "dx": None, "dy": 0.0, "w": [1.0]}
    right = {"q": 3.0, "f": -12.0, "dz": 3.0, "dq": -4.0, "dx": -4.0, "dy": -4.0, "w": 5.0, "h": 7.5}
    report = check_values(lambda: got, right)
    slugs_by_part = {finding.array: finding.slug for finding in report.findings}
    assert slugs_by_part == {
        "f": "sign",
        "dz": "factor-2",
        "dq": "factor-half",
        "dx": "not-written",
        "dy": "zero",
        "w": "shape",
        "h": "missing-key",
    }
    assert report.parts["q"] and not any(number in str(report) for number in ("-12", "-4", "7.5"))


def test_a_loss_is_checked_with_each_gradient_apart() -> None:
    rng = np.random.default_rng(0)
    W, X, y = rng.normal(size=(4, 3)), rng.normal(size=(5, 4)), np.array([0, 1, 2, 2, 0])

    def loss(params: dict[str, Array], X: Array, y: Array, reg: float, slip: float = 1.0) -> Any:
        scores = X @ params["W"] + params["b"]
        shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
        p = shifted / shifted.sum(axis=1, keepdims=True)
        rows = np.arange(len(y))
        value = -np.mean(np.log(p[rows, y])) + 0.5 * reg * np.sum(params["W"] ** 2)
        p[rows, y] -= 1.0
        return value, {"W": X.T @ p / len(y) + slip * reg * params["W"], "b": p.sum(axis=0) / len(y)}

    params = {"W": W, "b": rng.normal(size=3)}
    right = lambda *args: loss(*args)[0]  # noqa: E731
    report = check_loss(loss, params, X, y, reg=0.1, like=right)
    assert report.passed and list(report.parts) == ["loss", "penalty", "dW", "db"], str(report)
    report = check_loss(lambda *args: loss(*args, slip=2.0), params, X, y, reg=0.1, like=right)
    assert report.parts == {"loss": True, "penalty": True, "dW": False, "db": True}


def test_two_numbers_that_hold_each_others_value_are_told_as_swapped() -> None:
    report = check_values({"dq": 3.0, "dz": -4.0, "f": -12.0}, {"dq": -4.0, "dz": 3.0, "f": -12.0})
    assert [(f.slug, f.array) for f in report.findings] == [("operands-swapped", "dq, dz")]
    assert report.parts == {"dq": False, "dz": False, "f": True}


def test_of_a_staged_computation_the_first_wrong_number_is_told_in_full() -> None:
    right = {"dp": -0.5, "de": -0.25, "dn": -0.2, "ds": 0.2}
    report = check_values({"dp": 0.5, "de": 0.3, "dn": 0.1, "ds": 0.7}, right, staged=True)
    assert [(f.slug, f.array) for f in report.findings] == [("sign", "dp"), ("wrong-value", "de, dn, ds")]
    assert "de, dn, ds" in report.findings[1].message and report.score == 0.0


def test_two_numbers_of_opposite_sign_are_not_told_to_be_swapped_where_both_signs_are_lost() -> None:
    report = check_values({"ds": -0.2, "dw0": 0.2, "dw1": 0.4}, {"ds": 0.2, "dw0": -0.2, "dw1": -0.4}, staged=True)
    assert [(f.slug, f.array) for f in report.findings] == [("sign", "ds"), ("wrong-value", "dw0, dw1")]


SLIPS = {
    "dx": [
        ("upstream-dropped", 1.0, "1 is the local derivative; the upstream is missing."),
        ("one-sided", [1.0, 2.0], "off"),
    ]
}


def test_number_that_a_known_slip_leads_to_is_told_by_its_name() -> None:
    report = check_values({"dx": 1, "dy": 1.0}, {"dx": -4.0, "dy": -4.0}, slips=SLIPS)
    assert [(f.slug, f.array, f.message) for f in report.findings] == [
        ("upstream-dropped", "dx", "1 is the local derivative; the upstream is missing."),
        ("wrong-value", "dy", "dy is not right yet."),
    ]
    assert report.parts == {"dx": False, "dy": False}


@pytest.mark.parametrize("value", [-4.0, 1.5, None, "one", [1.0]], ids=repr)
def test_known_slips_change_nothing_for_other_numbers(value: Any) -> None:
    plain, slips = (check_values({"dx": value, "dy": 2.0}, {"dx": -4.0, "dy": 2.0}, slips=s) for s in (None, SLIPS))
    assert (plain.parts, plain.findings) == (slips.parts, slips.findings)
    missing = check_values({"dy": 2.0}, {"dx": -4.0, "dy": 2.0}, slips=SLIPS)
    assert [f.slug for f in missing.findings] == ["missing-key"]


def test_gradient_in_the_reverse_order_is_told_so() -> None:
    report = check_gradient(lambda w: np.sum(w**3), lambda w: 3 * w[::-1] ** 2, np.array([0.5, -1.2, 2.0]))
    assert [(f.slug, "reverse order" in f.message) for f in report.findings] == [("reversed", True)]


def test_an_output_of_another_shape_than_the_exercises_is_a_finding() -> None:
    report = check_backward(lambda x: x.sum(axis=0), lambda d, x: d * np.ones_like(x), arrays()[0], like="relu-gate")
    assert (slugs(report), report.score) == ({"shape"}, 0.0)


def test_side_of_a_choice_that_sends_nothing_back_is_told_as_that_side() -> None:
    leaky = lambda x: np.where(x > 0, x, 0.1 * x)  # noqa: E731
    report = check_backward(leaky, lambda dout, x: dout * (x > 0), np.array([-2.0, 1.5, -0.3, 0.8]), like=leaky)
    assert [f.slug for f in report.findings] == ["zero"]
    assert "sent nothing back on the negative side" in str(report).replace("\n    ", " ")


def test_sides_that_are_exchanged_forward_are_told() -> None:
    leaky = lambda x: np.where(x > 0, x, 0.1 * x)  # noqa: E731
    other = lambda x: np.where(x > 0, 0.1 * x, x)  # noqa: E731
    backward = lambda dout, x: dout * np.where(x > 0, 1.0, 0.1)  # noqa: E731
    report = check_backward(other, backward, np.array([-2.0, 1.5, -0.3, 0.8]), like=leaky)
    assert [(f.slug, f.array) for f in report.findings] == [("mask-inverted", "out")]


def test_minus_that_is_lost_in_an_exponent_is_told() -> None:
    forward = lambda x: 1.0 / (1.0 + np.exp(x))  # noqa: E731
    backward = lambda dout, x: dout * forward(x) * (1.0 - forward(x))  # noqa: E731
    report = check_backward(forward, backward, np.array([-2.0, 1.5, -0.3, 0.8]), like="sigmoid-gate")
    assert [(f.slug, f.array) for f in report.findings] == [("sign", "out")]
    assert "minus in the exponent is lost" in str(report).replace("\n    ", " ")


def test_output_plus_1_where_alpha_belongs_is_told() -> None:
    def forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        out = np.where(x > 0, x, 1.5 * (np.exp(np.minimum(x, 0.0)) - 1.0))
        return out, out

    report = check_backward(
        forward,
        lambda dout, out: dout * np.where(out > 0, 1.0, out + 1.0),
        np.array([-2.0, 1.5, -0.3, 0.8]),
        like=lambda x: forward(x)[0],
    )
    assert "output + 1.5 belongs" in str(report).replace("\n    ", " ")


def test_backward_that_writes_into_what_forward_was_given_is_told_so() -> None:
    def backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
        x[x <= 0] = 0
        return dout * (x > 0)

    x = np.array([-2.0, 1.5, -0.3, 0.8])
    report = check_backward(lambda x: (np.maximum(x, 0.0), x), backward, x, like="relu-gate")
    assert slugs(report) == {"mutates-input"} and "the array that the forward pass was given and kept" in str(report)


def test_mistake_that_shows_beside_a_kink_only_has_its_name_there() -> None:
    forward = lambda x: np.maximum(x, 0.0)  # noqa: E731
    x = np.array([[0.0, 1.7, -0.6], [-2.4, 0.4, 0.0]])
    reports = [check_backward(forward, lambda dout, x: dout * forward(x), x, like=forward, seed=s) for s in range(8)]
    assert {f.slug for report in reports for f in report.findings} == {"activation-input-output-confused"}


def test_maximum_that_is_compared_with_zero_as_well_is_one_relu_too_many() -> None:
    x = np.array([[[1.0, -2.0], [0.1, 0.7]], [[-1.0, -3.0], [2.0, 1.0]], [[-0.5, -0.2], [0.6, 2.1]]])
    forward = lambda x: np.maximum(np.max(x, axis=2), 0.0)  # noqa: E731
    backward = lambda dout, x: (x == np.max(x, axis=2)[:, :, None]) * dout[:, :, None]  # noqa: E731
    report = check_backward(forward, backward, x, like=lambda x: np.max(x, axis=2), textbook=True)
    assert [(f.slug, f.array) for f in report.findings] == [("extra-relu", "out")]


def test_matrix_times_vector_without_its_transpose_is_told_where_a_square_lets_it_pass() -> None:
    x, W = np.array([0.5, -1.0]), np.array([[1.0, 0.5], [-2.0, 0.25]])
    backward = lambda dout, x, W: (W @ dout, np.outer(dout, x))  # noqa: E731
    report = check_backward(lambda x, W: W @ x, backward, x, W, like=lambda x, W: W @ x, textbook=True)
    assert ("transposed", "dx") in {(f.slug, f.array) for f in report.findings}


def test_wrong_axis_is_told_only_where_the_output_has_an_axis_of_that_length() -> None:
    x, b = np.arange(12.0).reshape(4, 3) + 0.5, np.array([0.5, -1.0, 2.0])
    for db, slug in ((lambda d: d.sum(axis=1), "wrong-axis"), (lambda d: np.ones(5), "shape")):
        report = check_backward(lambda x, b: x + b, lambda d, x, b, db=db: (d, db(d)), x, b, textbook=True)
        assert [f.slug for f in report.findings if f.array == "db"] == [slug]


@pytest.mark.parametrize("middle, most", [(0.75, 4), (0.0, 100)], ids=["recorded", "measured at a tie"])
def test_right_gradient_is_measured_only_where_the_recorded_pass_leaves_a_doubt(middle: float, most: int) -> None:
    calls: list[int] = []
    like = lambda x: (calls.append(1), np.maximum(x, 0.0))[1]  # noqa: E731
    x = np.array([1.5, middle, -2.0])
    report = check_backward(like, lambda dout, x: dout * (x > 0), x, like=like, seed=1)
    assert report.passed
    calls_of_forward = 5  # by the check itself: of four passes, and of one at other sizes
    assert (len(calls) - calls_of_forward <= 4) is (most == 4), len(calls)


@pytest.mark.parametrize("size", ["len(x)", "4"])
def test_a_seed_gives_one_report_whether_or_not_it_was_measured(size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    backward = eval(f"lambda dout, x, w: (dout * w, np.sum((dout * x)[:{size}], axis=0))")
    rng = np.random.default_rng(3)
    x, w = rng.normal(size=(4, 3)), rng.normal(size=3)
    texts = []
    for measure in (False, True):
        if measure:
            for module in ("judge_backward", "memory"):
                monkeypatch.setattr(f"cs231n_lite.checking.{module}.exactly", lambda *_: False)
        texts.append(str(check_backward(lambda x, w: x * w, backward, x, w, like=lambda x, w: x * w, seed=6)))
    assert texts[0] == texts[1]
    assert ("hard-coded-size" in texts[0]) is (size == "4")
