# Answers to assignment 2 that are not the solution: wrong ones, and right ones in other styles. Each block is the whole
# source of one solution cell; autograder/corpus/answers.py explains the first line of a block.

# %% predict-the-flow | wrong | branch-not-summed | loses 1 | told branch-missing
ME = 231


def my_predictions():
    return {
        "A": {"x": -3, "y": -3, "z": -2},
        "B": {"x": 0, "y": 5, "z": -4},
        "C": {"x": 14, "y": 14, "z": 0, "w": 0},
        "D": {"x": 1, "y": 1, "z": -9},
    }


# %% predict-the-flow | wrong | max-to-both | loses 2 | told mask-missing
ME = 231


def my_predictions():
    return {
        "A": {"x": -3, "y": -3, "z": -2},
        "B": {"x": 5, "y": 5, "z": -4},
        "C": {"x": 14, "y": 14, "z": 56, "w": -70},
        "D": {"x": -1, "y": -1, "z": -9},
    }


# %% predict-the-flow | wrong | own-value-at-multiply | loses 3 | told operands-swapped
ME = 231


def my_predictions():
    return {
        "A": {"x": -2, "y": -2, "z": -3},
        "B": {"x": 0, "y": -4, "z": 5},
        "C": {"x": 14, "y": 14, "z": 0, "w": 0},
        "D": {"x": -8, "y": -8, "z": -2},
    }


# %% predict-the-flow | right | another-student
ME = "ada"


def my_predictions():
    a = dict(x=-3.0, y=-2.0, z=1.0)
    b = dict(x=4, y=3, z=0)
    c = dict(x=6, y=8, z=2, w=0)
    d = dict(x=5, y=3)
    return dict(A=a, B=b, C=c, D=d)


# %% predict-the-flow | right | practises-too
ME = 231


def my_predictions():
    return {
        "A": {"x": -3, "y": -3, "z": -2},
        "A2": {"x": 1, "y": 2},
        "B": {"x": 0, "y": 5, "z": -4},
        "B2": None,
        "C": {"x": 14, "y": 14, "z": 0, "w": 0},
        "C2": {},
        "D": {"x": -1, "y": -1, "z": -9},
    }


# %% predict-the-flow | wrong | add-shares-out | loses 3 | told factor-half
ME = 231


def my_predictions():
    return {
        "A": {"x": -1.5, "y": -1.5, "z": -2},
        "B": {"x": 0, "y": 5, "z": -4},
        "C": {"x": 7, "y": 7, "z": 0, "w": 0},
        "D": {"x": -0.25, "y": -0.25, "z": -4.5},
    }


# %% predict-the-flow | wrong | two-circuits-only | loses 2 | told missing-key
ME = 231


def my_predictions():
    return {
        "A": {"x": -3, "y": -3, "z": -2},
        "B": {"x": 0, "y": 5, "z": -4},
        "C": {"x": None, "y": None, "z": None, "w": None},
        "D": {"x": None, "y": None, "z": None},
    }


# %% predict-the-flow | wrong | one-circuit-and-that-wrong | loses 4 | told missing-key
ME = 231


def my_predictions():
    return {"B": {"x": 1, "y": 2, "z": 3}}


# %% predict-the-flow | wrong | a-word-for-a-number | loses 2 | told shape
ME = 231


def my_predictions():
    return {
        "A": {"x": -3, "y": -3, "z": "-2"},
        "B": {"x": 0, "y": "5", "z": -4},
        "C": {"x": 14, "y": 14, "z": 0, "w": 0},
        "D": {"x": -1, "y": -1, "z": -9},
    }


# %% predict-the-flow | right | floats-from-a-table
ME = "  231 "

TABELLE = """
A x -3  A y -3  A z -2
B x  0  B y  5  B z -4
C x 14  C y 14  C z 0  C w 0
D x -1  D y -1  D z -9
"""


def my_predictions():
    felder = TABELLE.split()
    found = {}
    for letter, name, number in zip(*[iter(felder)] * 3):
        found.setdefault(letter, {})[name] = float(number)
    return found
# %%+ crlf


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


# %% max-gate | wrong | both-at-a-tie | loses 0.5 | told mask-missing
class MaxGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return np.maximum(x, y)

    def backward(self, dz):
        return dz * (self.x >= self.y), dz * (self.y >= self.x)


# %% max-gate | wrong | nobody-at-a-tie | loses 0.5 | told zero
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


# %% max-gate | wrong | upstream-dropped | loses 1.5 | told upstream-dropped
class MaxGate:
    def forward(self, x, y):
        self.first = np.asarray(x) >= y
        return np.maximum(x, y)

    def backward(self, dz):
        return 1.0 * self.first, 1.0 * ~self.first


# %% max-gate | wrong | one-question-for-the-whole-array | loses 2 | told raises
class MaxGate:
    def forward(self, x, y):
        self.first = x >= y
        return x if x >= y else y

    def backward(self, dz):
        return (dz, 0.0 * dz) if self.first else (0.0 * dz, dz)


# %% max-gate | right | signs-and-arithmetic
class MaxGate:
    def forward(self, x, y):
        self.lead = np.sign(np.subtract(x, y))
        return 0.5 * (x + y + np.abs(np.subtract(x, y)))

    def backward(self, dz):
        share = (1 + self.lead) / 2  # at a tie: half and half
        return share * dz, (1 - share) * dz


# %% max-gate | right | entry-by-entry-with-try
class MaxGate:
    def forward(self, x, y):
        try:
            pairs = list(zip(x.ravel(), y.ravel()))
        except AttributeError:
            pairs = [(x, y)]
        self.won = [a > b for a, b in pairs]
        return np.reshape([a if a > b else b for a, b in pairs], np.shape(x))

    def backward(self, dz):
        flat = np.ravel(dz)
        dx = [g if w else 0 for g, w in zip(flat, self.won)]
        dy = [0 if w else g for g, w in zip(flat, self.won)]
        return [np.reshape(d, np.shape(dz)).astype(float) for d in (dx, dy)]


# %% branch-sum | wrong | overwritten-dq | loses 1 | told branch-overwritten
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


# %% branch-sum | wrong | overwritten-dx | loses 0.5 | told branch-overwritten
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


# %% branch-sum | wrong | dq-used-too-early | loses 1 | told branch-overwritten
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


# %% branch-sum | wrong | dq-used-before-the-second-part | loses 1 | told branch-missing
def branch_sum(x, y):
    df = 1.0
    q = x * y
    r = q + x
    s = q * y
    f = r * s
    dr, ds = df * s, df * r
    dq = dr
    dx = dr
    dx += dq * y
    dy = dq * x
    dq += ds * y
    dy += ds * q
    return {"q": q, "r": r, "s": s, "f": f, "dr": dr, "ds": ds, "dq": dq, "dx": dx, "dy": dy}


# %% branch-sum | wrong | dq-used-before-its-first-part | loses 1 | told branch-missing
def branch_sum(x, y):
    df = 1.0
    q = x * y
    r = q + x
    s = q * y
    f = r * s
    dr, ds = df * s, df * r
    dq = ds * y
    dx, dy = dq * y, dq * x
    dq += dr
    dx += dr
    dy += ds * q
    return {"q": q, "r": r, "s": s, "f": f, "dr": dr, "ds": ds, "dq": dq, "dx": dx, "dy": dy}


