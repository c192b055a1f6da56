"""Where the sandbox is attacked: boxes with small limits, and a folder of the grader's to get at."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from autograder.sandbox import scratch
from autograder.sandbox.box import Limits, Process, Sandbox

__all__ = ["MIB", "SMALL", "Lab", "folder", "python"]

MIB = 1 << 20
SMALL = Limits(
    memory=192 * MIB,
    cpu_seconds=20,
    wall_seconds=30.0,
    processes=12,
    file_bytes=4 * MIB,
    output_bytes=1 << 16,
    disk_bytes=16 * MIB,
)


class Lab:
    """Boxes for attacks by one means, with SMALL's limits; a test of the attacks sets `loose` ones in their place."""

    def __init__(self, means: str = "", *, loose: Limits | None = None) -> None:
        self.means, self.loose = means, loose

    def box(self, libraries: tuple[str, ...] = (), **limits: float) -> Sandbox:
        """Return a box with SMALL's limits but for those that are given, and what an instructor adds of libraries."""
        bounds = self.loose or replace(SMALL, **limits)  # type: ignore[arg-type]
        return Sandbox(bounds, means=self.means, unsafe=True, libraries=libraries)

    def run(self, program: str, *words: object, pass_fds: tuple[int, ...] = (), **limits: float) -> Process:
        """Run a program in a box of its own to its end."""
        with self.box((), **limits) as box:
            process = box.start(python(program, *words), pass_fds=pass_fds)
            process.wait()
        return process

    def says(self, program: str, *words: object, **limits: float) -> str:
        """Return what a program prints before it ends, however it ends."""
        return self.run(program, *words, pass_fds=(), **limits).stdout.decode(errors="replace")


def python(program: str, *words: object) -> list[str]:
    """Return the command that runs a program with these words as its arguments."""
    return [sys.executable, "-I", "-S", "-c", program, *map(str, words)]


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Make a folder of the grader's that everybody may read."""
    # Not in /tmp, which a box may have of its own under the same name.
    with scratch.folder(place="/var/tmp") as path:
        path.chmod(0o755)
        yield path
