# Answers to assignment 1 that are not the solution: wrong ones, and right ones in other styles. Each block is the whole
# source of one solution cell; autograder/corpus.py explains the first line of a block.

# %% numerical-gradient | wrong | forward-difference | loses 3
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


# %% numerical-gradient | wrong | step-typed-in | loses 1
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += 1e-5
        below[index] -= 1e-5
        gradient[index] = (f(above) - f(below)) / 2e-5
    return gradient


# %% numerical-gradient | wrong | vectors-only | loses 2
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for i in range(len(x)):
        above, below = x.copy(), x.copy()
        above[i] += h
        below[i] -= h
        gradient[i] = (f(above) - f(below)) / (2 * h)
    return gradient


# %% numerical-gradient | wrong | missing-two | loses 3
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


# %% chain-rule-by-hand | wrong | dq-and-dz-swapped | loses 1.5
def chain_rule_by_hand():
    df = 1.0
    q, f = 3, -12
    dz, dq = -4, 3
    dx, dy = 3, 3
    return {"q": q, "f": f, "df": df, "dz": dz, "dq": dq, "dx": dx, "dy": dy}


# %% chain-rule-by-hand | wrong | local-instead-of-chain | loses 1
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


# %% multiply-gate | wrong | adds-instead | loses 1
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


# %% topological-sort | wrong | recursion | loses 1
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


# %% topological-sort | wrong | shared-nodes-twice | loses 2
def topological_sort(inputs):
    read = {source for reads in inputs.values() for source in reads}
    order, todo = [], [name for name in inputs if name not in read]
    if not todo:
        raise ValueError("cycle: " + ", ".join(inputs))
    while todo:
        name = todo.pop()
        order.append(name)
        todo.extend(inputs[name])
    return order[::-1]


# %% topological-sort | wrong | cycle-not-named | loses 1 | told wrong-exception
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


# %% computational-graph | wrong | branch-overwritten | loses 2
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


# %% sigmoid-circuit | wrong | negate-sign-lost | loses 2
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


# %% sigmoid-circuit | wrong | sigmoid-of-sigmoid | loses 0.5
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


# %% memory-profile | wrong | weights-reversed | loses 0.5
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


# %% why-a-graph | right | short
"""
Each gate only needs its own derivative, and the chain rule does the rest, so nobody derives the whole formula again when it
changes. One backward pass gives all gradients and uses the values that forward kept. And a loop, like the one in exercise 8,
has no fixed formula at all.
"""
