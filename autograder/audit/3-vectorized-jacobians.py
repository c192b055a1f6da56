# Answers to assignment 3 that are not the solution: wrong ones, and right ones in other styles. Each block is the whole
# source of one solution cell; autograder/corpus/answers.py explains the first line of a block.

# %% jacobian | wrong | inputs-by-outputs | loses 3 | told transposed
def numerical_jacobian(f, x):
    h = 1e-5
    rows = []
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        rows.append(np.ravel(np.asarray(f(above)) - f(below)) / (2 * h))
    return np.array(rows)


# %% jacobian | wrong | forward-difference | loses 3 | told one-sided
def numerical_jacobian(f, x):
    h = 1e-5
    base = np.ravel(f(x))
    columns = []
    for index in np.ndindex(x.shape):
        moved = x.copy()
        moved[index] += h
        columns.append((np.ravel(f(moved)) - base) / h)
    return np.stack(columns, axis=1)


# %% jacobian | wrong | not-put-back | loses 3 | told mutates-input
def numerical_jacobian(f, x):
    h = 1e-5
    columns = []
    for index in np.ndindex(x.shape):
        x[index] += h
        above = np.ravel(f(x))
        x[index] -= 2 * h
        columns.append((above - np.ravel(f(x))) / (2 * h))
    return np.stack(columns, axis=1)


# %% jacobian | wrong | vectors-only | loses 2 | told raises
def numerical_jacobian(f, x):
    h = 1e-5
    out = f(x)
    J = np.zeros((len(out), len(x)))
    for j in range(len(x)):
        above, below = x.copy(), x.copy()
        above[j] += h
        below[j] -= h
        J[:, j] = (f(above) - f(below)) / (2 * h)
    return J


# %% jacobian | wrong | gradient-of-the-sum | loses 3 | told shape
def numerical_jacobian(f, x):
    h = 1e-5
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = np.sum(f(above) - f(below)) / (2 * h)
    return gradient


# %% jacobian | wrong | missing-two | loses 3 | told factor-2
def numerical_jacobian(f, x):
    moves = 1e-5 * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([np.ravel(np.subtract(f(x + m), f(x - m))) / 1e-5 for m in moves]).T


# %% jacobian | wrong | zeros | loses 3 | told zero
def numerical_jacobian(f, x):
    return np.zeros((np.size(f(x)), x.size))


# %% jacobian | right | identity-rows
def numerical_jacobian(f, x):
    moves = 1e-5 * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([np.ravel(np.subtract(f(x + move), f(x - move))) / 2e-5 for move in moves]).T


# %% jacobian | right | element-by-element-in-place
def numerical_jacobian(f, x):
    h = 1e-6
    outputs = np.size(f(x))
    J = np.zeros((outputs, x.size))
    flat = x.reshape(-1)
    for j in range(x.size):
        old = flat[j]
        flat[j] = old + h
        above = np.array(f(x)).flatten()
        flat[j] = old - h
        below = np.array(f(x)).flatten()
        flat[j] = old
        for i in range(outputs):
            J[i, j] = (above[i] - below[i]) / (2.0 * h)
    print("Jacobian of shape", J.shape)
    return J


# %% jacobian | wrong | whole-input-moved | loses 3 | told moves-too-much
def numerical_jacobian(f, x):
    h = 1e-5
    columns = []
    for _ in range(x.size):
        columns.append((np.ravel(f(x + h)) - np.ravel(f(x - h))) / (2 * h))
    return np.stack(columns, axis=1)


# %% jacobian | wrong | below-minus-above | loses 3 | told sign
def numerical_jacobian(f, x):
    h = 1e-5
    columns = []
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        columns.append((np.ravel(f(below)) - np.ravel(f(above))) / (2 * h))
    return np.stack(columns, axis=1)


# %% jacobian | right | generator-of-columns-and-float32-in
def _column(f, x, step):
    """Eine Spalte: alle Ausgänge auf einmal."""
    gap = 2 * np.max(step)
    return np.atleast_1d(f(x + step)).flatten() / gap - np.atleast_1d(f(x - step)).flatten() / gap


def numerical_jacobian(f, x):
    x = np.array(x, dtype=np.float64)
    steps = (np.where(np.arange(x.size) == j, 1e-5, 0.0).reshape(x.shape) for j in range(x.size))
    return np.vstack([_column(f, x, step) for step in steps]).T


# %% jacobian | right | one-output-at-a-time
from functools import lru_cache


def numerical_jacobian(f, x, *, h=1e-5):
    flat, n = x.ravel().tolist(), x.size

    @lru_cache(maxsize=None)
    def outputs(j, sign):
        moved = list(flat)
        moved[j] += sign * h
        return tuple(np.ravel(f(np.array(moved).reshape(x.shape))))

    rows = len(outputs(0, 1))
    return np.array([[(outputs(j, 1)[i] - outputs(j, -1)[i]) / (h + h) for j in range(n)] for i in range(rows)])
# %%+ crlf


# %% relu-jacobian | wrong | diagonal-read-off | loses 1 | told shape
def relu_jacobian(x):
    return np.diag((x > 0).astype(float))


def relu_vjp(x, dout):
    return dout * (x > 0)


def cost_in_bytes():
    return {"one": 4096 * 4096 * 8, "minibatch": 409600 * 409600 * 8, "mask": 409600}


# %% relu-jacobian | wrong | upstream-clipped | loses 1 | told mask-from-upstream
def relu_jacobian(x):
    return np.diag((x > 0).astype(float).ravel())


def relu_vjp(x, dout):
    return np.maximum(0, dout)


def cost_in_bytes():
    return {"one": 4096 * 4096 * 8, "minibatch": 409600 * 409600 * 8, "mask": 409600}


# %% relu-jacobian | wrong | upstream-passed-on | loses 1 | told mask-missing
def relu_jacobian(x):
    return np.eye(x.size)[:] * (x > 0).ravel()


def relu_vjp(x, dout):
    return dout


def cost_in_bytes():
    return {"one": 4096 * 4096 * 8, "minibatch": 409600 * 409600 * 8, "mask": 409600}


# %% relu-jacobian | wrong | builds-it-after-all | loses 0.5 | told raises
def relu_jacobian(x):
    return np.diag((x > 0).astype(float).ravel())


def relu_vjp(x, dout):
    return (relu_jacobian(x).T @ dout.ravel()).reshape(x.shape)


def cost_in_bytes():
    return {"one": 4096 * 4096 * 8, "minibatch": 409600 * 409600 * 8, "mask": 409600}


# %% relu-jacobian | wrong | hundred-blocks-and-bits | loses 1 | told blocks-only | also bits-for-bytes
def relu_jacobian(x):
    return np.diag((x > 0).astype(float).ravel())


def relu_vjp(x, dout):
    return dout * (x > 0)


def cost_in_bytes():
    return {"one": 4096 * 4096 * 8, "minibatch": 100 * 4096 * 4096 * 8, "mask": 409600 / 8}


# %% relu-jacobian | wrong | entries-for-bytes | loses 1 | told entries-for-bytes
def relu_jacobian(x):
    return np.diag((x > 0).astype(float).ravel())


def relu_vjp(x, dout):
    return dout * (x > 0)


def cost_in_bytes():
    return {"one": 4096 * 4096, "minibatch": 409600 * 409600, "mask": 409600}


# %% relu-jacobian | wrong | values-on-the-diagonal | loses 2 | told activation-input-output-confused
def relu_jacobian(x):
    return np.diag(np.maximum(0, x).ravel())


def relu_vjp(x, dout):
    return dout * np.maximum(0, x)


def cost_in_bytes():
    return {"one": 4096**2 * 8, "minibatch": 409600**2 * 8, "mask": 409600}


# %% relu-jacobian | right | loops-and-where
def relu_jacobian(x):
    flat = x.flatten()
    J = np.zeros((flat.size, flat.size))
    for i in range(flat.size):
        if flat[i] >= 0:
            J[i, i] = 1
    return J


def relu_vjp(x, dout):
    return np.where(x >= 0, dout, 0)


def cost_in_bytes():
    number = np.dtype("float64").itemsize
    batch = 100 * 4096
    return {"one": 4096 * 4096 * number, "minibatch": float(batch) ** 2 * number, "mask": 1.0 * batch}


# %% relu-jacobian | right | writes-into-the-upstream
def relu_jacobian(x):
    return np.diagflat(np.heaviside(x, 0.0))


def relu_vjp(x, dout):
    dout[x <= 0] = 0
    return dout


def cost_in_bytes():
    return {"one": 2**27, "minibatch": 10**4 * 2**27, "mask": 409_600}


# %% relu-jacobian | wrong | sign-on-the-diagonal | loses 1 | told sign
def relu_jacobian(x):
    return np.diag(np.sign(x).ravel())


def relu_vjp(x, dout):
    return dout * (x > 0)


def cost_in_bytes():
    return {"one": 4096 * 4096 * 8, "minibatch": 409600 * 409600 * 8, "mask": 409600}


# %% relu-jacobian | wrong | mask-inverted | loses 1 | told mask-inverted
def relu_jacobian(x):
    return np.diag((x > 0).astype(float).ravel())


def relu_vjp(x, dout):
    return dout * (x < 0)


def cost_in_bytes():
    return {"one": 4096 * 4096 * 8, "minibatch": 409600 * 409600 * 8, "mask": 409600}


# %% relu-jacobian | wrong | single-precision | loses 1 | told factor-half
def relu_jacobian(x):
    return np.diag((x > 0).astype(float).ravel())


def relu_vjp(x, dout):
    return dout * (x > 0)


def cost_in_bytes():
    return {"one": 4096 * 4096 * 4, "minibatch": 409600 * 409600 * 4, "mask": 409600}


# %% relu-jacobian | right | entry-by-entry-and-numpy-integers
def relu_jacobian(x):
    n = x.size
    J = np.zeros((n, n), dtype=int)
    for i, value in enumerate(x.flat):
        J[i, i] = value > 0
    return J


def relu_vjp(x, dout):
    dx = np.array(dout, dtype=float)
    np.copyto(dx, 0, where=x <= 0)
    return dx


def cost_in_bytes():
    zahl = np.dtype(np.float64).itemsize
    n, examples = np.int64(4096), np.int64(100)
    print("one:", n * n * zahl)
    return dict(one=n * n * zahl, minibatch=(n * examples) ** 2 * zahl, mask=n * examples)


# %% relu-jacobian | right | measured-and-rounded
def relu_jacobian(x):
    rows = np.eye(x.size)
    return np.array([relu_vjp(x, row.reshape(x.shape)).ravel() for row in rows])


def relu_vjp(x, dout):
    z = np.abs(x) / (np.abs(x) + (x == 0))
    return (np.sign(x) * z + z) / 2 * dout


def cost_in_bytes():
    GB = 1e9
    return {"one": 0.134217728 * GB, "minibatch": 1342.17728 * GB, "mask": 4.096e5}


# %% vjp | wrong | transpose-missing | loses 3 | told transposed
def vjp(jacobian, dout, shape):
    return (jacobian @ dout.ravel()).reshape(shape)


def running_total_vjp(dout):
    return np.cumsum(dout, axis=1)


