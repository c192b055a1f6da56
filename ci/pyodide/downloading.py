"""Files fetched by this machine's own pip, as it is configured, by pinned hash, with a bar of what is left."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ci.environment import Unready
from ci.packages import last_line, reason
from ci.progress import Bar, lines_or_ticks

__all__ = ["download"]

QUIET = ("--no-input", "--disable-pip-version-check", "--no-cache-dir", "--progress-bar", "off", "--quiet")
STRICT = ("--no-deps", "--require-hashes", "--only-binary", ":all:")


def download(pins: Path, folder: Path, megabytes: int, *options: str) -> None:
    """Fetch what a file of requirements pins into a folder; raises Unready with the cause."""
    temporary = folder / "pip"
    temporary.mkdir()
    command = [sys.executable, "-m", "pip", "download", *QUIET, *STRICT, *options, "-r", str(pins), "-d", str(folder)]
    bar = Bar("MB", megabytes)
    lines: list[str] = []
    with subprocess.Popen(
        command,
        env=dict(os.environ, TMPDIR=str(temporary)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            for line in lines_or_ticks(process.stdout):
                lines += [line] if line else []
                bar.show(_size(temporary) / 1e6)
        except BaseException:
            process.terminate()
            raise
    text = "\n".join(lines)
    if process.returncode:
        bar.stop()
        raise Unready(reason(text, temporary) or f"pip failed: {last_line(text)}")
    bar.finish("comparing with what is pinned")
    shutil.rmtree(temporary)


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):  # which passes over what pip has just taken away
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(place, name).stat().st_size
    return total
