# Answers to assignment 2 that are not the solution: wrong ones, and right ones in other styles. Each block is the whole
# source of one solution cell; autograder/corpus.py explains the first line of a block.

# %% predict-the-flow | wrong | branch-not-summed | loses 1
ME = 231


def my_predictions():
    return {
        "A": {"x": -5, "y": -5, "z": 0},
        "B": {"x": 2, "y": 2, "z": 0, "w": 8},
        "C": {"x": -8, "y": 10, "z": 2, "w": 0},
        "D": {"x": 1, "y": 1, "z": 7},
    }


# %% predict-the-flow | wrong | max-to-both | loses 2
ME = 231


def my_predictions():
    return {
        "A": {"x": -5, "y": -5, "z": 0},
        "B": {"x": 2, "y": 2, "z": 2, "w": 8},
        "C": {"x": -8, "y": 10, "z": 2, "w": 2},
        "D": {"x": -4, "y": -4, "z": 7},
    }


# %% predict-the-flow | wrong | own-value-at-multiply | loses 3
ME = 231


def my_predictions():
    return {
        "A": {"x": 0, "y": 0, "z": -5},
        "B": {"x": 8, "y": 8, "z": 0, "w": 2},
        "C": {"x": 10, "y": -8, "z": 2, "w": 0},
        "D": {"x": -4, "y": -4, "z": 7},
    }


# %% predict-the-flow | right | another-student
ME = "ada"


def my_predictions():
    a = dict(x=-3.0, y=-2.0, z=1.0)
    b = dict(x=4, y=3, z=0)
    c = dict(x=6, y=8, z=2, w=0)
    d = dict(x=5, y=3)
    return dict(A=a, B=b, C=c, D=d)


# %% predict-the-flow | right | lets-the-graph-measure
ME = 7


def my_predictions():
    return {
        letter: {name: round(slope) for name, slope in puzzle.sensitivities().items() if name in puzzle.inputs}
        for letter, puzzle in flow_puzzles(ME).items()
    }


# %% max-gate | wrong | both-inputs | loses 1.5 | told mask-missing
class MaxGate:
    def forward(self, x, y):
        return np.maximum(x, y)

    def backward(self, dz):
        return dz, dz


# %% max-gate | wrong | to-the-loser | loses 1 | told mask-inverted
class MaxGate:
    def forward(self, x, y):
        self.first = np.asarray(x) > y
        return np.maximum(x, y)

    def backward(self, dz):
        return np.where(self.first, 0.0, dz), np.where(self.first, dz, 0.0)


# %% max-gate | wrong | both-at-a-tie | loses 0.5
class MaxGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return np.maximum(x, y)

    def backward(self, dz):
        return dz * (self.x >= self.y), dz * (self.y >= self.x)


# %% max-gate | wrong | nobody-at-a-tie | loses 0.5
class MaxGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return np.maximum(x, y)

    def backward(self, dz):
        return dz * (self.x > self.y), dz * (self.y > self.x)


# %% max-gate | right | shares-at-a-tie
class MaxGate:
    def forward(self, x, y):
        self.x, self.y = np.asarray(x), np.asarray(y)
        return np.where(self.x > self.y, self.x, self.y)

    def backward(self, dz):
        share = 0.5 * (1 + np.sign(self.x - self.y))
        return dz * share, dz * (1 - share)


# %% max-gate | right | ties-to-the-second
class MaxGate:
    def forward(self, x, y):
        self.mask = 1.0 * (np.asarray(x) > np.asarray(y))
        return self.mask * x + (1 - self.mask) * y

    def backward(self, dz):
        return [self.mask * dz, (1 - self.mask) * dz]


# %% branch-sum | wrong | overwritten-dq | loses 1
def branch_sum(x, y):
    df = 1.0
    q = x * y
    r = q + x
    s = q * y
    f = r * s
    dr = s
    ds = r
    dq = ds * y
    dy = ds * q
    dq = dr
    dx = dr
    dx += dq * y
    dy += dq * x
    return {"q": q, "r": r, "s": s, "f": f, "dr": dr, "ds": ds, "dq": dq, "dx": dx, "dy": dy}


# %% branch-sum | wrong | overwritten-dx | loses 0.5
def branch_sum(x, y):
    df = 1.0
    q = x * y
    r = q + x
    s = q * y
    f = r * s
    dr = s
    ds = r
    dq = ds * y
    dy = ds * q
    dq += dr
    dx = dr
    dx = dq * y
    dy += dq * x
    return {"q": q, "r": r, "s": s, "f": f, "dr": dr, "ds": ds, "dq": dq, "dx": dx, "dy": dy}


