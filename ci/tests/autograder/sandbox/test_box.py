"""The sandbox: every guarantee is attacked in vain by each means, and the same attack succeeds where it is left out."""

from __future__ import annotations

import functools
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import __main__ as entry
from autograder.doctor import excesses, prove
from autograder.doctor.lab import Lab
from autograder.doctor.prove import ATTACKS
from autograder.problem import Problem
from autograder.sandbox import box, cgroup, syscalls
from autograder.sandbox.box import Limits, Process, Sandbox, best, why_not
from autograder.sandbox.guarantees import GUARANTEES, how
from ci.tests.autograder.builders import RUNGS, not_run

NEVER = {"forked": set(), "bubblewrap": set(), "landlock": {"disk", "orphan"}}  # what a rung cannot give on any machine
LOOSE = Limits(memory=1 << 30, processes=200, file_bytes=1 << 30, output_bytes=1 << 30, disk_bytes=1 << 30)
ALLOW = struct.pack("=HBBI", syscalls.RETURN, 0, 0, syscalls.ALLOW)


@pytest.fixture(params=RUNGS)
def rung(request: pytest.FixtureRequest) -> str:
    if why_not(request.param):
        not_run(f"{request.param} does not work here: {why_not(request.param)}")
    return str(request.param)


def python(program: str, *words: object) -> list[str]:
    return [sys.executable, "-I", "-c", program, *map(str, words)]


def ran(box: Sandbox, program: str, *words: object, **options: object) -> Process:
    process = box.start(python(program, *words), **options)  # type: ignore[arg-type]
    process.wait(60)
    return process


# The guarantees


@pytest.mark.parametrize("guarantee", GUARANTEES)
def test_attack_fails_on(guarantee: str, rung: str) -> None:
    if guarantee in NEVER[rung]:
        assert guarantee not in how(rung), "what a rung cannot give is not promised"
        return
    if guarantee not in how(rung):
        not_run(f"nothing gives {rung} {guarantee!r} on this machine")
    assert ATTACKS[guarantee](Lab(rung)) == ""


@pytest.mark.parametrize(
    "guarantee",
    ["reading", "writing", "environment", "processes", "messages", "user", "instruments", "libraries"],
)
def test_the_same_attack_succeeds_unconfined_on(guarantee: str) -> None:
    assert ATTACKS[guarantee](Lab("none")) != ""


@pytest.mark.parametrize(
    "guarantee",
    [
        "memory of a process",
        "memory in all",
        "process count",
        "file size",
        "disk",
        "processor time",
        "wall time",
        "output",
    ],
)
def test_the_same_attack_succeeds_with_loose_limits_on(guarantee: str) -> None:
    if why_not("bubblewrap"):
        not_run(why_not("bubblewrap"))
    assert ATTACKS[guarantee](Lab("bubblewrap", loose=LOOSE)) != ""


@pytest.mark.parametrize("guarantee", ["network", "system calls"])
def test_the_same_attack_succeeds_without_the_filter_on(guarantee: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if why_not("landlock"):
        not_run(why_not("landlock"))
    monkeypatch.setattr(syscalls, "program", lambda **_: ALLOW)
    assert ATTACKS[guarantee](Lab("landlock")) != ""


def test_the_same_attack_succeeds_without_group_and_namespace_on_clean_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syscalls, "program", lambda **_: ALLOW)
    monkeypatch.setattr(cgroup, "places", dict)
    assert ATTACKS["clean end"](Lab("none")) != ""


def test_the_same_attack_succeeds_without_group_and_namespace_on_orphan(monkeypatch: pytest.MonkeyPatch) -> None:
    # Any grader that starts meanwhile, as one of another step's, ends what is left in the group of a dead one.
    without = "from autograder.sandbox import cgroup\ncgroup.places = dict\n"
    monkeypatch.setattr(excesses, "GRADER", without + excesses.GRADER)
    assert ATTACKS["orphan"](Lab("none")) != ""


def test_every_guarantee_has_an_attack() -> None:
    assert list(ATTACKS) == list(GUARANTEES)


# What must work inside


