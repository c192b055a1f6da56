"""Tracing: the function's own values, to the bit; every node replays to them; what is lost is named with its line."""

from __future__ import annotations

import inspect
import math
import threading

import numpy as np
import pytest

from cs231n_lite.drawing.picture import draw
from cs231n_lite.tracing.trace import trace

RNG = np.random.default_rng(4)
X, Y = RNG.normal(size=(6, 4)), np.array([0, 1, 2, 0, 1, 1])


def same(one, other):
    if isinstance(one, (tuple, list)):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if type(one) is not type(other):
        return False
    if isinstance(one, (np.ndarray, np.generic)):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
    return one == other or (one != one and other != other)


def affine(x, w, b):
    out = x.reshape(x.shape[0], -1) @ w + b
    return out, (x, w, b)


def softmax_loss(scores, y):
    scores = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    n = scores.shape[0]
    loss = -np.log(p[np.arange(n), y]).mean()
    dscores = p.copy()
    dscores[np.arange(n), y] -= 1
    dscores /= n
    return loss, dscores


def svm_loss(W, X, y, reg):
    scores = X.dot(W.T)
    n = len(y)
    correct = scores[range(n), y][:, None]
    margins = np.maximum(0, scores - correct + 1)
    margins[range(n), y] = 0
    loss = np.sum(margins) / n + 0.5 * reg * np.sum(W * W)
    dW = np.zeros(W.shape)
    for i in range(n):
        for j in range(W.shape[0]):
            if j != y[i] and margins[i, j] > 0:
                dW[j] += X[i]
                dW[y[i], :] -= X[i]
    dW /= n
    dW += reg * W
    return loss, dW


def two_layers(params, X, y):
    h = np.where((z := X @ params["W1"] + params["b1"]) > 0, z, 0.01 * z)
    loss, ds = softmax_loss(h @ params["W2"] + params["b2"], y)
    grads = {"W2": h.T @ ds, "b2": ds.sum(0)}
    dh = ds.dot(params["W2"].T)
    dh[z <= 0] *= 0.01
    grads["W1"] = np.dot(X.T, dh)
    grads["b1"] = np.sum(dh, axis=0)
    return loss, grads


def rnn(w, h, xs):
    hs = np.zeros(len(xs) + 1)
    hs[0] = h
    for t, x in enumerate(xs):
        h = np.tanh(w * h + x)
        hs[t + 1] = h
    return h, hs


def aliases(x):
    row, turned = x[0], x.T
    row += 1
    x[1] *= 2
    turned[0, 0] = 7
    top, bottom = np.split(x, 2)
    bottom -= 3
    x[:, 1] += x[:, 0]
    np.add.at(x, [0, 0], 1.0)
    np.maximum(x, 0, out=x)
    flat = x.reshape(-1)
    flat[2] = 5
    for line in x:
        line *= 2
    flat.sort()
    return x, row, turned, top, flat


def arrays(x):
    return (
        np.einsum("ij,kj->ik", x, x), np.concatenate([x, x * 2], axis=1), np.clip(x, -0.5, 0.5), np.stack([x[0], x[1]]),
        np.array([x[0, 0], 2.0, x[1, 1]]), np.transpose(x), x.T.ravel(), np.linalg.norm(x), x.mean(0), x.std(),
        np.outer(x[0], x[1]), x**2, 2**x, abs(x), -x, x // 2, x % 2, np.sign(x), x.astype(np.float32), np.pad(x, 1),
        1 / (1 + np.exp(-x)), np.full((2,), x[0, 0]), np.argmax(x, axis=1), x.any(), np.cumsum(x), [*x],
        np.vstack([x, x]), np.ones_like(x) * x, np.asarray(x), np.isfinite(x), np.squeeze(x[:1]), divmod(x, 2),
        np.add.reduce(x, axis=1), x[x > 0], x[..., None], np.tensordot(x, x, 1), np.median(x), np.sort(x), x[::-1, 1:],
        np.broadcast_to(x, (2, *x.shape)), np.eye(2) @ x, x.max(), x.min(axis=0), x.clip(0, 1), x.dot(x),
        len(x), x.shape,
    )  # fmt: skip


