"""Whatever goes wrong with a submission or a machine: it gets no point, keeps none from before, and is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.__main__ import main
from autograder.corpus.hand_in import HandIn
from autograder.course import Course
from autograder.demo import demo
from autograder.gradebook.tables import versioned
from autograder.grading.grade import grade
from autograder.grading.results import ExerciseResult, StudentResult, results
from autograder.grading.table import for_a_person, table
from autograder.problem import Problem
from autograder.sandbox import box
from autograder.submission import Submission
from autograder.tamper import ATTACK, STRAY, read_notes
from ci.tests.autograder.builders import SQUARE, put

RIGHT = SQUARE["right"][0]


def autograde(course: Course, *words: str) -> subprocess.CompletedProcess[str]:
    """`nbgrader autograde` as an instructor types it."""
    settings = (Path(__file__).resolve().parents[4] / "nbgrader_config.py").read_text(encoding="utf-8")
    (course.root / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    versioned(course.gradebook)  # or nbgrader asks another program for seconds
    line = [sys.executable, "-m", "nbgrader", "autograde", "1-tiny", *words]
    return subprocess.run(line, cwd=course.root, capture_output=True, text=True, check=False)


def auto_scores(course: Course, student: str) -> dict[str, float]:
    with Gradebook(course.gradebook) as gradebook:
        notebooks = gradebook.find_submission("1-tiny", student).notebooks
        return {grade.name: grade.auto_score for book in notebooks for grade in book.grades if grade.auto_score}


def test_notebook_of_another_name_is_graded_and_told(tiny: Course) -> None:
    path = put(tiny, "ada", "square", RIGHT)
    path.rename(path.with_name("tiny (1).ipynb"))
    for time in ("first", "second"):
        ada = grade(tiny, "1-tiny")["ada"]
        assert ada.score == 3.0, time
        assert [note["kind"] for note in ada.tamper if note["severity"] != "stray edit"] == ["misnamed"], time


def test_of_several_notebooks_the_one_with_the_assignments_cells_is_taken(tiny: Course) -> None:
    path = put(tiny, "ada", "square", RIGHT)
    path.rename(path.with_name("mine.ipynb"))
    path.with_name("zz-notes.ipynb").write_text('{"cells": [], "nbformat": 4}', encoding="utf-8")
    assert grade(tiny, "1-tiny")["ada"].score == 3.0


@pytest.mark.parametrize("left", ["nothing", "a-text-file", "a-notebook-of-something-else"])
def test_older_grade_goes_where_a_newer_hand_in_has_no_notebook(tiny: Course, left: str) -> None:
    path = put(tiny, "ada", "square", RIGHT)
    assert grade(tiny, "1-tiny")["ada"].score == 3.0
    path.unlink()
    if left == "a-text-file":
        path.with_suffix(".txt").write_text("my answers", encoding="utf-8")
    if left == "a-notebook-of-something-else":
        path.with_name("cooking.ipynb").write_text('{"cells": [], "nbformat": 4}', encoding="utf-8")
    ada = grade(tiny, "1-tiny")["ada"]
    assert (ada.score, auto_scores(tiny, "ada")) == (0.0, {})
    assert "no-notebook" in [note["kind"] for note in ada.tamper]
    page = (tiny.root / "autograded" / "ada" / "1-tiny" / "tiny.ipynb").read_text(encoding="utf-8")
    assert "NotImplementedError" in page and "return x**2" not in page, "what was graded before is not what came"


def test_new_notebook_takes_the_note_of_its_absence_away(tiny: Course) -> None:
    path = put(tiny, "ada", "square", RIGHT)
    content = path.read_bytes()
    path.unlink()
    assert grade(tiny, "1-tiny")["ada"].score == 0.0
    path.write_bytes(content)
    ada = grade(tiny, "1-tiny")["ada"]
    assert (ada.score, ada.tamper) == (3.0, [])


def test_plain_autograde_zeroes_whom_it_leaves_out_and_goes_on(tiny: Course) -> None:
    gone = put(tiny, "gone", "square", RIGHT)
    renamed = put(tiny, "renamed", "square", RIGHT)
    put(tiny, "right", "square", RIGHT)
    grade(tiny, "1-tiny")
    gone.unlink()
    renamed.rename(renamed.with_name("other.ipynb"))
    ran = autograde(tiny, "--force")
    assert auto_scores(tiny, "gone") == {}
    assert auto_scores(tiny, "renamed") == {} and "grade again" in ran.stderr
    assert ran.returncode != 0
    assert results(Submission(tiny, "1-tiny", "right")).score == 3.0
    assert autograde(tiny, "--force").returncode == 0, ran.stderr
    assert results(Submission(tiny, "1-tiny", "renamed")).score == 3.0


@pytest.fixture
def unconfinable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that can confine nothing."""
    monkeypatch.setattr(box, "why_not", lambda means: "the kernel does not have it")


