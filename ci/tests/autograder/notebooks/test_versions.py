"""What was handed out is remembered: by the file beside the gradebook, and by git."""

from __future__ import annotations

import subprocess
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder.course import Course
from autograder.notebooks.notebook import canonical
from autograder.notebooks.versions import Past, past, remember, rename
from ci.tests.autograder.small_course import ASSIGNMENT, cell, small


def version(text: str, points: float = 2.0, name: str = "square-test") -> NotebookNode:
    return new_notebook(cells=[cell(name, "test", text, points), cell("why", "written", "Your answer", 3.0)])


def test_each_version_is_added_once_and_known_again(tmp_path: Path) -> None:
    course = small(tmp_path)
    assert past(course, ASSIGNMENT, "nb") == Past()
    for notebook in (version("assert old"), version("assert new", 4.0), version("assert old")):
        remember(course, ASSIGNMENT, [("nb", notebook)])
    known = past(course, ASSIGNMENT, "nb")
    assert len(known.versions) == 2
    assert len(known.texts("square-test")) == 2
    assert known.flags("square-test", "points") == [2.0, 4.0]
    assert known.handed([("square-test", " assert old\n")]) == known.versions[0]
    assert known.handed([("square-test", "mine")]) == known.versions[1], "the newest, where nothing tells"
    assert past(course, ASSIGNMENT, "other") == Past()


def test_a_renamed_cell_keeps_its_past(tmp_path: Path) -> None:
    course = small(tmp_path)
    remember(course, ASSIGNMENT, [("nb", version("assert old"))])
    rename(course, ASSIGNMENT, "nb", {"square-test": "power-test"})
    rename(course, ASSIGNMENT, "nb", {"power-test": "cube-test"})
    known = past(course, ASSIGNMENT, "nb")
    assert known.now("square-test") == "cube-test"
    assert known.texts("cube-test")
    rename(course, ASSIGNMENT, "nb", {"cube-test": "square-test"})
    assert past(course, ASSIGNMENT, "nb").now("power-test") == "square-test"


def test_what_was_committed_is_remembered_in_another_clone(tmp_path: Path) -> None:
    course = small(tmp_path)
    path = course.release / ASSIGNMENT / "nb.ipynb"
    path.parent.mkdir(parents=True)

    def git(*words: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *words], cwd=course.root, check=True, capture_output=True)

    git("init", "-q")
    for text in ("assert one", "assert two", "broken"):
        path.write_text("{" if text == "broken" else canonical(version(text)), encoding="utf-8")
        git("add", "-A")
        git("commit", "-qm", text)
    remember(course, ASSIGNMENT, [("nb", version("assert three"))])
    assert len(past(course, ASSIGNMENT, "nb").texts("square-test")) == 3


def test_a_spoiled_or_closed_memory_is_begun_anew_and_stops_nobody(tmp_path: Path) -> None:
    course: Course = small(tmp_path)
    place = course.root / "handed-out" / "hw.json"
    place.parent.mkdir()
    place.write_text("[]", encoding="utf-8")
    assert past(course, ASSIGNMENT, "nb") == Past()
    remember(course, ASSIGNMENT, [("nb", version("assert old"))])
    assert past(course, ASSIGNMENT, "nb").versions
