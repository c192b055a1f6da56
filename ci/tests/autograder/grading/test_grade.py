"""`autograder grade` on a small course: verdicts, JSON, what it registers and what it leaves alone, bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.corpus.answers import answered
from autograder.course import Course
from autograder.grading.grade import grade
from autograder.grading.results import ExerciseResult, results
from autograder.notebooks.notebook import canonical
from autograder.submission import Submission
from ci.tests.autograder.builders import SQUARE, put
from ci.tests.autograder.small_course import ASSIGNMENT, HALF, ROWS, SOLVED, small, write
from ci.tests.autograder.small_course import put as hand_in_small


def test_verdicts_points_and_findings_come_from_the_report(tiny: Course) -> None:
    for student, (source, _) in SQUARE.items():
        put(tiny, student, "square", source)
    graded = grade(tiny, "1-tiny")
    assert {name: student.exercises["square"] for name, student in graded.items()} == {
        name: expected for name, (_, expected) in SQUARE.items()
    }
    assert graded["half"].exercises["double-gate"] == ExerciseResult(2.0, 2.0, "passed", []), "an exercise by itself"
    assert (graded["half"].score, graded["half"].max_score) == (2.5, 5.0), "a written answer is not in the sum yet"
    assert graded["half"].exercises["why-double"] == ExerciseResult(None, 2.0, "manual", [])


def test_broken_submission_does_not_stop_the_others(tiny: Course, capsys: pytest.CaptureFixture[str]) -> None:
    put(tiny, "kills-its-kernel", "square", "import os\nos._exit(1)")
    put(tiny, "no-notebook-at-all", "square", "").write_text("not JSON", encoding="utf-8")
    put(tiny, "right", "square", SQUARE["right"][0])
    assert main(["grade", "1-tiny", "--course", str(tiny.root)]) == 1, "something is for a person to look at"
    out = capsys.readouterr().out
    assert any(line.split() == ["kills-its-kernel", "2", "0", "?", "2+"] for line in out.splitlines()), out
    assert "for a person to look at: kills-its-kernel, no-notebook-at-all" in out
    assert "no-notebook-at-all: accident: broken-json: not JSON" in out, "graded as unwritten, and told"
    assert any(line.split() == ["right", "2", "1", "?", "3+"] for line in out.splitlines()), out


def test_json_is_written_for_the_students_that_match(tiny: Course, tmp_path: Path) -> None:
    for student in ("ada", "alan", "grace"):
        put(tiny, student, "square", SQUARE["right"][0])
    target = tmp_path / "out.json"
    assert main(["grade", "1-tiny", "--course", str(tiny.root), "--student", "a*", "--json", str(target)]) == 0
    data = json.loads(target.read_text(encoding="utf-8"))
    assert data["assignment"] == "1-tiny" and list(data["students"]) == ["ada", "alan"]
    assert data["students"]["ada"]["exercises"]["square"] == {
        "points": 1.0, "max_points": 1.0, "verdict": "passed", "findings": [],
    }  # fmt: skip


def test_json_is_whole_and_the_table_printed_whatever_the_terminal_can_show(tiny: Course, tmp_path: Path) -> None:
    put(tiny, "李雷", "square", SQUARE["right"][0])
    target = tmp_path / "out.json"
    command = [sys.executable, "-m", "autograder", "grade", "1-tiny", "--course", str(tiny.root), "--json", str(target)]
    environment = os.environ | {"PYTHONIOENCODING": "cp1252"}
    done = subprocess.run([*command, "--workers=1"], capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr.decode("cp1252", "replace")
    assert "\n?? " in done.stdout.decode("cp1252").replace("\r", "")
    assert json.loads(target.read_text(encoding="utf-8"))["students"]["李雷"]["exercises"]["square"]["points"] == 1.0


def test_one_of_two_notebooks_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course = small(tmp_path)
    write(course, [*ROWS[:3], *HALF], "other.ipynb")  # two exercises of one name, too
    hand_in_small(course, "ada", SOLVED)
    assert main(["grade", ASSIGNMENT, "--course", str(course.root), "--workers=1"]) == 1
    printed = capsys.readouterr().out
    assert "ada: accident: no-notebook: other.ipynb was not handed in: its exercises have no points" in printed
    result = results(Submission(course, ASSIGNMENT, "ada"))
    assert {slug: exercise.verdict for slug, exercise in result.exercises.items()} == {
        "nb/square": "passed",
        "cube": "passed",
        "why": "manual",
        "other/square": "not-written",
        "half": "not-written",
    }


def test_registering_leaves_what_students_got_as_it_was(tiny: Course) -> None:
    put(tiny, "ada", "square", SQUARE["right"][0])
    released = tiny.release / "1-tiny" / "tiny.ipynb"
    released.write_text(released.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    before = released.read_bytes()
    grade(tiny, "1-tiny")
    assert released.read_bytes() == before


def test_grading_again_takes_the_newer_submission(tiny: Course) -> None:
    put(tiny, "ada", "square", SQUARE["wrong"][0])
    assert grade(tiny, "1-tiny")["ada"].score == 2.0
    path = tiny.root / "submitted" / "ada" / "1-tiny" / "tiny.ipynb"
    path.write_text(canonical(answered(tiny, "1-tiny", {})["tiny.ipynb"]), encoding="utf-8")
    assert grade(tiny, "1-tiny")["ada"].score == 3.0


def test_reading_the_settings_again_leaves_the_environment_as_it_is() -> None:
    Course().config()
    before = dict(os.environ)
    Course().config()
    assert dict(os.environ) == before, "a class is thousands of readings"


BAD_INPUT = {
    "nothing handed in": (["1-tiny"], "1-tiny: nothing was handed in; submissions lie in"),
    "typo in the name": (["1-tony"], "did you mean 1-tiny?"),
    "result file in no folder": (["1-tiny", "--json", "/no/such/folder/out.json"], "out.json: cannot be written"),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_ends_in_one_line_and_code_2(tiny: Course, capsys: pytest.CaptureFixture[str], case: str) -> None:
    words, message = BAD_INPUT[case]
    assert main(["grade", *words, "--course", str(tiny.root)]) == 2
    output = capsys.readouterr().err
    assert message in output and len(output.strip().splitlines()) == 1, output


def test_student_that_matches_nobody_is_told(tiny: Course, capsys: pytest.CaptureFixture[str]) -> None:
    (tiny.root / "submitted" / "ada" / "1-tiny").mkdir(parents=True)
    assert main(["grade", "1-tiny", "--course", str(tiny.root), "--student", "z*"]) == 2
    assert "no student matches 'z*'; 1 handed in, such as ada" in capsys.readouterr().err


def test_help_shows_the_commands_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    output = capsys.readouterr().out
    assert all(name in output for name in ("build", "grade", "audit", "doctor", "demo"))
    assert "report ASSIGNMENT" not in output, "not before it works"