# %% branch-sum | wrong | dq-used-too-early | loses 1
def branch_sum(x, y):
    df = 1.0
    q = x * y
    r = q + x
    s = q * y
    f = r * s
    dr = s
    ds = r
    dq = ds * y
    dy = ds * q + dq * x
    dx = dr + dq * y
    return {"q": q, "r": r, "s": s, "f": f, "dr": dr, "ds": ds, "dq": dq, "dx": dx, "dy": dy}


# %% branch-sum | right | one-line-each
def branch_sum(x, y):
    df = 1.0
    q = x * y
    r = q + x
    s = q * y
    f = r * s
    dr, ds = df * s, df * r
    dq = dr + y * ds
    dx = dr + y * dq
    dy = q * ds + x * dq
    return {"q": q, "r": r, "s": s, "f": f, "dr": dr, "ds": ds, "dq": dq, "dx": dx, "dy": dy}


# %% branch-sum | right | dictionary-of-gradients
from collections import defaultdict


def branch_sum(x, y):
    df = 1.0
    q = x * y
    r = q + x
    s = q * y
    f = r * s
    d = defaultdict(float)
    d["r"] += s * df
    d["s"] += r * df
    d["q"] += y * d["s"]
    d["y"] += q * d["s"]
    d["q"] += d["r"]
    d["x"] += d["r"]
    d["x"] += y * d["q"]
    d["y"] += x * d["q"]
    dr, ds, dq, dx, dy = d["r"], d["s"], d["q"], d["x"], d["y"]
    return {"q": q, "r": r, "s": s, "f": f, "dr": dr, "ds": ds, "dq": dq, "dx": dx, "dy": dy}


# %% sigmoid-gate | wrong | upstream-dropped | loses 1 | told upstream-dropped
class SigmoidGate:
    def forward(self, x):
        self.out = 1.0 / (1.0 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return (1 - self.out) * self.out


# %% sigmoid-gate | wrong | derivative-of-the-input | loses 1 | told activation-input-output-confused
class SigmoidGate:
    def forward(self, x):
        self.x = x
        return 1.0 / (1.0 + np.exp(-x))

    def backward(self, dout):
        return dout * (1 - self.x) * self.x


# %% sigmoid-gate | wrong | squashed-twice | loses 1 | told activation-input-output-confused
class SigmoidGate:
    def forward(self, x):
        self.out = 1.0 / (1.0 + np.exp(-x))
        return self.out

    def backward(self, dout):
        s = 1.0 / (1.0 + np.exp(-self.out))
        return dout * (1 - s) * s


# %% sigmoid-gate | wrong | local-dropped | loses 1 | told local-dropped
class SigmoidGate:
    def forward(self, x):
        return 1.0 / (1.0 + np.exp(-x))

    def backward(self, dout):
        return dout


# %% sigmoid-gate | right | from-the-input-again
class SigmoidGate:
    def forward(self, x):
        self.x = x.copy()
        return 1.0 / (1.0 + np.exp(-self.x))

    def backward(self, dout):
        return dout * np.exp(-self.x) / (1 + np.exp(-self.x)) ** 2


# %% sigmoid-gate | right | warns-and-prints
import warnings


class SigmoidGate:
    def forward(self, x):
        warnings.warn("forward of SigmoidGate")
        self.cache = {"out": 1.0 / (1.0 + np.exp(-x))}
        return self.cache["out"]

    def backward(self, dout):
        out = self.cache["out"]
        print("backward", out.shape)
        return (out - out * out) * dout


# %% tanh-gate | wrong | upstream-dropped | loses 0.5 | told upstream-dropped
class TanhGate:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return 1 - self.out**2


# %% tanh-gate | wrong | derivative-of-the-input | loses 0.5 | told activation-input-output-confused
class TanhGate:
    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, dout):
        return dout * (1 - self.x**2)


# %% tanh-gate | wrong | squashed-twice | loses 0.5 | told activation-input-output-confused
class TanhGate:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1 - np.tanh(self.out) ** 2)


# %% tanh-gate | wrong | local-dropped | loses 0.5 | told local-dropped
class TanhGate:
    def forward(self, x):
        return np.tanh(x)

    def backward(self, dout):
        return dout


# %% tanh-gate | right | from-the-input-again
class TanhGate:
    def forward(self, x):
        self.x = x.copy()
        return np.tanh(self.x)

    def backward(self, dout):
        return dout / np.cosh(self.x) ** 2


# %% tanh-gate | right | warns-and-prints
import warnings


