"""Other people's gradient checks on the planted code: each takes functions of arrays and says whether it is content.

Each is called the way its own documentation does, with its own tolerances; a peer that is not installed is left out.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Any

import numpy as np

__all__ = ["PEERS", "available"]

Forward = Callable[..., Any]  # arrays -> the output
Backward = Callable[..., Any]  # (upstream, *arrays) -> one gradient an array
Peer = Callable[[Forward, Backward, Sequence[np.ndarray]], bool]


def _upstream(out: Any) -> np.ndarray:
    return np.asarray(np.random.default_rng(0).normal(size=np.shape(out)))


def centred_difference(forward: Forward, backward: Backward, point: Sequence[np.ndarray]) -> bool:
    """CS231n's notes: the centred difference in every entry, h = 1e-5, relative error at most 1e-7."""
    upstream = _upstream(forward(*point))
    for k, (x, analytic) in enumerate(zip(point, backward(upstream, *point), strict=True)):
        numeric = np.zeros(x.shape)
        for index in np.ndindex(x.shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = x.copy()
                moved[index] += step
                ends.append(np.sum(upstream * forward(*point[:k], moved, *point[k + 1 :])))
            numeric[index] = (ends[0] - ends[1]) / 2e-5
        analytic = np.asarray(analytic)
        if analytic.shape != x.shape:
            analytic = np.broadcast_to(analytic, x.shape)
        error = np.abs(analytic - numeric) / np.maximum(1e-8, np.abs(analytic) + np.abs(numeric))
        if not np.all(error <= 1e-7):
            return False
    return True


def scipy_check_grad(forward: Forward, backward: Backward, point: Sequence[np.ndarray]) -> bool:
    """scipy.optimize.check_grad on all entries; it returns a norm, taken as right up to 1e-5 of the gradient's."""
    check_grad = importlib.import_module("scipy.optimize").check_grad

    upstream, sizes = _upstream(forward(*point)), [x.size for x in point]

    def split(flat: np.ndarray) -> list[np.ndarray]:
        parts = np.split(flat, np.cumsum(sizes)[:-1])
        return [part.reshape(x.shape) for part, x in zip(parts, point, strict=True)]

    def gradient(flat: np.ndarray) -> np.ndarray:
        parts = split(flat)
        gradients = backward(upstream, *parts)
        return np.concatenate([np.broadcast_to(g, x.shape).ravel() for g, x in zip(gradients, parts, strict=True)])

    start = np.concatenate([x.ravel() for x in point])
    error = check_grad(lambda flat: float(np.sum(upstream * forward(*split(flat)))), gradient, start)
    return bool(error <= 1e-5 * max(1.0, float(np.linalg.norm(gradient(start)))))


def _torch(fast: bool) -> Peer:
    def check(forward: Forward, backward: Backward, point: Sequence[np.ndarray]) -> bool:
        torch: Any = importlib.import_module("torch")

        class Planted(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *tensors: Any) -> Any:
                ctx.save_for_backward(*tensors)
                out = np.asarray(forward(*(tensor.detach().numpy() for tensor in tensors)))
                return torch.from_numpy(np.array(out, dtype=out.dtype))

            @staticmethod
            def backward(ctx: Any, upstream: Any) -> Any:
                arrays = [tensor.detach().numpy() for tensor in ctx.saved_tensors]
                gradients = backward(upstream.numpy().copy(), *arrays)
                return tuple(
                    torch.from_numpy(np.array(g, dtype=x.dtype)) for g, x in zip(gradients, arrays, strict=True)
                )

        inputs = [torch.tensor(x, requires_grad=True) for x in point]
        return bool(torch.autograd.gradcheck(Planted.apply, inputs, fast_mode=fast))

    return check


def jax_check_grads(forward: Forward, backward: Backward, point: Sequence[np.ndarray]) -> bool:
    """jax.test_util.check_grads in reverse mode, with 64-bit numbers."""
    jax: Any = importlib.import_module("jax")
    check_grads = importlib.import_module("jax.test_util").check_grads

    jax.config.update("jax_enable_x64", True)
    logging.getLogger("jax._src.callback").setLevel(logging.CRITICAL)  # planted code that raises is no news
    out = np.asarray(forward(*point))
    shape = jax.ShapeDtypeStruct(out.shape, out.dtype)
    shapes = tuple(jax.ShapeDtypeStruct(x.shape, x.dtype) for x in point)

    @jax.custom_vjp
    def planted(*args: Any) -> Any:
        return jax.pure_callback(lambda *a: np.asarray(forward(*map(np.asarray, a)), dtype=out.dtype), shape, *args)

    def ahead(*args: Any) -> Any:
        return planted(*args), args

    def back(args: Any, upstream: Any) -> Any:
        def run(u: Any, *a: Any) -> Any:
            gradients = backward(np.array(u), *map(np.array, a))
            return tuple(np.asarray(g, dtype=x.dtype) for g, x in zip(gradients, a, strict=True))

        return jax.pure_callback(run, shapes, upstream, *args)

    planted.defvjp(ahead, back)
    check_grads(planted, tuple(point), order=1, modes=["rev"])
    return True


def hips_check_grads(forward: Forward, backward: Backward, point: Sequence[np.ndarray]) -> bool:
    """autograd.test_util.check_grads in reverse mode, for all arguments."""
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    planted = primitive(lambda *args: np.asarray(forward(*args))[()])
    wrt = range(len(point))
    defvjp(planted, *((lambda _, *a, k=k: lambda g: np.asarray(backward(np.array(g), *a)[k])[()]) for k in wrt))
    for k in wrt:
        check_grads(lambda x, k=k: planted(*point[:k], x, *point[k + 1 :]), modes=["rev"], order=1)(point[k])
    return True


PEERS: dict[str, tuple[str, Peer]] = {
    "CS231n, every entry": ("numpy", centred_difference),
    "torch gradcheck, slow": ("torch", _torch(False)),
    "torch gradcheck, fast": ("torch", _torch(True)),
    "jax check_grads": ("jax", jax_check_grads),
    "HIPS autograd check_grads": ("autograd", hips_check_grads),
    "scipy check_grad": ("scipy", scipy_check_grad),
}


def available(name: str) -> str:
    """The version of the package that a peer needs, or '' where it is not installed."""
    try:
        return metadata.version(PEERS[name][0])
    except metadata.PackageNotFoundError:
        return ""