def numbers(x, y):
    best = max(x, y)
    chosen = x if x > y else y
    return (
        x * y, x / y, x // y, x % y, -x, x**2, pow(x, 3), abs(x), math.exp(x), np.exp(x), math.sqrt(abs(x)),
        best, chosen, sum([x, y, x]), x > y, float(x), int(y), np.maximum(x, y), {"a": x},
        1.0 / (1.0 + math.exp(-(x * y + 1))), np.array([x, y]).sum(), isinstance(x, float), isinstance(x, np.ndarray),
        f"{x:.2f}",
        round(x, 1), 2 - x, 2 / y,
    )  # fmt: skip


PARAMS = {name: RNG.normal(size=size) for name, size in {"W1": (4, 5), "b1": (5,), "W2": (5, 3), "b2": (3,)}.items()}
CASES = {
    "affine": (affine, RNG.normal(size=(3, 2, 2)), RNG.normal(size=(4, 5)), RNG.normal(size=5)),
    "softmax": (softmax_loss, RNG.normal(size=(6, 3)), Y),
    "svm with loops": (svm_loss, RNG.normal(size=(3, 4)), X, Y, 0.1),
    "two layers": (two_layers, PARAMS, X, Y),
    "rnn in a buffer": (rnn, 0.5, 0.1, [1.0, -2.0, 0.3]),
    "views and in-place": (aliases, np.arange(4.0).reshape(2, 2)),
    "views, float32": (aliases, np.arange(4, dtype=np.float32).reshape(2, 2)),
    "arrays": (arrays, RNG.normal(size=(2, 2))),
    "floats": (numbers, 1.5, -0.5),
    "numpy floats": (numbers, np.float64(1.5), 2),
    "integers": (numbers, 3, 2),
    "nan and inf": (lambda x: (x * 2, np.maximum(x, 0), x.sum()), np.array([np.nan, np.inf, 1.0])),
    "empty": (lambda x: (x * 2, x.sum()), np.zeros((0, 3))),
    "no input": (lambda: np.ones(3).sum() + 1,),
}


@pytest.mark.parametrize("case", CASES)
def test_result_is_the_functions_own_to_the_bit(case):
    f, *inputs = CASES[case]
    fresh = [value.copy() if isinstance(value, np.ndarray) else value for value in inputs]
    assert same(trace(f, *inputs).result, f(*fresh))


@pytest.mark.parametrize("case", CASES)
def test_every_node_replays_to_its_value(case):
    f, *inputs = CASES[case]
    recorded = trace(f, *inputs)
    values = recorded.run()
    assert [node for node in recorded.nodes if not same(values[node.id], node.value)] == []
    assert all(source < node.id for node in recorded.nodes for source in node.inputs)


def test_replay_on_other_values_is_the_function_there():
    recorded = trace(softmax_loss, RNG.normal(size=(6, 3)), Y)
    other = RNG.normal(size=(6, 3))
    values = recorded.run({"scores": other})
    loss, dscores = softmax_loss(other, Y)
    assert values[recorded.outputs[0]] == loss and np.array_equal(values[recorded.outputs[1]], dscores)


def test_replay_with_a_node_held_runs_only_what_follows_it():
    recorded = trace(lambda x, y, z: (x + y) * z, -2.0, 5.0, -4.0)
    total = next(node.id for node in recorded.nodes if node.op == "add")
    assert recorded.run(fixed={total: 10.0})[recorded.output] == -40.0


def test_replay_refuses_a_name_that_is_no_input():
    with pytest.raises(KeyError, match="no input 'q'; it reads x"):
        trace(lambda x: x * 2, 1.0).run({"q": 1.0})


