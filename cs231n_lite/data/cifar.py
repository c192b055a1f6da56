"""Reading CIFAR-10 from the original files, where a student already has them; the course never needs it."""

from __future__ import annotations

import hashlib
import io
import pickle
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

__all__ = ["CIFAR10", "Cifar10", "load_cifar10", "read_batch"]

CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FOLDER = "cifar-10-batches-py"
# The MD5 of each file as its author published them, and no others are ever unpickled.
FILES = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}
_WHERE = "https://www.cs.toronto.edu/~kriz/cifar.html"


class Cifar10(NamedTuple):
    """CIFAR-10: `X` (50000, 32, 32, 3) and `X_held_out` (10000, 32, 32, 3) of uint8, labels into `CIFAR10` of int64."""

    X: np.ndarray
    y: np.ndarray
    X_held_out: np.ndarray
    y_held_out: np.ndarray


def load_cifar10(folder: str | Path) -> Cifar10:
    """Read CIFAR-10 from `folder`, the unpacked cifar-10-batches-py of the "python version" or the folder above it.

    Five batches to train on and one to test on, of 10,000 pictures each (A. Krizhevsky, Learning Multiple Layers of
    Features from Tiny Images, 2009). Every file's MD5 is compared before any is opened as a pickle. Raises
    FileNotFoundError, with what to do, where files are missing, and ValueError for a file that is not the original.
    """
    place = Path(folder)
    place = place / FOLDER if (place / FOLDER).is_dir() else place
    missing = [name for name in FILES if not (place / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"CIFAR-10 is not in {place}: {', '.join(missing)} missing. You do not need it for this course. If you "
            f"want it, get the python version (163 MB) from {_WHERE}, unpack it, and hand in the folder {FOLDER}."
        )
    contents = {name: (place / name).read_bytes() for name in FILES}
    for name, content in contents.items():
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if digest != FILES[name]:
            raise ValueError(
                f"{place / name} is not the original file, its MD5 is {digest} instead of {FILES[name]}, so it was not "
                f"opened: a pickle can run anything. Get the python version from {_WHERE} again."
            )
    batches = [read_batch(name, content) for name, content in contents.items()]
    train, test = batches[:-1], batches[-1]
    return Cifar10(np.concatenate([X for X, _ in train]), np.concatenate([y for _, y in train]), *test)


class _OnlyArrays(pickle.Unpickler):
    """Unpickles arrays of numbers and plain containers; any other global is refused."""

    def find_class(self, module: str, name: str) -> Any:
        """Return one of the three names that an array's pickle needs, whatever NumPy calls their module today."""
        reconstruct = np.zeros(0).__reduce__()[0]
        allowed = {"ndarray": np.ndarray, "dtype": np.dtype, "_reconstruct": reconstruct}
        if module in ("numpy", "numpy.core.multiarray", "numpy._core.multiarray") and name in allowed:
            return allowed[name]
        raise ValueError(f"this pickle asks for {module}.{name}, and a file of pictures has no use for it")


def read_batch(name: str, content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return the pictures (N, 32, 32, 3) and the labels of one file; raises ValueError for what is none."""
    batch = _OnlyArrays(io.BytesIO(content), encoding="bytes").load()
    if not isinstance(batch, dict) or not {b"data", b"labels"} <= set(batch):
        raise ValueError(f"{name} holds no b'data' and b'labels'")
    # A row is all its reds, then all its greens, then all its blues, each 32 × 32.
    pictures = np.asarray(batch[b"data"], dtype=np.uint8).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(pictures), np.asarray(batch[b"labels"], dtype=np.int64)
