"""Something that a person can mend, told in one line."""

from __future__ import annotations

import shutil
from pathlib import Path

__all__ = ["Problem", "full", "unwritten"]


class Problem(Exception):
    """Something that a person can mend, told in one line or a few; never shown with a traceback."""


def full(text: str) -> bool:
    """Return whether an error's text says that there is no room left."""
    return any(words in text for words in ("No space left", "disk is full", "Disk quota"))


def unwritten(error: OSError, place: Path) -> str:
    """Return in one line which file could not be written and why; `place` where the error does not say."""
    # shutil's own error is a list of (from, to, why) and has no reason of its own.
    inner = str(error.args[0][0][2]) if isinstance(error, shutil.Error) and error.args else ""
    reason = "the disk is full" if full(f"{error}{inner}") else error.strerror or inner or str(error)
    return f"{error.filename or place}: cannot be written ({reason})"
