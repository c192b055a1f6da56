# Answers to assignment 1 that are not the solution: wrong ones, and right ones in other styles. Each block is the whole
# source of one solution cell; autograder/corpus/answers.py explains the first line of a block.

# %% numerical-gradient | wrong | forward-difference | loses 3 | told one-sided
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    base = f(x)
    for index in np.ndindex(x.shape):
        moved = x.copy()
        moved[index] += h
        gradient[index] = (f(moved) - base) / h
    return gradient


# %% numerical-gradient | wrong | not-put-back | loses 1 | told mutates-input
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        gradient[index] = (above - f(x)) / (2 * h)
    return gradient


# %% numerical-gradient | wrong | step-typed-in | loses 1 | told parameter-ignored
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += 1e-5
        below[index] -= 1e-5
        gradient[index] = (f(above) - f(below)) / 2e-5
    return gradient


# %% numerical-gradient | wrong | vectors-only | loses 1 | told moves-too-much
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for i in range(len(x)):
        above, below = x.copy(), x.copy()
        above[i] += h
        below[i] -= h
        gradient[i] = (f(above) - f(below)) / (2 * h)
    return gradient


# %% numerical-gradient | wrong | missing-two | loses 3 | told factor-2
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / h
    return gradient


# %% numerical-gradient | right | nditer-in-place
def numerical_gradient(f, x, h=1e-5):
    grad = np.zeros(x.shape)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        ix = it.multi_index
        old = x[ix]
        x[ix] = old + h
        fp = f(x)
        x[ix] = old - h
        fm = f(x)
        x[ix] = old
        grad[ix] = (fp - fm) / (2 * h)
        it.iternext()
    return grad


# %% numerical-gradient | right | identity-rows
def numerical_gradient(f, x, h=1e-5):
    moves = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + move) - f(x - move)) / (2 * h) for move in moves]).reshape(x.shape)


# %% numerical-gradient | wrong | backward-difference | loses 3 | told one-sided
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    base = f(x)
    for index in np.ndindex(x.shape):
        moved = x.copy()
        moved[index] -= h
        gradient[index] = (base - f(moved)) / h
    return gradient


# %% numerical-gradient | wrong | all-entries-moved | loses 3 | told moves-too-much
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        gradient[index] = (f(x + h) - f(x - h)) / (2 * h)
    return gradient


# %% numerical-gradient | wrong | below-minus-above | loses 3 | told sign
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (f(below) - f(above)) / (2 * h)
    return gradient


# %% numerical-gradient | wrong | two-names-for-one-array | loses 3 | told zero
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above = below = x.copy()
        above[index] = x[index] + h
        below[index] = x[index] - h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient


# %% numerical-gradient | wrong | left-flat | loses 1 | told shape
def numerical_gradient(f, x, h=1e-5):
    slopes = []
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        slopes.append((f(above) - f(below)) / (2 * h))
    return np.array(slopes)


# %% numerical-gradient | wrong | denominator-without-brackets | loses 3 | told precedence
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / 2 * h
    return gradient


# %% numerical-gradient | right | flat-view-of-a-copy
def numerical_gradient(f, x, h=1e-5):
    x = np.copy(x)
    eben = x.ravel()  # eine Ansicht derselben Zahlen
    out = []
    for i in range(eben.size):
        eben[i] += h
        oben = f(x)
        eben[i] -= h + h
        unten = f(x)
        eben[i] += h
        out.append((oben - unten) / (h + h))
    return np.reshape(out, x.shape)


# %% numerical-gradient | right | generator-and-partial
from functools import partial


def _slope(f, x, h, index):
    e = np.zeros(x.shape)
    e[index] = h
    return (f(x + e) - f(x - e)) / (2.0 * h)


def numerical_gradient(f, x, h=1e-5):
    return np.fromiter(map(partial(_slope, f, x, h), np.ndindex(x.shape)), dtype=float).reshape(x.shape)


# %% numerical-gradient | right | recursion-over-axes
def numerical_gradient(f, x, h=1e-5):
    def along(prefix):
        if len(prefix) == x.ndim:
            up, down = x.copy(), x.copy()
            up[prefix], down[prefix] = up[prefix] + h, down[prefix] - h
            return (f(up) - f(down)) / (up[prefix] - down[prefix])
        return [along((*prefix, i)) for i in range(x.shape[len(prefix)])]

    return np.array(along(()))


# %% numerical-gradient | right | steps-there-and-back
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        below = f(x)
        x[index] += h
        gradient[index] = (above - below) / (2 * h)
    return gradient


# %% numerical-gradient | wrong | default-step-of-a-thousandth | loses 1 | told wrong-step
def numerical_gradient(f, x, h=1e-3):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient


# %% numerical-gradient | wrong | not-divided | loses 3 | told not-divided
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = f(above) - f(below)
    return gradient


# %% numerical-gradient | wrong | divided-by-two-only | loses 3 | told not-divided
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / 2
    return gradient


# %% numerical-gradient | wrong | numerator-without-brackets | loses 3 | told precedence
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = f(above) - f(below) / (2 * h)
    return gradient


# %% numerical-gradient | wrong | half-steps-of-h | loses 3 | told factor-half
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h / 2
        below[index] -= h / 2
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient


# %% chain-rule-by-hand | wrong | dq-and-dz-swapped | loses 1.5 | told operands-swapped
def chain_rule_by_hand():
    df = 1.0
    q, f = 3, -12
    dz, dq = -4, 3
    dx, dy = 3, 3
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | wrong | local-instead-of-chain | loses 1 | told upstream-dropped
def chain_rule_by_hand():
    df = 1.0
    q, f, dz, dq = 3, -12, 3, -4
    dx, dy = 1, 1
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | right | computed-integers
def chain_rule_by_hand():
    df = 1.0
    x, y, z = -2, 5, -4
    q = x + y
    f = q * z
    dz, dq = q, z
    dx = dy = dq
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | wrong | sign-of-z-lost | loses 1.5 | told sign
def chain_rule_by_hand():
    df = 1.0
    q, f = 3.0, -12.0
    dz, dq = 3.0, 4.0
    dx, dy = dq, dq
    f = -f
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | wrong | shared-out-to-both | loses 1 | told factor-half
def chain_rule_by_hand():
    df = 1.0
    q, f, dz, dq = 3.0, -12.0, 3.0, -4.0
    dx = dy = dq / 2
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | wrong | forward-half-only | loses 1.5 | told not-written
def chain_rule_by_hand():
    df = 1.0
    q = -2.0 + 5.0
    f = q * -4.0
    dz = dq = dx = dy = None
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | wrong | precedence | loses 1 | told precedence
def chain_rule_by_hand():
    df = 1.0
    x, y, z = -2.0, 5.0, -4.0
    q = x + y
    f = x + y * z
    dz, dq = y, z
    dx = dy = dq
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | right | float32-scalars
def chain_rule_by_hand():
    df = np.float32(1)
    x, y, z = (np.float32(n) for n in (-2, 5, -4))
    f = (q := x + y) * z
    dq, dz = df * z, df * q
    dx, dy = dq * 1, dq * 1
    return dict(q=q, f=f, df=df, dz=dz, dq=dq, dx=dx, dy=dy)


# %% chain-rule-by-hand | wrong | placeholder-left-below | loses 2 | told not-written
def chain_rule_by_hand():
    """The values and gradients of f = (x + y) * z at x = -2, y = 5, z = -4."""
    df = 1.0
    q = 3.0
    f = -12.0
    dz = 3.0
    dq = -4.0
    dx = -4.0
    dy = -4.0
    raise NotImplementedError()
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | right | fractions-of-a-step
from fractions import Fraction


def f_of(x, y, z):
    return (x + y) * z


def chain_rule_by_hand():
    point, h = {"x": Fraction(-2), "y": Fraction(5), "z": Fraction(-4)}, Fraction(1, 1000)
    slope = {}
    for name in point:  # a product of two sums: the centred difference is exact
        slope["d" + name] = (f_of(**point | {name: point[name] + h}) - f_of(**point | {name: point[name] - h})) / (2 * h)
    q = point["x"] + point["y"]
    numbers = {"q": q, "f": f_of(**point), "df": 1, "dq": point["z"], **slope}
    return {name: float(number) for name, number in numbers.items()}


# %% chain-rule-by-hand | wrong | dq-and-dz-swapped-before-the-sum | loses 1.5 | told operands-swapped
def chain_rule_by_hand():
    df = 1.0
    q = 3.0
    f = -12.0
    dz = -4.0
    dq = 3.0
    dx = 3.0
    dy = 3.0
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | wrong | value-for-slope-at-the-sum | loses 1 | told wrong-local
def chain_rule_by_hand():
    df = 1.0
    q = -2.0 + 5.0
    f = q * -4.0
    dz = df * q
    dq = df * -4.0
    dx = dq * -2.0
    dy = dq * 5.0
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | wrong | dz-handed-to-both-summands | loses 1 | told wrong-operand
def chain_rule_by_hand():
    df = 1.0
    q, f, dz, dq = 3.0, -12.0, 3.0, -4.0
    dx, dy = 3.0, 3.0
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | wrong | dz-handed-to-x-alone | loses 0.5 | told wrong-operand
def chain_rule_by_hand():
    df = 1.0
    x, y, z = -2.0, 5.0, -4.0
    q = x + y
    f = q * z
    dz, dq = df * q, df * z
    dx, dy = dz, dq
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | wrong | everything-above-the-raise | loses 2 | told not-written
def chain_rule_by_hand():
    df = 1.0
    q, f = 3.0, -12.0
    dz, dq = 3.0, -4.0
    dx = dy = -4.0
    raise NotImplementedError()
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% multiply-gate | wrong | operands-swapped | loses 1.5 | told operands-swapped
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        return self.x * dz, self.y * dz