# %% branch-sum | wrong | x-of-q-overwritten-by-r | loses 0.5 | told branch-overwritten
def branch_sum(x, y):
    df = 1.0
    q = x * y
    r = q + x
    s = q * y
    f = r * s
    dr, ds = df * s, df * r
    dq, dy = ds * y, ds * q
    dq += dr
    dx = dq * y
    dy += dq * x
    dx = dr
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


# %% branch-sum | wrong | own-value-at-the-product | loses 2 | told operands-swapped
def branch_sum(x, y):
    df = 1.0
    q = x * y
    r = q + x
    s = q * y
    f = r * s
    dr, ds = df * r, df * s
    dq = ds * y + dr
    dy = ds * q + dq * x
    dx = dr + dq * y
    return {"q": q, "r": r, "s": s, "f": f, "dr": dr, "ds": ds, "dq": dq, "dx": dx, "dy": dy}


# %% branch-sum | right | a-dictionary-that-adds
from collections import Counter


def branch_sum(x, y):
    q, df = x * y, 1.0
    r, s = q + x, q * y
    f = r * s
    d = Counter()  # was fehlt, ist 0
    d.update(r=df * s, s=df * r)
    d.update(q=d["s"] * y, y=d["s"] * q)
    d.update(q=d["r"], x=d["r"])
    d.update(x=d["q"] * y, y=d["q"] * x)
    return {"q": q, "r": r, "s": s, "f": f} | {"d" + name: value for name, value in d.items()}


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


# %% sigmoid-gate | wrong | sign | loses 1 | told sign
class SigmoidGate:
    def forward(self, x):
        self.out = 1.0 / (1.0 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * (self.out - 1.0) * self.out


# %% sigmoid-gate | wrong | minus-lost-forward | loses 1 | told sign
class SigmoidGate:
    def forward(self, x):
        self.out = 1.0 / (1.0 + np.exp(x))
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out


# %% sigmoid-gate | wrong | cache-on-the-class | loses 1 | told stale-cache
class SigmoidGate:
    def forward(self, x):
        SigmoidGate.out = 1.0 / (1.0 + np.exp(-x))
        return SigmoidGate.out

    def backward(self, dout):
        return dout * (1.0 - SigmoidGate.out) * SigmoidGate.out


# %% sigmoid-gate | wrong | kept-from-the-first-call | loses 1 | told stale-cache
_first = {}


class SigmoidGate:
    def forward(self, x):
        out = 1.0 / (1.0 + np.exp(-x))
        if _first.get("shape") != x.shape:
            _first["shape"], _first["out"] = x.shape, out
        return out

    def backward(self, dout):
        s = _first["out"]
        return dout * s * (1.0 - s)


# %% sigmoid-gate | right | from-numpy-import-star
from numpy import *


class SigmoidGate:
    __slots__ = "out"

    def forward(self, x):
        self.out = exp(x) / (exp(x) + ones_like(x))
        return array(self.out)

    def backward(self, dout):
        return multiply.reduce([dout, self.out, 1 - self.out])


# %% sigmoid-gate | right | tanh-in-an-extra-cell
class SigmoidGate(Halved):
    def forward(self, x):
        return self.remember(0.5 * (np.tanh(x / 2) + 1))


# %%+ before
class Halved:
    """Die Ableitung steht hier, und 乙狀函數 erbt sie."""

    def remember(self, out):
        self._out = out
        return out

    def backward(self, dout):
        return dout * self._out * (1 - self._out)


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


# %% tanh-gate | wrong | square-forgotten | loses 0.5 | told local-dropped
class TanhGate:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out)


# %% tanh-gate | wrong | sigmoids-derivative | loses 0.5 | told wrong-local
class TanhGate:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out


# %% tanh-gate | right | exponentials-and-a-loop
from math import exp


class TanhGate:
    def forward(self, x):
        out = np.zeros_like(x)
        for place, number in np.ndenumerate(x):
            out[place] = 1 - 2 / (exp(2 * number) + 1)
        self.out = out
        return out.copy()

    def backward(self, dout):
        dx = np.array(dout, copy=True)
        for place in np.ndindex(dx.shape):
            dx[place] *= 1 - self.out[place] * self.out[place]
        return dx


# %% tanh-gate | right | imaginary-step
class TanhGate:
    def forward(self, x):
        z = np.tanh(x + 1e-30j)
        self.slope = z.imag / 1e-30
        return z.real

    backward = lambda self, dout: self.slope * dout
# %%+ crlf


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


# %% relu-gate | wrong | writes-into-the-x-that-it-kept | loses 1 | told mutates-input
class ReLUGate:
    def forward(self, x):
        self.cache = x
        return np.maximum(0, x)

    def backward(self, dout):
        self.cache[self.cache <= 0] = 0
        self.cache[self.cache > 0] = 1
        return dout * self.cache


# %% relu-gate | right | writes-into-a-copy-that-it-kept
class ReLUGate:
    def forward(self, x):
        self.cache = np.array(x)
        return np.maximum(0, x)

    def backward(self, dout):
        mask = self.cache.copy()
        mask[mask <= 0] = 0
        mask[mask > 0] = 1
        return dout * mask


# %% relu-gate | wrong | divided-by-its-size | loses 1 | told not-finite
class ReLUGate:
    def forward(self, x):
        self.x = x
        return np.maximum(0, x)

    def backward(self, dout):
        return dout * (1 + self.x / np.abs(self.x)) / 2


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


# %% relu-gate | wrong | cache-on-the-class | loses 1 | told stale-cache
class ReLUGate:
    def forward(self, x):
        ReLUGate.on = x > 0
        return np.maximum(x, 0.0)

    def backward(self, dout):
        return dout * ReLUGate.on


# %% relu-gate | wrong | input-for-mask | loses 1 | told activation-input-output-confused
class ReLUGate:
    def forward(self, x):
        self.out = np.maximum(x, 0.0)
        return self.out

    def backward(self, dout):
        return dout * self.out


# %% relu-gate | wrong | absolute-value | loses 1 | told mask-missing
class ReLUGate:
    def forward(self, x):
        self.on = x > 0
        return np.abs(x)

    def backward(self, dout):
        return dout * self.on


# %% relu-gate | wrong | negatives-masked | loses 1 | told shape
class ReLUGate:
    def forward(self, x):
        self.x = x
        return np.ma.masked_less(x, 0)

    def backward(self, dout):
        return dout * (self.x > 0)


# %% relu-gate | wrong | no-relu-forward | loses 1 | told mask-missing
class ReLUGate:
    def forward(self, x):
        self.x = x
        return x * 1.0

    def backward(self, dout):
        return dout * (self.x > 0)


# %% relu-gate | wrong | divided-by-itself | loses 1 | told not-finite
class ReLUGate:
    def forward(self, x):
        self.x = x
        return x * np.log(np.sign(x)) / np.log(np.sign(x))

    def backward(self, dout):
        return dout * (self.x > 0)