def test_a_plain_array_that_changes_between_two_uses_is_recorded_as_it_was():
    mask = np.ones(3)

    def f(x):
        once = (x * mask).sum()
        mask[:] = 0.0
        return once + (x * mask).sum()

    recorded = trace(f, np.arange(3.0))
    assert recorded.result == 3.0 and recorded.run()[recorded.output] == 3.0


class Layer:
    def __init__(self):
        self.w = np.ones((3, 2))
        self.notes = {}

    def forward(self, x):
        self.cache = (x, self.w)
        self.notes["h"] = np.maximum(0, x @ self.w)
        return self.notes["h"].sum()


def test_an_object_keeps_plain_values_and_not_traced_ones():
    layer, x = Layer(), np.ones((4, 3))
    assert trace(layer.forward, x).result == 24.0
    assert layer.cache[0] is x and layer.cache[1] is layer.w
    assert type(layer.notes["h"]) is np.ndarray


def test_a_value_that_was_kept_elsewhere_computes_on_unrecorded():
    values = []
    recorded = trace(lambda x: (values.append(x), x * 2)[1], np.ones(2))
    before = len(recorded.nodes)
    assert type(values[0] + 1) is np.ndarray and len(recorded.nodes) == before


def test_arrays_of_the_caller_keep_their_contents():
    x = np.arange(4.0).reshape(2, 2)
    trace(aliases, x)
    assert np.array_equal(x, np.arange(4.0).reshape(2, 2))


def test_variables_and_lines_come_from_the_code():
    def f(x, y):
        q = x + y
        grads = {}
        grads["W1"] = np.exp(q)
        x *= 2
        return grads["W1"] * x

    start = inspect.getsourcelines(f)[1]
    recorded = trace(f, 1.0, 2.0)
    operations = [(node.op, node.name, node.line - start) for node in recorded.nodes if node.op != "input"]
    assert operations == [("add", "q", 1), ("exp", "W1", 3), ("multiply", "x", 4), ("multiply", "", 5)]
    assert recorded.inputs == {"x": 0, "y": 1}


def test_one_operation_has_one_name_however_it_is_written():
    f = lambda x: (x.sum(), np.sum(x), np.add.reduce(x, axis=None), x @ x, np.matmul(x, x), -x, np.negative(x))  # noqa: E731
    ops = [node.op for node in trace(f, np.eye(2)).nodes if node.op != "input"]
    assert ops == ["sum", "sum", "sum", "matmul", "matmul", "negative", "negative"]


def test_a_loop_is_unrolled_and_the_weight_is_read_at_every_step():
    recorded = trace(rnn, 0.5, 0.1, [1.0, 2.0, 3.0])
    weight = recorded.inputs["w"]
    assert sum(weight in node.inputs for node in recorded.nodes) == 3
    assert [node.name for node in recorded.nodes if node.op == "tanh"] == ["h", "h", "h"]


def test_branches_are_recorded_the_way_they_went():
    f = lambda x: x * 2 if x > 0 else x * 3  # noqa: E731
    assert [branch for _, branch in trace(f, 1.0).branches] == [True]
    assert [branch for _, branch in trace(f, -1.0).branches] == [False]


OUTSIDE = np.zeros(3)


def writes_outside(x):
    OUTSIDE[0] = x
    return x * 2


@pytest.mark.parametrize(
    ("f", "operations"),
    [
        (lambda x: float(x) + x, "float() takes a plain number out of the graph"),
        (lambda x: int(x) + x, "int() takes a plain number"),
        (lambda x: np.float64(x) + x, "taken out of NumPy's protocols|float() takes"),
        (lambda x: np.asanyarray(x) + x, "taken out of NumPy's protocols"),
        (lambda x: (x * np.ones(2)).tolist(), ".tolist() leaves NumPy"),
        (lambda x: sum((x * np.ones(2)).flat), ".flat leaves NumPy's protocols"),
        (writes_outside, "taken out of NumPy's protocols|float() takes"),
        (lambda x: (np.add(x, 1, out=OUTSIDE), x)[1], "out= is an array that is not traced"),
    ],
)
def test_what_cannot_be_followed_is_named_with_its_line(f, operations):
    recorded = trace(f, 2.0)
    assert len(recorded.lost) == 1
    assert any(words in str(recorded.lost[0]) for words in operations.split("|"))
    line = inspect.getsourcelines(f)[1]
    assert line <= recorded.lost[0].line <= line + 1
    assert same(recorded.result, f(2.0))


