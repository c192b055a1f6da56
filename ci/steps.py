"""The steps of `python3 -m ci test`: named, timed, all of them run even when one fails, summed up in one line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ci import debian
from ci.environment import ROOT

__all__ = ["STEPS", "Result", "Step", "run_all"]

COUNTED = ("passed", "failed", "skipped")


@dataclass(frozen=True)
class Step:
    """A name for people and the command that does it, by `python -m`; `needs` says in a line why it cannot run."""

    name: str
    command: tuple[str, ...]
    needs: Callable[[], str] | None = None


@dataclass
class Result:
    """How a step ended: what it counted, how long it took, and why it was left out, if it was."""

    step: Step
    code: int
    seconds: float
    counts: Counter[str] = field(default_factory=Counter)
    without: str = ""


RULES, RELEASE = "ci/tests/test_notebooks.py", "ci/tests/test_release.py"
SANDBOX, POSTGRESQL = "ci/tests/test_sandbox.py", "ci/tests/test_postgres.py"
GRADING = tuple(f"ci/tests/test_{name}.py" for name in ("grading", "grade", "fail_closed", "nbgrader_commands"))
TWO = ("-n", "2", "--dist", "loadfile")

STEPS = (
    Step("ruff", ("ruff", "check", "--output-format", "concise", ".")),
    Step("mypy", ("mypy", "--no-error-summary")),
    Step("sandbox", ("pytest", "-q", SANDBOX), debian.provide_bubblewrap),
    Step(
        "unit tests",
        (
            *("pytest", "-q", *TWO, "-m", "not browser"),
            *(f"--ignore={path}" for path in (RULES, RELEASE, SANDBOX, POSTGRESQL, *GRADING)),
        ),
    ),
    Step("build in sync", ("autograder", "build", "--check")),
    Step("notebook rules", ("pytest", "-q", RULES)),
    Step(
        "solutions run again",
        ("pytest", "-q", *TWO, "--nbval", "--nbval-sanitize-with", "ci/nbval.cfg", "--nbval-current-env", "solutions"),
    ),
    Step("released and solved", ("pytest", "-q", RELEASE)),
    Step("grading", ("pytest", "-q", "-n", "2", "--dist", "loadscope", *GRADING)),
    Step("postgresql", ("pytest", "-q", "-n", "2", "--dist", "loadscope", POSTGRESQL), debian.provide_postgresql),
    Step("audit", ("autograder", "audit", "--changed")),
    Step("browser", ("pytest", "-q", "-m", "browser", "ci/tests"), debian.provide),
)


def run_all(steps: tuple[Step, ...] = STEPS) -> int:
    """Run every step; print a summary whose last line is 'N passed, N failed'; return 1 if one failed."""
    results = []
    for number, step in enumerate(steps, start=1):
        print(f"\n== {number}/{len(steps)} {step.name}", flush=True)
        results.append(_run(step))
    return summary(results)


def _run(step: Step) -> Result:
    start = time.perf_counter()
    without = step.needs() if step.needs else ""
    if without:
        print(without, flush=True)
        # A check that a machine of CI's cannot run has not passed.
        failed = os.environ.get("CI") == "true"
        return Result(
            step, int(failed), time.perf_counter() - start, Counter(failed=1) if failed else Counter(), without
        )
    last = ""
    command = [sys.executable, "-m", *step.command]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line if line.strip() else last
    code = process.returncode
    return Result(step, code, time.perf_counter() - start, counts(step.command, last, code))


def counts(command: tuple[str, ...], closing: str, code: int) -> Counter[str]:
    """Return what a step counted: pytest's own numbers from its closing line, or one check for any other tool."""
    if command[0] == "pytest":
        found = {kind: int(number) for number, kind in re.findall(r"(\d+) (passed|failed|skipped|error)", closing)}
        found["failed"] = found.get("failed", 0) + found.pop("error", 0)
        if code and not found["failed"]:
            found["failed"] = 1  # no test ran, or pytest itself broke
        return Counter(found)
    return Counter(passed=int(code == 0), failed=int(code != 0))


def summary(results: list[Result]) -> int:
    """Print a line for each step and the closing line; return the exit code."""
    print("\n== summary")
    for result in results:
        verdict = "left out" if result.without and not result.code else "failed" if result.code else "passed"
        told = ", ".join(f"{result.counts[kind]} {kind}" for kind in COUNTED if result.counts[kind])
        print(f"{result.step.name:20} {verdict:8} {result.seconds:7.1f} s   {result.without or told}")
    total = sum((result.counts for result in results), Counter())
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{'all of it':20} {'':8} {sum(result.seconds for result in results):7.1f} s")
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return int(any(result.code for result in results))