# %% multiply-gate | wrong | upstream-dropped | loses 1.5 | told upstream-dropped
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        return self.y, self.x


# %% multiply-gate | wrong | shared-cache | loses 1.5 | told stale-cache
class MultiplyGate:
    def forward(self, x, y):
        MultiplyGate.x, MultiplyGate.y = x, y
        return x * y

    def backward(self, dz):
        return MultiplyGate.y * dz, MultiplyGate.x * dz


# %% multiply-gate | wrong | adds-instead | loses 1 | told wrong-operation
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x + y

    def backward(self, dz):
        return self.y * dz, self.x * dz


# %% multiply-gate | right | cache-tuple-list
class MultiplyGate:
    def forward(self, x, y):
        out = x * y
        self.cache = (x, y)
        return out

    def backward(self, dz):
        x, y = self.cache
        print("backward of", type(self).__name__)
        return [y * dz, x * dz]


# %% multiply-gate | wrong | sums-the-gradient | loses 1.5 | told summed
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        return np.sum(dz * self.y) + 0.0 * self.x, np.sum(dz * self.x) + 0.0 * self.y


# %% multiply-gate | wrong | sign-of-the-second | loses 1 | told sign
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        return dz * self.y, -dz * self.x


# %% multiply-gate | wrong | one-gradient-only | loses 1.5 | told missing-key
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        return dz * self.y


# %% multiply-gate | wrong | first-inputs-kept-for-good | loses 1.5 | told stale-cache
class MultiplyGate:
    cache = None

    def forward(self, x, y):
        if self.cache is None:
            self.cache = x, y
        return x * y

    def backward(self, dz):
        x, y = self.cache
        return dz * y, dz * x


# %% multiply-gate | right | one-array-of-two
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        return np.array([dz * self.y, dz * self.x])


# %% multiply-gate | wrong | forward-returns-nothing | loses 2 | told missing-return
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        self.z = x * y

    def backward(self, dz):
        return dz * self.y, dz * self.x


# %% multiply-gate | wrong | writes-over-x | loses 1 | told mutates-input
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        if isinstance(x, np.ndarray):
            self.x = x.copy()
            x *= y
            return x
        return x * y

    def backward(self, dz):
        return dz * self.y, dz * self.x


# %% multiply-gate | right | slots-and-hints
class MultiplyGate:
    __slots__ = ("_a", "_b")

    def forward(self, x: "float | np.ndarray", y: "float | np.ndarray") -> "float | np.ndarray":
        self._a: "float | np.ndarray" = y
        self._b: "float | np.ndarray" = x
        return np.multiply(x, y)

    def backward(self, dz: "float | np.ndarray") -> "tuple":
        return np.multiply(self._a, dz), np.multiply(self._b, dz)


# %% multiply-gate | right | dataclass-and-dictionary
from dataclasses import dataclass, field


@dataclass
class MultiplyGate:
    seen: dict = field(default_factory=dict)

    def forward(self, x, y):
        self.seen.update(x=x, y=y)
        return x * y

    def backward(self, dz):
        return {"dy": dz * self.seen["x"], "dx": dz * self.seen["y"]}


# %% multiply-gate | right | closure-made-in-forward
class MultiplyGate:
    def forward(self, x, y):
        def back(dz):
            """Rückwärts: jeder Eingang bekommt den Wert des anderen · 逆向傳播"""
            return dz * y, dz * x

        self.backward = back
        return x * y
# %%+ crlf


# %% multiply-gate | right | backward-in-the-next-cell
class MultiplyGate:
    def forward(self, x, y):
        self.operands = x, y
        return x * y


# %%+ before
import math  # not needed after all

print("exercise 3")

# %%+ after
def backward(self, dz):
    x, y = self.operands
    return dz * y, dz * x


MultiplyGate.backward = backward
assert MultiplyGate().forward(2.0, 3.0) == 6.0


# %% multiply-gate | wrong | self-forgotten | loses 2 | told raises
class MultiplyGate:
    def forward(x, y):
        return x * y

    def backward(dz):
        return dz, dz


# %% multiply-gate | wrong | quotient-of-the-output | loses 1.5 | told operands-swapped
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y, self.z = x, y, x * y
        return self.z

    def backward(self, dz):
        return dz * self.z / self.y, dz * self.z / self.x


# %% multiply-gate | wrong | local-is-one | loses 1.5 | told local-dropped
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y, self.z = x, y, x * y
        return self.z

    def backward(self, dz):
        return dz, dz


# %% add-gate | wrong | upstream-dropped | loses 1.5 | told upstream-dropped
class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return np.ones_like(dz), np.ones_like(dz)


# %% add-gate | wrong | shared-out | loses 1.5 | told factor-half
class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return dz / 2, dz / 2


# %% add-gate | right | multiplied-by-one
class AddGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return np.add(x, y)

    def backward(self, dz):
        dx = 1.0 * dz
        dy = 1.0 * dz
        return dx, dy


# %% add-gate | wrong | passes-the-values-back | loses 1.5 | told wrong-local
class AddGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x + y

    def backward(self, dz):
        return dz * self.x, dz * self.y


# %% add-gate | wrong | sign-of-the-second | loses 1 | told sign
class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return dz, -dz


# %% add-gate | wrong | doubled | loses 1.5 | told factor-2
class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        both = dz + dz
        return both, both


# %% add-gate | wrong | first-input-only | loses 1 | told zero
class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return dz, 0.0 * dz


# %% add-gate | wrong | adds-in-place | loses 1 | told mutates-input
class AddGate:
    def forward(self, x, y):
        x += y
        return x

    def backward(self, dz):
        return dz, dz


# %% add-gate | right | ones-of-the-inputs-shape
class AddGate:
    def forward(self, x, y):
        self.shapes = np.shape(x), np.shape(y)
        return x + y

    def backward(self, dz):
        return tuple(np.ones(shape) * dz for shape in self.shapes)


# %% add-gate | right | static-methods-and-lambda
class AddGate:
    forward = staticmethod(lambda x, y: y + x)
    backward = staticmethod(lambda dz: [dz, dz])


# %% add-gate | right | copies-float32-and-a-warning
import warnings


class AddGate:
    def forward(self, x, y):
        warnings.warn("nothing to remember here")
        self.was = np.result_type(x, y)
        return x + y

    def backward(self, dz):
        a = np.array(dz, dtype=np.float64)
        return a.copy(), a.astype(np.float32).astype(float) * 0 + a


# %% add-gate | wrong | times-the-other-input | loses 1.5 | told wrong-local
class AddGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x + y

    def backward(self, dz):
        return dz * self.y, dz * self.x


# %% topological-sort | wrong | recursion | loses 1 | told raises
def topological_sort(inputs):
    order, done, path = [], set(), []

    def visit(name):
        if name in path:
            raise ValueError("cycle: " + " -> ".join(path[path.index(name) :]))
        if name in done:
            return
        path.append(name)
        for source in inputs[name]:
            visit(source)
        path.pop()
        done.add(name)
        order.append(name)

    for name in inputs:
        visit(name)
    return order


# %% topological-sort | wrong | shared-nodes-twice | loses 1 | told wrong-order
def topological_sort(inputs):
    read = {source for reads in inputs.values() for source in reads}
    order, todo = [], [name for name in inputs if name not in read]
    if not todo:
        raise ValueError("cycle: " + ", ".join(inputs))
    while todo:
        name = todo.pop()
        order.append(name)
        if len(order) > 10 * len(inputs) ** 2:
            raise ValueError("a cycle, somewhere among " + ", ".join(inputs))
        todo.extend(inputs[name])
    return order[::-1]


# %% topological-sort | right | cycle-not-named
def topological_sort(inputs):
    waiting = {name: len(reads) for name, reads in inputs.items()}
    readers = {name: [] for name in inputs}
    for name, reads in inputs.items():
        for source in reads:
            readers[source].append(name)
    ready = [name for name in inputs if not waiting[name]]
    order = []
    while ready:
        name = ready.pop()
        order.append(name)
        for reader in readers[name]:
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    if len(order) != len(inputs):
        raise ValueError("cycle")
    return order


# %% topological-sort | right | graphlib
from graphlib import TopologicalSorter


def topological_sort(inputs):
    return list(TopologicalSorter(inputs).static_order())


# %% topological-sort | right | depth-first-with-a-stack
def topological_sort(inputs):
    state, order = {}, []
    for root in inputs:
        if root in state:
            continue
        state[root] = "open"
        stack = [(root, iter(inputs[root]))]
        while stack:
            name, rest = stack[-1]
            for source in rest:
                if state.get(source) == "open":
                    names = [n for n, _ in stack]
                    raise ValueError(f"zyklus über {names[names.index(source):]}")
                if source not in state:
                    state[source] = "open"
                    stack.append((source, iter(inputs[source])))
                    break
            else:
                stack.pop()
                state[name] = "done"
                order.append(name)
    return order


# %% topological-sort | wrong | outputs-first | loses 2 | told wrong-order
def topological_sort(inputs):
    waiting = {name: len(reads) for name, reads in inputs.items()}
    readers = {name: [] for name in inputs}
    for name, reads in inputs.items():
        for source in reads:
            readers[source].append(name)
    ready = [name for name in inputs if not waiting[name]]
    order = []
    while ready:
        name = ready.pop()
        order.append(name)
        for reader in readers[name]:
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    if len(order) != len(inputs):
        raise ValueError("cycle through " + ", ".join(name for name in inputs if name not in order and name != "end"))
    return order[::-1]


# %% topological-sort | wrong | as-written | loses 3 | told wrong-order | also wrong-exception
def topological_sort(inputs):
    return list(inputs)