def test_what_a_trace_follows_loses_nothing():
    followed = ("affine", "softmax", "svm with loops", "two layers", "rnn in a buffer", "views and in-place")
    assert [case for case in followed if trace(*CASES[case]).lost] == []


def test_numpy_and_math_are_as_before_afterwards_also_after_an_error():
    before = (np.zeros, np.array, math.exp)
    with pytest.raises(ZeroDivisionError):
        trace(lambda x: 1 / (x - x), 2.0)
    assert (np.zeros, np.array, math.exp) == before


def test_another_thread_gets_plain_arrays_meanwhile():
    kinds = []

    def f(x):
        other = threading.Thread(target=lambda: kinds.append(type(np.zeros(2))))
        other.start()
        other.join()
        return x * 2

    trace(f, 1.0)
    assert kinds == [np.ndarray]


def test_errors_and_warnings_are_the_functions_own():
    with pytest.raises(ValueError, match="matmul"):
        trace(lambda x: x @ np.ones(5), np.ones((2, 2)))
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        trace(lambda x: np.log(x), np.zeros(2))


def test_an_object_array_is_refused_with_a_sentence():
    with pytest.raises(TypeError, match="input x is an array of object; trace follows numbers"):
        trace(lambda x: x, np.array([1, None], dtype=object))


def test_a_value_in_place_of_a_function_is_refused_with_a_sentence():
    with pytest.raises(TypeError, match=r"trace\(f, x\), not trace\(f\(x\)\)"):
        trace(3.0)


def test_gradients_of_a_traced_function_are_measured_at_every_float_node():
    diagram = draw(trace(two_layers, PARAMS, X, Y)).diagram
    loss, grads = two_layers(PARAMS, X, Y)
    assert diagram.marks[diagram.output].value == loss
    for name, expected in grads.items():
        # z <= 0 scales by 0.01 in both passes, so these gradients are exact
        np.testing.assert_allclose(diagram.marks[name].measured, expected, atol=1e-8)
    assert diagram.marks["y"].measured is None


def test_a_variable_that_is_set_again_is_numbered():
    marks = draw(trace(rnn, 0.5, 0.1, [1.0, 2.0])).diagram.marks
    assert [name for name in marks if name.startswith("h")] == ["h", "h1", "h2"]


def test_a_constant_is_drawn_and_an_index_stands_on_its_gate():
    marks = draw(trace(lambda x: np.maximum(0, x[1:, 0] + 2.5).sum(), np.ones((3, 2)))).diagram.marks
    assert {mark.label for mark in marks.values() if mark.kind == "constant"} == {"0", "2.5"}
    assert [mark.symbol for mark in marks.values() if mark.kind == "getitem"] == ["[1:, 0]"]


def test_a_trace_tells_itself_in_words():
    recorded = trace(rnn, 0.5, 0.1, [1.0])
    assert repr(recorded) == "trace of rnn: 6 operations on w, h, xs_0"


def test_random_numbers_inside_a_traced_function_are_plain_arrays_beside_traced_zeros():
    # Compiled code that called the stand-in of np.empty used to end the process.
    rng = np.random.default_rng(0)

    def f(x):
        W, b = np.random.randn(3, x.size), np.zeros(3)
        b[:] = W @ x
        return np.sum(b + rng.normal(size=3) + rng.choice(5, size=3, replace=False))

    recorded = trace(f, np.ones(4))
    assert np.isfinite(recorded.result)
    assert {"matmul", "setitem", "sum"} <= {node.op for node in recorded.nodes}
