"""The box in which a student's process runs: by bubblewrap, else by Landlock, else not at all unless it may be unsafe.

    with Sandbox(Limits(), scratch=folder) as box:
        process = box.start([sys.executable, "-m", "autograder.student"], pass_fds=(channel,))

The command's folder and HOME is a private one that is empty but for what `scratch` holds, and vanishes with it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import json
import math
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from io import FileIO
from pathlib import Path
from types import TracebackType

from autograder import bubblewrap, cgroup, confine, syscalls
from autograder.course import HOME, Problem
from autograder.watch import Limits, Process

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

__all__ = ["GUARANTEES", "MEANS", "Limits", "Process", "Sandbox", "why_not"]

MEANS = ("bubblewrap", "landlock", "none")  # the ladder, best first

GUARANTEES = {
    "network": "no socket can be opened, to this machine or any other",
    "reading": "the gradebook, other students' work, the tests and the grader's files cannot be read",
    "writing": "nothing can be written but in its own folders",
    "environment": "none of the grader's environment variables can be read",
    "processes": "no other process can be seen or signalled",
    "messages": "no shared memory or semaphore of the system's can be reached",
    "user": "runs as a user without rights, who is not the grader",
    "system calls": "ptrace, mounts, namespaces, kernel modules, bpf, io_uring and their like are refused",
    "memory of a process": "a process cannot have more memory than the limit",
    "memory in all": "all its processes together cannot have more memory than the limit",
    "process count": "it cannot start more processes and threads than the limit",
    "file size": "no file can grow beyond the limit",
    "disk": "all its files together cannot grow beyond the limit",
    "processor time": "a process is ended at the limit",
    "wall time": "it is ended at the limit, whatever it ignores",
    "output": "no more than the limit of what it prints is kept",
    "clean end": "whatever it started ends with it",
    "orphan": "it ends when the grader is killed",
}

NOBODY = 65534
DEVICES = [Path("/dev", name) for name in ("null", "zero", "full", "random", "urandom")]


class Sandbox:
    """Starts processes of a student's, confined by the best means that the machine has.

    `show` are further files and folders to be read inside, `hide` are folders never to be seen even if something around
    them is shown; this repository is always hidden but for cs231n_lite. `means` asks for one rung of the ladder. The
    entries of `scratch` must be readable by everybody; links among them are not offered, and nothing inside changes
    them. A box dies with the thread that started it. Raises Problem where neither bubblewrap nor Landlock works here,
    unless `unsafe`.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        scratch: Path | None = None,
        *,
        show: Iterable[Path] = (),
        hide: Iterable[Path] = (),
        means: str = "",
        unsafe: bool = False,
    ) -> None:
        self.limits, self.scratch = limits or Limits(), scratch
        self.means = means or best(unsafe)
        if self.means not in MEANS or (self.means == "none" and not unsafe):
            raise Problem(f"{self.means}: no such means to confine a process; there is {', '.join(MEANS[:-1])}")
        self._show = [*_interpreter(), _package("cs231n_lite"), *(Path(path).resolve() for path in show)]
        self._hide = [HOME.resolve(), *(Path(path).resolve() for path in hide)]
        self._running: list[Process] = []
        self._folder: Path | None = None

    @property
    def how(self) -> dict[str, str]:
        """The guarantees that hold, each with the means by which it does."""
        return how(self.means)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the guarantees that do not hold here."""
        return tuple(name for name in GUARANTEES if name not in self.how)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Kill what still runs and remove what was made for it."""
        for process in self._running:
            process.kill()
        for process in self._running:
            process.close()
        self._running.clear()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def start(
        self, command: Sequence[str], *, pass_fds: Sequence[int] = (), env: Mapping[str, str] | None = None
    ) -> Process:
        """Start a command in a fresh box; `pass_fds` are open inside under the same numbers, `env` is added.

        Raises Problem where the box cannot be made.
        """
        wrapped = self.means == "bubblewrap"
        changes = self.means == "landlock" or (wrapped and bool(shutil.which("setpriv")))
        user = _user() if _root() and changes else None
        with contextlib.ExitStack() as opened:
            gate, key = _pipe(opened)
            inside = {"block": gate.fileno()}
            if wrapped:
                told, telling = _pipe(opened)
                inside["info"] = telling.fileno()
                if syscalls.known():
                    inside["seccomp"] = _filled(opened, syscalls.program()).fileno()
                home, line = bubblewrap.HOME, self._wrapped(user, inside)
            else:
                folder = self._private(user)
                home, line = str(folder), self._confined(user, folder, gate.fileno())
            group = cgroup.Group(self.limits.memory, self.limits.processes + wrapped) if cgroup.places() else None
            undo = opened.enter_context(contextlib.ExitStack())
            if group:
                undo.callback(group.remove)
            started = subprocess.Popen(
                [*line, *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**_environment(home, command[0]), **(env or {})},
                cwd="/" if wrapped else home,
                pass_fds=[*inside.values(), *pass_fds],
                start_new_session=True,
            )
            undo.callback(_given_up, started)
            first = started.pid
            if wrapped:
                telling.close()
                first = bubblewrap.inner(told)
                if not first:
                    raise Problem(f"bubblewrap cannot make a box here: {_last_words(started)}")
            handle = os.pidfd_open(first) if wrapped else None
            _bound(first, self.limits, _most_processes(self.limits, wrapped, user, group), grouped=group is not None)
            if group:
                group.add(first)
            process = Process(
                started,
                self.limits,
                end=functools.partial(_end, started.pid, handle, group),
                gone=functools.partial(_gone, handle),
                starved=group.starved if group else lambda: False,
                clean=functools.partial(_clean, handle, group),
            )
            undo.pop_all()
            key.write(b"!")
        self._running = [*(process for process in self._running if process.poll() is None), process]
        return process

    def _wrapped(self, user: int | None, inside: dict[str, int]) -> list[str]:
        return bubblewrap.command(
            show=self._show,
            hide=self._hide,
            home=self._offered(),
            disk=self.limits.disk_bytes,
            user=user,
            descriptors=inside,
        )

    def _confined(self, user: int | None, home: Path, gate: int) -> list[str]:
        readable = [*bubblewrap.shown_system(), *self._show, *self._offered().values()]
        for hidden in self._hide:
            around = next((path for path in readable if hidden.is_relative_to(path)), None)
            if around and self.means == "landlock":
                raise Problem(
                    f"{hidden} would be seen inside, as {around} must be: install bubblewrap, which can hide it"
                )
        landlock = self.means == "landlock"
        spec = {
            "gate": gate,
            "read": [str(path) for path in readable] if landlock else None,
            "write": [str(home)],
            "devices": [str(path) for path in DEVICES],
            "user": user,
            "filter": syscalls.program(keep_group=True).hex() if syscalls.known() else None,
        }
        return [sys.executable, "-I", "-S", confine.__file__, json.dumps(spec)]

    def _private(self, user: int | None) -> Path:
        """Make a folder of its own for one process, with links to what is offered."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="box-"))
            self._folder.chmod(0o711)
        home = Path(tempfile.mkdtemp(dir=self._folder))
        (home / ".tmp").mkdir()
        for name, path in self._offered().items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).symlink_to(path.resolve())
        if user is not None:
            for path in (home, *(path for path in home.rglob("*") if path.is_dir() and not path.is_symlink())):
                os.chown(path, user, user)
        return home

    def _offered(self) -> dict[str, Path]:
        """Return what a process finds in its folder: name there -> path here."""
        entries = sorted(self.scratch.iterdir()) if self.scratch else []
        # A link would be followed here, outside of the box, to wherever a student pointed it.
        offered = {path.name: path for path in entries if not path.is_symlink()}
        return offered | {f".matplotlib/{path.name}": path for path in _font_lists()}


def best(unsafe: bool = False) -> str:
    """Return the best means that works here; raises Problem where there is none and it may not be unsafe."""
    for means in MEANS[:-1]:
        if not why_not(means):
            return means
    if unsafe:
        return MEANS[-1]
    reasons = "\n".join(f"  {means}: {why_not(means)}" for means in MEANS[:-1])
    raise Problem(
        f"a student's process cannot be confined on this machine, so none is started:\n{reasons}\n"
        "install bubblewrap, or say --unsafe to run students' code with your own rights"
    )


@functools.cache
def why_not(means: str) -> str:
    """Return "" if a process can be started by these means, else the reason in one line."""
    if means == "bubblewrap" and not shutil.which("bwrap"):
        return "it is not installed (Debian and Ubuntu: apt-get install bubblewrap)"
    if means == "landlock" and not confine.abi():
        return "the kernel does not have it, or it is switched off"
    try:
        with Sandbox(means=means, unsafe=True) as box:
            process = box.start([sys.executable, "-I", "-S", "-c", "pass"])
            if process.wait() == 0:
                return ""
            return (process.stderr.decode(errors="replace").strip().splitlines() or ["it does not start"])[-1]
    except (Problem, OSError) as problem:
        return str(problem)


def how(means: str) -> dict[str, str]:
    """Return the guarantees that these means give on this machine, each with what gives it."""
    linux, filtered, root = sys.platform == "linux", syscalls.known(), _root()
    grouped = {name: f"cgroup version {version}" for name, (_, version) in cgroup.places().items()}
    held = {"wall time": "the watching parent", "output": "pipes read up to a bound"}
    if filtered:
        held |= {"network": "seccomp", "system calls": "seccomp"}
    if linux:
        held |= {"memory of a process": "RLIMIT_DATA", "file size": "RLIMIT_FSIZE", "processor time": "RLIMIT_CPU"}
    if "memory" in grouped:
        held |= {"memory in all": grouped["memory"]}
    if "processes" in grouped:
        held |= {"process count": grouped["processes"]}
    elif linux and (means == "bubblewrap" or not root):
        held |= {"process count": "RLIMIT_NPROC"}
    if means == "bubblewrap":
        held |= {
            "network": " and ".join(["a network namespace", *["seccomp"] * filtered]),
            "reading": "a mount namespace",
            "writing": "read-only mounts",
            "environment": "an empty environment and a PID namespace",
            "processes": "a PID namespace",
            "messages": "IPC and mount namespaces",
            "disk": "a tmpfs of that size",
            "clean end": "a PID namespace",
            "orphan": "PR_SET_PDEATHSIG",
        }
        if not root:
            held |= {"user": "a user namespace, no capabilities"}
        elif shutil.which("setpriv"):
            held |= {"user": "a user id of its own, no capabilities"}
    if means == "landlock":
        held |= {"reading": "Landlock", "writing": "Landlock", "environment": "an empty environment and Landlock"}
        if root:
            held |= {"user": "a user id of its own", "process count": held.get("process count", "RLIMIT_NPROC")}
        if confine.abi() >= 6:
            held |= {"processes": "Landlock and its scopes"}
        elif root and _user() != NOBODY:
            held |= {"processes": "Landlock and a user id of its own"}
        if filtered:
            held |= {"messages": "seccomp and Landlock"}
    if means != "bubblewrap" and filtered:
        held |= {"clean end": "a process group that seccomp keeps together"}
    return held


def _interpreter() -> list[Path]:
    """Return the folders of this Python and its packages."""
    places = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parents[1]]
    kept = dict.fromkeys(path for place in places for path in (place, place.resolve()))
    return [path for path in kept if path not in (Path("/"), Path("/usr"))]


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if not found or not found.origin:
        raise Problem(f"{name} is not installed in {sys.prefix}: pip install --no-deps --editable {HOME}")
    return Path(found.origin).resolve().parent


def _font_lists() -> list[Path]:
    """Return matplotlib's lists of fonts: without one, the first plot takes seconds to look for them."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("MPLCONFIGDIR") or Path(cache, "matplotlib"))
    return [path for path in folder.glob("fontlist-*.json") if path.stat().st_mode & 0o004]


