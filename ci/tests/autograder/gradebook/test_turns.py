"""Two graders at one course: the second waits and says so, both end right, and a killed one keeps nobody out."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course
from autograder.gradebook.turns import Turns, at_work
from autograder.grading.grade import grade
from autograder.grading.results import as_json
from autograder.intake.graft import SubmissionExporter
from ci.tests.autograder.builders import SQUARE, copied, held_to_rights, put

URL = "sqlite:///gradebook.db"
OTHER = """
import sys
from pathlib import Path
from autograder.gradebook.turns import Turns
with Turns(Path(sys.argv[1]), "sqlite:///").course():
    print("at work", flush=True)
    sys.stdin.read()
"""


def another(folder: Path) -> subprocess.Popen[str]:
    """A process that grades there as soon as it may, until it is told to end."""
    pipe = subprocess.PIPE
    command = [*held_to_rights(), sys.executable, "-c", OTHER, str(folder)]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def said(stream: object) -> str:
    return str(stream.readline())  # type: ignore[attr-defined]  # a pipe's end


def test_second_grader_says_that_it_waits_and_goes_on_when_the_first_has_ended(tmp_path: Path) -> None:
    with Turns(tmp_path, URL).course():
        second = another(tmp_path)
        assert "another grader (process " in said(second.stderr)
        assert second.poll() is None
    assert said(second.stdout) == "at work\n"
    assert at_work(tmp_path, URL).startswith(f"another grader (process {second.pid} on ")
    second.communicate()
    assert (second.returncode, at_work(tmp_path, URL)) == (0, "")


def test_grader_that_was_killed_keeps_nobody_out(tmp_path: Path) -> None:
    first = another(tmp_path)
    assert said(first.stdout) == "at work\n" and at_work(tmp_path, URL)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert at_work(tmp_path, URL) == ""
    with Turns(tmp_path, URL).course():
        pass


def test_lock_that_another_user_made_locks_as_well(tmp_path: Path) -> None:
    (tmp_path / "gradebook.lock").touch(0o444)
    second = another(tmp_path)
    assert said(second.stdout) == "at work\n", "it may read it, and not write"
    assert at_work(tmp_path, URL) == "another grader"
    second.communicate()


def test_graders_that_share_a_server_are_at_one_course_at_the_same_time(tmp_path: Path) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    with Turns(tmp_path, url).course(), Turns(tmp_path, url).course():
        assert at_work(tmp_path, url) == ""


@pytest.fixture
def tiny(tmp_path: Path, tiny_built: Path) -> Course:
    return copied(tiny_built, tmp_path)


def test_two_commands_at_once_grade_the_class_as_one_does(tiny: Course) -> None:
    for student in ("right", "wrong", "half"):
        put(tiny, student, "square", SQUARE[student][0])
    results = tiny.root / "second.json"
    command = [sys.executable, "-m", "autograder", "grade", "1-tiny", "--course", str(tiny.root), "--workers=1"]
    seconds: list[subprocess.Popen[str]] = []

    def watch(students: Iterable[str]) -> Iterator[str]:
        """Let the second begin in the middle of the first."""
        for name in students:
            if not seconds:
                pipe = subprocess.PIPE
                seconds.append(subprocess.Popen([*command, f"--json={results}"], stdout=pipe, stderr=pipe, text=True))
                while "is at work in this course" not in (line := said(seconds[0].stderr)):
                    assert line, "it did not wait"
            yield name

    first = grade(tiny, "1-tiny", watch=watch)
    _, errors = seconds[0].communicate()
    assert seconds[0].returncode == 0, errors
    assert {name: student.score for name, student in first.items()} == {"right": 3.0, "wrong": 2.0, "half": 2.5}
    assert json.loads(results.read_text(encoding="utf-8")) == as_json("1-tiny", first)


def test_plain_autograde_does_not_begin_beside_a_grader(tmp_path: Path) -> None:
    converter = Autograde(coursedir=CourseDirectory(root=str(tmp_path)))
    with Turns(tmp_path, URL).course(), pytest.raises(NbGraderException, match="is at work in this course; wait"):
        SubmissionExporter(parent=converter)
    SubmissionExporter(parent=converter)