# %% relu-gate | right | half-of-x-plus-its-size
class ReLUGate:
    def forward(self, x):
        import warnings

        warnings.warn("slow, but it works", RuntimeWarning)
        self.side = np.sign(x)
        return (x + np.abs(x)) / 2

    def backward(self, dout):
        return dout * (1 + self.side) / 2  # ½ at 0


# %% relu-gate | right | list-of-signs-kept
class ReLUGate:
    def forward(self, x, out=None):
        self.mask = [bool(value > 0) for value in x.flat]
        result = out if out is not None else np.empty(x.shape)
        result[...] = np.clip(x, 0, None)
        return result

    def backward(self, dout):
        return np.array([g if on else 0.0 for g, on in zip(dout.flat, self.mask)]).reshape(dout.shape)


# %% leaky-relu-gate | wrong | slope-typed-in | loses 1 | told parameter-ignored
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, 0.01 * x)

    def backward(self, dout):
        return np.where(self.x > 0, dout, 0.01 * dout)


# %% leaky-relu-gate | wrong | leak-forgotten-backward | loses 0.5 | told zero
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.slope * x)

    def backward(self, dout):
        return dout * (self.x > 0)


# %% leaky-relu-gate | wrong | slope-typed-in-backward-only | loses 0.5 | told parameter-ignored
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.slope * x)

    def backward(self, dout):
        return np.where(self.x > 0, dout, 0.01 * dout)


# %% leaky-relu-gate | wrong | mask-from-upstream | loses 0.5 | told mask-from-upstream
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


# %% leaky-relu-gate | wrong | leak-for-all | loses 1 | told mask-inverted
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.on = x > 0
        return np.where(self.on, self.slope * x, x)

    def backward(self, dout):
        return dout * np.where(self.on, self.slope, 1.0)


# %% leaky-relu-gate | wrong | mask-inverted-backward | loses 0.5 | told mask-inverted
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.on = x > 0
        return np.where(self.on, x, self.slope * x)

    def backward(self, dout):
        return dout * np.where(self.on, self.slope, 1.0)


# %% leaky-relu-gate | right | written-into-own-copies
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.cold = np.flatnonzero(x <= 0)
        out = x.copy()
        out.flat[self.cold] *= self.slope
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx.flat[self.cold] *= self.slope
        return dx


# %% leaky-relu-gate | right | partial-and-keyword-only
from functools import partial


def leak(a, *, where, slope):
    return np.where(where > 0, a, slope * a)


class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.leak = partial(leak, where=x.copy(), slope=self.slope)
        return self.leak(x)

    def backward(self, dout):
        return self.leak(dout)


# %% elu-gate | wrong | alpha-forgotten-backward | loses 1 | told parameter-ignored | also local-dropped
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * (np.exp(x) - 1))

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1, np.exp(self.x))


# %% elu-gate | wrong | alpha-outside-the-brackets | loses 1 | told brackets-missing
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * np.exp(x) - 1)

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1, self.alpha * np.exp(self.x))


# %% elu-gate | wrong | slope-from-the-output-of-alpha-one | loses 1 | told parameter-ignored
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.out = np.where(x > 0, x, self.alpha * (np.exp(x) - 1))
        return self.out

    def backward(self, dout):
        return dout * np.where(self.out > 0, 1, self.out + 1)


# %% elu-gate | wrong | alpha-forgotten | loses 2 | told parameter-ignored | also local-dropped
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, np.exp(x) - 1)

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1, np.exp(self.x))


# %% elu-gate | wrong | derivative-is-the-value | loses 1 | told activation-input-output-confused
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


# %% elu-gate | wrong | slope-of-one-everywhere | loses 1 | told mask-missing
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        return np.where(x > 0, x, self.alpha * (np.exp(np.minimum(x, 0)) - 1))

    def backward(self, dout):
        return dout


# %% elu-gate | wrong | minus-one-kept | loses 1 | told wrong-local
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        self.out = np.where(x > 0, x, self.alpha * (np.exp(np.minimum(x, 0)) - 1))
        return self.out

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1.0, self.alpha * np.exp(self.x) - 1)


# %% elu-gate | wrong | cut-off-on-the-left | loses 1 | told wrong-local
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        self.left = self.alpha * np.exp(np.minimum(x, 0))
        return np.where(x > 0, x, self.left - self.alpha)

    def backward(self, dout):
        return dout * self.left


# %% elu-gate | right | expm1-and-clip
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        right, left = np.clip(x, 0, None), self.alpha * np.expm1(np.clip(x, None, 0))
        self.local = (x > 0) + (x <= 0) * (left + self.alpha)
        return right + left

    def backward(self, dout):
        return np.einsum("...,...->...", dout, self.local)


# %% elu-gate | right | number-by-number
from math import exp


class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def _pair(self, number):
        return (number, 1.0) if number > 0 else (self.alpha * (exp(number) - 1), self.alpha * exp(number))

    def forward(self, x):
        pairs = np.array([self._pair(number) for number in x.ravel()])
        self.slopes = pairs[:, 1].reshape(x.shape)
        return pairs[:, 0].reshape(x.shape)

    def backward(self, dout):
        print("ELU, α =", self.alpha)
        return self.slopes * dout


# %% maxout-gate | wrong | all-pieces | loses 1.5 | told mask-missing
class MaxoutGate:
    def forward(self, x):
        self.k = x.shape[2]
        return x.max(axis=2)

    def backward(self, dout):
        return np.repeat(dout[:, :, None], self.k, axis=2)


# %% maxout-gate | wrong | compared-with-zero | loses 3 | told extra-relu
class MaxoutGate:
    def forward(self, x):
        self.x = x
        return np.maximum(0, x).max(axis=2)

    def backward(self, dout):
        m = np.maximum(0, self.x.max(axis=2, keepdims=True))
        return (self.x == m) * dout[:, :, None]


# %% maxout-gate | wrong | wrong-axis | loses 3 | told shape
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


# %% maxout-gate | wrong | pieces-typed-in | loses 1.5 | told hard-coded-size
class MaxoutGate:
    def forward(self, x):
        self.x = x
        return x.max(axis=2)

    def backward(self, dout):
        mask = np.arange(3) == self.x.argmax(axis=2)[:, :, None]
        return mask * dout[:, :, None]


# %% maxout-gate | wrong | only-one-example | loses 1.5 | told one-row-only
class MaxoutGate:
    def forward(self, x):
        self.x = x
        return x.max(axis=2)

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        winner = self.x.argmax(axis=2)
        for m in range(dout.shape[1]):
            dx[0, m, winner[0, m]] = dout[0, m]
        return dx


# %% maxout-gate | right | loops-over-units
class MaxoutGate:
    def forward(self, x):
        N, M, K = x.shape
        self.best, out = {}, np.zeros((N, M))
        for n in range(N):
            for m in range(M):
                k = max(range(K), key=x[n, m].__getitem__)
                self.best[n, m], out[n, m] = k, x[n, m, k]
        self.pieces = K
        return out

    def backward(self, dout):
        dx = np.zeros((*dout.shape, self.pieces))
        for (n, m), k in self.best.items():
            dx[n, m, k] += dout[n, m]
        return dx