@pytest.mark.usefixtures("unconfinable")
def test_machine_that_cannot_confine_grades_nothing_and_says_how_to(
    tiny: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tiny, "ada", "square", RIGHT)
    assert main(["grade", "1-tiny", "--course", str(tiny.root)]) == 2
    output = capsys.readouterr().err
    assert "install bubblewrap" in output and "--unsafe" in output
    assert not (tiny.root / "gradebook.db").exists(), "no gradebook is left in between"
    with pytest.raises(Problem, match="cannot be confined"):
        grade(tiny, "1-tiny")


@pytest.mark.usefixtures("unconfinable")
def test_unsafe_grades_there_and_says_what_does_not_hold(tiny: Course, capsys: pytest.CaptureFixture[str]) -> None:
    put(tiny, "ada", "square", RIGHT)
    assert main(["grade", "1-tiny", "--course", str(tiny.root), "--unsafe"]) == 0
    output = capsys.readouterr()
    assert any(line.split() == ["ada", "2", "1", "?", "3+"] for line in output.out.splitlines()), output.out
    assert "not held on this machine: reading: the gradebook" in output.err


@pytest.mark.usefixtures("unconfinable")
def test_demo_grades_its_own_class_there_and_says_what_does_not_hold(
    tmp_path: Path, tiny: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("autograder.demo.HOME", tiny.root)
    monkeypatch.setattr("autograder.demo.class_of", lambda assignment: {"ada": HandIn()})
    assert demo(tmp_path / "demo", ["1-tiny"])["1-tiny"]["ada"].score == 3.0
    assert "not held by the sandbox on this machine: reading, writing" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("while True: pass", "timed-out"),
        ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", "timed-out"),
        ("import os\nos._exit(0)", "crashed"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "crashed"),
        ("return [b'x' * (1 << 20) for _ in range(300)]", "out-of-memory"),
    ],
    ids=["endless", "swallows-the-interrupt", "exits", "segfaults", "memory-bomb"],
)
def test_answer_that_breaks_costs_its_own_exercise_alone(tiny: Course, source: str, verdict: str) -> None:
    body = "\n".join(f"    {line}" for line in source.splitlines())
    put(tiny, "ada", "square", f"def square(x):\n{body}")
    (tiny.root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.Examine.timeout = 3.0\nc.Examine.memory = 256 << 20\n", encoding="utf-8"
    )
    exercises = grade(tiny, "1-tiny")["ada"].exercises
    assert (exercises["square"].points, exercises["square"].verdict) == (0.0, verdict)
    assert (exercises["double-gate"].points, exercises["double-gate"].verdict) == (2.0, "passed")


@pytest.mark.parametrize(
    "noise",
    ["import warnings\nwarnings.warn('careful')", "import sys\nprint('oh', file=sys.stderr)", "print('x' * 10_000)"],
    ids=["warning", "stderr", "print"],
)
def test_noise_costs_nothing(tiny: Course, noise: str) -> None:
    body = "\n".join(f"    {line}" for line in noise.splitlines())
    put(tiny, "ada", "square", f"{noise}\ndef square(x):\n{body}\n    return x * x")
    ada = grade(tiny, "1-tiny")["ada"]
    assert (ada.score, ada.exercises["square"].verdict) == (3.0, "passed")


def test_table_shows_a_students_words_without_what_a_terminal_obeys() -> None:
    note = {
        "kind": "edited",
        "cell": "x",
        "severity": ATTACK,
        "detail": "\x1b[2J\x1b]0;owned\x07 gone\r\nada 9 9" + "y" * 999,
    }
    text = table({"mallory": StudentResult(0.0, 1.0, {"x": ExerciseResult(0.0, 1.0, "failed")}, [note])})
    assert not any(letter in text for letter in "\x1b\x07\r") and max(map(len, text.splitlines())) <= 310
    assert not any(line.startswith("ada") for line in text.splitlines()), "one note is one line"


def test_table_tells_stray_edits_in_one_line_a_student_and_calls_nobody_for_them() -> None:
    notes = [{"kind": "edited", "cell": name, "severity": STRAY, "detail": "x"} for name in ("title", "setup")]
    students = {"ada": StudentResult(0.0, 1.0, {"x": ExerciseResult(0.0, 1.0, "failed")}, notes)}
    assert "   ·  ada: stray edits: edited title, edited setup" in table(students).splitlines()
    assert for_a_person(students) == []


def test_notes_are_kept_apart_from_what_students_get(tiny: Course) -> None:
    put(tiny, "ada", "square", RIGHT).write_text("{", encoding="utf-8")
    grade(tiny, "1-tiny")
    assert read_notes(Submission(tiny, "1-tiny", "ada").tamper_notes)
    for folder in ("autograded", "feedback", "assignments"):
        assert not list((tiny.root / folder).rglob("*tamper*"))
