# Answers to assignment 4 that are not the solution: wrong ones, and right ones in other styles. Each block is the whole
# source of one solution cell; autograder/corpus/answers.py explains the first line of a block.

# %% linear-scores | wrong | classes-as-rows | loses 1.5 | told shape
def linear_scores(W, X):
    """The scores f = Wx of every row of X, as an array of shape (N, C)."""
    return W @ X.T


def templates(W, shape):
    """The rows of W as pictures of this shape, each stretched to [0, 1]."""
    low, high = W.min(axis=1, keepdims=True), W.max(axis=1, keepdims=True)
    return ((W - low) / (high - low)).reshape(len(W), *shape)


# %% linear-scores | wrong | stretched-all-together | loses 1.5 | told wrong-axis
def linear_scores(W, X):
    """The scores f = Wx of every row of X, as an array of shape (N, C)."""
    return X @ W.T


def templates(W, shape):
    """The rows of W as pictures of this shape, each stretched to [0, 1]."""
    low, high = W.min(), W.max()
    return ((W - low) / (high - low)).reshape(len(W), *shape)


# %% linear-scores | wrong | weights-written-to | loses 1.5 | told mutates-input
def linear_scores(W, X):
    """The scores f = Wx of every row of X, as an array of shape (N, C)."""
    return X @ W.T


def templates(W, shape):
    """The rows of W as pictures of this shape, each stretched to [0, 1]."""
    W -= W.min(axis=1, keepdims=True)
    W /= W.max(axis=1, keepdims=True)
    return W.reshape(len(W), *shape)


# %% linear-scores | wrong | centred-on-the-mean | loses 1.5 | told centred-on-mean
def linear_scores(W, X):
    """The scores f = Wx of every row of X, as an array of shape (N, C)."""
    return X @ W.T


def templates(W, shape):
    """The rows of W as pictures of this shape, each stretched to [0, 1]."""
    low, high = W.min(axis=1, keepdims=True), W.max(axis=1, keepdims=True)
    return ((W - W.mean(axis=1, keepdims=True)) / (high - low)).reshape(len(W), *shape)


# %% linear-scores | wrong | first-picture-only | loses 1.5 | told shape
def linear_scores(W, X):
    """The scores f = Wx of every row of X, as an array of shape (N, C)."""
    return (W @ X[0])[None, :]


def templates(W, shape):
    """The rows of W as pictures of this shape, each stretched to [0, 1]."""
    low, high = W.min(axis=1, keepdims=True), W.max(axis=1, keepdims=True)
    return ((W - low) / (high - low)).reshape(len(W), *shape)


# %% linear-scores | right | loops
def linear_scores(W, X):
    scores = []
    for x in X:
        scores.append([sum(w * v for w, v in zip(template, x)) for template in W])
    return scores


def templates(W, shape):
    pictures = []
    for row in W:
        row = row - row.min()
        pictures.append((row / row.max()).reshape(shape))
    return pictures


# %% linear-scores | right | einsum-and-ptp
def linear_scores(W, X):
    return np.einsum("cd,nd->nc", W, X)


def templates(W, shape):
    pictures = W.reshape((W.shape[0],) + tuple(shape)).copy()
    axes = tuple(range(1, pictures.ndim))
    pictures -= pictures.min(axis=axes, keepdims=True)
    return pictures / np.ptp(pictures, axis=axes, keepdims=True)


# %% linear-scores | wrong | not-transposed | loses 3 | told raises
def linear_scores(W, X):
    """The scores f = Wx of every row of X, as an array of shape (N, C)."""
    return X @ W


def templates(W, shape):
    """The rows of W as pictures of this shape, each stretched to [0, 1]."""
    low, high = W.min(axis=1), W.max(axis=1, keepdims=True)
    return ((W - low) / (high - low)).reshape(len(W), *shape)


# %% linear-scores | wrong | left-as-rows | loses 1.5 | told shape
def linear_scores(W, X):
    """The scores f = Wx of every row of X, as an array of shape (N, C)."""
    return X @ W.T


def templates(W, shape):
    """The rows of W as pictures of this shape, each stretched to [0, 1]."""
    low, high = W.min(axis=1, keepdims=True), W.max(axis=1, keepdims=True)
    return ((W - low) / (high - low))


# %% linear-scores | right | dot-products-and-float32
def linear_scores(W, X):
    C, N = len(W), len(X)
    out = np.empty((N, C))
    for n, c in np.ndindex(N, C):
        out[n, c] = np.vdot(X[n], W[c])
    return out


def templates(W, shape):
    def stretch(row):
        bild = np.array(row, dtype=np.float64)
        bild -= bild.min()
        bild /= bild.max()
        return bild.reshape(shape)

    return np.stack([stretch(row) for row in W])


# %% linear-scores | right | apply-along-axis
from functools import partial


def stretched(row, *, low=min, high=max):
    return np.interp(row, (low(row), high(row)), (0.0, 1.0))


linear_scores = lambda W, X: np.inner(X, W)


def templates(W, shape):
    return np.apply_along_axis(partial(stretched), 1, W).reshape(-1, *shape)
# %%+ crlf


# %% neuron | wrong | bias-outside | loses 2 | told forward-bias
class Neuron:
    """A weighted sum, a bias, and a sigmoid."""

    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        """The firing rate for these inputs."""
        cell_body = np.sum(self.weights * inputs)
        return 1.0 / (1.0 + np.exp(-cell_body)) + self.bias


def layer(weights, biases, inputs):
    """The firing rates of many neurons that see the same inputs."""
    return 1.0 / (1.0 + np.exp(-(weights @ inputs))) + biases


# %% neuron | wrong | bias-forgotten-in-tick | loses 1 | told forward-bias
class Neuron:
    """A weighted sum, a bias, and a sigmoid."""

    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        """The firing rate for these inputs."""
        cell_body = np.sum(self.weights * inputs)
        return 1.0 / (1.0 + np.exp(-cell_body))


def layer(weights, biases, inputs):
    """The firing rates of many neurons that see the same inputs."""
    return 1.0 / (1.0 + np.exp(-(weights @ inputs + biases)))


# %% neuron | wrong | minus-lost | loses 2 | told sign
class Neuron:
    """A weighted sum, a bias, and a sigmoid."""

    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        """The firing rate for these inputs."""
        cell_body = np.sum(self.weights * inputs) + self.bias
        return 1.0 / (1.0 + np.exp(cell_body))


def layer(weights, biases, inputs):
    """The firing rates of many neurons that see the same inputs."""
    return 1.0 / (1.0 + np.exp(weights @ inputs + biases))


# %% neuron | wrong | minus-for-the-sum-only | loses 1 | told sign
class Neuron:
    """A weighted sum, a bias, and a sigmoid."""

    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        """The firing rate for these inputs."""
        cell_body = np.sum(self.weights * inputs) + self.bias
        return 1.0 / (1.0 + np.exp(-cell_body))


def layer(weights, biases, inputs):
    """The firing rates of many neurons that see the same inputs."""
    return 1.0 / (1.0 + np.exp(-(weights @ inputs) + biases))


# %% neuron | wrong | not-summed | loses 1 | told shape
class Neuron:
    """A weighted sum, a bias, and a sigmoid."""

    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        """The firing rate for these inputs."""
        cell_body = self.weights * inputs + self.bias
        return 1.0 / (1.0 + np.exp(-cell_body))


def layer(weights, biases, inputs):
    """The firing rates of many neurons that see the same inputs."""
    return 1.0 / (1.0 + np.exp(-(weights @ inputs + biases)))


# %% neuron | right | a-layer-of-neurons
class Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        body = self.bias
        for weight, signal in zip(self.weights, inputs):
            body += weight * signal
        return 1 / (1 + np.exp(-body))


def layer(weights, biases, inputs):
    return [Neuron(row, bias).tick(inputs) for row, bias in zip(weights, biases)]


# %% neuron | right | bias-as-one-more-input
import math


class Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        s = np.append(self.weights, self.bias) @ np.append(inputs, 1.0)
        return 1 / (1 + math.exp(-s)) if s >= 0 else math.exp(s) / (1 + math.exp(s))


def layer(weights, biases, inputs):
    s = np.c_[weights, biases] @ np.r_[inputs, 1.0]
    return np.exp(-np.logaddexp(0, -s))


# %% neuron | wrong | weights-by-columns | loses 1 | told reversed
class Neuron:
    """A weighted sum, a bias, and a sigmoid."""

    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        """The firing rate for these inputs."""
        cell_body = np.sum(self.weights * inputs) + self.bias
        return 1.0 / (1.0 + np.exp(-cell_body))


def layer(weights, biases, inputs):
    """The firing rates of many neurons that see the same inputs."""
    return 1.0 / (1.0 + np.exp(-(inputs @ weights.T[:, ::-1] + biases)))


# %% neuron | wrong | tanh-for-sigmoid | loses 2 | told other-activation
class Neuron:
    """A weighted sum, a bias, and a sigmoid."""

    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        """The firing rate for these inputs."""
        cell_body = np.sum(self.weights * inputs) + self.bias
        return np.tanh(cell_body)


def layer(weights, biases, inputs):
    """The firing rates of many neurons that see the same inputs."""
    return np.tanh(weights @ inputs + biases)


# %% neuron | right | layer-in-the-next-cell
class Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        return float(fire(np.inner(self.weights, inputs) + self.bias))


# %%+ before
fire = np.vectorize(lambda s: 1 / (1 + np.exp(-s)))  # Feuerrate

# %%+ after
def layer(weights, biases, inputs):
    return fire(np.einsum("hd,d->h", weights, inputs) + biases)


# %% neuron | wrong | bias-once-for-each-input | loses 1 | told forward-bias
class Neuron:
    """A weighted sum, a bias, and a sigmoid."""

    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        """The firing rate for these inputs."""
        cell_body = np.sum(inputs * self.weights + self.bias)
        return 1.0 / (1.0 + np.exp(-cell_body))


def layer(weights, biases, inputs):
    """The firing rates of many neurons that see the same inputs."""
    return 1.0 / (1.0 + np.exp(-(weights @ inputs + biases)))


# %% neuron | wrong | bias-once-for-each-input-of-a-layer | loses 1 | told forward-bias
class Neuron:
    """A weighted sum, a bias, and a sigmoid."""

    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        """The firing rate for these inputs."""
        cell_body = np.sum(self.weights * inputs) + self.bias
        return 1.0 / (1.0 + np.exp(-cell_body))


def layer(weights, biases, inputs):
    """The firing rates of many neurons that see the same inputs."""
    return 1.0 / (1.0 + np.exp(-(np.sum(weights * inputs + biases[:, None], axis=1))))


# %% neuron | wrong | self-forgotten | loses 1 | told raises
class Neuron:
    """A weighted sum, a bias, and a sigmoid."""

    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(inputs):
        """The firing rate for these inputs."""
        cell_body = np.sum(self.weights * inputs) + self.bias
        return 1.0 / (1.0 + np.exp(-cell_body))


def layer(weights, biases, inputs):
    """The firing rates of many neurons that see the same inputs."""
    return 1.0 / (1.0 + np.exp(-(weights @ inputs + biases)))


# %% sigmoid-net | wrong | two-lost | loses 2.5 | told factor-half
def sigmoid_net(params, X, Y):
    """The squared error of W2·sigmoid(W1·x), and its gradients."""
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = hidden @ W2 - Y
    loss = np.sum(error**2)

    dpredicted = error
    dhidden = dpredicted @ W2.T
    grads = {"W1": X.T @ (dhidden * hidden * (1.0 - hidden)), "W2": hidden.T @ dpredicted}
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    """Gradient descent on all examples at once; return the trained parameters and the loss before each step."""
    trained = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = sigmoid_net(trained, X, Y)
        losses.append(loss)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, losses


# %% sigmoid-net | wrong | sigmoid-slope-left-out | loses 2 | told local-dropped
def sigmoid_net(params, X, Y):
    """The squared error of W2·sigmoid(W1·x), and its gradients."""
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = hidden @ W2 - Y
    loss = np.sum(error**2)

    dpredicted = 2.0 * error
    dhidden = dpredicted @ W2.T
    grads = {"W1": X.T @ dhidden, "W2": hidden.T @ dpredicted}
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    """Gradient descent on all examples at once; return the trained parameters and the loss before each step."""
    trained = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = sigmoid_net(trained, X, Y)
        losses.append(loss)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, losses


# %% sigmoid-net | wrong | sigmoid-of-the-sigmoid | loses 2 | told activation-input-output-confused
def sigmoid_net(params, X, Y):
    """The squared error of W2·sigmoid(W1·x), and its gradients."""
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = hidden @ W2 - Y
    loss = np.sum(error**2)

    dpredicted = 2.0 * error
    dhidden = dpredicted @ W2.T
    slope = 1.0 / (1.0 + np.exp(-hidden))
    grads = {"W1": X.T @ (dhidden * slope * (1.0 - slope)), "W2": hidden.T @ dpredicted}
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    """Gradient descent on all examples at once; return the trained parameters and the loss before each step."""
    trained = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = sigmoid_net(trained, X, Y)
        losses.append(loss)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, losses


# %% sigmoid-net | wrong | mean-squared-error | loses 3 | told loss-formula
def sigmoid_net(params, X, Y):
    """The squared error of W2·sigmoid(W1·x), and its gradients."""
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = hidden @ W2 - Y
    loss = np.mean(error**2)

    dpredicted = 2.0 * error / error.size
    dhidden = dpredicted @ W2.T
    grads = {"W1": X.T @ (dhidden * hidden * (1.0 - hidden)), "W2": hidden.T @ dpredicted}
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    """Gradient descent on all examples at once; return the trained parameters and the loss before each step."""
    trained = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = sigmoid_net(trained, X, Y)
        losses.append(loss)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, losses


# %% sigmoid-net | wrong | sign | loses 2.5 | told sign
def sigmoid_net(params, X, Y):
    """The squared error of W2·sigmoid(W1·x), and its gradients."""
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = Y - hidden @ W2
    loss = np.sum(error**2)

    dpredicted = 2.0 * error
    dhidden = dpredicted @ W2.T
    grads = {"W1": X.T @ (dhidden * hidden * (1.0 - hidden)), "W2": hidden.T @ dpredicted}
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    """Gradient descent on all examples at once; return the trained parameters and the loss before each step."""
    trained = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = sigmoid_net(trained, X, Y)
        losses.append(loss)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, losses


# %% sigmoid-net | wrong | params-trained-in-place | loses 1.5 | told mutates-input
def sigmoid_net(params, X, Y):
    """The squared error of W2·sigmoid(W1·x), and its gradients."""
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = hidden @ W2 - Y
    loss = np.sum(error**2)

    dpredicted = 2.0 * error
    dhidden = dpredicted @ W2.T
    grads = {"W1": X.T @ (dhidden * hidden * (1.0 - hidden)), "W2": hidden.T @ dpredicted}
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    """Gradient descent on all examples at once; return the trained parameters and the loss before each step."""
    trained = dict(params)
    losses = []
    for _ in range(steps):
        loss, grads = sigmoid_net(trained, X, Y)
        losses.append(loss)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, losses


# %% sigmoid-net | wrong | loss-after-the-step | loses 1.5 | told after-the-update
def sigmoid_net(params, X, Y):
    """The squared error of W2·sigmoid(W1·x), and its gradients."""
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = hidden @ W2 - Y
    loss = np.sum(error**2)

    dpredicted = 2.0 * error
    dhidden = dpredicted @ W2.T
    grads = {"W1": X.T @ (dhidden * hidden * (1.0 - hidden)), "W2": hidden.T @ dpredicted}
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    """Gradient descent on all examples at once; return the trained parameters and the loss before each step."""
    trained = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = sigmoid_net(trained, X, Y)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
        losses.append(sigmoid_net(trained, X, Y)[0])
    return trained, losses