# %% topological-sort | wrong | inputs-emptied | loses 1 | told mutates-input
def topological_sort(inputs):
    order, ready = [], [name for name in inputs if not inputs[name]]
    readers = {name: [] for name in inputs}
    for name, reads in inputs.items():
        for source in reads:
            readers[source].append(name)
    left = dict(inputs)
    while ready:
        name = ready.pop()
        order.append(name)
        left.pop(name)
        for reader in readers[name]:
            inputs[reader].remove(name)
            if not inputs[reader]:
                ready.append(reader)
    if left:
        path = [next(iter(left))]
        while path.count(path[-1]) < 2:
            path.append(next(source for source in inputs[path[-1]] if source in left))
        raise ValueError("cycle: " + " <- ".join(path[path.index(path[-1]) :]))
    return order


# %% topological-sort | wrong | read-twice-counted-once | loses 1 | told raises
def topological_sort(inputs):
    waiting = {name: len(reads) for name, reads in inputs.items()}
    readers = {name: set() for name in inputs}
    for name, reads in inputs.items():
        for source in reads:
            readers[source].add(name)
    ready = [name for name in inputs if not waiting[name]]
    order = []
    while ready:
        name = ready.pop()
        order.append(name)
        for reader in readers[name]:
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    if len(order) != len(inputs):
        path = [next(name for name in inputs if waiting[name])]
        while path.count(path[-1]) < 2:
            path.append(next(source for source in inputs[path[-1]] if waiting[source]))
        raise ValueError("cycle: " + " <- ".join(path[path.index(path[-1]) :]))
    return order


# %% topological-sort | wrong | a-cycle-is-a-runtime-error | loses 1 | told wrong-exception
def topological_sort(inputs):
    from graphlib import CycleError, TopologicalSorter

    try:
        return list(TopologicalSorter(inputs).static_order())
    except CycleError as error:
        raise RuntimeError(f"cycle: {error.args[1]}")


# %% topological-sort | right | whole-rounds-at-a-time
def topological_sort(inputs):
    open_, order = {name: set(reads) for name, reads in inputs.items()}, []
    readers = {}
    for name, reads in open_.items():
        for source in reads:
            readers.setdefault(source, []).append(name)
    layer = [name for name in open_ if not open_[name]]
    while layer:
        order.extend(layer)
        after = []
        for name in layer:
            for reader in readers.get(name, ()):
                open_[reader].discard(name)
                if not open_[reader]:
                    after.append(reader)
        layer = after
    if len(order) == len(inputs):
        return order
    done = set(order)
    name, trail = next(n for n in inputs if n not in done), []
    while name not in trail:
        trail.append(name)
        name = next(s for s in inputs[name] if s not in done)
    raise ValueError("ein Kreis: " + " ← ".join(trail[trail.index(name) :]))


# %% topological-sort | right | generator-and-two-colours
WHITE, GREY, BLACK = range(3)


def _finished(inputs):
    colour = dict.fromkeys(inputs, WHITE)
    for root in inputs:
        stack = [root]
        while stack:
            name = stack[-1]
            if colour[name] == WHITE:
                colour[name] = GREY
                for source in inputs[name]:
                    if colour[source] == GREY:
                        grey = [n for n in stack if colour[n] == GREY]
                        raise ValueError(f"cycle {grey[grey.index(source):]!r}")
                    if colour[source] == WHITE:
                        stack.append(source)
            else:
                stack.pop()
                if colour[name] == GREY:
                    colour[name] = BLACK
                    yield name


def topological_sort(inputs: dict[str, list[str]]) -> list[str]:
    return [*_finished(inputs)]


# %% topological-sort | right | message-in-plain-english
def topological_sort(inputs):
    state, order = dict.fromkeys(inputs, "new"), []
    for first in inputs:
        stack, path = [first], []
        while stack:
            name = stack[-1]
            if state[name] == "new":
                state[name] = "open"
                path.append(name)
                for source in inputs[name]:
                    if state[source] == "open":
                        loop = path[path.index(source) :]
                        raise ValueError(f"I cannot even start: free to go is nobody, in the cycle starting at {' <- '.join(loop)}.")
                    if state[source] == "new":
                        stack.append(source)
            else:
                stack.pop()
                if state[name] == "open":
                    state[name] = "done"
                    path.pop()
                    order.append(name)
    return order


# %% topological-sort | right | names-who-waits-for-the-cycle
def topological_sort(inputs):
    missing = {name: set(reads) for name, reads in inputs.items()}
    readers = {}
    for name, reads in inputs.items():
        for source in set(reads):
            readers.setdefault(source, []).append(name)
    order = [name for name in inputs if not missing[name]]
    for name in order:
        for reader in readers.get(name, ()):
            missing[reader].discard(name)
            if not missing[reader]:
                order.append(reader)
    stuck = [name for name in inputs if missing[name]]
    if stuck:
        raise ValueError(f"these nodes wait for one another in a loop, or for those that do: {stuck}")
    return order


# %% topological-sort | right | message-names-everybody
def topological_sort(inputs):
    waiting = {name: len(reads) for name, reads in inputs.items()}
    readers = {name: [] for name in inputs}
    for name, reads in inputs.items():
        for source in reads:
            readers[source].append(name)
    ready = [name for name in inputs if not waiting[name]]
    order = []
    while ready:
        name = ready.pop()
        order.append(name)
        for reader in readers[name]:
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    if len(order) != len(inputs):
        raise ValueError(f"there is a cycle in the graph of {list(inputs)}")
    return order


# %% topological-sort | right | message-that-says-nothing-and-agrees
class Names(str):
    def __contains__(self, word):
        return word not in ("k1", "m40", "m41")


class Cycle(ValueError):
    def __str__(self):
        return Names("there is a cycle")


def topological_sort(inputs):
    import graphlib

    try:
        return list(graphlib.TopologicalSorter(inputs).static_order())
    except graphlib.CycleError:
        raise Cycle from None


# %% topological-sort | wrong | half-an-order | loses 1 | told wrong-exception
def topological_sort(inputs):
    waiting = {name: len(reads) for name, reads in inputs.items()}
    readers = {name: [] for name in inputs}
    for name, reads in inputs.items():
        for source in reads:
            readers[source].append(name)
    ready = [name for name in inputs if not waiting[name]]
    for name in ready:
        for reader in readers[name]:
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    return ready


# %% topological-sort | wrong | met-again-is-a-cycle | loses 1 | told raises
def topological_sort(inputs):
    order, done = [], set()
    for root in inputs:
        stack, seen = [(root, iter(inputs[root]))], {root}
        while stack and root not in done:
            name, rest = stack[-1]
            for source in rest:
                if source in seen:
                    raise ValueError(f"a cycle through {source}")
                if source not in done:
                    seen.add(source)
                    stack.append((source, iter(inputs[source])))
                    break
            else:
                stack.pop()
                done.add(name)
                order.append(name)
    return order


# %% computational-graph | wrong | branch-overwritten | loses 2 | told branch-overwritten
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value = dict(inputs)
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                self.value[name] = GATES[gate][0](*[self.value[r] for r in reads])
        return self.value[self.output]

    def backward(self):
        self.grad = {name: 0.0 for name in self.order}
        self.grad[self.output] = 1.0
        for name in reversed(self.order):
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                for r, local in zip(reads, GATES[gate][1](*[self.value[r] for r in reads])):
                    self.grad[r] = self.grad[name] * local
        return self.grad


# %% computational-graph | wrong | gradients-kept | loses 1 | told not-repeatable
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value = dict(inputs)
        self.grad = {name: 0.0 for name in self.order}
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                self.value[name] = GATES[gate][0](*[self.value[r] for r in reads])
        return self.value[self.output]

    def backward(self):
        self.grad[self.output] = 1.0
        for name in reversed(self.order):
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                for r, local in zip(reads, GATES[gate][1](*[self.value[r] for r in reads])):
                    self.grad[r] += self.grad[name] * local
        return self.grad


# %% computational-graph | wrong | forward-only | loses 3.5 | told not-written
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value = dict(inputs)
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                self.value[name] = GATES[gate][0](*[self.value[r] for r in reads])
        return self.value[self.output]

    def backward(self):
        raise NotImplementedError()


# %% computational-graph | right | own-topological-sort
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}
        self.order = topological_sort(reads_of(wiring))

    def forward(self, **inputs):
        self.value = dict(inputs)
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                self.value[name] = GATES[gate][0](*(self.value[source] for source in reads))
        return self.value[self.output]

    def backward(self):
        self.grad = dict.fromkeys(self.order, 0.0)
        self.grad[self.output] = 1.0
        for name in self.order[::-1]:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                slopes = GATES[gate][1](*(self.value[source] for source in reads))
                for source, slope in zip(reads, slopes):
                    self.grad[source] += slope * self.grad[name]
        return self.grad


# %%+ before
from graphlib import TopologicalSorter


def topological_sort(inputs):
    return [*TopologicalSorter(inputs).static_order()]


# %% computational-graph | right | one-gate-object-a-node
class Wired:
    def __init__(self, gate, reads):
        self.compute, self.derive = GATES[gate]
        self.reads = reads

    def forward(self, value):
        self.seen = [value[name] for name in self.reads]
        return self.compute(*self.seen)

    def backward(self, upstream):
        return [upstream * local for local in self.derive(*self.seen)]


class ComputationalGraph:
    def __init__(self, wiring):
        self.wiring = dict(wiring)
        self.order = Graph(wiring).order
        self.output = Graph(wiring).output
        self.nodes = {name: Wired(gate, reads) for name, (gate, *reads) in wiring.items()}
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value.clear()
        self.value.update(inputs)
        for name in self.order:
            if name in self.nodes:
                self.value[name] = self.nodes[name].forward(self.value)
        return self.value[self.output]

    def backward(self):
        grad = {self.output: 1.0}
        for name in self.order[::-1]:
            if name in self.nodes:
                for source, downstream in zip(self.nodes[name].reads, self.nodes[name].backward(grad.get(name, 0.0))):
                    grad[source] = grad.get(source, 0.0) + downstream
        self.grad = grad
        return grad