def test_what_students_need_imports_and_runs(rung: str) -> None:
    program = """
import numpy as np, matplotlib, cs231n_lite, IPython
from IPython.core.interactiveshell import InteractiveShell
import matplotlib.pyplot as plt
plt.plot(np.arange(3) @ np.ones((3, 3)))
plt.savefig("curve.png")
shell = InteractiveShell.instance()
assert shell.run_cell("import cs231n_lite; 1 + 1").result == 2
open("own.txt", "w").write("kept")
print(matplotlib.get_backend().lower(), open("own.txt").read(), len(cs231n_lite.__all__) > 0)
"""
    with Sandbox(means=rung, instruments=True) as box:
        process = ran(box, program)
    assert (process.returncode, process.stdout.decode().split()[-3:]) == (0, ["agg", "kept", "True"])
    assert process.stderr == b""


def test_the_channel_is_the_only_descriptor_and_talks_both_ways(rung: str) -> None:
    program = """
import os, socket, sys
number = int(sys.argv[1])
channel = socket.socket(fileno=number)
channel.sendall(channel.recv(9).upper())
spare = []
for other in range(3, 256):
    try:
        os.fstat(other)
        spare.append(other)
    except OSError:
        pass
assert spare == [number], spare
assert not sys.stdin.read()
"""
    ours, theirs = socket.socketpair()
    with ours, theirs, Sandbox(means=rung) as box:
        process = box.start(python(program, theirs.fileno()), pass_fds=(theirs.fileno(),))
        ours.sendall(b"hello")
        assert ours.recv(9) == b"HELLO"
        assert process.wait(60) == 0, process.stderr


def test_pythons_own_pairs_of_sockets_and_processes_work(rung: str) -> None:
    program = """
import asyncio, subprocess, sys
asyncio.run(asyncio.sleep(0))
subprocess.run([sys.executable, "-V"], check=True)
"""
    with Sandbox(means=rung) as box:
        process = ran(box, program)
    assert process.returncode == 0, process.stderr


def test_environment_is_what_was_given_and_a_little_more(rung: str) -> None:
    with Sandbox(means=rung) as box:
        output = ran(
            box,
            "import os; print(os.environ['X'], os.environ['OMP_NUM_THREADS'], os.getcwd() == os.environ['HOME'])",
            env={"X": "y"},
        )
    assert output.stdout.split() == [b"y", b"1", b"True"], output.stderr