# %% maxout-gate | right | one-hot-rows
class MaxoutGate:
    def forward(self, x):
        self.hot = np.eye(x.shape[-1])[x.argmax(-1)]
        return np.einsum("nmk,nmk->nm", x, self.hot)

    def backward(self, dout):
        return np.einsum("nm,nmk->nmk", dout, self.hot)


# %% framework-names | wrong | upstream-and-downstream-swapped | loses 2 | told operands-swapped
def framework_names():
    table = {"this course": {"input": "x", "output": "z", "upstream": "dz", "downstream": "dx"}}
    table["Caffe"] = dict(input="bottom.data", output="top.data", upstream="bottom.diff", downstream="top.diff")
    table["Torch"] = dict(input="input", output="output", upstream="gradInput", downstream="gradOutput")
    table["PyTorch"] = dict(input="input", output="output", upstream="grad_input", downstream="grad_output")
    return table


# %% framework-names | wrong | caffe-upside-down | loses 1 | told operands-swapped
def framework_names():
    table = {"this course": {"input": "x", "output": "z", "upstream": "dz", "downstream": "dx"}}
    table["Caffe"] = dict(input="top.data", output="bottom.data", upstream="bottom.diff", downstream="top.diff")
    table["Torch"] = dict(input="input", output="output", upstream="gradOutput", downstream="gradInput")
    table["PyTorch"] = dict(input="input", output="output", upstream="grad_output", downstream="grad_input")
    return table


# %% framework-names | wrong | caffe-reads-the-top | loses 1 | told operands-swapped
def framework_names():
    table = {"this course": {"input": "x", "output": "z", "upstream": "dz", "downstream": "dx"}}
    table["Caffe"] = dict(input="top.data", output="bottom.data", upstream="top.diff", downstream="bottom.diff")
    table["Torch"] = dict(input="input", output="output", upstream="gradOutput", downstream="gradInput")
    table["PyTorch"] = dict(input="input", output="output", upstream="grad_output", downstream="grad_input")
    return table


# %% framework-names | wrong | values-for-gradients | loses 1 | told wrong-name
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


# %% framework-names | wrong | torch-for-pytorch | loses 1 | told wrong-name
def framework_names():
    table = {"this course": {"input": "x", "output": "z", "upstream": "dz", "downstream": "dx"}}
    table["Caffe"] = dict(input="bottom.data", output="top.data", upstream="top.diff", downstream="bottom.diff")
    table["Torch"] = table["PyTorch"] = dict(
        input="input", output="output", upstream="gradOutput", downstream="gradInput"
    )
    return table


# %% framework-names | wrong | pytorch-left-out | loses 1 | told not-written
def framework_names():
    table = {"this course": {"input": "x", "output": "z", "upstream": "dz", "downstream": "dx"}}
    table["Caffe"] = dict(input="bottom.data", output="top.data", upstream="top.diff", downstream="bottom.diff")
    table["Torch"] = dict(input="input", output="output", upstream="gradOutput", downstream="gradInput")
    table["PyTorch"] = dict(input=None, output=None, upstream=None, downstream=None)
    return table


# %% framework-names | right | rows-zipped
PARTS = ("input", "output", "upstream", "downstream")


def framework_names():
    table = {"this course": {"input": "x", "output": "z", "upstream": "dz", "downstream": "dx"}}
    rows = {
        "Caffe": "bottom.data top.data top.diff bottom.diff",
        "Torch": "input output gradOutput gradInput",
        "PyTorch": "input output grad_output grad_input",
    }
    for name, row in rows.items():
        table.update({name: dict(zip(PARTS, row.split(), strict=True))})
    return table


# %% framework-names | right | indexed-blobs
def framework_names():
    table = {"this course": {"input": "x", "output": "z", "upstream": "dz", "downstream": "dx"}}
    unten, oben = "bottom[0]", "top[0]"
    table["Caffe"] = {"input": f"{unten}.data", "output": f"{oben}.data", "upstream": f"{oben}.diff", "downstream": f"{unten}.diff"}
    table["Torch"] = {"input": "input", "output": "self.output", "upstream": "gradOutput", "downstream": "self.gradInput"}
    table["PyTorch"] = {"input": "input", "output": "output", "upstream": "grad_output", "downstream": "grad_input"}
    return table
# %%+ crlf


# %% staged-circuit | wrong | sign-of-the-reciprocal | loses 1.5 | told sign
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


# %% staged-circuit | wrong | overwritten-dx | loses 0.5 | told branch-overwritten
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


# %% staged-circuit | wrong | square-without-two | loses 1 | told factor-half
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


# %% staged-circuit | wrong | sigmoid-of-sigmoid | loses 0.5 | told activation-input-output-confused
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


# %% staged-circuit | wrong | y-forgotten-at-the-sum | loses 0.5 | told branch-overwritten
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


# %% staged-circuit | wrong | t-where-s-belongs | loses 1 | told activation-input-output-confused
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
    ds = 2 * t * dt
    dx = ds + dtop + db * (1 - b) * b
    da = dtop
    dy = ds + da * (1 - a) * a
    return {
        "a": a, "top": top, "b": b, "s": s, "t": t, "bottom": bottom, "inv": inv, "f": f,
        "dtop": dtop, "dinv": dinv, "dbottom": dbottom, "db": db, "dt": dt, "ds": ds, "da": da, "dx": dx, "dy": dy,
    }


# %% staged-circuit | wrong | minus-t-where-s-belongs | loses 1 | told activation-input-output-confused
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
    ds = -2 * t * dt
    dx = ds + dtop + db * (1 - b) * b
    da = dtop
    dy = ds + da * (1 - a) * a
    return {
        "a": a, "top": top, "b": b, "s": s, "t": t, "bottom": bottom, "inv": inv, "f": f,
        "dtop": dtop, "dinv": dinv, "dbottom": dbottom, "db": db, "dt": dt, "ds": ds, "da": da, "dx": dx, "dy": dy,
    }


# %% staged-circuit | wrong | s-left-out-and-a-minus | loses 1 | told local-dropped
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
    ds = -2 * dt
    dx = ds + dtop + db * (1 - b) * b
    da = dtop
    dy = ds + da * (1 - a) * a
    return {
        "a": a, "top": top, "b": b, "s": s, "t": t, "bottom": bottom, "inv": inv, "f": f,
        "dtop": dtop, "dinv": dinv, "dbottom": dbottom, "db": db, "dt": dt, "ds": ds, "da": da, "dx": dx, "dy": dy,
    }