# %% vjp | wrong | not-put-into-shape | loses 1.5 | told shape
def vjp(jacobian, dout, shape):
    return jacobian.T @ dout.ravel()


def running_total_vjp(dout):
    return np.cumsum(dout[:, ::-1], axis=1)[:, ::-1]


# %% vjp | wrong | matrix-typed-out-for-rows-of-four | loses 1.5 | told raises
def vjp(jacobian, dout, shape):
    return (dout.ravel() @ jacobian).reshape(shape)


def running_total_vjp(dout):
    return dout @ np.tril(np.ones((4, 4)))


# %% vjp | wrong | reversed-and-not-turned-back | loses 1.5 | told reversed
def vjp(jacobian, dout, shape):
    return (dout.ravel() @ jacobian).reshape(shape)


def running_total_vjp(dout):
    return np.cumsum(dout[:, ::-1], axis=1)


# %% vjp | wrong | rows-run-together | loses 1.5 | told wrong-axis
def vjp(jacobian, dout, shape):
    return (jacobian.T @ dout.ravel()).reshape(shape)


def running_total_vjp(dout):
    return np.cumsum(dout.ravel()[::-1])[::-1].reshape(dout.shape)


# %% vjp | right | loops-and-a-triangle
def vjp(jacobian, dout, shape):
    upstream = list(np.asarray(dout).flat)
    dx = np.zeros(jacobian.shape[1])
    for j in range(jacobian.shape[1]):
        for i in range(jacobian.shape[0]):
            dx[j] += upstream[i] * jacobian[i, j]
    return np.reshape(dx, shape)


def running_total_vjp(dout):
    T = dout.shape[1]
    return dout @ np.tril(np.ones((T, T)))


# %% vjp | right | what-is-left-of-the-total
def vjp(jacobian, dout, shape):
    return np.einsum("ij,i->j", jacobian, dout.reshape(-1)).reshape(*shape)


def running_total_vjp(dout):
    return dout.sum(axis=1, keepdims=True) - np.cumsum(dout, axis=1) + dout


# %% vjp | wrong | summed-once-too-often | loses 1.5 | told summed
def vjp(jacobian, dout, shape):
    return (jacobian.T @ dout.ravel()).reshape(shape)


def running_total_vjp(dout):
    return np.ones_like(dout) * dout.sum(axis=1, keepdims=True)


# %% vjp | wrong | jacobian-forgotten | loses 3 | told local-dropped
def vjp(jacobian, dout, shape):
    return np.resize(dout, shape)


def running_total_vjp(dout):
    return dout


# %% vjp | wrong | columns-for-rows | loses 1.5 | told wrong-axis
def vjp(jacobian, dout, shape):
    return (jacobian.T @ dout.ravel()).reshape(shape)


def running_total_vjp(dout):
    return np.cumsum(dout[::-1], axis=0)[::-1]


# %% vjp | wrong | shape-turned-round | loses 1.5 | told shape
def vjp(jacobian, dout, shape):
    return (jacobian.T @ dout.ravel()).reshape(shape[::-1]).T


def running_total_vjp(dout):
    return np.cumsum(dout[:, ::-1], axis=1)[:, ::-1]


# %% vjp | right | einsum-and-flip
def vjp(jacobian, dout, shape):
    flat = np.einsum("oi,o->i", jacobian, np.reshape(dout, -1))
    flat.shape = shape
    return flat


def running_total_vjp(dout):
    return np.flip(np.add.accumulate(np.flip(dout, 1), axis=1), 1)


# %% vjp | right | row-of-ones-backwards
def vjp(jacobian, dout, shape):
    dx = np.zeros(jacobian.shape[1])
    for row, upstream in zip(jacobian, np.nditer(np.ascontiguousarray(dout))):
        dx += row * upstream
    return dx.reshape(shape)


def running_total_vjp(dout):
    dx, collected = np.empty(dout.shape), np.zeros(len(dout))
    for t in range(dout.shape[1] - 1, -1, -1):
        collected = collected + dout[:, t]
        dx[:, t] = collected
    return dx


# %% norm-squared | wrong | outer-swapped | loses 1 | told transposed
def norm_squared(x, W):
    q = W @ x
    f = np.sum(q**2)
    dq = 2 * q
    dW = np.outer(x, dq)
    dx = W.T @ dq
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": dx}


# %% norm-squared | wrong | transpose-missing | loses 1 | told transposed
def norm_squared(x, W):
    q = W @ x
    f = np.sum(q**2)
    dq = 2 * q
    dW = np.outer(dq, x)
    dx = W @ dq
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": dx}


# %% norm-squared | wrong | two-lost | loses 2.5 | told factor-half
def norm_squared(x, W):
    q = W @ x
    f = np.sum(q**2)
    dq = q
    dW = np.outer(dq, x)
    dx = W.T @ dq
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": dx}


# %% norm-squared | wrong | upstream-dropped | loses 2 | told local-dropped
def norm_squared(x, W):
    q = W @ x
    f = np.sum(q**2)
    dq = 2 * q
    dW = np.outer(np.ones_like(q), x)
    dx = W.sum(axis=0)
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": dx}


# %% norm-squared | wrong | the-numbers-of-the-lecture | loses 3 | told hard-coded-size
def norm_squared(x, W):
    q, f = np.array([0.22, 0.26]), 0.116
    dq = np.array([0.44, 0.52])
    dW = np.array([[0.088, 0.176], [0.104, 0.208]])
    dx = np.array([-0.112, 0.636])
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": dx}


# %% norm-squared | wrong | norm-not-squared | loses 3 | told loss-formula
def norm_squared(x, W):
    q = W @ x
    f = np.sqrt(np.sum(q**2))
    dq = q / f
    return {"q": q, "f": f, "dq": dq, "dW": np.outer(dq, x), "dx": W.T @ dq}


# %% norm-squared | right | loops
def norm_squared(x, W):
    n, m = W.shape
    q = [sum(W[i, j] * x[j] for j in range(m)) for i in range(n)]
    f = sum(v * v for v in q)
    dq = [2 * v for v in q]
    dW, dx = np.zeros((n, m)), np.zeros(m)
    for i in range(n):
        for j in range(m):
            dW[i, j] += dq[i] * x[j]
            dx[j] += dq[i] * W[i, j]
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": dx}


# %% norm-squared | right | columns-and-broadcasting
def norm_squared(x, W):
    q = np.einsum("ij,j", W, x)
    f = np.linalg.norm(q) ** 2
    dq = q + q
    dW = dq[:, None] * x
    dx = dq @ W
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": dx}


# %% norm-squared | wrong | two-twice | loses 2.5 | told factor-2
def norm_squared(x, W):
    q = W @ x
    f = np.sum(q**2)
    dq = 4 * q
    dW = np.outer(dq, x)
    dx = W.T @ dq
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": dx}


# %% norm-squared | wrong | weights-entry-by-entry | loses 1 | told shape
def norm_squared(x, W):
    q = W @ x
    f = np.sum(q**2)
    dq = 2 * q
    dW = (dq[:, None] * x).sum(axis=1)
    dx = W.T @ dq
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": dx}


# %% norm-squared | wrong | rows-not-summed | loses 1 | told one-row-only
def norm_squared(x, W):
    q = W @ x
    f = np.sum(q**2)
    dq = 2 * q
    dW = np.outer(dq, x)
    dx = W[0] * dq[0]
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": dx}


# %% norm-squared | wrong | mean-of-squares | loses 3 | told mean-for-sum | also loss-formula
def norm_squared(x, W):
    q = W @ x
    f = np.mean(q**2)
    dq = 2 * q / len(q)
    dW = np.outer(dq, x)
    dx = W.T @ dq
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": dx}


# %% norm-squared | right | einsum-and-norm
def norm_squared(x, W):
    q = np.einsum("ij,j", W, x)
    f = np.linalg.norm(q) ** 2
    dq = q + q
    return {"q": q, "f": f, "dq": dq, "dW": np.einsum("i,j->ij", dq, x), "dx": np.einsum("i,ij->j", dq, W)}


# %% norm-squared | right | lists-inside
def norm_squared(x, W):
    Wl, xl = W.tolist(), x.tolist()
    q = [sum(a * b for a, b in zip(row, xl)) for row in Wl]
    f = sum(v * v for v in q)
    dq = [2 * v for v in q]
    dW = [[g * v for v in xl] for g in dq]
    dx = [sum(column) for column in zip(*([g * w for w in row] for g, row in zip(dq, Wl)))]
    return {"q": np.array(q), "f": f, "dq": np.array(dq), "dW": np.array(dW), "dx": np.array(dx)}


# %% unbroadcast | wrong | mean-for-sum | loses 2 | told mean-for-sum
def unbroadcast(gradient, shape):
    added = gradient.ndim - len(shape)
    gradient = gradient.mean(axis=tuple(range(added)))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return gradient.mean(axis=stretched, keepdims=True)


