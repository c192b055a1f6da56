"""A process and all below it: whose processor time is whose."""

from __future__ import annotations

import os
import subprocess
import sys

from autograder.sandbox.tree import descent, processor_seconds

BURN = "import time\nwhile time.process_time() < {seconds}: pass\nprint('done', flush=True)\ninput()"


def started(program: str) -> subprocess.Popen[str]:
    """A Python that has printed its first line and waits for another."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", program], text=True, **pipes)  # type: ignore[call-overload]
    assert process.stdout.readline() == "done\n"
    return process  # type: ignore[no-any-return]


def test_time_of_a_process_is_told() -> None:
    with started(BURN.format(seconds=0.5)) as process:
        assert processor_seconds(process.pid) >= 0.4
        process.communicate("\n")


def test_time_of_a_child_counts_while_it_lives_and_when_it_was_waited_for() -> None:
    inner = BURN.format(seconds=0.5).replace("input()", "")
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {inner!r}], check=True)\ninput()"
    with started(program) as process:
        assert processor_seconds(process.pid) >= 0.4
        process.communicate("\n")
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN.format(seconds=0.5)!r}])"
    with started(program) as process:
        assert processor_seconds(process.pid) >= 0.4 and len(list(descent(process.pid))) == 2
        process.communicate("\n")


def test_process_that_is_gone_has_had_no_time() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert processor_seconds(process.pid) == 0.0


def test_own_process_is_among_its_descent() -> None:
    assert next(descent(os.getpid())).name == str(os.getpid())