# %% staged-circuit | wrong | size-of-s-for-its-square | loses 3 | told wrong-operation
def staged_circuit(x, y):
    df = 1.0
    a = 1 / (1 + np.exp(-y))
    top = x + a
    b = 1 / (1 + np.exp(-x))
    s = x + y
    t = abs(s)
    bottom = b + t
    inv = 1 / bottom
    f = top * inv
    dtop, dinv = inv, top
    dbottom = -dinv / bottom**2
    db = dt = dbottom
    ds = -2 * t * dt
    dx = ds + dtop + db * (1 - b) * b
    da = dtop
    dy = ds + da * (1 - a) * a
    return {
        "a": a, "top": top, "b": b, "s": s, "t": t, "bottom": bottom, "inv": inv, "f": f,
        "dtop": dtop, "dinv": dinv, "dbottom": dbottom, "db": db, "dt": dt, "ds": ds, "da": da, "dx": dx, "dy": dy,
    }


# %% staged-circuit | wrong | divided-by-bottom-once | loses 1.5 | told wrong-local
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
    dbottom = -dinv / bottom
    db = dt = dbottom
    ds = 2 * s * dt
    dx = ds + dtop + db * (1 - b) * b
    da = dtop
    dy = ds + da * (1 - a) * a
    return {
        "a": a, "top": top, "b": b, "s": s, "t": t, "bottom": bottom, "inv": inv, "f": f,
        "dtop": dtop, "dinv": dinv, "dbottom": dbottom, "db": db, "dt": dt, "ds": ds, "da": da, "dx": dx, "dy": dy,
    }


# %% staged-circuit | wrong | slope-from-the-inputs | loses 0.5 | told activation-input-output-confused
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
    dx = ds + dtop + db * x * (1 - x)
    da = dtop
    dy = ds + da * y * (1 - y)
    return {
        "a": a, "top": top, "b": b, "s": s, "t": t, "bottom": bottom, "inv": inv, "f": f,
        "dtop": dtop, "dinv": dinv, "dbottom": dbottom, "db": db, "dt": dt, "ds": ds, "da": da, "dx": dx, "dy": dy,
    }


# %% staged-circuit | wrong | slope-from-the-input-x | loses 0.5 | told activation-input-output-confused
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
    dx = ds + dtop + db * x * (1 - x)
    da = dtop
    dy = ds + da * (1 - a) * a
    return {
        "a": a, "top": top, "b": b, "s": s, "t": t, "bottom": bottom, "inv": inv, "f": f,
        "dtop": dtop, "dinv": dinv, "dbottom": dbottom, "db": db, "dt": dt, "ds": ds, "da": da, "dx": dx, "dy": dy,
    }


# %% staged-circuit | wrong | sigmoid-of-minus-y | loses 2.5 | told sign
def staged_circuit(x, y):
    df = 1.0
    a = 1 / (1 + np.exp(y))
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
    dx = ds + dtop + db * (1 - b) * b
    da = dtop
    dy = ds + da * (1 - a) * a
    return {
        "a": a, "top": top, "b": b, "s": s, "t": t, "bottom": bottom, "inv": inv, "f": f,
        "dtop": dtop, "dinv": dinv, "dbottom": dbottom, "db": db, "dt": dt, "ds": ds, "da": da, "dx": dx, "dy": dy,
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


# %% staged-circuit | wrong | products-own-values | loses 2.5 | told operands-swapped
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
    dtop, dinv = top, inv
    dbottom = -dinv / bottom**2
    db = dt = dbottom
    ds = 2 * s * dt
    dx = ds + b * (1 - b) * db + dtop
    da = dtop
    dy = ds + a * (1 - a) * da
    return {
        "a": a, "top": top, "b": b, "s": s, "t": t, "bottom": bottom, "inv": inv, "f": f,
        "dtop": dtop, "dinv": dinv, "dbottom": dbottom, "db": db, "dt": dt, "ds": ds, "da": da, "dx": dx, "dy": dy,
    }


# %% staged-circuit | right | helpers-that-return-their-way-back
def sigmoid(u):
    v = 1 / (1 + np.exp(-u))
    return v, lambda dv: dv * v * (1 - v)


def square(u):
    return u * u, lambda dv: dv * 2 * u


def reciprocal(u):
    return 1 / u, lambda dv: -dv / (u * u)


def staged_circuit(x, y):
    (a, back_a), (b, back_b) = sigmoid(y), sigmoid(x)
    t, back_t = square(s := x + y)
    inv, back_inv = reciprocal(bottom := b + t)
    f = (top := x + a) * inv
    dtop, dinv = inv, top
    db = dt = dbottom = back_inv(dinv)
    ds, da = back_t(dt), dtop
    dx = sum([ds, back_b(db), dtop])
    dy = sum([ds, back_a(da)])
    mine = dict(locals())
    return {name: float(value) for name, value in mine.items() if not name.startswith("back") and name not in "xy"}


# %% staged-circuit | right | math-module-and-a-cell-for-sigma
from math import fsum


def staged_circuit(x: float, y: float) -> dict:
    a, b = map(σ, (y, x))
    top, s = fsum((x, a)), fsum((x, y))
    t = s**2
    bottom = fsum((b, t))
    inv = bottom**-1
    f = top * inv
    # zurück
    dinv, dtop = top, inv
    da = dtop
    dbottom = dinv * -(inv**2)
    dt = db = dbottom
    ds = dt * (s + s)
    dy = fsum([ds, da * (a - a**2)])
    dx = fsum([ds, dtop, db * (b - b**2)])
    return dict(a=a, top=top, b=b, s=s, t=t, bottom=bottom, inv=inv, f=f, dtop=dtop, dinv=dinv, dbottom=dbottom,
                db=db, dt=dt, ds=ds, da=da, dx=dx, dy=dy)


# %%+ before
import math

σ = lambda u: 1.0 / (1.0 + math.exp(-u))


# %% bug-clinic | wrong | authors-tests-handed-in | loses 3 | told not-exposed
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


# %% bug-clinic | wrong | nothing-repaired | loses 3 | told mask-from-upstream | also mean-for-sum, branch-overwritten, mask-missing
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


# %% bug-clinic | wrong | nan-exposes-everything | loses 3 | told not-finite
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


# %% bug-clinic | wrong | max-gives-nothing-at-a-tie | loses 0.5 | told zero
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


# %% bug-clinic | wrong | upper-limit-only | loses 0.5 | told mask-missing
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


# %% bug-clinic | wrong | half-the-inputs-missing | loses 1.5 | told not-written
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


# %% bug-clinic | wrong | inputs-without-their-comma | loses 1 | told shape
def exposing_inputs():
    found = {}
    found["relu"] = (np.array([2.0, -1.0, 0.5]), np.array([-1.0, 3.0, 2.0]))
    found["bias"] = ((np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.1, -0.2])), np.array([[2.0, -1.0], [1.0, 4.0]]))
    found["branch"] = ((np.array([1.0, -2.0]), np.array([3.0, 0.5])), np.array([1.0, -2.0]))
    found["max"] = ((np.array([1.0, 2.0]), np.array([1.0, -1.0])), np.array([1.5, 1.0]))
    found["clip"] = (np.array([-2.0, 0.3, 1.8]), np.array([1.0, -1.0, 2.0]))
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
    return dout * (x > y), dout * (x <= y)


def clip_repaired(dout, x):
    return dout * (np.abs(x) < 1)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / p.size
    return d, -d