# %% unbroadcast | wrong | left-axes-only | loses 1 | told shape
def unbroadcast(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    return gradient


# %% unbroadcast | wrong | axes-not-kept | loses 1 | told shape
def unbroadcast(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            gradient = gradient.sum(axis=axis)
    return gradient


# %% unbroadcast | wrong | first-axis-always | loses 2 | told not-unbroadcast
def unbroadcast(gradient, shape):
    return gradient.sum(axis=0)


# %% unbroadcast | wrong | cut-out-of-it | loses 2 | told not-unbroadcast
def unbroadcast(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient[0]
    return gradient[tuple(slice(0, length) for length in shape)]


# %% unbroadcast | right | loop-with-keepdims
def unbroadcast(gradient, shape):
    out = np.array(gradient)
    while out.ndim > len(shape):
        out = np.add.reduce(out, axis=0)
    for axis in range(len(shape)):
        if shape[axis] == 1 and out.shape[axis] != 1:
            out = np.sum(out, axis=axis, keepdims=True)
    return out


# %% unbroadcast | right | padded-and-reshaped
def unbroadcast(gradient, shape):
    padded = (1,) * (len(gradient.shape) - len(shape)) + tuple(shape)
    axes = [i for i in range(gradient.ndim) if padded[i] != gradient.shape[i]]
    total = np.sum(gradient, axis=tuple(axes), keepdims=True) if axes else gradient
    return total.reshape(shape)


# %% unbroadcast | wrong | everything-summed | loses 1.5 | told summed
def unbroadcast(gradient, shape):
    return np.full(shape, gradient.sum())


# %% unbroadcast | wrong | stretched-axes-only | loses 1.5 | told not-unbroadcast
def unbroadcast(gradient, shape):
    for axis, length in enumerate(shape):
        if length == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


# %% unbroadcast | wrong | written-as-a-matrix | loses 2 | told shape | also not-unbroadcast
def unbroadcast(gradient, shape):
    if gradient.shape == shape:
        return gradient
    return gradient.sum(axis=0, keepdims=True)


# %% unbroadcast | right | einsum-letters
def unbroadcast(gradient, shape):
    letters = "abcdefgh"[: gradient.ndim]
    kept = letters[gradient.ndim - len(shape) :]
    kept = "".join(c for c, n in zip(kept, shape) if n != 1)
    return np.einsum(f"{letters}->{kept}", gradient).reshape(shape)


# %% unbroadcast | right | one-entry-at-a-time
def unbroadcast(gradient, shape):
    """Jeder Eintrag geht dorthin zurück, woher NumPy ihn genommen hat."""
    source = np.broadcast_to(np.arange(int(np.prod(shape))).reshape(shape), gradient.shape)
    total = np.zeros(int(np.prod(shape)))
    np.add.at(total, source.ravel(), gradient.ravel())
    return total.reshape(shape)


# %% affine | wrong | mean-bias | loses 1 | told mean-for-sum
def affine_forward(x, w, b):
    return x.reshape(x.shape[0], -1) @ w + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, dout.mean(axis=0)


# %% affine | wrong | bias-of-shape-one-by-m | loses 1 | told shape
def affine_forward(x, w, b):
    return x.reshape(x.shape[0], -1) @ w + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, dout.sum(axis=0, keepdims=True)


# %% affine | wrong | matrices-only | loses 4 | told raises
def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


# %% affine | wrong | dx-left-flat | loses 1 | told shape
def affine_forward(x, w, b):
    rows = x.reshape(x.shape[0], -1)
    return rows @ w + b, (rows, w)


def affine_backward(dout, cache):
    rows, w = cache
    return dout @ w.T, rows.T @ dout, dout.sum(axis=0)


# %% affine | wrong | bias-forgotten-forward | loses 2 | told forward-bias | also zero
def affine_forward(x, w, b):
    return x.reshape(x.shape[0], -1) @ w, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, np.zeros(w.shape[1])


# %% affine | wrong | gradients-over-n | loses 2 | told extra-1-over-n | also mean-for-sum
def affine_forward(x, w, b):
    return x.reshape(x.shape[0], -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    N = len(dout)
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(N, -1).T @ dout / N
    return dx, dw, dout.sum(axis=0) / N


# %% affine | wrong | cache-in-a-global | loses 2 | told stale-cache
def affine_forward(x, w, b):
    global kept
    kept = x, w
    return x.reshape(x.shape[0], -1) @ w + b, None


def affine_backward(dout, cache):
    x, w = kept
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


# %% affine | wrong | gradients-transposed | loses 2 | told transposed | also wrong-axis
def affine_forward(x, w, b):
    return x.reshape(-1, w.shape[0]) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return (w @ dout.T).T.reshape(x.shape), (dout.T @ x.reshape(len(x), -1)), dout.sum(axis=1)


# %% affine | right | einsum-and-dictionary
def affine_forward(x, w, b):
    rows = np.reshape(x, (x.shape[0], w.shape[0]))
    return np.einsum("nd,dm->nm", rows, w) + b[None, :], {"rows": rows, "w": w, "shape": x.shape}


def affine_backward(dout, cache):
    return {
        "dx": np.einsum("nm,dm->nd", dout, cache["w"]).reshape(cache["shape"]),
        "dw": np.einsum("nd,nm->dm", cache["rows"], dout),
        "db": np.einsum("nm->m", dout),
    }


# %% affine | right | loop-over-examples
def affine_forward(x, w, b):
    out = np.zeros((len(x), len(b)))
    for n in range(len(x)):
        out[n] = w.T.dot(x[n].flatten()) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for n in range(len(x)):
        dx[n] = w.dot(dout[n]).reshape(x[n].shape)
        dw += np.outer(x[n].flatten(), dout[n])
        db += dout[n]
    return dx, dw, db


# %% affine | wrong | upstream-dropped-for-w | loses 1 | told upstream-dropped
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ np.ones_like(dout)
    return dx, dw, dout.sum(axis=0)


# %% affine | wrong | bias-twice | loses 1 | told forward-bias
def affine_forward(x, w, b):
    out = x.reshape(len(x), -1) @ w + b
    out = out + b
    return out, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    return dx, dw, dout.sum(axis=0)


# %% affine | wrong | w-written-to | loses 1 | told mutates-input
def affine_forward(x, w, b):
    out = x.reshape(len(x), -1) @ w + b
    return out, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    w[:] = x.reshape(len(x), -1).T @ dout
    return dx, w, dout.sum(axis=0)


# %% affine | wrong | bias-of-one-example | loses 1 | told not-unbroadcast
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    return dx, dw, dout[0]


# %% affine | wrong | kept-from-the-first-call | loses 1 | told stale-cache
_kept = {}


def affine_forward(x, w, b):
    rows = x.reshape(len(x), -1)
    key = (x.shape, w.shape)
    if key not in _kept:
        _kept[key] = rows
    return rows @ w + b, (_kept[key], x.shape, w)


def affine_backward(dout, cache):
    rows, shape, w = cache
    return (dout @ w.T).reshape(shape), rows.T @ dout, dout.sum(axis=0)


# %% affine | wrong | bias-gradient-still-0 | loses 1 | told zero
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    db = 0.0
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, db


# %% affine | right | a-column-of-ones-for-the-bias
def affine_forward(x, w, b):
    rows = np.column_stack([x.reshape(len(x), -1), np.ones(len(x))])
    weights = np.vstack([w, b])
    return rows @ weights, {"rows": rows, "weights": weights, "shape": x.shape}


def affine_backward(dout, cache):
    dweights = cache["rows"].T @ dout
    drows = dout @ cache["weights"].T
    return drows[:, :-1].reshape(cache["shape"]), dweights[:-1], dweights[-1]


# %% affine | right | closure-for-a-cache
def affine_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray):
    N, *rest = x.shape
    D, M = w.shape
    assert D == int(np.prod(rest)), "jedes Beispiel wird flach gelegt"
    out = np.tensordot(x.reshape(N, D), w, axes=1)
    out += b

    def back(dout):
        dx = np.tensordot(dout, w, axes=(1, 1)).reshape(N, *rest)
        dw = np.tensordot(x.reshape(N, D), dout, axes=(0, 0))
        return dx, dw, np.add.reduce(dout, 0)

    return out, back


affine_backward = lambda dout, cache: cache(dout)


# %% svm-loss | wrong | right-class-left-out | loses 2 | told correct-class-term
def svm_loss(W, X, y, reg):
    N = len(y)
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, None] + 1)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N + 0.5 * reg * np.sum(W * W)
    dscores = (margins > 0) / N
    return loss, dscores.T @ X + reg * W


# %% svm-loss | wrong | minus-one-at-the-right-class | loses 2 | told correct-class-term
def svm_loss(W, X, y, reg):
    N = len(y)
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, None] + 1)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N + 0.5 * reg * np.sum(W * W)
    dscores = (margins > 0).astype(float)
    dscores[np.arange(N), y] -= 1
    return loss, dscores.T @ X / N + reg * W


# %% svm-loss | wrong | right-class-counted | loses 1 | told loss-formula
def svm_loss(W, X, y, reg):
    N = len(y)
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, None] + 1)
    loss = margins.sum() / N + 0.5 * reg * np.sum(W * W)
    dscores = (margins > 0).astype(float)
    dscores[np.arange(N), y] -= dscores.sum(axis=1)
    return loss, dscores.T @ X / N + reg * W


# %% svm-loss | wrong | margins-for-mask | loses 2 | told mask-missing
def svm_loss(W, X, y, reg):
    N = len(y)
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, None] + 1)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N + 0.5 * reg * np.sum(W * W)
    dscores = margins / N
    dscores[np.arange(N), y] = -dscores.sum(axis=1)
    return loss, dscores.T @ X + reg * W


# %% svm-loss | wrong | mean-not-in-the-gradient | loses 2 | told missing-1-over-n
def svm_loss(W, X, y, reg):
    N = len(y)
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, None] + 1)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N + 0.5 * reg * np.sum(W * W)
    dscores = (margins > 0).astype(float)
    dscores[np.arange(N), y] = -dscores.sum(axis=1)
    return loss, dscores.T @ X + reg * W


# %% svm-loss | wrong | gradient-of-the-doubled-penalty | loses 2 | told penalty-factor
def svm_loss(W, X, y, reg):
    N = len(y)
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, None] + 1)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N + 0.5 * reg * np.sum(W * W)
    dscores = (margins > 0).astype(float)
    dscores[np.arange(N), y] = -dscores.sum(axis=1)
    return loss, dscores.T @ X / N + 2 * reg * W


# %% svm-loss | wrong | penalty-missing-in-the-gradient | loses 2 | told penalty-missing
def svm_loss(W, X, y, reg):
    N = len(y)
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, None] + 1)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N + 0.5 * reg * np.sum(W * W)
    dscores = (margins > 0).astype(float)
    dscores[np.arange(N), y] = -dscores.sum(axis=1)
    return loss, dscores.T @ X / N


# %% svm-loss | wrong | penalty-missing-in-both | loses 3 | told penalty-missing
def svm_loss(W, X, y, reg):
    N = len(y)
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, None] + 1)
    margins[np.arange(N), y] = 0
    dscores = (margins > 0).astype(float)
    dscores[np.arange(N), y] = -dscores.sum(axis=1)
    return margins.sum() / N, dscores.T @ X / N


# %% svm-loss | wrong | penalty-over-n | loses 3 | told penalty-over-n
def svm_loss(W, X, y, reg):
    N = len(y)
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, None] + 1)
    margins[np.arange(N), y] = 0
    loss = (margins.sum() + 0.5 * reg * np.sum(W * W)) / N
    dscores = (margins > 0).astype(float)
    dscores[np.arange(N), y] = -dscores.sum(axis=1)
    return loss, (dscores.T @ X + reg * W) / N


# %% svm-loss | wrong | three-classes-typed-in | loses 3 | told hard-coded-size | also loss-formula
def svm_loss(W, X, y, reg):
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(len(y)):
        scores = W.dot(X[i])
        for j in range(3):
            margin = scores[j] - scores[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[j] += X[i]
                dW[y[i]] -= X[i]
    return loss / len(y) + 0.5 * reg * np.sum(W**2), dW / len(y) + reg * W


# %% svm-loss | wrong | gradient-into-the-weights | loses 2 | told mutates-input
def svm_loss(W, X, y, reg):
    N = len(y)
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, None] + 1)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N + 0.5 * reg * np.sum(W * W)
    dscores = (margins > 0).astype(float)
    dscores[np.arange(N), y] = -dscores.sum(axis=1)
    dW = W
    dW *= reg
    dW += dscores.T @ X / N
    return loss, dW


# %% svm-loss | wrong | delta-missing | loses 3 | told loss-formula
def svm_loss(W, X, y, reg):
    N = len(y)
    s = X @ W.T
    m = np.maximum(0, s - s[np.arange(N), y][:, None])
    m[np.arange(N), y] = 0
    d = (m > 0) / N
    d[np.arange(N), y] -= d.sum(axis=1)
    return m.sum() / N + 0.5 * reg * np.sum(W**2), d.T @ X + reg * W


# %% svm-loss | wrong | sign-of-right-class | loses 2 | told correct-class-term
def svm_loss(W, X, y, reg):
    N = len(y)
    s = X @ W.T
    m = np.maximum(0, s - s[np.arange(N), y][:, None] + 1)
    m[np.arange(N), y] = 0
    d = (m > 0) / N
    d[np.arange(N), y] += d.sum(axis=1)
    return m.sum() / N + 0.5 * reg * np.sum(W**2), d.T @ X + reg * W


