"""A box around a process that has been forked and cannot be started anew: namespaces, a view of files, no rights.

The same box as bubblewrap's, in the same words: `view` is the part of bubblewrap's command line that says what is seen
(bubblewrap.view), and is done here step by step. Two processes make a box: the first one inside, which buries the dead
and tells how it ended, and the student's. Linux 5.12 or newer, as root or
where users may make namespaces. It is handed to the warm process as text and stands on the standard library alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import stat
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.inside.confine import (
    CAP_VERSION_3,
    CAPBSET_DROP,
    SECCOMP_FILTER,
    SET_NO_NEW_PRIVS,
    SET_SECCOMP,
    asked,
    prctl,
)

__all__ = ["confine", "first", "forked", "link"]

NEW_NS, NEW_CGROUP, NEW_UTS, NEW_IPC, NEW_USER, NEW_PID, NEW_NET = (
    0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
RDONLY, NOSUID, NODEV, NOEXEC, NOATIME, BIND, REC, SLAVE, DETACH = 1, 2, 4, 8, 1024, 4096, 16384, 1 << 19, 2
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000
SET_DUMPABLE = 4
BASE = "/tmp"  # is there on every machine, and is covered by the box's own from the start
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def forked() -> int:
    """Fork this process into new namespaces, as their first process; return as os.fork does, raises OSError.

    As root, or in a user namespace in which it may do the same.
    """
    kernel = ctypes.CDLL(None, use_errno=True)
    flags = NEW_NS | NEW_CGROUP | NEW_UTS | NEW_IPC | NEW_PID | NEW_NET | (NEW_USER if os.geteuid() else 0)
    ctypes.pythonapi.PyOS_BeforeFork()
    process = int(kernel.syscall(_number("clone"), ctypes.c_ulong(flags | signal.SIGCHLD), None, None, None, None))
    if process == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    number = ctypes.get_errno()
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if process < 0:
        raise OSError(number, f"namespaces: {os.strerror(number)}")
    return process


def first(box: dict[str, Any], *, wait: Callable[[], bool], become: Callable[[], int], keep: int) -> int:
    """Be the first process inside: fork the student's, bury the dead, return the exit code of what `become` ran there.

    It begins when `wait` has returned True. `keep` is the one descriptor that stays open here.
    """
    kernel = ctypes.CDLL(None, use_errno=True)
    if box["user"] is None and box["owner"]:
        user, group = box["owner"]
        for name, text in (("setgroups", "deny"), ("uid_map", f"65534 {user} 1"), ("gid_map", f"65534 {group} 1")):
            Path("/proc/self", name).write_text(text)
    if not wait():
        return 125
    process = os.fork()
    if process == 0:
        code = 125
        try:
            code = become()
        except BaseException as error:
            os.write(2, f"the box could not be made: {type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(code)
    os.closerange(0, keep)  # only the student's process holds its channels
    os.closerange(keep + 1, keep + 200)
    _without_rights(kernel)
    gone = 0
    while gone != process:
        gone, status = os.wait()
    return _ended(status)


def _ended(status: int) -> int:
    """The exit code that tells of this status: 128 and the number after a signal, as a shell has it."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def confine(box: dict[str, Any]) -> None:
    """Give this process, in its new namespaces, its view of files, its user and its filter."""
    kernel = ctypes.CDLL(None, use_errno=True)
    os.umask(0)
    socket.sethostname("box")
    asked(kernel, _number("mount"), b"none", b"/", None, ctypes.c_ulong(REC | SLAVE), None)
    _View(kernel).build(box["view"])
    if box["links"]:
        link(*box["links"])
    os.umask(0o022)
    if box["user"] is not None:
        os.setgroups([])
    _bounded(kernel)
    if box["user"] is not None:
        os.setresgid(box["user"], box["user"], box["user"])
        os.setresuid(box["user"], box["user"], box["user"])
    _without_rights(kernel)
    prctl(kernel, SET_DUMPABLE, 1)  # a change of user takes its own /proc/self away from a process
    prctl(kernel, SET_NO_NEW_PRIVS, 1)
    if box["filter"] is not None:
        program = bytes.fromhex(box["filter"])
        steps = ctypes.create_string_buffer(program, len(program))
        header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(steps))
        prctl(kernel, SET_SECCOMP, SECCOMP_FILTER, ctypes.c_char_p(header))


