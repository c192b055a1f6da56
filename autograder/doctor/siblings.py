"""An attack on what lies inside the box: one process of a student's passes a word to another, as two tests' would."""

from __future__ import annotations

import socket

from autograder.doctor.lab import Lab, python
from autograder.sandbox.rights import root

__all__ = ["SIBLINGS"]


def tests_apart(lab: Lab) -> str:
    """Pass a word from a child to its sibling: by memory that both have, and by what the other alone has open."""
    ours, theirs = socket.socketpair()
    with ours, theirs, lab.box() as box:
        process = box.start(python(APART, theirs.fileno(), "closed" if root() else ""), pass_fds=(theirs.fileno(),))
        theirs.close()
        ours.settimeout(10.0)
        try:
            ours.recv(1)
            process.carriers.begin()
            ours.sendall(b"!")
            ours.recv(1)
            unseen = process.carriers.apart(process.carriers.born(), 0)
            ours.sendall(b"!")
        except OSError as error:
            return f"the program did not run: {error}"
        process.wait()
    ways = " ".join(process.stdout.decode().split())
    return "; ".join(["shared memory was not seen from outside"] * unseen + [f"it has a sibling's {ways}"] * bool(ways))


APART = """
import ctypes, mmap, os, signal, socket, sys, time
if sys.argv[2]:
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # as a student's process begins
wire = socket.socket(fileno=int(sys.argv[1]))
wire.sendall(b"!"), wire.recv(1)
shared = mmap.mmap(-1, 4096)
other = os.fork()
if other == 0:
    word = os.memfd_create("word")
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
    time.sleep(20)
    os._exit(0)
time.sleep(0.1)
wire.sendall(b"!"), wire.recv(1)
for way in ("fd/%d" % (wire.fileno() + 1), "fd/3", "fd/4", "mem", "oom_score_adj"):
    try:
        os.write(os.open("/proc/%d/%s" % (other, way), os.O_RDWR), b"0")
        print(way)
    except OSError as error:
        if error.errno == 5:  # opened, and there is no memory at its beginning
            print(way)
try:
    os.kill(other, 33)
    print("signal")
except OSError:
    pass
os.kill(other, signal.SIGKILL)
"""


SIBLINGS = {"tests apart": tests_apart}
