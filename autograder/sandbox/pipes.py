"""Pipes to a process that is about to be confined."""

from __future__ import annotations

import contextlib
import os
from io import FileIO

__all__ = ["filled", "pipe"]


def pipe(opened: contextlib.ExitStack) -> tuple[FileIO, FileIO]:
    """Return the two ends of a new pipe, reading and writing; `opened` closes both."""
    # As objects, which close once: a number closed twice may be somebody else's by then.
    reading, writing = os.pipe()
    return opened.enter_context(FileIO(reading, "rb")), opened.enter_context(FileIO(writing, "wb"))


def filled(opened: contextlib.ExitStack, content: bytes) -> FileIO:
    """Return the reading end of a pipe that holds `content`."""
    reading, writing = pipe(opened)
    writing.write(content)  # far less than a pipe holds
    writing.close()
    return reading