def _environment(home: str, program: str) -> dict[str, str]:
    """Return the whole environment of a student's process: nothing of the grader's is in it."""
    path = ":".join(dict.fromkeys([str(Path(program).parent), "/usr/local/bin", "/usr/bin", "/bin"]))
    temporary = "/tmp" if home == bubblewrap.HOME else f"{home}/.tmp"
    own = {"HOME": home, "TMPDIR": temporary, "USER": "student", "LOGNAME": "student", "PATH": path, "LANG": "C.UTF-8"}
    own |= {"IPYTHONDIR": f"{home}/.ipython", "MPLCONFIGDIR": f"{home}/.matplotlib", "MPLBACKEND": "Agg"}
    own |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONNOUSERSITE": "1"}
    return own | {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}


def _root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _user() -> int:
    """Return a user id for one box: one that nobody has, so that its processes can be counted, else nobody's."""
    with contextlib.suppress(OSError):
        first, _, count = map(int, Path("/proc/self/uid_map").read_text().split()[:3])
        if first == 0 and count > 2_147_000_000:
            return random.SystemRandom().randrange(1_900_000_000, 2_147_000_000)  # systemd's list calls these unused
    return NOBODY


def _most_processes(limits: Limits, wrapped: bool, user: int | None, group: cgroup.Group | None) -> int | None:
    """Return RLIMIT_NPROC for a box, which counts all that its user runs; None where that says nothing about it."""
    if user is not None and user != NOBODY:
        return limits.processes
    if wrapped and user is None:
        return limits.processes + 1  # in a user namespace only what runs there counts, and bubblewrap is one
    if (group and "processes" in group.has) or (user is None and _root()):
        return None
    return limits.processes + _threads(user if user is not None else os.geteuid())


