"""What a box costs over a plain process: `python3 -m ci bench sandbox`.

Target: below 50 ms from start to end, by the best means of the machine. The two kinds take turns, so that what else
the machine does falls on both alike; the figure is the median of the differences, and the return code is 1 if the
target is missed.
"""

from __future__ import annotations

import argparse
import functools
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from autograder.sandbox.box import Sandbox, best, why_not
from autograder.sandbox.guarantees import MEANS

ROUNDS, TARGET = 40, 50.0
COMMAND = [sys.executable, "-I", "-S", "-c", "pass"]


def main(arguments: list[str] | None = None) -> int:
    """Print the costs of each means that works here; return 1 if the best one misses the target."""
    argparse.ArgumentParser(prog="python3 -m ci bench sandbox", description=main.__doc__).parse_args(arguments)
    costs = {}
    for means in MEANS[:-1]:
        if reason := why_not(means):
            print(f"{means:12} does not work here: {reason}")
            continue
        with Sandbox(means=means) as box:
            rounds = [(_seconds(_plain), _seconds(functools.partial(_boxed, box))) for _ in range(ROUNDS)]
        costs[means] = 1000 * statistics.median(boxed - plain for plain, boxed in rounds)
        outside, inside = (1000 * statistics.median(seconds) for seconds in zip(*rounds, strict=True))
        print(f"{means:12} {inside:.1f} ms, a plain process {outside:.1f} ms: {costs[means]:.1f} ms more")
    return int(costs.get(best(unsafe=True), 0.0) > TARGET)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _plain() -> None:
    subprocess.run(COMMAND, capture_output=True, check=True)


def _boxed(box: Sandbox) -> None:
    box.start(COMMAND).wait()


if __name__ == "__main__":
    sys.exit(main())