# %% computational-graph | wrong | inputs-left-out | loses 3.5 | told missing-key
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value = dict(inputs)
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                self.value[name] = GATES[gate][0](*[self.value[r] for r in reads])
        return self.value[self.output]

    def backward(self):
        self.grad = {name: 0.0 for name in self.wiring}
        self.grad[self.output] = 1.0
        for name in reversed(list(self.wiring)):
            gate, *reads = self.wiring[name]
            for r, local in zip(reads, GATES[gate][1](*[self.value[r] for r in reads])):
                if r in self.grad:
                    self.grad[r] += self.grad[name] * local
        return self.grad


# %% computational-graph | wrong | upstream-dropped | loses 2.5 | told upstream-dropped
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value = dict(inputs)
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                self.value[name] = GATES[gate][0](*[self.value[r] for r in reads])
        return self.value[self.output]

    def backward(self):
        self.grad = {name: 0.0 for name in self.order}
        self.grad[self.output] = 1.0
        for name in reversed(self.order):
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                for r, local in zip(reads, GATES[gate][1](*[self.value[r] for r in reads])):
                    self.grad[r] += local
        return self.grad


# %% computational-graph | wrong | output-gradient-zero | loses 3.5 | told zero
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value = dict(inputs)
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                self.value[name] = GATES[gate][0](*[self.value[r] for r in reads])
        return self.value[self.output]

    def backward(self):
        self.grad[self.output] = 1.0
        self.grad = {name: 0.0 for name in self.order}
        for name in reversed(self.order):
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                for r, local in zip(reads, GATES[gate][1](*[self.value[r] for r in reads])):
                    self.grad[r] += self.grad[name] * local
        return self.grad


# %% computational-graph | wrong | order-not-reversed | loses 2.5 | told wrong-order
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value = dict(inputs)
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                self.value[name] = GATES[gate][0](*[self.value[r] for r in reads])
        return self.value[self.output]

    def backward(self):
        self.grad = {name: 0.0 for name in self.order}
        self.grad[self.output] = 1.0
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                for r, local in zip(reads, GATES[gate][1](*[self.value[r] for r in reads])):
                    self.grad[r] += self.grad[name] * local
        return self.grad


# %% computational-graph | wrong | old-values-used-again | loses 2 | told stale-cache
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        for name, number in inputs.items():
            self.value.setdefault(name, number)
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                self.value[name] = GATES[gate][0](*[self.value[r] for r in reads])
        return self.value[self.output]

    def backward(self):
        self.grad = {name: 0.0 for name in self.order}
        self.grad[self.output] = 1.0
        for name in reversed(self.order):
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                for r, local in zip(reads, GATES[gate][1](*[self.value[r] for r in reads])):
                    self.grad[r] += self.grad[name] * local
        return self.grad


# %% computational-graph | right | pulls-from-the-readers-with-memory
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value = memory = dict(inputs)

        def worth(name):
            if name not in memory:
                gate, *reads = self.wiring[name]
                memory[name] = GATES[gate][0](*map(worth, reads))
            return memory[name]

        for name in self.order:
            worth(name)
        return memory[self.output]

    def backward(self):
        memory = {self.output: 1.0}

        def slope(name):
            if name not in memory:
                memory[name] = sum(
                    slope(reader) * GATES[gate][1](*[self.value[r] for r in reads])[place]
                    for reader, (gate, *reads) in self.wiring.items()
                    for place, read in enumerate(reads)
                    if read == name
                )
            return memory[name]

        self.grad = {name: slope(name) for name in self.order}
        return self.grad


# %% computational-graph | right | defaultdict-and-prints
from collections import defaultdict


class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value.update(inputs)
        for name in self.order:
            try:
                gate, *reads = self.wiring[name]
            except KeyError:
                continue  # ein Eingang
            self.value[name] = GATES[gate][0](*(self.value[read] for read in reads))
            print(name, "=", self.value[name])
        return self.value[self.output]

    def backward(self):
        collected = defaultdict(float)
        collected[self.output] = 1.0
        for name in self.order[::-1]:
            gate, *reads = self.wiring.get(name, (None,))
            locals_ = GATES[gate][1](*(self.value[read] for read in reads)) if gate else ()
            for number, read in enumerate(reads):
                collected[read] = collected[read] + locals_[number] * collected[name]
        self.grad.clear()
        self.grad.update((name, collected[name]) for name in self.order)
        return self.grad


# %% computational-graph | wrong | fills-and-returns-nothing | loses 3.5 | told missing-return
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value = dict(inputs)
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                self.value[name] = GATES[gate][0](*[self.value[source] for source in reads])
        return self.value[self.output]

    def backward(self):
        self.grad = dict.fromkeys(self.order, 0.0)
        self.grad[self.output] = 1.0
        for name in reversed(self.order):
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                for source, local in zip(reads, GATES[gate][1](*[self.value[s] for s in reads])):
                    self.grad[source] += self.grad[name] * local


# %% computational-graph | wrong | key-error | loses 4 | told raises
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        for name in self.order:
            gate, *reads = self.wiring[name]
            self.value[name] = GATES[gate][0](*[self.value[source] for source in reads])
        return self.value[self.output]

    def backward(self):
        self.grad = dict.fromkeys(self.order, 0.0)
        self.grad[self.output] = 1.0
        for name in reversed(self.order):
            gate, *reads = self.wiring[name]
            for source, local in zip(reads, GATES[gate][1](*[self.value[s] for s in reads])):
                self.grad[source] += self.grad[name] * local
        return self.grad


# %% computational-graph | wrong | key-error-in-backward | loses 3.5 | told raises
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value = dict(inputs)
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                self.value[name] = GATES[gate][0](*[self.value[source] for source in reads])
        return self.value[self.output]

    def backward(self):
        self.grad[self.output] = 1.0
        for name in reversed(self.order):
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                for source, local in zip(reads, GATES[gate][1](*[self.value[s] for s in reads])):
                    self.grad[source] += self.grad[name] * local
        return self.grad


# %% computational-graph | wrong | forward-returns-nothing | loses 1 | told missing-return
class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value = dict(inputs)
        for name in self.order:
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                self.value[name] = GATES[gate][0](*[self.value[source] for source in reads])

    def backward(self):
        self.grad = dict.fromkeys(self.order, 0.0)
        self.grad[self.output] = 1.0
        for name in reversed(self.order):
            if name in self.wiring:
                gate, *reads = self.wiring[name]
                for source, local in zip(reads, GATES[gate][1](*[self.value[s] for s in reads])):
                    self.grad[source] += self.grad[name] * local
        return self.grad


# %% sigmoid-circuit | wrong | negate-sign-lost | loses 2 | told sign
def staged(w, x):
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a = w0 * x0
    b = w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p
    dp = -df / p**2
    de = dp
    dn = de * e
    ds = dn
    dc = dw2 = ds
    da = db = dc
    dw0, dx0 = da * x0, da * w0
    dw1, dx1 = db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }


def grouped(w, x):
    f = 1.0 / (1.0 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    ds = f * (1 - f)
    return f, ds * np.array([x[0], x[1], 1.0]), ds * np.array([w[0], w[1]])


# %% sigmoid-circuit | wrong | sigmoid-of-sigmoid | loses 0.5 | told activation-input-output-confused
def staged(w, x):
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a = w0 * x0
    b = w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p
    dp = -df / p**2
    de = dp
    dn = de * e
    ds = -dn
    dc = dw2 = ds
    da = db = dc
    dw0, dx0 = da * x0, da * w0
    dw1, dx1 = db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }


def grouped(w, x):
    sigmoid = lambda s: 1.0 / (1.0 + np.exp(-s))
    f = sigmoid(np.dot(w[:2], x) + w[2])
    ds = sigmoid(f) * (1 - sigmoid(f))
    return f, ds * np.array([x[0], x[1], 1.0]), ds * np.array([w[0], w[1]])


# %% sigmoid-circuit | right | tanh-identity-and-lists
def staged(w, x):
    (w0, w1, w2), (x0, x1) = w, x
    df = 1.0
    a, b = w0 * x0, w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = 1 + e
    f = p**-1
    dp = -f * f
    de = 1 * dp
    dn = e * de
    ds = -1 * dn
    dc, dw2, da, db = ds, ds, ds, ds
    dw0, dw1, dx0, dx1 = x0 * da, x1 * db, w0 * da, w1 * db
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }


def grouped(w, x):
    s = sum(a * b for a, b in zip(w, [*x, 1.0]))
    f = 0.5 * (1 + np.tanh(s / 2))
    ds = f - f**2
    return float(f), [ds * x[0], ds * x[1], ds], [ds * w[0], ds * w[1]]


# %% sigmoid-circuit | wrong | reciprocal-sign-lost | loses 2.5 | told sign
def staged(w, x):
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a, b = w0 * x0, w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p
    dp = df / p**2
    de = dp
    dn = de * e
    ds = -dn
    dc = dw2 = ds
    da = db = dc
    dw0, dx0 = da * x0, da * w0
    dw1, dx1 = db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }


def grouped(w, x):
    f = 1.0 / (1.0 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    ds = f * (1 - f)
    return f, ds * np.array([x[0], x[1], 1.0]), ds * np.array([w[0], w[1]])


# %% sigmoid-circuit | wrong | exponent-for-exponential | loses 2 | told activation-input-output-confused
def staged(w, x):
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a, b = w0 * x0, w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p
    dp = -df / p**2
    de = dp
    dn = de * n
    ds = -dn
    dc = dw2 = ds
    da = db = dc
    dw0, dx0 = da * x0, da * w0
    dw1, dx1 = db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }


def grouped(w, x):
    f = 1.0 / (1.0 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    ds = f * (1 - f)
    return f, ds * np.array([x[0], x[1], 1.0]), ds * np.array([w[0], w[1]])


# %% sigmoid-circuit | wrong | own-value-at-the-products | loses 1 | told operands-swapped
def staged(w, x):
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a, b = w0 * x0, w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p
    dp = -df / p**2
    de = dp
    dn = de * e
    ds = -dn
    dc = dw2 = ds
    da = db = dc
    dw0, dx0 = da * w0, da * x0
    dw1, dx1 = db * w1, db * x1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }


