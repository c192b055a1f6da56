"""Something that a person can mend, told in one line: the one error of the grader that anybody outside of it sees.

    Exception
    ├── Problem                           ends a command with this text and code 2; nbgrader's log has it as an error
    │
    │   what ends a student's run, becomes a verdict and a note, and never comes up to a person:
    ├── examining.terms.Died              a process ended, or had to be ended
    ├── examiner.standins.StudentError    of a student's code, where no builtin exception fits
    ├── inside.wire.Tampered              what came is none of what a process of ours sends
    ├── inside.wire.Gone                  the other end is no more
    ├── inside.wire.Late                  no answer in time
    └── TypeError
        └── inside.wire.Refused           a value that may not cross
    KeyboardInterrupt
    └── examiner.standins.Cut             the student's process is gone: no test's own `except` is to catch it

Those of the wire stand there: they are raised in the student's box too, where nothing of the grader can be imported.
What nbgrader, SQLAlchemy or Dask raise is made a Problem where it is met, or a note on the one submission that it is
about.
"""

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