class TanhGate:
    def forward(self, x):
        warnings.warn("forward of TanhGate")
        self.cache = {"out": np.tanh(x)}
        return self.cache["out"]

    def backward(self, dout):
        out = self.cache["out"]
        print("backward", out.shape)
        return (1 + out) * (1 - out) * dout


# %% relu-gate | wrong | clips-the-upstream | loses 1 | told mask-from-upstream
class ReLUGate:
    def forward(self, x):
        return np.maximum(x, 0.0)

    def backward(self, dout):
        return np.maximum(dout, 0.0)


# %% relu-gate | wrong | mask-missing | loses 1 | told mask-missing
class ReLUGate:
    def forward(self, x):
        return np.maximum(x, 0.0)

    def backward(self, dout):
        return dout


# %% relu-gate | wrong | mask-inverted | loses 1 | told mask-inverted
class ReLUGate:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0.0)

    def backward(self, dout):
        return dout * (self.x < 0)


# %% relu-gate | wrong | upstream-dropped | loses 1 | told upstream-dropped
class ReLUGate:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0.0)

    def backward(self, dout):
        return 1.0 * (self.x > 0)


# %% relu-gate | wrong | writes-into-x | loses 1 | told mutates-input
class ReLUGate:
    def forward(self, x):
        self.mask = x > 0
        x[x < 0] = 0
        return x

    def backward(self, dout):
        return dout * self.mask


# %% relu-gate | right | writes-into-the-upstream
class ReLUGate:
    def forward(self, x):
        self.x = x
        return x * (x > 0)

    def backward(self, dout):
        dout[self.x <= 0] = 0
        return dout


# %% relu-gate | right | slope-one-at-zero
class ReLUGate:
    def forward(self, x):
        self.out = np.maximum(0, x)
        self.on = x >= 0
        return self.out

    def backward(self, dout):
        return np.where(self.on, dout, 0)


# %% relu-gate | right | loop-over-entries
class ReLUGate:
    def forward(self, x):
        out = np.zeros(x.shape)
        for i in np.ndindex(x.shape):
            out[i] = x[i] if x[i] > 0 else 0.0
        self.out = out
        return out

    def backward(self, dout):
        dx = np.empty(dout.shape)
        for i in np.ndindex(dout.shape):
            dx[i] = dout[i] if self.out[i] > 0 else 0.0
        return dx


# %% leaky-relu-gate | wrong | slope-typed-in | loses 1
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, 0.01 * x)

    def backward(self, dout):
        return np.where(self.x > 0, dout, 0.01 * dout)


# %% leaky-relu-gate | wrong | leak-forgotten-backward | loses 0.5
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.slope * x)

    def backward(self, dout):
        return dout * (self.x > 0)


# %% leaky-relu-gate | wrong | mask-from-upstream | loses 0.5
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        return np.where(x > 0, x, self.slope * x)

    def backward(self, dout):
        return np.where(dout > 0, dout, self.slope * dout)


# %% leaky-relu-gate | right | maximum
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.x = x
        return np.maximum(x, self.slope * x)

    def backward(self, dout):
        dx = dout.copy()
        dx[self.x < 0] *= self.slope
        return dx


# %% leaky-relu-gate | right | sum-of-two-parts
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.up, self.down = x > 0, x <= 0
        return x * self.up + self.slope * x * self.down

    def backward(self, dout):
        return dout * self.up + self.slope * dout * self.down


# %% elu-gate | wrong | alpha-forgotten-backward | loses 1
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * (np.exp(x) - 1))

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1, np.exp(self.x))


# %% elu-gate | wrong | alpha-forgotten | loses 2
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, np.exp(x) - 1)

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1, np.exp(self.x))


# %% elu-gate | wrong | derivative-is-the-value | loses 1
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.out = np.where(x > 0, x, self.alpha * (np.exp(x) - 1))
        return self.out

    def backward(self, dout):
        return dout * np.where(self.out > 0, 1, self.out)


# %% elu-gate | right | expm1-overflow-warning
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * np.expm1(x * 1.0))

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1.0, self.alpha * np.exp(self.x))


# %% elu-gate | right | masks-and-copies
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        out = x.copy()
        neg = x < 0
        out[neg] = self.alpha * (np.exp(x[neg]) - 1)
        self.neg, self.out = neg, out
        return out

    def backward(self, dout):
        dx = np.array(dout)
        dx[self.neg] = dout[self.neg] * (self.out[self.neg] + self.alpha)
        return dx


