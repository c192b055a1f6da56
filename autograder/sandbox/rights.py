"""The user that a student's process becomes, and the kernel's limits on what that user may take."""

from __future__ import annotations

import contextlib
import math
import os
import random
from pathlib import Path

from autograder.sandbox.process import Limits

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

__all__ = ["NOBODY", "bound", "most_processes", "new_user", "root"]

NOBODY = 65534


def root() -> bool:
    """Return whether this process may change its user."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def new_user() -> int:
    """Return a user id for one box: one that nobody has, so that its processes can be counted, else nobody's."""
    with contextlib.suppress(OSError):
        first, _, count = map(int, Path("/proc/self/uid_map").read_text().split()[:3])
        if first == 0 and count > 2_147_000_000:
            return random.SystemRandom().randrange(1_900_000_000, 2_147_000_000)  # systemd's list calls these unused
    return NOBODY


def most_processes(limits: Limits, wrapped: bool, user: int | None, counted: bool) -> int | None:
    """Return RLIMIT_NPROC for a box, which bounds all of its user; None where it says nothing or all are `counted`."""
    if user is not None and user != NOBODY:
        return limits.processes + 2 * counted  # the group refuses first, and says how often
    if wrapped and user is None:
        return limits.processes + 1  # in a user namespace only what runs there counts, and bubblewrap is one
    if counted or (user is None and root()):
        return None
    return limits.processes - 1 + _threads(user if user is not None else os.geteuid())


def bound(process: int, limits: Limits, processes: int | None, *, grouped: bool) -> None:
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
