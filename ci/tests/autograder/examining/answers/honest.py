# What a test may do with a student's code: each answer earns both points in one kernel, and must here.
#
#   # %% NAME | answer     then     # %% NAME | test

# %% function | answer
def f(x, *, y=1):
    return x + y

# %% function | test
assert f(1, y=2) == 3 and f(1) == 2

# %% plain-name | answer
N = 5
T = {'a': [1, (2,)]}

# %% plain-name | test
assert N == 5 and T == {'a': [1, (2,)]}

# %% class-and-instance | answer
class C:
    def __init__(self, k): self.k = k
    def twice(self): return 2 * self.k

# %% class-and-instance | test
c = C(4)
assert c.twice() == 8 and c.k == 4
c.k = 5
assert c.twice() == 10 and isinstance(C, type)
assert not hasattr(c, 'nothing')

# %% call-back | answer
def total(f, x):
    return sum(f(v) for v in x)

# %% call-back | test
assert total(lambda v: v * v, [1, 2]) == 5

# %% call-back-that-notes | answer
def walk(watch):
    held = []
    for n in range(3):
        held.append(n)
        watch(held)

# %% call-back-that-notes | test
sizes = []
walk(lambda held: sizes.append(len(held)))
assert sizes == [1, 2, 3]

# %% call-back-into-the-answer | answer
def f(g, x):
    return g(x)
def h(x):
    return x + 1

# %% call-back-into-the-answer | test
assert f(h, 1) == f(lambda v: h(v), 1) == 2

# %% generator | answer
def count(n):
    for i in range(n):
        yield i

# %% generator | test
assert list(count(3)) == [0, 1, 2]
assert next(count(1)) == 0

# %% exception | answer
class Cycle(ValueError): pass
def f():
    raise Cycle('a -> b -> a')

# %% exception | test
try:
    f()
except ValueError as error:
    told = str(error)
assert 'b' in told

# %% key-error | answer
def f(d):
    return d['x']

# %% key-error | test
try:
    f({})
except KeyError as error:
    key = error.args
assert key == ('x',)

# %% argument-changed | answer
def f(x, d):
    x[0] = 9.0
    d['w'] *= 2
    d['l'].append(3)

# %% argument-changed | test
x, w, l = np.zeros(2), np.ones(2), [1]
f(x, {'w': w, 'l': l})
assert x[0] == 9 and w[0] == 2 and l == [1, 3]

# %% argument-changed-later | answer
class G:
    def forward(self, x):
        self.x = x
        return x + 0
    def backward(self, d):
        self.x *= d

# %% argument-changed-later | test
x, gate = np.ones(2), G()
gate.forward(x)
gate.backward(3.0)
assert x[0] == 3

# %% argument-changed-through-a-cache | answer
def forward(x):
    return x + 0, (x, 2)
def backward(d, cache):
    cache[0][:] = d

# %% argument-changed-through-a-cache | test
x = np.ones(2)
out, cache = forward(x)
backward(7.0, cache)
assert x[0] == 7 and out[0] == 1

# %% cache-of-own-type | answer
from collections import namedtuple, OrderedDict
Cache = namedtuple('Cache', 'x n')
class Box:
    pass
def forward(x):
    b = Box()
    b.n = 3
    return x, Cache(x, b), OrderedDict(a=1)
def backward(cache, o):
    o.move_to_end('a')
    return cache.x * cache.n.n

# %% cache-of-own-type | test
out, cache, o = forward(np.ones(2))
assert backward(cache, o)[0] == 3 and len(cache) == 2 and o['a'] == 1

# %% returned-buffer-is-a-copy | answer
buffer = np.zeros(2)
def f():
    buffer[:] += 1
    return buffer

# %% returned-buffer-is-a-copy | test
first = f().copy()
second = f()
assert first[0] == 1 and second[0] == 2

# %% attribute-written-by-the-test | answer
class N:
    def __init__(self):
        self.params = {'W': np.ones(2), 'b': np.zeros(1)}
        self.v, self.l = np.ones(2), [1]
    def total(self):
        return self.params['W'].sum() + self.params['b'].sum() + self.v.sum() + sum(self.l)

# %% attribute-written-by-the-test | test
n = N()
assert n.total() == 5
n.params['b'] = np.array([10.0])
assert n.total() == 15
W = n.params['W']
for step in (1.0, 2.0):
    W[0] += step
    n.total()
assert n.total() == 18
n.v[0] = 0.0
n.l.append(5)
assert n.total() == 22
p = n.params
del p['W']
p['W'] = np.zeros(2)
assert n.total() == 17

# %% own-array-type | answer
class A(np.ndarray): pass
def f():
    return np.arange(3.0).view(A)
class B:
    def __array__(self, dtype=None, copy=None):
        return np.arange(3.0)
def g():
    return B()

# %% own-array-type | test
assert type(f()) is np.ndarray and np.array_equal(np.asarray(g()), [0, 1, 2])

# %% numpy-scalars | answer
def f():
    return np.float32(0.5), np.bool_(True), np.int64(3)

# %% numpy-scalars | test
a, b, c = f()
assert a.dtype == np.float32 and b and c == 3

# %% complex-step | answer
def f(x):
    return x * x

# %% complex-step | test
assert abs(np.imag(f(np.array([3 + 1e-30j])))[0] / 1e-30 - 6) < 1e-9

# %% prints-and-warns | answer
import sys, warnings
def f():
    print('x'); warnings.warn('w'); sys.stderr.write('e')
    return 1

# %% prints-and-warns | test
assert f() == 1

# %% many-probes | answer
def f(x, y):
    return x * y

# %% many-probes | test
from autograder.examiner.standins import ask_many
assert ask_many(f, [(1, 2), (3, 4)]) == [2, 12]

# %% lambda-and-builtin | answer
f = lambda x: x + 1
g = np.tanh

# %% lambda-and-builtin | test
assert f(1) == 2 and g(0.0) == 0.0

# %% helper-in-an-extra-cell | answer
def helper(x):
    return 2 * x
def f(x):
    return helper(x)

# %% helper-in-an-extra-cell | test
assert f(2) == 4

# %% item-and-length | answer
class L:
    def __len__(self): return 2
    def __getitem__(self, i):
        if i > 1: raise IndexError
        return i
def f(): return L()

# %% item-and-length | test
assert len(f()) == 2 and f()[1] == 1

# %% defaults-dictionary | answer
from collections import defaultdict
def f():
    d = defaultdict(float)
    d['a'] += 1
    return d

# %% defaults-dictionary | test
assert f() == {'a': 1.0}