def test_scratch_is_offered_for_reading_and_stays_as_it_is(rung: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cars.csv").write_text("red")
    program = """
print(open("data/cars.csv").read())
open("result", "w").write("x")
try:
    open("data/cars.csv", "w")
except OSError:
    print("read-only")
"""
    with Sandbox(scratch=tmp_path, means=rung) as box:
        first, second = ran(box, program), ran(box, "import os; print(os.path.exists('result'))")
    assert first.stdout.split() == [b"red", b"read-only"], first.stderr
    assert second.stdout.split() == [b"False"], "each process starts in a fresh folder"
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_thousand_files_in_scratch_are_all_to_be_read_and_stay_as_they_are(rung: str, tmp_path: Path) -> None:
    scratch, secret = tmp_path / "scratch", tmp_path / "gradebook.db"
    scratch.mkdir()
    secret.write_text("secret")
    (scratch / "a link").symlink_to(secret)
    for number in range(1000):
        (scratch / f"part {number}.txt").write_text(str(number))
    program = """
import os
parts = [name for name in os.listdir() if name.startswith("part ")]
print(sum(int(open(name).read()) for name in parts), os.path.lexists("a link"))
for change in (lambda: open("part 7.txt", "w"), lambda: os.remove(os.path.realpath("part 8.txt"))):
    try:
        change()
        print("changed")
    except OSError:
        pass
"""
    with Sandbox(scratch=scratch, means=rung) as box:
        assert (process := ran(box, program)).stdout.split() == [b"499500", b"False"], process.stderr
    assert ((scratch / "part 7.txt").read_text(), (scratch / "part 8.txt").read_text()) == ("7", "8")


def test_link_in_scratch_opens_nothing(rung: str, tmp_path: Path) -> None:
    scratch, secret = tmp_path / "scratch", tmp_path / "gradebook.db"
    scratch.mkdir()
    (scratch / "inner").mkdir()
    secret.write_text("secret")
    for link in (scratch / "link", scratch / "inner" / "link"):
        link.symlink_to(secret)
    with Sandbox(scratch=scratch, means=rung) as box:
        for name in ("link", "inner/link"):
            assert b"Error" in ran(box, f"print(open({name!r}).read())").stderr


def test_hidden_folder_inside_a_shown_one_is_not_to_be_read(rung: str, tmp_path: Path) -> None:
    hidden = tmp_path / "shown" / "course"
    hidden.mkdir(parents=True)
    (hidden / "gradebook.db").write_text("secret")
    (tmp_path / "shown" / "open.txt").write_text("seen")
    with Sandbox(means=rung, show=[tmp_path / "shown"], hide=[hidden]) as box:
        assert ran(box, f"print(open({str(hidden.parent / 'open.txt')!r}).read())").stdout == b"seen\n"
        reading = ran(box, f"print(open({str(hidden / 'gradebook.db')!r}).read())")
        assert reading.returncode != 0 and b"secret" not in reading.stdout
        if rung != "landlock":  # which can keep from reading, and not from seeing a name
            assert ran(box, f"import os; print(os.listdir({str(hidden)!r}))").stdout == b"[]\n"


# How it ends

ENDS = {
    "exited": "raise SystemExit(3)",
    "crashed": "import os; os.abort()",
    "killed": "import time; print('on', flush=True); time.sleep(60)",
    "timed-out": "while True: pass",
    "out-of-memory": excesses.MEMORY_SHARED,
}


@pytest.mark.parametrize("fate", ENDS)
def test_fate_is(fate: str, rung: str) -> None:
    if fate == "out-of-memory" and "memory in all" not in how(rung):
        not_run("there is no control group for memory here")
    with Sandbox(Limits(memory=192 << 20, cpu_seconds=1), means=rung) as box:
        process = box.start([sys.executable, "-I", "-S", "-c", ENDS[fate], str(192 << 20)])
        if fate == "killed":
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.01)
            assert process.poll() is None
            process.kill()
        code = process.wait(60)
        assert (process.fate(), process.poll()) == (fate, code)
        codes = {"exited": 3, "crashed": -signal.SIGABRT, "timed-out": -signal.SIGXCPU}
        assert code == codes.get(fate, -signal.SIGKILL)


def test_kill_ends_everything_inside(rung: str) -> None:
    reading, hold = os.pipe()
    with os.fdopen(reading, "rb"), Sandbox(means=rung) as box:
        program = "import os, time; os.fork(); os.fork(); print('on', flush=True); time.sleep(60)"
        process = box.start(python(program), pass_fds=(hold,))
        os.close(hold)
        process.kill()
        process.wait(60)
        assert select.select([reading], [], [], 10)[0] and not os.read(reading, 1)


def test_leaving_the_block_ends_what_still_runs(rung: str) -> None:
    with Sandbox(means=rung) as box:
        process = box.start(python("import time; time.sleep(60)"))
    assert process.fate() == "killed"


def test_memory_error_is_an_ordinary_exception(rung: str) -> None:
    program = "try:\n    bytearray(10 << 30)\nexcept MemoryError:\n    print('told')"
    with Sandbox(means=rung) as box:
        assert ran(box, program).stdout == b"told\n"


def test_output_beyond_the_bound_is_dropped_and_told(rung: str) -> None:
    with Sandbox(Limits(output_bytes=10), means=rung) as box:
        long, short = ran(box, "print('x' * 10**6)"), ran(box, "print('x' * 9)")
    assert (long.stdout, long.truncated, long.fate()) == (b"x" * 10, True, "exited")
    assert (short.stdout, short.truncated) == (b"x" * 9 + b"\n", False)


def test_no_control_group_is_left(rung: str) -> None:
    if not cgroup.places():
        not_run("no control group can be made here")
    with Sandbox(means=rung) as box:
        ran(box, "pass")
    assert not [left for folder, _ in cgroup.places().values() for left in folder.glob(f"autograder-*-{os.getpid()}-*")]


