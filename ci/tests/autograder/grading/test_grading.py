"""The demo's class and the whole corpus through real nbgrader: each gets exactly the points that are expected of it."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.preprocessors import Execute
from nbgrader.utils import determine_grade, is_grade, is_solution

from autograder import HOME
from autograder.corpus.answers import EMPTY, Answer, answered, answers, expected_points
from autograder.corpus.hand_in import HandIn, hand_in
from autograder.course import Course
from autograder.demo import ASSIGNMENT, CLASS, class_of, demo
from autograder.grading.grade import grade
from autograder.grading.results import StudentResult, as_json, results
from autograder.intake.graft import graft
from autograder.notebooks.kinds import is_test
from autograder.notebooks.notebook import canonical, grade_id, read
from autograder.submission import Submission
from ci.tests.autograder.builders import given_out

Graded = Callable[[str], dict[str, StudentResult]]

CORPORA = {  # what lies to please a test is graded in corpus/test_pleasers.py
    assignment: {
        slug: {name: answer for name, answer in known.items() if answer.kind != "pleaser"}
        for slug, known in answers(assignment).items()
    }
    for assignment in Course().assignments()
}


def bundles(assignment: str) -> dict[str, HandIn]:
    """Submissions that hold every answer of a corpus once: the first of each exercise, the second of each, …"""
    corpus = CORPORA[assignment]
    most = max(map(len, corpus.values()), default=0)
    picks = [{slug: list(known)[turn] for slug, known in corpus.items() if turn < len(known)} for turn in range(most)]
    # What a bundle does not answer stays unwritten, which costs no time; the class has the solved ones.
    return {f"corpus-{turn}": HandIn(pick, rest=EMPTY) for turn, pick in enumerate(picks)}


HAND_INS = {assignment: bundles(assignment) | class_of(assignment) for assignment in CORPORA}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the tests of an assignment's class its students, or the answers of its corpus."""
    assignment = getattr(metafunc.cls, "assignment", "")
    if "student" in metafunc.fixturenames:
        metafunc.parametrize("student", list(HAND_INS[assignment]))
    if "classmate" in metafunc.fixturenames:
        metafunc.parametrize("classmate", list(class_of(assignment)))
    if "answer" in metafunc.fixturenames:
        answers = [answer for known in CORPORA[assignment].values() for answer in known.values()]
        metafunc.parametrize("answer", answers, ids=[f"{each.slug}-{each.kind}-{each.name}" for each in answers])


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(tmp_path_factory.mktemp("demo") / "course")


@pytest.fixture(scope="session")
def printed(course: Course) -> str:
    """What the demo prints; graded once for all tests here."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()):
        demo(course.root, [ASSIGNMENT])
    return out.getvalue()


@pytest.fixture(scope="session")
def graded(course: Course, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Assignment -> student -> result: every bundle of its corpus, and the class; graded when first asked for."""

    @functools.cache
    def of(assignment: str) -> dict[str, StudentResult]:
        if assignment == ASSIGNMENT:
            request.getfixturevalue("printed")
            place, still = course, bundles(assignment)
        else:
            place, still = given_out(tmp_path_factory.mktemp(assignment), assignment), HAND_INS[assignment]
        # Points are the same whether pictures are drawn or not, and to draw them takes longer than all else.
        settings = 'c = get_config()\nc.Examine.pictures = "none"\n'
        (place.root / "nbgrader_config.py").write_text(settings, encoding="utf-8")
        for name, handed_in in still.items():
            hand_in(Submission(place, assignment, name), handed_in)
        scores = grade(place, assignment, "corpus-*" if assignment == ASSIGNMENT else "*")
        return scores | {
            name: results(Submission(place, assignment, name)) for name in HAND_INS[assignment] if name not in scores
        }

    return of


def in_one_kernel(assignment: str, handed_in: HandIn, folder: Path, *, pictures: bool) -> dict[str, float]:
    """Exercise -> points where nbgrader's own Execute runs answers and tests, one after another, in one kernel.

    Without pictures, whatever is inside `with attempt(…)` is left out, which takes longer than all else.
    """
    course = Course()
    points: dict[str, float] = {}
    theirs = answered(course, assignment, handed_in.changes, rest=handed_in.rest)
    for path in course.notebooks(assignment):
        (folder / path.name).write_text(canonical(theirs[path.name]), encoding="utf-8")
        notebook, _ = graft(read(path), folder / path.name, course.config())
        drawn = (
            []
            if pictures
            else [cell for cell in notebook.cells if not is_test(cell) and "with attempt(" in cell.source]
        )
        notebook.cells = [cell for cell in notebook.cells if cell not in drawn]
        Execute(timeout=120).preprocess(notebook, {"metadata": {"path": str(folder)}})
        for cell in notebook.cells:
            if is_grade(cell) and not is_solution(cell):
                points[grade_id(cell).removesuffix("-test")] = float(determine_grade(cell)[0] or 0.0)
    return points