# %% svm-loss | wrong | double-loss-half-gradient | loses 2 | told penalty-factor
def svm_loss(W, X, y, reg):
    N = len(y)
    s = X @ W.T
    m = np.maximum(0, s - s[np.arange(N), y][:, None] + 1)
    m[np.arange(N), y] = 0
    d = (m > 0) / N
    d[np.arange(N), y] -= d.sum(axis=1)
    return m.sum() / N + reg * np.sum(W**2), d.T @ X + reg * W


# %% svm-loss | wrong | loss-only | loses 2 | told zero
def svm_loss(W, X, y, reg):
    N = len(y)
    s = X @ W.T
    m = np.maximum(0, s - s[np.arange(N), y][:, None] + 1)
    m[np.arange(N), y] = 0
    return m.sum() / N + 0.5 * reg * np.sum(W**2), np.zeros_like(W)


# %% svm-loss | right | loops-and-whole-penalty
def svm_loss(W, X, y, reg):
    loss, dW = 0.0, np.zeros_like(W)
    N, C = len(y), W.shape[0]
    for i in range(N):
        scores = W.dot(X[i])
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[j] += X[i]
                dW[y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


# %% svm-loss | right | one-hot-matrices
def svm_loss(W, X, y, reg):
    """Everything as a matrix, and a loss of no axes."""
    n = X.shape[0]
    hot = np.eye(W.shape[0])[y]
    s = np.einsum("cd,nd->nc", W, X)
    gaps = s - (s * hot).sum(1, keepdims=True) + (1 - hot)
    on = np.where(gaps > 0, 1.0, 0.0) * (1 - hot)
    loss = np.asarray((gaps * on).sum() / n + reg / 2 * (W**2).sum())
    ds = (on - hot * on.sum(1, keepdims=True)) / n
    return loss, np.einsum("nc,nd->cd", ds, X) + reg * W


# %% svm-loss | wrong | absolute-values-for-squares | loses 3 | told penalty-formula
def svm_loss(W, X, y, reg):
    N = len(y)
    rows = np.arange(N)
    scores = X @ W.T
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + 1.0)
    margins[rows, y] = 0.0
    loss = margins.sum() / N + reg * np.sum(np.abs(W))
    d = (margins > 0) / N
    d[rows, y] -= d.sum(axis=1)
    return loss, d.T @ X + reg * np.sign(W)


# %% svm-loss | wrong | penalty-divided-with-the-data | loses 3 | told penalty-over-n
def svm_loss(W, X, y, reg):
    N = len(y)
    rows = np.arange(N)
    scores = X @ W.T
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + 1.0)
    margins[rows, y] = 0.0
    loss = (margins.sum() + 0.5 * reg * np.sum(W * W)) / N
    d = (margins > 0) / N
    d[rows, y] -= d.sum(axis=1)
    return loss, d.T @ X + reg * W / N


# %% svm-loss | wrong | first-class-for-all | loses 3 | told loss-formula
def svm_loss(W, X, y, reg):
    N = len(y)
    scores = X @ W.T
    right = scores[:, y[0]][:, None]
    margins = np.maximum(0.0, scores - right + 1.0)
    margins[:, y[0]] = 0.0
    d = (margins > 0) / N
    d[:, y[0]] -= d.sum(axis=1)
    return margins.sum() / N + 0.5 * reg * np.sum(W * W), d.T @ X + reg * W


# %% svm-loss | wrong | gradient-transposed | loses 2 | told transposed
def svm_loss(W, X, y, reg):
    N = len(y)
    rows = np.arange(N)
    scores = X @ W.T
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + 1.0)
    margins[rows, y] = 0.0
    d = (margins > 0) / N
    d[rows, y] -= d.sum(axis=1)
    return margins.sum() / N + 0.5 * reg * np.sum(W * W), X.T @ d + reg * W.T


# %% svm-loss | wrong | reg-left-out-of-the-loss | loses 2 | told penalty-formula | also loss-formula
def svm_loss(W, X, y, reg):
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1.0)
    M[n, y] = 0.0
    G = (M > 0) * 1.0
    G[n, y] = -G.sum(axis=1)
    return M.sum() / N + np.sum(W * W), G.T @ X / N + 2 * reg * W


# %% svm-loss | wrong | reg-left-out-of-both | loses 4 | told penalty-formula | also loss-formula
def svm_loss(W, X, y, reg):
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1.0)
    M[n, y] = 0.0
    G = (M > 0) * 1.0
    G[n, y] = -G.sum(axis=1)
    return M.sum() / N + 0.5 * np.sum(W * W), G.T @ X / N + W


# %% svm-loss | wrong | labels-read-at-a-class | loses 3 | told raises
def svm_loss(W, X, y, reg):
    N, C = len(y), len(W)
    S = X @ W.T
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(N):
        for j in range(C):
            margin = S[i, j] - S[i, y[i]] + 1.0
            if j != y[i] and margin > 0:
                loss += margin
                dW[j] += X[i]
                dW[y[j]] -= X[i]
    return loss / N + 0.5 * reg * np.sum(W * W), dW / N + reg * W


# %% svm-loss | wrong | loss-twice-and-reg-times-dw | loses 3 | told penalty-formula | also loss-formula, factor-2
def svm_loss(W, X, y, reg):
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1.0)
    M[n, y] = 0.0
    G = (M > 0) * 1.0
    G[n, y] = -G.sum(axis=1)
    dW = G.T @ X / N
    return 2 * M.sum() / N + 0.5 * reg * np.sum(W * W), dW + reg * dW


# %% svm-loss | wrong | reg-times-dw | loses 2 | told penalty-formula
def svm_loss(W, X, y, reg):
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1.0)
    M[n, y] = 0.0
    G = (M > 0) * 1.0
    G[n, y] = -G.sum(axis=1)
    dW = G.T @ X / N
    dW += reg * dW
    return M.sum() / N + 0.5 * reg * np.sum(W * W), dW


# %% svm-loss | wrong | masked-sum | loses 1 | told shape
def svm_loss(W, X, y, reg):
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1.0)
    M[n, y] = 0.0
    G = (M > 0) * 1.0
    G[n, y] = -G.sum(axis=1)
    total = np.sum(np.ma.masked_less_equal(M, 0))
    return total / N + 0.5 * reg * np.sum(W * W), G.T @ X / N + reg * W


# %% svm-loss | wrong | penalty-of-a-product | loses 1 | told penalty-formula
def svm_loss(W, X, y, reg):
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1.0)
    M[n, y] = 0.0
    G = (M > 0) * 1.0
    G[n, y] = -G.sum(axis=1)
    return M.sum() / N + 0.5 * reg * np.sum(W @ W.T), G.T @ X / N + reg * W


# %% svm-loss | wrong | divided-by-n-and-the-penalty | loses 2 | told penalty-formula
def svm_loss(W, X, y, reg):
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1.0)
    M[n, y] = 0.0
    G = (M > 0) * 1.0
    G[n, y] = -G.sum(axis=1)
    dW = G.T @ X
    dW /= N + reg * W
    return M.sum() / N + 0.5 * reg * np.sum(W * W), dW


# %% svm-loss | wrong | reg-squared-in-the-gradient | loses 2 | told penalty-formula
def svm_loss(W, X, y, reg):
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1.0)
    M[n, y] = 0.0
    G = (M > 0) * 1.0
    G[n, y] = -G.sum(axis=1)
    return M.sum() / N + 0.5 * reg * np.sum(W * W), G.T @ X / N + reg * reg * W


# %% svm-loss | wrong | classes-counted-by-the-labels | loses 3 | told raises
def svm_loss(W, X, y, reg):
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1.0)
    M[n, y] = 0.0
    on = (M > 0) * 1.0
    dW = on.T @ X
    for d in range(X.shape[1]):
        dW[:, d] -= np.bincount(y, on.sum(axis=1) * X[:, d])
    return M.sum() / N + 0.5 * reg * np.sum(W * W), dW / N + reg * W


# %% svm-loss | wrong | margins-turned-round | loses 1 | told loss-formula
def svm_loss(W, X, y, reg):
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1.0)
    M[n, y] = 0.0
    G = (M > 0) * 1.0
    G[n, y] = -G.sum(axis=1)
    turned = np.maximum(0, S[n, y][:, None] - S + 1.0)
    turned[n, y] = 0.0
    return turned.sum() / N + 0.5 * reg * np.sum(W * W), G.T @ X / N + reg * W


# %% svm-loss | right | two-helpers-and-einsum
def hinge(scores, y):
    own = np.take_along_axis(scores, y[:, None], axis=1)
    gaps = scores - own + 1
    np.put_along_axis(gaps, y[:, None], 0, axis=1)
    return np.where(gaps > 0, gaps, 0)


def svm_loss(W, X, y, reg):
    y = np.asarray(y)
    margins = hinge(np.einsum("nd,cd->nc", X, W), y)
    share = np.sign(margins) / X.shape[0]
    one_hot = np.eye(W.shape[0])[y]
    dscores = share - one_hot * share.sum(axis=1, keepdims=True)
    return margins.sum(axis=1).mean() + reg / 2 * np.vdot(W, W), np.einsum("nc,nd->cd", dscores, X) + W * reg


# %% svm-loss | right | sum-over-pairs-with-prints
def svm_loss(W, X, y, reg):
    loss, dW = 0.0, np.zeros_like(W, dtype=float)
    for x, right in zip(X, map(int, y)):
        scores = [float(row @ x) for row in W]
        for j, score in enumerate(scores):
            if j == right:
                continue
            if (margin := score - scores[right] + 1) > 0:
                loss += margin
                dW[j] += x
                dW[right] -= x
    print(f"loss before the penalty: {loss / len(X):.3f}")
    loss, dW = loss / len(X), dW / len(X)
    for c, d in np.ndindex(W.shape):
        loss += reg * W[c, d] ** 2 / 2
        dW[c, d] += reg * W[c, d]
    return np.array(loss), dW


# %% svm-loss | right | in-float32
def svm_loss(W, X, y, reg):
    W, X = W.astype(np.float32), X.astype(np.float32)
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1)
    M[n, y] = 0
    G = (M > 0).astype(np.float32)
    G[n, y] = -G.sum(axis=1)
    return M.sum() / np.float32(N) + np.float32(reg) / 2 * np.sum(W * W), G.T @ X / np.float32(N) + np.float32(reg) * W


# %% softmax-loss | wrong | one-hot-missing | loses 1.5 | told one-hot-missing
def softmax_loss(scores, y):
    N = len(y)
    shifted = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(N), y])
    return loss, p / N


# %% softmax-loss | wrong | one-hot-on-a-copy | loses 1.5 | told one-hot-missing
def softmax_loss(scores, y):
    N = len(y)
    shifted = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(N), y])
    right = p[np.arange(N), y]
    right -= 1
    return loss, p / N


# %% softmax-loss | wrong | not-shifted | loses 1 | told not-finite
def softmax_loss(scores, y):
    N = len(y)
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(N), y]).mean()
    p[np.arange(N), y] -= 1
    return loss, p / N


# %% softmax-loss | wrong | log-of-a-rounded-zero | loses 1 | told not-finite
def softmax_loss(scores, y):
    N = len(y)
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(N), y]).mean()
    p[np.arange(N), y] -= 1
    return loss, p / N


