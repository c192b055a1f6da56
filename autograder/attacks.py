"""One harmless attack for each guarantee of the sandbox: a small hostile program, and what shows that it got through.

Each function runs its program in a box and returns "" where the box held, else what got through in a few words.
Where an attack succeeds it leaves no more than a marker file, which is removed again, sends signal 0, and takes a
bounded number of processes and a bounded amount of memory for a moment.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from autograder import cgroup, confine, syscalls
from autograder.course import HOME
from autograder.sandbox import Limits, Process, Sandbox

__all__ = ["ATTACKS", "Lab"]

MIB = 1 << 20
SMALL = Limits(
    memory=192 * MIB,
    cpu_seconds=20,
    wall_seconds=30.0,
    processes=12,
    file_bytes=4 * MIB,
    output_bytes=1 << 16,
    disk_bytes=16 * MIB,
)


class Lab:
    """Boxes for attacks by one means, with SMALL's limits; a test of the attacks sets `loose` ones in their place."""

    def __init__(self, means: str = "", *, loose: Limits | None = None) -> None:
        self.means, self.loose = means, loose

    def box(self, **limits: float) -> Sandbox:
        """Return a box with SMALL's limits but for those that are given."""
        return Sandbox(self.loose or replace(SMALL, **limits), means=self.means, unsafe=True)  # type: ignore[arg-type]

    def run(self, program: str, *words: object, pass_fds: tuple[int, ...] = (), **limits: float) -> Process:
        """Run a program in a box of its own to its end."""
        with self.box(**limits) as box:
            process = box.start(_python(program, *words), pass_fds=pass_fds)
            process.wait()
        return process

    def says(self, program: str, *words: object, **limits: float) -> str:
        """Return what a program prints before it ends, however it ends."""
        return self.run(program, *words, pass_fds=(), **limits).stdout.decode(errors="replace")


def network(lab: Lab) -> str:
    """Connect to a listener of the grader's by TCP and by an abstract Unix address, and send it a datagram."""
    name = f"\0autograder-{uuid.uuid4().hex}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix, _datagrams() as udp:
        unix.bind(name)
        unix.listen()
        said = lab.says(NETWORK, tcp.getsockname()[1], udp.getsockname()[1], name[1:])
        came = select.select([tcp, unix, udp], [], [], 0)[0]
    return f"{len(came)} of 3 listeners were reached ({' '.join(said.split())})" if came or said else ""


NETWORK = """
import socket, sys
tcp, udp, name = int(sys.argv[1]), int(sys.argv[2]), "\\0" + sys.argv[3]
for family, kind, address in ((2, 1, ("127.0.0.1", tcp)), (1, 1, name), (2, 2, ("127.0.0.1", udp))):
    try:
        end = socket.socket(family, kind)
        end.settimeout(3)
        end.connect(address)
        end.send(b"x")
        print("connected", family, kind)
    except OSError:
        pass
"""


def reading(lab: Lab) -> str:
    """Read a gradebook, the instructor's sources and the grader's own files, by path and round about by /proc."""
    with _folder() as folder:
        (folder / "gradebook.db").write_text("grades")
        (folder / "gradebook.db").chmod(0o644)
        paths = [folder, *(HOME / name for name in ("source", "solutions", "autograder", "ci", ".git", "README.md"))]
        paths += [Path("/etc/shadow"), Path("/var/log"), Path.home() / ".bashrc"]
        said = lab.says(READING, os.getpid(), *paths)
    return f"read {', '.join(said.split())}" if said.split() else ""


READING = """
import os, sys
grader, *paths = sys.argv[1:]
seen = set()
for root in ("", "/proc/1/root", "/proc/self/root", "/proc/%s/root" % grader, "/proc/%s/cwd/../../../.." % grader):
    for path in paths:
        for name in [path] if not os.path.isdir(root + path) else [
            os.path.join(where, file)[len(root):] for where, _, files in os.walk(root + path) for file in files[:1]]:
            try:
                open(root + name, "rb").read(1)
                seen.add(name)
            except OSError:
                pass
print(*sorted(seen)[:5])
"""


def writing(lab: Lab) -> str:
    """Leave a marker file in the grader's folders, the packages, the system's folders, and change a file in place."""
    marker = f"autograder-{uuid.uuid4().hex}"
    with _folder() as folder:
        folder.chmod(0o777)
        (folder / "grades.csv").write_text("before")
        (folder / "grades.csv").chmod(0o666)
        places = [folder, HOME, HOME / "cs231n_lite", *map(Path, ("/usr/lib", "/var/tmp", "/tmp", "/dev/shm", "/etc"))]
        places += [Path(sys.prefix), Path(sys.base_prefix), Path.home()]
        lab.run(WRITING, marker, folder / "grades.csv", *places)
        left = [place for place in places if (place / marker).exists()]
        for place in left:
            (place / marker).unlink()
        if not (folder / "grades.csv").exists() or (folder / "grades.csv").read_text() != "before":
            left.append(folder / "grades.csv")
    return f"wrote to {', '.join(map(str, left))}" if left else ""


