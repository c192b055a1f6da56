"""What is known of a student's file is told to the student, at the top of the page, and harms nobody there."""

from __future__ import annotations

import pytest
from nbgrader.converters import GenerateFeedback

from autograder.course import Course, quiet
from autograder.gradebook.session import opened
from autograder.grading.grade import grade, register
from autograder.intake.notices import SENTENCES, sentence
from autograder.submission import Submission
from autograder.tamper import Note, write_notes
from ci.tests.autograder.small_course import ASSIGNMENT, SOLVED, put, small


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    course: Course = small(tmp_path_factory.mktemp("notices"))
    put(course, "ada", SOLVED)
    broken = put(course, "bob", SOLVED)
    text = broken.read_text(encoding="utf-8")
    broken.write_text(text[: text.index("def cube")], encoding="utf-8")
    put(course, "<b>", SOLVED).rename(course.root / "submitted" / "<b>" / ASSIGNMENT / "<script>nb (1).ipynb")
    put(course, "dan", SOLVED).rename(course.root / "submitted" / "dan" / ASSIGNMENT / "nb.pdf").write_bytes(b"%PDF-1")
    put(course, "eve", {**SOLVED, "square": SOLVED["square"] + "\nimport ctypes"})
    register(course, ASSIGNMENT, course.root / "log")
    with opened(course.gradebook) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2025-03-01 18:00 UTC")
    late = put(course, "fay", SOLVED).parent / "timestamp.txt"
    late.write_text("2025-03-04 19:30:00 UTC", encoding="utf-8")
    left = [Note("left-out", "", "notes.rar: an archive"), Note("not-taken", "", "something of the course's own")]
    write_notes(Submission(course, ASSIGNMENT, "fay").tamper_notes, "collect", left)
    grade(course, ASSIGNMENT)
    with quiet(course.root / "feedback.log"):
        course.nbgrader(GenerateFeedback, ASSIGNMENT)
    found = (course.root / "feedback").glob("*/*/nb.html")
    return {path.parts[-3]: path.read_text(encoding="utf-8") for path in found}


TOLD = "About what you handed in"


def test_whole_file_has_no_word_above_it_and_suspicion_is_not_told(pages: dict[str, str]) -> None:
    assert TOLD not in pages["ada"] and TOLD not in pages["eve"]


def test_broken_file_is_told_with_what_to_do(pages: dict[str, str]) -> None:
    assert TOLD in pages["bob"] and "The file is damaged" in pages["bob"] and "hand in a whole one" in pages["bob"]


def test_name_of_a_file_is_told_and_does_nothing(pages: dict[str, str]) -> None:
    assert "was graded as nb.ipynb" in pages["<b>"] and "<script>nb" not in pages["<b>"]


def test_without_a_notebook_there_is_a_page_that_says_what_lay_there(pages: dict[str, str]) -> None:
    assert TOLD in pages["dan"] and "nb.pdf" in pages["dan"] and "was found" in pages["dan"]


def test_time_and_what_was_left_out_are_told(pages: dict[str, str]) -> None:
    assert "It came 3 days 1 h late; no points were taken for it." in pages["fay"]
    assert "Left out: notes.rar: an archive." in pages["fay"] and "own" not in pages["fay"].split(TOLD)[1][:400]


def test_every_sentence_can_be_said() -> None:
    for kind in SENTENCES:
        text = sentence({"kind": kind, "cell": "a_b", "detail": "*x* <b>"})
        assert text and "<b>" not in text and "{" not in text, kind
    assert sentence({"kind": "suspicious", "cell": "", "detail": "x"}) == ""
