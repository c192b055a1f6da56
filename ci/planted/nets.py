"""Right code for the losses and nets of the course, and the bugs that real attempts at them have."""

from __future__ import annotations

import numpy as np

from ci.planted.operations import normal, operation

__all__ = ["NETS"]

_Y = np.array([0, 2, 1, 3, 0, 2, 3])  # 7 rows, 4 classes
_X = normal(7, 5)
_ONE = {"W": normal(5, 4, size=0.5), "b": normal(4, size=0.5)}
_TWO = {
    "W1": normal(5, 6, size=0.5),
    "b1": normal(6, size=0.5),
    "W2": normal(6, 4, size=0.5),
    "b2": normal(4, size=0.5),
}
_THREE = {
    "W1": normal(5, 6, size=0.6), "b1": normal(6, size=0.5), "W2": normal(6, 8, size=0.6), "b2": normal(8, size=0.5),
    "W3": normal(8, 4, size=0.6), "b3": normal(4, size=0.5),
}  # fmt: skip

NETS = (
    operation(
        "softmax-loss",
        """
        def loss(scores, y):
            shifted = scores - scores.max(axis=1, keepdims=True)
            p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
            N = len(y)
            value = -np.log(p[np.arange(N), y]).mean()
            dscores = p.copy()
            dscores[np.arange(N), y] -= 1
            dscores /= N
            return value, dscores
        """,
        ({"scores": normal(7, 4)},),
        ("one-hot-missing", "one-hot-missing", "    dscores[np.arange(N), y] -= 1\n", ""),
        (
            "one-hot-on-a-copy",
            "one-hot-missing",
            "dscores[np.arange(N), y] -= 1",
            "dscores[np.arange(N), y].copy()[:] -= 1",
        ),
        ("one-everywhere", "one-hot-missing|correct-class-term", "dscores[np.arange(N), y] -= 1", "dscores -= 1"),
        ("plus-one", "correct-class-term", "-= 1", "+= 1"),
        ("set-to-minus-one", "correct-class-term", "dscores[np.arange(N), y] -= 1", "dscores[np.arange(N), y] = -1"),
        ("not-over-n", "missing-1-over-n", "    dscores /= N\n", ""),
        ("over-n-twice", "extra-1-over-n", "dscores /= N", "dscores /= N * N"),
        ("sign", "sign", "dscores /= N", "dscores /= -N"),
        ("own-derivative-only", "local-dropped|wrong-value", "dscores[np.arange(N), y] -= 1", "dscores *= 1 - p"),
        ("four-classes-typed-in", "hard-coded-size", "dscores = p.copy()", "dscores = p.reshape(-1, 4).copy()"),
        ("over-classes", "wrong-value|missing-1-over-n|extra-1-over-n", "dscores /= N", "dscores /= p.shape[1]"),
        ("into-the-scores", "mutates-input", "dscores = p.copy()", "dscores = p.copy()\n    scores += 1"),
        ("sum-for-mean-in-loss", "loss-formula|missing-1-over-n", ".mean()\n", ".sum()\n"),
        ("log-missing", "loss-formula", "-np.log(p[np.arange(N), y]).mean()", "-p[np.arange(N), y].mean()"),
        kind="loss",
        data=(_Y,),
    ),
    operation(
        "svm-loss",
        """
        def loss(W, X, y, reg):
            N = len(y)
            scores = X @ W.T
            correct = scores[np.arange(N), y]
            margins = np.maximum(0, scores - correct[:, None] + 1)
            margins[np.arange(N), y] = 0
            value = margins.sum() / N + 0.5 * reg * np.sum(W * W)
            dscores = (margins > 0).astype(float)
            dscores[np.arange(N), y] -= dscores.sum(axis=1)
            dscores /= N
            dW = dscores.T @ X
            dW += reg * W
            return value, dW
        """,
        ({"W": normal(4, 5, size=0.7)},),
        ("correct-class-left-out", "correct-class-term", "    dscores[np.arange(N), y] -= dscores.sum(axis=1)\n", ""),
        ("minus-one-for-count", "correct-class-term", "-= dscores.sum(axis=1)", "-= 1"),
        ("plus-count", "correct-class-term", "-= dscores.sum(axis=1)", "+= dscores.sum(axis=1)"),
        ("margins-for-mask", "mask-missing", "(margins > 0).astype(float)", "margins.copy()"),
        (
            "mask-missing",
            "mask-missing",
            "dscores = (margins > 0).astype(float)",
            "dscores = np.ones_like(margins)\n    dscores[np.arange(N), y] = 0",
        ),
        ("not-over-n", "missing-1-over-n", "    dscores /= N\n", ""),
        ("over-n-twice", "extra-1-over-n|mean-for-sum", "dscores /= N", "dscores /= N * N"),
        ("penalty-missing", "penalty-missing", "    dW += reg * W\n", ""),
        ("penalty-doubled", "penalty-factor", "dW += reg * W", "dW += 2 * reg * W"),
        ("penalty-halved", "penalty-factor", "dW += reg * W", "dW += 0.5 * reg * W"),
        ("penalty-over-n", "penalty-over-n", "dW += reg * W", "dW += reg * W / N"),
        ("penalty-of-square", "penalty-formula", "dW += reg * W", "dW += reg * W * W"),
        ("penalty-missing-in-loss", "penalty-missing", " + 0.5 * reg * np.sum(W * W)", ""),
        ("penalty-missing-in-both", "penalty-missing", " + 0.5 * reg * np.sum(W * W)", " + 0 * reg"),
        ("alias", "mutates-input", "dW = dscores.T @ X", "W[-1] = 0\n    dW = dscores.T @ X"),
        ("assigned-for-added", "zero|wrong-value", "dW += reg * W", "dW = reg * W"),
        ("sign", "sign", "dscores.T @ X", "-(dscores.T @ X)"),
        kind="loss",
        data=(_X, _Y),
        reg=0.3,
    ),
    operation(
        "linear-softmax",
        """
        def loss(params, X, y, reg):
            W, b = params["W"], params["b"]
            N = len(y)
            scores = X @ W + b
            shifted = scores - scores.max(axis=1, keepdims=True)
            p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
            value = -np.log(p[np.arange(N), y]).mean() + 0.5 * reg * np.sum(W * W)
            dscores = p.copy()
            dscores[np.arange(N), y] -= 1
            dscores /= N
            dW = X.T @ dscores + reg * W
            db = dscores.sum(axis=0)
            return value, {"W": dW, "b": db}
        """,
        (_ONE,),
        ("one-hot-missing", "one-hot-missing", "    dscores[np.arange(N), y] -= 1\n", ""),
        ("not-over-n", "missing-1-over-n", "    dscores /= N\n", ""),
        ("db-not-over-n", "missing-1-over-n", "db = dscores.sum(axis=0)", "db = (dscores * N).sum(axis=0)"),
        ("db-mean", "mean-for-sum|extra-1-over-n", "dscores.sum(axis=0)", "dscores.mean(axis=0)"),
        ("penalty-on-bias", "penalty-on-bias", "dscores.sum(axis=0)", "dscores.sum(axis=0) + reg * b"),
        ("penalty-missing", "penalty-missing", " + reg * W\n", "\n"),
        ("penalty-doubled", "penalty-factor", " + reg * W\n", " + 2 * reg * W\n"),
        ("penalty-before-dividing", "penalty-over-n", "dscores + reg * W", "dscores + reg * W / N"),
        ("bias-forgotten", "forward-bias", "X @ W + b", "X @ W"),
        ("bias-doubled", "forward-bias", "X @ W + b", "X @ W + 2 * b"),
        ("key-missing", "missing-key", ', "b": db', ""),
        ("keys-mixed", "missing-key", '{"W": dW, "b": db}', '{"dw": dW, "db": db}'),
        (
            "labels-of-rows",
            "raises|wrong-value|hard-coded-size|not-written|loss-formula",
            "p[np.arange(N), y]).mean()",
            "p[:, y]).mean()",
        ),
        ("penalty-on-bias-in-loss", "penalty-on-bias", "np.sum(W * W)", "(np.sum(W * W) + np.sum(b * b))"),
        ("penalty-l1", "penalty-formula", "0.5 * reg * np.sum(W * W)", "reg * np.sum(np.abs(W))"),
        (
            "bincount-without-length",
            "raises|shape|hard-coded-size",
            "db = dscores.sum(axis=0)",
            "db = np.bincount(y) * 0 + dscores.sum(axis=0)",
        ),
        kind="loss",
        data=(_X, _Y),
        reg=0.2,
    ),
    operation(
        "two-layer-net",
        """
        def loss(params, X, y, reg):
            W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]
            N = len(y)
            hidden = np.maximum(0, X @ W1 + b1)
            scores = hidden @ W2 + b2
            shifted = scores - scores.max(axis=1, keepdims=True)
            p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
            data_loss = -np.log(p[np.arange(N), y]).mean()
            penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
            dscores = p.copy()
            dscores[np.arange(N), y] -= 1
            dscores /= N
            dW2 = hidden.T @ dscores + reg * W2
            db2 = dscores.sum(axis=0)
            dhidden = dscores @ W2.T
            dbefore = dhidden * (hidden > 0)
            dW1 = X.T @ dbefore + reg * W1
            db1 = dbefore.sum(axis=0)
            return data_loss + penalty, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
        """,
        (_TWO,),
        ("mask-missing", "mask-missing", "dhidden * (hidden > 0)", "dhidden"),
        ("mask-inverted", "mask-inverted", "hidden > 0", "hidden <= 0"),
        ("upstream-clipped", "mask-from-upstream", "dhidden * (hidden > 0)", "np.maximum(dhidden, 0)"),
        ("masked-by-upstream", "mask-from-upstream", "hidden > 0", "dhidden > 0"),
        ("mask-after-the-bias", "mask-too-late", "db1 = dbefore.sum(axis=0)", "db1 = dhidden.sum(axis=0)"),
        ("mask-only-in-bias", "mask-too-late", "dW1 = X.T @ dbefore", "dW1 = X.T @ dhidden"),
        ("by-hidden", "activation-input-output-confused", "(hidden > 0)", "hidden"),
        ("one-hot-missing", "one-hot-missing", "    dscores[np.arange(N), y] -= 1\n", ""),
        ("not-over-n", "missing-1-over-n", "    dscores /= N\n", ""),
        ("db2-not-over-n", "missing-1-over-n", "db2 = dscores.sum(axis=0)", "db2 = N * dscores.sum(axis=0)"),
        ("db1-not-over-n", "missing-1-over-n", "db1 = dbefore.sum(axis=0)", "db1 = N * dbefore.sum(axis=0)"),
        ("db1-mean", "mean-for-sum|extra-1-over-n", "db1 = dbefore.sum(axis=0)", "db1 = dbefore.mean(axis=0)"),
        ("dW1-over-n-again", "extra-1-over-n", "X.T @ dbefore", "X.T @ dbefore / N"),
        ("penalty-missing-W1", "penalty-missing", " + reg * W1\n", "\n"),
        ("penalty-doubled", "penalty-factor", "dscores + reg * W2", "dscores + 2 * reg * W2"),
        ("penalty-halved-loss-doubled", "penalty-factor", "penalty = 0.5 * reg", "penalty = 1.0 * reg"),
        ("penalty-quarter", "penalty-factor", "penalty = 0.5 * reg", "penalty = 0.25 * reg"),
        ("penalty-on-bias", "penalty-on-bias", "dscores.sum(axis=0)", "dscores.sum(axis=0) + reg * b2"),
        ("penalty-W2-only-in-loss", "penalty-missing", "(np.sum(W1 * W1) + np.sum(W2 * W2))", "np.sum(W2 * W2)"),
        ("penalty-over-n-in-loss", "penalty-over-n", "penalty = 0.5 * reg", "penalty = 0.5 / N * reg"),
        ("bias-forgotten", "forward-bias", "hidden @ W2 + b2", "hidden @ W2"),
        ("first-bias-forgotten", "forward-bias", "X @ W1 + b1", "X @ W1"),
        ("relu-after-scores", "extra-relu", "scores = hidden @ W2 + b2", "scores = np.maximum(0, hidden @ W2 + b2)"),
        ("relu-missing", "mask-missing|loss-formula", "np.maximum(0, X @ W1 + b1)", "X @ W1 + b1"),
        (
            "before-for-hidden",
            "activation-input-output-confused|wrong-value",
            "dW2 = hidden.T",
            "dW2 = (X @ W1 + b1).T",
        ),
        (
            "softmax-twice",
            "loss-formula",
            "data_loss =",
            "p = np.exp(p) / np.exp(p).sum(axis=1, keepdims=True)\n    data_loss =",
        ),
        ("sign-at-scores", "sign", "dscores /= N", "dscores /= -N"),
        ("chain-cut", "zero", "dhidden = dscores @ W2.T", "dhidden = 0 * dscores @ W2.T"),
        (
            "hidden-size-typed-in",
            "hard-coded-size",
            "db1 = dbefore.sum(axis=0)",
            "db1 = dbefore.reshape(-1, 6).sum(axis=0)",
        ),
        ("upstream-ones", "upstream-dropped", "dhidden = dscores @ W2.T", "dhidden = np.ones_like(dscores) @ W2.T"),
        ("alias", "mutates-input", "W1, b1, W2, b2 = params", "params['W1'] *= 0.5\n    W1, b1, W2, b2 = params"),
        (
            "accumulates",
            "not-repeatable",
            "db2 = dscores.sum(axis=0)",
            "loss.total = getattr(loss, 'total', 0.0) + dscores.sum(axis=0)\n    db2 = loss.total.copy()",
        ),
        kind="loss",
        data=(_X, _Y),
        reg=0.2,
    ),
    operation(
        "three-layer-net",
        """
        def loss(params, X, y, reg):
            W1, b1, W2, b2, W3, b3 = (params[key] for key in ("W1", "b1", "W2", "b2", "W3", "b3"))
            N = len(y)
            h1 = np.maximum(0, X @ W1 + b1)
            h2 = np.maximum(0, h1 @ W2 + b2)
            scores = h2 @ W3 + b3
            shifted = scores - scores.max(axis=1, keepdims=True)
            p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
            value = -np.log(p[np.arange(N), y]).mean()
            value += 0.5 * reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2) + np.sum(W3 ** 2))
            d3 = p.copy()
            d3[np.arange(N), y] -= 1
            d3 /= N
            d2 = (d3 @ W3.T) * (h2 > 0)
            d1 = (d2 @ W2.T) * (h1 > 0)
            grads = {"W3": h2.T @ d3, "b3": d3.sum(axis=0), "W2": h1.T @ d2, "b2": d2.sum(axis=0)}
            grads["W1"], grads["b1"] = X.T @ d1, d1.sum(axis=0)
            for key in ("W1", "W2", "W3"):
                grads[key] += reg * params[key]
            return value, grads
        """,
        (_THREE,),
        ("first-mask-missing", "mask-missing", " * (h1 > 0)", ""),
        ("second-mask-missing", "mask-missing", " * (h2 > 0)", ""),
        ("masks-swapped-in-sign", "mask-inverted", "(h1 > 0)", "(h1 <= 0)"),
        ("upstream-clipped", "mask-from-upstream", "(d2 @ W2.T) * (h1 > 0)", "np.maximum(d2 @ W2.T, 0)"),
        ("bias-before-the-mask", "mask-too-late", "d1.sum(axis=0)", "(d2 @ W2.T).sum(axis=0)"),
        ("penalty-forgets-W2", "penalty-missing", '("W1", "W2", "W3"):', '("W1", "W3"):'),
        ("penalty-doubled", "penalty-factor", "+= reg * params[key]", "+= 2 * reg * params[key]"),
        ("penalty-over-n", "penalty-over-n", "+= reg * params[key]", "+= reg / N * params[key]"),
        ("b2-not-over-n", "missing-1-over-n", "d2.sum(axis=0)", "N * d2.sum(axis=0)"),
        ("one-hot-missing", "one-hot-missing", "    d3[np.arange(N), y] -= 1\n", ""),
        ("sign-of-b3", "sign", "d3.sum(axis=0)", "-d3.sum(axis=0)"),
        ("b1-placeholder", "zero", "d1.sum(axis=0)", "0 * b1"),
        (
            "scores-shifted",
            "scores-shifted|loss-formula",
            "value = -np.log(p[np.arange(N), y]).mean()",
            "value = -np.mean(shifted[np.arange(N), y])",
        ),
        ("middle-bias-forgotten", "forward-bias", "h1 @ W2 + b2", "h1 @ W2"),
        ("wrong-hidden", "raises|shape|transposed", "h1.T @ d2", "d2.T @ h1"),
        kind="loss",
        data=(_X, _Y),
        reg=0.1,
    ),
    operation(
        "sigmoid-net",
        """
        def loss(params, X, y):
            W1, W2 = params["W1"], params["W2"]
            hidden = 1 / (1 + np.exp(-X @ W1))
            predicted = hidden @ W2
            dpredicted = 2 * (predicted - y)
            dW2 = hidden.T @ dpredicted
            dhidden = dpredicted @ W2.T
            dW1 = X.T @ (dhidden * hidden * (1 - hidden))
            return np.sum((predicted - y) ** 2), {"W1": dW1, "W2": dW2}
        """,
        ({"W1": normal(5, 6, size=0.5), "W2": normal(6, 4, size=0.5)},),
        ("two-missing", "factor-half", "2 * (predicted - y)", "(predicted - y)"),
        ("sign", "sign", "2 * (predicted - y)", "2 * (y - predicted)"),
        ("activation-skipped", "local-dropped|wrong-value", "dhidden * hidden * (1 - hidden)", "dhidden"),
        ("factor-missing", "local-dropped", "dhidden * hidden * (1 - hidden)", "dhidden * (1 - hidden)"),
        (
            "before-activation",
            "activation-input-output-confused",
            "dhidden * hidden * (1 - hidden)",
            "dhidden * (X @ W1) * (1 - X @ W1)",
        ),
        ("target-forgotten", "operands-swapped", "2 * (predicted - y)", "2 * predicted"),
        ("mean-in-gradient", "extra-1-over-n|mean-for-sum", "2 * (predicted - y)", "2 * (predicted - y) / len(X)"),
        kind="loss",
        data=(_X, normal(7, 4)),
    ),
)
