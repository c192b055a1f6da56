"""The gradebook on a real PostgreSQL server: graded into, read by the formgrader, shared, refused, lost."""

from __future__ import annotations

import csv
import gc
import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import make_url

from autograder import HOME
from autograder import course as course_module
from autograder.__main__ import main
from autograder.corpus.hand_in import HandIn, hand_in
from autograder.course import Course
from autograder.demo import ASSIGNMENT, CLASS, feedback
from autograder.gradebook.server import alone
from autograder.gradebook.turns import Turns
from autograder.grading.grade import grade
from autograder.grading.results import results
from autograder.marking.desk import Desk
from autograder.notebooks.notebook import canonical, grade_id, read
from autograder.problem import Problem
from autograder.submission import Submission
from ci import postgres
from ci.tests.autograder.builders import copied, not_run
from ci.tests.autograder.small_course import HALF, TASK
from ci.tests.autograder.small_course import cell as small_cell
from ci.tests.browser.serving import serving

PATIENCE = 60  # seconds that something which happens in a moment may take before it has failed
THREE = ("ada", "bob", "cyd")
NOTEBOOK = "computational-graphs"
WRITTEN = "why-a-graph"  # the exercise of it that a person grades


def until(happened: Callable[[], Any]) -> Any:
    """Wait for something that another process does; return what it gives."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = happened()
        if value:
            return value
        time.sleep(0.02)
    return happened()


class Database:
    """A database of its own on the server, empty or a copy, and the server's first database to ask from outside."""

    number = 0

    def __init__(self, server: str, like: str = "template1") -> None:
        Database.number += 1
        self.server, self.name = server, f"gradebook{Database.number}"
        self.ask(f"CREATE DATABASE {self.name} TEMPLATE {like}")
        self.url = self.address()
        ((self.oid,),) = self.ask(f"SELECT oid FROM pg_database WHERE datname = '{self.name}'")

    def address(self, **other: Any) -> str:
        """Return the database's address with some parts of it changed."""
        return make_url(self.server).set(**{"database": self.name, **other}).render_as_string(hide_password=False)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Put a question to the server's first database."""
        with psycopg.connect(self.server.replace("+psycopg", ""), autocommit=True) as connection:
            answer = connection.execute(question)  # type: ignore[arg-type]  # not a literal
            return answer.fetchall() if answer.description else []

    def cut(self) -> None:
        """End all connections to this database."""
        self.ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if postgres.programs() is None:
        not_run("there is no PostgreSQL server here; `python3 -m ci test` installs Debian's where it may")
    with postgres.server() as address:
        yield address


def settle(course: Course, url: str = "", store: Path | None = None) -> Course:
    """Give a course this repository's settings, a gradebook and a store."""
    text = (HOME / "nbgrader_config.py").read_text(encoding="utf-8")
    text += f"c.CourseDirectory.db_url = {url!r}\n" if url else ""
    text += f"c.Examine.store = {str(store)!r}\n" if store else ""
    text += 'c.Examine.pictures = "none"\n'  # no gradebook knows of them, and to draw them takes longest
    (course.root / "nbgrader_config.py").write_text(text, encoding="utf-8")
    return course


@pytest.fixture(scope="module")
def graded(server: str, tiny_built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, Database]:
    """The tiny course with three students who solved it all, graded; to be copied, as making its tables takes long."""
    place = tmp_path_factory.mktemp("graded")
    course, database = copied(tiny_built, place), Database(server)
    settle(course, database.url, place / "store")
    for student in THREE:
        hand_in(Submission(course, "1-tiny", student), HandIn())
    assert {student.score for student in grade(course, "1-tiny").values()} == {3.0}
    return course, database


@pytest.fixture
def database(server: str, graded: tuple[Course, Database]) -> Database:
    """A gradebook with the three students in it."""
    return Database(server, graded[1].name)


@pytest.fixture
def three(graded: tuple[Course, Database], database: Database, tmp_path: Path) -> Course:
    """The course of the three students, graded into that gradebook."""
    course = Course(Path(shutil.copytree(graded[0].root, tmp_path / "course")))
    return settle(course, database.url, graded[0].root.parent / "store")