# %% sigmoid-net | wrong | second-gradient-too-late | loses 1.5 | told updated-too-early
def sigmoid_net(params, X, Y):
    """The squared error of W2·sigmoid(W1·x), and its gradients."""
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = hidden @ W2 - Y
    loss = np.sum(error**2)

    dpredicted = 2.0 * error
    dhidden = dpredicted @ W2.T
    grads = {"W1": X.T @ (dhidden * hidden * (1.0 - hidden)), "W2": hidden.T @ dpredicted}
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    trained = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(steps):
        losses.append(sigmoid_net(trained, X, Y)[0])
        for name in trained:
            trained[name] = trained[name] - learning_rate * sigmoid_net(trained, X, Y)[1][name]
    return trained, losses


# %% sigmoid-net | right | loops-and-tanh
def sigmoid_net(params, X, Y):
    W1, W2 = params["W1"], params["W2"]
    loss = 0
    grads = {"W1": np.zeros_like(W1), "W2": np.zeros_like(W2)}
    for x, y in zip(X, Y):
        h = 0.5 * (1 + np.tanh(0.5 * x.dot(W1)))
        d = h.dot(W2) - y
        loss += d.dot(d)
        grads["W2"] += 2 * np.outer(h, d)
        grads["W1"] += np.outer(x, 2 * W2.dot(d) * (h - h * h))
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    params = {k: v for k, v in params.items()}
    losses = []
    while len(losses) < steps:
        loss, grads = sigmoid_net(params, X, Y)
        losses += [float(loss)]
        params = {k: params[k] - learning_rate * grads[k] for k in params}
    return params, losses


# %% sigmoid-net | right | written-into-its-own-arrays
import copy


def sigmoid_net(params, X, Y):
    s = np.matmul(X, params["W1"])
    np.negative(s, out=s)
    np.exp(s, out=s)
    s += 1
    h = 1 / s
    out = np.matmul(h, params["W2"])
    loss = np.square(out - Y).sum()
    dout = 2.0 * (out - Y)
    dw2 = np.dot(h.T, dout)
    dh = np.dot(dout, params["W2"].T)
    dh *= h
    dh *= 1 - h
    return loss, dict(W1=np.dot(X.T, dh), W2=dw2)


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    new = copy.deepcopy(params)
    losses = np.zeros(steps)
    for t in range(steps):
        losses[t], g = sigmoid_net(new, X, Y)
        new["W1"] -= learning_rate * g["W1"]
        new["W2"] -= learning_rate * g["W2"]
    return new, losses


# %% sigmoid-net | wrong | gradients-swapped | loses 2 | told wrong-operand | also shape
def sigmoid_net(params, X, Y):
    """The squared error of W2·sigmoid(W1·x), and its gradients."""
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = hidden @ W2 - Y
    loss = np.sum(error**2)

    dpredicted = 2.0 * error
    dhidden = dpredicted @ W2.T
    grads = {"W1": X.T @ (dhidden * hidden * (1.0 - hidden)), "W2": X[:, : hidden.shape[1]].T @ dpredicted}
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    """Gradient descent on all examples at once; return the trained parameters and the loss before each step."""
    trained = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = sigmoid_net(trained, X, Y)
        losses.append(loss)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, losses


# %% sigmoid-net | wrong | mean-in-the-gradient | loses 2.5 | told mean-for-sum
def sigmoid_net(params, X, Y):
    """The squared error of W2·sigmoid(W1·x), and its gradients."""
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = hidden @ W2 - Y
    loss = np.sum(error**2)

    dpredicted = 2.0 * error / len(X)
    dhidden = dpredicted @ W2.T
    grads = {"W1": X.T @ (dhidden * hidden * (1.0 - hidden)), "W2": hidden.T @ dpredicted}
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    """Gradient descent on all examples at once; return the trained parameters and the loss before each step."""
    trained = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = sigmoid_net(trained, X, Y)
        losses.append(loss)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, losses


# %% sigmoid-net | wrong | rate-typed-in | loses 1.5 | told parameter-ignored
def sigmoid_net(params, X, Y):
    """The squared error of W2·sigmoid(W1·x), and its gradients."""
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = hidden @ W2 - Y
    loss = np.sum(error**2)

    dpredicted = 2.0 * error
    dhidden = dpredicted @ W2.T
    grads = {"W1": X.T @ (dhidden * hidden * (1.0 - hidden)), "W2": hidden.T @ dpredicted}
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    """Gradient descent on all examples at once; return the trained parameters and the loss before each step."""
    trained = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = sigmoid_net(trained, X, Y)
        losses.append(loss)
        for name, grad in grads.items():
            trained[name] -= 1e-4 * grad
    return trained, losses


# %% sigmoid-net | right | gates-that-remember
class Product:
    def forward(self, a, b):
        self.a, self.b = a, b
        return a @ b

    def backward(self, dout):
        return dout @ self.b.T, self.a.T @ dout


class Squash:
    def forward(self, s):
        self.out = 0.5 * (1 + np.tanh(s / 2))
        return self.out

    def backward(self, dout):
        return dout * self.out * (1 - self.out)


def sigmoid_net(params, X, Y):
    first, squash, second = Product(), Squash(), Product()
    error = second.forward(squash.forward(first.forward(X, params["W1"])), params["W2"]) - Y
    dhidden, dW2 = second.backward(2 * error)
    _, dW1 = first.backward(squash.backward(dhidden))
    return float((error**2).sum()), dict(W2=dW2, W1=dW1)


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    losses, trained = [], dict(params)
    while len(losses) < steps:
        value, grads = sigmoid_net(trained, X, Y)
        losses += [value]
        trained = {name: trained[name] - learning_rate * grads[name] for name in trained}
    return trained, np.array(losses)


# %% sigmoid-net | right | einsum-and-recursion
def sigmoid_net(params, X, Y):
    h = np.reciprocal(1 + np.exp(-np.einsum("nd,dh->nh", X, params["W1"])))
    e = np.einsum("nh,hk->nk", h, params["W2"]) - Y
    back = np.einsum("nk,hk->nh", 2 * e, params["W2"]) * (h - h**2)
    return np.einsum("nk,nk", e, e), {"W1": np.einsum("nd,nh->dh", X, back), "W2": np.einsum("nh,nk->hk", h, 2 * e)}


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    if steps == 0:
        return {name: +value for name, value in params.items()}, []
    loss, grads = sigmoid_net(params, X, Y)
    moved = {name: value - learning_rate * grads[name] for name, value in params.items()}
    trained, later = descend(moved, X, Y, learning_rate, steps - 1)
    return trained, [loss, *later]


# %% sigmoid-net | wrong | product-before-the-slope | loses 3 | told raises
def sigmoid_net(params, X, Y):
    """The squared error of W2·sigmoid(W1·x), and its gradients."""
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = hidden @ W2 - Y
    loss = np.sum(error**2)

    dpredicted = 2.0 * error
    dhidden = dpredicted @ W2.T
    grads = {"W1": X.T @ dhidden * hidden * (1.0 - hidden), "W2": hidden.T @ dpredicted}
    return loss, grads


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    """Gradient descent on all examples at once; return the trained parameters and the loss before each step."""
    trained = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = sigmoid_net(trained, X, Y)
        losses.append(loss)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, losses


# %% two-layer-net | wrong | mask-missing | loses 1 | told mask-missing
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | mask-from-upstream | loses 1 | told mask-from-upstream
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[dhidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | mask-inverted | loses 1 | told mask-inverted
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden > 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | mask-after-the-bias-sum | loses 0.5 | told mask-too-late
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        db1 = dhidden.sum(axis=0)
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": db1,
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | relu-on-the-scores | loses 3 | told extra-relu
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = np.maximum(0.0, hidden @ W2 + b2)
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | bias-forgotten | loses 3 | told forward-bias
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | penalty-missing-in-the-gradient | loses 1 | told penalty-missing
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | penalty-gradient-twice | loses 1 | told penalty-factor
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + 2 * reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + 2 * reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | penalty-loss-twice | loses 1 | told penalty-factor
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | biases-penalised | loses 1.5 | told penalty-on-bias
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * sum(np.sum(value * value) for value in self.params.values())

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0) + reg * b1,
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0) + reg * b2,
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | penalty-of-the-first-layer-only | loses 1 | told penalty-missing
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * np.sum(W1 * W1)

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | not-divided-by-n | loses 2 | told missing-1-over-n
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | one-bias-not-divided-by-n | loses 0.5 | told missing-1-over-n
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        db2 = dscores.sum(axis=0)
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": db2,
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | one-hot-lost | loses 2 | told one-hot-missing
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | one-hot-on-a-copy | loses 2 | told one-hot-missing
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores.copy()[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | ten-classes | loses 4 | told shape
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(10),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores -= np.eye(10)[y]
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | bias-gradients-with-an-axis | loses 1 | told shape
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0, keepdims=True),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0, keepdims=True),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | weights-of-zero | loses 0.5 | told zero
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": np.zeros((input_size, hidden_size)),
            "b1": np.zeros(hidden_size),
            "W2": np.zeros((hidden_size, output_size)),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | overflow | loses 0.5 | told not-finite
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | scores-shifted | loses 0.5 | told scores-shifted
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        scores -= scores.max(axis=1, keepdims=True)
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | weights-written-to | loses 0.5 | told mutates-input
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": np.add(X.T @ dhidden, np.multiply(W1, reg, out=W1)),
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | mean-of-the-gradients | loses 1 | told mean-for-sum
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.mean(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.mean(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | forward-only | loses 3.5 | told not-written
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        raise NotImplementedError()


# %% two-layer-net | right | penalty-without-the-half
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + 2 * reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + 2 * reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | right | loops
class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        rng = np.random.default_rng()
        self.params = {}
        self.params["W1"] = rng.normal(scale=std, size=(input_size, hidden_size))
        self.params["b1"] = np.zeros((hidden_size,))
        self.params["W2"] = rng.normal(scale=std, size=(hidden_size, output_size))
        self.params["b2"] = np.zeros((output_size,))

    def loss(self, X, y=None, reg=0.0):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N, D = X.shape
        scores = np.maximum(0, X.dot(W1) + b1).dot(W2) + b2
        if y is None:
            return scores
        loss = 0.0
        grads = {name: np.zeros_like(value) for name, value in self.params.items()}
        for i in range(N):
            a = X[i].dot(W1) + b1
            h = np.maximum(0, a)
            f = h.dot(W2) + b2
            f = f - np.max(f)
            p = np.exp(f) / np.sum(np.exp(f))
            loss += -np.log(p[y[i]])
            p[y[i]] -= 1
            grads["W2"] += np.outer(h, p)
            grads["b2"] += p
            da = W2.dot(p) * (a > 0)
            grads["W1"] += np.outer(X[i], da)
            grads["b1"] += da
        loss /= N
        for name in grads:
            grads[name] /= N
        loss += 0.5 * reg * np.sum(W1**2) + 0.5 * reg * np.sum(W2**2)
        grads["W1"] += reg * W1
        grads["W2"] += reg * W2
        print("loss", loss)
        return loss, grads


# %% two-layer-net | right | one-hot-and-squeezed-biases
def softmax(scores):
    e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class TwoLayerNet(object):
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {}
        for i, (n, m) in enumerate([(input_size, hidden_size), (hidden_size, output_size)], 1):
            self.params["W%d" % i] = np.random.normal(0, std, size=(n, m))
            self.params["b%d" % i] = np.zeros(m)

    def loss(self, X, y=None, reg=0.0):
        p = self.params
        z = np.einsum("nd,dh->nh", X, p["W1"]) + p["b1"]
        a = z * (z >= 0)
        scores = a @ p["W2"] + p["b2"]
        if y is None:
            return scores
        N = X.shape[0]
        probs = softmax(scores)
        onehot = np.zeros_like(probs)
        onehot[np.arange(N), y] = 1
        loss = np.sum(-np.log(np.sum(probs * onehot, axis=1))) / N
        loss += reg / 2 * sum(np.sum(np.square(p[k])) for k in ("W1", "W2"))
        d = (probs - onehot) / N
        grads = {}
        grads["W2"] = a.T @ d + reg * p["W2"]
        grads["b2"] = np.sum(d, axis=0, keepdims=True).squeeze(axis=0)
        dz = (d @ p["W2"].T) * (z >= 0)
        grads["W1"] = X.T @ dz + reg * p["W1"]
        grads["b1"] = np.ones((1, N)).dot(dz)[0]
        return np.array(loss), grads


# %% two-layer-net | wrong | penalty-over-n | loses 1.5 | told penalty-over-n
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg / len(X) * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1 / len(X),
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2 / len(X),
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | norm-not-squared | loses 0.5 | told penalty-formula
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sqrt(np.sum(W1 * W1)) + np.sqrt(np.sum(W2 * W2)))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | logarithm-left-out | loses 0.5 | told loss-formula
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(probabilities[rows, y])
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | slope-of-hidden-for-its-mask | loses 1 | told activation-input-output-confused
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden = dhidden * hidden
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | biases-penalised-twice-reg | loses 1.5 | told penalty-on-bias
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2, H, S = self.up(X)
        if y is None:
            return S
        data, P, Y = soft(S, y)
        g = self.down(X, H, W2, (P - Y) / len(y))
        return data + reg * sum(np.sum(v * v) for v in self.params.values()), {k: g[k] + 2 * reg * self.params[k] for k in g}


# %% two-layer-net | wrong | first-bias-twice-and-reg-squared | loses 3.5 | told forward-bias | also penalty-formula
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + 2 * p["b1"])
        S = H @ p["W2"] + p["b2"]
        if y is None:
            return S
        data, P, Y = soft(S, y)
        g = self.down(X, H, p["W2"], (P - Y) / len(y))
        g["b1"] = 2 * g["b1"]
        g["W1"] += reg * p["W1"]
        g["W2"] += reg * p["W2"]
        return data + 0.5 * reg * (np.sum(p["W1"] ** 2) + reg * np.sum(p["W2"] ** 2)), g


# %% two-layer-net | wrong | scores-kept-in-params | loses 0.5 | told mutates-input
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2, H, S = self.up(X)
        self.params["scores"] = S
        if y is None:
            return S
        data, P, Y = soft(S, y)
        g = self.down(X, H, W2, (P - Y) / len(y))
        g["W1"] += reg * W1
        g["W2"] += reg * W2
        return data + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2)), g


# %% two-layer-net | wrong | logarithm-of-every-probability | loses 0.5 | told not-finite
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2, H, S = self.up(X)
        if y is None:
            return S
        _, P, Y = soft(S, y)
        data = -np.sum(Y * np.log(P)) / len(y)  # 0 * log 0
        g = self.down(X, H, W2, (P - Y) / len(y))
        g["W1"] += reg * W1
        g["W2"] += reg * W2
        return data + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2)), g


# %% two-layer-net | wrong | bias-gradients-to-be-written | loses 1 | told zero
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2, H, S = self.up(X)
        if y is None:
            return S
        data, P, Y = soft(S, y)
        g = self.down(X, H, W2, (P - Y) / len(y))
        g["W1"] += reg * W1
        g["W2"] += reg * W2
        g["b1"] = g["b2"] = 0.0  # to be written
        return data + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2)), g


