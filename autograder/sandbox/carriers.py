"""By what one process of a box could pass a word to another: files, descriptors, memory, signals, processes.

All snapshots of a student's process are its children, and whatever it shares with them they share with one another. So
the grader looks, from outside and by the kernel's word alone, whether there is anything of that kind; what it finds
costs no points, but the test a box of its own (examining/student_pass.py).
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

__all__ = ["Carriers", "State"]

INTO = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
WIDE = 200  # folders that wait to be looked into
MOST = 20_000  # files that are looked at; where there are more, no two looks agree
SIGNALS = ("SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:")
OF_THREADS = 3 << 31  # 32 and 33, which the C library catches from the first thread on, and the filter refuses to send
NOT_WRITTEN = ("/usr/", "/lib", "/home/beside/")  # read-only in a box: to map a file of these is no harm
State = tuple[frozenset[Any], frozenset[int]]


class Carriers:
    """What the processes of one box share; `first` is the first of them, or the box's first with `inner`.

    `places` are the folders that can be written inside, as they are seen from here.
    """

    def __init__(self, first: int, places: Sequence[Path], *, inner: bool) -> None:
        self.first, self.places, self.inner = first, places, inner
        self.main = 0  # the student's process; 0 where this machine does not let anybody look
        self.snapshots: set[int] = set()
        self._plain: dict[int, tuple[str, str]] = {}
        self._signals: list[str] = []

    def begin(self) -> None:
        """Look at the student's process as it is before any cell has run: all that is there now is the grader's own."""
        try:
            main = next(iter(_children(self.first))) if self.inner else self.first
            self._plain, self._signals = _descriptors(main), _signals(main)
            _shared(main)
            self.main = main
        except (OSError, StopIteration):
            self.main = 0

    def born(self) -> int | None:
        """The snapshot that the student's process has forked since this was last asked; None if it is not just one."""
        if not self.main:
            return None
        new = self._others() - self.snapshots
        self.snapshots |= new if len(new) == 1 else set()
        return new.pop() if len(new) == 1 else None

    def buried(self, snapshot: int | None) -> None:
        """Forget a snapshot that has ended."""
        self.snapshots -= {snapshot}

    def state(self) -> State:
        """What a test may have left behind: the files as they are, and processes that are no snapshots."""
        if not self.main:
            return frozenset(), frozenset()
        return self._files(), frozenset(self._others() ^ self.snapshots)

    def apart(self, snapshot: int | None, sock: int) -> bool:
        """Whether a snapshot, whose socket has this number, and the student's process share nothing but the past."""
        if not self.main:
            return True
        if snapshot is None:
            return False
        for _ in range(20):  # one that has just been forked closes what it was forked with
            with contextlib.suppress(OSError):
                if self._alone(snapshot, f"socket:[{sock}]"):
                    return True
            time.sleep(0.001)
        return False

    def _alone(self, snapshot: int, own: str) -> bool:
        descriptors = _descriptors(snapshot)
        spare = [link for number, (link, _) in descriptors.items() if number > 2]
        return (
            spare == [own]
            and all(descriptors.get(number) == self._plain.get(number) for number in range(3))
            and _descriptors(self.main) == self._plain
            and _signals(self.main) == _signals(snapshot) == self._signals
            and not _shared(snapshot)
        )

    def _others(self) -> set[int]:
        """The processes that the student's process, or the box's first, has beside the former."""
        with contextlib.suppress(OSError):
            return (_children(self.main) | (_children(self.first) if self.inner else set())) - {self.main}
        return set()

    def _files(self) -> frozenset[Any]:
        entries = []
        for place in self.places:
            for entry in _walked(place):
                entries.append(entry)
                if len(entries) > MOST:
                    return frozenset([object()])
        return frozenset(entries)


def _walked(place: Path) -> Iterator[tuple[Any, ...]]:
    """What tells a change of each file in a folder, and in those below it on the same disk; the folder's own first.

    Where not all can be seen, something that no other look gives.
    """
    try:
        top = os.open(place, INTO)
        device = os.fstat(top).st_dev
        waiting = [top]
    except OSError:
        return
    yield _look(os.fstat(top))
    try:
        while waiting:
            folder = waiting.pop()
            try:
                for name in os.listdir(folder):  # noqa: PTH208  (of a descriptor, which nobody inside can replace)
                    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
                    if status.st_dev != device:  # shown there, and read-only
                        continue
                    yield name, *_look(status)
                    if stat.S_ISDIR(status.st_mode):
                        waiting.append(os.open(name, INTO, dir_fd=folder) if len(waiting) < WIDE else -1)
            finally:
                os.close(folder)
    except OSError:  # too many folders, one that is closed, one that went while it was looked at
        yield (object(),)
    finally:
        for folder in waiting:
            with contextlib.suppress(OSError):
                os.close(folder)


def _look(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _children(process: int) -> set[int]:
    """The processes that a process, or a thread of it, has started or been left with; raises OSError."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return {int(word) for thread in threads for word in (thread / "children").read_text().split()}


def _descriptors(process: int) -> dict[int, tuple[str, str]]:
    """What a process has open, by number: what it is, and what was set on it; raises OSError."""
    descriptors = {}
    for path in Path(f"/proc/{process}/fd").iterdir():
        number = int(path.name)
        flags = Path(f"/proc/{process}/fdinfo/{number}").read_text() if number <= 2 else ""
        descriptors[number] = (str(path.readlink()), flags)
    return descriptors


def _signals(process: int) -> list[str]:
    """Which signals wait for a process, and which it would not die of; raises OSError."""
    lines = [line.split() for line in Path(f"/proc/{process}/status").read_text().splitlines()]
    return [f"{words[0]} {int(words[1], 16) & ~OF_THREADS:x}" for words in lines if words[0] in SIGNALS]


def _shared(process: int) -> bool:
    """Whether a process has memory that another could write, or read when this one writes; raises OSError."""
    for line in Path(f"/proc/{process}/maps").read_text().splitlines():
        words = line.split(None, 5)
        if words[1][3] == "s" and ("w" in words[1] or not words[-1].startswith(NOT_WRITTEN)):
            return True
    return False
