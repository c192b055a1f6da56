"""Submissions examined ahead of nbgrader: which of them there is anything to run of."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from autograder.course import Course
from autograder.grading import prefetch
from autograder.grading.grade import grade
from autograder.grading.prefetch import examined
from autograder.intake.graft import graft
from ci.tests.autograder.builders import put

PICTURE = {
    "cell_type": "code",
    "execution_count": None,
    "id": "tiny-picture",
    "metadata": {
        "nbgrader": {"grade": False, "grade_id": "tiny-picture", "locked": True, "schema_version": 3, "solution": False}
    },
    "outputs": [],
    "source": "print('a picture that no point depends on')",
}


class Idle:
    """A farm that counts what it is given, and runs nothing."""

    def __init__(self) -> None:
        self.jobs: dict[str, int] = {}

    def run(self, tasks: Any) -> Iterator[tuple[str, list[Any]]]:
        """Give every submission back as it is."""
        for name, jobs in tasks:
            self.jobs[name] = len(jobs)
            yield name, []


def test_what_is_known_is_not_sent_to_the_farm_also_where_a_picture_was_not_drawn(tiny: Course) -> None:
    path = tiny.notebooks("1-tiny")[0]
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"].append(PICTURE)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    put(tiny, "ada", "square", "def square(x):\n    return x * x")
    put(tiny, "bob", "square", "def square(x):\n    return x + x")
    grade(tiny, "1-tiny")
    shutil.rmtree(tiny.root / "submitted" / "bob")
    put(tiny, "bob", "square", "def square(x):\n    return 2 * x")
    farm = Idle()
    list(examined(tiny, "1-tiny", ["ada", "bob"], farm, {}, tiny.root / "build" / "grade.log"))  # type: ignore[arg-type]
    assert farm.jobs == {"ada": 0, "bob": 1}


def test_what_was_looked_at_once_is_not_grafted_again_until_something_behind_it_changes(
    tiny: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tiny, "ada", "square", "def square(x):\n    return x * x")
    log, grafts = tiny.root / "build" / "grade.log", list[str]()
    monkeypatch.setattr(prefetch, "graft", lambda *words: grafts.append("once") or graft(*words))

    def ahead() -> int:
        """How often it was grafted for the farm."""
        grafts.clear()
        list(examined(tiny, "1-tiny", ["ada"], Idle(), {}, log))  # type: ignore[arg-type]
        return len(grafts)

    assert ahead() == 1
    grade(tiny, "1-tiny")
    assert ahead() == 0
    path = tiny.notebooks("1-tiny")[0]
    master = json.loads(path.read_text(encoding="utf-8"))
    master["cells"][-1]["source"] += "\n"
    path.write_text(json.dumps(master), encoding="utf-8")
    assert ahead() == 1, "the master was changed"
    (tiny.root / "submitted" / "ada" / "1-tiny" / "notes.txt").write_text("more", encoding="utf-8")
    assert ahead() == 1, "a file lies beside it"
    shutil.rmtree(tiny.root / "build" / "store")
    assert ahead() == 1, "the store was emptied"