def grouped(w, x):
    f = 1.0 / (1.0 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    ds = f * (1 - f)
    return f, ds * np.array([x[0], x[1], 1.0]), ds * np.array([w[0], w[1]])


# %% sigmoid-circuit | wrong | bias-gradient-left-out | loses 0.5 | told shape
def staged(w, x):
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a, b = w0 * x0, w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p
    dp = -df / p**2
    de = dp
    dn = de * e
    ds = -dn
    dc = dw2 = ds
    da = db = dc
    dw0, dx0 = da * x0, da * w0
    dw1, dx1 = db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }


def grouped(w, x):
    f = 1.0 / (1.0 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    ds = f * (1 - f)
    return f, ds * np.array([x[0], x[1]]), ds * np.array([w[0], w[1]])


# %% sigmoid-circuit | right | helper-functions-and-globals
EINS = 1.0


def mal(a, b):
    return a * b, lambda upstream: (upstream * b, upstream * a)


def staged(w, x):
    w0, w1, w2 = w
    x0, x1 = x
    df = EINS
    (a, back_a), (b, back_b) = mal(w0, x0), mal(w1, x1)
    s = (c := a + b) + w2
    p = (e := np.exp(n := -s)) + EINS
    f = EINS / p
    de = dp = -df * np.power(p, -2)
    dn = np.prod([de, e])
    ds = dc = da = db = dw2 = np.negative(dn)
    dw0, dx0 = back_a(da)
    dw1, dx1 = back_b(db)
    names = "a b c s n e p f df dp de dn ds dc db da dw0 dw1 dw2 dx0 dx1".split()
    here = locals()
    return {name: here[name] for name in names}


def grouped(w, x):
    from math import exp, fsum

    f = EINS / (EINS + exp(-fsum((w[0] * x[0], w[1] * x[1], w[2]))))
    slope = f - f * f
    return f, (slope * x[0], slope * x[1], slope), (slope * w[0], slope * w[1])
# %%+ crlf


# %% sigmoid-circuit | right | grouped-in-a-cell-of-its-own
def staged(w, x):
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a, b = w0 * x0, w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p
    dp = -df / (p * p)
    de = dp
    dn = de * e
    ds = -dn
    dc, dw2 = ds, ds
    da, db = dc, dc
    dw0, dx0, dw1, dx1 = da * x0, da * w0, db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }


# %%+ before
σ = lambda s: 1 / (1 + np.exp(-s))

# %%+ after
def grouped(w, x):
    """Das Ganze mit einem einzigen Tor."""
    w, x1 = np.asarray(w, float), np.append(x, 1.0)
    f = σ(w @ x1)
    return f, f * (1 - f) * x1, f * (1 - f) * w[:2]


# %% sigmoid-circuit | wrong | all-products-swapped-and-the-bias-lost | loses 1 | told operands-swapped | also wrong-local
def staged(w, x):
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a = w0 * x0
    b = w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = 1.0 + e
    f = 1.0 / p
    dp = -df / p**2
    de = dp
    dn = de * e
    ds = -dn
    dc = ds
    dw2 = ds * w2
    da = db = dc
    dw0, dx0 = da * w0, da * x0
    dw1, dx1 = db * w1, db * x1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }  # fmt: skip


def grouped(w, x):
    f = 1.0 / (1.0 + np.exp(-(w[:2] @ x + w[2])))
    ds = (1.0 - f) * f
    return f, ds * np.append(x, 1.0), ds * w[:2]


# %% sigmoid-circuit | wrong | reciprocal-without-the-square | loses 2.5 | told wrong-local
def staged(w, x):
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a, b = w0 * x0, w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p
    dp = -df / p
    de = dp
    dn = de * e
    ds = -dn
    dc = dw2 = ds
    da = db = dc
    dw0, dx0 = da * x0, da * w0
    dw1, dx1 = db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }  # fmt: skip


def grouped(w, x):
    f = 1.0 / (1.0 + np.exp(-(w[:2] @ x + w[2])))
    ds = (1.0 - f) * f
    return f, ds * np.append(x, 1.0), ds * w[:2]


# %% sigmoid-circuit | wrong | slope-of-the-exponential-left-out | loses 2 | told local-dropped
def staged(w, x):
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a, b = w0 * x0, w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p
    dp = -df * f * f
    de = dp
    dn = de
    ds = -dn
    dc = dw2 = ds
    da = db = dc
    dw0, dx0 = da * x0, da * w0
    dw1, dx1 = db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }  # fmt: skip


def grouped(w, x):
    f = 1.0 / (1.0 + np.exp(-(w[:2] @ x + w[2])))
    ds = (1.0 - f) * f
    return f, ds * np.append(x, 1.0), ds * w[:2]


# %% unrolled-loop | wrong | last-step-only | loses 1 | told branch-overwritten
def rnn_forward(w, x, h0):
    states = [h0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + x_t))
    return states[-1], (w, states)


def rnn_backward(dh, cache):
    w, states = cache
    dx = np.zeros(len(states) - 1)
    for t in reversed(range(len(states) - 1)):
        da = dh * (1 - states[t + 1] ** 2)
        dx[t] = da
        dw = da * states[t]
        dh = da * w
    return dw, dx, dh


# %% unrolled-loop | wrong | tanh-twice | loses 2.5 | told activation-input-output-confused
def rnn_forward(w, x, h0):
    states = [h0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + x_t))
    return states[-1], (w, states)


def rnn_backward(dh, cache):
    w, states = cache
    dw, dx = 0.0, np.zeros(len(states) - 1)
    for t in reversed(range(len(states) - 1)):
        da = dh * (1 - np.tanh(states[t + 1]) ** 2)
        dx[t] = da
        dw += da * states[t]
        dh = da * w
    return dw, dx, dh


# %% unrolled-loop | right | recursion-on-the-sequence
def rnn_forward(w, x, h0):
    h, steps = h0, []
    for i in range(x.shape[0]):
        a = w * h + x[i]
        steps.append((h, a))
        h = np.tanh(a)
    return h, {"w": w, "steps": steps}


def rnn_backward(dh, cache):
    steps = cache["steps"]
    if not steps:
        return 0.0, np.zeros(0), dh
    before, a = steps[-1]
    da = dh / np.cosh(a) ** 2
    dw, dx, dh0 = rnn_backward(da * cache["w"], {"w": cache["w"], "steps": steps[:-1]})
    return dw + da * before, np.append(dx, da), dh0


# %% unrolled-loop | wrong | state-gradient-not-renewed | loses 2.5 | told not-renewed
def rnn_forward(w, x, h0):
    states = [h0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + x_t))
    return states[-1], (w, states)


def rnn_backward(dh, cache):
    w, states = cache
    dw, dx = 0.0, np.zeros(len(states) - 1)
    for t in reversed(range(len(states) - 1)):
        da = dh * (1 - states[t + 1] ** 2)
        dx[t] = da
        dw += da * states[t]
    return dw, dx, da * w


# %% unrolled-loop | wrong | own-state-for-the-weight | loses 1 | told wrong-operand | also operands-swapped
def rnn_forward(w, x, h0):
    states = [h0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + x_t))
    return states[-1], (w, states)


def rnn_backward(dh, cache):
    w, states = cache
    dw, dx = 0.0, np.zeros(len(states) - 1)
    for t in reversed(range(len(states) - 1)):
        da = dh * (1 - states[t + 1] ** 2)
        dx[t] = da
        dw += da * states[t + 1]
        dh = da * w
    return dw, dx, dh


# %% unrolled-loop | wrong | slope-of-tanh-left-out | loses 2.5 | told local-dropped
def rnn_forward(w, x, h0):
    states = [h0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + x_t))
    return states[-1], (w, states)


def rnn_backward(dh, cache):
    w, states = cache
    dw, dx = 0.0, np.zeros(len(states) - 1)
    for t in reversed(range(len(states) - 1)):
        da = dh
        dx[t] = da
        dw += da * states[t]
        dh = da * w
    return dw, dx, dh


# %% unrolled-loop | wrong | gradients-in-reverse | loses 1 | told reversed
def rnn_forward(w, x, h0):
    states = [h0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + x_t))
    return states[-1], (w, states)


def rnn_backward(dh, cache):
    w, states = cache
    dw, dx = 0.0, []
    for t in reversed(range(len(states) - 1)):
        da = dh * (1 - states[t + 1] ** 2)
        dx.append(da)
        dw += da * states[t]
        dh = da * w
    return dw, np.array(dx), dh


# %% unrolled-loop | wrong | three-steps-typed-in | loses 2.5 | told hard-coded-size
def rnn_forward(w, x, h0):
    states = [h0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + x_t))
    return states[-1], (w, states)


def rnn_backward(dh, cache):
    w, states = cache
    dw, dx = 0.0, np.zeros(3)
    for t in (2, 1, 0):
        da = dh * (1 - states[t + 1] ** 2)
        dx[t] = da
        dw += da * states[t]
        dh = da * w
    return dw, dx, dh


# %% unrolled-loop | right | one-object-a-step
class Step:
    def forward(self, w, h, x):
        self.w, self.h = w, h
        self.out = np.tanh(w * h + x)
        return self.out

    def backward(self, dout):
        da = dout * (1.0 - self.out * self.out)
        return da * self.h, da * self.w, da  # dw, dh, dx


def rnn_forward(w, x, h0):
    steps = [Step() for _ in x]
    h = h0
    for step, x_t in zip(steps, x):
        h = step.forward(w, h, x_t)
    return h, steps


