"""Another nbgrader course with this course's steps: adopted by a command, graded as nbgrader would honest work."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.converters import GenerateAssignment

from autograder.__main__ import main
from autograder.course import Course
from autograder.gradebook.session import opened
from autograder.grading.grade import grade
from autograder.notebooks.notebook import canonical, grade_id, read
from autograder.problem import Problem
from autograder.protection import adopt, is_adopted, is_protected
from ci.tests.autograder.builders import cell
from ci.tests.autograder.small_course import ROWS, SOLVED, small
from ci.tests.autograder.small_course import cell as cell_of
from ci.tests.browser.serving import serving

SETTINGS = """c = get_config()
c.ClearSolutions.text_stub = "HIER SCHREIBEN"
c.ExecutePreprocessor.timeout = 7
c.IncludeHeaderFooter.header = "source/header.ipynb"
"""
ANSWER = "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"
RAISES = "try:\n    square('a')\nexcept TypeError:\n    pass\nelse:\n    raise AssertionError('no error')"


def written(name: str, **flags: object) -> NotebookNode:
    meta = {"grade": True, "locked": False, "solution": True, "task": False, "points": 3, "schema_version": 3}
    return new_markdown_cell("An answer.", metadata={"nbgrader": {**meta, "grade_id": name, **flags}})


@pytest.fixture
def other(tmp_path: Path) -> Course:
    """An ordinary course: cells without metadata, a task, a header, a folder of data, two notebooks of equal names."""
    for name, number in (("one", 2), ("two", 3)):
        cells = [
            new_markdown_cell("A text that nbgrader knows nothing of."),
            new_code_cell("import math"),
            cell("square", ANSWER, "answer"),
            cell(
                "square-test",
                f"assert square({number}) == {number * number}\nassert math.pi > 3 and open('data/two.txt').read()",
                "test",
                2,
            ),
            cell("error-test", RAISES, "test", 1),
            written("why"),
            written("draw", grade=False, solution=False, locked=True, task=True, points=4),
        ]
        path = tmp_path / "source" / "hw" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(canonical(new_notebook(cells=cells)), encoding="utf-8")
    (tmp_path / "source" / "hw" / "data").mkdir()
    (tmp_path / "source" / "hw" / "data" / "two.txt").write_text("2", encoding="utf-8")
    header = new_notebook(cells=[new_markdown_cell("Rules that stand before every notebook of this course.")])
    (tmp_path / "source" / "header.ipynb").write_text(canonical(header), encoding="utf-8")
    (tmp_path / "nbgrader_config.py").write_text(SETTINGS, encoding="utf-8")
    return Course(tmp_path)


def hand_in(course: Course, student: str, answer: str, text: str = "") -> None:
    for path in sorted((course.root / "release" / "hw").glob("*.ipynb")):
        notebook = read(path)
        for each in notebook.cells:
            if grade_id(each) == "square" and answer:
                each.source = answer
            elif grade_id(each) == "why" and text:
                each.source = text
        target = course.root / "submitted" / student / "hw" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(canonical(notebook), encoding="utf-8")
    shutil.copytree(course.root / "release" / "hw" / "data", target.parent / "data")


def test_two_lines_are_added_once_and_what_the_course_says_itself_stays(other: Course) -> None:
    assert not is_protected(other.root) and "safe" in adopt(other.root)
    text = (other.root / "nbgrader_config.py").read_text(encoding="utf-8")
    assert text.startswith(SETTINGS) and is_adopted(other.root)
    assert "already" in adopt(other.root) and (other.root / "nbgrader_config.py").read_text(encoding="utf-8") == text
    config = other.config()
    assert config.Autograde.exporter_class == "autograder.nbgrader_steps.SubmissionExporter"
    assert "autograder.nbgrader_steps.HideHiddenTests" in config.GenerateFeedback.preprocessors
    assert (config.ClearSolutions.text_stub, config.Examine.timeout) == ("HIER SCHREIBEN", 7.0)
    assert other.release == other.root / "release"


def test_what_is_no_course_or_cannot_be_read_stays_as_it_is(other: Course, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no nbgrader course"):
        adopt(tmp_path / "source")
    (other.root / "nbgrader_config.py").write_text("c = get_config(\n", encoding="utf-8")
    with pytest.raises(Problem, match="cannot be read"):
        adopt(other.root)
    assert (other.root / "nbgrader_config.py").read_text(encoding="utf-8") == "c = get_config(\n"


def test_ordinary_course_is_graded_as_nbgrader_would_grade_honest_work(
    other: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    other.nbgrader(GenerateAssignment, "hw")
    (other.root / "assignments").rename(other.root / "release")  # what it makes while it is not adopted
    adopt(other.root)
    other.nbgrader(GenerateAssignment, "hw", BaseConverter={"force": True})
    hand_in(other, "ada", "two = int(open('data/two.txt').read())\ndef square(x):\n    return x**two", "Because.")
    hand_in(other, "bob", "")
    target = other.root / "out.json"
    assert main(["grade", "hw", "--course", str(other.root), "--json", str(target), "--workers", "1"]) == 0
    students = json.loads(target.read_text(encoding="utf-8"))["students"]
    assert {name: student["score"] for name, student in students.items()} == {"ada": 6.0, "bob": 0.0}
    assert all(student["tamper"] == [] and student["max_score"] == 20 for student in students.values())
    points = {name: exercise["points"] for name, exercise in students["ada"]["exercises"].items()}
    assert len(points) == 8 and list(points.values()).count(None) == 4, points
    assert "NOT PROTECTED" not in capsys.readouterr().err


def test_test_that_takes_a_students_function_away_is_refused_by_its_name(other: Course) -> None:
    path = other.source / "hw" / "one.ipynb"
    notebook = read(path)
    notebook.cells[3].source = "del square\nassert True"
    path.write_text(canonical(notebook), encoding="utf-8")
    (other.root / "submitted" / "ada" / "hw").mkdir(parents=True)
    with pytest.raises(Problem, match="cell square-test sets or deletes square, which students define"):
        grade(other, "hw")


# nbgrader's own commands, and names of any kind


ATTACK = "import os\nprint('reached', os.listdir({root!r}))\ndef square(x):\n    return x * x"
ODD = ("[a]da", "b*b", "王小明")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """An adopted course, in a folder and with an assignment and students of odd names, handed out and in."""
    course = Course(tmp_path_factory.mktemp("odd") / "a course, 2026")
    cells = [*(cell_of(*row) for row in ROWS)]
    path = course.source / "hw, 1" / "nb, a.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(canonical(new_notebook(cells=cells)), encoding="utf-8")
    adopt(course.root)
    assert main(["build", "--course", str(course.root)]) == 0
    for student, square in zip(ODD, (SOLVED["square"], "", ATTACK.format(root=str(course.root))), strict=True):
        notebook = read(course.root / "release" / "hw, 1" / "nb, a.ipynb")
        for each in notebook.cells:
            answers = SOLVED | {"square": square}
            each.source = answers.get(grade_id(each), "") or each.source
        target = course.root / "submitted" / student / "hw, 1" / "nb, a.ipynb"
        target.parent.mkdir(parents=True)
        target.write_text(canonical(notebook), encoding="utf-8")
    return course


def scores(course: Course) -> dict[str, float]:
    with opened(course.gradebook) as gradebook:
        return {each.student_id: each.score for each in gradebook.find_assignment("hw, 1").submissions}


@pytest.mark.parametrize(("folder", "assignment"), [("course [2026]", "hw"), ("course", "hw [1]"), ("course*", "hw")])
def test_name_that_nbgrader_takes_for_a_pattern_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str, assignment: str
) -> None:
    course = small(tmp_path)
    (course.source / "hw").rename(course.source / assignment)
    course.root.rename(tmp_path / folder)
    for command in ("build", "grade"):
        assert main([command, assignment, "--course", str(tmp_path / folder)]) == 2
        assert "for a pattern; give it another name" in capsys.readouterr().err


def test_course_of_odd_names_is_graded_by_our_command(played: Course) -> None:
    assert main(["grade", "hw, 1", "--course", str(played.root), "--workers", "1"]) in (0, 1)
    assert scores(played) == {"[a]da": 5.0, "b*b": 3.0, "王小明": 3.0}, "it stops at what it may not see"


def test_nbgraders_own_commands_confine_and_hide_in_an_adopted_course(played: Course) -> None:
    """`nbgrader autograde` on an empty gradebook, then the pages: the attack sees nothing, feedback no hidden test."""
    shutil.rmtree(played.root / "autograded", ignore_errors=True)
    (played.root / "gradebook.db").unlink(missing_ok=True)
    said = ""
    for words in (["autograde", "hw, 1", "--force", "--create"], ["generate_feedback", "hw, 1", "--force"]):
        command = [sys.executable, "-m", "nbgrader", *words]
        done = subprocess.run(command, cwd=played.root, capture_output=True, text=True, check=False)
        said += done.stdout + done.stderr
        assert done.returncode == 0, said
    assert scores(played) == {"b*b": 3.0, "王小明": 3.0}
    assert "[a]da: nbgrader takes [ ] for a pattern, and leaves this one out" in said
    text = (played.root / "autograded" / "王小明" / "hw, 1" / "nb, a.ipynb").read_text(encoding="utf-8")
    assert "gradebook.db" not in text
    pages = list((played.root / "feedback").rglob("*.html"))
    assert len(pages) == 2 and not any("cube(-1)" in page.read_text(encoding="utf-8") for page in pages)


def test_formgraders_button_grades_and_confines_in_an_adopted_course(played: Course) -> None:
    shutil.rmtree(played.root / "autograded", ignore_errors=True)
    with serving("jupyter_server", played.root) as served:
        path = f"submission/{quote('hw, 1')}/{quote('王小明')}/autograde"
        request = urllib.request.Request(
            f"{served.address}/formgrader/api/{path}",
            method="POST",
            headers={"Authorization": f"token {served.token}"},
            data=b"{}",
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            reply = json.load(answer)
    assert reply["success"], reply
    text = (played.root / "autograded" / "王小明" / "hw, 1" / "nb, a.ipynb").read_text(encoding="utf-8")
    assert "gradebook.db" not in text and scores(played)["王小明"] == 3.0