def link(folder: str, home: str) -> None:
    """Make in `home` a link to each entry of a folder: so many mounts, or descriptors, no process may have."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_symlink():  # a student's may point to wherever
                Path(home, entry.name).symlink_to(entry.path)


def _bounded(kernel: ctypes.CDLL) -> None:
    for right in range(64):
        kernel.prctl(CAPBSET_DROP, right, 0, 0, 0)  # fails beyond the last one


def _without_rights(kernel: ctypes.CDLL) -> None:
    header, rights = struct.pack("=Ii", CAP_VERSION_3, 0), bytes(24)
    if kernel.capset(ctypes.c_char_p(header), ctypes.c_char_p(rights)):
        raise OSError(ctypes.get_errno(), "rights could not be given up")


def _number(name: str) -> int:
    numbers = {"mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "clone": (56, 220)}
    return numbers[name][os.uname().machine == "aarch64"]


class _View:
    """Builds a view of files below BASE and makes it the root."""

    def __init__(self, kernel: ctypes.CDLL) -> None:
        self.kernel = kernel
        self.opened: dict[str, int] = {}  # what is shown, before BASE hides it
        self.options: dict[str, str] = {}  # of the next step: its rights and size

    def build(self, words: list[str]) -> None:
        """Do what bubblewrap would do for these words; raises OSError, and ValueError for a word it does not know."""
        self.opened = {source: os.open(source, os.O_PATH | os.O_CLOEXEC) for source in _sources(words)}
        self._mount("tmpfs", BASE, "tmpfs", NOSUID | NODEV, "mode=0755,size=1048576")
        rest = iter(words)
        for word in rest:
            if word in ("--perms", "--size"):
                self.options[word] = next(rest)
            elif word in STEPS:
                count, step = STEPS[word]
                step(self, *(next(rest) for _ in range(count)))
                self.options.clear()
            else:
                raise ValueError(f"unknown word {word}")
        for number in self.opened.values():
            os.close(number)
        os.chdir(BASE)
        asked(self.kernel, _number("pivot_root"), b".", b".")
        asked(self.kernel, _number("umount2"), b".", DETACH)
        os.chdir("/")

    def _permissions(self) -> int:
        return int(self.options.get("--perms", "755"), 8)

    def _memory(self, place: str) -> None:
        size = f",size={self.options['--size']}" if "--size" in self.options else ""
        mode = f"mode={self._permissions():04o}{size}"
        self._mount("tmpfs", self._folder(place), "tmpfs", NOSUID | NODEV | NOATIME, mode)

    def _empty(self, place: str) -> None:
        Path(self._folder(place)).chmod(self._permissions())

    def _link(self, target: str, place: str) -> None:
        self._folder(str(Path(place).parent))
        Path(BASE + place).symlink_to(target)

    def _processes(self, place: str) -> None:
        self._mount("proc", self._folder(place), "proc", NOSUID | NODEV | NOEXEC | RDONLY, "")

    def _sealed(self, place: str) -> None:
        self._read_only(BASE + place.rstrip("/"), 0)

    def _mount(self, source: str, target: str, kind: str, flags: int, options: str) -> None:
        asked(
            self.kernel, _number("mount"), source.encode(), target.encode(), kind.encode() or None,
            ctypes.c_ulong(flags), options.encode() or None,
        )  # fmt: skip

    def _bind(self, path: str, place: str) -> None:
        source, target = self.opened[path], BASE + place
        if stat.S_ISDIR(os.fstat(source).st_mode):
            self._folder(place)
        else:
            self._folder(str(Path(place).parent))
            Path(target).touch(0o444)
        self._mount(f"/proc/self/fd/{source}", target, "", BIND | REC, "")
        self._read_only(target, AT_RECURSIVE)

    def _read_only(self, target: str, recursive: int) -> None:
        attributes = struct.pack("=QQQQ", RDONLY | NOSUID | NODEV * bool(recursive), 0, 0, 0)
        asked(
            self.kernel, MOUNT_SETATTR, AT_FDCWD, target.encode() or b"/", recursive, attributes,
            ctypes.c_size_t(len(attributes)),
        )  # fmt: skip

    def _folder(self, place: str) -> str:
        Path(BASE + place).mkdir(parents=True, exist_ok=True)
        return BASE + place

    def _devices(self, place: str) -> None:
        target = self._folder(place)
        self._mount("tmpfs", target, "tmpfs", NOSUID, "mode=0755,size=1048576")
        for name in DEVICES:
            Path(target, name).touch()
            self._mount(f"/proc/self/fd/{self.opened[f'/dev/{name}']}", f"{target}/{name}", "", BIND, "")
        for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
            Path(target, name).symlink_to(f"/proc/self/fd/{number}")
        Path(target, "fd").symlink_to("/proc/self/fd")
        for name in ("pts", "shm"):
            Path(target, name).mkdir()
        options = "newinstance,ptmxmode=0666,mode=620"
        with contextlib.suppress(OSError):  # no terminals then
            self._mount("devpts", f"{target}/pts", "devpts", NOSUID | NOEXEC, options)
            Path(target, "ptmx").symlink_to("pts/ptmx")


# For each of bubblewrap's words, how many words follow it and what is done.
STEPS: dict[str, tuple[int, Callable[..., None]]] = {
    "--ro-bind": (2, _View._bind),
    "--tmpfs": (1, _View._memory),
    "--dir": (1, _View._empty),
    "--symlink": (2, _View._link),
    "--proc": (1, _View._processes),
    "--dev": (1, _View._devices),
    "--remount-ro": (1, _View._sealed),
}


def _sources(words: list[str]) -> list[str]:
    paths = [words[place + 1] for place, word in enumerate(words) if word == "--ro-bind"]
    return [*paths, *(f"/dev/{name}" for name in DEVICES)]
