"""A question with its text and rubric, and an answer as it may be shown: safe, with the pictures that belong to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.course import Course
from autograder.marking.questions import Answer, questions, read_answer
from autograder.notebooks.notebook import canonical, read
from autograder.submission import Submission
from ci.tests.autograder.feedback import tricks
from ci.tests.autograder.marking.builders import QUESTION, answered
from ci.tests.autograder.small_course import ASSIGNMENT, ROWS, TASK, cell, small


def shown(course: Course, answer: object, place: int = 0) -> Answer:
    answered(course, "ada", answer)  # type: ignore[arg-type]  # JSON may hold anything
    answer_of = read_answer(Submission(course, ASSIGNMENT, "ada"), questions(course, ASSIGNMENT)[place])
    assert answer_of is not None
    return answer_of


def test_questions_are_what_a_person_marks_with_heading_and_text(tmp_path: Path) -> None:
    code = [*QUESTION, ("by-hand", "written", "y = 1", 2.0), *ROWS[1:5], TASK]
    course = small(tmp_path, code)
    found = questions(course, ASSIGNMENT)
    assert [(each.cell, each.most, each.task) for each in found] == [
        ("why", 3.0, False),
        ("by-hand", 2.0, False),
        ("draw", 4.0, True),
    ]
    assert found[0].title == "1 · Why a graph?" and "<math>" in found[0].text and "Who needs" in found[0].text
    assert "Draw x²." in found[2].text and "parabola" not in found[2].text


@pytest.mark.parametrize("name", tricks.texts())
def test_nothing_of_an_answer_acts(tmp_path: Path, name: str) -> None:
    answer = shown(small(tmp_path, QUESTION), f"Because.\n\n{tricks.texts()[name]}")
    assert answer.text.strip().startswith("Because.")
    page = BeautifulSoup(answer.html(), "html.parser")
    assert not page.find_all(["script", "iframe", "form", "style", "link", "object", "embed", "h1", "h2", "a", "base"])
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name in ("id", "srcset", "href")], tag
        assert str(tag.get("src", "data:")).startswith("data:") and "url(" not in str(tag.get("style")), tag


def test_formulas_are_drawn_and_headings_are_none_of_the_pages(tmp_path: Path) -> None:
    html = shown(small(tmp_path, QUESTION), "# Mine\n\n$J^T$ and **more**").html()
    assert "<math>" in html and '<p class="heading">Mine</p>' in html and "<strong>more</strong>" in html


def test_attached_picture_is_shown_and_makes_another_answer(tmp_path: Path) -> None:
    course = small(tmp_path, QUESTION)
    with_picture = cell("why", "written", "See ![a plot](attachment:p.png)", 3.0)
    with_picture.attachments = {"p.png": {"image/png": tricks.PIXEL}}
    one, other = shown(course, with_picture), shown(course, "See ![a plot](attachment:p.png)")
    assert f"data:image/png;base64,{tricks.PIXEL}" in one.html() and one.kind != other.kind == ""


def test_hand_graded_code_is_shown_as_text(tmp_path: Path) -> None:
    course = small(tmp_path, [QUESTION[0], ("why", "answer", "def f(): ...", 0.0)])
    path = course.source / ASSIGNMENT / "nb.ipynb"
    notebook = read(path)
    notebook.cells[1].metadata.nbgrader |= {"grade": True, "points": 2.0}
    path.write_text(canonical(notebook), encoding="utf-8")
    found = questions(course, ASSIGNMENT)
    assert [(each.cell, each.code) for each in found] == [("why", True)]
    own = cell("why", "answer", "print('<b>')", 0.0)
    assert "print(&#x27;&lt;b&gt;&#x27;)" in shown(course, own).html()


def test_task_shows_what_the_student_put_below_it(tmp_path: Path) -> None:
    course = small(tmp_path, [*QUESTION, TASK])
    output = new_output("display_data", data={"image/png": tricks.PIXEL, "text/plain": "<Figure>"})
    own = new_code_cell("plot(x**2)", outputs=[output], id="extra-1")
    path = course.root / "autograded" / "ada" / ASSIGNMENT / "nb.ipynb"
    path.parent.mkdir(parents=True)
    cells = [cell(*QUESTION[0]), cell("why", "written", "It is.", 3.0), cell(*TASK), own]
    path.write_text(canonical(new_notebook(cells=cells)), encoding="utf-8")
    answer = read_answer(Submission(course, ASSIGNMENT, "ada"), questions(course, ASSIGNMENT)[1])
    assert answer is not None and answer.text == "plot(x**2)" and answer.kind
    assert f'src="data:image/png;base64,{tricks.PIXEL}"' in answer.html() and "alt=" in answer.html()


def test_notebook_that_is_gone_or_broken_has_no_answer(tmp_path: Path) -> None:
    course = small(tmp_path, QUESTION)
    (question,) = questions(course, ASSIGNMENT)
    assert read_answer(Submission(course, ASSIGNMENT, "ada"), question) is None
    answered(course, "ada", "x")
    path = course.root / "autograded" / "ada" / ASSIGNMENT / "nb.ipynb"
    path.write_text("{", encoding="utf-8")
    assert read_answer(Submission(course, ASSIGNMENT, "ada"), question) is None
