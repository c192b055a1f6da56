"""Right code for the circuits and array operations of the course, and the bugs planted in it."""

from __future__ import annotations

from ci.planted.operations import normal, operation

__all__ = ["CIRCUITS"]

CIRCUITS = (
    operation(
        "branch-sum",
        """
        def forward(x, y):
            q = x * y
            r = q + x
            s = q * y
            return r * s, (x, y, q, r, s)

        def backward(dout, cache):
            x, y, q, r, s = cache
            dr = dout * s
            ds = dout * r
            dq = dr.copy()
            dx = dr.copy()
            dq += ds * y
            dy = ds * q
            dx += dq * y
            dy += dq * x
            return dx, dy
        """,
        (normal(3, 4), normal(3, 4)),
        ("dx-overwritten", "branch-overwritten", "dx += dq * y", "dx = dq * y"),
        ("dy-overwritten", "branch-overwritten", "dy += dq * x", "dy = dq * x"),
        ("dq-overwritten", "branch-overwritten|branch-missing", "dq += ds * y", "dq = ds * y"),
        ("dx-branch-missing", "branch-missing|branch-overwritten", "    dx += dq * y\n", ""),
        ("dy-branch-missing", "branch-overwritten|branch-missing", "    dy += dq * x\n", ""),
        ("dq-branch-missing", "branch-overwritten|branch-missing", "    dq += ds * y\n", ""),
        ("sign-at-branch", "sign", "dy += dq * x", "dy -= dq * x"),
        ("swapped-inside", "operands-swapped", "dr = dout * s\n    ds = dout * r", "dr = dout * r\n    ds = dout * s"),
        ("upstream-dropped-inside", "upstream-dropped", "ds = dout * r", "ds = r"),
        ("local-dropped-inside", "local-dropped", "dr = dout * s", "dr = dout"),
    ),
    operation(
        "staged-circuit",
        """
        def forward(x, y):
            sigy = 1 / (1 + np.exp(-y))
            num = x + sigy
            sigx = 1 / (1 + np.exp(-x))
            xpy = x + y
            xpysqr = xpy ** 2
            den = sigx + xpysqr
            return num / den, (x, y, sigy, num, sigx, xpy, den)

        def backward(dout, cache):
            x, y, sigy, num, sigx, xpy, den = cache
            dnum = dout / den
            dden = -dout * num / den ** 2
            dsigx = dden
            dxpysqr = dden
            dxpy = 2 * xpy * dxpysqr
            dx = dxpy.copy()
            dy = dxpy.copy()
            dx += (1 - sigx) * sigx * dsigx
            dx += dnum
            dsigy = dnum
            dy += (1 - sigy) * sigy * dsigy
            return dx, dy
        """,
        (normal(3, 4), normal(3, 4)),
        ("last-overwrites", "branch-overwritten", "dx += dnum", "dx = dnum"),
        ("middle-overwrites", "branch-missing|branch-overwritten", "dx += (1 - sigx)", "dx = (1 - sigx)"),
        ("branch-not-followed", "branch-missing", "    dx += dnum\n", ""),
        ("dy-overwritten", "branch-overwritten", "dy += (1 - sigy)", "dy = (1 - sigy)"),
        ("sigmoid-factor-missing", "local-dropped", "(1 - sigx) * sigx * dsigx", "sigx * dsigx"),
        ("input-for-output", "activation-input-output-confused", "(1 - sigy) * sigy", "(1 - y) * y"),
        ("denominator-sign", "sign", "dden = -dout * num", "dden = dout * num"),
        ("denominator-not-squared", "wrong-value", "num / den ** 2", "num / den"),
        ("numerator-missing", "local-dropped", "-dout * num / den ** 2", "-dout / den ** 2"),
        ("two-missing", "factor-half", "2 * xpy * dxpysqr", "xpy * dxpysqr"),
        ("base-missing", "local-dropped", "2 * xpy * dxpysqr", "2 * dxpysqr"),
        ("upstream-dropped-at-top", "upstream-dropped", "dnum = dout / den", "dnum = 1 / den"),
        ("multiplied-by-den", "wrong-value", "dnum = dout / den", "dnum = dout * den"),
    ),
    operation(
        "norm-squared",
        """
        def forward(x, W):
            q = W @ x
            return np.sum(q ** 2), (x, W, q)

        def backward(df, cache):
            x, W, q = cache
            dq = 2 * q * df
            dW = np.outer(dq, x)
            dx = W.T @ dq
            return dx, dW
        """,
        (normal(4), normal(3, 4)),
        ("two-missing", "factor-half", "2 * q * df", "q * df"),
        ("two-missing-in-dW", "factor-half", "np.outer(dq, x)", "np.outer(q, x) * df"),
        ("upstream-dropped", "upstream-dropped", "2 * q * df", "2 * q"),
        ("transposed-dW", "transposed", "np.outer(dq, x)", "np.outer(x, dq)"),
        ("sign-dx", "sign", "W.T @ dq", "-(W.T @ dq)"),
        ("q-dropped", "local-dropped", "2 * q * df", "2 * df * np.ones_like(q)"),
        ("wrong-product", "raises", "W.T @ dq", "W @ dq"),
    ),
    operation(
        "affine",
        """
        def forward(x, w, b):
            rows = x.reshape(x.shape[0], -1)
            return rows @ w + b, (x, w, b)

        def backward(dout, cache):
            x, w, b = cache
            dx = (dout @ w.T).reshape(x.shape)
            dw = x.reshape(x.shape[0], -1).T @ dout
            db = dout.sum(axis=0)
            return dx, dw, db
        """,
        (normal(4, 2, 5), normal(10, 3), normal(3)),
        ("db-mean", "mean-for-sum|extra-1-over-n", "dout.sum(axis=0)", "dout.mean(axis=0)"),
        ("dw-over-n", "extra-1-over-n", "-1).T @ dout", "-1).T @ dout / len(x)"),
        ("db-last-row", "not-unbroadcast", "dout.sum(axis=0)", "dout[-1]"),
        ("db-not-summed", "not-unbroadcast", "dout.sum(axis=0)", "dout"),
        ("db-row-vector", "shape", "dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)"),
        ("db-wrong-axis", "wrong-axis", "dout.sum(axis=0)", "dout.sum(axis=1)"),
        ("db-scalar", "shape", "dout.sum(axis=0)", "dout.sum()"),
        ("dx-flat", "shape", "(dout @ w.T).reshape(x.shape)", "dout @ w.T"),
        ("dw-transposed", "transposed", "x.reshape(x.shape[0], -1).T @ dout", "dout.T @ x.reshape(x.shape[0], -1)"),
        ("sign", "sign", "dout @ w.T", "-dout @ w.T"),
        ("upstream-ones", "upstream-dropped", "dx = (dout @", "dx = (np.ones_like(dout) @"),
        ("db-placeholder", "zero", "dout.sum(axis=0)", "np.zeros_like(b)"),
        ("dx-and-dw-swapped", "shape|transposed", "return dx, dw, db", "return dw, dx, db"),
        ("hard-coded-rows", "hard-coded-size", "dout.sum(axis=0)", "np.ones(4) @ dout"),
    ),
    operation(
        "unbroadcast",
        """
        def forward(x, y):
            return x * y, (x, y)

        def backward(dout, cache):
            x, y = cache
            dx = dout * y
            dy = (dout * x).sum(axis=0)
            return dx, dy
        """,
        (normal(4, 3), normal(3)),
        ("not-summed", "not-unbroadcast", "(dout * x).sum(axis=0)", "dout * x"),
        ("mean", "mean-for-sum|extra-1-over-n", "(dout * x).sum(axis=0)", "(dout * x).mean(axis=0)"),
        (
            "sums-before-product",
            "wrong-value|local-dropped",
            "(dout * x).sum(axis=0)",
            "dout.sum(axis=0) * x.sum(axis=0)",
        ),
        ("local-dropped", "local-dropped", "(dout * x).sum(axis=0)", "dout.sum(axis=0)"),
        ("first-row", "not-unbroadcast", "(dout * x).sum(axis=0)", "(dout * x)[0]"),
        ("keepdims", "shape", ".sum(axis=0)", ".sum(axis=0, keepdims=True)"),
    ),
    operation(
        "unrolled-loop",
        """
        def forward(w, x, h0):
            states = [h0]
            for x_t in x:
                states.append(np.tanh(w * states[-1] + x_t))
            return states[-1], (w, states)

        def backward(dh, cache):
            w, states = cache
            steps = len(states) - 1
            dw, dx = 0.0, np.zeros(steps)
            for t in reversed(range(steps)):
                da = dh * (1 - states[t + 1] ** 2)
                dx[t] = da
                dw += da * states[t]
                dh = da * w
            return dw, dx, dh
        """,
        (0.8, normal(4, size=0.6), 0.3),
        ("dw-overwritten", "branch-overwritten", "dw += da * states[t]", "dw = da * states[t]"),
        (
            "first-step-left-out",
            "branch-missing",
            "for t in reversed(range(steps))",
            "for t in reversed(range(1, steps))",
        ),
        ("state-after-for-before", "wrong-value|operands-swapped", "dw += da * states[t]", "dw += da * states[t + 1]"),
        (
            "state-before-in-tanh",
            "activation-input-output-confused|wrong-value",
            "1 - states[t + 1] ** 2",
            "1 - states[t] ** 2",
        ),
        ("square-missing", "local-dropped", "1 - states[t + 1] ** 2", "1 - states[t + 1]"),
        ("w-dropped-on-the-way-back", "local-dropped", "dh = da * w", "dh = da"),
        ("tanh-left-out", "local-dropped", "dh * (1 - states[t + 1] ** 2)", "dh"),
        ("not-passed-on", "branch-missing|zero|wrong-value", "        dh = da * w\n", ""),
        ("dx-reversed", "wrong-value", "return dw, dx, dh", "return dw, dx[::-1], dh"),
        ("dw-mean", "extra-1-over-n|mean-for-sum", "return dw, dx, dh", "return dw / steps, dx, dh"),
    ),
    operation(
        "neuron",
        """
        def forward(inputs, weights, bias):
            out = 1 / (1 + np.exp(-(np.sum(weights * inputs) + bias)))
            return out, (inputs, weights, out)

        def backward(dout, cache):
            inputs, weights, out = cache
            dtotal = dout * out * (1 - out)
            return dtotal * weights, dtotal * inputs, dtotal
        """,
        (normal(4), normal(4), 0.4),
        ("swapped", "operands-swapped", "dtotal * weights, dtotal * inputs", "dtotal * inputs, dtotal * weights"),
        ("activation-skipped", "local-dropped|wrong-value", "dout * out * (1 - out)", "dout"),
        ("bias-without-activation", "local-dropped|wrong-value", "dtotal * inputs, dtotal", "dtotal * inputs, dout"),
        ("sign", "sign", "(1 - out)", "(out - 1)"),
        ("bias-placeholder", "zero", "dtotal * inputs, dtotal", "dtotal * inputs, 0.0"),
        ("factor-missing", "local-dropped", "dout * out * (1 - out)", "dout * (1 - out)"),
    ),
    operation(
        "memory-profile",
        """
        def forward(x, weights):
            cache, h = [], x
            for w in weights:
                before, h = h, np.tanh(w * h)
                cache.append((w, before, h))
            return h, cache

        def backward(dh, cache):
            cache = list(cache)
            dweights = np.zeros(len(cache))
            for t in reversed(range(len(cache))):
                w, before, after = cache.pop()
                da = dh * (1 - after ** 2)
                dweights[t] = np.sum(da * before)
                dh = da * w
            return dh, dweights
        """,
        (normal(5), normal(3)),
        ("order-reversed", "wrong-value", "cache.pop()", "cache.pop(0)"),
        ("sum-missing", "mean-for-sum|extra-1-over-n", "np.sum(da * before)", "np.mean(da * before)"),
        ("after-for-before", "wrong-value|operands-swapped", "da * before", "da * after"),
        ("w-dropped", "local-dropped", "dh = da * w", "dh = da"),
        ("square-missing", "local-dropped", "after ** 2", "after"),
    ),
)