def test_group_of_a_killed_grader_is_ended_and_removed_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    if not cgroup.places():
        not_run("no control group can be made here")
    with subprocess.Popen([sys.executable, "-c", "pass"]) as gone:
        gone.wait()
    folder = next(iter(cgroup.places().values()))[0]
    dead, alive = (folder / f"{cgroup.prefix()}{owner}-9" for owner in (gone.pid, os.getpid()))
    with subprocess.Popen(["sleep", "60"]) as left:
        for path in (dead, alive):
            path.mkdir()
        (dead / "cgroup.procs").write_text(str(left.pid))
        cgroup.sweep()
        assert left.wait(30) == -signal.SIGKILL
    assert (dead.exists(), alive.exists()) == (False, True)
    alive.rmdir()


def test_group_of_version_2_bounds_memory_swap_and_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroup, "places", lambda: {"memory": (tmp_path, 2), "processes": (tmp_path, 2)})
    group = cgroup.Group(memory=1000, processes=5)
    (folder,) = group.folders
    settings = {path.name: path.read_text() for path in folder.iterdir()}
    assert settings == {"memory.max": "1000", "memory.swap.max": "0", "memory.oom.group": "1", "pids.max": "5"}
    for count in (0, 2):
        (folder / "memory.events").write_text(f"low 0\noom 3\noom_kill {count}\n")
        assert group.starved() == count


def test_folder_for_groups_of_version_2_is_the_nearest_that_hands_its_controllers_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "user.slice" / "session.scope"
    own.mkdir(parents=True)
    for folder, controllers in ((own, ""), (own.parent, "memory pids"), (tmp_path, "cpu memory pids")):
        (folder / "cgroup.subtree_control").write_text(controllers)
    proc = {"cgroup": "0::/user.slice/session.scope\n", "mountinfo": f"1 2 0:3 / {tmp_path} rw - cgroup2 cgroup2 rw\n"}
    monkeypatch.setattr(Path, "read_text", lambda path, read=Path.read_text: proc.get(path.name) or read(path))
    assert list(cgroup.candidates("pids")) == [(own.parent, 2), (tmp_path, 2)]


# The ladder


def test_without_namespaces_landlock_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    if why_not("landlock"):
        not_run(why_not("landlock"))
    monkeypatch.setattr(box, "why_not", lambda means: "" if means == "landlock" else "not here")
    assert Sandbox().means == "landlock"


def test_without_any_means_it_refuses_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box, "why_not", lambda means: f"no {means}")
    with pytest.raises(
        Problem, match=r"(?s)no forked.*no bubblewrap.*no landlock.*install bubblewrap, or say --unsafe"
    ):
        Sandbox()
    assert best(unsafe=True) == "none"


def test_unconfined_must_be_asked_for() -> None:
    with pytest.raises(Problem, match="no such means"):
        Sandbox(means="none")


def test_box_that_cannot_be_made_is_told_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2; exit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with Sandbox(means="bubblewrap") as box, pytest.raises(Problem, match="No permissions to create new namespace"):
        box.start(python("pass"))
    assert not [left for folder, _ in cgroup.places().values() for left in folder.glob(f"autograder-*-{os.getpid()}-*")]


# The filter


