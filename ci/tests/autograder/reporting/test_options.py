"""The command: which assignments it tells of, what it writes, and what it says where it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.course import Course


def test_all_files_in_one_go(course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = {kind: tmp_path / f"report.{kind}" for kind in ("html", "csv", "json")}
    options = [word for kind, path in paths.items() for word in (f"--{kind}", str(path))]
    assert main(["report", "--course", str(course.root), *options]) == 0
    assert "On Monday" in capsys.readouterr().out
    data = json.loads(paths["json"].read_text(encoding="utf-8"))
    assert [entry["name"] for entry in data["assignments"]] == ["1-a", "2-b"]
    texts = [path.read_text(encoding="utf-8") for path in paths.values()]
    assert texts[0].startswith("<!doctype html>") and not any("student-0" in text for text in texts)


def test_one_assignment_and_an_earlier_hand_in(course: Course, tmp_path: Path) -> None:
    earlier = {"exercises": {"gate": {"points": 2.0, "max_points": 2.0, "findings": []}}}
    (tmp_path / "before.json").write_text(json.dumps({"assignment": "1-a", "students": {"student-000": earlier}}))
    command = ["report", "1-a", "--course", str(course.root), "--before", str(tmp_path / "before.json")]
    assert main([*command, "--json", str(tmp_path / "report.json")]) == 0
    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [entry["name"] for entry in data["assignments"]] == ["1-a"]
    assert [(row["exercise"], row["worse"]) for row in data["better"]] == [("gate", 1)]


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["1-b"], "no such assignment"),
        (["--before", "/dev/null"], "is not what `python -m autograder grade ASSIGNMENT --json FILE` writes"),
        (["--html", "/nowhere/report.html"], "cannot be written (No such file or directory)"),
    ],
)
def test_what_is_wrong_is_told(
    course: Course, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert main(["report", "--course", str(course.root), *words]) == 2
    assert sentence in capsys.readouterr().err


def test_course_that_was_never_graded(tiny: Course, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--course", str(tiny.root)]) == 2
    assert "nothing was graded yet; first: python -m autograder grade ASSIGNMENT" in capsys.readouterr().err
    assert not (tiny.root / "gradebook.db").exists()