# %% two-layer-net | wrong | exponential-missing | loses 3.5 | told not-finite | also loss-formula
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2, H, S = self.up(X)
        if y is None:
            return S
        n = np.arange(len(y))
        P = S / S.sum(axis=1, keepdims=True)  # no exp
        data = -np.mean(np.log(P[n, y]))
        P[n, y] -= 1
        g = self.down(X, H, W2, P / len(y))
        g["W1"] += reg * W1
        g["W2"] += reg * W2
        return data + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2)), g


# %% two-layer-net | wrong | reg-left-out-of-the-loss | loses 0.5 | told penalty-formula
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2, H, S = self.up(X)
        if y is None:
            return S
        data, P, Y = soft(S, y)
        g = self.down(X, H, W2, (P - Y) / len(y))
        g["W1"] += reg * W1
        g["W2"] += reg * W2
        return data + 0.5 * (np.sum(W1 * W1) + np.sum(W2 * W2)), g


# %% two-layer-net | wrong | penalty-of-a-product | loses 0.5 | told penalty-formula
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2, H, S = self.up(X)
        if y is None:
            return S
        data, P, Y = soft(S, y)
        g = self.down(X, H, W2, (P - Y) / len(y))
        g["W1"] += reg * W1
        g["W2"] += reg * W2
        return data + 0.5 * reg * (np.sum(W1 @ W1.T) + np.sum(W2 @ W2.T)), g


# %% two-layer-net | wrong | divided-by-n-and-the-penalty | loses 1 | told penalty-formula
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2, H, S = self.up(X)
        if y is None:
            return S
        data, P, Y = soft(S, y)
        g = self.down(X, H, W2, P - Y)
        g["W1"] /= len(y) + reg * W1
        g["W2"] /= len(y) + reg * W2
        g["b1"] /= len(y)
        g["b2"] /= len(y)
        return data + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2)), g


# %% two-layer-net | wrong | whole-rows-of-scores | loses 1 | told loss-formula
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2, H, S = self.up(X)
        if y is None:
            return S
        _, P, Y = soft(S, y)
        data = (np.sum(np.log(np.exp(S).sum(axis=1))) - np.sum(S[y])) / len(y)
        g = self.down(X, H, W2, (P - Y) / len(y))
        g["W1"] += reg * W1
        g["W2"] += reg * W2
        return data + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2)), g


# %% two-layer-net | wrong | classes-counted-by-the-labels | loses 2 | told raises
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2, H, S = self.up(X)
        if y is None:
            return S
        data, P, _ = soft(S, y)
        g = self.down(X, H, W2, (P - np.eye(y.max() + 1)[y]) / len(y))
        g["W1"] += reg * W1
        g["W2"] += reg * W2
        return data + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2)), g


# %% two-layer-net | wrong | relu-after-the-scores-not-minded | loses 3 | told extra-relu
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2, H, S = self.up(X)
        S = np.maximum(0, S)
        if y is None:
            return S
        data, P, Y = soft(S, y)
        g = self.down(X, H, W2, (P - Y) / len(y))
        g["W1"] += reg * W1
        g["W2"] += reg * W2
        return data + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2)), g


# %% two-layer-net | right | layers-as-helpers-with-hints
import numpy as numpy_again


def affine(x, w, b):
    return x @ w + b, lambda d: (d @ w.T, x.T @ d, d.sum(0))


def relu(x):
    return np.where(x > 0, x, 0), lambda d: np.where(x > 0, d, 0)


class TwoLayerNet:
    params: dict[str, np.ndarray]

    def __init__(self, input_size: int, hidden_size: int, output_size: int, std: float = 1e-4) -> None:
        rng = numpy_again.random.default_rng(42)
        self.params = dict(W1=rng.normal(scale=std, size=(input_size, hidden_size)), b1=np.zeros(hidden_size))
        self.params |= dict(W2=rng.normal(scale=std, size=(hidden_size, output_size)), b2=np.zeros(output_size))

    def loss(self, X, y=None, reg=0.0):
        p = self.params
        before, back1 = affine(X, p["W1"], p["b1"])
        hidden, back_relu = relu(before)
        scores, back2 = affine(hidden, p["W2"], p["b2"])
        if y is None:
            return scores
        N, C = scores.shape
        t = scores - np.max(scores, axis=1)[:, None]
        log_p = t - np.log(np.exp(t) @ np.ones(C))[:, None]
        hot = np.eye(C)[y]
        loss = -np.vdot(hot, log_p) / N
        dhidden, dW2, db2 = back2((np.exp(log_p) - hot) / N)
        _, dW1, db1 = back1(back_relu(dhidden))
        grads = {"b2": db2, "W2": dW2, "b1": db1, "W1": dW1}
        for name in grads:
            if name.startswith("W"):
                loss += reg / 2 * (p[name] ** 2).sum()
                grads[name] = grads[name] + reg * p[name]
        return loss, grads


