"""Attacks on what lies outside the box: a small hostile program each, and what shows that it got through.

Each function runs its program in a box and returns "" where the box held, else what got through in a few words.
Where an attack succeeds it leaves no more than a marker file, which is removed again, and sends signal 0.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import select
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder import HOME
from autograder.doctor.lab import Lab, folder
from autograder.inside import confine
from autograder.sandbox import syscalls

__all__ = ["INTRUSIONS"]


def network(lab: Lab) -> str:
    """Connect to a listener of the grader's by TCP and by an abstract Unix address, and send it a datagram."""
    name = f"\0autograder-{uuid.uuid4().hex}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix, _datagrams() as udp:
        unix.bind(name)
        unix.listen()
        output = lab.says(NETWORK, tcp.getsockname()[1], udp.getsockname()[1], name[1:])
        came = select.select([tcp, unix, udp], [], [], 0)[0]
    return f"{len(came)} of 3 listeners were reached ({' '.join(output.split())})" if came or output else ""


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
    with folder() as place:
        (place / "gradebook.db").write_text("grades")
        (place / "gradebook.db").chmod(0o644)
        paths = [place, *(HOME / name for name in ("source", "solutions", "autograder", "ci", ".git", "README.md"))]
        paths += [Path("/etc/shadow"), Path("/var/log"), Path.home() / ".bashrc"]
        output = lab.says(READING, os.getpid(), *paths)
    return f"read {', '.join(output.split())}" if output.split() else ""


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
    with folder() as place:
        place.chmod(0o777)
        (place / "grades.csv").write_text("before")
        (place / "grades.csv").chmod(0o666)
        places = [place, HOME, HOME / "cs231n_lite", *map(Path, ("/usr/lib", "/var/tmp", "/tmp", "/dev/shm", "/etc"))]
        places += [Path(sys.prefix), Path(sys.base_prefix), Path.home()]
        lab.run(WRITING, marker, place / "grades.csv", *places)
        marked = [spot for spot in places if (spot / marker).exists()]
        for spot in marked:
            (spot / marker).unlink()
        if not (place / "grades.csv").exists() or (place / "grades.csv").read_text() != "before":
            marked.append(place / "grades.csv")
    return f"wrote to {', '.join(map(str, marked))}" if marked else ""


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
            output = lab.says(ENVIRONMENT)
    finally:
        del os.environ["AUTOGRADER_DOCTOR"]
    return "the grader's variables were read" if token in output else ""


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
        output = lab.says(PROCESSES, bystander, os.getpid())
    breaches = ["another process's command line was read"] if token in output else []
    return "; ".join(breaches + ["another process could be signalled"] * ("signalled" in output))


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
        output = lab.says(MESSAGES, key, shared)
    finally:
        kernel.shmctl(segment, 0, None)
        shared.unlink(missing_ok=True)
    return output.strip()


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
    output = lab.says(USER)
    if not output:
        return "the program did not run"
    ids, rights, became = json.loads(output)
    # Landlock says what may be read; the right to read past folders that only root may enter is needed to start.
    allowed = 1 << confine.DAC_READ_SEARCH if lab.box().means == "landlock" else 0
    breaches = [f"it has the grader's user id {os.getuid()}"] * (os.getuid() in ids)
    breaches += [f"it has root's rights (capabilities {rights:x})"] * bool(rights & ~allowed)
    return "; ".join(breaches + ["it became root"] * became)


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
    output = lab.says(SYSTEM_CALLS, json.dumps(table), syscalls.CLONE[column])
    return f"not refused: {' '.join(output.split())}" if output.split() != ["done"] else ""


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


INTRUSIONS: dict[str, Callable[[Lab], str]] = {
    "network": network,
    "reading": reading,
    "writing": writing,
    "environment": environment,
    "processes": processes,
    "messages": messages,
    "user": user,
    "system calls": system_calls,
}


def _datagrams() -> socket.socket:
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(("127.0.0.1", 0))
    return end


@contextlib.contextmanager
def _bystander(token: str) -> Iterator[int]:
    """Run a process that does nothing, with the token in its command line and its environment; yields its id."""
    waits = [sys.executable, "-I", "-S", "-c", "import sys; print(flush=True); sys.stdin.read()", token]
    with subprocess.Popen(waits, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"AUTOGRADER_X": token}) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.communicate()
