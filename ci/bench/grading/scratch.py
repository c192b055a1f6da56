"""Where a bench of grading works: a folder that the sandbox does not hide, and one thread for each process."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder import HOME

__all__ = ["scratch"]

PLACE = HOME / "build" / "bench"  # not a temporary folder, which the sandbox hides
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Yield a folder that is gone afterwards; what is started meanwhile has one thread, and hashes as ever."""
    os.environ.update(ONE_THREAD, PYTHONHASHSEED="0")
    PLACE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PLACE) as root:
        yield Path(root)