def _bound(process: int, limits: Limits, processes: int | None, *, grouped: bool) -> None:
    """Set the kernel's limits on a process that has not begun yet."""
    if not hasattr(resource, "prlimit"):  # not Linux
        return
    bounds = {
        resource.RLIMIT_CPU: (math.ceil(limits.cpu_seconds), math.ceil(limits.cpu_seconds) + 1),
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_DATA: limits.memory,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if not grouped:  # shared memory is no data; libraries reserve up to 1 GB that they never use
        bounds[resource.RLIMIT_AS] = limits.memory + (1 << 30)
    if processes is not None:
        bounds[resource.RLIMIT_NPROC] = processes
    for name, bound in bounds.items():
        soft, hard = bound if isinstance(bound, tuple) else (bound, bound)
        _, most = resource.prlimit(process, name)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.prlimit(process, name, (soft, hard))


def _threads(user: int) -> int:
    """Return how many threads a user has."""
    count = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == user:
                count += len(list((folder / "task").iterdir()))
    return count


def _end(process: int, handle: int | None, group: cgroup.Group | None) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if handle is not None:
            signal.pidfd_send_signal(handle, signal.SIGKILL)  # the first process of its PID namespace
        else:
            os.killpg(process, signal.SIGKILL)
    if group and handle is None:
        group.kill()


def _gone(handle: int | None) -> None:
    # bubblewrap leaves when the command has ended; the namespace's first process ends after all others.
    if handle is not None:
        select.select([handle], [], [], 10.0)


def _clean(handle: int | None, group: cgroup.Group | None) -> None:
    if handle is not None:
        os.close(handle)
    if group:
        group.remove()


def _given_up(started: subprocess.Popen[bytes]) -> None:
    started.kill()
    started.communicate()


def _last_words(started: subprocess.Popen[bytes]) -> str:
    _, told = started.communicate()
    return (told.decode(errors="replace").strip().splitlines() or ["it gives no reason"])[-1].removeprefix("bwrap: ")


def _pipe(opened: contextlib.ExitStack) -> tuple[FileIO, FileIO]:
    # As objects, which close once: a number closed twice may be somebody else's by then.
    reading, writing = os.pipe()
    return opened.enter_context(FileIO(reading, "rb")), opened.enter_context(FileIO(writing, "wb"))


def _filled(opened: contextlib.ExitStack, content: bytes) -> FileIO:
    reading, writing = _pipe(opened)
    writing.write(content)  # far less than a pipe holds
    writing.close()
    return reading