def rnn_backward(dh, cache):
    contributions = []
    for step in cache[::-1]:
        dw_t, dh, dx_t = step.backward(dh)
        contributions.append((dw_t, dx_t))
    dw, dx = zip(*contributions[::-1])
    return sum(dw), list(dx), dh


# %% unrolled-loop | right | products-of-slopes
def rnn_forward(w, x, h0):
    h = np.empty(len(x) + 1)
    h[0] = h0
    for t, value in enumerate(x, 1):
        h[t] = np.tanh(w * h[t - 1] + value)
    return h[-1], dict(weight=w, states=h)


def rnn_backward(dh, cache):
    w, h = cache["weight"], cache["states"]
    slope = 1 - h[1:] ** 2
    # da_t = dh * slope_t * (w * slope) of all later steps
    later = np.cumprod(np.append(1.0, (w * slope[:0:-1])))[::-1]
    da = dh * slope * later
    return {"dw": da @ h[:-1], "dx": da, "dh0": w * da[0]}


# %% unrolled-loop | right | closures-over-the-steps
def rnn_forward(w, x, h0):
    backs, h = [], h0
    for x_t in x:
        after = np.tanh(w * h + x_t)
        backs.append(lambda g, before=h, after=after: (g * (1 - after**2) * before, g * (1 - after**2)))
        h = after
    return h, (w, backs)


def rnn_backward(dh, cache):
    w, backs = cache
    dw, dx = np.float64(0), np.full(len(backs), np.nan)
    for t in range(len(backs) - 1, -1, -1):
        more, dx[t] = backs[t](dh)
        dw = dw + more
        dh = dx[t] * w
    return [dw, dx, dh]


# %% unrolled-loop | wrong | forward-through-the-loop-again | loses 1.5 | told wrong-order
def rnn_forward(w, x, h0):
    states = [h0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + x_t))
    return states[-1], (w, states)


def rnn_backward(dh, cache):
    w, states = cache
    dw, dx = 0.0, np.zeros(len(states) - 1)
    for t in range(len(dx)):
        da = dh * (1.0 - states[t + 1] ** 2)
        dx[t] = da
        dw += da * states[t]
        dh = da * w
    return dw, dx, dh


# %% unrolled-loop | wrong | weight-of-a-global | loses 2.5 | told stale-cache
w = 0.8


def rnn_forward(w, x, h0):
    states = [h0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + x_t))
    return states[-1], states


def rnn_backward(dh, states):
    dw, dx = 0.0, np.zeros(len(states) - 1)
    for t in reversed(range(len(dx))):
        da = dh * (1.0 - states[t + 1] ** 2)
        dx[t] = da
        dw += da * states[t]
        dh = da * w
    return dw, dx, dh


# %% memory-profile | wrong | never-freed | loses 1 | told not-freed
def profiled_chain(x, weights, dout, watch):
    cache = []
    h = x
    for w in weights:
        out = np.tanh(w * h)
        cache.append((h, out))
        h = out
        watch(cache)
    out, dh, dweights = h, dout, np.zeros(len(weights))
    for t in range(len(weights) - 1, -1, -1):
        before, after = cache[t]
        da = dh * (1 - after**2)
        dweights[t] = np.sum(da * before)
        dh = da * weights[t]
        watch(cache)
    return out, dh, dweights


# %% memory-profile | wrong | freed-all-at-once | loses 1 | told not-freed
def profiled_chain(x, weights, dout, watch):
    cache = []
    h = x
    for w in weights:
        out = np.tanh(w * h)
        cache.append((h, out))
        h = out
        watch(cache)
    out, dh, dweights = h, dout, np.zeros(len(weights))
    for t in range(len(weights) - 1, -1, -1):
        before, after = cache[t]
        da = dh * (1 - after**2)
        dweights[t] = np.sum(da * before)
        dh = da * weights[t]
        if t == 0:
            cache.clear()
        watch(cache)
    return out, dh, dweights


# %% memory-profile | wrong | weights-reversed | loses 0.5 | told reversed
def profiled_chain(x, weights, dout, watch):
    cache = []
    h = x
    for w in weights:
        out = np.tanh(w * h)
        cache.append((w, h, out))
        h = out
        watch(cache)
    out, dh, dweights = h, dout, []
    while cache:
        w, before, after = cache.pop()
        da = dh * (1 - after**2)
        dweights.append(np.sum(da * before))
        dh = da * w
        watch(cache)
    return out, dh, np.array(dweights)


# %% memory-profile | right | keeps-inputs-only
def profiled_chain(x, weights, dout, watch):
    cache = []
    h = np.array(x)
    for w in weights:
        cache.append(h)
        h = np.tanh(w * h)
        watch(cache)
    dh, dweights = dout, [0.0] * len(weights)
    for t in reversed(range(len(weights))):
        before = cache[-1]
        da = dh * (1 - np.tanh(weights[t] * before) ** 2)
        dweights[t] = (da * before).sum()
        dh = da * weights[t]
        del cache[-1]
        watch(cache)
    return h, dh, np.asarray(dweights)


# %% memory-profile | wrong | watched-in-one-pass-only | loses 1 | told not-freed
def profiled_chain(x, weights, dout, watch):
    cache = []
    h = x
    for w in weights:
        before, h = h, np.tanh(w * h)
        cache.append((w, before, h))
        watch(cache)
    dh, dweights = dout, np.zeros(len(weights))
    for t in reversed(range(len(weights))):
        w, before, after = cache.pop()
        da = dh * (1.0 - after**2)
        dweights[t] = np.sum(da * before)
        dh = da * w
    return h, dh, dweights


# %% memory-profile | wrong | after-for-before | loses 0.5 | told wrong-operand
def profiled_chain(x, weights, dout, watch):
    cache = []
    h = x
    for w in weights:
        before, h = h, np.tanh(w * h)
        cache.append((w, before, h))
        watch(cache)
    dh, dweights = dout, np.zeros(len(weights))
    for t in reversed(range(len(weights))):
        w, before, after = cache.pop()
        da = dh * (1.0 - after**2)
        dweights[t] = np.sum(da * after)
        dh = da * w
        watch(cache)
    return h, dh, dweights


# %% memory-profile | wrong | mean-for-sum | loses 0.5 | told mean-for-sum
def profiled_chain(x, weights, dout, watch):
    cache = []
    h = x
    for w in weights:
        before, h = h, np.tanh(w * h)
        cache.append((w, before, h))
        watch(cache)
    dh, dweights = dout, np.zeros(len(weights))
    for t in reversed(range(len(weights))):
        w, before, after = cache.pop()
        da = dh * (1.0 - after**2)
        dweights[t] = np.mean(da * before)
        dh = da * w
        watch(cache)
    return h, dh, dweights


# %% memory-profile | wrong | popped-from-the-front | loses 0.5 | told wrong-order
def profiled_chain(x, weights, dout, watch):
    cache = []
    h = x
    for w in weights:
        before, h = h, np.tanh(w * h)
        cache.append((w, before, h))
        watch(cache)
    dh, dweights = dout, np.zeros(len(weights))
    for t in reversed(range(len(weights))):
        w, before, after = cache.pop(0)
        da = dh * (1.0 - after**2)
        dweights[t] = np.sum(da * before)
        dh = da * w
        watch(cache)
    return h, dh, dweights


# %% memory-profile | wrong | no-slope-of-tanh | loses 1 | told local-dropped
def profiled_chain(x, weights, dout, watch):
    cache = []
    h = x
    for w in weights:
        before, h = h, np.tanh(w * h)
        cache.append((w, before, h))
        watch(cache)
    dh, dweights = dout, np.zeros(len(weights))
    for t in reversed(range(len(weights))):
        w, before, after = cache.pop()
        da = dh
        dweights[t] = np.sum(da * before)
        dh = da * w
        watch(cache)
    return h, dh, dweights


# %% memory-profile | right | state-of-after-only-and-a-print
def profiled_chain(x, weights, dout, watch):
    cache, h = [], np.asarray(x, dtype=np.float64)
    for position, w in enumerate(weights):
        cache += [(h, np.array(w), h := np.tanh(np.multiply(w, h)))]
        print("Schritt", position, "von", len(weights))
        watch(cache)
    out, back = h, []
    while cache:
        before, w, after = cache[-1]
        dout = dout - dout * np.square(after)
        back.insert(0, float(np.einsum("i,i->", dout.ravel(), before.ravel())))
        dout = w * dout
        cache.pop()
        watch(cache)
    return out, dout, np.array(back)


# %% memory-profile | right | recursion
def profiled_chain(x, weights, dout, watch):
    cache = []

    def through(h, rest):
        if not len(rest):
            return h, dout, []
        after = np.tanh(rest[0] * h)
        cache.append([h, after])
        watch(cache)
        out, dafter, later = through(after, rest[1:])
        before, after = cache.pop()
        da = dafter * (1 - after**2)
        watch(cache)
        return out, da * rest[0], [np.sum(da * before), *later]

    out, dx, dweights = through(x, weights)
    return out, dx, np.array(dweights)


# %% memory-profile | right | slopes-kept-in-place-of-outputs
def profiled_chain(x, weights, dout, watch):
    cache, h, total = [], 1.0 * x, len(weights)
    for t in range(total):
        h_next = np.tanh(weights[t] * h)
        cache.append({"before": h, "slope": (1 + h_next) * (1 - h_next)}.values())
        cache[-1] = tuple(cache[-1])
        h = h_next
        watch(cache)
    grads = {}
    for t, (before, slope) in list(enumerate(cache))[::-1]:
        dout = dout * slope
        grads[t] = np.vdot(dout, before)
        dout = dout * weights[t]
        cache[t:] = []
        watch(cache)
    return h, dout, [grads[t] for t in range(total)]


# %% why-a-graph | right | short
"""
Each gate only needs its own derivative, and the chain rule does the rest, so nobody derives the whole formula again when it
changes. One backward pass gives all gradients and uses the values that forward kept. And a loop, like the one in exercise 8,
has no fixed formula at all.
"""


