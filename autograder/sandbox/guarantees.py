"""What the sandbox promises, and which of it each means keeps on this machine."""

from __future__ import annotations

import shutil
import sys

from autograder.inside import confine
from autograder.sandbox import cgroup, syscalls
from autograder.sandbox.rights import NOBODY, new_user, root

__all__ = ["GUARANTEES", "MEANS", "how"]

MEANS = ("forked", "bubblewrap", "landlock", "none")  # the ladder, best first

GUARANTEES = {
    "network": "no socket can be opened, to this machine or any other",
    "reading": "the gradebook, other students' work, the tests and the grader's files cannot be read",
    "writing": "nothing can be written but in its own folders",
    "environment": "none of the grader's environment variables can be read",
    "processes": "no other process can be seen or signalled",
    "messages": "no shared memory or semaphore of the system's can be reached",
    "user": "runs as a user without rights, who is not the grader",
    "system calls": "ptrace, mounts, namespaces, kernel modules, bpf, io_uring and their like are refused",
    "instruments": "no graph, trace, check, derivative, picture, report or right answer of the course's is in reach",
    "libraries": "no library can be imported but those that answers may use",
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
    "tests apart": "no test can see what another one made an answer do",
}


def how(means: str) -> dict[str, str]:
    """Return the guarantees that these means give on this machine, each with what gives it."""
    linux, filtered = sys.platform == "linux", syscalls.known()
    by_name = {"wall time": "the watching parent", "output": "pipes read up to a bound"}
    if filtered:
        by_name |= {"network": "seccomp", "system calls": "seccomp"}
    if linux:
        by_name |= {"memory of a process": "RLIMIT_DATA", "file size": "RLIMIT_FSIZE", "processor time": "RLIMIT_CPU"}
    by_name |= _counted(means, linux)
    if means in ("forked", "bubblewrap"):
        by_name |= _in_namespaces(means, filtered)
    if means == "landlock":
        by_name |= _by_landlock(filtered)
    if means != "none" and root() and filtered:  # an ordinary user cannot look where no process can, so any process can
        by_name |= {"tests apart": "a box of its own where anything is shared"}
    if means in ("landlock", "none") and filtered:
        by_name |= {"clean end": "a process group that seccomp keeps together"}
    return by_name


def _counted(means: str, linux: bool) -> dict[str, str]:
    """What is counted for all processes of a box together."""
    grouped = {name: f"cgroup version {version}" for name, (_, version) in cgroup.places().items()}
    by_name = {"memory in all": grouped["memory"]} if "memory" in grouped else {}
    if "processes" in grouped:
        by_name |= {"process count": grouped["processes"]}
    elif linux and (means in ("forked", "bubblewrap") or (means == "landlock" and _has_own_user())):
        by_name |= {"process count": "RLIMIT_NPROC"}  # elsewhere it counts the grader's own with them, who come and go
    return by_name


def _in_namespaces(means: str, filtered: bool) -> dict[str, str]:
    by_name = {
        "instruments": "a face of the package and a mount namespace",
        "libraries": "an allow-list and a mount namespace",
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
    if not root():
        by_name |= {"user": "a user namespace, no capabilities"}
    elif means == "forked" or shutil.which("setpriv"):
        by_name |= {"user": "a user id of its own, no capabilities"}
    return by_name


def _by_landlock(filtered: bool) -> dict[str, str]:
    by_name = {"reading": "Landlock", "writing": "Landlock", "environment": "an empty environment and Landlock"}
    by_name |= {"instruments": "a face of the package and Landlock", "libraries": "an allow-list and Landlock"}
    if root():
        by_name |= {"user": "a user id of its own"}
    if confine.abi() >= 6:
        by_name |= {"processes": "Landlock and its scopes"}
    elif _has_own_user():
        by_name |= {"processes": "Landlock and a user id of its own"}
    if filtered:
        by_name |= {"messages": "seccomp and Landlock"}
    return by_name


def _has_own_user() -> bool:
    """Whether each box has a user that nobody else has."""
    return root() and new_user() != NOBODY
