"""A dry run says who would gain or lose what, and the course is as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.building.build import contents
from autograder.grading.dry_run import Change, dry_run, told
from autograder.grading.grade import grade
from ci.tests.autograder.small_course import ASSIGNMENT, FLOATS, HALF, ROWS, SOLVED, SQUARE, mark, put, small, write


def test_gains_and_losses_are_told_and_nothing_is_entered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course = small(tmp_path)
    put(course, "ada", FLOATS)
    put(course, "bob", SOLVED)
    grade(course, ASSIGNMENT)
    mark(course, "ada", "why", 2.5)
    put(course, "eva", SOLVED)
    harder = "assert cube(2) == 8\nassert cube('no') is None"
    rows = [("square-test", "test", "assert square(3) == 9", 2.0) if row == SQUARE else row for row in ROWS]
    rows = [("cube-test", "test", harder, 3.0) if row[0] == "cube-test" else row for row in rows]
    write(course, [*rows, *HALF])
    before = {name: data for name, data in contents(course.root).items() if not name.startswith("build")}
    target = tmp_path / "out.json"
    how = ["--workers", "1", "--course", str(course.root), "--json", str(target)]
    assert main(["grade", ASSIGNMENT, "--dry-run", *how]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "ada  5.5 → 4.5   square 0 → 2, cube 3 → 0",
        "bob  5 → 2   cube 3 → 0",
        "0 would gain, 2 would lose, 0 keep their sum; 1 would be graded for the first time; nothing was entered",
        "hw: in source/ half was added (2 points): `grade` enters that with --changed-exercises only",
    ]
    assert json.loads(target.read_text(encoding="utf-8"))["changes"]["eva"] == {
        "before": None,
        "after": 2.0,
        "exercises": {"square": [0.0, 2.0]},
    }
    after = {name: data for name, data in contents(course.root).items() if not name.startswith("build")}
    after.pop("gradebook.lock", None), before.pop("gradebook.lock", None)
    assert after == before
    assert not list((course.root / "build").glob("dry-run-*"))
    write(course, rows)
    scores = {name: result.score for name, result in grade(course, ASSIGNMENT).items()}
    changes, refused = dry_run(course, ASSIGNMENT, "a*")
    assert (scores, refused) == ({"ada": 4.5, "bob": 2.0, "eva": 2.0}, "")
    assert changes == {"ada": Change(4.5, 4.5)}
    assert told(changes) == ["0 would gain, 0 would lose, 1 keep their sum; nothing was entered"]
