"""Reads another process's output line by line without going quiet when it does."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import IO

__all__ = ["lines_or_ticks"]


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