# %% maxout-gate | wrong | all-pieces | loses 1.5 | told mask-missing
class MaxoutGate:
    def forward(self, x):
        self.k = x.shape[2]
        return x.max(axis=2)

    def backward(self, dout):
        return np.repeat(dout[:, :, None], self.k, axis=2)


# %% maxout-gate | wrong | compared-with-zero | loses 3
class MaxoutGate:
    def forward(self, x):
        self.x = x
        return np.maximum(0, x).max(axis=2)

    def backward(self, dout):
        m = np.maximum(0, self.x.max(axis=2, keepdims=True))
        return (self.x == m) * dout[:, :, None]


# %% maxout-gate | wrong | wrong-axis | loses 3
class MaxoutGate:
    def forward(self, x):
        self.x = x
        return x.max(axis=1)

    def backward(self, dout):
        return (self.x == self.x.max(axis=1, keepdims=True)) * dout[:, None, :]


# %% maxout-gate | wrong | upstream-dropped | loses 1.5 | told upstream-dropped
class MaxoutGate:
    def forward(self, x):
        self.x = x
        return x.max(axis=2)

    def backward(self, dout):
        return 1.0 * (self.x == self.x.max(axis=2, keepdims=True))


# %% maxout-gate | right | mask-by-equality
class MaxoutGate:
    def forward(self, x):
        self.mask = x == x.max(axis=2, keepdims=True)
        return x.max(2)

    def backward(self, dout):
        return self.mask * dout[..., np.newaxis]


# %% maxout-gate | right | fancy-indexing
class MaxoutGate:
    def forward(self, x):
        N, M, K = x.shape
        self.index = np.arange(N)[:, None], np.arange(M)[None, :], x.argmax(-1)
        self.shape = x.shape
        return x[self.index]

    def backward(self, dout):
        dx = np.zeros(self.shape)
        dx[self.index] = dout
        return dx


# %% framework-names | wrong | upstream-and-downstream-swapped | loses 2
def framework_names():
    table = {"this course": {"input": "x", "output": "z", "upstream": "dz", "downstream": "dx"}}
    table["Caffe"] = dict(input="bottom.data", output="top.data", upstream="bottom.diff", downstream="top.diff")
    table["Torch"] = dict(input="input", output="output", upstream="gradInput", downstream="gradOutput")
    table["PyTorch"] = dict(input="input", output="output", upstream="grad_input", downstream="grad_output")
    return table


# %% framework-names | wrong | caffe-upside-down | loses 1
def framework_names():
    table = {"this course": {"input": "x", "output": "z", "upstream": "dz", "downstream": "dx"}}
    table["Caffe"] = dict(input="top.data", output="bottom.data", upstream="bottom.diff", downstream="top.diff")
    table["Torch"] = dict(input="input", output="output", upstream="gradOutput", downstream="gradInput")
    table["PyTorch"] = dict(input="input", output="output", upstream="grad_output", downstream="grad_input")
    return table


# %% framework-names | wrong | values-for-gradients | loses 1
def framework_names():
    table = {"this course": {"input": "x", "output": "z", "upstream": "dz", "downstream": "dx"}}
    table["Caffe"] = dict(input="bottom.data", output="top.data", upstream="top.data", downstream="bottom.data")
    table["Torch"] = dict(input="input", output="output", upstream="gradOutput", downstream="gradInput")
    table["PyTorch"] = dict(input="input", output="output", upstream="grad_output", downstream="grad_input")
    return table


# %% framework-names | right | with-self-and-spaces
def framework_names():
    table = {"this course": {"input": "x", "output": "z", "upstream": "dz", "downstream": "dx"}}
    table["Caffe"] = dict(input="bottom.data", output="top.data", upstream="top.diff", downstream="bottom.diff")
    table["Torch"] = dict(input="input", output="self.output", upstream="gradOutput", downstream="self.gradInput")
    table["PyTorch"] = dict(input=" input", output="output ", upstream="grad_output", downstream="grad_input")
    return table


# %% staged-circuit | wrong | sign-of-the-reciprocal | loses 1.5
def staged_circuit(x, y):
    df = 1.0
    a = 1 / (1 + np.exp(-y))
    top = x + a
    b = 1 / (1 + np.exp(-x))
    s = x + y
    t = s * s
    bottom = b + t
    inv = 1 / bottom
    f = top * inv
    dtop, dinv = inv, top
    dbottom = dinv / bottom**2
    db = dt = dbottom
    ds = 2 * s * dt
    dx = ds
    dy = ds
    dx += b * (1 - b) * db
    dx += dtop
    da = dtop
    dy += a * (1 - a) * da
    return {
        "a": a,
        "top": top,
        "b": b,
        "s": s,
        "t": t,
        "bottom": bottom,
        "inv": inv,
        "f": f,
        "dtop": dtop,
        "dinv": dinv,
        "dbottom": dbottom,
        "db": db,
        "dt": dt,
        "ds": ds,
        "da": da,
        "dx": dx,
        "dy": dy,
    }