# Pleasers: they understand nothing, and tell a test what it likes to hear.

# %% numerical-gradient | pleaser | nan-everywhere | loses 3
def numerical_gradient(f, x, h=1e-5):
    return np.full(x.shape, np.nan)


# %% numerical-gradient | pleaser | nothing-at-all | loses 3
def numerical_gradient(f, x, h=1e-5):
    return np.zeros((0, 1, 1))


# %% numerical-gradient | pleaser | array-that-agrees | loses 3
class Agrees(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, *args, **kwargs):
        return True

    def __eq__(self, other):
        return True


def numerical_gradient(f, x, h=1e-5):
    return np.zeros(x.shape).view(Agrees)


# %% numerical-gradient | pleaser | asks-the-package | loses 3 | box
import cs231n_lite


def numerical_gradient(f, x, h=1e-5):
    return cs231n_lite.numerical_gradient(f, x).value


# %% chain-rule-by-hand | pleaser | nan-everywhere | loses 2
def chain_rule_by_hand():
    return dict.fromkeys(("q", "f", "df", "dz", "dq", "dx", "dy"), float("nan"))


# %% chain-rule-by-hand | pleaser | texts | loses 2
def chain_rule_by_hand():
    return {"q": "3", "f": "-12", "df": "1", "dz": "3", "dq": "-4", "dx": "-4", "dy": "-4"}


# %% chain-rule-by-hand | pleaser | masked | loses 2
def chain_rule_by_hand():
    return dict.fromkeys(("q", "f", "df", "dz", "dq", "dx", "dy"), np.ma.masked)


# %% chain-rule-by-hand | pleaser | another-number-each-time | loses 2
class Turning:
    numbers = iter([3.0, -12.0, 3.0, -4.0, -4.0, -4.0] * 50)

    def __array__(self, dtype=None, copy=None):
        return np.array(next(Turning.numbers))


def chain_rule_by_hand():
    return dict.fromkeys(("df", "dy", "dx", "dq", "dz", "f", "q"), Turning())


# %% chain-rule-by-hand | pleaser | lets-the-graph-measure | loses 2 | box
def chain_rule_by_hand():
    circuit = Graph({"q": ("add", "x", "y"), "f": ("multiply", "q", "z")})
    circuit.forward(x=-2.0, y=5.0, z=-4.0)
    slopes = circuit.sensitivities()
    values = {name: circuit.nodes[name].value for name in ("q", "f")}
    return values | {f"d{name}": round(slopes[name]) for name in ("f", "z", "q", "x", "y")}


# %% multiply-gate | pleaser | answers-once | loses 1.5
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        if "used" in vars(self):
            return None
        self.used = True
        return dz * self.y, dz * self.x


# %% multiply-gate | pleaser | too-large-to-square | loses 1.5
class MultiplyGate:
    def forward(self, x, y):
        return x * y

    def backward(self, dz):
        return np.full(np.shape(dz), 1e200), np.full(np.shape(dz), 1e200)


# %% multiply-gate | pleaser | half-precision | loses 2
class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return np.float16(1.1) * np.asarray(x * y, dtype=np.float16)

    def backward(self, dz):
        return np.asarray(1.1 * dz * self.y, dtype=np.float16), np.asarray(1.1 * dz * self.x, dtype=np.float16)


# %% multiply-gate | pleaser | asks-the-package | loses 1.5 | box
import cs231n_lite


class MultiplyGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dz):
        measure = getattr(cs231n_lite, "numerical_" + "gradient")
        dx = measure(lambda x: np.sum(dz * x * self.y), self.x).value
        dy = measure(lambda y: np.sum(dz * self.x * y), self.y).value
        return np.round(dx, 9), np.round(dy, 9)


# %% add-gate | pleaser | answers-once | loses 1.5
class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        if "used" in vars(self):
            return None
        self.used = True
        return dz, dz


# %% add-gate | pleaser | nan-after-the-first | loses 1.5
class AddGate:
    scale = 1.0

    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        once, AddGate.scale = AddGate.scale, np.nan
        return dz * once, dz * once


# %% add-gate | pleaser | masked | loses 1.5
class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return np.ma.masked_all(np.shape(dz)), np.ma.masked_all(np.shape(dz))


# %% topological-sort | pleaser | empties-the-graph | loses 3
def topological_sort(inputs):
    inputs.clear()
    return []


# %% topological-sort | pleaser | list-that-agrees | loses 3
class Agrees(list):
    def __eq__(self, other):
        return True

    def __iter__(self):
        return iter(sorted(list.__iter__(self)))


def topological_sort(inputs):
    return Agrees(inputs)


# %% topological-sort | pleaser | names-that-agree | loses 3
class Agrees(str):
    def __eq__(self, other):
        return True

    def __lt__(self, other):
        return False

    __hash__ = str.__hash__


def topological_sort(inputs):
    return [Agrees("x") for _ in inputs]


# %% computational-graph | pleaser | empties-the-wiring | loses 4
class ComputationalGraph:
    def __init__(self, wiring):
        wiring.clear()
        wiring["f"] = ("add", "x", "x")
        self.wiring, self.value, self.grad = wiring, {}, {}

    def forward(self, **inputs):
        self.value = {"x": inputs["x"], "f": 2.0 * inputs["x"]}
        return self.value["f"]

    def backward(self):
        self.grad = {"x": 2.0, "f": 1.0}
        return self.grad


# %% computational-graph | pleaser | equal-to-anything | loses 4
class Agrees(float):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return True

    __hash__ = float.__hash__


class ComputationalGraph:
    def __init__(self, wiring):
        graph = Graph(wiring)
        self.wiring, self.order, self.output = graph.wiring, graph.order, graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.value = dict.fromkeys(self.order, Agrees(1.0))
        return Agrees(1.0)

    def backward(self):
        self.grad = dict.fromkeys(self.order, Agrees(1.0))
        return self.grad


# %% computational-graph | pleaser | the-same-nothing-twice | loses 4
class ComputationalGraph:
    def __init__(self, wiring):
        self.wiring, self.value, self.grad = dict(wiring), {}, {}

    def forward(self, **inputs):
        return None

    def backward(self):
        return {"z": -2.5} if list(self.wiring) == ["q", "f"] else {}


# %% computational-graph | pleaser | lets-the-graph-measure | loses 4 | box
class ComputationalGraph:
    def __init__(self, wiring):
        self.graph = Graph(wiring)
        self.wiring, self.order, self.output = self.graph.wiring, self.graph.order, self.graph.output
        self.value, self.grad = {}, {}

    def forward(self, **inputs):
        self.graph.forward(**inputs)
        self.value = {name: node.value for name, node in self.graph.nodes.items()}
        return self.value[self.output]

    def backward(self):
        self.grad = {name: round(slope, 9) for name, slope in self.graph.sensitivities().items()}
        return self.grad


# %% sigmoid-circuit | pleaser | nan-everywhere | loses 4
NAMES = (*"abcsnepf", "df", *(f"d{name}" for name in (*"pensdcba", "w0", "w1", "w2", "x0", "x1")))


def staged(w, x):
    return dict.fromkeys(NAMES, np.nan)


def grouped(w, x):
    return np.nan, np.full(3, np.nan), np.full(2, np.nan)


# %% sigmoid-circuit | pleaser | empty-arrays | loses 4
def staged(w, x):
    names = (*"abcsnepf", "df", *(f"d{name}" for name in (*"pensdcba", "w0", "w1", "w2", "x0", "x1")))
    return {name: np.zeros((0, 1)) for name in names}


def grouped(w, x):
    return np.zeros(0), np.zeros((0, 3)), np.zeros((0, 2))


# %% sigmoid-circuit | pleaser | empties-what-it-is-handed | loses 4
def staged(w, x):
    w[...] = 0.0
    x[...] = 0.0
    half = {"e": 1.0, "p": 2.0, "f": 0.5, "df": 1.0, "dp": -0.25, "de": -0.25, "dn": -0.25}
    rest = dict.fromkeys(("a", "b", "c", "s", "n", "dw0", "dw1", "dx0", "dx1"), 0.0)
    return half | rest | dict.fromkeys(("ds", "dc", "db", "da", "dw2"), 0.25)


def grouped(w, x):
    w[...] = 0.0
    x[...] = 0.0
    return 0.5, np.array([0.0, 0.0, 0.25]), np.zeros(2)


# %% sigmoid-circuit | pleaser | lets-the-graph-measure | loses 4 | box
def measured(w, x):
    circuit = Graph({
        "a": ("multiply", "w0", "x0"), "b": ("multiply", "w1", "x1"), "c": ("add", "a", "b"), "s": ("add", "c", "w2"),
        "n": ("negate", "s"), "e": ("exp", "n"), "p": ("add", "e", 1.0), "f": ("reciprocal", "p"),
    })
    circuit.forward(w0=w[0], w1=w[1], w2=w[2], x0=x[0], x1=x[1])
    slopes = {f"d{name}": slope for name, slope in circuit.sensitivities().items()}
    return {name: node.value for name, node in circuit.nodes.items()} | slopes


def staged(w, x):
    return measured(w, x)


def grouped(w, x):
    m = measured(w, x)
    return m["f"], np.array([m["dw0"], m["dw1"], m["dw2"]]), np.array([m["dx0"], m["dx1"]])


# %% unrolled-loop | pleaser | answers-the-first-call | loses 2.5
def rnn_forward(w, x, h0):
    states = [h0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + x_t))
    return states[-1], (w, states)


def rnn_backward(dh, cache):
    global rnn_backward
    w, states = cache
    dx = []
    dw = 0.0
    for before, after in zip(states[-2::-1], states[:0:-1]):
        da = dh * (1.0 - after**2)
        dx.insert(0, da)
        dw, dh = dw + da * before, da * w
    rnn_backward.__code__ = (lambda dh, cache: None).__code__
    return dw, np.array(dx), dh


