"""What `python3 -m ci COMMAND` does once it runs inside the environment."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

from ci import steps
from ci.environment import ROOT, Unready

__all__ = ["run"]


def run(name: str, arguments: list[str]) -> int:
    """Run one command with its own arguments; return its exit code."""
    if name == "bench":
        return _bench(arguments)
    if arguments:
        raise Unready(f"{name} takes no arguments, and got {' '.join(arguments)}")
    # One thread each: sums come out the same on any number of cores, and kernels do not get in each other's way.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", PYTHONHASHSEED="0")
    if name == "test":
        return steps.run_all()
    if name == "tidy":
        from ci import tidy

        return tidy.main()
    if name == "demo":
        return subprocess.call([sys.executable, "-m", "autograder", "demo"], cwd=ROOT)
    lab = ["lab", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={ROOT / 'assignments'}"]
    return subprocess.call([sys.executable, "-m", "jupyter", *lab], cwd=ROOT)


def _bench(arguments: list[str]) -> int:
    known = sorted(path.stem for path in (ROOT / "ci" / "bench").glob("[a-z]*.py"))
    if not arguments or arguments[0] not in known:
        asked = f"there is no benchmark {arguments[0]!r}" if arguments else "which benchmark?"
        raise Unready(f"{asked}: python3 -m ci bench {'|'.join(known) or 'NAME (there is none yet)'}")
    return int(importlib.import_module(f"ci.bench.{arguments[0]}").main(arguments[1:]) or 0)
