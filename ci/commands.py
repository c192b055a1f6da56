"""What `python3 -m ci COMMAND` does once it runs inside the environment."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

from ci import debian, steps
from ci.environment import ONE_THREAD, ROOT, Unready

__all__ = ["run"]

ALONE = {"newest": "run", "reference": "run", "tidy": "main"}  # commands without arguments: a module, its function


def run(name: str, arguments: list[str]) -> int:
    """Run one command with its own arguments; return its exit code."""
    if name == "bench":
        return _bench(arguments)
    if name == "lab":
        return _lab(arguments)
    if name == "site":
        from ci.site.command import run as site

        return site(arguments)
    if name == "guide" and arguments in ([], ["--check"]):
        from ci import guide

        return guide.main(arguments)
    if arguments:
        raise Unready(f"{name} takes no arguments, and got {' '.join(arguments)}")
    os.environ.update(ONE_THREAD)
    if name == "test":
        return steps.run_all()
    if name in ALONE:
        return int(getattr(importlib.import_module(f"ci.{name}"), ALONE[name])())
    warning = debian.provide_bubblewrap()
    if warning:
        print(warning, flush=True)
    return subprocess.call([sys.executable, "-m", "autograder", "demo"], cwd=ROOT)


def _lab(arguments: list[str]) -> int:
    if arguments not in ([], ["--instructor"]):
        raise Unready(f"lab takes --instructor or nothing, and got {' '.join(arguments)}")
    from ci.lab.__main__ import run as opened

    return opened(arguments)


def _bench(arguments: list[str]) -> int:
    names = sorted(path.stem for path in (ROOT / "ci" / "bench").glob("[a-z]*.py"))
    if not arguments or arguments[0] not in names:
        complaint = f"there is no benchmark {arguments[0]!r}" if arguments else "which benchmark?"
        raise Unready(f"{complaint}: python3 -m ci bench {'|'.join(names) or 'NAME (there is none yet)'}")
    return int(importlib.import_module(f"ci.bench.{arguments[0]}").main(arguments[1:]) or 0)