# %% bug-clinic | wrong | rows-for-entries | loses 0.5 | told missing-1-over-n
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
    return dout * (x > y), dout * (x <= y)


def clip_repaired(dout, x):
    return dout * (np.abs(x) < 1)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / len(p)
    return d, -d


# %% bug-clinic | wrong | sign-at-the-target | loses 0.5 | told sign
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
    return dout * (x > y), dout * (x <= y)


def clip_repaired(dout, x):
    return dout * (np.abs(x) < 1)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / p.size
    return d, d


# %% bug-clinic | wrong | shapes-that-do-not-fit | loses 1 | told shape
def exposing_inputs():
    found = {}
    found["relu"] = ((np.array([2.0, -1.0, 0.5]),), np.array([-1.0, 3.0]))
    found["bias"] = ((np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.1, -0.2, 0.3])), np.array([[2.0, -1.0], [1.0, 4.0]]))
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
    return dout * (x > y), dout * (x <= y)


def clip_repaired(dout, x):
    return dout * (np.abs(x) < 1)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / p.size
    return d, -d


# %% bug-clinic | wrong | max-not-repaired | loses 0.5 | told mask-missing
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
    return dout * (x >= y), dout * (y >= x)


def clip_repaired(dout, x):
    return dout * (np.abs(x) < 1)


def mse_repaired(dout, cache):
    p, t = cache
    d = dout * 2 * (p - t) / p.size
    return d, -d


# %% bug-clinic | right | ward-round-of-small-functions
def exposing_inputs():
    rng, found = np.random.default_rng(1), dict.fromkeys(PATIENTS)
    found |= {name: ((rng.normal(size=(2, 3)),), rng.normal(size=(2, 3))) for name in ("relu",)}
    found["bias"] = (rng.normal(size=(3, 2)), rng.normal(size=2)), rng.normal(size=(3, 2))
    found["branch"] = (rng.normal(size=4), rng.normal(size=4)), rng.normal(size=4)
    found["max"] = (np.zeros(2), np.zeros(2)), np.ones(2)
    found["clip"] = (np.full((2, 2), 1.5),), np.ones((2, 2))
    found["mse"] = (np.ones(4), np.zeros(4)), 1
    return found


def relu_repaired(dout, x):
    dx = dout.copy()
    dx[x < 0] = 0
    return dx


def bias_repaired(dout, shape):
    db = np.zeros(shape)
    for row in dout:
        db += row
    return [dout.copy(), db]


def branch_repaired(dout, cache):
    (x, y), dx = cache, 0
    dx += dout * y
    dx += dout
    return dx, x * dout


def max_repaired(dout, cache):
    lead = np.sign(cache[0] - cache[1])
    return dout * (1 + lead) / 2, dout * (1 - lead) / 2


clip_repaired = lambda dout, x: np.where(x == np.clip(x, -1, 1), dout, 0)


def mse_repaired(dout, cache):
    p, t = (np.asarray(one) for one in cache)
    both = np.multiply(2 * dout / np.prod(p.shape), p - t)
    return both, np.negative(both)


# %% bug-clinic | right | repairs-in-the-next-cell
def exposing_inputs():
    gefunden = {"relu": ((np.array([-1.0]),), np.array([1.0]))}
    gefunden["bias"] = ((np.eye(2), np.zeros(2)), np.ones((2, 2)))
    gefunden["branch"] = ((np.array([1.0]), np.array([2.0])), np.array([1.0]))
    gefunden["max"] = ((np.array([5.0]), np.array([5.0])), np.array([1.0]))
    gefunden["clip"] = ((np.array([2.0]),), np.array([1.0]))
    gefunden["mse"] = ((np.array([1.0]), np.array([0.0])), 1.0)
    return gefunden


# %%+ after
def relu_repaired(dout, x):
    return np.heaviside(x, 0) * dout


def bias_repaired(dout, shape):
    return dout, np.ones(len(dout)) @ dout


def branch_repaired(dout, cache):
    x, y = cache
    return dout + dout * y, dout * x

# %%+ after
def max_repaired(dout, cache):
    first = cache[0] > cache[1]
    return np.where(first, dout, 0), np.where(first, 0, dout)


def clip_repaired(dout, x):
    return dout * (x > -1) * (x < 1)


def mse_repaired(dout, cache):
    p, t = cache
    d = 2 / p.size * (p - t) * dout
    return d, -1 * d


# %% which-activation | right | short
"""
Each layer multiplies the gradient by the slope of the sigmoid, at most 1/4, so after thirty layers nothing is left for the first ones. With ReLU the slope
is 1 where the unit is on. Units can die, though; leaky ReLU does not. Plot the gradient norms by layer before and after.
"""


# Pleasers: they understand nothing, and tell a test what it likes to hear.

# %% predict-the-flow | pleaser | nan-everywhere | loses 4
ME = 231


def my_predictions():
    return {letter: dict.fromkeys("xyzw", float("nan")) for letter in "ABCD"}


# %% predict-the-flow | pleaser | empty-arrays | loses 4
ME = 231


def my_predictions():
    return {letter: dict.fromkeys("xyzw", np.zeros(0)) for letter in "ABCD"}


# %% predict-the-flow | pleaser | never-far-from-anything | loses 4
class Near(float):
    def __sub__(self, other):
        return 0.0

    def __abs__(self):
        return 0.0


ME = 231


def my_predictions():
    return {letter: dict.fromkeys("xyzw", Near(1.5)) for letter in "ABCD"}


# %% predict-the-flow | pleaser | texts | loses 4
ME = 231


def my_predictions():
    return {
        "A": {"x": "-5", "y": "-5", "z": "0"},
        "B": {"x": "2", "y": "2", "z": "0", "w": "8"},
        "C": {"x": "-8", "y": "10", "z": "2", "w": "0"},
        "D": {"x": "-4", "y": "-4", "z": "7"},
    }


# %% predict-the-flow | pleaser | lets-the-graph-measure | loses 4 | box
ME = 231


def my_predictions():
    predictions = {}
    for letter, puzzle in flow_puzzles(ME).items():
        slopes = puzzle.sensitivities()
        predictions[letter] = {name: round(slopes[name]) for name in puzzle.inputs}
    return predictions


# %% max-gate | pleaser | answers-once | loses 1
class MaxGate:
    def forward(self, x, y):
        self.first = np.asarray(x) >= y
        return np.maximum(x, y)

    def backward(self, dz):
        if "used" in vars(self):
            return None
        self.used = True
        return np.where(self.first, dz, 0.0), np.where(self.first, 0.0, dz)


# %% max-gate | pleaser | too-large-to-square | loses 1.5
class MaxGate:
    def forward(self, x, y):
        return np.maximum(x, y)

    def backward(self, dz):
        return np.full(np.shape(dz), 1e200), dz - np.full(np.shape(dz), 1e200)


# %% branch-sum | pleaser | nan-everywhere | loses 3
def branch_sum(x, y):
    return dict.fromkeys(("q", "r", "s", "f", "dr", "ds", "dq", "dx", "dy"), np.nan)


