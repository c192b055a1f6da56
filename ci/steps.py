"""The steps of `python3 -m ci test`: named, timed, all of them run even when one fails, summed up in one line.

Each step is one process, and one more of them runs at a time than there are processors, because most wait now and
then: for a kernel, a page, a limit to run out. They start in the order of the list, in which the long ones are first.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ci import debian
from ci.environment import ROOT
from ci.pyodide import solutions
from ci.site import tools

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
    """How a step ended: what it counted, how long it and the processors took, and why it was left out, if it was."""

    step: Step
    code: int
    seconds: float
    counts: Counter[str] = field(default_factory=Counter)
    without: str = ""
    processor: float = 0.0
    broken: list[str] = field(default_factory=list)  # pytest's line on each test that failed


TESTS, GRADER = "ci/tests", "ci/tests/autograder"
BOOK = "by_hand changes entry file flags grade_steps lateness marks overview pages source_cells tables turns"
SITE = "test_site.py"  # whose needs are others than those of the files beside it
PAGES = sorted(path.name for path in (ROOT / TESTS / "browser").glob("test_*.py") if path.name != SITE)
PYTEST = ("pytest", "-q", "-p", "no:nbval")  # which takes two seconds to start, for what one step needs
NBVAL = ("pytest", "-q", "--nbval", "--nbval-sanitize-with", "ci/nbval.cfg", "--nbval-current-env")


def _site() -> str:
    """Have at hand what the site is made of and shown in; return "" or one line on what is missing."""
    return debian.provide() or tools.prepare()


def _bubblewrap() -> str:
    """Have bubblewrap at hand if that can be; return "" anyhow: one can grade without, and the sandbox's step tells."""
    debian.provide_bubblewrap()
    return ""


def _tests(name: str, folder: str, *files: str, needs: Callable[[], str] | None = None) -> Step:
    """Return the step of a folder's tests, or of those that lie in these files and folders of it."""
    return Step(name, (*PYTEST, *(f"{folder}/{file}".rstrip("/") for file in files or ("",))), needs)


# Every test file is run by one step: by its folder, or by its name where its folder has files for several steps.
STEPS = (
    Step("ruff", ("ruff", "check", "--output-format", "concise", ".")),
    Step("mypy", ("mypy", "--no-error-summary")),
    _tests("grading", f"{GRADER}/grading", needs=_bubblewrap),  # the first that confines somebody
    _tests("browser", f"{TESTS}/browser", *PAGES, needs=debian.provide),
    _tests("corpus", f"{GRADER}/corpus"),
    _tests("examining", f"{GRADER}/examining"),
    _tests("the site in a browser", f"{TESTS}/browser", SITE, needs=_site),
    _tests("instruments", f"{TESTS}/cs231n_lite"),
    _tests("a term", f"{GRADER}/term"),
    _tests("nbgrader", GRADER, "test_nbgrader_steps.py", "test_protection.py", "test_needless.py"),
    _tests("project", TESTS, "ci", "docs", "test_contracts.py", "test_shape.py"),
    _tests("notebooks", f"{TESTS}/course"),
    _tests("postgresql", f"{GRADER}/gradebook", "test_postgresql.py", needs=debian.provide_postgresql),
    _tests("sandbox", GRADER, "sandbox", "doctor", needs=debian.provide_bubblewrap),
    _tests("building and auditing", GRADER, "building", "notebooks", "inside", "auditing"),
    _tests("gradebook", f"{GRADER}/gradebook", *(f"test_{name}.py" for name in BOOK.split())),
    Step("audit", ("autograder", "audit", "--changed")),
    _tests(
        "hand-ins and pages", GRADER, "intake", "platforms", "test_submission.py", "feedback", "marking", "reporting"
    ),
    _tests("solutions in Pyodide", f"{TESTS}/pyodide", needs=solutions.prepare),
    Step("build in sync", ("autograder", "build", "--check")),
    Step("solutions run again", (*NBVAL, "solutions")),
    Step("guide in sync", ("ci.guide", "--check")),
)
LANES = 1 + (os.cpu_count() or 1)
ONE_AT_A_TIME = threading.Lock()  # installs, and lines of print


def run_all(steps: tuple[Step, ...] = STEPS) -> int:
    """Run every step; print a summary whose last line is 'N passed, N failed'; return 1 if one failed."""
    numbered = [(step, f"== {number}/{len(steps)} {step.name}") for number, step in enumerate(steps, start=1)]
    start = time.perf_counter()
    with ThreadPoolExecutor(LANES) as lanes:
        results = list(lanes.map(lambda pair: _run(*pair), numbered))
    return summary(results, time.perf_counter() - start)


def _run(step: Step, heading: str) -> Result:
    start = time.perf_counter()
    with ONE_AT_A_TIME:
        print(f"\n{heading}", flush=True)
        without = step.needs() if step.needs else ""
    if without:
        print(without, flush=True)
        # A check that a machine of CI's cannot run has not passed.
        failed = os.environ.get("CI") == "true"
        return Result(
            step, int(failed), time.perf_counter() - start, Counter(failed=1) if failed else Counter(), without
        )
    last, broken = "", []
    command = [sys.executable, "-m", *step.command]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            with ONE_AT_A_TIME:
                print(f"{step.name}: {line.rstrip()}", flush=True)
            last = line if line.strip() else last
            broken += [line.rstrip()] if line.startswith(("FAILED ", "ERROR ")) else []
        # What this process and those that it waited for have used, whatever runs beside it.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    code = process.returncode
    seconds, counted = time.perf_counter() - start, counts(step.command, last, code)
    return Result(step, code, seconds, counted, processor=used.ru_utime + used.ru_stime, broken=broken)


def counts(command: tuple[str, ...], closing: str, code: int) -> Counter[str]:
    """Return what a step counted: pytest's own numbers from its closing line, or one check for any other tool."""
    if command[0] == "pytest":
        numbers = {kind: int(number) for number, kind in re.findall(r"(\d+) (passed|failed|skipped|error)", closing)}
        numbers["failed"] = numbers.get("failed", 0) + numbers.pop("error", 0)
        if code and not numbers["failed"]:
            numbers["failed"] = 1  # no test ran, or pytest itself broke
        return Counter(numbers)
    return Counter(passed=int(code == 0), failed=int(code != 0))


def summary(results: list[Result], seconds: float) -> int:
    """Print the tests that failed, a line for each step and the closing line; return the exit code."""
    print("\n== summary")
    for result in results:
        for line in result.broken:
            print(f"{result.step.name}: {line}")
    for result in results:
        verdict = "left out" if result.without and not result.code else "failed" if result.code else "passed"
        words = ", ".join(f"{result.counts[kind]} {kind}" for kind in COUNTED if result.counts[kind])
        times = f"{result.seconds:7.1f} s {result.processor:7.1f} of processor"
        print(f"{result.step.name:21} {verdict:8} {times}   {result.without or words}")
    total = sum((result.counts for result in results), Counter())
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    work = sum(result.processor for result in results)
    print(f"{'all of it':21} {'':8} {seconds:7.1f} s {work:7.1f} of processor")
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return int(any(result.code for result in results))
