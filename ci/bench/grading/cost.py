"""What a command costs: wall seconds, processor seconds of all its processes, and their most memory."""

from __future__ import annotations

import resource
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from types import TracebackType

import psutil

__all__ = ["Cost", "Peak", "Run", "measured", "memory"]

PAUSE, SHARE = 0.3, 20  # seconds between two looks at the memory, or so many times those that the last one took


@dataclass(frozen=True)
class Run:
    """One command: its seconds, its most bytes, and what it printed."""

    wall: float
    processor: float
    memory: int
    printed: str


@dataclass
class Cost:
    """What one way took a submission, in each round."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: int = 0

    def add(self, run: Run, submissions: int) -> None:
        """Add a round in which so many submissions were graded."""
        self.wall.append(run.wall / submissions)
        self.processor.append(run.processor / submissions)
        self.memory = max(self.memory, run.memory)

    def means(self) -> tuple[float, float]:
        """Return the wall and processor seconds of a submission."""
        return mean(self.wall), mean(self.processor)


class Peak:
    """The most memory that a process and all below it had together while this was watching."""

    def __init__(self, pid: int) -> None:
        self.pid, self.bytes = pid, 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        pause = 0.0
        while not self._end.wait(pause):
            started = time.perf_counter()
            self.bytes = max(self.bytes, memory(self.pid))
            # To add up a hundred processes takes the processor from them.
            pause = max(PAUSE, SHARE * (time.perf_counter() - started))


def measured(line: list[str], folder: Path) -> Run:
    """Run a command in a folder; raises SystemExit where it ends with anything but 0, or 1: something to look at."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with (
        subprocess.Popen(line, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
        Peak(process.pid) as peak,
    ):
        printed, errors = process.communicate()
        wall = time.perf_counter() - started
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(line)}: ended with {process.returncode}: {errors[-1000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Run(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak.bytes, printed)


def memory(pid: int) -> int:
    """Return the bytes of a process and all that it started; what they share is counted once (PSS)."""
    total = 0
    try:
        for each in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            try:
                total += each.memory_full_info().pss
            except psutil.Error:
                continue
    except psutil.Error:
        pass
    return total
