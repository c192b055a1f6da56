"""The warm process: what is forked from it knows nothing of what was forked before, and it outlives no grader."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from autograder.examining.examiner_process import ExaminerProcess
from autograder.examining.student_process import StudentProcess
from autograder.examining.terms import Terms
from autograder.inside.messages import Locked
from autograder.problem import Problem
from autograder.sandbox import warm
from autograder.sandbox.box import Process, Sandbox, why_not
from autograder.sandbox.handover import BOOT, INSIDE
from ci.tests.autograder.builders import not_run


@pytest.fixture
def box() -> Sandbox:
    if why_not("forked"):
        not_run(f"no box can be forked here: {why_not('forked')}")
    return Sandbox(means="forked")


def ran(box: Sandbox, program: str, *words: object) -> Process:
    process = box.start([sys.executable, "-c", program, *map(str, words)])
    process.wait(60)
    return process


# Looks through all memory that a process may read for the first half of a word, right before the second.
SCAN = """
import sys
first, second = (word.encode() for word in sys.argv[1:])
found = 0
with open("/proc/self/mem", "rb", 0) as memory, open("/proc/self/maps") as maps:
    for line in maps:
        place, rights, *_, name = line.split(None, 5) + [""]
        if "r" not in rights or name.startswith("[v"):
            continue
        start, end = (int(word, 16) for word in place.split("-"))
        memory.seek(start)
        try:
            data = memory.read(end - start)
        except OSError:
            continue
        at = data.find(first)
        while at >= 0:
            found += data[at + len(first) : at + len(first) + len(second)] == second
            at = data.find(first, at + 1)
print(found)
"""


def test_nothing_of_one_submission_is_in_the_memory_of_the_next(box: Sandbox) -> None:
    first, second = uuid.uuid4().hex, uuid.uuid4().hex
    with box:
        one = ran(box, f"import numpy, sys\nnumpy.kept = sys.kept = '{first}{second}'\n" + SCAN, first, second)
        assert int(one.stdout) >= 1, "the scan must be able to find it"
        look = "import numpy, sys\nprint(hasattr(numpy, 'kept') or hasattr(sys, 'kept'), end=' ')\n"
        another = ran(box, look + SCAN, first, second)
    assert another.stdout.decode() == "False 0\n", another.stderr


def test_libraries_are_loaded_and_nothing_of_the_grader_is(box: Sandbox) -> None:
    program = """