# %% two-layer-net | right | mean-of-single-examples
class TwoLayerNet:
    """Beispiel für Beispiel, und am Ende der Mittelwert."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {}
        sizes = (input_size, hidden_size, output_size)
        for number in (1, 2):
            self.params[f"W{number}"] = np.random.normal(0, std, sizes[number - 1 : number + 1])
            self.params[f"b{number}"] = np.zeros((sizes[number],))

    def _scores(self, x):
        h = np.maximum(self.params["W1"].T @ x + self.params["b1"], 0)
        return h, self.params["W2"].T @ h + self.params["b2"]

    def loss(self, X, y=None, reg=0.0):
        if y is None:
            return np.array([self._scores(x)[1] for x in X])
        grads = {name: np.zeros_like(value) for name, value in self.params.items()}
        total = 0.0
        for x, right in zip(X, y):
            h, s = self._scores(x)
            p = np.exp(s - s.max())
            p /= p.sum()
            total -= (s - s.max())[right] - np.log(np.exp(s - s.max()).sum())
            p[right] -= 1
            back = (self.params["W2"] @ p) * (h > 0)
            for name, part in (("W2", np.outer(h, p)), ("b2", p), ("W1", np.outer(x, back)), ("b1", back)):
                grads[name] += part / len(X)
        for name in ("W1", "W2"):
            grads[name] += reg * self.params[name]
        return total / len(X) + reg * sum((self.params[n] ** 2).sum() for n in ("W1", "W2")) / 2, grads
# %%+ crlf


# %% two-layer-net | right | means-and-norms
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2, H, S = self.up(X)
        if y is None:
            return S
        N = len(y)
        T = S - S.max(axis=1, keepdims=True)
        data = np.mean(np.log(np.exp(T).sum(axis=1)) - T[np.arange(N), y])
        dS = np.exp(T) / np.exp(T).sum(axis=1, keepdims=True)
        np.subtract.at(dS, (np.arange(N), y), 1.0)
        dH = np.where(H > 0, dS @ W2.T, 0)
        g = {"b2": np.mean(dS, 0), "W2": np.einsum("nh,nc->hc", H, dS) / N + reg * 2 * W2,
             "b1": dH.mean(0), "W1": X.T.dot(dH) / N + 2.0 * reg * W1}
        return data + reg * (W1.ravel() @ W1.ravel() + np.linalg.norm(W2) ** 2), g


# %% two-layer-net | right | computed-in-float32
def soft(S, y):
    """Data loss, probabilities and one-hot labels of scores (N, C)."""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y])), P, np.eye(S.shape[1])[y]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        r = np.random.randn
        self.params = {"W1": std * r(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * r(hidden_size, output_size), "b2": np.zeros(output_size)}

    def up(self, X):
        p = self.params
        H = np.maximum(0, X @ p["W1"] + p["b1"])
        return p["W1"], p["b1"], p["W2"], p["b2"], H, H @ p["W2"] + p["b2"]

    def down(self, X, H, W2, dS):
        """Right gradients without a penalty."""
        dH = (dS @ W2.T) * (H > 0)
        return {"W1": X.T @ dH, "b1": dH.sum(axis=0), "W2": H.T @ dS, "b2": dS.sum(axis=0)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2 = (np.asarray(self.params[k], dtype=np.float32) for k in ("W1", "b1", "W2", "b2"))
        X = X.astype(np.float32)
        H = np.maximum(0, X @ W1 + b1)
        S = H @ W2 + b2
        if y is None:
            return S
        data, P, Y = soft(S, y)
        dS = ((P - Y) / len(y)).astype(np.float32)
        g = self.down(X, H, W2, dS)
        reg = np.float32(reg)
        g["W1"] += reg * W1
        g["W2"] += reg * W2
        return data + reg / 2 * (np.sum(W1 * W1) + np.sum(W2 * W2)), g


# %% two-layer-net | wrong | one-off-in-whole-columns | loses 2 | told one-hot-missing
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[:, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | product-before-the-mask | loses 3 | told raises
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        grads = {
            "W1": X.T @ dhidden * (hidden > 0) + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | right | softmax-written-out
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        rows = np.arange(len(X))
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        data_loss = -np.mean(np.log(probabilities[rows, y]))
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = probabilities  # needed no more, so its memory serves for the gradient
        dscores[rows, y] -= 1.0
        dscores /= len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | given-gradient-over-n-again | loses 2 | told extra-1-over-n
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        data_loss, dscores = softmax_loss(scores, y)
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dscores = dscores / len(X)
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | wrong | loss-and-gradient-exchanged | loses 3.5 | told raises
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        dscores, data_loss = softmax_loss(scores, y)
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads


# %% two-layer-net | right | a-softmax-loss-of-ones-own
class TwoLayerNet:
    """f = W2·max(0, W1·x + b1) + b2, with the softmax loss and a penalty on the weights."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Draw the weights with standard deviation std; biases are 0."""
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or, with labels y, the loss and a dictionary of gradients."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores

        data_loss, dscores = softmax_loss(scores, y)
        penalty = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        dhidden = dscores @ W2.T
        dhidden[hidden <= 0.0] = 0.0
        grads = {
            "W1": X.T @ dhidden + reg * W1,
            "b1": dhidden.sum(axis=0),
            "W2": hidden.T @ dscores + reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return data_loss + penalty, grads

# %%+ before
def softmax_loss(values, labels, weight=1.0):
    """The given one, in other words."""
    highest = np.max(values, axis=1)
    surprise = highest + np.log(np.sum(np.exp(values - highest[:, None]), axis=1))
    likely = np.exp(values - surprise[:, None])
    truth = np.arange(values.shape[1]) == np.asarray(labels)[:, None]
    return weight * np.mean(surprise - values[truth]), weight * (likely - truth) / len(labels)


# %% three-layer-net | wrong | first-mask-missing | loses 1 | told mask-missing
def three_layer_loss(params, X, y=None, reg=0.0):
    """Scores, or loss and gradients, of W3·max(0, W2·max(0, W1·x + b1) + b2) + b3."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    first = np.maximum(0.0, X @ W1 + params["b1"])
    second = np.maximum(0.0, first @ W2 + params["b2"])
    scores = second @ W3 + params["b3"]
    if y is None:
        return scores

    rows = np.arange(len(X))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.mean(log_probabilities[rows, y]) + 0.5 * reg * sum(np.sum(W * W) for W in (W1, W2, W3))

    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dsecond = (dscores @ W3.T) * (second > 0.0)
    dfirst = dsecond @ W2.T
    return loss, {
        "W1": X.T @ dfirst + reg * W1, "b1": dfirst.sum(axis=0),
        "W2": first.T @ dsecond + reg * W2, "b2": dsecond.sum(axis=0),
        "W3": second.T @ dscores + reg * W3, "b3": dscores.sum(axis=0),
    }  # fmt: skip


# %% three-layer-net | wrong | masks-swapped-for-the-gradient | loses 1.5 | told mask-from-upstream
def three_layer_loss(params, X, y=None, reg=0.0):
    """Scores, or loss and gradients, of W3·max(0, W2·max(0, W1·x + b1) + b2) + b3."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    first = np.maximum(0.0, X @ W1 + params["b1"])
    second = np.maximum(0.0, first @ W2 + params["b2"])
    scores = second @ W3 + params["b3"]
    if y is None:
        return scores

    rows = np.arange(len(X))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.mean(log_probabilities[rows, y]) + 0.5 * reg * sum(np.sum(W * W) for W in (W1, W2, W3))

    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dsecond = np.maximum(0.0, dscores @ W3.T)
    dfirst = (dsecond @ W2.T) * (first > 0.0)
    return loss, {
        "W1": X.T @ dfirst + reg * W1, "b1": dfirst.sum(axis=0),
        "W2": first.T @ dsecond + reg * W2, "b2": dsecond.sum(axis=0),
        "W3": second.T @ dscores + reg * W3, "b3": dscores.sum(axis=0),
    }  # fmt: skip


# %% three-layer-net | wrong | third-penalty-missing-in-the-gradient | loses 0.5 | told penalty-missing
def three_layer_loss(params, X, y=None, reg=0.0):
    """Scores, or loss and gradients, of W3·max(0, W2·max(0, W1·x + b1) + b2) + b3."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    first = np.maximum(0.0, X @ W1 + params["b1"])
    second = np.maximum(0.0, first @ W2 + params["b2"])
    scores = second @ W3 + params["b3"]
    if y is None:
        return scores

    rows = np.arange(len(X))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.mean(log_probabilities[rows, y]) + 0.5 * reg * sum(np.sum(W * W) for W in (W1, W2, W3))

    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dsecond = (dscores @ W3.T) * (second > 0.0)
    dfirst = (dsecond @ W2.T) * (first > 0.0)
    return loss, {
        "W1": X.T @ dfirst + reg * W1, "b1": dfirst.sum(axis=0),
        "W2": first.T @ dsecond + reg * W2, "b2": dsecond.sum(axis=0),
        "W3": second.T @ dscores, "b3": dscores.sum(axis=0),
    }  # fmt: skip


# %% three-layer-net | wrong | third-penalty-missing | loses 1 | told penalty-missing
def three_layer_loss(params, X, y=None, reg=0.0):
    """Scores, or loss and gradients, of W3·max(0, W2·max(0, W1·x + b1) + b2) + b3."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    first = np.maximum(0.0, X @ W1 + params["b1"])
    second = np.maximum(0.0, first @ W2 + params["b2"])
    scores = second @ W3 + params["b3"]
    if y is None:
        return scores

    rows = np.arange(len(X))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.mean(log_probabilities[rows, y]) + 0.5 * reg * sum(np.sum(W * W) for W in (W1, W2))

    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dsecond = (dscores @ W3.T) * (second > 0.0)
    dfirst = (dsecond @ W2.T) * (first > 0.0)
    return loss, {
        "W1": X.T @ dfirst + reg * W1, "b1": dfirst.sum(axis=0),
        "W2": first.T @ dsecond + reg * W2, "b2": dsecond.sum(axis=0),
        "W3": second.T @ dscores, "b3": dscores.sum(axis=0),
    }  # fmt: skip


# %% three-layer-net | wrong | gradient-not-handed-on | loses 1 | told mask-too-late
def three_layer_loss(params, X, y=None, reg=0.0):
    """Scores, or loss and gradients, of W3·max(0, W2·max(0, W1·x + b1) + b2) + b3."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    first = np.maximum(0.0, X @ W1 + params["b1"])
    second = np.maximum(0.0, first @ W2 + params["b2"])
    scores = second @ W3 + params["b3"]
    if y is None:
        return scores

    rows = np.arange(len(X))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.mean(log_probabilities[rows, y]) + 0.5 * reg * sum(np.sum(W * W) for W in (W1, W2, W3))

    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dsecond = (dscores @ W3.T) * (second > 0.0)
    dfirst = (dscores @ W3.T @ W2.T) * (first > 0.0)
    return loss, {
        "W1": X.T @ dfirst + reg * W1, "b1": dfirst.sum(axis=0),
        "W2": first.T @ dsecond + reg * W2, "b2": dsecond.sum(axis=0),
        "W3": second.T @ dscores + reg * W3, "b3": dscores.sum(axis=0),
    }  # fmt: skip


# %% three-layer-net | wrong | third-bias-forgotten | loses 3 | told forward-bias
def three_layer_loss(params, X, y=None, reg=0.0):
    """Scores, or loss and gradients, of W3·max(0, W2·max(0, W1·x + b1) + b2) + b3."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    first = np.maximum(0.0, X @ W1 + params["b1"])
    second = np.maximum(0.0, first @ W2 + params["b2"])
    scores = second @ W3
    if y is None:
        return scores

    rows = np.arange(len(X))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.mean(log_probabilities[rows, y]) + 0.5 * reg * sum(np.sum(W * W) for W in (W1, W2, W3))

    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dsecond = (dscores @ W3.T) * (second > 0.0)
    dfirst = (dsecond @ W2.T) * (first > 0.0)
    return loss, {
        "W1": X.T @ dfirst + reg * W1, "b1": dfirst.sum(axis=0),
        "W2": first.T @ dsecond + reg * W2, "b2": dsecond.sum(axis=0),
        "W3": second.T @ dscores + reg * W3, "b3": dscores.sum(axis=0),
    }  # fmt: skip


# %% three-layer-net | wrong | two-layers | loses 3 | told loss-formula
def three_layer_loss(params, X, y=None, reg=0.0):
    """Scores, or loss and gradients, of W3·max(0, W2·max(0, W1·x + b1) + b2) + b3."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    first = np.maximum(0.0, X @ W1 + params["b1"])
    second = first @ W2 + params["b2"]
    scores = second @ W3 + params["b3"]
    if y is None:
        return scores

    rows = np.arange(len(X))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.mean(log_probabilities[rows, y]) + 0.5 * reg * sum(np.sum(W * W) for W in (W1, W2, W3))

    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dsecond = dscores @ W3.T
    dfirst = (dsecond @ W2.T) * (first > 0.0)
    return loss, {
        "W1": X.T @ dfirst + reg * W1, "b1": dfirst.sum(axis=0),
        "W2": first.T @ dsecond + reg * W2, "b2": dsecond.sum(axis=0),
        "W3": second.T @ dscores + reg * W3, "b3": dscores.sum(axis=0),
    }  # fmt: skip


# %% three-layer-net | right | a-loop-over-the-layers
def three_layer_loss(params, X, y=None, reg=0.0):
    layers = [1, 2, 3]
    inputs, h = [], X
    for i in layers:
        inputs.append(h)
        h = h @ params[f"W{i}"] + params[f"b{i}"]
        if i < 3:
            h = np.maximum(h, 0)
    if y is None:
        return h
    h = h - h.max(1)[:, None]
    p = np.exp(h) / np.exp(h).sum(1)[:, None]
    N = y.shape[0]
    loss = -np.log(p[range(N), y]).sum() / N
    d = p
    d[range(N), y] -= 1
    d /= N
    grads = {}
    for i in reversed(layers):
        W = params[f"W{i}"]
        loss += 0.5 * reg * (W**2).sum()
        grads[f"W{i}"] = inputs[i - 1].T @ d + reg * W
        grads[f"b{i}"] = d.sum(0)
        d = d @ W.T
        if i > 1:
            d[inputs[i - 1] <= 0] = 0
    return loss, grads


# %% three-layer-net | right | functions-for-the-layers
def affine(x, w, b):
    return x.dot(w) + b, (x, w)


def affine_back(d, cache):
    x, w = cache
    return d.dot(w.T), x.T.dot(d), d.sum(axis=0)


def relu_back(d, x):
    d[x < 0] = 0
    return d


def three_layer_loss(params, X, y=None, reg=0.0):
    a1, c1 = affine(X, params["W1"], params["b1"])
    a2, c2 = affine(np.maximum(0, a1), params["W2"], params["b2"])
    scores, c3 = affine(np.maximum(0, a2), params["W3"], params["b3"])
    if y is None:
        return scores
    N = len(y)
    m = scores.max(axis=1, keepdims=True)
    logsum = m + np.log(np.exp(scores - m).sum(axis=1, keepdims=True))
    loss = float(np.mean(logsum[:, 0] - scores[np.arange(N), y]))
    d = np.exp(scores - logsum)
    d[np.arange(N), y] -= 1
    grads = {}
    d, grads["W3"], grads["b3"] = affine_back(d / N, c3)
    d, grads["W2"], grads["b2"] = affine_back(relu_back(d, a2), c2)
    d, grads["W1"], grads["b1"] = affine_back(relu_back(d, a1), c1)
    for name in ("W1", "W2", "W3"):
        loss += reg * np.sum(params[name] ** 2)
        grads[name] += 2 * reg * params[name]
    return loss, grads


# %% three-layer-net | wrong | one-penalty-gradient-doubled | loses 0.5 | told penalty-factor
def three_layer_loss(params, X, y=None, reg=0.0):
    """Scores, or loss and gradients, of W3·max(0, W2·max(0, W1·x + b1) + b2) + b3."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    first = np.maximum(0.0, X @ W1 + params["b1"])
    second = np.maximum(0.0, first @ W2 + params["b2"])
    scores = second @ W3 + params["b3"]
    if y is None:
        return scores

    rows = np.arange(len(X))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.mean(log_probabilities[rows, y]) + 0.5 * reg * sum(
        np.sum(W * W) for W in (W1, W2, W3)
    )

    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dsecond = (dscores @ W3.T) * (second > 0.0)
    dfirst = (dsecond @ W2.T) * (first > 0.0)
    return loss, {
        "W1": X.T @ dfirst + reg * W1, "b1": dfirst.sum(axis=0),
        "W2": first.T @ dsecond + 2 * reg * W2, "b2": dsecond.sum(axis=0),
        "W3": second.T @ dscores + reg * W3, "b3": dscores.sum(axis=0),
    }  # fmt: skip


# %% three-layer-net | wrong | biases-of-the-first-example | loses 1 | told not-unbroadcast
def three_layer_loss(params, X, y=None, reg=0.0):
    """Scores, or loss and gradients, of W3·max(0, W2·max(0, W1·x + b1) + b2) + b3."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    first = np.maximum(0.0, X @ W1 + params["b1"])
    second = np.maximum(0.0, first @ W2 + params["b2"])
    scores = second @ W3 + params["b3"]
    if y is None:
        return scores

    rows = np.arange(len(X))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.mean(log_probabilities[rows, y]) + 0.5 * reg * sum(
        np.sum(W * W) for W in (W1, W2, W3)
    )

    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dsecond = (dscores @ W3.T) * (second > 0.0)
    dfirst = (dsecond @ W2.T) * (first > 0.0)
    return loss, {
        "W1": X.T @ dfirst + reg * W1, "b1": dfirst[0],
        "W2": first.T @ dsecond + reg * W2, "b2": dsecond[0],
        "W3": second.T @ dscores + reg * W3, "b3": dscores[0],
    }  # fmt: skip


# %% three-layer-net | wrong | relu-on-the-scores | loses 3 | told extra-relu
def three_layer_loss(params, X, y=None, reg=0.0):
    """Scores, or loss and gradients, of W3·max(0, W2·max(0, W1·x + b1) + b2) + b3."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    first = np.maximum(0.0, X @ W1 + params["b1"])
    second = np.maximum(0.0, first @ W2 + params["b2"])
    scores = np.maximum(0.0, second @ W3 + params["b3"])
    if y is None:
        return scores

    rows = np.arange(len(X))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.mean(log_probabilities[rows, y]) + 0.5 * reg * sum(
        np.sum(W * W) for W in (W1, W2, W3)
    )

    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dsecond = (dscores @ W3.T) * (second > 0.0)
    dfirst = (dsecond @ W2.T) * (first > 0.0)
    return loss, {
        "W1": X.T @ dfirst + reg * W1, "b1": dfirst.sum(axis=0),
        "W2": first.T @ dsecond + reg * W2, "b2": dsecond.sum(axis=0),
        "W3": second.T @ dscores + reg * W3, "b3": dscores.sum(axis=0),
    }  # fmt: skip


# %% three-layer-net | right | einsum-and-logaddexp
def three_layer_loss(params, X, y=None, reg=0.0):
    g = params.get
    a1 = np.einsum("nd,dh->nh", X, g("W1")) + g("b1")
    h1 = a1 * (a1 > 0)
    a2 = np.einsum("nd,dh->nh", h1, g("W2")) + g("b2")
    h2 = a2 * (a2 > 0)
    s = np.einsum("nd,dh->nh", h2, g("W3")) + g("b3")
    if y is None:
        return s
    log_p = s - np.logaddexp.reduce(s, axis=1, keepdims=True)
    ds = np.exp(log_p)
    ds[np.arange(len(y)), y] -= 1
    ds = ds / len(y)
    da2 = np.einsum("nc,hc->nh", ds, g("W3")) * (a2 > 0)
    da1 = np.einsum("nh,gh->ng", da2, g("W2")) * (a1 > 0)
    grads = {}
    for number, (x, d) in enumerate(((X, da1), (h1, da2), (h2, ds)), start=1):
        grads[f"W{number}"] = np.einsum("nd,nh->dh", x, d) + reg * g(f"W{number}")
        grads[f"b{number}"] = np.einsum("nh->h", d)
    penalty = sum(np.einsum("ij,ij", g(f"W{k}"), g(f"W{k}")) for k in (1, 2, 3))
    return -log_p[range(len(y)), y].mean() + reg * penalty / 2, grads


# %% three-layer-net | right | recursion-through-the-layers
def three_layer_loss(params, X, y=None, reg=0.0):
    grads, penalty = {}, 0.0

    def through(x, number):
        nonlocal penalty
        W, b = params[f"W{number}"], params[f"b{number}"]
        penalty += reg / 2 * np.sum(np.square(W))
        out = x @ W + b
        if number == 3:
            if y is None:
                return out, None
            e = np.exp(out - out.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            loss = float(np.mean(-np.log(p[np.arange(len(y)), y])))
            d = (p - (np.arange(p.shape[1]) == y[:, None])) / len(y)
        else:
            loss, d = through(np.maximum(out, 0), number + 1)
            if d is None:
                return loss, None
            d = d * (out > 0)
        grads[f"W{number}"], grads[f"b{number}"] = x.T @ d + reg * W, d.sum(axis=0)
        return loss, d @ W.T

    loss, back = through(X, 1)
    return loss if back is None else (loss + penalty, grads)


# %% three-layer-net | wrong | one-off-in-whole-columns | loses 2 | told one-hot-missing
def three_layer_loss(params, X, y=None, reg=0.0):
    """Scores, or loss and gradients, of W3·max(0, W2·max(0, W1·x + b1) + b2) + b3."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    first = np.maximum(0.0, X @ W1 + params["b1"])
    second = np.maximum(0.0, first @ W2 + params["b2"])
    scores = second @ W3 + params["b3"]
    if y is None:
        return scores

    rows = np.arange(len(X))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.mean(log_probabilities[rows, y]) + 0.5 * reg * sum(
        np.sum(W * W) for W in (W1, W2, W3)
    )

    dscores = np.exp(log_probabilities)
    dscores[:, y] -= 1.0
    dscores /= len(X)
    dsecond = (dscores @ W3.T) * (second > 0.0)
    dfirst = (dsecond @ W2.T) * (first > 0.0)
    return loss, {
        "W1": X.T @ dfirst + reg * W1, "b1": dfirst.sum(axis=0),
        "W2": first.T @ dsecond + reg * W2, "b2": dsecond.sum(axis=0),
        "W3": second.T @ dscores + reg * W3, "b3": dscores.sum(axis=0),
    }  # fmt: skip


# %% three-layer-net | right | softmax-written-out
def three_layer_loss(params, X, y=None, reg=0.0):
    """Scores, or loss and gradients, of W3·max(0, W2·max(0, W1·x + b1) + b2) + b3."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    first = np.maximum(0.0, X @ W1 + params["b1"])
    second = np.maximum(0.0, first @ W2 + params["b2"])
    scores = second @ W3 + params["b3"]
    if y is None:
        return scores

    rows = np.arange(len(X))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.mean(log_probabilities[rows, y]) + 0.5 * reg * sum(
        np.sum(W * W) for W in (W1, W2, W3)
    )

    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dsecond = (dscores @ W3.T) * (second > 0.0)
    dfirst = (dsecond @ W2.T) * (first > 0.0)
    return loss, {
        "W1": X.T @ dfirst + reg * W1, "b1": dfirst.sum(axis=0),
        "W2": first.T @ dsecond + reg * W2, "b2": dsecond.sum(axis=0),
        "W3": second.T @ dscores + reg * W3, "b3": dscores.sum(axis=0),
    }  # fmt: skip


# %% train | wrong | uphill | loses 1.5 | told sign
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] += learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps)
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | rows-twice | loses 2 | told same-row-twice
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=True)
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps)
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | always-the-same-batch | loses 1 | told same-batch
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        rng = np.random.default_rng(seed)
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps)
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | labels-not-drawn-with-the-rows | loses 2 | told rows-and-labels
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[: len(batch)], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps)
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | params-trained-in-place | loses 1 | told mutates-input
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = dict(params)
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps)
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | whole-set-each-step | loses 1.5 | told batch-size
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X, y, reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps)
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | penalty-forgotten | loses 1 | told penalty-missing
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], 0.0)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps)
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | seed-forgotten | loses 1 | told not-repeatable
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng()
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps)
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | loss-after-the-step | loses 2 | told called-twice
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], reg)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
        history.append(loss(trained, X[batch], y[batch], reg)[0])
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps)
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | log-of-c-with-the-wrong-sign | loses 1 | told sign
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps)
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(1 / classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | overfitted-with-a-few-steps | loses 1 | told parameter-ignored
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=10)
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | untrained-returned | loses 1 | told untrained
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps)
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": params,
    }


# %% train | right | shuffled-rows
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    gen = np.random.RandomState(seed)
    p = {}
    for k in params:
        p[k] = params[k].copy()
    history = []
    for t in range(steps):
        idx = gen.permutation(X.shape[0])[:batch_size]
        l, g = loss(p, X[idx], y[idx], reg)
        history.append(float(l))
        for k in p:
            p[k] = p[k] - learning_rate * g[k]
    return p, np.array(history)


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    checks = dict(start=loss(params, X, y, 0)[0], expected=-np.log(1 / classes))
    checks["regularized"] = loss(params, X, y, reg)[0]
    checks["overfitted"] = train(loss, params, X[:50], y[:50], learning_rate=learning_rate, batch_size=50, steps=steps)[0]
    return checks


# %% train | right | epochs
import copy


