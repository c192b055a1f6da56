"""The steps of `python3 -m ci test`: named, timed, all of them run even when one fails, summed up in one line.

Steps that are one process at work run two at a time; those that have processes of their own, or a browser, run alone.
"""

from __future__ import annotations

import itertools
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
    beside: bool = False  # whether it is one process at work, beside which another may run


@dataclass
class Result:
    """How a step ended: what it counted, how long it and the processors took, and why it was left out, if it was."""

    step: Step
    code: int
    seconds: float
    counts: Counter[str] = field(default_factory=Counter)
    without: str = ""
    processor: float = 0.0


# Every test file is run by one step: by its folder, or by its name where its folder has files for several steps.
TESTS, GRADER = "ci/tests", "ci/tests/autograder"
RULES, RELEASE = f"{TESTS}/course/test_notebooks.py", f"{TESTS}/course/test_release.py"
TRANSLATED = f"{TESTS}/course/test_translated.py"
ALONE, GIVEN_AWAY = f"{TESTS}/course/test_alone.py", f"{TESTS}/course/test_nothing_given_away.py"
PROJECT = tuple(f"{TESTS}/{name}" for name in ("ci", "docs", "test_contracts.py", "test_shape.py"))
FOLDER_NAMES = "auditing building corpus feedback inside intake marking notebooks platforms reporting"
FOLDERS = tuple(FOLDER_NAMES.split())
FILES = ("test_nbgrader_steps.py", "test_protection.py", "test_submission.py", "test_needless.py")
BOOK_TESTS = "by_hand changes entry file flags grade_steps lateness marks overview pages source_cells tables turns"
BOOK = tuple(f"gradebook/test_{name}.py" for name in BOOK_TESTS.split())
POSTGRESQL = f"{GRADER}/gradebook/test_postgresql.py"
SITE = f"{TESTS}/browser/test_site.py"  # whose needs are others than those of the files beside it
BROWSER = sorted(f"{TESTS}/browser/{path.name}" for path in (ROOT / TESTS / "browser").glob("test_*.py"))
BROWSER.remove(SITE)
TWO = ("-n", "2", "--dist", "loadfile")
# Much of these is waiting for a limit to run out: more of them at a time than there are processors.
THREE, SCOPES = ("-n", "3", "--dist", "loadfile"), ("-n", "3", "--dist", "loadscope")
WAITING = ("-n", "4", "--dist", "worksteal")


def _site() -> str:
    """Have at hand what the site is made of and shown in; return "" or one line on what is missing."""
    return debian.provide() or tools.prepare()


STEPS = (
    Step("ruff", ("ruff", "check", "--output-format", "concise", "."), beside=True),
    Step("mypy", ("mypy", "--no-error-summary"), beside=True),
    Step("audit", ("autograder", "audit", "--changed"), beside=True),
    Step("sandbox", ("pytest", "-q", f"{GRADER}/sandbox", f"{GRADER}/doctor"), debian.provide_bubblewrap, beside=True),
    Step("build in sync", ("autograder", "build", "--check"), beside=True),
    Step("guide in sync", ("ci.guide", "--check"), beside=True),
    Step("solutions in Pyodide", ("pytest", "-q", f"{TESTS}/pyodide"), solutions.prepare, beside=True),
    Step("notebook rules", ("pytest", "-q", RULES, ALONE, GIVEN_AWAY), beside=True),
    Step("released and solved", ("pytest", "-q", RELEASE, TRANSLATED), beside=True),
    Step("project", ("pytest", "-q", *TWO, *PROJECT)),
    Step("instruments", ("pytest", "-q", *TWO, f"{TESTS}/cs231n_lite")),
    Step("grader", ("pytest", "-q", *THREE, *(f"{GRADER}/{name}" for name in (*FOLDERS, *FILES, *BOOK)))),
    Step("examining", ("pytest", "-q", *WAITING, f"{GRADER}/examining")),
    Step(
        "solutions run again",
        ("pytest", "-q", *TWO, "--nbval", "--nbval-sanitize-with", "ci/nbval.cfg", "--nbval-current-env", "solutions"),
    ),
    Step("grading", ("pytest", "-q", *SCOPES, f"{GRADER}/grading")),
    Step("a term", ("pytest", "-q", *SCOPES, f"{GRADER}/term")),
    Step("postgresql", ("pytest", "-q", *SCOPES, POSTGRESQL), debian.provide_postgresql),
    Step("browser", ("pytest", "-q", *TWO, *BROWSER), debian.provide),
    Step("the site in a browser", ("pytest", "-q", SITE), _site),
)
LANES = 2
ONE_AT_A_TIME = threading.Lock()  # installs, and lines of print


def run_all(steps: tuple[Step, ...] = STEPS) -> int:
    """Run every step; print a summary whose last line is 'N passed, N failed'; return 1 if one failed."""
    results: list[Result] = []
    numbered = [(step, f"== {number}/{len(steps)} {step.name}") for number, step in enumerate(steps, start=1)]
    with ThreadPoolExecutor(LANES) as lanes:
        for beside, group in itertools.groupby(numbered, key=lambda pair: pair[0].beside):
            apply = lanes.map if beside else map
            results += apply(lambda pair: _run(*pair), group)
    return summary(results)


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
    last = ""
    command = [sys.executable, "-m", *step.command]
    whose = f"{step.name}: " if step.beside else ""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            with ONE_AT_A_TIME:
                print(f"{whose}{line.rstrip()}", flush=True)
            last = line if line.strip() else last
        # What this process and those that it waited for have used, whatever runs beside it.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    code = process.returncode
    seconds, counted = time.perf_counter() - start, counts(step.command, last, code)
    return Result(step, code, seconds, counted, processor=used.ru_utime + used.ru_stime)


def counts(command: tuple[str, ...], closing: str, code: int) -> Counter[str]:
    """Return what a step counted: pytest's own numbers from its closing line, or one check for any other tool."""
    if command[0] == "pytest":
        numbers = {kind: int(number) for number, kind in re.findall(r"(\d+) (passed|failed|skipped|error)", closing)}
        numbers["failed"] = numbers.get("failed", 0) + numbers.pop("error", 0)
        if code and not numbers["failed"]:
            numbers["failed"] = 1  # no test ran, or pytest itself broke
        return Counter(numbers)
    return Counter(passed=int(code == 0), failed=int(code != 0))


def summary(results: list[Result]) -> int:
    """Print a line for each step and the closing line; return the exit code."""
    print("\n== summary")
    for result in results:
        verdict = "left out" if result.without and not result.code else "failed" if result.code else "passed"
        words = ", ".join(f"{result.counts[kind]} {kind}" for kind in COUNTED if result.counts[kind])
        times = f"{result.seconds:7.1f} s {result.processor:7.1f} of processor"
        print(f"{result.step.name:21} {verdict:8} {times}   {result.without or words}")
    total = sum((result.counts for result in results), Counter())
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    whole, work = (sum(getattr(result, name) for result in results) for name in ("seconds", "processor"))
    print(f"{'all of it':21} {'':8} {whole:7.1f} s {work:7.1f} of processor")
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return int(any(result.code for result in results))
