"""Attacks on the limits of the box: a small greedy program each, and what shows that it got through.

Each function runs its program in a box and returns "" where the box held, else what got through in a few words.
Where an attack succeeds it takes a bounded number of processes and a bounded amount of memory for a moment.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from autograder.doctor.lab import MIB, SMALL, Lab, folder, python
from autograder.sandbox import cgroup

__all__ = ["EXCESSES"]


def memory(lab: Lab) -> str:
    """Take memory until it is refused, at most twice the limit."""
    took = _largest(lab.says(MEMORY, SMALL.memory * 2))
    return f"a process took {took // MIB} MiB of {SMALL.memory // MIB}" if took >= SMALL.memory else ""


MEMORY = """
import sys
took = []
while 16 * len(took) << 20 < int(sys.argv[1]):
    try:
        took.append(b"x" * (16 << 20))
    except MemoryError:
        break
    print(16 * len(took) << 20, flush=True)
"""


def memory_in_all(lab: Lab) -> str:
    """Let four processes hold five eighths of the limit each, and share one mapping of twice the limit."""
    took = max(_largest(lab.says(program, SMALL.memory)) for program in (MEMORY_IN_ALL, MEMORY_SHARED))
    return f"together they took {took // MIB} MiB of {SMALL.memory // MIB}" if took > SMALL.memory else ""


MEMORY_IN_ALL = """
import os, sys, time
part = int(sys.argv[1]) * 5 // 8
told, tell = os.pipe()
held, hold = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        os.close(hold)
        try:
            mine = b"x" * part
            os.write(tell, b"x")
            os.read(held, 1)
        finally:
            os._exit(0)
os.set_blocking(told, False)
took = dead = 0
while took // part + dead < 4:
    try:
        took += part * len(os.read(told, 4))
        print(took, flush=True)
    except BlockingIOError:
        time.sleep(0.01)
    dead += os.waitpid(-1, os.WNOHANG)[0] > 0
"""

MEMORY_SHARED = """
import mmap, sys
size = 2 * int(sys.argv[1])
try:
    place = mmap.mmap(-1, size)
    for start in range(0, size, 1 << 20):
        place[start : start + (1 << 20)] = bytes(1 << 20)
        print(start, flush=True)
except (MemoryError, OSError):
    pass
"""


def process_count(lab: Lab) -> str:
    """Start processes until it is refused, at most four times the limit."""
    count = _largest(lab.says(PROCESS_COUNT, 4 * SMALL.processes))
    return f"{count} processes ran, {SMALL.processes} are allowed" if count > SMALL.processes else ""


PROCESS_COUNT = """
import os, sys
held, hold = os.pipe()
count = 1
while count < int(sys.argv[1]):
    try:
        if os.fork() == 0:
            os.close(hold)
            os.read(held, 1)
            os._exit(0)
    except OSError:
        break
    count += 1
    print(count, flush=True)
"""


def file_size(lab: Lab) -> str:
    """Write a file until it is refused, at most three times the limit."""
    size = _largest(lab.says(FILE_SIZE, 3 * SMALL.file_bytes))
    return f"a file grew to {size // MIB} MiB of {SMALL.file_bytes // MIB}" if size > SMALL.file_bytes else ""


FILE_SIZE = """
import os, sys
with open("large", "wb", 0) as file:
    try:
        while file.tell() < int(sys.argv[1]):
            file.write(b"x" * (1 << 20))
    except OSError:
        pass
