"""A control group for one box: memory and processes counted for all of it together, by cgroup version 2 or 1.

A group is made below the one that this process is in (version 1), or beside it where the kernel forbids groups
below one that holds processes (version 2); so whatever limit binds the grader binds the box as well.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from autograder.sandbox.tree import descent

__all__ = ["Group", "candidates", "fullest", "places", "prefix"]

NAMES = {"memory": "memory", "pids": "processes"}  # the kernel's name, ours
_numbers = itertools.count(1)


@functools.cache
def places() -> dict[str, tuple[Path, int]]:
    """Return for "memory" and "processes" the folder in which a group can be made and cgroup's version there."""
    folders: dict[str, tuple[Path, int]] = {}
    for controller, name in NAMES.items():
        for folder, version in candidates(controller):
            if _works(folder, controller, version):
                folders[name] = folder, version
                break
    for folder in {folder for folder, _ in folders.values()}:
        _sweep(folder)
    return folders


class Group:
    """One control group a means, made empty; add processes, ask what was killed, kill, remove."""

    def __init__(self, memory: int, processes: int) -> None:
        self.folders: dict[Path, int] = {}
        label = f"{prefix()}{os.getpid()}-{_started(os.getpid()) or 0}-{next(_numbers)}"
        self.has = frozenset(places())
        self._memory: tuple[Path, int] | None = None
        for name, (parent, version) in places().items():
            folder = parent / label
            folder.mkdir(exist_ok=True)
            self.folders[folder] = version
            if name == "processes":
                (folder / "pids.max").write_text(str(processes))
                continue
            self._memory = folder, version
            (folder / ("memory.max" if version == 2 else "memory.limit_in_bytes")).write_text(str(memory))
            # Swapped pages would count as none; a machine without swap has no such file.
            with contextlib.suppress(OSError):
                if version == 2:
                    (folder / "memory.swap.max").write_text("0")
                    (folder / "memory.oom.group").write_text("1")
                else:
                    (folder / "memory.memsw.limit_in_bytes").write_text(str(memory))

    def add(self, process: int) -> None:
        """Put a process in; what it starts from now on is in as well."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(process))

    def starved(self) -> int:
        """Return how many processes the kernel has ended because the group was out of memory."""
        if not self._memory:
            return 0
        folder, version = self._memory
        with contextlib.suppress(OSError):
            text = (folder / ("memory.events" if version == 2 else "memory.oom_control")).read_text()
            return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("oom_kill "))
        return 0

    def refused(self) -> int:
        """Return how often a process was not started because there were too many."""
        count = 0
        for folder in self.folders:
            with contextlib.suppress(OSError):
                for line in (folder / "pids.events").read_text().splitlines():
                    count += int(line.split()[1]) if line.startswith("max ") else 0
        return count

    def used(self) -> int:
        """Return the bytes of memory that the group has."""
        if not self._memory:
            return 0
        folder, version = self._memory
        with contextlib.suppress(OSError):
            return int((folder / ("memory.current" if version == 2 else "memory.usage_in_bytes")).read_text())
        return 0

    def kill(self) -> None:
        """Kill every process in the group, and those that they start meanwhile."""
        for folder in self.folders:
            _kill(folder)

    def remove(self) -> None:
        """Kill what is left and remove the group."""
        for folder in self.folders:
            _remove(folder)


def fullest(process: int) -> int:
    """Return the bytes that the fullest process has, of one and those below it: what there is to count without a group.

    Each has a limit of its own then, and copies share most of what they have.
    """
    most = 0
    for folder in descent(process):
        with contextlib.suppress(OSError, ValueError, IndexError):  # it may end meanwhile
            lines = (folder / "status").read_text().splitlines()
            most = max(most, *(int(line.split()[1]) << 10 for line in lines if line.startswith("RssAnon:")), 0)
    return most


def sweep() -> None:
    """End and remove what graders left behind that were killed before they could."""
    for folder, _ in places().values():
        _sweep(folder)


def _sweep(folder: Path) -> None:
    for group in folder.glob(f"{prefix()}*-*"):
        owner = group.name.split("-")[2]
        started = group.name.split("-")[3] if group.name.count("-") == 4 else ""
        if owner.isdigit() and (not Path("/proc", owner).exists() or started not in ("", _started(owner))):
            _remove(group)


def _started(process: str | int) -> str:
    """When a process was started, in the kernel's ticks: its id alone may be another's by now; "" for no answer."""
    with contextlib.suppress(OSError, IndexError):
        return Path("/proc", str(process), "stat").read_text().rsplit(")", 1)[1].split()[19]
    return ""


def prefix() -> str:
    """Return how the names of all groups begin that graders make in this container."""
    # Process ids mean nothing to a grader in another container, who may see the same groups.
    return f"autograder-{Path('/proc/self/ns/pid').stat().st_ino}-"


def _kill(folder: Path) -> None:
    for _ in range(100):  # version 1 has no way to kill all at once
        with contextlib.suppress(OSError):
            (folder / "cgroup.kill").write_text("1")
        inside = _inside(folder)
        for process in inside:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        if not inside:
            return
        time.sleep(0.001)


def _remove(folder: Path) -> None:
    for _ in range(400):
        try:
            folder.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError:  # a process of it is still being taken down
            _kill(folder)
            time.sleep(0.005)


def _inside(folder: Path) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(line) for line in (folder / "cgroup.procs").read_text().split()]
    return []


def _works(folder: Path, controller: str, version: int) -> bool:
    # Only trying tells: a folder that looks writable may be read-only, or miss the controller.
    limit = {"memory": "memory.max" if version == 2 else "memory.limit_in_bytes", "pids": "pids.max"}[controller]
    trial = folder / f"{prefix()}{os.getpid()}-0"
    try:
        trial.mkdir(exist_ok=True)
    except OSError:
        return False
    try:
        (trial / limit).write_text(str(1 << 30) if controller == "memory" else "100")
        with subprocess.Popen(["/bin/sh", "-c", "read line"], stdin=subprocess.PIPE) as member:
            try:
                (trial / "cgroup.procs").write_text(str(member.pid))
            finally:
                member.communicate()
        return True
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            trial.rmdir()


def candidates(controller: str) -> Iterator[tuple[Path, int]]:
    """Yield the folders in which a group with this controller may be made, nearest first."""
    try:
        own = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
        mounts = [line.split(" - ") for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    except OSError:  # not Linux, or no /proc
        return
    for left, right in mounts:
        kind, _, options = right.split(" ", 2)
        root, place = left.split()[3:5]
        if kind == "cgroup" and controller in options.split(","):
            for _, controllers, path in own:
                if controller in controllers.split(","):
                    yield _below(place, root, path), 1
        elif kind == "cgroup2":
            for _, controllers, path in own:
                if not controllers:
                    yield from _parents(_below(place, root, path), Path(place), controller)


def _parents(folder: Path, place: Path, controller: str) -> Iterator[tuple[Path, int]]:
    """Yield the folder and those around it, up to where cgroup version 2 is mounted, that hand the controller on."""
    for parent in (folder, *folder.parents):
        with contextlib.suppress(OSError):
            if controller in (parent / "cgroup.subtree_control").read_text().split():
                yield parent, 2
        if parent == place:
            break


def _below(place: str, root: str, path: str) -> Path:
    inner = Path(path)
    return Path(place, inner.relative_to(root)) if inner.is_relative_to(root) else Path(place)