# %% staged-circuit | wrong | overwritten-dx | loses 0.5
def staged_circuit(x, y):
    df = 1.0
    a = 1 / (1 + np.exp(-y))
    top = x + a
    b = 1 / (1 + np.exp(-x))
    s = x + y
    t = s * s
    bottom = b + t
    inv = 1 / bottom
    f = top * inv
    dtop, dinv = inv, top
    dbottom = -dinv / bottom**2
    db = dt = dbottom
    ds = 2 * s * dt
    dx = ds
    dy = ds
    dx += b * (1 - b) * db
    dx = dtop
    da = dtop
    dy += a * (1 - a) * da
    return {
        "a": a,
        "top": top,
        "b": b,
        "s": s,
        "t": t,
        "bottom": bottom,
        "inv": inv,
        "f": f,
        "dtop": dtop,
        "dinv": dinv,
        "dbottom": dbottom,
        "db": db,
        "dt": dt,
        "ds": ds,
        "da": da,
        "dx": dx,
        "dy": dy,
    }


# %% staged-circuit | wrong | square-without-two | loses 1
def staged_circuit(x, y):
    df = 1.0
    a = 1 / (1 + np.exp(-y))
    top = x + a
    b = 1 / (1 + np.exp(-x))
    s = x + y
    t = s * s
    bottom = b + t
    inv = 1 / bottom
    f = top * inv
    dtop, dinv = inv, top
    dbottom = -dinv / bottom**2
    db = dt = dbottom
    ds = s * dt
    dx = ds
    dy = ds
    dx += b * (1 - b) * db
    dx += dtop
    da = dtop
    dy += a * (1 - a) * da
    return {
        "a": a,
        "top": top,
        "b": b,
        "s": s,
        "t": t,
        "bottom": bottom,
        "inv": inv,
        "f": f,
        "dtop": dtop,
        "dinv": dinv,
        "dbottom": dbottom,
        "db": db,
        "dt": dt,
        "ds": ds,
        "da": da,
        "dx": dx,
        "dy": dy,
    }


# %% staged-circuit | wrong | sigmoid-of-sigmoid | loses 0.5
def staged_circuit(x, y):
    df = 1.0
    a = 1 / (1 + np.exp(-y))
    top = x + a
    b = 1 / (1 + np.exp(-x))
    s = x + y
    t = s * s
    bottom = b + t
    inv = 1 / bottom
    f = top * inv
    dtop, dinv = inv, top
    dbottom = -dinv / bottom**2
    db = dt = dbottom
    ds = 2 * s * dt
    dx = ds
    dy = ds
    dx += (1 / (1 + np.exp(-b))) * (1 - 1 / (1 + np.exp(-b))) * db
    dx += dtop
    da = dtop
    dy += a * (1 - a) * da
    return {
        "a": a,
        "top": top,
        "b": b,
        "s": s,
        "t": t,
        "bottom": bottom,
        "inv": inv,
        "f": f,
        "dtop": dtop,
        "dinv": dinv,
        "dbottom": dbottom,
        "db": db,
        "dt": dt,
        "ds": ds,
        "da": da,
        "dx": dx,
        "dy": dy,
    }


# %% staged-circuit | wrong | y-forgotten-at-the-sum | loses 0.5
def staged_circuit(x, y):
    df = 1.0
    a = 1 / (1 + np.exp(-y))
    top = x + a
    b = 1 / (1 + np.exp(-x))
    s = x + y
    t = s * s
    bottom = b + t
    inv = 1 / bottom
    f = top * inv
    dtop, dinv = inv, top
    dbottom = -dinv / bottom**2
    db = dt = dbottom
    ds = 2 * s * dt
    dx = ds
    dy = 0.0
    dx += b * (1 - b) * db
    dx += dtop
    da = dtop
    dy += a * (1 - a) * da
    return {
        "a": a,
        "top": top,
        "b": b,
        "s": s,
        "t": t,
        "bottom": bottom,
        "inv": inv,
        "f": f,
        "dtop": dtop,
        "dinv": dinv,
        "dbottom": dbottom,
        "db": db,
        "dt": dt,
        "ds": ds,
        "da": da,
        "dx": dx,
        "dy": dy,
    }