print(os.path.getsize("large"))
"""


def disk(lab: Lab) -> str:
    """Write files of the allowed size until it is refused, at most twice the limit."""
    size = _largest(lab.says(DISK, 2 * SMALL.disk_bytes, SMALL.file_bytes))
    return f"its files grew to {size // MIB} MiB of {SMALL.disk_bytes // MIB}" if size > SMALL.disk_bytes else ""


DISK = """
import os, sys
most, each = map(int, sys.argv[1:])
try:
    for number in range(most // each):
        with open("file-%d" % number, "wb", 0) as file:
            while file.tell() < each:
                file.write(b"x" * (each - file.tell()))
except OSError:
    pass
print(sum(os.path.getsize(name) for name in os.listdir(".") if name.startswith("file-")))
"""


def processor_time(lab: Lab) -> str:
    """Count for ever, deaf to the first warning."""
    process = lab.run(PROCESSOR_TIME, cpu_seconds=1, wall_seconds=20.0)
    return "" if process.fate() == "timed-out" and "survived" not in process.stdout.decode() else "it went on counting"


PROCESSOR_TIME = """
import signal, time
signal.signal(signal.SIGXCPU, signal.SIG_IGN)
while time.process_time() < 3.5:
    pass
print("survived", flush=True)
"""


def wall_time(lab: Lab) -> str:
    """Sleep beyond the limit, deaf to every signal that can be ignored."""
    process = lab.run(WALL_TIME, wall_seconds=0.5)
    return "" if process.fate() == "timed-out" and not process.stdout else "it outlived the limit"


WALL_TIME = """
import signal, time
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
time.sleep(2)
print("survived", flush=True)
"""


def output(lab: Lab) -> str:
    """Print 64 times the limit to stdout and stderr."""
    process = lab.run(OUTPUT, 64 * SMALL.output_bytes)
    size = max(len(process.stdout), len(process.stderr))
    return f"{size} bytes were kept, {SMALL.output_bytes} are allowed" if size > SMALL.output_bytes else ""


OUTPUT = """
import os, sys
for stream in (1, 2):
    left = int(sys.argv[1])
    while left > 0:
        left -= os.write(stream, b"x" * 65536)
"""


def clean_end(lab: Lab) -> str:
    """Leave processes behind: a plain child, one in a session of its own, and their grandchildren."""
    with _pipe() as (reading, writing), lab.box() as box:
        process = box.start(python(CLEAN_END, writing), pass_fds=(writing,))
        os.close(writing)
        process.wait()
        return "" if _closes(reading, 3.0) else "a process outlived its box"


CLEAN_END = """
import os, time
told, tell = os.pipe()
for leave in (False, True):
    if os.fork() == 0:
        try:
            if leave:
                os.setsid()
        except OSError:
            pass
        if os.fork() == 0 or not leave:
            os.write(tell, b"x")
            time.sleep(6)
        os._exit(0)
for _ in range(3):
    os.read(told, 1)
"""


def orphan(lab: Lab) -> str:
    """Go on with a child when the grader is killed by a signal that it cannot handle."""
    with _pipe() as (reading, writing), folder() as place:
        means = lab.box().means
        grader = subprocess.Popen(
            [sys.executable, "-c", GRADER, str(writing), means, ORPHAN],
            pass_fds=(writing,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(place)},  # it cannot tidy up after itself
        )
        os.close(writing)
        with grader:
            assert grader.stdout is not None
            ready = grader.stdout.read(1)
            grader.send_signal(signal.SIGKILL)
        went_on = not ready or not _closes(reading, 3.0)
        cgroup.sweep()
        return "it went on without the grader" if went_on else ""


GRADER = """
import sys, time
from autograder.sandbox.box import Sandbox
hold, means, program = sys.argv[1:]
process = Sandbox(means=means, unsafe=True).start([sys.executable, "-I", "-S", "-c", program], pass_fds=(int(hold),))
while not process.stdout and process.poll() is None:
    time.sleep(0.01)
print("ready", flush=True)
time.sleep(30)
"""

ORPHAN = """
import os, time
if os.fork() == 0:
    print("ready", flush=True)
time.sleep(6)
"""

EXCESSES: dict[str, Callable[[Lab], str]] = {
    "memory of a process": memory,
    "memory in all": memory_in_all,
    "process count": process_count,
    "file size": file_size,
    "disk": disk,
    "processor time": processor_time,
    "wall time": wall_time,
    "output": output,
    "clean end": clean_end,
    "orphan": orphan,
}


def _largest(output: str) -> int:
    return max(map(int, output.split()), default=0)


@contextlib.contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    """Yield a pipe's ends; the writing one is the caller's to close."""
    reading, writing = os.pipe()
    try:
        yield reading, writing
    finally:
        os.close(reading)


def _closes(reading: int, seconds: float) -> bool:
    """Return whether everybody who held the pipe's other end is gone within that time."""
    until = time.monotonic() + seconds
    while (rest := until - time.monotonic()) > 0:
        if select.select([reading], [], [], rest)[0] and not os.read(reading, 4096):
            return True
    return False