import sys
loaded = ("numpy", "cs231n_lite", "matplotlib.pyplot", "IPython.core.interactiveshell")
print([name for name in loaded if name not in sys.modules])
print([name for name in sys.modules if name.split(".")[0] in ("autograder", "nbgrader", "nbformat", "sqlalchemy")])
"""
    with box:
        assert ran(box, program).stdout == b"[]\n[]\n"


def test_nothing_is_left_to_be_loaded_for_the_first_cell(box: Sandbox) -> None:
    names = "import sys\nprint(*sys.modules, sep='\\n')"
    with box:
        warm_ones = ran(box, names).stdout.decode().split()
        student = StudentProcess(box, Terms())
        (shown,) = student.run(names, 60)
        student.end()
    more = set(shown.text.split()) - set(warm_ones)
    assert {name for name in more if name.split(".")[0] != "autograder"} == set()


def test_changed_module_is_run_anew() -> None:
    if why_not("forked"):
        not_run(f"no box can be forked here: {why_not('forked')}")
    text = (INSIDE / "wire.py").read_bytes()
    outputs = []
    for more in (b"", b"\nNEW = 1\n"):
        here, there = socket.socketpair()
        with here, there, Sandbox(means="forked") as box:
            program = BOOT.replace("module.start(sock, *sys.argv[3:])", "print(hasattr(module, 'NEW'), *modules)")
            line = [sys.executable, "-c", program, str(there.fileno()), "wire"]
            here.sendall(len(text + more).to_bytes(4, "big") + text + more)
            process = box.start(line, pass_fds=(there.fileno(),))
            process.wait(60)
        outputs.append((process.stdout.decode().split()[:1], process.stdout.count(text.strip())))
    assert outputs[0][0] == ["False"] and outputs[1][0] == ["True"]
    assert [count for _, count in outputs] == [1, 2], "the first was known, the second was not"


def test_each_draws_its_own_random_numbers(box: Sandbox) -> None:
    program = "import random, numpy; print(random.random(), numpy.random.random())"
    with box:
        drawn = [number for _ in range(2) for number in ran(box, program).stdout.split()]
    assert len(set(drawn)) == 4


def test_python_ends_as_it_does_when_started(box: Sandbox) -> None:
    ends = {"raise SystemExit(3)": 3, "1 / 0": 1, "import os; os.kill(os.getpid(), 9)": -9, "pass": 0}
    ends |= {"import sys; sys.exit('because')": 1, "import os; os._exit(7)": 7}
    with box:
        assert {program: ran(box, program).returncode for program in ends} == ends
        assert b"ZeroDivisionError" in ran(box, "1 / 0").stderr
        late = "import atexit, threading, time\natexit.register(print, 'at exit')\n"
        late += "threading.Thread(target=lambda: (time.sleep(0.1), print('thread'))).start()\nprint('end', end=' ')"
        assert ran(box, late).stdout == b"end thread\nat exit\n"


def test_other_commands_are_started_from_it(box: Sandbox) -> None:
    with box:
        process = box.start(["/bin/sh", "-c", "echo $0 $HOME", "word"])
        assert process.wait(60) == 0
        assert process.stdout == b"word /home/student\n"


def test_warm_process_that_was_killed_is_started_again(box: Sandbox) -> None:
    with box:
        waiting = box.start([sys.executable, "-c", "import time; print('on', flush=True); time.sleep(60)"])
        process_of_it = warm.RUNNING["students"]
        process_of_it._process.kill()
        assert waiting.wait(60) != 0, "what was forked from it ends with it"
        process_of_it._process.wait(60)
        assert ran(box, "print('again')").stdout == b"again\n"


def test_copy_whose_warm_process_is_gone_before_it_begins_never_begins() -> None:
    program = (
        "import os, socket; from autograder.inside import zygote\n"
        "life, held = os.pipe()\n"
        "if os.environ['GONE']: os.close(held)\n"
        "here, there = socket.socketpair(); here.close()\n"  # the grader is gone too: asked, it would end with 1 or 125
        "zygote._message = lambda control: print('asked', flush=True) or {}\n"
        "zygote._forked(there, life)\n"
    )
    messages = {
        gone: subprocess.run([sys.executable, "-c", program], env={**os.environ, "GONE": gone}, capture_output=True)
        for gone in ("yes", "")
    }
    assert (messages["yes"].stdout, messages["yes"].returncode) == (b"", 125)
    assert messages[""].stdout == b"asked\n", "and one that is not alone goes on"


def test_warm_process_that_dies_while_it_is_asked_is_started_again(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with box:
        assert ran(box, "pass").returncode == 0
        warm.RUNNING["students"]._process.kill()
        warm.RUNNING["students"]._process.wait(60)
        seen = iter([True])  # as if it had died a moment later
        monkeypatch.setattr(warm.Warm, "alive", lambda self: next(seen, False) or self._process.poll() is None)
        assert ran(box, "print('again')").stdout == b"again\n"


def test_box_that_cannot_be_built_tells_why_and_runs_nothing(box: Sandbox) -> None:
    here, there = socket.socketpair()
    asked = {"view": ["--bind", "/", "/"], "user": 65534, "owner": None, "filter": None}
    spec = {"box": asked, "env": {}, "cwd": "/", "argv": [""]}
    with here, there, box, Path("/dev/null").open("r+b", 0) as nothing:
        assert ran(box, "pass").returncode == 0
        fds = {0: nothing.fileno(), 1: there.fileno(), 2: there.fileno()}
        process = warm.RUNNING["students"].fork({**spec, "path": [], "program": "print('ran')"}, fds, (None, None))
        process.go()
        assert process.bury() == 125
        there.close()
        message = here.recv(1000).decode()
    assert "unknown word --bind" in message and "ran" not in message


def test_warm_process_that_cannot_load_its_libraries_says_why() -> None:
    line = [sys.executable, "-c", "import sys; sys.exit('no such library')", warm.FD]
    broken = warm.Warm(line, (), os.environ, {}, boxed=True)
    with pytest.raises(Problem, match="a warm process cannot be started here: no such library"):
        broken.fork({}, {}, (None, None))
    broken.close()


def test_warm_processes_end_when_the_grader_is_killed() -> None:
    if why_not("forked"):
        not_run(f"no box can be forked here: {why_not('forked')}")
    program = """
import sys, time
from pathlib import Path
from autograder.sandbox import warm
from autograder.examining.examiner_process import ExaminerProcess
from autograder.sandbox.box import Sandbox
Sandbox(means="forked").start([sys.executable, "-c", "import time; time.sleep(60)"])
ExaminerProcess([], Path("/")).begin()
print(*(kept._process.pid for kept in warm.RUNNING.values()), flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        handles = [os.pidfd_open(int(number)) for number in grader.stdout.readline().split()]
        grader.send_signal(signal.SIGKILL)
    assert len(handles) == 2
    for handle in handles:
        assert select.select([handle], [], [], 30)[0], "it outlived the grader"
        os.close(handle)


def test_examiners_share_nothing(tmp_path: Path) -> None:
    (tmp_path / "tally.py").write_text("import numpy\nnumpy.kept = 1\n")
    first = ExaminerProcess([("locked", "import tally\nKEPT = 3"), ("test", "KEPT")], tmp_path)
    first.ask(60, Locked(0, {}))
    first.end()
    second = ExaminerProcess([("locked", "import numpy\n{'kept': getattr(numpy, 'kept', 0)}")], tmp_path)
    shown = second.ask(60, Locked(0, {}))["outputs"]
    second.end()
    assert shown is None or shown[0]["data"]["text/plain"] == "{'kept': 0}"
