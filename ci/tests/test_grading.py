"""The demo's class and the whole corpus through real nbgrader: each gets exactly the points that are expected of it."""

from __future__ import annotations

import contextlib
import io
import json
import sqlite3
from pathlib import Path

import pytest

from autograder.corpus import Answer, answers, expected_points
from autograder.course import HOME, Course
from autograder.demo import ASSIGNMENT, CLASS, HandIn, demo, hand_in
from autograder.grade import Student, as_json, grade, results

CORPUS = answers(ASSIGNMENT)
ANSWERS = [answer for known in CORPUS.values() for answer in known.values()]


def bundles() -> dict[str, HandIn]:
    """Submissions that hold every answer of the corpus once: the first of each exercise, the second of each, …"""
    most = max(len(known) for known in CORPUS.values())
    picks = [{slug: list(known)[turn] for slug, known in CORPUS.items() if turn < len(known)} for turn in range(most)]
    return {f"corpus-{turn}": HandIn(pick) for turn, pick in enumerate(picks)}


BUNDLES = bundles()


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(tmp_path_factory.mktemp("demo") / "course")


@pytest.fixture(scope="session")
def printed(course: Course) -> str:
    """What the demo prints; graded once for all tests here."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()):
        demo(course.root)
    return out.getvalue()


@pytest.fixture(scope="session")
def graded(course: Course, printed: str) -> dict[str, Student]:
    """Every student of the class, and every bundle of the corpus, graded."""
    for name, answer in BUNDLES.items():
        hand_in(course, ASSIGNMENT, name, answer)
    corpus = grade(course, ASSIGNMENT, "corpus-*")
    return corpus | {name: results(course, ASSIGNMENT, name) for name in CLASS}


def automatic(student: Student) -> dict[str, float | None]:
    return {
        slug: ex.points for slug, ex in student.exercises.items() if ex.verdict != "manual" and slug != "why-a-graph"
    }


def test_class_has_at_least_twelve_students_and_the_cases_that_matter() -> None:
    assert len(CLASS) >= 12
    assert any(not hand.changes and hand.rest == "solution" for hand in CLASS.values()), "a perfect one"
    assert any(not hand.changes and hand.rest == "empty" for hand in CLASS.values()), "an empty one"
    used = {
        CORPUS[slug][name].kind
        for hand in CLASS.values()
        for slug, name in hand.changes.items()
        if name in CORPUS.get(slug, {})
    }
    assert used == {"right", "wrong"}


@pytest.mark.parametrize("student", [*CLASS, *BUNDLES])
def test_student_gets_exactly_the_points_expected(course: Course, graded: dict[str, Student], student: str) -> None:
    handed_in = (CLASS | BUNDLES)[student]
    expected = expected_points(course, ASSIGNMENT, handed_in.changes, rest=handed_in.rest)
    assert automatic(graded[student]) == expected
    assert graded[student].score == sum(expected.values()), "the gradebook's own sum"


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer.slug}-{answer.kind}-{answer.name}")
def test_answer_is_judged_and_told_as_the_corpus_says(graded: dict[str, Student], answer: Answer) -> None:
    student = next(name for name, hand in BUNDLES.items() if hand.changes.get(answer.slug) == answer.name)
    exercise = graded[student].exercises[answer.slug]
    if answer.slug == "why-a-graph":
        assert (exercise.verdict, exercise.points) == ("manual", None)
    elif answer.kind == "right":
        assert (exercise.verdict, exercise.findings) == ("passed", [])
    else:
        assert exercise.verdict in ("partial", "failed", "not-written"), exercise
        assert exercise.findings, "a wrong answer is told what is wrong with it"
        if answer.told:
            assert answer.told in exercise.findings


def test_untouched_written_answer_needs_no_grader_and_a_written_one_does(graded: dict[str, Student]) -> None:
    assert graded["nothing-written"].exercises["why-a-graph"].verdict == "not-written"
    assert graded["nothing-written"].exercises["why-a-graph"].points == 0.0
    assert graded["all-solved"].exercises["why-a-graph"].verdict == "manual"


def test_everything_unwritten_is_judged_not_written(graded: dict[str, Student]) -> None:
    assert {ex.verdict for ex in graded["nothing-written"].exercises.values()} == {"not-written"}


def test_gradebook_is_sqlite_and_knows_the_class(course: Course, printed: str) -> None:
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        students = {name for (name,) in database.execute("select id from student")}
    assert students >= set(CLASS)


def test_every_student_gets_feedback_with_the_report(course: Course, printed: str) -> None:
    for student in CLASS:
        page = course.root / "feedback" / student / ASSIGNMENT / "computational-graphs.html"
        assert "computational-graphs" in page.read_text(encoding="utf-8"), student


def test_demo_prints_a_row_for_each_student_and_where_things_lie(course: Course, printed: str) -> None:
    for student in CLASS:
        assert sum(line.startswith(student + " ") for line in printed.splitlines()) == 1, student
    assert f"{course.root}/feedback/STUDENT/{ASSIGNMENT}/computational-graphs.html" in printed
    assert str(course.root / "gradebook.db") in printed
    assert (course.root / "nbgrader.log").stat().st_size > 0
    assert "[" not in printed.split("points there are")[0], "nbgrader's chatter stays in its log"


def test_json_has_the_agreed_form(graded: dict[str, Student]) -> None:
    data = json.loads(json.dumps(as_json(ASSIGNMENT, {"all-solved": graded["all-solved"]})))
    student = data["students"]["all-solved"]
    assert data["assignment"] == ASSIGNMENT
    assert student.keys() == {"score", "max_score", "exercises", "tamper"} and student["tamper"] == []
    assert student["exercises"]["multiply-gate"] == {
        "points": 2.0,
        "max_points": 2.0,
        "verdict": "passed",
        "findings": [],
    }


def test_nothing_of_the_repository_was_touched(course: Course, printed: str) -> None:
    assert not (HOME / "gradebook.db").exists() and not (HOME / "submitted").exists()
    assert Path(course.gradebook.removeprefix("sqlite:///")) == course.root / "gradebook.db"