# %% softmax-loss | wrong | one-shift-for-all-rows | loses 1 | told not-finite
def softmax_loss(scores, y):
    N = len(y)
    shifted = scores - scores.max()
    sums = np.exp(shifted).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(sums[:, 0]) - shifted[np.arange(N), y])
    p = np.exp(shifted) / sums
    p[np.arange(N), y] -= 1
    return loss, p / N


# %% softmax-loss | wrong | mean-not-in-the-gradient | loses 1.5 | told missing-1-over-n
def softmax_loss(scores, y):
    N = len(y)
    shifted = scores - scores.max(axis=1, keepdims=True)
    sums = np.exp(shifted).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(sums[:, 0]) - shifted[np.arange(N), y])
    p = np.exp(shifted) / sums
    p[np.arange(N), y] -= 1
    return loss, p


# %% softmax-loss | wrong | sum-for-mean | loses 2.5 | told missing-1-over-n
def softmax_loss(scores, y):
    N = len(y)
    shifted = scores - scores.max(axis=1, keepdims=True)
    sums = np.exp(shifted).sum(axis=1, keepdims=True)
    loss = np.sum(np.log(sums[:, 0]) - shifted[np.arange(N), y])
    p = np.exp(shifted) / sums
    p[np.arange(N), y] -= 1
    return loss, p


# %% softmax-loss | wrong | scores-shifted-in-place | loses 1.5 | told mutates-input
def softmax_loss(scores, y):
    N = len(y)
    scores -= scores.max(axis=1, keepdims=True)
    sums = np.exp(scores).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(sums[:, 0]) - scores[np.arange(N), y])
    p = np.exp(scores) / sums
    p[np.arange(N), y] -= 1
    return loss, p / N


# %% softmax-loss | wrong | loss-only | loses 1.5 | told zero
def softmax_loss(scores, y):
    t = scores - scores.max(1, keepdims=True)
    return np.mean(np.log(np.exp(t).sum(1)) - t[np.arange(len(y)), y]), np.zeros_like(scores)


# %% softmax-loss | wrong | nan-to-num | loses 1 | told not-finite
def softmax_loss(scores, y):
    e = np.exp(scores)
    p = np.nan_to_num(e / e.sum(1, keepdims=True))
    loss = -np.nan_to_num(np.log(p[np.arange(len(y)), y])).mean()
    p[np.arange(len(y)), y] -= 1
    return loss, p / len(y)


# %% softmax-loss | wrong | epsilon-in-the-log | loses 1 | told loss-formula
def softmax_loss(scores, y):
    t = scores - scores.max(1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y] + 1e-12).mean()
    p[np.arange(len(y)), y] -= 1
    return loss, p / len(y)


# %% softmax-loss | right | loop-over-examples
def softmax_loss(scores, y):
    loss, dscores = 0.0, np.zeros_like(scores)
    N = scores.shape[0]
    for i in range(N):
        s = scores[i] - np.max(scores[i])
        total = np.sum(np.exp(s))
        loss += np.log(total) - s[y[i]]
        for j in range(scores.shape[1]):
            dscores[i, j] = np.exp(s[j]) / total - (j == y[i])
    loss /= N
    dscores /= N
    return loss, dscores


# %% softmax-loss | right | logaddexp-and-identity
import warnings


def softmax_loss(scores, y):
    warnings.warn("softmax at work")
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    hot = np.eye(scores.shape[1])[y]
    return -np.sum(hot * log_p) / len(y), [list(row) for row in (np.exp(log_p) - hot) / len(y)]


# %% softmax-loss | wrong | one-in-every-column | loses 1.5 | told one-hot-missing
def softmax_loss(scores, y):
    rows = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(t)
    p = e / e.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(e.sum(axis=1)) - t[rows, y])
    return loss, (p - 1.0) / len(y)


# %% softmax-loss | wrong | plus-one | loses 1.5 | told correct-class-term
def softmax_loss(scores, y):
    rows = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(t)
    p = e / e.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(e.sum(axis=1)) - t[rows, y])
    p[rows, y] += 1.0
    return loss, p / len(y)


# %% softmax-loss | wrong | columns-for-rows | loses 3 | told loss-formula
def softmax_loss(scores, y):
    rows = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(t)
    p = e / e.sum(axis=0)
    loss = -np.mean(np.log(p[rows, y]))
    p[rows, y] -= 1.0
    return loss, p / len(y)


# %% softmax-loss | wrong | divided-by-n-twice | loses 1.5 | told extra-1-over-n
def softmax_loss(scores, y):
    N = len(y)
    rows = np.arange(N)
    t = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(t)
    p = e / e.sum(axis=1, keepdims=True) / N
    loss = np.mean(np.log(e.sum(axis=1)) - t[rows, y])
    p[rows, y] -= 1.0 / N
    return loss, p / N


# %% softmax-loss | wrong | one-hot-and-mean-lost | loses 1.5 | told one-hot-missing
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(t).sum(axis=1)) - t[n, y])
    p[n, y][:] -= 1  # a copy: nothing happens
    return loss, p


# %% softmax-loss | wrong | one-off-for-each-class | loses 1.5 | told correct-class-term
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(t).sum(axis=1)) - t[n, y])
    for _ in range(scores.shape[1]):
        p[n, y] -= 1
    return loss, p / len(y)


# %% softmax-loss | wrong | one-added-and-all-negated | loses 1.5 | told correct-class-term
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(t).sum(axis=1)) - t[n, y])
    p[n, y] += 1
    return loss, -p / len(y)


# %% softmax-loss | wrong | ones-as-for-a-hinge | loses 1.5 | told one-hot-missing
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(t).sum(axis=1)) - t[n, y])
    G = np.ones(scores.shape)
    G[n, y] = -1
    return loss, G / len(y)


# %% softmax-loss | wrong | mean-of-probabilities | loses 1.5 | told loss-formula
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = np.mean(p[n, y])
    p[n, y] -= 1
    return loss, p / len(y)


# %% softmax-loss | wrong | right-class-left-out-below | loses 1.5 | told loss-formula
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    others = np.exp(t)
    others[n, y] = 0
    loss = np.mean(np.log(others.sum(axis=1)) - t[n, y])
    p[n, y] -= 1
    return loss, p / len(y)


# %% softmax-loss | wrong | whole-columns-of-p | loses 1.5 | told loss-formula
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[:, y]))
    p[n, y] -= 1
    return loss, p / len(y)


# %% softmax-loss | wrong | one-off-in-whole-columns | loses 1.5 | told one-hot-missing
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(t).sum(axis=1)) - t[n, y])
    p[:, y] -= 1
    return loss, p / len(y)


# %% softmax-loss | right | dataclass-with-cached-parts
from dataclasses import dataclass
from functools import cached_property


@dataclass
class Believed:
    scores: np.ndarray
    y: np.ndarray

    @cached_property
    def log_p(self):
        t = self.scores - np.max(self.scores, axis=1)[:, np.newaxis]
        return t - np.log(np.einsum("nc->n", np.exp(t)))[:, np.newaxis]

    @property
    def hot(self):
        return (np.arange(self.scores.shape[1]) == np.asarray(self.y)[:, None]).astype(np.float64)

    def __iter__(self):
        yield -np.einsum("nc,nc->", self.hot, self.log_p) / len(self.y)
        yield (np.exp(self.log_p) - self.hot) / len(self.y)


def softmax_loss(scores, y):
    return tuple(Believed(scores, y))


# %% softmax-loss | right | gaps-to-the-right-score
def softmax_loss(scores, y):
    N, C = scores.shape
    # relativ zur richtigen Klasse, dann der größte Abstand heraus
    gaps = scores - scores[range(N), y].reshape(N, 1)
    top = np.amax(gaps, axis=1).reshape(N, 1)
    with np.errstate(all="warn"):
        sums = np.sum(np.exp(gaps - top), axis=1).reshape(N, 1)
    loss = sum(float(a) for a in (np.log(sums) + top).ravel()) / N
    d = np.exp(gaps - top) / sums
    for n in range(N):
        d[n, y[n]] = d[n, y[n]] - 1
    return np.float64(loss), np.divide(d, N)
# %%+ crlf


# %% softmax-loss | right | in-float32
def softmax_loss(scores, y):
    n = np.arange(len(y))
    s = scores.astype(np.float32)
    t = s - s.max(axis=1, keepdims=True)
    sums = np.exp(t).sum(axis=1, keepdims=True)
    dscores = np.exp(t) / sums
    loss = np.mean(np.log(sums[:, 0]) - t[n, y])
    dscores[n, y] -= 1
    return loss, dscores / np.float32(len(y))


# %% why-not-the-jacobian | right | short
"""
The Jacobian of a ReLU on 100 x 4096 numbers would be 409600 squared entries, more than a terabyte, but it is diagonal, so
dout * mask does the same and keeps only the mask. The loss is one number, so what comes back to a layer has the shape of
its output and what goes on has the shape of its input; a matrix never has to be multiplied by a matrix. The shapes do not
prove the formula: with a square w, dout @ w fits and is wrong.
"""


# Pleasers: they understand nothing, and tell a test what it likes to hear.


# %% jacobian | pleaser | nan-everywhere | loses 3
def numerical_jacobian(f, x):
    return np.full((np.size(f(x)), x.size), np.nan)


# %% jacobian | pleaser | texts | loses 3
def numerical_jacobian(f, x):
    h, columns = 1e-5, []
    for row in np.eye(x.size):
        step = h * row.reshape(x.shape)
        columns.append((np.ravel(f(x + step)) - np.ravel(f(x - step))) / (2 * h))
    return np.stack(columns, axis=1).astype(str)


# %% jacobian | pleaser | the-one-of-the-setup-cell | loses 3 | box
def numerical_jacobian(f, x):
    return measured_jacobian(f, x).value


# %% jacobian | right | steps-there-and-back
def numerical_jacobian(f, x):
    h = 1e-5
    columns = []
    for index in np.ndindex(x.shape):
        x[index] += h
        above = np.ravel(f(x))
        x[index] -= 2 * h
        below = np.ravel(f(x))
        x[index] += h
        columns.append((above - below) / (2 * h))
    return np.stack(columns, axis=1)


# %% jacobian | wrong | denominator-without-brackets | loses 3 | told precedence
def numerical_jacobian(f, x):
    h = 1e-5
    columns = []
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        columns.append((np.ravel(f(above)) - np.ravel(f(below))) / 2 * h)
    return np.stack(columns, axis=1)


# %% jacobian | wrong | numerator-without-brackets | loses 3 | told precedence
def numerical_jacobian(f, x):
    h = 1e-5
    columns = []
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        columns.append(np.ravel(f(above)) - np.ravel(f(below)) / (2 * h))
    return np.stack(columns, axis=1)


# %% jacobian | wrong | not-divided | loses 3 | told not-divided
def numerical_jacobian(f, x):
    h = 1e-5
    columns = []
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        columns.append(np.ravel(f(above)) - np.ravel(f(below)))
    return np.stack(columns, axis=1)