# %% staged-circuit | right | quotient-squared
def staged_circuit(x, y):
    df = 1.0
    a = 1 / (1 + np.exp(-y))
    top = x + a
    b = 1 / (1 + np.exp(-x))
    s = x + y
    t = s * s
    bottom = b + t
    inv = 1 / bottom
    f = top * inv
    dtop = df * inv
    dinv = df * top
    dbottom = -dinv * inv * inv
    db, dt = dbottom, dbottom
    ds = dt * (s + s)
    da = 1.0 * dtop
    dx = dtop + db * (b - b**2) + ds
    dy = da * (a - a**2) + ds
    return {
        "a": a,
        "top": top,
        "b": b,
        "s": s,
        "t": t,
        "bottom": bottom,
        "inv": inv,
        "f": f,
        "dtop": dtop,
        "dinv": dinv,
        "dbottom": dbottom,
        "db": db,
        "dt": dt,
        "ds": ds,
        "da": da,
        "dx": dx,
        "dy": dy,
    }


# %% staged-circuit | right | numpy-scalars
def staged_circuit(x, y):
    df = 1.0
    a = 1 / (1 + np.exp(-y))
    top = x + a
    b = 1 / (1 + np.exp(-x))
    s = x + y
    t = s * s
    bottom = b + t
    inv = 1 / bottom
    f = top * inv
    dtop = np.float64(inv)
    dinv = np.array(top)[()]
    dbottom = np.negative(dinv) * np.square(inv)
    db = np.copy(dbottom)[()]
    dt = dbottom
    ds = 2 * s * dt
    da = dtop
    dx = sum([dtop, db * b * (1 - b), ds])
    dy = sum([da * a * (1 - a), ds])
    return {
        "a": a,
        "top": top,
        "b": b,
        "s": s,
        "t": t,
        "bottom": bottom,
        "inv": inv,
        "f": f,
        "dtop": dtop,
        "dinv": dinv,
        "dbottom": dbottom,
        "db": db,
        "dt": dt,
        "ds": ds,
        "da": da,
        "dx": dx,
        "dy": dy,
    }


# %% bug-clinic | wrong | authors-tests-handed-in | loses 3
def exposing_inputs():
    found = {}
    found["relu"] = AUTHORS_TESTS["relu"]
    found["bias"] = AUTHORS_TESTS["bias"]
    found["branch"] = AUTHORS_TESTS["branch"]
    found["max"] = AUTHORS_TESTS["max"]
    found["clip"] = AUTHORS_TESTS["clip"]
    found["mse"] = AUTHORS_TESTS["mse"]
    return found


def relu_repaired(dout, x):
    return dout * (x > 0)


def bias_repaired(dout, shape):
    return dout, dout.sum(0)


def branch_repaired(dout, cache):
    x, y = cache
    return dout * (y + 1), dout * x


def max_repaired(dout, cache):
    x, y = cache
    m = x > y
    return dout * m, dout * ~m


def clip_repaired(dout, x):
    return dout * (np.abs(x) < 1)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / p.size
    return d, -d


# %% bug-clinic | wrong | nothing-repaired | loses 3
def exposing_inputs():
    found = {}
    found["relu"] = ((np.array([2.0, -1.0, 0.5]),), np.array([-1.0, 3.0, 2.0]))
    found["bias"] = ((np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.1, -0.2])), np.array([[2.0, -1.0], [1.0, 4.0]]))
    found["branch"] = ((np.array([1.0, -2.0]), np.array([3.0, 0.5])), np.array([1.0, -2.0]))
    found["max"] = ((np.array([1.0, 2.0]), np.array([1.0, -1.0])), np.array([1.5, 1.0]))
    found["clip"] = ((np.array([-2.0, 0.3, 1.8]),), np.array([1.0, -1.0, 2.0]))
    found["mse"] = ((np.array([1.0, 2.0, -0.5]), np.array([0.0, 1.0, 1.0])), 1.0)
    return found


def relu_repaired(dout, x):
    return relu_backward(dout, x)


def bias_repaired(dout, shape):
    return bias_backward(dout, shape)


def branch_repaired(dout, cache):
    return branch_backward(dout, cache)


def max_repaired(dout, cache):
    return max_backward(dout, cache)


def clip_repaired(dout, x):
    return clip_backward(dout, x)


def mse_repaired(dout, cache):
    return mse_backward(dout, cache)


