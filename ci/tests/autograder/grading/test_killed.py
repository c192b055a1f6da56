"""A grader that is killed outright at any moment: after the next one, nothing is left of it but what it had entered."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from autograder.course import Course
from autograder.sandbox import cgroup
from autograder.sandbox.box import why_not
from autograder.sandbox.bubblewrap import HOME
from ci.tests.autograder.builders import copied, not_run, put

# What a student's process does when the grader is to be killed, which a file beside the notebook tells.
HERE = "open('here', 'w').close()"
FOR_EVER = f"import os, time\ndef wait():\n    {HERE}\n    time.sleep(600)\n"
DEEP = "for _ in range(2000):\n    os.mkdir('d'), os.chdir('d')\nos.chdir(os.environ['HOME'])\n"
CHILD = "if os.fork() == 0:\n    time.sleep(600)\n"
MOMENTS = {
    "while it starts": "def square(x):\n    return x**2",
    "in a cell": f"{FOR_EVER}{DEEP}{CHILD}wait()\ndef square(x):\n    return x**2",
    "in a test": f"{FOR_EVER}def square(x):\n    wait()",
}


@dataclass
class Ended:
    """A grader that was killed: its id, and the processes that it had by then."""

    pid: int
    processes: list[psutil.Process]


def grading(course: Course, student: str, place: Path) -> subprocess.Popen[bytes]:
    words = ["grade", "1-tiny", "--course", str(course.root), "--student", student, "--workers", "1"]
    return subprocess.Popen(
        [sys.executable, "-m", "autograder", *words],
        env={**os.environ, "TMPDIR": str(place)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def awaited(grader: subprocess.Popen[bytes], moment: str, place: Path, earlier: set[Path]) -> list[psutil.Process]:
    """All processes of a grader, as soon as the moment has come; `earlier` is what others left in the place."""
    while grader.poll() is None:
        processes = psutil.Process(grader.pid).children(recursive=True)
        roots = [Path(f"/proc/{each.pid}/root{HOME}/here") for each in processes]
        own = [path for path in place.iterdir() if path not in earlier]
        if moment == "while it starts":
            come = bool(processes) and bool(own)
        else:
            come = any(map(os.path.lexists, roots)) or any(path for one in own for path in one.glob("box-*/*/here"))
        if come:
            return processes
        time.sleep(0.03)  # to look at all processes takes a while itself
    raise AssertionError("it ended before")


CASES = [(means, moment) for means in ("forked", "landlock") for moment in MOMENTS] + [("bubblewrap", "in a test")]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the graders of these tests have their temporary folders."""
    folder = tmp_path_factory.mktemp("killed") / "temporary"
    folder.mkdir()
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=True)


@pytest.fixture(scope="module")
def killed(tiny_built: Path, place: Path) -> dict[tuple[str, str], Ended]:
    """A grader killed in each case, one after another; then one is let to its end."""
    course, ended = copied(tiny_built, place.parent), {}
    settings = course.root / "nbgrader_config.py"
    before = settings.read_text(encoding="utf-8") if settings.exists() else "c = get_config()\n"
    put(course, "quick", "square", MOMENTS["while it starts"])
    for means, moment in CASES:
        if os.geteuid() or why_not(means):
            continue
        subprocess.run(["rm", "-rf", str(course.root / "submitted" / "slow")], check=True)
        put(course, "slow", "square", MOMENTS[moment])
        settings.write_text(f"{before}\nc.Examine.means = {means!r}\n", encoding="utf-8")
        earlier = set(place.iterdir())
        with grading(course, "slow", place) as grader:
            ended[means, moment] = Ended(grader.pid, awaited(grader, moment, place, earlier))
            grader.kill()
    with grading(course, "quick", place) as following:
        assert following.wait() == 0
    return ended


@pytest.mark.parametrize(("means", "moment"), CASES)
def test_nothing_is_left_after_the_next_grade_of_one_killed(
    means: str, moment: str, killed: dict[tuple[str, str], Ended], place: Path
) -> None:
    if (means, moment) not in killed:
        not_run(f"{means} does not work here, or this is not root, who may look into a box")
    one = killed[means, moment]
    assert one.processes
    assert [each for each in one.processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE] == []
    assert list(place.iterdir()) == []
    groups = [path for folder, _ in cgroup.places().values() for path in folder.glob(f"autograder-*-{one.pid}-*")]
    assert groups == []