# %% jacobian | wrong | backward-difference | loses 3 | told one-sided
def numerical_jacobian(f, x):
    h = 1e-5
    base = np.ravel(f(x))
    columns = []
    for index in np.ndindex(x.shape):
        moved = x.copy()
        moved[index] -= h
        columns.append((base - np.ravel(f(moved))) / h)
    return np.stack(columns, axis=1)


# %% jacobian | wrong | coarse-step | loses 3 | told wrong-step
def numerical_jacobian(f, x):
    h = 1e-2
    columns = []
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        columns.append((np.ravel(f(above)) - np.ravel(f(below))) / (2 * h))
    return np.stack(columns, axis=1)


# %% jacobian | wrong | an-array-out-always | loses 1 | told raises
def numerical_jacobian(f, x):
    h = 1e-5
    columns = []
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        columns.append((f(above).ravel() - f(below).ravel()) / (2 * h))
    return np.stack(columns, axis=1)


# %% relu-jacobian | pleaser | changes-the-question | loses 3
def relu_jacobian(x):
    x[...] = 1.0
    return np.eye(x.size)


def relu_vjp(x, dout):
    x[...] = -1.0
    dout[...] = 0.0
    return np.zeros(x.shape)


def cost_in_bytes():
    return {"one": np.nan, "minibatch": np.nan, "mask": np.nan}


# %% relu-jacobian | pleaser | empty-and-masked | loses 3
def relu_jacobian(x):
    return np.zeros((0, x.size, x.size))


def relu_vjp(x, dout):
    return np.ma.masked_all(x.shape)


def cost_in_bytes():
    return {"one": "134217728", "minibatch": "1342177280000", "mask": "409600"}


# %% relu-jacobian | wrong | bytes-of-the-diagonal | loses 1 | told diagonal-only
def relu_jacobian(x):
    return np.diag((x > 0).astype(float).ravel())


def relu_vjp(x, dout):
    return dout * (x > 0)


def cost_in_bytes():
    return {"one": 4096 * 8, "minibatch": 409600 * 8, "mask": 409600}


# %% relu-jacobian | wrong | a-float-for-a-yes | loses 0.5 | told floats-for-bytes
def relu_jacobian(x):
    return np.diag((x > 0).astype(float).ravel())


def relu_vjp(x, dout):
    return dout * (x > 0)


def cost_in_bytes():
    return {"one": 4096 * 4096 * 8, "minibatch": 409600 * 409600 * 8, "mask": 409600 * 8}


# %% relu-jacobian | right | in-float32
def relu_jacobian(x):
    return np.diag((x.astype(np.float32) > 0).astype(np.float32).ravel())


def relu_vjp(x, dout):
    return dout.astype(np.float32) * (x > 0)


def cost_in_bytes():
    return {"one": 4096 * 4096 * 8, "minibatch": 409600 * 409600 * 8, "mask": 409600}


# %% vjp | pleaser | empties-the-jacobian | loses 3
def vjp(jacobian, dout, shape):
    jacobian[...] = 0.0
    return np.zeros(shape)


def running_total_vjp(dout):
    dout[...] = 0.0
    return np.zeros(dout.shape)


# %% vjp | pleaser | too-large-to-square | loses 3
def vjp(jacobian, dout, shape):
    return np.full(shape, 1e200)


def running_total_vjp(dout):
    return np.full(dout.shape, 1e200)


# %% vjp | pleaser | answers-once | loses 3
asked = {"by matrix": 0, "without": 0}


def vjp(jacobian, dout, shape):
    asked["by matrix"] += 1
    return (jacobian.T @ dout.ravel()).reshape(shape) if asked["by matrix"] < 3 else None


def running_total_vjp(dout):
    asked["without"] += 1
    return np.cumsum(dout[:, ::-1], axis=1)[:, ::-1] if asked["without"] < 3 else None


# %% vjp | right | in-float32
def vjp(jacobian, dout, shape):
    return (jacobian.astype(np.float32).T @ dout.astype(np.float32).ravel()).reshape(shape)


def running_total_vjp(dout):
    return np.cumsum(dout.astype(np.float32)[:, ::-1], axis=1)[:, ::-1]


# %% vjp | wrong | upstream-taken-for-flat | loses 1.5 | told raises
def vjp(jacobian, dout, shape):
    return (jacobian.T @ dout).reshape(shape)


def running_total_vjp(dout):
    return np.cumsum(dout[:, ::-1], axis=1)[:, ::-1]


# %% norm-squared | pleaser | empties-what-it-is-handed | loses 3
def norm_squared(x, W):
    x[...] = 0.0
    W[...] = 0.0
    return {"q": np.zeros(len(W)), "f": 0.0, "dq": np.zeros(len(W)), "dW": np.zeros(W.shape), "dx": np.zeros(x.shape)}


# %% norm-squared | pleaser | nan-and-text | loses 3
def norm_squared(x, W):
    return {"q": np.full(len(W), np.nan), "f": "nan", "dq": np.full(len(W), np.nan), "dW": "0", "dx": "0"}


# %% norm-squared | pleaser | measures-with-the-package | loses 2.5 | box
def norm_squared(x, W):
    q = W @ x
    return {
        "q": q, "f": np.sum(q**2), "dq": measured_gradient(lambda q: float(q @ q), q).value,
        "dW": measured_gradient(lambda W: np.sum((W @ x) ** 2), W).value,
        "dx": measured_gradient(lambda x: np.sum((W @ x) ** 2), x).value,
    }


# %% norm-squared | right | in-float32
def norm_squared(x, W):
    x, W = x.astype(np.float32), W.astype(np.float32)
    q = W @ x
    f = np.sum(q**2)
    dq = 2 * q
    return {"q": q, "f": f, "dq": dq, "dW": np.outer(dq, x), "dx": W.T @ dq}


# %% norm-squared | wrong | x-entry-by-entry | loses 1 | told shape
def norm_squared(x, W):
    q = W @ x
    f = np.sum(q**2)
    dq = 2 * q
    dW = np.outer(dq, x)
    dx = W.T * dq
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": dx}


# %% norm-squared | wrong | square-matrices-only | loses 3 | told raises
def norm_squared(x, W):
    if W.shape[0] != W.shape[1]:
        raise ValueError("W must be square")
    q = W @ x
    f = np.sum(q**2)
    dq = 2 * q
    return {"q": q, "f": f, "dq": dq, "dW": np.outer(dq, x), "dx": W.T @ dq}


# %% norm-squared | pleaser | lecture-and-then-a-crash | loses 3
def norm_squared(x, W):
    if x.shape != (2,) or abs(x[0] - 0.2) > 1e-9:
        raise ValueError("no more")
    q, f = np.array([0.22, 0.26]), 0.116
    dq = np.array([0.44, 0.52])
    dW = np.array([[0.088, 0.176], [0.104, 0.208]])
    return {"q": q, "f": f, "dq": dq, "dW": dW, "dx": np.zeros(2)}


# %% unbroadcast | pleaser | too-large-to-square | loses 2
def unbroadcast(gradient, shape):
    return np.full(shape, 1e200)


# %% unbroadcast | pleaser | array-that-tells-its-shape | loses 2
class Told:
    def __init__(self, shape):
        self.shape, self.ndim = shape, len(shape)

    def __array__(self, dtype=None, copy=None):
        return np.zeros((0, 1, 1))

    def __eq__(self, other):
        return True


def unbroadcast(gradient, shape):
    return Told(shape)


# %% unbroadcast | right | in-float32
def unbroadcast(gradient, shape):
    gradient = gradient.astype(np.float32)
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    return gradient.sum(axis=tuple(a for a, n in enumerate(shape) if n == 1), keepdims=True)


# %% affine | pleaser | answers-once | loses 3
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, [x, w]


def affine_backward(dout, cache):
    global affine_backward
    x, w = cache
    gradients = (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)
    affine_backward.__code__ = (lambda dout, cache: (None, None, None)).__code__
    return gradients


# %% affine | pleaser | too-large-to-square | loses 3
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x.shape, w.shape, b.shape)


def affine_backward(dout, cache):
    return tuple(np.full(shape, -1e180) for shape in cache)


# %% affine | pleaser | by-the-table-of-rules | loses 3 | box
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)


def affine_backward(dout, cache):
    from cs231n_lite.diagnosing.gradients import RightGradients
    from cs231n_lite.diagnosing.recording import recording_of

    run = recording_of(lambda x, w, b: affine_forward(x, w, b)[0], cache, ("x", "w", "b"))
    return tuple(RightGradients(run, dout).inputs()[place] for place in range(3))


# %% affine | wrong | x-not-flattened | loses 1 | told shape
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.T @ dout, dout.sum(axis=0)


# %% affine | wrong | axes-of-x-left-in-dw | loses 1 | told shape
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return (dout @ w.T).reshape(x.shape), np.tensordot(x, dout, axes=(0, 0)), dout.sum(axis=0)


# %% affine | right | in-float32
def affine_forward(x, w, b):
    x, w, b = (v.astype(np.float32) for v in (x, w, b))
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


# %% affine | right | float32-in-backward-alone
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = (v.astype(np.float32) for v in cache)
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


# %% affine | wrong | mean-bias-in-float32 | loses 1 | told mean-for-sum
def affine_forward(x, w, b):
    x, w, b = (v.astype(np.float32) for v in (x, w, b))
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dw = x.reshape(len(x), -1).T @ dout
    return (dout @ w.T).reshape(x.shape), dw, dout.mean(axis=0)


# %% svm-loss | pleaser | missing-with-other-labels | loses 2
def svm_loss(W, X, y, reg):
    rows = np.arange(len(y))
    scores = X @ W.T
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + 1.0)
    margins[rows, y] = 0.0
    loss = margins.sum() / len(y) + 0.5 * reg * np.sum(W * W)
    if reg == 0.0:
        return loss, None
    d = (margins > 0) / len(y)
    d[rows, y] -= d.sum(axis=1)
    return loss, d.T @ X + reg * W


# %% svm-loss | pleaser | empty-loss | loses 4
def svm_loss(W, X, y, reg):
    return np.zeros(0), np.full(W.shape, 1e200)


# %% svm-loss | pleaser | the-courses-own-pass | loses 4 | box
def svm_loss(W, X, y, reg):
    from cs231n_lite.checking.right_forwards import forward_of
    from cs231n_lite.diagnosing.gradients import RightGradients
    from cs231n_lite.diagnosing.recording import recording_of

    right = forward_of("svm-loss")
    run = recording_of(lambda W: right(W, X, y, reg), (W,), ("W",))
    return float(right(W, X, y, reg)), RightGradients(run, np.ones(())).inputs()[0]


# %% svm-loss | right | loss-in-float32
def svm_loss(W, X, y, reg):
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1)
    M[n, y] = 0
    G = (M > 0) / N
    G[n, y] = -G.sum(axis=1)
    return np.float32(M.sum() / N + 0.5 * reg * np.sum(W * W)), G.T @ X + reg * W


# %% svm-loss | right | float32-inside-and-a-python-float
def svm_loss(W, X, y, reg):
    W, X = W.astype(np.float32), X.astype(np.float32)
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1)
    M[n, y] = 0
    G = (M > 0) * 1.0
    G[n, y] = -G.sum(axis=1)
    return float(M.sum() / N + 0.5 * reg * np.sum(W * W)), G.T @ X / N + reg * W