# %% bug-clinic | wrong | nan-exposes-everything | loses 3
def exposing_inputs():
    found = {}
    found["relu"] = ((np.full(3, np.nan),), np.ones(3))
    found["bias"] = ((np.full((2, 2), np.nan), np.zeros(2)), np.ones((2, 2)))
    found["branch"] = ((np.full(2, np.nan), np.ones(2)), np.ones(2))
    found["max"] = ((np.full(2, np.nan), np.ones(2)), np.ones(2))
    found["clip"] = ((np.full(3, np.nan),), np.ones(3))
    found["mse"] = ((np.full(3, np.nan), np.ones(3)), 1.0)
    return found


def relu_repaired(dout, x):
    return dout * (x > 0)


def bias_repaired(dout, shape):
    return dout, dout.sum(0)


def branch_repaired(dout, cache):
    x, y = cache
    return dout * (y + 1), dout * x


def max_repaired(dout, cache):
    x, y = cache
    m = x > y
    return dout * m, dout * ~m


def clip_repaired(dout, x):
    return dout * (np.abs(x) < 1)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / p.size
    return d, -d


# %% bug-clinic | wrong | max-gives-nothing-at-a-tie | loses 0.5
def exposing_inputs():
    found = {}
    found["relu"] = ((np.array([2.0, -1.0, 0.5]),), np.array([-1.0, 3.0, 2.0]))
    found["bias"] = ((np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.1, -0.2])), np.array([[2.0, -1.0], [1.0, 4.0]]))
    found["branch"] = ((np.array([1.0, -2.0]), np.array([3.0, 0.5])), np.array([1.0, -2.0]))
    found["max"] = ((np.array([1.0, 2.0]), np.array([1.0, -1.0])), np.array([1.5, 1.0]))
    found["clip"] = ((np.array([-2.0, 0.3, 1.8]),), np.array([1.0, -1.0, 2.0]))
    found["mse"] = ((np.array([1.0, 2.0, -0.5]), np.array([0.0, 1.0, 1.0])), 1.0)
    return found


def relu_repaired(dout, x):
    return dout * (x > 0)


def bias_repaired(dout, shape):
    return dout, dout.sum(0)


def branch_repaired(dout, cache):
    x, y = cache
    return dout * (y + 1), dout * x


def max_repaired(dout, cache):
    x, y = cache
    return dout * (x > y), dout * (y > x)


def clip_repaired(dout, x):
    return dout * (np.abs(x) < 1)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / p.size
    return d, -d


# %% bug-clinic | wrong | upper-limit-only | loses 0.5
def exposing_inputs():
    found = {}
    found["relu"] = ((np.array([2.0, -1.0, 0.5]),), np.array([-1.0, 3.0, 2.0]))
    found["bias"] = ((np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.1, -0.2])), np.array([[2.0, -1.0], [1.0, 4.0]]))
    found["branch"] = ((np.array([1.0, -2.0]), np.array([3.0, 0.5])), np.array([1.0, -2.0]))
    found["max"] = ((np.array([1.0, 2.0]), np.array([1.0, -1.0])), np.array([1.5, 1.0]))
    found["clip"] = ((np.array([-2.0, 0.3, 1.8]),), np.array([1.0, -1.0, 2.0]))
    found["mse"] = ((np.array([1.0, 2.0, -0.5]), np.array([0.0, 1.0, 1.0])), 1.0)
    return found


def relu_repaired(dout, x):
    return dout * (x > 0)


def bias_repaired(dout, shape):
    return dout, dout.sum(0)


def branch_repaired(dout, cache):
    x, y = cache
    return dout * (y + 1), dout * x


def max_repaired(dout, cache):
    x, y = cache
    m = x > y
    return dout * m, dout * ~m


def clip_repaired(dout, x):
    return dout * (x < 1.0)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / p.size
    return d, -d


# %% bug-clinic | wrong | bias-of-one-row-shape | loses 0.5 | told shape
def exposing_inputs():
    found = {}
    found["relu"] = ((np.array([2.0, -1.0, 0.5]),), np.array([-1.0, 3.0, 2.0]))
    found["bias"] = ((np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.1, -0.2])), np.array([[2.0, -1.0], [1.0, 4.0]]))
    found["branch"] = ((np.array([1.0, -2.0]), np.array([3.0, 0.5])), np.array([1.0, -2.0]))
    found["max"] = ((np.array([1.0, 2.0]), np.array([1.0, -1.0])), np.array([1.5, 1.0]))
    found["clip"] = ((np.array([-2.0, 0.3, 1.8]),), np.array([1.0, -1.0, 2.0]))
    found["mse"] = ((np.array([1.0, 2.0, -0.5]), np.array([0.0, 1.0, 1.0])), 1.0)
    return found


def relu_repaired(dout, x):
    return dout * (x > 0)