class Judged:
    """What holds for every assignment. `--dist loadscope` gives a class of tests to one worker, which grades once."""

    assignment = ""

    def test_student_gets_exactly_the_points_expected(self, graded: Graded, student: str) -> None:
        handed_in, result = HAND_INS[self.assignment][student], graded(self.assignment)[student]
        expected = expected_points(Course(), self.assignment, handed_in.changes, rest=handed_in.rest)
        assert {slug: result.exercises[slug].points for slug in expected} == expected
        assert result.score == sum(expected.values()), "the gradebook's own sum"

    def test_student_gets_the_same_points_in_one_plain_kernel(
        self, graded: Graded, classmate: str, tmp_path: Path
    ) -> None:
        examined = graded(self.assignment)[classmate].exercises
        handed_in, pictures = HAND_INS[self.assignment][classmate], classmate == "all-solved"
        plain = in_one_kernel(self.assignment, handed_in, tmp_path, pictures=pictures)
        assert {slug: examined[slug].points for slug in plain} == plain

    def test_answer_is_judged_and_told_as_the_corpus_says(self, graded: Graded, answer: Answer) -> None:
        student = next(
            name for name, hand in bundles(self.assignment).items() if hand.changes.get(answer.slug) == answer.name
        )
        exercise = graded(self.assignment)[student].exercises[answer.slug]
        if exercise.verdict == "manual":
            assert exercise.points is None
        elif answer.kind == "right":
            assert (exercise.verdict, exercise.findings) == ("passed", [])
        else:
            assert exercise.verdict in ("partial", "failed", "not-written"), exercise
            assert exercise.findings, "a wrong answer is told what is wrong with it"
            if answer.mistake:
                assert answer.mistake in exercise.findings


class TestComputationalGraphs(Judged):
    assignment = ASSIGNMENT

    def test_class_has_at_least_twelve_students_and_the_cases_that_matter(self) -> None:
        corpus = CORPORA[ASSIGNMENT]
        assert len(CLASS) >= 12
        assert any(not hand.changes and hand.rest == "solution" for hand in CLASS.values()), "a perfect one"
        assert any(not hand.changes and hand.rest == "empty" for hand in CLASS.values()), "an empty one"
        assert any("solution" in hand.changes.values() and hand.rest == "empty" for hand in CLASS.values()), (
            "one half done"
        )
        used = {
            corpus[slug][name].kind
            for hand in CLASS.values()
            for slug, name in hand.changes.items()
            if name in corpus[slug]
        }
        assert used == {"right", "wrong"}

    def test_untouched_written_answer_needs_no_grader_and_a_written_one_does(self, graded: Graded) -> None:
        assert graded(ASSIGNMENT)["nothing-written"].exercises["why-a-graph"].verdict == "not-written"
        assert graded(ASSIGNMENT)["nothing-written"].exercises["why-a-graph"].points == 0.0
        assert graded(ASSIGNMENT)["all-solved"].exercises["why-a-graph"].verdict == "manual"

    def test_everything_unwritten_is_judged_not_written(self, graded: Graded) -> None:
        assert {ex.verdict for ex in graded(ASSIGNMENT)["nothing-written"].exercises.values()} == {"not-written"}

    def test_gradebook_is_sqlite_and_knows_the_class(self, course: Course, printed: str) -> None:
        with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as database:
            students = {name for (name,) in database.execute("select id from student")}
        assert students >= set(CLASS)

    def test_every_student_gets_feedback_with_the_report(self, course: Course, printed: str) -> None:
        for student in CLASS:
            page = course.root / "feedback" / student / ASSIGNMENT / "computational-graphs.html"
            text = page.read_text(encoding="utf-8")
            assert "<h1>1 · Computational graphs</h1>" in text and "<code>multiply-gate</code>" in text, student

    def test_demo_prints_a_row_for_each_student_and_where_things_lie(self, course: Course, printed: str) -> None:
        for student in CLASS:
            assert sum(line.startswith(student + " ") for line in printed.splitlines()) == 1, student
        assert f"{course.root}/feedback/STUDENT/{ASSIGNMENT}/computational-graphs.html" in printed
        assert str(course.root / "gradebook.db") in printed
        assert (course.root / "nbgrader.log").stat().st_size > 0
        assert "[" not in printed.split("points there are")[0], "nbgrader's chatter stays in its log"

    def test_report_is_made_and_readme_shows_its_first_screen(self, course: Course, printed: str) -> None:
        shown = (HOME / "README.md").read_text(encoding="utf-8").split("The demo's class:\n\n```\n")[1].split("```")[0]
        assert shown.strip() in printed
        assert f"report     {course.root}/report.html" in printed
        assert "What to do on Monday" in (course.root / "report.html").read_text(encoding="utf-8")

    def test_json_has_the_agreed_form(self, graded: Graded) -> None:
        data = json.loads(json.dumps(as_json(ASSIGNMENT, {"all-solved": graded(ASSIGNMENT)["all-solved"]})))
        student = data["students"]["all-solved"]
        assert data["assignment"] == ASSIGNMENT
        assert student.keys() == {"score", "max_score", "exercises", "tamper"} and student["tamper"] == []
        assert student["exercises"]["multiply-gate"] == {
            "points": 2.0,
            "max_points": 2.0,
            "verdict": "passed",
            "findings": [],
        }

    def test_nothing_of_the_repository_was_touched(self, course: Course, printed: str) -> None:
        assert not (HOME / "gradebook.db").exists() and not (HOME / "submitted").exists()
        assert Path(course.gradebook.removeprefix("sqlite:///")) == course.root / "gradebook.db"


class TestGatePatterns(Judged):
    assignment = "2-gate-patterns"


class TestVectorizedJacobians(Judged):
    assignment = "3-vectorized-jacobians"


class TestTwoLayerNet(Judged):
    assignment = "4-two-layer-net"


def test_every_assignment_is_graded_here() -> None:
    assert {kind.assignment for kind in Judged.__subclasses__()} == set(CORPORA)