WRITING = """
import os, sys
marker, grades, *places = sys.argv[1:]
for root in ("", "/proc/1/root", "/proc/self/root"):
    for place in places:
        try:
            open(os.path.join(root + place, marker), "w").close()
        except OSError:
            pass
    for mode in ("a", "w", "r+"):
        try:
            open(root + grades, mode).write("after")
        except OSError:
            pass
for change in (lambda: os.remove(grades), lambda: os.chmod(grades, 0o777), lambda: os.truncate(grades, 0)):
    try:
        change()
    except OSError:
        pass
"""


def environment(lab: Lab) -> str:
    """Find a secret of the grader's in the environment of this process and of every other one."""
    token = uuid.uuid4().hex
    os.environ["AUTOGRADER_DOCTOR"] = token
    try:
        with _bystander(token):  # what is set later is not to be read in /proc; what is given at the start is
            said = lab.says(ENVIRONMENT)
    finally:
        del os.environ["AUTOGRADER_DOCTOR"]
    return "the grader's variables were read" if token in said else ""


ENVIRONMENT = """
import glob, os
print(dict(os.environ))
for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        print([word for word in open(path, errors="replace").read().split("\\0") if "AUTOGRADER" in word])
    except OSError:
        pass
"""


def processes(lab: Lab) -> str:
    """Look for another process of the grader's in /proc, and send signal 0 to it and to the grader."""
    token = uuid.uuid4().hex
    with _bystander(token) as bystander:
        said = lab.says(PROCESSES, bystander, os.getpid())
    found = ["another process's command line was read"] if token in said else []
    return "; ".join(found + ["another process could be signalled"] * ("signalled" in said))


PROCESSES = """
import glob, os, sys
for path in glob.glob("/proc/[0-9]*/cmdline"):
    try:
        print(open(path, errors="replace").read()[-40:])
    except OSError:
        pass
for process in sys.argv[1:]:
    try:
        os.kill(int(process), 0)
        print("signalled")
    except OSError:
        pass
"""


def messages(lab: Lab) -> str:
    """Attach to shared memory of the grader's: System V's by its key, POSIX's by its name."""
    kernel, key, token = ctypes.CDLL(None), uuid.uuid4().int & 0x7FFFFFFF, uuid.uuid4().hex
    segment = kernel.shmget(key, 4096, 0o1666)
    shared = Path("/dev/shm", f"autograder-{token}")
    try:
        shared.write_text(token)
        shared.chmod(0o666)
        said = lab.says(MESSAGES, key, shared)
    finally:
        kernel.shmctl(segment, 0, None)
        shared.unlink(missing_ok=True)
    return said.strip()


MESSAGES = """
import ctypes, os, sys
if ctypes.CDLL(None).shmget(int(sys.argv[1]), 4096, 0) >= 0:
    print("System V shared memory was reached")
try:
    print("POSIX shared memory was read"[: 99 * bool(open(sys.argv[2]).read())])
except OSError:
    pass
"""


def user(lab: Lab) -> str:
    """Ask for the user's ids and rights, and for root's."""
    told = lab.says(USER)
    if not told:
        return "the program did not run"
    ids, rights, became = json.loads(told)
    # Landlock says what may be read; the right to read past folders that only root may enter is needed to start.
    allowed = 1 << confine.DAC_READ_SEARCH if lab.box().means == "landlock" else 0
    found = [f"it has the grader's user id {os.getuid()}"] * (os.getuid() in ids)
    found += [f"it has root's rights (capabilities {rights:x})"] * bool(rights & ~allowed)
    return "; ".join(found + ["it became root"] * became)


USER = """
import ctypes, json, os, struct
data = ctypes.create_string_buffer(24)
ctypes.CDLL(None).capget(struct.pack("=Ii", 0x20080522, 0), data)
low, _, _, high, _, _ = struct.unpack("=6I", data.raw)
ids = [*os.getresuid(), *os.getresgid()]
try:
    os.setuid(0)
    became = True
except OSError:
    became = False
print(json.dumps([ids, low | high << 32, became]))
"""


