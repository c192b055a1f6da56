"""Rights of files, pipes and odd ids, for a grader who is an ordinary user: a line for that student, points for all."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.submission import submissions
from ci.tests.autograder.builders import SQUARE, held_to_rights, put

FULL, NONE = 3.0, 0.0  # of the tiny course, where the written answer waits for a person


def folder_in_it(rights: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        (path.parent / "data").mkdir()
        (path.parent / "data" / "table.csv").touch()
        (path.parent / "data").chmod(rights)

    return make


def pipe_instead(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def pipe_in_a_closed_folder(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.parent.chmod(0o500)


def listening(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket may be no longer than some 100 bytes
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind("socket")
    finally:
        os.chdir(here)


def closed_file(path: Path) -> None:
    path.with_name("table.csv").touch(0)


def closed_under_another_name(path: Path) -> None:
    path.rename(path.with_name("tiny (1).ipynb")).chmod(0)


# id: what is done to the notebook or around it, the score, the kinds of the notes
CASES: dict[str, tuple[Callable[[Path], None], float, list[str]]] = {
    "student-closed": (lambda path: path.parent.parent.chmod(0), NONE, ["not-graded"]),
    "student-not-listed": (lambda path: path.parent.parent.chmod(0o100), NONE, ["not-graded"]),
    "folder-closed": (lambda path: path.parent.chmod(0), NONE, ["not-graded"]),
    "folder-names-only": (lambda path: path.parent.chmod(0o400), NONE, ["not-graded"]),
    "folder-read-only": (lambda path: path.parent.chmod(0o500), FULL, []),
    "notebook-closed": (lambda path: path.chmod(0), NONE, ["unreadable"]),
    "notebook-closed-and-misnamed": (closed_under_another_name, NONE, ["no-notebook"]),
    "inner-folder-closed": (folder_in_it(0), FULL, ["unreadable"]),
    "inner-folder-names-only": (folder_in_it(0o400), FULL, ["unreadable"]),
    "file-closed": (closed_file, FULL, ["unreadable"]),
    "pipe-for-a-notebook": (pipe_instead, NONE, ["not-a-file", "no-notebook", "missing-file"]),
    "pipe-for-a-time": (lambda path: os.mkfifo(path.with_name("timestamp.txt")), FULL, ["not-a-file"]),
    "pipe-in-a-closed-folder": (pipe_in_a_closed_folder, FULL, ["not-a-file"]),
    "socket": (listening, FULL, ["not-a-file"]),
    "-rf": (lambda _: None, FULL, []),
    "--help": (lambda _: None, FULL, []),
    "...": (lambda _: None, FULL, []),
    "$(id)": (lambda _: None, FULL, []),
    "~root": (lambda _: None, FULL, []),
    "ada": (lambda _: None, FULL, []),
}


def test_rights_pipes_and_ids_cost_one_student_a_line_and_the_others_nothing(tiny: Course, tmp_path: Path) -> None:
    for student, (spoil, _, _) in CASES.items():
        spoil(put(tiny, student, "square", SQUARE["right"][0]))
    os.mkfifo(tiny.root / "submitted" / "pipe")  # no student's folder at all
    target = tmp_path / "out.json"
    command = [sys.executable, "-m", "autograder", "grade", "1-tiny", "--course", str(tiny.root), f"--json={target}"]
    ran = subprocess.run([*held_to_rights(), *command], capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stderr
    students = json.loads(target.read_text(encoding="utf-8"))["students"]
    assert {name: (one["score"], [note["kind"] for note in one["tamper"]]) for name, one in students.items()} == {
        name: (score, kinds) for name, (_, score, kinds) in CASES.items()
    }
    closed = students["student-closed"]["tamper"][0]["detail"]
    assert closed == "its folder submitted/student-closed may not be read: give yourself the right to, and grade again"


def test_older_score_does_not_stand_for_a_hand_in_that_may_not_be_read(tiny: Course) -> None:
    path = put(tiny, "ada", "square", SQUARE["right"][0])
    command = [*held_to_rights(), sys.executable, "-m", "autograder", "grade", "1-tiny", "--course", str(tiny.root)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    path.parent.chmod(0)
    assert [submission.student for submission in submissions(tiny, "1-tiny")] == ["ada"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    with Gradebook(tiny.gradebook) as gradebook:
        assert gradebook.find_submission("1-tiny", "ada").score == 0.0