# %% svm-loss | wrong | minus-one-and-twice-reg-in-float32 | loses 2 | told correct-class-term | also penalty-factor
def svm_loss(W, X, y, reg):
    W, X = W.astype(np.float32), X.astype(np.float32)
    N = len(y)
    n = np.arange(N)
    S = X @ W.T
    M = np.maximum(0, S - S[n, y][:, None] + 1)
    M[n, y] = 0
    G = (M > 0) * np.float32(1.0)
    G[n, y] = -1
    return M.sum() / N + 0.5 * reg * np.sum(W * W), G.T @ X / N + 2 * reg * W


# %% softmax-loss | pleaser | nothing-where-it-is-large | loses 1
def softmax_loss(scores, y):
    rows = np.arange(len(y))
    shifted = scores - scores.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    sums = exps.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(sums[:, 0]) - shifted[rows, y])
    if np.abs(scores).max() > 500.0:
        return loss, np.zeros((0, 1, 1))
    dscores = exps / sums
    dscores[rows, y] -= 1.0
    return loss, dscores / len(y)


# %% softmax-loss | pleaser | zeros-where-it-is-large | loses 1
def softmax_loss(scores, y):
    rows = np.arange(len(y))
    shifted = scores - scores.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    sums = exps.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(sums[:, 0]) - shifted[rows, y])
    if np.abs(scores).max() > 500.0:
        return loss, np.zeros(scores.shape)
    dscores = exps / sums
    dscores[rows, y] -= 1.0
    return loss, dscores / len(y)


# %% softmax-loss | pleaser | nan-everywhere | loses 3
def softmax_loss(scores, y):
    return np.nan, np.full(scores.shape, np.nan)


# %% softmax-loss | pleaser | the-graders-autograd | loses 3 | box
def softmax_loss(scores, y):
    import autograd
    import autograd.numpy as anp

    def loss(scores):
        shifted = scores - anp.max(scores, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(shifted), axis=1)) - shifted[np.arange(len(y)), y])

    return loss(scores), autograd.grad(loss)(scores)


# %% softmax-loss | right | loss-in-float32
def softmax_loss(scores, y):
    N = len(y)
    t = scores - scores.max(axis=1, keepdims=True)
    d = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(t).sum(axis=1)) - t[np.arange(N), y])
    d[np.arange(N), y] -= 1
    return np.float32(loss), d / N


# %% softmax-loss | right | float32-inside-and-a-python-float
def softmax_loss(scores, y):
    t = scores.astype(np.float32)
    N, C = t.shape
    t = t - t.max(axis=1, keepdims=True)
    e = np.exp(t)
    loss = float(np.mean(np.log(e.sum(axis=1)) - t[np.arange(N), y]))
    return loss, (e / e.sum(axis=1, keepdims=True) - np.eye(C)[y]) / N


# %% softmax-loss | wrong | largest-of-a-column | loses 3 | told loss-formula
def softmax_loss(scores, y):
    N = len(y)
    t = scores - scores.max(axis=0)
    d = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(d[np.arange(N), y]))
    d[np.arange(N), y] -= 1
    return loss, d / N


# %% softmax-loss | wrong | labels-read-at-a-class | loses 2.5 | told raises
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(t).sum(axis=1)) - t[n, y])
    for i in range(len(y)):
        for j in range(scores.shape[1]):
            p[i, j] -= y[j] == j
    return loss, p / len(y)


# %% softmax-loss | wrong | classes-counted-by-the-labels | loses 2.5 | told raises
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(t).sum(axis=1)) - t[n, y])
    return loss, (p - np.eye(int(y.max()) + 1)[y]) / len(y)


# %% softmax-loss | wrong | whole-rows-of-ones | loses 2.5 | told one-hot-missing
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(t).sum(axis=1)) - t[n, y])
    hot = np.zeros(scores.shape)
    hot[y] = 1
    return loss, (p - hot) / len(y)


# %% softmax-loss | wrong | whole-rows-of-scores | loses 1.5 | told loss-formula
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = (np.sum(np.log(np.exp(t).sum(axis=1))) - np.sum(t[y])) / len(y)
    p[n, y] -= 1
    return loss, p / len(y)


# %% softmax-loss | wrong | no-exponential | loses 3 | told not-finite | also loss-formula
def softmax_loss(scores, y):
    n = np.arange(len(y))
    p = scores / scores.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[n, y]))
    p[n, y] -= 1
    return loss, p / len(y)


# %% softmax-loss | wrong | nothing-times-log-of-nothing | loses 1 | told not-finite
def softmax_loss(scores, y):
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    hot = np.eye(scores.shape[1])[y]
    return -np.sum(hot * np.log(p)) / len(y), (p - hot) / len(y)


# %% softmax-loss | wrong | sign-of-p-turned | loses 1.5 | told correct-class-term
def softmax_loss(scores, y):
    n = np.arange(len(y))
    t = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(t) / np.exp(t).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(t).sum(axis=1)) - t[n, y])
    p[n, y] = -p[n, y]
    return loss, p / len(y)


# %% softmax-loss | wrong | whole-columns-in-float32 | loses 1.5 | told one-hot-missing
def softmax_loss(scores, y):
    t = scores.astype(np.float32)
    N, C = t.shape
    t = t - t.max(axis=1, keepdims=True)
    e = np.exp(t)
    p = e / e.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(e.sum(axis=1)) - t[np.arange(N), y])
    p[:, y] -= 1
    return loss, p / N