def bias_repaired(dout, shape):
    return dout, dout.sum(axis=0, keepdims=True)


def branch_repaired(dout, cache):
    x, y = cache
    return dout * (y + 1), dout * x


def max_repaired(dout, cache):
    x, y = cache
    m = x > y
    return dout * m, dout * ~m


def clip_repaired(dout, x):
    return dout * (np.abs(x) < 1)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / p.size
    return d, -d


# %% bug-clinic | wrong | half-the-inputs-missing | loses 1.5
def exposing_inputs():
    found = {}
    found["relu"] = ((np.array([2.0, -1.0, 0.5]),), np.array([-1.0, 3.0, 2.0]))
    found["bias"] = ((np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.1, -0.2])), np.array([[2.0, -1.0], [1.0, 4.0]]))
    found["branch"] = ((np.array([1.0, -2.0]), np.array([3.0, 0.5])), np.array([1.0, -2.0]))
    return found


def relu_repaired(dout, x):
    return dout * (x > 0)


def bias_repaired(dout, shape):
    return dout, dout.sum(0)


def branch_repaired(dout, cache):
    x, y = cache
    return dout * (y + 1), dout * x


def max_repaired(dout, cache):
    x, y = cache
    m = x > y
    return dout * m, dout * ~m


def clip_repaired(dout, x):
    return dout * (np.abs(x) < 1)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / p.size
    return d, -d


# %% bug-clinic | right | random-inputs-and-lists
rng = np.random.default_rng(5)


def exposing_inputs():
    found = {}
    found["relu"] = [[rng.normal(size=(4, 5))], rng.normal(size=(4, 5))]
    found["bias"] = [[rng.normal(size=(6, 2)), rng.normal(size=2)], rng.normal(size=(6, 2))]
    found["branch"] = ((np.array([1.0, -2.0]), np.array([3.0, 0.5])), np.array([1.0, -2.0]))
    found["max"] = ((np.array([1.0, 2.0]), np.array([1.0, -1.0])), np.array([1.5, 1.0]))
    found["clip"] = ((np.array([-2.0, 0.3, 1.8]),), np.array([1.0, -1.0, 2.0]))
    found["mse"] = ((np.arange(12.0).reshape(3, 4), np.ones((3, 4))), -2.0)
    return found


def relu_repaired(dout, x):
    return dout * (x > 0)


def bias_repaired(dout, shape):
    return dout, dout.sum(0)


def branch_repaired(dout, cache):
    x, y = cache
    return dout * (y + 1), dout * x


def max_repaired(dout, cache):
    x, y = cache
    m = x > y
    return dout * m, dout * ~m


def clip_repaired(dout, x):
    return dout * (np.abs(x) < 1)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / p.size
    return d, -d


# %% bug-clinic | right | einsum-and-where
def exposing_inputs():
    found = {}
    found["relu"] = ((np.array([2.0, -1.0, 0.5]),), np.array([-1.0, 3.0, 2.0]))
    found["bias"] = ((np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.1, -0.2])), np.array([[2.0, -1.0], [1.0, 4.0]]))
    found["branch"] = ((np.array([1.0, -2.0]), np.array([3.0, 0.5])), np.array([1.0, -2.0]))
    found["max"] = ((np.array([1.0, 2.0]), np.array([1.0, -1.0])), np.array([1.5, 1.0]))
    found["clip"] = ((np.array([-2.0, 0.3, 1.8]),), np.array([1.0, -1.0, 2.0]))
    found["mse"] = ((np.array([1.0, 2.0, -0.5]), np.array([0.0, 1.0, 1.0])), 1.0)
    return found


def relu_repaired(dout, x):
    return np.where(x > 0, dout, np.zeros_like(dout))


def bias_repaired(dout, shape):
    return dout.copy(), np.einsum("nm->m", dout)


def branch_repaired(dout, cache):
    x, y = cache
    return dout * (y + 1), dout * x


def max_repaired(dout, cache):
    x, y = cache
    dx = np.where(x > y, dout, np.where(x == y, dout / 2, 0.0))
    return [dx, dout - dx]


def clip_repaired(dout, x):
    inside = np.logical_and(x >= -1, x <= 1)
    return np.where(inside, dout, 0.0)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / p.size
    return d, -d


# %% which-activation | right | short
"""
Each layer multiplies the gradient by the slope of the sigmoid, at most 1/4, so after thirty layers nothing is left for the first ones. With ReLU the slope
is 1 where the unit is on. Units can die, though; leaky ReLU does not. Plot the gradient norms by layer before and after.
"""