def system_calls(lab: Lab) -> str:
    """Make every call of the filter's list with arguments that no kernel accepts, and ask for a user namespace."""
    if not syscalls.known():
        return f"there is no filter for {platform.machine()}"
    column = syscalls.MACHINES[platform.machine()][0]
    # msgget and semget take any argument for a wish to make something; `messages` tries their sister.
    table = {name: numbers[column] for name, numbers in (syscalls.REFUSED | syscalls.ABSENT).items()}
    table = {name: number for name, number in table.items() if number and name not in ("msgget", "semget")}
    told = lab.says(SYSTEM_CALLS, json.dumps(table), syscalls.CLONE[column])
    return f"not refused: {' '.join(told.split())}" if told.split() != ["done"] else ""


SYSTEM_CALLS = """
import ctypes, json, os, socket, sys
kernel = ctypes.CDLL(None, use_errno=True)
wrong = [ctypes.c_long(-1)] * 6
for name, number in json.loads(sys.argv[1]).items():
    ctypes.set_errno(0)
    if kernel.syscall(number, *wrong) != -1 or ctypes.get_errno() not in (1, 38):
        print(name)
child = kernel.syscall(int(sys.argv[2]), 0x10000000 | 17, 0, 0, 0, 0)
if child == 0:
    os._exit(0)
if child > 0:
    os.waitpid(child, 0)
    print("clone(CLONE_NEWUSER)")
try:
    socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    print("socketpair(SOCK_DGRAM)")
except OSError:
    pass
print("done")
"""


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
    kept = max(len(process.stdout), len(process.stderr))
    return f"{kept} bytes were kept, {SMALL.output_bytes} are allowed" if kept > SMALL.output_bytes else ""


OUTPUT = """
import os, sys
for stream in (1, 2):
    left = int(sys.argv[1])
    while left > 0:
        left -= os.write(stream, b"x" * 65536)
"""


def clean_end(lab: Lab) -> str:
    """Leave processes behind: a plain child, one in a session of its own, and their grandchildren."""
    with _pipe() as (held, hold), lab.box() as box:
        process = box.start(_python(CLEAN_END, hold), pass_fds=(hold,))
        os.close(hold)
        process.wait()
        return "" if _closes(held, 3.0) else "a process outlived its box"


CLEAN_END = """
import os, sys, time
for leave in (False, True):
    if os.fork() == 0:
        try:
            if leave:
                os.setsid()
        except OSError:
            pass
        if os.fork() == 0 or not leave:
            time.sleep(6)
        os._exit(0)
"""


def orphan(lab: Lab) -> str:
    """Go on with a child when the grader is killed by a signal that it cannot handle."""
    with _pipe() as (held, hold), _folder() as folder:
        means = lab.box().means
        grader = subprocess.Popen(
            [sys.executable, "-c", GRADER, str(hold), means, ORPHAN],
            pass_fds=(hold,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(folder)},  # it cannot tidy up after itself
        )
        os.close(hold)
        with grader:
            assert grader.stdout is not None
            ready = grader.stdout.read(1)
            grader.send_signal(signal.SIGKILL)
        went_on = not ready or not _closes(held, 3.0)
        cgroup.sweep()
        return "it went on without the grader" if went_on else ""


GRADER = """
import sys, time
from autograder.sandbox import Sandbox
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

ATTACKS: dict[str, Callable[[Lab], str]] = {
    "network": network,
    "reading": reading,
    "writing": writing,
    "environment": environment,
    "processes": processes,
    "messages": messages,
    "user": user,
    "system calls": system_calls,
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


def _python(program: str, *words: object) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", program, *map(str, words)]


def _largest(said: str) -> int:
    return max(map(int, said.split()), default=0)


def _datagrams() -> socket.socket:
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(("127.0.0.1", 0))
    return end


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    # Not in /tmp, which a box may have of its own under the same name.
    folder = Path(tempfile.mkdtemp(prefix="autograder-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _bystander(token: str) -> Iterator[int]:
    """Run a process that does nothing, with the token in its command line and its environment; yields its id."""
    waits = [sys.executable, "-I", "-S", "-c", "import sys; print(flush=True); sys.stdin.read()", token]
    with subprocess.Popen(waits, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"AUTOGRADER_X": token}) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.communicate()


@contextlib.contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    """Yield a pipe's ends; the writing one is the caller's to close."""
    held, hold = os.pipe()
    try:
        yield held, hold
    finally:
        os.close(held)


def _closes(held: int, seconds: float) -> bool:
    """Return whether everybody who held the pipe's other end is gone within that time."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if select.select([held], [], [], left)[0] and not os.read(held, 4096):
            return True
    return False