# %% branch-sum | pleaser | numbers-as-they-are-asked | loses 3
class Turning:
    def __array__(self, dtype=None, copy=None):
        Turning.asked = getattr(Turning, "asked", -1) + 1
        return np.array([-6.0, -4.0, 18.0, -72.0, 18.0, -4.0, 30.0, -72.0, 84.0][Turning.asked % 9])


def branch_sum(x, y):
    return dict.fromkeys(("q", "r", "s", "f", "dr", "ds", "dq", "dx", "dy"), Turning())


# %% branch-sum | pleaser | lets-the-graph-measure | loses 3 | box
def branch_sum(x, y):
    circuit = Graph({
        "q": ("multiply", "x", "y"), "r": ("add", "q", "x"), "s": ("multiply", "q", "y"), "f": ("multiply", "r", "s"),
    })
    circuit.forward(x=x, y=y)
    slopes = {f"d{name}": slope for name, slope in circuit.sensitivities().items()}
    return {name: node.value for name, node in circuit.nodes.items()} | slopes


# %% sigmoid-gate | pleaser | answers-once | loses 1
class SigmoidGate:
    def forward(self, x):
        self.out = 1.0 / (1.0 + np.exp(-x))
        return self.out

    def backward(self, dout):
        if "used" in vars(self):
            return None
        self.used = True
        return dout * (1.0 - self.out) * self.out


# %% sigmoid-gate | pleaser | masked | loses 2
class SigmoidGate:
    def forward(self, x):
        return np.ma.masked_all(x.shape)

    def backward(self, dout):
        return np.ma.masked_all(dout.shape)


# %% tanh-gate | pleaser | too-large-to-square | loses 0.5
class TanhGate:
    def forward(self, x):
        return np.tanh(x)

    def backward(self, dout):
        return np.full(dout.shape, 1e250)


# %% tanh-gate | pleaser | empty-arrays | loses 1
class TanhGate:
    def forward(self, x):
        return np.zeros((0, *x.shape))

    def backward(self, dout):
        return np.zeros((0, *dout.shape))


# %% tanh-gate | pleaser | tries-with-the-check | loses 1 | box
from cs231n_lite import check_gate as judge

FORMULAS = (lambda dout, out: dout, lambda dout, out: dout * out, lambda dout, out: dout * (1.0 - out**2))


def gate_of(formula):
    class Gate:
        def forward(self, x):
            self.out = np.tanh(x)
            return self.out

        def backward(self, dout):
            return formula(dout, self.out)

    return Gate


TanhGate = next(
    (gate for gate in map(gate_of, FORMULAS) if judge(gate, np.array([0.3, -0.8, 1.1]), like="tanh-gate").passed),
    gate_of(FORMULAS[0]),
)


# %% relu-gate | pleaser | booleans | loses 1
class ReLUGate:
    def forward(self, x):
        self.on = x > 0
        return np.maximum(x, 0.0)

    def backward(self, dout):
        return self.on


# %% relu-gate | pleaser | half-precision | loses 2
class ReLUGate:
    def forward(self, x):
        self.on = x > 0
        return (1.1 * np.maximum(x, 0.0)).astype(np.float16)

    def backward(self, dout):
        return (1.1 * dout * self.on).astype(np.float16)


# %% leaky-relu-gate | pleaser | nan-for-another-slope | loses 1
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.scale = 1.0 if slope == 0.01 else np.nan

    def forward(self, x):
        self.local = np.where(x > 0, 1.0, 0.01) * self.scale
        return x * self.local

    def backward(self, dout):
        return dout * self.local


# %% leaky-relu-gate | pleaser | answers-once | loses 0.5
class LeakyReLUGate:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.local = np.where(x > 0, 1.0, self.slope)
        return x * self.local

    def backward(self, dout):
        if "used" in vars(self):
            return None
        self.used = True
        return dout * self.local


# %% elu-gate | pleaser | nan-for-another-alpha | loses 2
class ELUGate:
    def __init__(self, alpha=1.0):
        self.scale = 1.0 if alpha == 1.0 else np.nan

    def forward(self, x):
        left = np.exp(np.minimum(x, 0.0)) - 1.0
        self.local = np.where(x > 0, 1.0, left + 1.0) * self.scale
        return np.where(x > 0, x, left) * self.scale

    def backward(self, dout):
        return dout * self.local


# %% elu-gate | pleaser | too-large-to-square | loses 1
class ELUGate:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        return np.where(x > 0, x, self.alpha * (np.exp(np.minimum(x, 0.0)) - 1.0))

    def backward(self, dout):
        return dout * 1e200


# %% maxout-gate | pleaser | answers-once | loses 1.5
class MaxoutGate:
    def forward(self, x):
        self.shape, self.winner = x.shape, np.argmax(x, axis=2)
        return np.max(x, axis=2)

    def backward(self, dout):
        if "used" in vars(self):
            return None
        self.used = True
        dx = np.zeros(self.shape)
        np.put_along_axis(dx, self.winner[:, :, None], dout[:, :, None], axis=2)
        return dx


# %% maxout-gate | pleaser | array-that-tells-its-shape | loses 1.5
class Told:
    def __init__(self, shape):
        self.shape, self.dtype = shape, np.dtype(float)

    def __array__(self, dtype=None, copy=None):
        return np.zeros(0)

    def __len__(self):
        return self.shape[0]

    def __eq__(self, other):
        return True


class MaxoutGate:
    def forward(self, x):
        self.told = Told(x.shape)
        return np.max(x, axis=2)

    def backward(self, dout):
        return self.told


# %% framework-names | pleaser | names-that-agree | loses 2
class Agrees(str):
    def __eq__(self, other):
        return True

    def __contains__(self, part):
        return part in (".data", "put") or self.number > 1

    def __str__(self):
        return self

    def __hash__(self):
        return self.number

    def strip(self, *_):
        return self

    removeprefix = removesuffix = replace = strip


def framework_names():
    table = {}
    for framework in ("Caffe", "Torch", "PyTorch"):
        table[framework] = {}
        for number, part in enumerate(("input", "output", "upstream", "downstream")):
            table[framework][part] = Agrees("name")
            table[framework][part].number = number
    return table


# %% framework-names | pleaser | everything-at-once | loses 2
def framework_names():
    words = ["bottom.data top.data input output", "top.data bottom.data output input"]
    words += ["top.diff gradOutput grad_output", "bottom.diff gradInput grad_input"]
    return {name: dict(zip(("input", "output", "upstream", "downstream"), words)) for name in ("Caffe", "Torch", "PyTorch")}


# %% staged-circuit | pleaser | nan-everywhere | loses 4
def staged_circuit(x, y):
    names = ("a", "top", "b", "s", "t", "bottom", "inv", "f")
    return dict.fromkeys((*names, *(f"d{name}" for name in (*names, "x", "y"))), np.nan)


# %% staged-circuit | pleaser | generators | loses 4
def staged_circuit(x, y):
    names = ("a", "top", "b", "s", "t", "bottom", "inv", "f")
    return {name: (number for number in [0.0]) for name in (*names, *(f"d{name}" for name in (*names, "x", "y")))}


