"""What of the course goes into the site: the notebooks that students get, and `cs231n_lite` as a wheel of its own.

It is what `autograder release` packs, file by file, so no solution, no hidden test and no grader comes along.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder.building.release import contents
from autograder.course import Course
from ci.environment import Unready
from ci.packages import last_line

__all__ = ["handed_out", "notebooks", "wheel"]

# Of 1980, so that the same package gives the same wheel.
EPOCH = "315532800"


def handed_out() -> dict[str, bytes]:
    """Return the bytes of each file that students get, by its path in the release; raises Problem if one is not fit."""
    course = Course()
    return contents(course, course.assignments())


def notebooks(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the notebooks and what lies beside them, by the path that they have in the site's file browser."""
    top = "assignments/"
    return {name.removeprefix(top): data for name, data in sorted(files.items()) if name.startswith(top)}


def wheel(files: dict[str, bytes], folder: Path) -> Path:
    """Build `cs231n_lite` alone into a folder; the same files give the same bytes."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for path in ("pyproject.toml", "README.md", "LICENSE"):
            (place / path).write_bytes(files[path])
        for path, data in files.items():
            if path.startswith("cs231n_lite/"):
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                (place / path).write_bytes(data)
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
        done = subprocess.run(
            [*command, "--disable-pip-version-check", "--wheel-dir", str(folder), str(place)],
            env=dict(os.environ, SOURCE_DATE_EPOCH=EPOCH),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    if done.returncode:
        raise Unready(f"the wheel of cs231n_lite could not be built: {last_line(done.stdout)}")
    return next(iter(folder.glob("cs231n_lite-*.whl")))