@pytest.fixture(scope="module")
def school(server: str, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The whole class, graded into PostgreSQL first; then, from what that run kept, into SQLite."""
    place = tmp_path_factory.mktemp("school")
    origin = Course(place / "origin")
    for name in ("source", "assignments"):  # the step "build in sync" says that the one is made of the other
        shutil.copytree(HOME / name / ASSIGNMENT, origin.root / name / ASSIGNMENT)
    settle(origin)
    for student, handed_in in CLASS.items():
        hand_in(Submission(origin, ASSIGNMENT, student), handed_in)
    on_server, in_file = (Course(Path(shutil.copytree(origin.root, place / name))) for name in ("server", "file"))
    database = Database(server)
    settle(on_server, database.url, place / "store")
    settle(in_file, store=place / "store")
    return SimpleNamespace(
        place=place,
        origin=origin,
        database=database,
        on_server=on_server,
        in_file=in_file,
        from_server=grade(on_server, ASSIGNMENT),
        from_file=grade(in_file, ASSIGNMENT),
    )


@pytest.fixture(scope="module")
def formgrader(school: SimpleNamespace) -> Iterator[Callable[..., Any]]:
    """Ask the formgrader of the course on the server: a path, and for anything but GET the method and data."""
    with serving("jupyter_server", school.on_server.root) as served:

        def ask(path: str, method: str = "GET", data: Any = None) -> Any:
            request = urllib.request.Request(
                f"{served.address}/formgrader/api/{path}",
                method=method,
                headers={"Authorization": f"token {served.token}"},
                data=None if method == "GET" else json.dumps(data).encode(),
            )
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)

        yield ask


def spoil(course: Course, student: str, answer: str = "def square(x):\n    return 0.0") -> None:
    """Put another answer to `square`, one of its point, into what a student handed in."""
    path = course.root / "submitted" / student / "1-tiny" / "tiny.ipynb"
    notebook = read(path)
    next(cell for cell in notebook.cells if grade_id(cell) == "square").source = answer
    path.write_text(canonical(notebook), encoding="utf-8")


def api(course: Course) -> NbGraderAPI:
    """What the formgrader's handlers ask, without the server around it."""
    config = course.config()
    return NbGraderAPI(CourseDirectory(config=config, root=str(course.root)), config=config)


def comparable(data: Any) -> Any:
    """The same without what is drawn by lot: ids of rows, and what is sorted by them."""
    if isinstance(data, dict):
        return {
            key: comparable(value)
            for key, value in sorted(data.items())
            if key != "index" and not (isinstance(value, str) and re.fullmatch("[0-9a-f]{32}", value))
        }
    if isinstance(data, list):
        return sorted(map(comparable, data), key=lambda one: json.dumps(one, sort_keys=True))
    return data


class TestWholeClass:
    """The class of the demo. `--dist loadscope` gives it to one worker, and all that is below to the other."""

    def test_class_gets_in_every_exercise_what_it_gets_with_sqlite(self, school: SimpleNamespace) -> None:
        assert school.from_server.keys() == CLASS.keys()
        assert school.from_server == school.from_file
        assert len({student.score for student in school.from_server.values()}) > 5, (
            "a score at the wrong name would show"
        )
        assert not (school.on_server.root / "gradebook.db").exists()

    def test_grading_again_changes_nothing(self, school: SimpleNamespace) -> None:
        assert grade(school.on_server, ASSIGNMENT) == school.from_server

    def test_report_of_the_class_is_the_same(self, school: SimpleNamespace) -> None:
        def report(course: Course) -> Any:
            path = school.place / "report.json"
            assert main(["report", "--course", str(course.root), "--json", str(path)]) == 0
            return json.loads(path.read_text(encoding="utf-8").replace(str(course.root), "COURSE"))

        of_file = report(school.in_file)
        assert "upstream-dropped" in json.dumps(of_file), "there is something to be told"
        assert report(school.on_server) == of_file

    def test_formgrader_reads_the_same_of_the_class(
        self, school: SimpleNamespace, formgrader: Callable[..., Any]
    ) -> None:
        lite, one = api(school.in_file), "overwrites-at-branches"
        pages = {
            "assignments": lite.get_assignments(),
            f"assignment/{ASSIGNMENT}": lite.get_assignment(ASSIGNMENT),
            f"notebooks/{ASSIGNMENT}": lite.get_notebooks(ASSIGNMENT),
            f"submissions/{ASSIGNMENT}": lite.get_submissions(ASSIGNMENT),
            f"submission/{ASSIGNMENT}/{one}": lite.get_submission(ASSIGNMENT, one),
            f"submitted_notebooks/{ASSIGNMENT}/{NOTEBOOK}": lite.get_notebook_submissions(ASSIGNMENT, NOTEBOOK),
            "students": lite.get_students(),
            f"student/{one}": lite.get_student(one),
            f"student_submissions/{one}": lite.get_student_submissions(one),
            f"student_notebook_submissions/{one}/{ASSIGNMENT}": lite.get_student_notebook_submissions(one, ASSIGNMENT),
        }
        for path, expected in pages.items():
            assert comparable(formgrader(path)) == comparable(json.loads(json.dumps(expected))), path

    def test_formgrader_reads_of_each_student_the_points_of_each_exercise(
        self, school: SimpleNamespace, formgrader: Callable[..., Any]
    ) -> None:
        marks = {
            entry["student"]: {
                mark["name"].removesuffix("-test"): None if mark["needs_manual_grade"] else mark["auto_score"]
                for mark in formgrader(f"grades?submission_id={entry['id']}")
            }
            for entry in formgrader(f"submitted_notebooks/{ASSIGNMENT}/{NOTEBOOK}")
        }
        assert marks == {
            name: {slug: exercise.points for slug, exercise in student.exercises.items()}
            for name, student in school.from_file.items()
        }

    def test_points_and_words_given_in_the_formgrader_stay_when_the_student_is_graded_again(
        self, school: SimpleNamespace, formgrader: Callable[..., Any]
    ) -> None:
        entries = {one["student"]: one["id"] for one in formgrader(f"submitted_notebooks/{ASSIGNMENT}/{NOTEBOOK}")}

        def mark(student: str) -> Any:
            marks = formgrader(f"grades?submission_id={entries[student]}")
            return next(one for one in marks if one["name"] == WRITTEN)

        def comment() -> Any:
            words = formgrader(f"comments?submission_id={entries['recursive']}")
            return next(one for one in words if one["name"] == WRITTEN)

        formgrader(f"grade/{mark('recursive')['id']}", "PUT", {"manual_score": 2.5, "extra_credit": None})
        formgrader(f"comment/{comment()['id']}", "PUT", {"manual_comment": "Schön – ∂f/∂x ✓"})
        formgrader("student/recursive", "PUT", {"last_name": "Noether", "first_name": "Emmy"})
        assert formgrader(f"assignment/{ASSIGNMENT}/assign", "POST")["success"], "the formgrader's button that releases"
        assert formgrader(f"submission/{ASSIGNMENT}/recursive/autograde", "POST")["success"], "its button that grades"
        graded = grade(school.on_server, ASSIGNMENT, "r*")["recursive"]
        assert graded.score == school.from_file["recursive"].score + 2.5
        assert mark("recursive")["manual_score"] == 2.5
        assert comment()["manual_comment"] == "Schön – ∂f/∂x ✓"
        assert mark("own-style")["manual_score"] is None, "nobody else's"
        assert formgrader("student/recursive")["last_name"] == "Noether"
        formgrader(f"grade/{mark('recursive')['id']}", "PUT", {"manual_score": None, "extra_credit": None})
        assert grade(school.on_server, ASSIGNMENT, "r*")["recursive"].score == school.from_file["recursive"].score

    def test_marks_of_a_group_are_what_the_formgrader_shows_and_its_own_are_not_overwritten(
        self, school: SimpleNamespace, formgrader: Callable[..., Any]
    ) -> None:
        def marked() -> dict[float | None, int]:
            entries = formgrader(f"submitted_notebooks/{ASSIGNMENT}/{NOTEBOOK}")
            marks = [mark for one in entries for mark in formgrader(f"grades?submission_id={one['id']}")]
            return Counter(mark["manual_score"] for mark in marks if mark["name"] == WRITTEN)

        desk = Desk(school.on_server, ASSIGNMENT)
        (stack,) = desk.stacks
        group, before = stack.groups[0], marked()
        stamps = stack.stamps(group.grade_ids)
        formgrader(f"grade/{group.grade_ids[0]}", "PUT", {"manual_score": 0.5, "extra_credit": None})
        outcome = desk.mark(stack, stamps, 2.0, "Schön ✓")
        assert (outcome.written, outcome.left) == (len(stamps) - 1, 1) and outcome.written > 1
        assert marked() - before == {2.0: outcome.written, 0.5: 1}
        undone = desk.undo()
        formgrader(f"grade/{group.grade_ids[0]}", "PUT", {"manual_score": None, "extra_credit": None})
        assert undone is not None and undone[1].written == outcome.written and marked() == before

    def test_two_graders_at_once_on_an_empty_database_grade_the_class_as_one_does(
        self, school: SimpleNamespace, server: str
    ) -> None:
        database = Database(server)
        course = Course(Path(shutil.copytree(school.origin.root, school.place / "shared")))
        settle(course, database.url, school.place / "store")
        command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--course", str(course.root), "--workers=1"]
        waiting = (
            f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = {database.oid}"
        )
        with alone(database.url):  # so that both are known to begin with an empty database
            graders = [
                subprocess.Popen(
                    [*command, "--student", half], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
                )
                for half in ("[!k-z]*", "[k-z]*")
            ]
            until(lambda: database.ask(waiting) == [(2,)] or any(one.poll() is not None for one in graders))
            both_wait = database.ask(waiting) == [(2,)]
        outputs = [one.communicate()[0] for one in graders]
        assert both_wait and [one.returncode for one in graders] == [0, 0], outputs
        assert {name: results(Submission(course, ASSIGNMENT, name)) for name in CLASS} == school.from_file


def test_two_graders_that_come_to_one_submission_take_turns_and_elsewhere_do_not(database: Database) -> None:
    waiting = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = {database.oid}"
    first, second = (Turns(Path(), database.url) for _ in range(2))
    order: list[str] = []

    def work() -> None:
        with second.course(), second.submission("1-tiny", "ada"):
            order.append("second")

    with first.course():
        with first.submission("1-tiny", "ada"):
            other = threading.Thread(target=work)
            other.start()
            assert until(lambda: database.ask(waiting) == [(1,)]), "the second waits"
            order.append("first")
        other.join()
        with first.submission("1-tiny", "bob"), second.course(), second.submission("1-tiny", "ada"):
            order.append("both")
        with first.submission("1-tiny", "ada"):
            database.cut()  # what is lost with the connection is the lock
        with first.submission("1-tiny", "ada"):
            order.append("again")
    assert order == ["first", "second", "both", "again"]


# nbgrader's own commands


def nbgrader(course: Course, *words: str, code: int = 0) -> str:
    """Run a command in the course's folder; return what it says, which must not be the password."""
    command = [str(Path(sys.executable).parent / "nbgrader"), *words]
    done = subprocess.run(command, cwd=course.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == code, done.stdout
    assert password(course) not in done.stdout
    return done.stdout


def password(course: Course) -> str:
    return str(make_url(course.gradebook).password)


def test_nbgrader_s_commands_work_and_show_no_password(three: Course) -> None:
    spoil(three, "ada")
    nbgrader(three, "autograde", "1-tiny", "--student=ada", "--force")
    feedback(three, "1-tiny", three.root / "log")
    assert "<b>2 of 5 points</b>" in (three.root / "feedback" / "ada" / "1-tiny" / "tiny.html").read_text(
        encoding="utf-8"
    )
    nbgrader(three, "export", "--to=grades.csv")
    with (three.root / "grades.csv").open(encoding="utf-8") as table:
        rows = [(row["student_id"], float(row["score"])) for row in csv.DictReader(table)]
    assert sorted(rows) == [("ada", 2.0), ("bob", 3.0), ("cyd", 3.0)]
    assert "grader:***@127.0.0.1" in nbgrader(three, "db", "upgrade"), "where nbgrader would show it"
    assert not (three.root / "gradebook.db").exists()


# What changes in source/


def test_changed_exercises_are_entered_with_all_marks_as_in_a_file(three: Course, database: Database) -> None:
    """Foreign keys hold on a server: what is removed goes in an order that it allows."""
    with Gradebook(three.gradebook) as gradebook:
        for student in THREE:
            mark = gradebook.find_grade("why-double", "tiny", "1-tiny", student)
            mark.manual_score, mark.needs_manual_grade = 1.5, False
            gradebook.find_comment("why-double", "tiny", "1-tiny", student).manual_comment = f"Schön, {student} ✓"
        gradebook.db.commit()
    path = three.source / "1-tiny" / "tiny.ipynb"
    notebook = read(path)
    cells = {grade_id(each): each for each in notebook.cells}
    cells["square-test"].metadata.nbgrader.points = 4
    cells["square-test"].source = "assert square(3) == 9"
    notebook.cells = [each for each in notebook.cells if not grade_id(each).startswith("double-gate")]
    notebook.cells += [small_cell(*row) for row in [*HALF, TASK]]
    path.write_text(canonical(notebook), encoding="utf-8")
    with pytest.raises(Problem, match="double-gate was removed"):
        grade(three, "1-tiny")
    assert {results(Submission(three, "1-tiny", student)).score for student in THREE} == {4.5}, "nothing was changed"
    graded = grade(three, "1-tiny", exercises=True)
    for student in THREE:
        points = {name: each.points for name, each in graded[student].exercises.items()}
        assert points == {"square": 4.0, "half": 0.0, "draw": None, "why-double": 1.5}, student
        assert graded[student].score == 5.5
    with Gradebook(three.gradebook) as gradebook:
        assert gradebook.find_comment("why-double", "tiny", "1-tiny", "bob").manual_comment == "Schön, bob ✓"
        names = {each.name for each in gradebook.find_notebook("tiny", "1-tiny").grade_cells}
        assert names == {"square-test", "half-test", "why-double"}
        assert gradebook.find_assignment("1-tiny").max_score == 4 + 2 + 2 + 4
    again = grade(three, "1-tiny")
    assert {student: each.score for student, each in again.items()} == dict.fromkeys(THREE, 5.5)


# A server that is not to be had


def contents(course: Course) -> dict[str, bytes]:
    """All files of a course but its settings and nbgrader's log."""
    files = {str(path.relative_to(course.root)): path for path in course.root.rglob("*") if path.is_file()}
    left_out = ("nbgrader_config.py", "build/grade.log")
    return {name: path.read_bytes() for name, path in files.items() if name not in left_out}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a wrong password": ({"password": "not-the-one"}, 'password authentication failed for user "grader"'),
    "a database that is not there": ({"database": "nowhere"}, 'database "nowhere" does not exist'),
    "a server that is down": ({"port": 1}, "Connection refused"),
    "a machine that is not there": ({"host": "gradebook.invalid"}, "failed to resolve host 'gradebook.invalid'"),
    "a driver that is not there": ({"drivername": "postgresql+asyncpg"}, "its driver asyncpg is not installed"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusal_is_told_in_one_line_and_nothing_is_touched(
    three: Course, database: Database, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changed, reason = REFUSED[case]
    before = contents(three)
    settle(three, database.address(**changed))
    assert main(["grade", "1-tiny", "--course", str(three.root)]) == 2
    output, place = capsys.readouterr(), make_url(three.gradebook)
    assert f"database {place.database} at {place.host}:{place.port} as user grader: {reason}" in output.err
    assert output.err.count("\n") == 1 and not output.out and password(three) not in output.err
    assert contents(three) == before


def test_nbgrader_autograde_tells_it_too_and_takes_nothing_away(three: Course, database: Database) -> None:
    before = contents(three)
    settle(three, database.address(password="not-the-one"))
    shown = nbgrader(three, "autograde", "1-tiny", "--force", code=1)
    assert f"database {database.name} at 127.0.0.1" in shown and shown.count("\n") == 1, shown
    assert contents(three) == before


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://grader:half@other-half@127.0.0.1/gradebook",
        "postgresql+psycopg://grader:half@other:half@127.0.0.1/gradebook",
        "postgresql+psycopg://grader:half@other-half/half@127.0.0.1/gradebook",
        "127.0.0.1/other-half",
    ],
)
def test_address_that_cannot_be_read_is_told_without_a_word_of_it(
    three: Course, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    settle(three, url)
    assert main(["grade", "1-tiny", "--course", str(three.root)]) == 2
    output = capsys.readouterr().err
    assert output.startswith("c.CourseDirectory.db_url is no address of a database") and output.count("\n") == 1
    assert "half" not in output and "127.0.0.1" not in output


def test_password_may_lie_in_a_file_of_the_user_s(
    three: Course, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make_url(database.url)
    settle(three, f"postgresql+psycopg://{whole.username}@{whole.host}:{whole.port}/{whole.database}")
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    with pytest.raises(Problem, match="no password supplied"):
        grade(three, "1-tiny")
    (tmp_path / "pgpass").touch(mode=0o600)  # libpq takes no other
    (tmp_path / "pgpass").write_text(f"{whole.host}:{whole.port}:*:{whole.username}:{whole.password}\n")
    assert grade(three, "1-tiny")["ada"].score == 3.0


@pytest.mark.filterwarnings("ignore:.* was deleted while still open:ResourceWarning")
def test_user_who_may_not_make_tables_is_told(three: Course, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    empty = Database(server)
    empty.ask("CREATE ROLE reader LOGIN PASSWORD 'of-the-reader'")
    with psycopg.connect(empty.url.replace("+psycopg", "")) as connection:
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")  # from PostgreSQL 15 on it is so by itself
    settle(three, empty.address(username="reader", password="of-the-reader"))
    assert main(["grade", "1-tiny", "--course", str(three.root)]) == 2
    output = capsys.readouterr().err
    assert "as user reader: permission denied for schema public;" in output and output.count("\n") == 1, output
    gc.collect()  # nbgrader leaves the connection open that it could not use; the warning is this test's


# A server that is lost while it is used


def when_it_is_the_turn_of(student: str, happens: Callable[[], None]) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """Go through the three, and let something happen before one of them is graded."""

    def watch(students: Iterable[Any]) -> Iterator[Any]:
        for number, one in enumerate(students):
            if number == THREE.index(student):
                happens()
            yield one

    return watch


def test_server_that_goes_away_ends_the_run_in_one_line_and_the_next_run_goes_on(
    three: Course, database: Database
) -> None:
    def goes_away() -> None:
        database.ask(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS false")
        database.cut()

    for student in THREE:
        spoil(three, student)
    with pytest.raises(
        Problem, match=f"database {database.name} at .* is not currently accepting connections"
    ) as problem:
        grade(three, "1-tiny", watch=when_it_is_the_turn_of("bob", goes_away))
    assert "\n" not in str(problem.value) and password(three) not in str(problem.value)
    database.ask(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS true")
    assert [results(Submission(three, "1-tiny", student)).score for student in THREE] == [2.0, 3.0, 3.0]
    assert [student.score for student in grade(three, "1-tiny").values()] == [2.0, 2.0, 2.0]


def test_connection_that_breaks_between_two_students_costs_nobody_anything(three: Course, database: Database) -> None:
    for student in THREE:
        spoil(three, student)
    graded = grade(three, "1-tiny", watch=when_it_is_the_turn_of("bob", database.cut))
    assert {name: (student.score, student.tamper) for name, student in graded.items()} == dict.fromkeys(
        THREE, (2.0, [])
    )


def test_older_score_does_not_stay_where_the_connection_breaks_and_then_the_submission(
    three: Course, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> None:
        raise RuntimeError("nothing comes of this one")

    monkeypatch.setattr("autograder.intake.graft.graft", breaks)
    graded = grade(three, "1-tiny", "b*", watch=when_it_is_the_turn_of("ada", database.cut))
    assert graded["bob"].exercises["square"].verdict == "crashed"
    assert results(Submission(three, "1-tiny", "bob")).score == 0.0
    assert results(Submission(three, "1-tiny", "ada")).score == 3.0


def test_name_that_the_database_cannot_hold_costs_nobody_else_anything(three: Course) -> None:
    long = "x" * 130  # nbgrader's tables hold 128 letters; SQLite does not count
    hand_in(Submission(three, "1-tiny", long), HandIn())
    graded = grade(three, "1-tiny")
    assert graded[long].score == 0.0 and [note["kind"] for note in graded[long].tamper] == ["not-graded"]
    assert {graded[name].score for name in THREE} == {3.0}


# Who must not get at it

ATTACK = """
try:
    import psycopg
    with psycopg.connect({address!r}) as book:
        book.execute("UPDATE grade SET auto_score = 9")
except Exception as error:
    print("refused:", error)
def square(x):
    return 0.0
"""


def scores(database: Database) -> set[float]:
    with psycopg.connect(database.url.replace("+psycopg", "")) as book:
        return {score for (score,) in book.execute("SELECT auto_score FROM grade WHERE auto_score IS NOT NULL")}


@pytest.mark.parametrize(
    ("libraries", "refusal"),
    [([], "No module named 'psycopg'"), (["psycopg", "psycopg-binary"], "connection is bad")],
    ids=["no-driver", "with-the-driver"],
)
def test_student_who_knows_address_and_password_does_not_reach_the_server(
    three: Course, database: Database, libraries: list[str], refusal: str
) -> None:
    settings = three.root / "nbgrader_config.py"
    settings.write_text(f"{settings.read_text()}\nc.Examine.libraries = {libraries!r}\n", encoding="utf-8")
    attack = ATTACK.format(address=database.url.replace("+psycopg", ""))
    hand_in(Submission(three, "1-tiny", "mallory"), HandIn())
    spoil(three, "mallory", attack)
    graded = grade(three, "1-tiny")
    assert (graded["ada"].score, graded["mallory"].exercises["square"].points) == (3.0, 0.0)
    assert 9.0 not in scores(database)
    shown = read(three.root / "autograded" / "mallory" / "1-tiny" / "tiny.ipynb")
    (output,) = next(cell for cell in shown.cells if grade_id(cell) == "square").outputs
    assert f"refused: {refusal}" in output.text, "it got as far as the network"
    exec(attack, {})
    assert scores(database) == {9.0}, "outside the sandbox the same lines do it"


def test_another_folder_does_not_use_the_gradebook_of_this_one(
    tiny: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    settle(Course(home), "postgresql+psycopg://grader:secret@gradebook.invalid/real-students")
    monkeypatch.setattr(course_module, "HOME", home)
    assert Course(home).gradebook.endswith("/real-students")
    assert tiny.gradebook == f"sqlite:///{tiny.root}/gradebook.db", "a demo, an audit, a build"
    assert settle(tiny, "postgresql://grader@gradebook.invalid/mine").gradebook.endswith("/mine"), "unless it says so"


# The server itself


def test_server_takes_nobody_without_the_password_and_listens_to_this_machine_alone(server: str) -> None:
    with psycopg.connect(server.replace("+psycopg", "")) as connection:
        settings = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
    assert (settings["listen_addresses"], settings["unix_socket_directories"]) == ("127.0.0.1", "")
    for wrong in ("", "wrong"):
        address = make_url(server).set(drivername="postgresql", password=wrong)
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(address.render_as_string(hide_password=False)).close()


HOLDS = "import time; from ci import postgres\nwith postgres.server() as url: print(url, flush=True); time.sleep(600)"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_server_leaves_nothing_behind_when_who_asked_for_it_is(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS], cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as holder:
        assert holder.stdout
        address = holder.stdout.readline().strip().replace("+psycopg", "")
        with psycopg.connect(address) as connection:
            ((data,),) = connection.execute("SHOW data_directory").fetchall()
        assert Path(data).is_dir()
        holder.send_signal(number)
    until(lambda: not Path(data).parent.exists())
    assert not Path(data).parent.exists()
    with pytest.raises(psycopg.OperationalError, match="Connection refused"):
        psycopg.connect(address).close()