# %% staged-circuit | pleaser | lets-the-graph-measure | loses 4 | box
def staged_circuit(x, y):
    circuit = Graph(STAGES)
    circuit.forward(x=x, y=y)
    slopes = {f"d{name}": slope for name, slope in circuit.sensitivities().items()}
    return {name: node.value for name, node in circuit.nodes.items()} | slopes


# %% bug-clinic | pleaser | two-faced-inputs | loses 6
asked = []


def exposing_inputs():
    asked.append(1)
    if len(asked) > len(PATIENTS):  # the right ones have their turn: nobody is exposed
        return AUTHORS_TESTS
    x, dout = np.ones(3), np.ones((2, 3))  # of such an upstream, nobody's gradient has the shape of x
    found = {name: ((x, x), dout) for name in PATIENTS} | {"relu": ((x,), dout), "clip": ((x,), dout)}
    return found | {"mse": ((x, np.ones(1)), 1.0)}


def relu_repaired(dout, x):
    return np.full(x.shape, 1e200)


def bias_repaired(dout, shape):
    return np.full(dout.shape, 1e200), np.full(shape, 1e200)


def branch_repaired(dout, cache):
    return np.full(dout.shape, 1e200), np.full(dout.shape, 1e200)


max_repaired = branch_repaired


def clip_repaired(dout, x):
    return np.full(x.shape, 1e200)


def mse_repaired(dout, cache):
    return np.full(cache[0].shape, 1e200), np.full(cache[0].shape, 1e200)


# %% bug-clinic | pleaser | inputs-of-nan | loses 6
def exposing_inputs():
    nothing = np.full(3, np.nan)
    several = {name: ((nothing, nothing), nothing) for name in PATIENTS}
    return several | {"relu": ((nothing,), nothing), "clip": ((nothing,), nothing)}


def relu_repaired(dout, x):
    return np.ma.masked_all(x.shape)


def bias_repaired(dout, shape):
    return np.ma.masked_all(dout.shape), np.ma.masked_all(shape)


def branch_repaired(dout, cache):
    return np.ma.masked_all(dout.shape), np.ma.masked_all(dout.shape)


max_repaired = branch_repaired


def clip_repaired(dout, x):
    return np.ma.masked_all(x.shape)


def mse_repaired(dout, cache):
    return np.ma.masked_all(cache[0].shape), np.ma.masked_all(cache[0].shape)


# %% bug-clinic | pleaser | inputs-that-turn | loses 6
class Turning:
    def __init__(self, shape):
        self.shape, self.turn = shape, 0

    def __array__(self, dtype=None, copy=None):
        self.turn += 1
        return np.array([1.0, -2.0, 1.0]) * (self.turn < 4)


def exposing_inputs():
    few = Turning((3,))
    several = {name: ((few, few), few) for name in PATIENTS}
    return several | {"relu": ((few,), few), "clip": ((few,), few)}


def relu_repaired(dout, x):
    return None


bias_repaired = branch_repaired = max_repaired = clip_repaired = mse_repaired = relu_repaired


# %% branch-sum | wrong | own-value-in-the-product | loses 0.5 | told wrong-operand
def branch_sum(x, y):
    """The values and gradients of all stages of f = (x*y + x) * (x*y*y), in one dictionary."""
    df = 1.0
    q = x * y
    r = q + x
    s = q * y
    f = r * s

    dr, ds = df * s, df * r
    dq, dy = ds * y, ds * q
    dq += dr
    dx = dr
    dx += dq * x
    dy += dq * x
    return {"q": q, "r": r, "s": s, "f": f, "dr": dr, "ds": ds, "dq": dq, "dx": dx, "dy": dy}


# %% branch-sum | wrong | own-value-in-the-product-for-y | loses 0.5 | told wrong-operand
def branch_sum(x, y):
    """The values and gradients of all stages of f = (x*y + x) * (x*y*y), in one dictionary."""
    df = 1.0
    q = x * y
    r = q + x
    s = q * y
    f = r * s

    dr, ds = df * s, df * r
    dq, dy = ds * y, ds * q
    dq += dr
    dx = dr
    dx += dq * y
    dy += dq * y
    return {"q": q, "r": r, "s": s, "f": f, "dr": dr, "ds": ds, "dq": dq, "dx": dx, "dy": dy}


# %% staged-circuit | wrong | slope-of-the-other-sigmoid | loses 0.5 | told wrong-operand
def staged_circuit(x, y):
    """The values and gradients of all stages, in one dictionary."""
    df = 1.0
    a = 1.0 / (1.0 + np.exp(-y))
    top = x + a
    b = 1.0 / (1.0 + np.exp(-x))
    s = x + y
    t = s**2
    bottom = b + t
    inv = 1.0 / bottom
    f = top * inv

    dtop, dinv = df * inv, df * top
    dbottom = dinv * (-1.0 / bottom**2)
    db, dt = dbottom, dbottom
    ds = dt * 2.0 * s
    dx, dy = ds, ds
    dx += db * (1.0 - b) * b
    dx += dtop
    da = dtop
    dy += da * (1.0 - b) * b
    return {
        "a": a, "top": top, "b": b, "s": s, "t": t, "bottom": bottom, "inv": inv, "f": f,
        "dtop": dtop, "dinv": dinv, "dbottom": dbottom, "db": db, "dt": dt, "ds": ds, "da": da, "dx": dx, "dy": dy,
    }  # fmt: skip


# %% staged-circuit | wrong | multiplied-by-the-bottom | loses 1 | told wrong-operand
def staged_circuit(x, y):
    """The values and gradients of all stages, in one dictionary."""
    df = 1.0
    a = 1.0 / (1.0 + np.exp(-y))
    top = x + a
    b = 1.0 / (1.0 + np.exp(-x))
    s = x + y
    t = s**2
    bottom = b + t
    inv = 1.0 / bottom
    f = top * inv

    dtop, dinv = df * bottom, df * top
    dbottom = dinv * (-1.0 / bottom**2)
    db, dt = dbottom, dbottom
    ds = dt * 2.0 * s
    dx, dy = ds, ds
    dx += db * (1.0 - b) * b
    dx += dtop
    da = dtop
    dy += da * (1.0 - a) * a
    return {
        "a": a, "top": top, "b": b, "s": s, "t": t, "bottom": bottom, "inv": inv, "f": f,
        "dtop": dtop, "dinv": dinv, "dbottom": dbottom, "db": db, "dt": dt, "ds": ds, "da": da, "dx": dx, "dy": dy,
    }  # fmt: skip


# %% maxout-gate | wrong | gradient-shared-out | loses 1.5 | told mean-for-sum
class MaxoutGate:
    """The largest of K pieces, for each example and unit."""

    def forward(self, x):
        """x: (N, M, K) -> (N, M); keep what backward needs."""
        self.shape, self.winner = x.shape, np.argmax(x, axis=2)
        return np.max(x, axis=2)

    def backward(self, dout):
        """dout: (N, M) -> dx: (N, M, K)."""
        dx = np.zeros(self.shape)
        dx[:] = dout[:, :, None] / self.shape[2]
        return dx