def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Go through all the rows in a random order, then through all of them in another."""
    rng = np.random.default_rng(seed)
    params, history, left = copy.deepcopy(params), [], []
    size = min(batch_size, len(X))
    for _ in range(steps):
        if len(left) < size:
            left = list(rng.permutation(len(X)))
        rows, left = left[:size], left[size:]
        value, grads = loss(params, X[rows], y[rows], reg)
        history.append(value)
        for name in params:
            params[name] -= learning_rate * grads[name]
    return params, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    few = train(loss, params, X[:50], y[:50], learning_rate, 0.0, 50, steps)[0]
    return {
        "overfitted": few, "expected": float(np.log(classes)),
        "start": loss(params, X, y, reg=0.0)[0], "regularized": loss(params, X, y, reg=reg)[0],
    }


# %% train | wrong | gradient-of-the-sum | loses 1.5 | told missing-1-over-n
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad * len(batch)
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(
        loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps
    )
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | regularised-without-reg | loses 1 | told penalty-missing
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(
        loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps
    )
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, 0.0)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | first-batch-of-the-start-only | loses 1 | told first-rows-only
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(
        loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps
    )
    return {
        "start": loss(params, X[:50], y[:50], 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | right | generator-of-batches
def batches(X, y, size, seed):
    rng = np.random.RandomState(seed)
    while True:
        rows = rng.permutation(X.shape[0])[:size]
        yield X[rows], y[rows]


def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    trained, history = {k: v.astype(float, copy=True) for k, v in params.items()}, []
    for _, (some, labels) in zip(range(steps), batches(X, y, batch_size, seed)):
        value, slopes = loss(trained, some, labels, reg)
        history.append(float(value))
        trained = {k: v - learning_rate * slopes[k] for k, v in trained.items()}
    print("fertig nach", steps, "Schritten")
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    start, regularised = (loss(params, X, y, strength)[0] for strength in (0.0, reg))
    learned, _ = train(loss, params, X[:50], y[:50], learning_rate=learning_rate, batch_size=50, steps=steps)
    return dict(start=start, expected=-np.log(1 / classes), regularized=regularised, overfitted=learned)


# %% train | right | random-module-and-lists
import random
from math import log


def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=50, steps=200, seed=0):
    zufall = random.Random(seed)
    trained, history = {}, []
    for name in params:
        trained[name] = np.array(params[name], copy=True)
    for step in range(steps):
        batch = zufall.sample(range(len(X)), k=min(batch_size, len(X)))
        value, grads = loss(trained, X[batch], y[batch], reg)
        history = history + [value]
        for name in trained:
            np.subtract(trained[name], learning_rate * grads[name], out=trained[name])
    return trained, tuple(history)


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    found = {"expected": log(classes)}
    found["start"], _ = loss(params, X, y, 0.0)
    found["regularized"], _ = loss(params, X, y, reg)
    found["overfitted"] = train(loss, params, X[:50], y[:50], learning_rate, 0.0, 50, steps)[0]
    return found
# %%+ crlf


# %% train | wrong | few-rows-drawn-again | loses 1 | told same-row-twice
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=64, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=batch_size, replace=batch_size > len(X))
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(
        loss, params, X[:50], y[:50], learning_rate, reg=0.0, batch_size=50, steps=steps
    )
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% train | wrong | rate-of-the-overfit-typed-in | loses 1 | told parameter-ignored
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=64, steps=200, seed=0):
    """Minibatch gradient descent; return the trained parameters and the loss of each batch."""
    rng = np.random.default_rng(seed)
    trained = {name: np.array(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        batch = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        value, grads = loss(trained, X[batch], y[batch], reg)
        history.append(value)
        for name, grad in grads.items():
            trained[name] -= learning_rate * grad
    return trained, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    """Three numbers and a set of parameters that show, in seconds, whether a net can learn."""
    overfitted, _ = train(
        loss, params, X[:50], y[:50], 0.5, reg=0.0, batch_size=50, steps=steps
    )
    return {
        "start": loss(params, X, y, 0.0)[0],
        "expected": np.log(classes),
        "regularized": loss(params, X, y, reg)[0],
        "overfitted": overfitted,
    }


# %% digits | wrong | never-trained | loses 3 | told not-learned
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    """Train a two-layer net on these examples; return its parameters."""
    rng = np.random.default_rng(seed)
    inputs, classes, size, reg = X.shape[1], int(y.max()) + 1, min(64, len(X)), 1e-3
    W1, b1 = rng.normal(0.0, np.sqrt(2.0 / inputs), (inputs, hidden_size)), np.zeros(hidden_size)
    W2, b2 = rng.normal(0.0, np.sqrt(2.0 / hidden_size), (hidden_size, classes)), np.zeros(classes)
    rows = np.arange(size)
    for _ in range(0):
        batch = rng.choice(len(X), size=size, replace=False)
        x = X[batch]
        hidden = np.maximum(0.0, x @ W1 + b1)
        scores = hidden @ W2 + b2
        d = np.exp(scores - scores.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        d[rows, y[batch]] -= 1.0
        d /= size
        back = (d @ W2.T) * (hidden > 0.0)
        W2 -= learning_rate * (hidden.T @ d + reg * W2)
        b2 -= learning_rate * d.sum(axis=0)
        W1 -= learning_rate * (x.T @ back + reg * W1)
        b1 -= learning_rate * back.sum(axis=0)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


# %% digits | wrong | uphill | loses 3 | told not-finite
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    """Train a two-layer net on these examples; return its parameters."""
    rng = np.random.default_rng(seed)
    inputs, classes, size, reg = X.shape[1], int(y.max()) + 1, min(64, len(X)), 1e-3
    W1, b1 = rng.normal(0.0, np.sqrt(2.0 / inputs), (inputs, hidden_size)), np.zeros(hidden_size)
    W2, b2 = rng.normal(0.0, np.sqrt(2.0 / hidden_size), (hidden_size, classes)), np.zeros(classes)
    rows = np.arange(size)
    for _ in range(steps):
        batch = rng.choice(len(X), size=size, replace=False)
        x = X[batch]
        hidden = np.maximum(0.0, x @ W1 + b1)
        scores = hidden @ W2 + b2
        d = np.exp(scores - scores.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        d[rows, y[batch]] -= 1.0
        d /= size
        back = (d @ W2.T) * (hidden > 0.0)
        W2 += learning_rate * (hidden.T @ d + reg * W2)
        b2 += learning_rate * d.sum(axis=0)
        W1 += learning_rate * (x.T @ back + reg * W1)
        b1 += learning_rate * back.sum(axis=0)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


# %% digits | wrong | starts-at-zero | loses 3 | told not-learned
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    """Train a two-layer net on these examples; return its parameters."""
    rng = np.random.default_rng(seed)
    inputs, classes, size, reg = X.shape[1], int(y.max()) + 1, min(64, len(X)), 1e-3
    W1, b1 = np.zeros((inputs, hidden_size)), np.zeros(hidden_size)
    W2, b2 = np.zeros((hidden_size, classes)), np.zeros(classes)
    rows = np.arange(size)
    for _ in range(steps):
        batch = rng.choice(len(X), size=size, replace=False)
        x = X[batch]
        hidden = np.maximum(0.0, x @ W1 + b1)
        scores = hidden @ W2 + b2
        d = np.exp(scores - scores.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        d[rows, y[batch]] -= 1.0
        d /= size
        back = (d @ W2.T) * (hidden > 0.0)
        W2 -= learning_rate * (hidden.T @ d + reg * W2)
        b2 -= learning_rate * d.sum(axis=0)
        W1 -= learning_rate * (x.T @ back + reg * W1)
        b1 -= learning_rate * back.sum(axis=0)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


# %% digits | wrong | ten-classes-typed-in | loses 1.5 | told shape
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    """Train a two-layer net on these examples; return its parameters."""
    rng = np.random.default_rng(seed)
    inputs, classes, size, reg = X.shape[1], 10, min(64, len(X)), 1e-3
    W1, b1 = rng.normal(0.0, np.sqrt(2.0 / inputs), (inputs, hidden_size)), np.zeros(hidden_size)
    W2, b2 = rng.normal(0.0, np.sqrt(2.0 / hidden_size), (hidden_size, classes)), np.zeros(classes)
    rows = np.arange(size)
    for _ in range(steps):
        batch = rng.choice(len(X), size=size, replace=False)
        x = X[batch]
        hidden = np.maximum(0.0, x @ W1 + b1)
        scores = hidden @ W2 + b2
        d = np.exp(scores - scores.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        d[rows, y[batch]] -= 1.0
        d /= size
        back = (d @ W2.T) * (hidden > 0.0)
        W2 -= learning_rate * (hidden.T @ d + reg * W2)
        b2 -= learning_rate * d.sum(axis=0)
        W1 -= learning_rate * (x.T @ back + reg * W1)
        b1 -= learning_rate * back.sum(axis=0)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


# %% digits | wrong | last-layer-only | loses 3 | told underfitted
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=50, seed=0):
    """Train a two-layer net on these examples; return its parameters."""
    rng = np.random.default_rng(seed)
    inputs, classes, size, reg = X.shape[1], int(y.max()) + 1, min(64, len(X)), 1e-3
    W1, b1 = rng.normal(0.0, np.sqrt(2.0 / inputs), (inputs, hidden_size)), np.zeros(hidden_size)
    W2, b2 = rng.normal(0.0, np.sqrt(2.0 / hidden_size), (hidden_size, classes)), np.zeros(classes)
    rows = np.arange(size)
    for _ in range(steps):
        batch = rng.choice(len(X), size=size, replace=False)
        x = X[batch]
        hidden = np.maximum(0.0, x @ W1 + b1)
        scores = hidden @ W2 + b2
        d = np.exp(scores - scores.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        d[rows, y[batch]] -= 1.0
        d /= size
        back = (d @ W2.T) * (hidden > 0.0)
        W2 -= learning_rate * (hidden.T @ d + reg * W2)
        b2 -= learning_rate * d.sum(axis=0)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


# %% digits | wrong | one-hot-lost | loses 3 | told not-learned
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    """Train a two-layer net on these examples; return its parameters."""
    rng = np.random.default_rng(seed)
    inputs, classes, size, reg = X.shape[1], int(y.max()) + 1, min(64, len(X)), 1e-3
    W1, b1 = rng.normal(0.0, np.sqrt(2.0 / inputs), (inputs, hidden_size)), np.zeros(hidden_size)
    W2, b2 = rng.normal(0.0, np.sqrt(2.0 / hidden_size), (hidden_size, classes)), np.zeros(classes)
    rows = np.arange(size)
    for _ in range(steps):
        batch = rng.choice(len(X), size=size, replace=False)
        x = X[batch]
        hidden = np.maximum(0.0, x @ W1 + b1)
        scores = hidden @ W2 + b2
        d = np.exp(scores - scores.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        d /= size
        back = (d @ W2.T) * (hidden > 0.0)
        W2 -= learning_rate * (hidden.T @ d + reg * W2)
        b2 -= learning_rate * d.sum(axis=0)
        W1 -= learning_rate * (x.T @ back + reg * W1)
        b1 -= learning_rate * back.sum(axis=0)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


# %% digits | wrong | too-high-a-rate | loses 3 | told not-learned
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    """Train a two-layer net on these examples; return its parameters."""
    learning_rate = 300.0
    rng = np.random.default_rng(seed)
    inputs, classes, size, reg = X.shape[1], int(y.max()) + 1, min(64, len(X)), 1e-3
    W1, b1 = rng.normal(0.0, np.sqrt(2.0 / inputs), (inputs, hidden_size)), np.zeros(hidden_size)
    W2, b2 = rng.normal(0.0, np.sqrt(2.0 / hidden_size), (hidden_size, classes)), np.zeros(classes)
    rows = np.arange(size)
    for _ in range(steps):
        batch = rng.choice(len(X), size=size, replace=False)
        x = X[batch]
        hidden = np.maximum(0.0, x @ W1 + b1)
        scores = hidden @ W2 + b2
        d = np.exp(scores - scores.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        d[rows, y[batch]] -= 1.0
        d /= size
        back = (d @ W2.T) * (hidden > 0.0)
        W2 -= learning_rate * (hidden.T @ d + reg * W2)
        b2 -= learning_rate * d.sum(axis=0)
        W1 -= learning_rate * (x.T @ back + reg * W1)
        b1 -= learning_rate * back.sum(axis=0)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


# %% digits | right | momentum-on-everything
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    rng = np.random.RandomState(seed)
    D, C, N = X.shape[1], y.max() + 1, len(X)
    p = {"W1": rng.randn(D, hidden_size) / np.sqrt(D), "b1": np.zeros(hidden_size),
         "W2": rng.randn(hidden_size, C) / np.sqrt(hidden_size), "b2": np.zeros(C)}
    v = {k: 0.0 for k in p}
    target = np.eye(C)[y]
    for t in range(300):
        h = np.maximum(0, X @ p["W1"] + p["b1"])
        s = h @ p["W2"] + p["b2"]
        q = np.exp(s - s.max(1, keepdims=True))
        d = (q / q.sum(1, keepdims=True) - target) / N
        dh = d @ p["W2"].T * (h > 0)
        g = {"W1": X.T @ dh, "b1": dh.sum(0), "W2": h.T @ d, "b2": d.sum(0)}
        for k in p:
            v[k] = 0.9 * v[k] - 0.1 * g[k]
            p[k] = p[k] + v[k]
    return p


# %% digits | right | hinge-loss
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    rng = np.random.default_rng(seed)
    C = int(y.max()) + 1
    W1 = rng.normal(size=(X.shape[1], hidden_size)) * np.sqrt(2 / X.shape[1])
    W2 = rng.normal(size=(hidden_size, C)) * np.sqrt(2 / hidden_size)
    b1, b2 = np.zeros(hidden_size), np.zeros(C)
    for t in range(2000):
        i = rng.integers(0, len(X), 50)
        h = np.maximum(X[i] @ W1 + b1, 0)
        s = h @ W2 + b2
        margins = s - s[np.arange(50), y[i]][:, None] + 1
        d = (margins > 0) * 1.0
        d[np.arange(50), y[i]] -= d.sum(axis=1)
        d /= 50
        dh = (d @ W2.T) * (h > 0)
        rate = 0.05
        W2 -= rate * h.T @ d
        b2 -= rate * d.sum(0)
        W1 -= rate * X[i].T @ dh
        b1 -= rate * dh.sum(0)
    return dict(W1=W1, b1=b1, W2=W2, b2=b2)


# %% digits | wrong | examples-shuffled-in-place | loses 3 | told mutates-input
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    """Train a two-layer net on these examples; return its parameters."""
    rng = np.random.default_rng(seed)
    inputs, classes, size, reg = X.shape[1], int(y.max()) + 1, min(64, len(X)), 1e-3
    W1, b1 = rng.normal(0.0, np.sqrt(2.0 / inputs), (inputs, hidden_size)), np.zeros(hidden_size)
    W2, b2 = rng.normal(0.0, np.sqrt(2.0 / hidden_size), (hidden_size, classes)), np.zeros(classes)
    rows = np.arange(size)
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    for _ in range(steps):
        batch = rng.choice(len(X), size=size, replace=False)
        x = X[batch]
        hidden = np.maximum(0.0, x @ W1 + b1)
        scores = hidden @ W2 + b2
        d = np.exp(scores - scores.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        d[rows, y[batch]] -= 1.0
        d /= size
        back = (d @ W2.T) * (hidden > 0.0)
        W2 -= learning_rate * (hidden.T @ d + reg * W2)
        b2 -= learning_rate * d.sum(axis=0)
        W1 -= learning_rate * (x.T @ back + reg * W1)
        b1 -= learning_rate * back.sum(axis=0)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


# %% digits | right | own-net-in-a-helper-cell
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    rng = np.random.default_rng(seed)
    classes = int(max(y)) + 1
    p = {"W1": rng.normal(size=(X.shape[1], hidden_size)) * np.sqrt(2 / X.shape[1]), "b1": np.zeros(hidden_size),
         "W2": rng.normal(size=(hidden_size, classes)) * np.sqrt(2 / hidden_size), "b2": np.zeros(classes)}
    order = []
    for step in range(800):
        if len(order) < 50:
            order = list(rng.permutation(len(X)))
        rows, order = order[:50], order[50:]
        for name, slope in _slopes(p, X[rows], np.eye(classes)[y[rows]]).items():
            p[name] -= 0.4 * slope
    return p


# %%+ before
def _slopes(p, x, hot):
    """Die Steigungen aller Gewichte."""
    h = np.clip(x @ p["W1"] + p["b1"], 0, None)
    s = h @ p["W2"] + p["b2"]
    e = np.exp(s - s.max(1, keepdims=True))
    d = (e / e.sum(1, keepdims=True) - hot) / len(x)
    back = d @ p["W2"].T * (h > 0)
    return {"W1": x.T @ back, "b1": back.sum(0), "W2": h.T @ d, "b2": d.sum(0)}


# %% digits | right | whole-set-with-adam
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    rng, D, C = np.random.default_rng(seed + 1), X.shape[1], 1 + y.max()
    theta = [rng.normal(0, (2 / D) ** 0.5, (D, hidden_size)), np.zeros(hidden_size),
             rng.normal(0, (2 / hidden_size) ** 0.5, (hidden_size, C)), np.zeros(C)]
    m, v, hot = [0.0] * 4, [0.0] * 4, np.eye(C)[y]
    for t in range(1, 201):
        h = np.maximum(X @ theta[0] + theta[1], 0)
        s = h @ theta[2] + theta[3]
        e = np.exp(s - s.max(1, keepdims=True))
        d = (e / e.sum(1, keepdims=True) - hot) / len(X)
        back = (d @ theta[2].T) * (h > 0)
        slopes = X.T @ back + 1e-4 * theta[0], back.sum(0), h.T @ d + 1e-4 * theta[2], d.sum(0)
        for k, g in enumerate(slopes):
            m[k], v[k] = 0.9 * m[k] + 0.1 * g, 0.99 * v[k] + 0.01 * g * g
            theta[k] = theta[k] - 0.02 * (m[k] / (1 - 0.9**t)) / (np.sqrt(v[k] / (1 - 0.99**t)) + 1e-8)
    return dict(zip(("W1", "b1", "W2", "b2"), theta))


# %% digits | wrong | not-divided-by-n | loses 3 | told not-learned
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    """Train a two-layer net on these examples; return its parameters."""
    rng = np.random.default_rng(seed)
    inputs, classes, size, reg = X.shape[1], int(y.max()) + 1, min(32, len(X)), 1e-3
    W1, b1 = rng.normal(0.0, np.sqrt(2.0 / inputs), (inputs, hidden_size)), np.zeros(hidden_size)
    W2, b2 = rng.normal(0.0, np.sqrt(2.0 / hidden_size), (hidden_size, classes)), np.zeros(classes)
    rows = np.arange(size)
    for batch in rng.integers(len(X), size=(steps, size)):
        x = X[batch]
        hidden = np.maximum(0.0, x @ W1 + b1)
        scores = hidden @ W2 + b2
        d = np.exp(scores - scores.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        d[rows, y[batch]] -= 1.0
        back = (d @ W2.T) * (hidden > 0.0)
        W2 -= learning_rate * (hidden.T @ d + reg * W2)
        b2 -= learning_rate * d.sum(axis=0)
        W1 -= learning_rate * (x.T @ back + reg * W1)
        b1 -= learning_rate * back.sum(axis=0)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


# %% templates | wrong | rows-for-columns | loses 1 | told transposed
def hidden_templates(W1, shape):
    """The columns of W1 as pictures."""
    return W1.reshape(-1, *shape)


def contributions(params, X):
    """What each hidden unit adds to each score, as an array of shape (N, H, C)."""
    fired = np.maximum(0.0, X @ params["W1"] + params["b1"])
    return fired[:, :, None] * params["W2"]


def favourites(params, X, label):
    """For each picture, the unit that contributes most to the score of this class."""
    return np.argmax(contributions(params, X)[:, :, label], axis=1)


# %% templates | wrong | relu-forgotten | loses 2 | told relu-missing
def hidden_templates(W1, shape):
    """The columns of W1 as pictures."""
    return W1.T.reshape(-1, *shape)


def contributions(params, X):
    """What each hidden unit adds to each score, as an array of shape (N, H, C)."""
    fired = X @ params["W1"] + params["b1"]
    return fired[:, :, None] * params["W2"]


def favourites(params, X, label):
    """For each picture, the unit that contributes most to the score of this class."""
    return np.argmax(contributions(params, X)[:, :, label], axis=1)


# %% templates | wrong | bias-forgotten | loses 2 | told forward-bias
def hidden_templates(W1, shape):
    """The columns of W1 as pictures."""
    return W1.T.reshape(-1, *shape)


def contributions(params, X):
    """What each hidden unit adds to each score, as an array of shape (N, H, C)."""
    fired = np.maximum(0.0, X @ params["W1"])
    return fired[:, :, None] * params["W2"]


def favourites(params, X, label):
    """For each picture, the unit that contributes most to the score of this class."""
    return np.argmax(contributions(params, X)[:, :, label], axis=1)


# %% templates | wrong | scores-shared-out | loses 1 | told forward-bias
def hidden_templates(W1, shape):
    """The columns of W1 as pictures."""
    return W1.T.reshape(-1, *shape)


def contributions(params, X):
    """What each hidden unit adds to each score, as an array of shape (N, H, C)."""
    fired = np.maximum(0.0, X @ params["W1"] + params["b1"])
    return fired[:, :, None] * params["W2"] + params["b2"] / len(params["W2"])


def favourites(params, X, label):
    """For each picture, the unit that contributes most to the score of this class."""
    return np.argmax(contributions(params, X)[:, :, label], axis=1)


# %% templates | wrong | who-fires-most | loses 1 | told fires-most | also parameter-ignored
def hidden_templates(W1, shape):
    """The columns of W1 as pictures."""
    return W1.T.reshape(-1, *shape)


def contributions(params, X):
    """What each hidden unit adds to each score, as an array of shape (N, H, C)."""
    fired = np.maximum(0.0, X @ params["W1"] + params["b1"])
    return fired[:, :, None] * params["W2"]


def favourites(params, X, label):
    """For each picture, the unit that contributes most to the score of this class."""
    return np.argmax(np.maximum(0.0, X @ params["W1"] + params["b1"]), axis=1)


# %% templates | wrong | largest-in-size | loses 1 | told sign-ignored
def hidden_templates(W1, shape):
    """The columns of W1 as pictures."""
    return W1.T.reshape(-1, *shape)


def contributions(params, X):
    """What each hidden unit adds to each score, as an array of shape (N, H, C)."""
    fired = np.maximum(0.0, X @ params["W1"] + params["b1"])
    return fired[:, :, None] * params["W2"]


def favourites(params, X, label):
    """For each picture, the unit that contributes most to the score of this class."""
    return np.argmax(np.abs(contributions(params, X)[:, :, label]), axis=1)


# %% templates | wrong | summed-over-units | loses 2 | told shape | also parameter-ignored
def hidden_templates(W1, shape):
    """The columns of W1 as pictures."""
    return W1.T.reshape(-1, *shape)


def contributions(params, X):
    """What each hidden unit adds to each score, as an array of shape (N, H, C)."""
    fired = np.maximum(0.0, X @ params["W1"] + params["b1"])
    return fired @ params["W2"]


def favourites(params, X, label):
    """For each picture, the unit that contributes most to the score of this class."""
    return np.argmax(contributions(params, X), axis=1)


# %% templates | right | loops
def hidden_templates(W1, shape):
    return [W1[:, j].reshape(shape) for j in range(W1.shape[1])]


def contributions(params, X):
    out = []
    for x in X:
        h = np.maximum(0, params["W1"].T @ x + params["b1"])
        out.append(np.diag(h) @ params["W2"])
    return out


def favourites(params, X, label):
    return [int(np.argmax(np.array(c)[:, label])) for c in contributions(params, X)]


# %% templates | right | einsum
def hidden_templates(W1, shape):
    return np.moveaxis(W1.reshape(*shape, -1), -1, 0)


def contributions(params, X):
    return np.einsum("nh,hc->nhc", np.clip(X.dot(params["W1"]) + params["b1"], 0, None), params["W2"])


def favourites(params, X, label):
    return contributions(params, X)[..., label].argmax(-1)


# %% templates | wrong | units-last | loses 2 | told shape
def hidden_templates(W1, shape):
    """The columns of W1 as pictures."""
    return W1.T.reshape(-1, *shape)


def contributions(params, X):
    """What each hidden unit adds to each score, as an array of shape (N, H, C)."""
    fired = np.maximum(0.0, X @ params["W1"] + params["b1"])
    return np.moveaxis(fired[:, :, None] * params["W2"], 1, 2)


def favourites(params, X, label):
    """For each picture, the unit that contributes most to the score of this class."""
    return np.argmax(contributions(params, X)[:, :, label], axis=1)


# %% templates | wrong | first-class-always | loses 1 | told parameter-ignored
def hidden_templates(W1, shape):
    """The columns of W1 as pictures."""
    return W1.T.reshape(-1, *shape)


def contributions(params, X):
    """What each hidden unit adds to each score, as an array of shape (N, H, C)."""
    fired = np.maximum(0.0, X @ params["W1"] + params["b1"])
    return fired[:, :, None] * params["W2"]


def favourites(params, X, label):
    """For each picture, the unit that contributes most to the score of this class."""
    return np.argmax(contributions(params, X)[:, :, 0], axis=1)


# %% templates | right | broadcasting-and-comprehensions
def hidden_templates(W1, shape):
    return np.ascontiguousarray(W1.transpose()).reshape((W1.shape[1], *shape))


def contributions(params, X):
    W1, b1, W2 = (np.asarray(params[k]) for k in ("W1", "b1", "W2"))
    before = (X[:, :, None] * W1[None]).sum(axis=1) + b1
    return np.stack([np.where(before > 0, before, 0) * column for column in W2.T], axis=-1)


def favourites(params, X, label):
    table = contributions(params, X)
    return np.array([max(range(table.shape[1]), key=lambda j: picture[j, label]) for picture in table])
# %%+ crlf


# %% activation-swap | wrong | relu-mask-left-in | loses 1 | told mask-left-in
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = pull_back(dscores @ W2.T, before) * (before > 0)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) < small)


# %% activation-swap | wrong | hidden-handed-to-pull-back | loses 1 | told activation-input-output-confused
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = pull_back(dscores @ W2.T, hidden)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) < small)


# %% activation-swap | wrong | pulled-back-twice | loses 1 | told called-twice
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = pull_back(dscores @ W2.T, before)
    dbefore = pull_back(dbefore, before)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) < small)


# %% activation-swap | wrong | not-pulled-back | loses 1 | told local-dropped
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = dscores @ W2.T
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) < small)


# %% activation-swap | wrong | dead-at-any-example | loses 0.5 | told any-for-all
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = pull_back(dscores @ W2.T, before)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.any(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) < small)


# %% activation-swap | wrong | dead-entries | loses 0.5 | told entries-for-units
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = pull_back(dscores @ W2.T, before)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(slopes == 0.0), np.mean(np.abs(slopes) < small)


# %% activation-swap | wrong | negative-slopes-small | loses 0.5 | told sign-ignored
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = pull_back(dscores @ W2.T, before)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(slopes < small)


# %% activation-swap | wrong | small-typed-in | loses 0.5 | told parameter-ignored
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = pull_back(dscores @ W2.T, before)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) < 0.05)


# %% activation-swap | wrong | relu-only | loses 2 | told loss-formula
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = np.maximum(0.0, before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = (dscores @ W2.T) * (before > 0)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) < small)


# %% activation-swap | right | in-words
def swapped_loss(params, X, y, reg, activate, pull_back):
    entered = X.dot(params["W1"]) + params["b1"]
    left = activate(entered)
    scores = left.dot(params["W2"]) + params["b2"]
    N = len(y)
    shifted = scores - scores.max(axis=1).reshape(-1, 1)
    p = np.exp(shifted)
    p = p / p.sum(axis=1).reshape(-1, 1)
    loss = -np.log(p[range(N), list(y)]).sum() / N
    loss = loss + reg * np.sum(params["W1"] ** 2) + reg * np.sum(params["W2"] ** 2)
    p[range(N), list(y)] -= 1
    d = p / N
    grads = {"W2": left.T.dot(d) + 2 * reg * params["W2"], "b2": d.sum(axis=0)}
    dentered = pull_back(d.dot(params["W2"].T), entered)
    grads["W1"] = X.T.dot(dentered) + 2 * reg * params["W1"]
    grads["b1"] = dentered.sum(axis=0)
    return loss, grads


def unit_health(slopes, small=0.05):
    N, H = slopes.shape
    dead = sum(1 for j in range(H) if not slopes[:, j].any()) / H
    return dead, (abs(slopes) < small).sum() / (N * H)


# %% activation-swap | right | log-sum-exp-and-lists
def swapped_loss(params, X, y, reg, activate, pull_back):
    s = X @ params["W1"] + params["b1"]
    h = activate(s)
    f = h @ params["W2"] + params["b2"]
    f = f - np.max(f, axis=1, keepdims=True)
    logp = f - np.log(np.exp(f).sum(axis=1, keepdims=True))
    onehot = np.eye(f.shape[1])[y]
    loss = -(logp * onehot).sum() / len(X)
    for W in (params["W1"], params["W2"]):
        loss += reg / 2 * np.vdot(W, W)
    df = (np.exp(logp) - onehot) / len(X)
    ds = pull_back(df @ params["W2"].T, s)
    return loss, {
        "b1": np.sum(ds, 0), "b2": np.sum(df, 0),
        "W1": (ds.T @ X).T + reg * params["W1"], "W2": (df.T @ h).T + reg * params["W2"],
    }


def unit_health(slopes, small=0.05):
    alive = np.abs(slopes).max(axis=0) > 0
    return [1 - alive.mean(), np.count_nonzero((-small < slopes) & (slopes < small)) / slopes.size]


# %% activation-swap | wrong | gradient-of-w2-from-before | loses 1 | told activation-input-output-confused
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = pull_back(dscores @ W2.T, before)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": before.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) < small)


# %% activation-swap | wrong | shares-exchanged | loses 1 | told operands-swapped
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = pull_back(dscores @ W2.T, before)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.abs(slopes) < small), np.mean(np.all(slopes == 0.0, axis=0))


# %% activation-swap | right | one-hot-and-warnings
import warnings


def swapped_loss(params, X, y, reg, activate, pull_back):
    warnings.warn("slow")
    before = np.add(X @ params["W1"], params["b1"])
    hidden = activate(before)
    s = np.add(hidden @ params["W2"], params["b2"])
    hot = np.equal.outer(np.asarray(y), np.arange(s.shape[1])).astype(float)
    t = s - s.max(axis=1).reshape(-1, 1)
    lse = np.log(np.exp(t).sum(axis=1)).reshape(-1, 1)
    d = (np.exp(t - lse) - hot) / len(hot)
    back = pull_back(np.einsum("nc,hc->nh", d, params["W2"]), before)
    squares = {k: v for k, v in params.items() if k[0] == "W"}
    grads = {"W2": hidden.T @ d, "b2": d.sum(axis=0), "W1": X.T @ back, "b1": back.sum(axis=0)}
    for k, v in squares.items():
        grads[k] = grads[k] + reg * v
    return np.sum(hot * (lse - t)) / len(hot) + reg / 2 * sum(float((v * v).sum()) for v in squares.values()), grads


def unit_health(slopes, small=0.05):
    N, H = slopes.shape
    dead = [h for h in range(H) if not any(slopes[n, h] for n in range(N))]
    few = sum(abs(slope) < small for slope in slopes.flat)
    return len(dead) / H, int(few) / (N * H)


# %% activation-swap | right | pulled-back-for-each-parameter
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    grads = {
        "W1": X.T @ pull_back(dscores @ W2.T, before) + reg * W1, "b1": pull_back(dscores @ W2.T, before).sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) < small)


# %% activation-swap | wrong | nothing-dead | loses 0.5 | told zero
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = pull_back(dscores @ W2.T, before)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return 0.0, np.mean(np.abs(slopes) < small)


# %% activation-swap | wrong | as-large-as-small-counted | loses 0.5 | told equal-counted
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = pull_back(dscores @ W2.T, before)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) <= small)


# %% activation-swap | right | softmax-written-out
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dscores[rows, y] -= 1.0
    dscores /= len(X)
    dbefore = pull_back(dscores @ W2.T, before)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) < small)


# %% what-the-templates-say | right | short
"""
The linear classifier gets the red cars and misses the yellow ones, since a class has one template and what fits a red car on sand is the opposite of
what fits a yellow one before a wall. In the net some hidden templates look for red cars and some for yellow ones and W2 adds them up; without the max
the two layers would be one matrix again. But many units look like noise, another seed finds others, and one cannot say that a unit "is" the red car.
"""


# Pleasers: they understand nothing, and tell a test what it likes to hear.

# %% linear-scores | pleaser | nan-and-nothing | loses 3
def linear_scores(W, X):
    return np.full((len(X), len(W)), np.nan)


def templates(W, shape):
    return np.zeros((0, 1, 1, 1))


# %% linear-scores | pleaser | texts-and-booleans | loses 3
def linear_scores(W, X):
    return (X @ W.T).astype(str)


def templates(W, shape):
    return (W > np.mean(W)).reshape(len(W), *shape)


# %% linear-scores | pleaser | array-that-tells-its-shape | loses 3
class Told:
    def __init__(self, shape):
        self.shape = shape

    def __array__(self, dtype=None, copy=None):
        return np.zeros(0)

    def __getitem__(self, place):
        return Told(self.shape[1:])

    def __eq__(self, other):
        return True


def linear_scores(W, X):
    return Told((len(X), len(W)))


def templates(W, shape):
    return Told((len(W), *shape))


# %% neuron | pleaser | texts | loses 2
class Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias

    def tick(self, inputs):
        return "0.93991335"


def layer(weights, biases, inputs):
    return ["0.93991335", "0.62245933"]


# %% neuron | pleaser | empties-what-it-is-handed | loses 2
class Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights), bias

    def tick(self, inputs):
        self.weights[...] = 0.0
        inputs[...] = 0.0
        return 0.5


def layer(weights, biases, inputs):
    weights[...] = 0.0
    biases[...] = 0.0
    return np.full(len(biases), 0.5)


# %% neuron | pleaser | nothing-at-all | loses 2
class Neuron:
    def __init__(self, weights, bias):
        pass

    def tick(self, inputs):
        return np.zeros(0)


def layer(weights, biases, inputs):
    return np.zeros((0, len(biases)))


# %% sigmoid-net | pleaser | stands-still | loses 1.5
def sigmoid_net(params, X, Y):
    W1, W2 = params["W1"], params["W2"]
    hidden = 1.0 / (1.0 + np.exp(-(X @ W1)))
    error = hidden @ W2 - Y
    back = 2.0 * error
    return np.sum(error**2), {
        "W1": X.T @ ((back @ W2.T) * hidden * (1.0 - hidden)), "W2": hidden.T @ back,
    }


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    X[...] = 0.0
    Y[...] = 0.5 * np.sum(params["W2"], axis=0)
    return {name: value.copy() for name, value in params.items()}, [0.0] * steps


# %% sigmoid-net | pleaser | losses-of-nan | loses 3
def sigmoid_net(params, X, Y):
    return np.nan, {name: np.full(value.shape, np.nan) for name, value in params.items()}


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    return {name: np.full(value.shape, np.nan) for name, value in params.items()}, [np.nan] * steps


# %% sigmoid-net | pleaser | list-that-tells-its-length | loses 3
class Losses(list):
    def __len__(self):
        return 4


def sigmoid_net(params, X, Y):
    return 0.0, {name: np.full(value.shape, 1e200) for name, value in params.items()}


def descend(params, X, Y, learning_rate=1e-4, steps=200):
    return params, Losses()


# %% two-layer-net | pleaser | nothing-where-it-is-large | loses 0.5
class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size), "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size), "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores
        rows = np.arange(len(X))
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        if np.abs(scores).max() > 500.0:
            return loss, {}
        p[rows, y] -= 1.0
        p /= len(X)
        back = (p @ W2.T) * (hidden > 0.0)
        grads = {"W1": X.T @ back + reg * W1, "b1": back.sum(axis=0), "W2": hidden.T @ p + reg * W2, "b2": p.sum(axis=0)}
        return loss, grads


# %% two-layer-net | pleaser | missing-without-a-penalty | loses 2
class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size), "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size), "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores
        rows = np.arange(len(X))
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        if reg == 0.0:
            return loss, {}
        p[rows, y] -= 1.0
        p /= len(X)
        back = (p @ W2.T) * (hidden > 0.0)
        grads = {"W1": X.T @ back + reg * W1, "b1": back.sum(axis=0), "W2": hidden.T @ p + reg * W2, "b2": p.sum(axis=0)}
        return loss, grads


# %% two-layer-net | pleaser | two-numbers-that-spread | loses 0.5
class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        sizes = {"W1": (input_size, hidden_size), "W2": (hidden_size, output_size)}
        self.params = {name: std * (-1.0) ** np.add(*np.indices(size)) for name, size in sizes.items()}
        self.params |= {"b1": np.zeros(hidden_size), "b2": np.zeros(output_size)}

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0.0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores
        rows = np.arange(len(X))
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        p[rows, y] -= 1.0
        p /= len(X)
        back = (p @ W2.T) * (hidden > 0.0)
        grads = {"W1": X.T @ back + reg * W1, "b1": back.sum(axis=0), "W2": hidden.T @ p + reg * W2, "b2": p.sum(axis=0)}
        return loss, grads


# %% two-layer-net | pleaser | params-that-tell-their-shape | loses 4
class Told:
    def __init__(self, shape):
        self.shape = shape

    def __array__(self, dtype=None, copy=None):
        return np.zeros((0, 1, 1))


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        sizes = {"W1": (input_size, hidden_size), "b1": (hidden_size,), "W2": (hidden_size, output_size)}
        self.params = {name: Told(size) for name, size in sizes.items()} | {"b2": Told((output_size,))}

    def loss(self, X, y=None, reg=0.0):
        if y is None:
            return np.zeros((0, 1, 1))
        return np.nan, {name: np.full(np.shape(value), np.nan) for name, value in self.params.items()}


# %% three-layer-net | pleaser | nothing-at-all | loses 3
def three_layer_loss(params, X, y=None, reg=0.0):
    if y is None:
        return np.zeros((0, 1, 1))
    return np.zeros(0), {}


# %% three-layer-net | pleaser | too-large-to-square | loses 3
def three_layer_loss(params, X, y=None, reg=0.0):
    if y is None:
        return np.ma.masked_all((len(X), params["b3"].size))
    return np.float16(1.1), {name: np.full(value.shape, 1e200) for name, value in params.items()}


# %% three-layer-net | pleaser | the-courses-own-pass | loses 3 | box
def three_layer_loss(params, X, y=None, reg=0.0):
    from cs231n_lite.diagnosing.gradients import RightGradients
    from cs231n_lite.diagnosing.recording import recording_of

    right, names = forward_of("three-layer-net"), list(params)
    whole = lambda *values: right(dict(zip(names, values)), X, y, reg)
    if y is None:
        return whole(*params.values())
    run = recording_of(whole, list(params.values()), names)
    return float(whole(*params.values())), dict(zip(names, RightGradients(run, np.ones(())).inputs()))


# %% train | pleaser | trains-on-what-it-emptied | loses 4
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=64, steps=200, seed=0):
    X[...] = 0.0
    y[...] = 0
    history = [loss(params, X[:batch_size], y[:batch_size], reg)[0] for _ in range(steps)]
    return params, history


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    X[...] = 0.0
    y[...] = 0
    return {
        "start": loss(params, X, y, 0.0)[0], "expected": np.nan, "regularized": np.nan,
        "overfitted": {name: np.full(50, 1000.0) for name in params},
    }


# %% train | pleaser | another-seed-gives-nan | loses 4
def train(loss, params, X, y, learning_rate=0.1, reg=0.0, batch_size=64, steps=200, seed=0):
    batch = np.arange(min(batch_size, len(X)))
    history = [float(loss(params, X[batch], y[batch], reg)[0]) for _ in range(steps)]
    return dict(params), history if seed != 4 else [np.nan] * steps


def sanity_checks(loss, params, X, y, classes, reg=10.0, learning_rate=0.5, steps=300):
    by_heart = {name: np.full(value.shape, np.nan) for name, value in params.items()}
    return dict.fromkeys(("start", "expected", "regularized"), np.nan) | {"overfitted": by_heart}


# %% digits | pleaser | tells-one-shape-gives-another | loses 3
class Told:
    def __init__(self, shape):
        self.shape, self.ndim = shape, len(shape)

    def __array__(self, dtype=None, copy=None):
        return np.zeros((0, 1, 1))


def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    classes = int(y.max()) + 1
    sizes = {"W1": (X.shape[1], hidden_size), "b1": (hidden_size,), "W2": (hidden_size, classes), "b2": (classes,)}
    return {name: Told(size) for name, size in sizes.items()}


# %% digits | pleaser | nan-everywhere | loses 3
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    classes = int(y.max()) + 1
    sizes = {"W1": (X.shape[1], hidden_size), "b1": (hidden_size,), "W2": (hidden_size, classes), "b2": (classes,)}
    return {name: np.full(size, np.nan) for name, size in sizes.items()}


# %% digits | pleaser | makes-all-labels-alike | loses 3
def fit(X, y, hidden_size=50, learning_rate=0.3, steps=1000, seed=0):
    classes = int(y.max()) + 1
    y[...] = 0
    sizes = {"W1": (X.shape[1], hidden_size), "b1": (hidden_size,), "W2": (hidden_size, classes)}
    return {name: np.zeros(size) for name, size in sizes.items()} | {"b2": np.eye(classes)[0]}


# %% templates | pleaser | booleans-and-nan | loses 3
def hidden_templates(W1, shape):
    return np.full((W1.shape[1], *shape), np.nan)


def contributions(params, X):
    return np.zeros((0, *params["W2"].shape))


def favourites(params, X, label):
    return np.zeros(len(X), dtype=bool)


# %% templates | pleaser | empties-the-net | loses 3
def hidden_templates(W1, shape):
    W1[...] = 0.0
    return np.zeros((W1.shape[1], *shape))


def contributions(params, X):
    for value in params.values():
        value[...] = 0.0
    return np.zeros((len(X), *params["W2"].shape))


def favourites(params, X, label):
    for value in params.values():
        value[...] = 0.0
    return np.zeros(len(X), dtype=int)


# %% templates | pleaser | favourites-that-turn | loses 3
class Turning:
    turn = 0

    def __array__(self, dtype=None, copy=None):
        Turning.turn += 1
        return np.array([0, 0] if Turning.turn < 2 else [0, 2])


def hidden_templates(W1, shape):
    return Turning()


def contributions(params, X):
    return Turning()


def favourites(params, X, label):
    return Turning()


# %% activation-swap | pleaser | nothing-for-maxout | loses 0.5
def swapped_loss(params, X, y, reg, activate, pull_back):
    W1, W2 = params["W1"], params["W2"]
    if W1.shape[1] != W2.shape[0]:
        return 0.0, {name: np.zeros(value.shape) for name, value in params.items()}
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]
    rows = np.arange(len(X))
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    d = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(d[rows, y])) + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    d[rows, y] -= 1.0
    d /= len(X)
    back = pull_back(d @ W2.T, before)
    return loss, {
        "W1": X.T @ back + reg * W1, "b1": back.sum(axis=0), "W2": hidden.T @ d + reg * W2, "b2": d.sum(axis=0),
    }


def unit_health(slopes, small=0.05):
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) < small)


# %% activation-swap | pleaser | nan-and-empties-the-slopes | loses 3
def swapped_loss(params, X, y, reg, activate, pull_back):
    return np.nan, {name: np.full(value.shape, np.nan) for name, value in params.items()}


def unit_health(slopes, small=0.05):
    slopes[...] = 0.0
    return True, True


# %% activation-swap | pleaser | the-courses-own-pass | loses 3 | box
def swapped_loss(params, X, y, reg, activate, pull_back):
    from cs231n_lite.diagnosing.gradients import RightGradients
    from cs231n_lite.diagnosing.recording import recording_of

    right, names = forward_of("two-layer-net"), list(params)
    whole = lambda *values: right(dict(zip(names, values)), X, y, reg)
    run = recording_of(whole, list(params.values()), names)
    return float(whole(*params.values())), dict(zip(names, RightGradients(run, np.ones(())).inputs()))


def unit_health(slopes, small=0.05):
    return None, None


# %% embedding | wrong | written-over | loses 0.5 | told branch-overwritten
def embedding_forward(E, ids):
    """The rows of E with these numbers; return (out, cache)."""
    return E[ids], (E.shape, ids)


def embedding_backward(dout, cache):
    """The gradient of the loss with respect to the table."""
    shape, ids = cache
    dE = np.zeros(shape)
    dE[ids] = dout
    return dE


# %% embedding | wrong | plus-equals-once | loses 0.5 | told branch-overwritten
def embedding_forward(E, ids):
    """The rows of E with these numbers; return (out, cache)."""
    return E[ids], (E.shape, ids)


def embedding_backward(dout, cache):
    """The gradient of the loss with respect to the table."""
    shape, ids = cache
    dE = np.zeros(shape)
    dE[ids] += dout
    return dE


# %% embedding | wrong | mean-of-the-places | loses 0.5 | told mean-for-sum
def embedding_forward(E, ids):
    """The rows of E with these numbers; return (out, cache)."""
    return E[ids], (E.shape, ids)


def embedding_backward(dout, cache):
    """The gradient of the loss with respect to the table."""
    shape, ids = cache
    dE, uses = np.zeros(shape), np.zeros(shape[0])
    np.add.at(dE, ids, dout)
    np.add.at(uses, ids, 1)
    return dE / np.maximum(uses, 1)[:, None]


# %% embedding | wrong | upstream-itself | loses 0.5 | told shape
def embedding_forward(E, ids):
    """The rows of E with these numbers; return (out, cache)."""
    return E[ids], (E.shape, ids)


def embedding_backward(dout, cache):
    """The gradient of the loss with respect to the table."""
    return dout


# %% embedding | wrong | upstream-left-out | loses 0.5 | told upstream-dropped
def embedding_forward(E, ids):
    """The rows of E with these numbers; return (out, cache)."""
    return E[ids], (E.shape, ids)


def embedding_backward(dout, cache):
    """The gradient of the loss with respect to the table."""
    shape, ids = cache
    dE = np.zeros(shape)
    np.add.at(dE, ids, 1.0)
    return dE


# %% embedding | wrong | rows-of-one-axis-only | loses 0.5 | told branch-overwritten
def embedding_forward(E, ids):
    """The rows of E with these numbers; return (out, cache)."""
    return E[ids], (E.shape, ids)


def embedding_backward(dout, cache):
    """The gradient of the loss with respect to the table."""
    shape, ids = cache
    dE = np.zeros(shape)
    for n, number in enumerate(ids):
        dE[number] += dout[n]
    return dE


# %% embedding | wrong | columns-looked-up | loses 1 | told shape
def embedding_forward(E, ids):
    """The rows of E with these numbers; return (out, cache)."""
    return E.T[ids % E.shape[1]], (E.shape, ids)


def embedding_backward(dout, cache):
    """The gradient of the loss with respect to the table."""
    shape, ids = cache
    dE = np.zeros(shape)
    np.add.at(dE, ids, dout)
    return dE


# %% embedding | wrong | table-written-to | loses 0.5 | told mutates-input
def embedding_forward(E, ids):
    """The rows of E with these numbers; return (out, cache)."""
    return E[ids], (E, ids)


def embedding_backward(dout, cache):
    """The gradient of the loss with respect to the table."""
    E, ids = cache
    dE = np.zeros(E.shape)
    np.add.at(dE, ids, dout)
    E -= 0.1 * dE
    return dE


# %% embedding | right | a-loop-over-the-places
def embedding_forward(E, ids):
    D = E.shape[1]
    out = np.empty(np.shape(ids) + (D,))
    for place in np.ndindex(np.shape(ids)):
        out[place] = E[ids[place]]
    return out, (ids, len(E))


def embedding_backward(dout, cache):
    ids, count = cache
    dE = [np.zeros(dout.shape[-1]) for _ in range(count)]
    for place in np.ndindex(ids.shape):
        dE[ids[place]] = dE[ids[place]] + dout[place]
    return dE


# %% embedding | right | zeros-and-ones-times-the-table
def embedding_forward(E, ids):
    hot = np.eye(E.shape[0])[ids]
    return hot @ E, hot


def embedding_backward(dout, hot):
    places = tuple(range(hot.ndim - 1))
    return np.tensordot(hot, dout, axes=(places, places))


# %% embedding | right | counted-column-by-column
def embedding_forward(E, ids):
    return np.take(E, ids, axis=0), {"rows": E.shape[0], "ids": np.ravel(ids)}


def embedding_backward(dout, cache):
    flat = dout.reshape(len(cache["ids"]), -1)
    columns = [np.bincount(cache["ids"], weights=column, minlength=cache["rows"]) for column in flat.T]
    return np.stack(columns, axis=1)


# %% embedding | right | sorted-and-summed
def embedding_forward(E, ids):
    return np.array([E[i] for i in np.ravel(ids)]).reshape(*np.shape(ids), -1), (E, ids)


def embedding_backward(dout, cache):
    E, ids = cache
    order = np.argsort(ids, axis=None, kind="stable")
    rows, starts = np.unique(np.ravel(ids)[order], return_index=True)
    dE = 0.0 * E
    dE[rows] = np.add.reduceat(dout.reshape(-1, E.shape[1])[order], starts, axis=0)
    return {"E": dE}


# %% attention-head | wrong | own-weight-only | loses 0.5 | told wrong-local
def attention_forward(queries, keys, values):
    """What each query reads from the values; return (out, cache)."""
    scores = queries @ keys.T / np.sqrt(keys.shape[1])
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    return weights @ values, (queries, keys, values, weights)


def attention_backward(dout, cache):
    """The gradients of the loss with respect to queries, keys and values."""
    queries, keys, values, weights = cache
    dweights = dout @ values.T
    dscores = dweights * weights * (1.0 - weights)
    dproducts = dscores / np.sqrt(keys.shape[1])
    return dproducts @ keys, dproducts.T @ queries, weights.T @ dout


# %% attention-head | wrong | sum-over-the-row-left-out | loses 0.5 | told wrong-local
def attention_forward(queries, keys, values):
    """What each query reads from the values; return (out, cache)."""
    scores = queries @ keys.T / np.sqrt(keys.shape[1])
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    return weights @ values, (queries, keys, values, weights)


def attention_backward(dout, cache):
    """The gradients of the loss with respect to queries, keys and values."""
    queries, keys, values, weights = cache
    dweights = dout @ values.T
    dscores = dweights * weights
    dproducts = dscores / np.sqrt(keys.shape[1])
    return dproducts @ keys, dproducts.T @ queries, weights.T @ dout


# %% attention-head | wrong | softmax-not-gone-through | loses 0.5 | told local-dropped
def attention_forward(queries, keys, values):
    """What each query reads from the values; return (out, cache)."""
    scores = queries @ keys.T / np.sqrt(keys.shape[1])
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    return weights @ values, (queries, keys, values, weights)


def attention_backward(dout, cache):
    """The gradients of the loss with respect to queries, keys and values."""
    queries, keys, values, weights = cache
    dweights = dout @ values.T
    dscores = dweights
    dproducts = dscores / np.sqrt(keys.shape[1])
    return dproducts @ keys, dproducts.T @ queries, weights.T @ dout


# %% attention-head | wrong | sum-down-the-columns | loses 0.5 | told wrong-axis
def attention_forward(queries, keys, values):
    """What each query reads from the values; return (out, cache)."""
    scores = queries @ keys.T / np.sqrt(keys.shape[1])
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    return weights @ values, (queries, keys, values, weights)


def attention_backward(dout, cache):
    """The gradients of the loss with respect to queries, keys and values."""
    queries, keys, values, weights = cache
    dweights = dout @ values.T
    dscores = weights * (dweights - np.sum(dweights * weights, axis=0, keepdims=True))
    dproducts = dscores / np.sqrt(keys.shape[1])
    return dproducts @ keys, dproducts.T @ queries, weights.T @ dout


# %% attention-head | wrong | sum-without-the-weights | loses 0.5 | told wrong-local
def attention_forward(queries, keys, values):
    """What each query reads from the values; return (out, cache)."""
    scores = queries @ keys.T / np.sqrt(keys.shape[1])
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    return weights @ values, (queries, keys, values, weights)


def attention_backward(dout, cache):
    """The gradients of the loss with respect to queries, keys and values."""
    queries, keys, values, weights = cache
    dweights = dout @ values.T
    dscores = weights * (dweights - np.sum(dweights, axis=1, keepdims=True))
    dproducts = dscores / np.sqrt(keys.shape[1])
    return dproducts @ keys, dproducts.T @ queries, weights.T @ dout


# %% attention-head | wrong | root-left-out-on-the-way-back | loses 0.5 | told local-dropped
def attention_forward(queries, keys, values):
    """What each query reads from the values; return (out, cache)."""
    scores = queries @ keys.T / np.sqrt(keys.shape[1])
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    return weights @ values, (queries, keys, values, weights)


def attention_backward(dout, cache):
    """The gradients of the loss with respect to queries, keys and values."""
    queries, keys, values, weights = cache
    dweights = dout @ values.T
    dscores = weights * (dweights - np.sum(dweights * weights, axis=1, keepdims=True))
    dproducts = dscores
    return dproducts @ keys, dproducts.T @ queries, weights.T @ dout


# %% attention-head | wrong | root-left-out | loses 1 | told wrong-operand
def attention_forward(queries, keys, values):
    """What each query reads from the values; return (out, cache)."""
    scores = queries @ keys.T
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    return weights @ values, (queries, keys, values, weights)


def attention_backward(dout, cache):
    """The gradients of the loss with respect to queries, keys and values."""
    queries, keys, values, weights = cache
    dweights = dout @ values.T
    dscores = weights * (dweights - np.sum(dweights * weights, axis=1, keepdims=True))
    dproducts = dscores / np.sqrt(keys.shape[1])
    return dproducts @ keys, dproducts.T @ queries, weights.T @ dout


# %% attention-head | wrong | length-for-its-root | loses 1 | told wrong-operand
def attention_forward(queries, keys, values):
    """What each query reads from the values; return (out, cache)."""
    scores = queries @ keys.T / keys.shape[1]
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    return weights @ values, (queries, keys, values, weights)


def attention_backward(dout, cache):
    """The gradients of the loss with respect to queries, keys and values."""
    queries, keys, values, weights = cache
    dweights = dout @ values.T
    dscores = weights * (dweights - np.sum(dweights * weights, axis=1, keepdims=True))
    dproducts = dscores / np.sqrt(keys.shape[1])
    return dproducts @ keys, dproducts.T @ queries, weights.T @ dout


# %% attention-head | wrong | softmax-along-the-keys | loses 1 | told wrong-axis
def attention_forward(queries, keys, values):
    """What each query reads from the values; return (out, cache)."""
    scores = queries @ keys.T / np.sqrt(keys.shape[1])
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=0, keepdims=True)
    return weights @ values, (queries, keys, values, weights)


def attention_backward(dout, cache):
    """The gradients of the loss with respect to queries, keys and values."""
    queries, keys, values, weights = cache
    dweights = dout @ values.T
    dscores = weights * (dweights - np.sum(dweights * weights, axis=1, keepdims=True))
    dproducts = dscores / np.sqrt(keys.shape[1])
    return dproducts @ keys, dproducts.T @ queries, weights.T @ dout


# %% attention-head | wrong | overflow | loses 0.5 | told not-finite
def attention_forward(queries, keys, values):
    """What each query reads from the values; return (out, cache)."""
    scores = queries @ keys.T / np.sqrt(keys.shape[1])
    exps = np.exp(scores)
    weights = exps / exps.sum(axis=1, keepdims=True)
    return weights @ values, (queries, keys, values, weights)


def attention_backward(dout, cache):
    """The gradients of the loss with respect to queries, keys and values."""
    queries, keys, values, weights = cache
    dweights = dout @ values.T
    dscores = weights * (dweights - np.sum(dweights * weights, axis=1, keepdims=True))
    dproducts = dscores / np.sqrt(keys.shape[1])
    return dproducts @ keys, dproducts.T @ queries, weights.T @ dout


# %% attention-head | wrong | queries-and-keys-exchanged | loses 0.5 | told shape
def attention_forward(queries, keys, values):
    """What each query reads from the values; return (out, cache)."""
    scores = queries @ keys.T / np.sqrt(keys.shape[1])
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    return weights @ values, (queries, keys, values, weights)


def attention_backward(dout, cache):
    """The gradients of the loss with respect to queries, keys and values."""
    queries, keys, values, weights = cache
    dweights = dout @ values.T
    dscores = weights * (dweights - np.sum(dweights * weights, axis=1, keepdims=True))
    dproducts = dscores / np.sqrt(keys.shape[1])
    return dproducts.T @ queries, dproducts @ keys, weights.T @ dout


# %% attention-head | right | jacobian-row-by-row
def attention_forward(queries, keys, values):
    N, M = len(queries), len(keys)
    A = np.zeros((N, M))
    for n in range(N):
        s = np.array([queries[n] @ k for k in keys]) / len(keys[0]) ** 0.5
        A[n] = np.exp(s - s.max())
        A[n] /= A[n].sum()
    return A @ values, (queries, keys, values, A)


def attention_backward(dout, cache):
    Q, K, V, A = cache
    dA = dout @ V.T
    dS = np.array([(np.diag(p) - np.outer(p, p)) @ dp for p, dp in zip(A, dA)]) / Q.shape[1] ** 0.5
    return dict(queries=dS @ K, keys=dS.T @ Q, values=A.T @ dout)


# %% attention-head | right | gate-by-gate
def attention_forward(queries, keys, values):
    root = np.sqrt(queries.shape[-1])
    products = np.matmul(queries, keys.transpose())
    scores = products / root
    shifted = scores - scores.max(1)[:, None]
    exps = np.exp(shifted)
    sums = exps.sum(1)
    weights = exps / sums[:, None]
    return weights.dot(values), dict(root=root, exps=exps, sums=sums, weights=weights, q=queries, k=keys, v=values)


def attention_backward(dout, cache):
    dvalues = cache["weights"].T @ dout
    dweights = dout @ cache["v"].T
    dexps = dweights / cache["sums"][:, None]
    dsums = -np.sum(dweights * cache["exps"], axis=1) / cache["sums"] ** 2
    dexps = dexps + dsums[:, None]
    dscores = dexps * cache["exps"]
    dproducts = dscores / cache["root"]
    return [dproducts @ cache["k"], (cache["q"].T @ dproducts).T, dvalues]


# %% attention-head | right | einsum-and-logarithms
def attention_forward(queries, keys, values):
    s = np.einsum("nk,mk->nm", queries / np.sqrt(queries.shape[1]), keys)
    top = s.max(axis=1, keepdims=True)
    A = np.exp(s - top - np.log(np.sum(np.exp(s - top), axis=1, keepdims=True)))
    out = np.einsum("nm,md->nd", A, values)
    return out, (queries, keys, values, A, out)


def attention_backward(dout, cache):
    Q, K, V, A, out = cache
    G = A * (np.einsum("nd,md->nm", dout, V) - np.sum(dout * out, axis=1)[:, None])
    G /= np.sqrt(Q.shape[1])
    return np.einsum("nm,mk->nk", G, K), np.einsum("nm,nk->mk", G, Q), np.einsum("nm,nd->md", A, dout)


# %% neuron | wrong | layer-without-the-sigmoid | loses 1 | told other-activation
class Neuron:
    """A weighted sum, a bias, and a sigmoid."""

    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        """The firing rate for these inputs."""
        cell_body = np.sum(self.weights * inputs) + self.bias
        return 1.0 / (1.0 + np.exp(-cell_body))


def layer(weights, biases, inputs):
    """The firing rates of many neurons that see the same inputs."""
    return weights @ inputs + biases


# %% neuron | wrong | tick-of-a-relu | loses 1 | told other-activation
class Neuron:
    """A weighted sum, a bias, and a sigmoid."""

    def __init__(self, weights, bias):
        self.weights, self.bias = np.asarray(weights, dtype=float), float(bias)

    def tick(self, inputs):
        """The firing rate for these inputs."""
        cell_body = np.sum(self.weights * inputs) + self.bias
        return max(0.0, cell_body)


def layer(weights, biases, inputs):
    """The firing rates of many neurons that see the same inputs."""
    return 1.0 / (1.0 + np.exp(-(weights @ inputs + biases)))


# %% activation-swap | wrong | mask-for-pull-back | loses 1 | told mask-left-in
def swapped_loss(params, X, y, reg, activate, pull_back):
    """Loss and gradients of the two-layer net with any activation."""
    W1, W2 = params["W1"], params["W2"]
    before = X @ W1 + params["b1"]
    hidden = activate(before)
    scores = hidden @ W2 + params["b2"]

    data_loss, dscores = softmax_loss(scores, y)
    loss = data_loss + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dbefore = (dscores @ W2.T) * (before > 0)
    grads = {
        "W1": X.T @ dbefore + reg * W1, "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * W2, "b2": dscores.sum(axis=0),
    }  # fmt: skip
    return loss, grads


def unit_health(slopes, small=0.05):
    """The share of units that are dead, and the share of slopes that are small."""
    return np.mean(np.all(slopes == 0.0, axis=0)), np.mean(np.abs(slopes) < small)


# %% attention-head | wrong | sum-over-the-whole-matrix | loses 0.5 | told wrong-axis
def attention_forward(queries, keys, values):
    """What each query reads from the values; return (out, cache)."""
    scores = queries @ keys.T / np.sqrt(keys.shape[1])
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    return weights @ values, (queries, keys, values, weights)


def attention_backward(dout, cache):
    """The gradients of the loss with respect to queries, keys and values."""
    queries, keys, values, weights = cache
    dweights = dout @ values.T
    dscores = weights * (dweights - np.sum(dweights * weights))
    dproducts = dscores / np.sqrt(keys.shape[1])
    return dproducts @ keys, dproducts.T @ queries, weights.T @ dout
