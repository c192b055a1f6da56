"""A progress bar of the standard library's own, for the time before tqdm is installed."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Iterator
from typing import IO, TextIO

__all__ = ["Bar", "lines_or_ticks"]


class Bar:
    """Shows how much is left: on a terminal as one line that grows, elsewhere as a line for each tenth."""

    def __init__(self, what: str, total: int, out: TextIO | None = None) -> None:
        self.what, self.total = what, max(total, 1)
        self.out = out if out is not None else sys.stdout
        self._step = -1

    def show(self, done: float) -> None:
        """Show that `done` of the total are done; going back is not shown."""
        done = min(done, self.total)
        step = int(done) if self.out.isatty() else int(10 * done / self.total)
        if step <= self._step:
            return
        self._step = step
        rest = self.total - int(done)
        if self.out.isatty():
            full = int(30 * done / self.total)
            self.out.write(f"\r[{'#' * full}{'-' * (30 - full)}] {rest} of {self.total} {self.what} left ")
        else:
            self.out.write(f"{rest} of {self.total} {self.what} left\n")
        self.out.flush()

    def stop(self) -> None:
        """Leave the bar where it is and go to the next line."""
        if self.out.isatty():
            self.out.write("\n")

    def finish(self, then: str) -> None:
        """Fill the bar and say what comes next."""
        self.show(self.total)
        self.stop()
        self.out.write(f"{then} …\n")
        self.out.flush()


def lines_or_ticks(stream: IO[str] | None, every: float = 0.3) -> Iterator[str | None]:
    """Yield each line as it comes, and None whenever none came for `every` seconds; ends with the stream."""
    if stream is None:
        return
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in stream:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=every)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        yield line