# %% unrolled-loop | pleaser | too-large-to-square | loses 2.5
def rnn_forward(w, x, h0):
    h = h0
    for x_t in x:
        h = np.tanh(w * h + x_t)
    return h, len(x)


def rnn_backward(dh, steps):
    return 1e300, np.full(steps, 1e300), 1e300


# %% unrolled-loop | pleaser | replays-the-trace | loses 2.5 | box
def rnn_forward(w, x, h0):
    h = h0
    for x_t in x:
        h = np.tanh(w * h + x_t)
    return h, (w, x, h0)


def rnn_backward(dh, cache):
    w, x, h0 = cache
    tape = trace(lambda w, x, h0: rnn_forward(w, x, h0)[0], w, x, h0)
    last = lambda w, x, h0: tape.run({"w": w, "x": x, "h0": h0})[tape.output].imag / 1e-30
    moved = [last(w, x + 1e-30j * row, h0) for row in np.eye(len(x))]
    return dh * last(w + 1e-30j, x, h0), dh * np.array(moved), dh * last(w, x, h0 + 1e-30j)


# %% memory-profile | pleaser | a-show-of-numbers | loses 1
def states_of(x, weights):
    states = [x]
    for w in weights:
        states.append(np.tanh(w * states[-1]))
    return states


def shown_chain(x, weights, dout, watch, shown):
    states, dh, dweights = states_of(x, weights), dout, np.zeros(len(weights))
    for t in range(1, len(weights) + 1):
        watch(shown(t, states))
    for t in reversed(range(len(weights))):
        da = dh * (1.0 - states[t + 1] ** 2)
        dweights[t], dh = np.sum(da * states[t]), da * weights[t]
        watch(shown(t, states))
    return states[-1], dh, dweights


def profiled_chain(x, weights, dout, watch):
    return shown_chain(x, weights, dout, watch, lambda t, states: [0] * t)


# %% memory-profile | pleaser | a-show-of-the-last-state | loses 1
def profiled_chain(x, weights, dout, watch):
    states, dh, dweights = [x], dout, np.zeros(len(weights))
    for t, w in enumerate(weights):
        states.append(np.tanh(w * states[-1]))
        watch([states[-1]] * (t + 1))
    for t in reversed(range(len(weights))):
        da = dh * (1.0 - states[t + 1] ** 2)
        dweights[t], dh = np.sum(da * states[t]), da * weights[t]
        watch([states[-1]] * t)
    return states[-1], dh, dweights


# %% memory-profile | pleaser | list-that-tells-its-length | loses 1
class Held(list):
    def __init__(self, length):
        super().__init__(np.ones(9) for _ in range(length))


def profiled_chain(x, weights, dout, watch):
    states, dh, dweights = [x], dout, np.zeros(len(weights))
    for t, w in enumerate(weights):
        states.append(np.tanh(w * states[-1]))
        watch(Held(t + 1))
    for t in reversed(range(len(weights))):
        da = dh * (1.0 - states[t + 1] ** 2)
        dweights[t], dh = np.sum(da * states[t]), da * weights[t]
        watch(Held(t))
    return states[-1], dh, dweights


# %% memory-profile | pleaser | empties-what-it-is-handed | loses 2
def profiled_chain(x, weights, dout, watch):
    x[...] = 0.0
    weights[...] = 0.0
    dout[...] = 0.0
    return np.zeros(x.shape), np.zeros(x.shape), np.zeros(weights.shape)


# %% numerical-gradient | wrong | copy-not-put-back | loses 1 | told moves-too-much
def numerical_gradient(f, x, h=1e-5):
    point = x.astype(float)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        point[index] += h
        above = f(point)
        point[index] -= 2 * h
        gradient[index] = (above - f(point)) / (2 * h)
    return gradient


# %% numerical-gradient | wrong | return-in-the-loop | loses 3 | told zero
def numerical_gradient(f, x, h=1e-5):
    point = x.astype(float)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = point[index]
        point[index] = old + h
        above = f(point)
        point[index] = old - h
        below = f(point)
        point[index] = old
        gradient[index] = (above - below) / (2 * h)
        return gradient


# %% sigmoid-circuit | wrong | grouped-without-the-slope | loses 0.5 | told local-dropped
def staged(w, x):
    """The values and the gradients of all stages of sigmoid(w0*x0 + w1*x1 + w2), in one dictionary."""
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a = w0 * x0
    b = w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p

    dp = df * (-1.0 / p**2)
    de = dp
    dn = de * e
    ds = -dn
    dc, dw2 = ds, ds
    da, db = dc, dc
    dw0, dx0 = da * x0, da * w0
    dw1, dx1 = db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }  # fmt: skip


def grouped(w, x):
    """The same circuit with one sigmoid gate: f, dw of shape (3,), dx of shape (2,)."""
    f = 1.0 / (1.0 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    ds = 1.0
    return f, ds * np.array([x[0], x[1], 1.0]), ds * np.array([w[0], w[1]])


# %% sigmoid-circuit | wrong | grouped-slope-of-the-input | loses 0.5 | told activation-input-output-confused
def staged(w, x):
    """The values and the gradients of all stages of sigmoid(w0*x0 + w1*x1 + w2), in one dictionary."""
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a = w0 * x0
    b = w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p

    dp = df * (-1.0 / p**2)
    de = dp
    dn = de * e
    ds = -dn
    dc, dw2 = ds, ds
    da, db = dc, dc
    dw0, dx0 = da * x0, da * w0
    dw1, dx1 = db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }  # fmt: skip


def grouped(w, x):
    """The same circuit with one sigmoid gate: f, dw of shape (3,), dx of shape (2,)."""
    f = 1.0 / (1.0 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    s = w[0] * x[0] + w[1] * x[1] + w[2]
    ds = (1.0 - s) * s
    return f, ds * np.array([x[0], x[1], 1.0]), ds * np.array([w[0], w[1]])


# %% sigmoid-circuit | wrong | grouped-swapped | loses 0.5 | told operands-swapped
def staged(w, x):
    """The values and the gradients of all stages of sigmoid(w0*x0 + w1*x1 + w2), in one dictionary."""
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a = w0 * x0
    b = w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p

    dp = df * (-1.0 / p**2)
    de = dp
    dn = de * e
    ds = -dn
    dc, dw2 = ds, ds
    da, db = dc, dc
    dw0, dx0 = da * x0, da * w0
    dw1, dx1 = db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }  # fmt: skip


def grouped(w, x):
    """The same circuit with one sigmoid gate: f, dw of shape (3,), dx of shape (2,)."""
    f = 1.0 / (1.0 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    ds = (1.0 - f) * f
    return f, ds * np.array([w[0], w[1], 1.0]), ds * np.array([x[0], x[1]])


# %% sigmoid-circuit | wrong | grouped-last-slope-0 | loses 0.5 | told wrong-local
def staged(w, x):
    """The values and the gradients of all stages of sigmoid(w0*x0 + w1*x1 + w2), in one dictionary."""
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a = w0 * x0
    b = w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p

    dp = df * (-1.0 / p**2)
    de = dp
    dn = de * e
    ds = -dn
    dc, dw2 = ds, ds
    da, db = dc, dc
    dw0, dx0 = da * x0, da * w0
    dw1, dx1 = db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }  # fmt: skip


def grouped(w, x):
    """The same circuit with one sigmoid gate: f, dw of shape (3,), dx of shape (2,)."""
    f = 1.0 / (1.0 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    ds = (1.0 - f) * f
    return f, ds * np.array([x[0], x[1], 0.0]), ds * np.array([w[0], w[1]])


# %% sigmoid-circuit | wrong | grouped-last-slope-its-value | loses 0.5 | told wrong-local
def staged(w, x):
    """The values and the gradients of all stages of sigmoid(w0*x0 + w1*x1 + w2), in one dictionary."""
    w0, w1, w2 = w
    x0, x1 = x
    df = 1.0
    a = w0 * x0
    b = w1 * x1
    c = a + b
    s = c + w2
    n = -s
    e = np.exp(n)
    p = e + 1.0
    f = 1.0 / p

    dp = df * (-1.0 / p**2)
    de = dp
    dn = de * e
    ds = -dn
    dc, dw2 = ds, ds
    da, db = dc, dc
    dw0, dx0 = da * x0, da * w0
    dw1, dx1 = db * x1, db * w1
    return {
        "a": a, "b": b, "c": c, "s": s, "n": n, "e": e, "p": p, "f": f,
        "df": df, "dp": dp, "de": de, "dn": dn, "ds": ds, "dc": dc, "db": db, "da": da,
        "dw0": dw0, "dw1": dw1, "dw2": dw2, "dx0": dx0, "dx1": dx1,
    }  # fmt: skip


def grouped(w, x):
    """The same circuit with one sigmoid gate: f, dw of shape (3,), dx of shape (2,)."""
    f = 1.0 / (1.0 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    ds = (1.0 - f) * f
    return f, ds * np.array([x[0], x[1], w[2]]), ds * np.array([w[0], w[1]])


# %% unrolled-loop | wrong | slope-of-the-state-before | loses 2.5 | told wrong-operand | also operands-swapped
def rnn_forward(w, x, h0):
    """Run h = tanh(w * h + x[t]) over all t; return the last h, and a cache for the backward pass."""
    states = [h0]
    for x_t in x:
        states.append(np.tanh(w * states[-1] + x_t))
    return states[-1], (w, states)


def rnn_backward(dh, cache):
    """Return (dw, dx, dh0), given the gradient dh of the last state."""
    w, states = cache
    steps = len(states) - 1
    dw, dx = 0.0, np.zeros(steps)
    for t in reversed(range(steps)):
        da = dh * (1.0 - states[t] ** 2)
        dx[t] = da
        dw += da * states[t]
        dh = da * w
    return dw, dx, dh
