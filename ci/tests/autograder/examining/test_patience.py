"""What is waited for: the processor's seconds on a busy machine, a bound on the clock's for what sleeps."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from autograder.examining.patience import Patience
from autograder.inside.wire import Late, Wire
from ci.tests.autograder.builders import notebook
from ci.tests.autograder.examining.builders import run

BUSY = "def answer():\n    import time\n    while time.process_time() - began < {seconds}: pass\n    return 42"
CELL = "import time\nbegan = time.process_time()\n"
SLEEPS = "def answer():\n    import time\n    time.sleep({seconds})\n    return 42"
TEST = ("test", "assert answer() == 42")
Pair = tuple[socket.socket, socket.socket]


def burn() -> None:
    while True:
        pass


@pytest.fixture
def pair() -> Iterator[Pair]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


@pytest.fixture
def crowd() -> Iterator[None]:
    """Four processes for each processor, all at work."""
    others = [multiprocessing.get_context("fork").Process(target=burn) for _ in range(4 * (os.cpu_count() or 1))]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.join()


@pytest.mark.usefixtures("crowd")
def test_honest_work_that_waits_for_a_processor_has_its_time() -> None:
    nb = notebook(("answer", CELL + BUSY.format(seconds=1.0)), TEST)
    assert run(nb, timeout=2.0, slack=30.0) == {"test-1": "passed"}


def test_work_that_takes_its_time_is_ended_however_long_the_clock_may_run() -> None:
    nb = notebook(("answer", CELL + BUSY.format(seconds=1000.0)), TEST)
    assert run(nb, timeout=1.0, slack=1000.0) == {"test-1": "timed-out"}


def test_two_processors_of_one_answer_are_counted_together() -> None:
    both = "def answer():\n    import os\n    os.fork()\n    while True: pass"
    assert run(notebook(("answer", both), TEST), timeout=1.0, slack=1000.0) == {"test-1": "timed-out"}


@pytest.mark.parametrize(("slack", "verdict"), [(60.0, "passed"), (1.5, "timed-out")])
def test_what_sleeps_has_a_multiple_of_it_on_the_clock(slack: float, verdict: str) -> None:
    nb = notebook(("answer", SLEEPS.format(seconds=3.0)), TEST)
    assert run(nb, timeout=1.0, slack=slack) == {"test-1": verdict}


def test_deadline_stands_where_the_time_was_had_and_moves_where_it_was_not(pair: Pair) -> None:
    wire = Wire(pair[0])
    for had, moves in ((0.0, True), (0.9, True), (2.0, False)):
        spent = iter([5.0, 5.0 + had])
        patience = Patience(wire, 0.3, 100.0, lambda spent=spent: next(spent))  # type: ignore[misc]
        patience.seconds = 1.0
        patience.look()
        before = wire.deadline
        patience.look()
        assert (wire.deadline != before) == moves


def test_process_that_is_stopped_for_a_while_is_waited_for(pair: Pair) -> None:
    here, there = pair
    program = f"import os, socket\nsocket.socket(fileno={there.fileno()}).sendall(b'!')"
    os.set_inheritable(there.fileno(), True)
    with subprocess.Popen([sys.executable, "-c", program], close_fds=False) as process:
        process.send_signal(signal.SIGSTOP)
        wire = Wire(here)
        patience = Patience(wire, 1.0, 2.0, lambda: 0.0)
        looks: list[None] = []

        def idle() -> None:
            looks.append(None)
            patience.look()
            if len(looks) == 7:  # beyond the second that there was
                process.send_signal(signal.SIGCONT)

        wire.idle = idle
        assert bytes(wire._exactly(1)) == b"!"


def test_nothing_is_waited_for_beyond_the_clocks_bound(pair: Pair) -> None:
    wire = Wire(pair[0])
    patience = Patience(wire, 0.3, 2.0, lambda: 0.0)
    wire.idle = patience.look
    with pytest.raises(Late):
        wire.receive()
