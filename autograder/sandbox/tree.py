"""A process and all that it started, read off /proc."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["descent", "processor_seconds"]

TICKS = os.sysconf("SC_CLK_TCK")
UTIME, CSTIME = (
    11,
    15,
)  # in proc(5)'s stat, counted after the name: own user, own system, those of children it waited for


def descent(process: int) -> Iterator[Path]:
    """Give the folders in /proc of a process and of all below it, as they are met."""
    waiting = [process]
    while waiting:
        folder = Path("/proc", str(waiting.pop()))
        yield folder
        with contextlib.suppress(OSError, ValueError):  # it may end meanwhile
            for children in folder.glob("task/*/children"):
                waiting += map(int, children.read_text().split())


def processor_seconds(process: int) -> float:
    """Return the processor time that a process and all below it have had, as far as they are still there to ask."""
    ticks = 0
    for folder in descent(process):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[UTIME:CSTIME]))
    return ticks / TICKS