def answer(program: bytes, number: int, *arguments: int, architecture: int) -> int:
    """Run the filter as the kernel would, on one system call."""
    data = struct.pack("=iIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    steps = list(struct.iter_unpack("=HBBI", program))
    place = value = 0
    tests: dict[int, Callable[[int, int], bool]] = {
        syscalls.EQUAL: lambda a, b: a == b,
        syscalls.SET: lambda a, b: bool(a & b),
        syscalls.AT_LEAST: lambda a, b: a >= b,
    }
    while True:
        code, so, otherwise, k = steps[place]
        place += 1
        if code == syscalls.LOAD:
            (value,) = struct.unpack_from("=I", data, k)
        elif code == syscalls.AND:
            value &= k
        elif code == syscalls.RETURN:
            return int(k)
        else:
            place += so if tests[code](value, k) else otherwise


@pytest.mark.parametrize("machine", syscalls.MACHINES)
def test_filter_refuses_its_list_and_nothing_that_python_needs(machine: str) -> None:
    column, architecture = syscalls.MACHINES[machine]
    ask = functools.partial(answer, syscalls.program(machine=machine), architecture=architecture)
    refused, absent = syscalls.ERROR | 1, syscalls.ERROR | 38
    for table, verdict in ((syscalls.REFUSED, refused), (syscalls.ABSENT, absent)):
        for name, numbers in table.items():
            if numbers[column] is not None:
                assert ask(numbers[column]) == verdict, name
    assert ask(syscalls.CLONE[column], signal.SIGCHLD) == syscalls.ALLOW
    assert ask(syscalls.CLONE[column], 0x10000000 | signal.SIGCHLD) == refused, "a user namespace"
    assert ask(syscalls.SOCKETPAIR[column], 1, 1 | 0o2000000) == syscalls.ALLOW, "a stream"
    assert ask(syscalls.SOCKETPAIR[column], 1, 2) == refused, "datagrams"
    assert ask(syscalls.IOCTL[column], 0, syscalls.TIOCSTI) == refused
    assert ask(syscalls.IOCTL[column], 0, 0x5401) == syscalls.ALLOW
    for (call, place), word, harmless in [
        *((sending, 33, signal.SIGKILL) for sending in syscalls.SENDING),
        *((of_others, 77, 0) for of_others in syscalls.OF_OTHERS),
        *(((syscalls.FCNTL, 1), number, 4) for number in syscalls.QUIET_WORDS),
    ]:
        assert ask(call[column], *[0] * place, word) == refused, (call, word)
        assert ask(call[column], *[0] * place, harmless) == syscalls.ALLOW, (call, harmless)
    assert ask(syscalls.PRCTL[column], syscalls.PR_SET_DUMPABLE, 1) == refused
    assert ask(syscalls.PRCTL[column], syscalls.PR_SET_DUMPABLE, 0) == syscalls.ALLOW
    assert ask(syscalls.PRCTL[column], 15, 1) == syscalls.ALLOW, "its name"
    for name, (first, second) in {"read": (0, 63), "mmap": (9, 222), "execve": (59, 221), "sendmsg": (46, 211)}.items():
        assert ask((first, second)[column]) == syscalls.ALLOW, name
    assert ask(0, architecture=0x40000003) == syscalls.KILL, "calls of a 32-bit program"
    group = syscalls.GROUP["setsid"][column]
    assert ask(group) == syscalls.ALLOW
    program = syscalls.program(machine=machine, keep_group=True)
    assert answer(program, group, architecture=architecture) == refused


# The doctor


@pytest.mark.parametrize(
    ("by", "got", "line", "whole"),
    [
        ("a means", "", "held", True),
        ("a means", "read it", "NOT HELD: read it", False),
        ("", "read it", "missing: read it", False),
        ("", "", "missing: nothing gives it here", False),
    ],
)
def test_doctor_says(by: str, got: str, line: str, whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    monkeypatch.setattr(prove, "how", lambda means: dict.fromkeys(GUARANTEES, "a means") | {"reading": by})
    monkeypatch.setattr(prove, "why_not", lambda means: "")
    quiet = {name: lambda lab: "" for name in GUARANTEES}
    monkeypatch.setattr(prove, "ATTACKS", quiet | {"reading": lambda lab: got})
    assert prove.doctor("bubblewrap", lines.append) is whole
    assert any(each.startswith("reading") and line in each for each in lines)
    assert any(
        line.startswith(f"{len(GUARANTEES) - (not whole)} of {len(GUARANTEES)} guarantees hold") for line in lines
    )


@pytest.mark.parametrize(("whole", "code"), [(True, 0), (False, 1)])
def test_command_doctor_fails_where_a_guarantee_does(whole: bool, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(prove, "doctor", lambda means: asked.append(means) or whole)
    assert entry.main(["doctor"]) == entry.main(["doctor", "--means", "landlock"]) == code
    assert asked == ["", "landlock"]