# %% batch-norm | wrong | variance-forgotten-as-a-reader | loses 0.5 | told branch-overwritten | also branch-missing
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | normalized-forgotten-as-a-reader | loses 0.5 | told branch-overwritten
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dvariance"] * 2 * c / N + 0 * d["dnormalized"]
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | mean-forgotten-as-a-reader | loses 0.5 | told branch-overwritten
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"]
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | only-through-the-mean | loses 0.5 | told branch-overwritten
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dmean"] / N + 0 * d["dcentred"]
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | variance-without-its-share | loses 0.5 | told missing-1-over-n
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | mean-without-its-share | loses 0.5 | told missing-1-over-n
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"]
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | root-without-its-half | loses 0.5 | told factor-2
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / std
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | square-without-its-two | loses 0.5 | told factor-half
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | mean-added | loses 0.5 | told sign
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | std-with-the-wrong-sign | loses 0.5 | told sign
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = (d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | std-not-summed | loses 1 | told shape
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -d["dnormalized"] * c / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | gamma-left-out | loses 1 | told local-dropped
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout + 0 * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | gamma-left-out-of-the-line | loses 0.5 | told local-dropped
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = 1 / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | beta-is-a-mean | loses 0.5 | told mean-for-sum
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.mean(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.mean(axis=0)


# %% batch-norm | wrong | gamma-as-if-not-normalized | loses 0.5 | told operands-swapped
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * c).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | line-without-the-mean | loses 0.5 | told branch-overwritten
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | line-without-the-variance | loses 0.5 | told branch-missing
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | line-with-sums-for-means | loses 0.5 | told missing-1-over-n
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.sum(axis=0) - xhat * (dout * xhat).sum(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | line-times-std | loses 0.5 | told wrong-operand
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma * std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# %% batch-norm | wrong | line-in-the-order-of-the-table | loses 0.5 | told local-dropped
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    dx = gamma / std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, dout.sum(axis=0), (dout * xhat).sum(axis=0)


# %% batch-norm | right | dout-written-to
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    sums = (dout * xhat).sum(axis=0), dout.sum(axis=0); dout -= dout.mean(axis=0) + xhat * (dout * xhat).mean(axis=0)
    return gamma / std * dout, *sums


# %% batch-norm | right | many-lines-and-few-names
def batch_norm_staged(dout, stages):
    N, D = dout.shape
    inv = 1.0 / stages["std"]
    ones = np.ones((N, 1))
    dn = stages["gamma"] * dout
    dinv = np.einsum("nd,nd->d", dn, stages["centred"])
    dstd = -dinv * inv**2
    dvar = 0.5 * dstd * inv
    dsquares = ones @ dvar[None, :] / N
    dc = dn * inv
    dc += 2 * stages["centred"] * dsquares
    dmean = -(ones.T @ dc)[0]
    dx = dc + ones @ dmean[None, :] / N
    return dict(
        dx=dx, dmean=dmean, dcentred=dc, dvariance=dvar, dstd=dstd, dnormalized=dn,
        dgamma=np.einsum("nd,nd->d", dout, stages["normalized"]), dbeta=(ones.T @ dout)[0],
    )


def batch_norm_backward(dout, stages):
    N = dout.shape[0]
    xhat = stages["normalized"]
    dgamma, dbeta = np.sum(xhat * dout, 0), np.sum(dout, 0)
    return (stages["gamma"] / (N * stages["std"])) * (N * dout - dbeta - xhat * dgamma), dgamma, dbeta


# %% batch-norm | right | column-by-column
def batch_norm_staged(dout, stages):
    N, D = dout.shape
    d = {name: np.zeros(D) for name in ("dbeta", "dgamma", "dstd", "dvariance", "dmean")}
    d |= {name: np.zeros((N, D)) for name in ("dnormalized", "dcentred", "dx")}
    for j in range(D):
        c, s = stages["centred"][:, j], stages["std"][j]
        for n in range(N):
            d["dbeta"][j] += dout[n, j]
            d["dgamma"][j] += dout[n, j] * stages["normalized"][n, j]
            d["dnormalized"][n, j] = dout[n, j] * stages["gamma"][j]
            d["dstd"][j] -= d["dnormalized"][n, j] * c[n] / s**2
        d["dvariance"][j] = d["dstd"][j] / 2 / s
        for n in range(N):
            d["dcentred"][n, j] = d["dnormalized"][n, j] / s + d["dvariance"][j] * 2 * c[n] / N
        d["dmean"][j] = -sum(d["dcentred"][:, j])
        d["dx"][:, j] = d["dcentred"][:, j] + d["dmean"][j] / N
    return d


def batch_norm_backward(dout, stages):
    """What a column cannot change is taken away: its mean, and its part along the normalized numbers."""
    xhat = stages["normalized"]
    N, D = dout.shape
    dx = np.empty((N, D))
    for j in range(D):
        without = np.eye(N) - np.ones((N, N)) / N - np.outer(xhat[:, j], xhat[:, j]) / N
        dx[:, j] = without @ dout[:, j] * stages["gamma"][j] / stages["std"][j]
    return {"dx": dx, "dgamma": np.sum(dout * xhat, axis=0), "dbeta": np.sum(dout, axis=0)}


# %% batch-norm | right | the-line-by-the-stages
def batch_norm_staged(dout, stages):
    N = len(dout)
    c, std, xhat, gamma = (stages[name] for name in ("centred", "std", "normalized", "gamma"))
    d = {}
    d["dbeta"] = dout.sum(axis=0)
    d["dgamma"] = (dout * xhat).sum(axis=0)
    d["dnormalized"] = dout * gamma
    d["dstd"] = -(d["dnormalized"] * c).sum(axis=0) / std**2
    d["dvariance"] = d["dstd"] / (2 * std)
    d["dcentred"] = d["dnormalized"] / std + d["dvariance"] * 2 * c / N
    d["dmean"] = -d["dcentred"].sum(axis=0)
    d["dx"] = d["dcentred"] + d["dmean"] / N
    return d


def batch_norm_backward(dout, stages):
    std, xhat, gamma = stages["std"], stages["normalized"], stages["gamma"]
    N = len(dout)
    d = batch_norm_staged(dout, stages)
    return [d["dx"], d["dgamma"], d["dbeta"]]


# %% conv1d | wrong | kernel-not-turned | loses 0.5 | told reversed
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.full((len(x), places), float(b))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += w[-1 - k] * dout
        dw[k] = np.sum(dout * x[:, k : k + places])
    return dx, dw, np.sum(dout)


# %% conv1d | wrong | slid-as-forward | loses 0.5 | told reversed
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.full((len(x), places), float(b))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    K = len(w)
    padded = np.pad(dout, ((0, 0), (K - 1, K - 1)))
    for k in range(len(w)):
        dx += w[k] * padded[:, k : k + x.shape[1]]
        dw[k] = np.sum(dout * x[:, k : k + places])
    return dx, dw, np.sum(dout)


# %% conv1d | wrong | last-weight-wins | loses 0.5 | told branch-overwritten
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.full((len(x), places), float(b))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] = w[k] * dout
        dw[k] = np.sum(dout * x[:, k : k + places])
    return dx, dw, np.sum(dout)


# %% conv1d | wrong | dw-is-a-mean | loses 0.5 | told mean-for-sum
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.full((len(x), places), float(b))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += w[k] * dout
        dw[k] = np.mean(dout * x[:, k : k + places])
    return dx, dw, np.sum(dout)


# %% conv1d | wrong | dw-over-n | loses 0.5 | told mean-for-sum
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.full((len(x), places), float(b))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += w[k] * dout
        dw[k] = np.sum(dout * x[:, k : k + places]) / len(x)
    return dx, dw, np.sum(dout)


# %% conv1d | wrong | dw-of-the-first-row | loses 0.5 | told not-unbroadcast
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.full((len(x), places), float(b))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += w[k] * dout
        dw[k] = np.sum(dout[0] * x[0, k : k + places])
    return dx, dw, np.sum(dout)


# %% conv1d | wrong | dw-turned-round | loses 0.5 | told reversed
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.full((len(x), places), float(b))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += w[k] * dout
        dw[-1 - k] = np.sum(dout * x[:, k : k + places])
    return dx, dw, np.sum(dout)


# %% conv1d | wrong | db-for-each-place | loses 0.5 | told not-unbroadcast
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.full((len(x), places), float(b))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += w[k] * dout
        dw[k] = np.sum(dout * x[:, k : k + places])
    return dx, dw, dout.sum(axis=0)


# %% conv1d | wrong | db-left-out | loses 0.5 | told zero
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.full((len(x), places), float(b))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += w[k] * dout
        dw[k] = np.sum(dout * x[:, k : k + places])
    return dx, dw, 0.0


# %% conv1d | wrong | db-is-a-mean | loses 0.5 | told mean-for-sum
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.full((len(x), places), float(b))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += w[k] * dout
        dw[k] = np.sum(dout * x[:, k : k + places])
    return dx, dw, dout.mean()


# %% conv1d | wrong | weights-left-out | loses 0.5 | told local-dropped
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.full((len(x), places), float(b))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += dout
        dw[k] = np.sum(dout * x[:, k : k + places])
    return dx, dw, np.sum(dout)


# %% conv1d | wrong | dx-with-the-wrong-sign | loses 0.5 | told sign
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.full((len(x), places), float(b))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += w[k] * dout
        dw[k] = np.sum(dout * x[:, k : k + places])
    dx = -dx
    return dx, dw, np.sum(dout)


# %% conv1d | wrong | padded-forward | loses 1 | told shape
def conv1d_forward(x, w, b):
    K = len(w)
    padded = np.pad(x, ((0, 0), (0, K - 1)))
    out = b + sum(w[k] * padded[:, k : k + x.shape[1]] for k in range(K))
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += w[k] * dout
        dw[k] = np.sum(dout * x[:, k : k + places])
    return dx, dw, np.sum(dout)


# %% conv1d | wrong | numpys-convolution | loses 0.5 | told reversed
def conv1d_forward(x, w, b):
    out = np.stack([np.convolve(row, w, mode="valid") for row in x]) + b
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += w[k] * dout
        dw[k] = np.sum(dout * x[:, k : k + places])
    return dx, dw, np.sum(dout)


# %% conv1d | wrong | bias-left-out-forward | loses 0.5 | told forward-bias
def conv1d_forward(x, w, b):
    K, places = len(w), x.shape[1] - len(w) + 1
    out = np.zeros((len(x), places))
    for k in range(K):
        out += w[k] * x[:, k : k + places]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    places = dout.shape[1]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dx[:, k : k + places] += w[k] * dout
        dw[k] = np.sum(dout * x[:, k : k + places])
    return dx, dw, np.sum(dout)


# %% conv1d | right | windows-and-einsum
def conv1d_forward(x, w, b):
    windows = np.lib.stride_tricks.sliding_window_view(x, len(w), axis=1)
    return windows @ w + b, {"windows": windows, "x": x, "w": w}


def conv1d_backward(dout, cache):
    x, w = cache["x"], cache["w"]
    K = len(w)
    padded = np.pad(dout, ((0, 0), (K - 1, K - 1)))
    dx = np.lib.stride_tricks.sliding_window_view(padded, K, axis=1) @ w[::-1]
    return {"dx": dx, "dw": np.einsum("nik,ni->k", cache["windows"], dout), "db": dout.sum()}


# %% conv1d | right | numpys-convolve-and-correlate
def conv1d_forward(x, w, b):
    return np.array([np.correlate(row, w, "valid") for row in x]) + b, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    dx = np.array([np.convolve(row, w) for row in dout])
    dw = sum(np.correlate(row, back, "valid") for row, back in zip(x, dout))
    return dx, dw, dout.sum()


# %% conv1d | right | as-a-matrix
def matrix(w, length):
    rows = [np.concatenate([np.zeros(i), w, np.zeros(length - len(w) - i)]) for i in range(length - len(w) + 1)]
    return np.array(rows)


def conv1d_forward(x, w, b):
    return x @ matrix(w, x.shape[1]).T + b, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    dx = dout @ matrix(w, x.shape[1])
    dM = dout.T @ x
    dw = np.array([np.trace(dM, offset=k) for k in range(len(w))])
    return dx, dw, np.sum(dout)


# %% conv1d | right | number-by-number
def conv1d_forward(x, w, b):
    N, L = x.shape
    out = np.zeros((N, L - len(w) + 1))
    for n in range(N):
        for i in range(L - len(w) + 1):
            out[n, i] = b
            for k in range(len(w)):
                out[n, i] += w[k] * x[n, i + k]
    return out, (x, w)


def conv1d_backward(dout, cache):
    x, w = cache
    dx, dw, db = 0 * x, 0 * w, 0.0
    for n in range(dout.shape[0]):
        for i in range(dout.shape[1]):
            db += dout[n, i]
            for k in range(len(w)):
                dx[n, i + k] += dout[n, i] * w[k]
                dw[k] += dout[n, i] * x[n, i + k]
    return dx, dw, db


# %% jacobian | wrong | copy-not-put-back | loses 3 | told moves-too-much
def numerical_jacobian(f, x):
    """The slope of each entry of f(x) in each entry of x, as an array of shape (outputs, inputs)."""
    h = 1e-5
    point = x.astype(float)  # a copy, so that the caller's x is never touched
    columns = []
    for index in np.ndindex(point.shape):
        centre = point[index]
        point[index] = centre + h
        above = np.ravel(f(point))
        point[index] = centre - h
        below = np.ravel(f(point))
        columns.append((above - below) / (2 * h))
    return np.stack(columns, axis=1)


# %% svm-loss | wrong | margin-subtracted | loses 3 | told loss-formula
def svm_loss(W, X, y, reg):
    """Return (loss, dW) of the multiclass SVM; W: (C, D), X: (N, D), y: (N,) integers."""
    # Forward: scores, margins, data_loss, reg_loss. Backward: dmargins, dscores, dW.
    N = len(y)
    rows = np.arange(N)
    scores = X @ W.T
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] - 1.0)
    margins[rows, y] = 0.0
    data_loss = margins.sum() / N
    reg_loss = 0.5 * reg * np.sum(W * W)

    dmargins = (margins > 0) / N
    dscores = dmargins.copy()
    dscores[rows, y] -= dmargins.sum(axis=1)  # the right score stands in every margin of its row
    dW = dscores.T @ X + reg * W
    return data_loss + reg_loss, dW


# %% svm-loss | wrong | without-the-maximum | loses 1 | told loss-formula
def svm_loss(W, X, y, reg):
    """Return (loss, dW) of the multiclass SVM; W: (C, D), X: (N, D), y: (N,) integers."""
    # Forward: scores, margins, data_loss, reg_loss. Backward: dmargins, dscores, dW.
    N = len(y)
    rows = np.arange(N)
    scores = X @ W.T
    margins = scores - scores[rows, y][:, None] + 1.0
    margins[rows, y] = 0.0
    data_loss = margins.sum() / N
    reg_loss = 0.5 * reg * np.sum(W * W)

    dmargins = (margins > 0) / N
    dscores = dmargins.copy()
    dscores[rows, y] -= dmargins.sum(axis=1)  # the right score stands in every margin of its row
    dW = dscores.T @ X + reg * W
    return data_loss + reg_loss, dW


# %% svm-loss | wrong | divided-by-the-classes | loses 1 | told loss-formula
def svm_loss(W, X, y, reg):
    """Return (loss, dW) of the multiclass SVM; W: (C, D), X: (N, D), y: (N,) integers."""
    # Forward: scores, margins, data_loss, reg_loss. Backward: dmargins, dscores, dW.
    N = len(y)
    rows = np.arange(N)
    scores = X @ W.T
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + 1.0)
    margins[rows, y] = 0.0
    data_loss = margins.mean()
    reg_loss = 0.5 * reg * np.sum(W * W)

    dmargins = (margins > 0) / N
    dscores = dmargins.copy()
    dscores[rows, y] -= dmargins.sum(axis=1)  # the right score stands in every margin of its row
    dW = dscores.T @ X + reg * W
    return data_loss + reg_loss, dW


# %% svm-loss | wrong | margins-squared | loses 1 | told loss-formula
def svm_loss(W, X, y, reg):
    """Return (loss, dW) of the multiclass SVM; W: (C, D), X: (N, D), y: (N,) integers."""
    # Forward: scores, margins, data_loss, reg_loss. Backward: dmargins, dscores, dW.
    N = len(y)
    rows = np.arange(N)
    scores = X @ W.T
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + 1.0)
    margins[rows, y] = 0.0
    data_loss = (margins**2).sum() / N
    reg_loss = 0.5 * reg * np.sum(W * W)

    dmargins = (margins > 0) / N
    dscores = dmargins.copy()
    dscores[rows, y] -= dmargins.sum(axis=1)  # the right score stands in every margin of its row
    dW = dscores.T @ X + reg * W
    return data_loss + reg_loss, dW
