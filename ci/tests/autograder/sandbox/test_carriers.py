"""What processes of a box share, as it is seen from outside; what comes of it is tested by test_snapshots.py."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox.carriers import Carriers

LINUX = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="there is no /proc here")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "word").write_text("no!")
    return tmp_path


@pytest.fixture
def carriers(folder: Path) -> Iterator[Carriers]:
    """Those of a shell that waits, and writes into a folder."""
    with subprocess.Popen(["/bin/sh", "-c", "read line"], stdin=subprocess.PIPE) as process:
        shell = Carriers(process.pid, [folder], inner=False)
        shell.begin()
        yield shell
        process.kill()


CHANGES = {
    "a file written anew": lambda folder: (folder / "other").write_text("yes"),
    "a file of the same length": lambda folder: (folder / "inner" / "word").write_text("yes"),
    "a file that was written and is gone": lambda folder: ((folder / "x").touch(), (folder / "x").unlink()),
    "a file's rights": lambda folder: (folder / "inner" / "word").chmod(0o600),
    "a file's times": lambda folder: os.utime(folder / "inner" / "word", (1, 1)),
    "a second name": lambda folder: os.link(folder / "inner" / "word", folder / "inner" / "twin"),
    "a link": lambda folder: (folder / "inner" / "link").symlink_to("/"),
}


@LINUX
@pytest.mark.parametrize("name", CHANGES)
def test_change_is_seen_of(name: str, folder: Path, carriers: Carriers) -> None:
    before = carriers.state()
    assert carriers.state() == before
    CHANGES[name](folder)
    assert carriers.state() != before


@LINUX
def test_folders_beyond_all_bounds_never_look_the_same_twice(folder: Path, carriers: Carriers) -> None:
    for number in range(300):
        (folder / str(number)).mkdir()
    assert carriers.state() != carriers.state()


PROGRAM = """
import mmap, os, signal, socket, sys
wire, own = socket.socket(fileno=int(sys.argv[1])), None
wire.sendall(b"!")
_, fds, _, _ = socket.recv_fds(wire, 1, 1)
own = socket.socket(fileno=fds[0])
exec(sys.argv[2])
if os.fork() == 0:
    wire.close()
    own.recv(1)
    os._exit(0)
own.close()
wire.sendall(b"!"), wire.recv(1)
"""
SHARED = {
    "nothing": "kept = bytearray(100)",
    "shared memory": "kept = mmap.mmap(-1, 4096)",
    "a pipe": "kept = os.pipe()",
    "a file in memory": "kept = os.memfd_create('x')",
    "a socket's twin": "kept = own.dup()",
    "an open file": "kept = open('/etc/passwd')",
    "a flag of its output": "os.set_blocking(1, False)",
    "a handler of a signal": "signal.signal(signal.SIGUSR1, print)",
    "a signal that may wait": "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})",
}


@LINUX
@pytest.mark.parametrize("name", SHARED)
def test_process_is_apart_unless_it_shares(name: str) -> None:
    ours, theirs = socket.socketpair()
    other, own = socket.socketpair()
    words = [sys.executable, "-c", PROGRAM, str(theirs.fileno()), SHARED[name]]
    with (
        ours,
        theirs,
        other,
        own,
        subprocess.Popen(words, pass_fds=(theirs.fileno(),), stdout=subprocess.PIPE) as process,
    ):
        ours.recv(1)
        carriers = Carriers(process.pid, [], inner=False)
        carriers.begin()
        socket.send_fds(ours, [b"!"], [own.fileno()])
        ours.recv(1)
        assert carriers.apart(carriers.born(), os.fstat(own.fileno()).st_ino) is (name == "nothing")
        process.kill()


TWINS = """
import os
print(flush=True)
os.read(0, 1)
for _ in range(2):
    if os.fork() == 0:
        os.read(0, 1)
        os._exit(0)
print(flush=True)
os.read(0, 1)
"""


@LINUX
def test_more_than_one_new_process_is_no_snapshot() -> None:
    words = [sys.executable, "-c", TWINS]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()  # what it has open while Python starts is another matter
        carriers = Carriers(process.pid, [], inner=False)
        carriers.begin()
        process.stdin.write(b"!")
        process.stdout.readline()
        assert carriers.born() is None
        assert len(carriers.state()[1]) == 2
        process.stdin.close()
