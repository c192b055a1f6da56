"""What `python3 -m ci COMMAND` does once it runs inside the environment."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

from ci import debian, steps
from ci.environment import ROOT, Unready

__all__ = ["lab", "run"]


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
        warning = debian.provide_bubblewrap()
        if warning:
            print(warning, flush=True)
        return subprocess.call([sys.executable, "-m", "autograder", "demo"], cwd=ROOT)
    return subprocess.call(lab(ROOT / "assignments"), cwd=ROOT)


def lab(folder: Path) -> list[str]:
    """Return the command that opens JupyterLab on a folder, for this machine only."""
    here = ["--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={folder}"]
    return [sys.executable, "-m", "jupyter", "lab", *here, *_as_root()]


def _as_root() -> list[str]:
    # Jupyter asks root, which containers often are, to say that this is meant; only this machine can reach it.
    return ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def _bench(arguments: list[str]) -> int:
    names = sorted(path.stem for path in (ROOT / "ci" / "bench").glob("[a-z]*.py"))
    if not arguments or arguments[0] not in names:
        complaint = f"there is no benchmark {arguments[0]!r}" if arguments else "which benchmark?"
        raise Unready(f"{complaint}: python3 -m ci bench {'|'.join(names) or 'NAME (there is none yet)'}")
    return int(importlib.import_module(f"ci.bench.{arguments[0]}").main(arguments[1:]) or 0)
