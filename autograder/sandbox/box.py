"""The box in which a student's process runs: forked or started in namespaces, else held by Landlock, else not at all.

    with Sandbox(Limits(), scratch=folder) as box:
        process = box.start([sys.executable, "-m", "autograder.inside.student"], pass_fds=(channel,))

The command's folder and HOME is a private one that is empty but for what `scratch` holds, and vanishes with it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import select
import shutil
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from autograder import HOME
from autograder.inside import confine
from autograder.problem import Problem
from autograder.sandbox import cgroup, warm
from autograder.sandbox.carriers import Carriers
from autograder.sandbox.guarantees import GUARANTEES, MEANS, how
from autograder.sandbox.launch import Launcher
from autograder.sandbox.libraries import folders, places
from autograder.sandbox.process import Limits, Process
from autograder.sandbox.rights import bound, most_processes, new_user, root
from autograder.sandbox.surroundings import interpreter, library_folders, package_folder, python_alone

__all__ = ["Limits", "Process", "Sandbox", "best", "why_not"]


class Sandbox:
    """Starts processes of a student's, confined by the best means that the machine has.

    `show` are further files and folders to be read inside, `hide` are folders never to be seen even if something around
    them is shown; this repository is always hidden. Of libraries there are those that points may be earned with, and
    `libraries` in addition, by their names; with `instruments`, where nothing earns points, all of this Python's and
    cs231n_lite; `bare` is for a command that needs none of them. `means` asks for one rung of the ladder. `scratch` and
    its entries must be readable by everybody; links among them are not offered, and nothing inside changes them. A box
    dies with the thread that started it. Raises Problem where neither bubblewrap nor Landlock works here, unless
    `unsafe`.
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
        instruments: bool = False,
        bare: bool = False,
        libraries: tuple[str, ...] = (),
    ) -> None:
        self.instruments, self.libraries = instruments, libraries
        self.limits = limits or Limits()
        self.means = means or best(unsafe)
        if self.means not in MEANS or (self.means == "none" and not unsafe):
            raise Problem(f"{self.means}: no such means to confine a process; there is {', '.join(MEANS[:-1])}")
        if instruments:
            visible, hidden = [*interpreter(), package_folder("cs231n_lite")], []
        else:
            visible, hidden = [*python_alone(), *places(libraries)], [*library_folders(), *folders(libraries)]
        visible += [Path(path).resolve() for path in show]
        hidden += [HOME.resolve(), *(Path(path).resolve() for path in hide)]
        self._launcher = Launcher(self.means, self.limits, visible, hidden, scratch, instruments, bare)
        self._running: list[Process] = []

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

    def warm_up(self) -> None:
        """Let what its processes are forked from load its libraries, if they are; it is not waited for."""
        self._launcher.warm_up()

    def close(self) -> None:
        """Kill what still runs and remove what was made for it."""
        for process in self._running:
            process.kill()
        for process in self._running:
            process.close()
        self._running.clear()
        self._launcher.close()

    def start(
        self, command: Sequence[str], *, pass_fds: Sequence[int] = (), env: Mapping[str, str] | None = None
    ) -> Process:
        """Start a command in a fresh box; `pass_fds` are open inside under the same numbers, `env` is added.

        Raises Problem where the box cannot be made.
        """
        inner = self.means in ("bubblewrap", "forked")  # it has a PID namespace, and a first process in that
        changes = self.means in ("landlock", "forked") or (inner and bool(shutil.which("setpriv")))
        user = new_user() if root() and changes else None
        with contextlib.ExitStack() as opened:
            undo = opened.enter_context(contextlib.ExitStack())
            started, first, go, written = self._launcher.start(opened, undo, user, command, pass_fds, env or {})
            handle = os.pidfd_open(first) if inner else None
            group = cgroup.Group(self.limits.memory, self.limits.processes + inner) if cgroup.places() else None
            if group:
                undo.callback(group.remove)
            counted = bool(group and "processes" in group.has)
            bound(first, self.limits, most_processes(self.limits, inner, user, counted=counted), grouped=bool(group))
            if group:
                group.add(first)
            process = Process(
                started,
                self.limits,
                end=functools.partial(_end, started.pid, handle, group),
                gone=functools.partial(_gone, handle),
                starved=group.starved if group else lambda: 0,
                refused=group.refused if group else lambda: 0,
                used=group.used if group and "memory" in group.has else functools.partial(cgroup.fullest, first),
                clean=functools.partial(_clean, handle, group),
                carriers=Carriers(first, written, inner=inner),
            )
            undo.pop_all()
            go()
        self._running = [*(process for process in self._running if process.poll() is None), process]
        return process


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
    if means == "forked" and not warm.possible():
        return "it is not Linux"
    if means == "landlock" and not confine.abi():
        return "the kernel does not have it, or it is switched off"
    try:
        with Sandbox(means=means, unsafe=True, bare=True) as box:
            process = box.start([sys.executable, "-I", "-S", "-c", "pass"])
            if process.wait() == 0:
                return ""
            return (process.stderr.decode(errors="replace").strip().splitlines() or ["it does not start"])[-1]
    except (Problem, OSError) as problem:
        return str(problem)


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
