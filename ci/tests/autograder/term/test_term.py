"""A term of a class of forty: every command as an instructor types it, every number added up anew from what is planted.

The class has odd names, hands in through four platforms and again, late and in time; a test is corrected, an exercise
gets other points, questions are marked by hand. It is played once; each test looks at what stood where at a moment.
"""

from __future__ import annotations

import contextlib
import copy
import csv
import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbgrader.converters import GenerateFeedback

from autograder.__main__ import main
from autograder.course import Course, quiet
from autograder.gradebook.session import opened
from autograder.platforms.known import PLATFORMS
from autograder.platforms.roster import Roster
from autograder.platforms.sheet import Sheet, read_sheet
from ci.tests.autograder.platforms.builders import FORTY, MOODLE, Sent, download, enrol, zipped
from ci.tests.autograder.small_course import mark as marked_by_hand
from ci.tests.autograder.term import planted
from ci.tests.autograder.term.planted import DUE, HALVES, POWERS, Books, Handed, Work, owed

DAY = timedelta(days=1)
ALL = [student.id for student in FORTY]
MARKS = {"powers/why": (3.0, 2.5, 1.0, 0.0), "one/argue": (4.0, 3.5, 2.0, 1.0), "two/sketch": (2.0, 1.0, 0.5)}


class Term:
    """A course, what is planted in it, and what was printed, written and exported at each moment."""

    def __init__(self, folder: Path) -> None:
        self.course, self.folder = Course(folder / "course"), folder
        self.books = Books()
        self.moments: dict[str, SimpleNamespace] = {}
        self.course.root.mkdir()
        planted.write_sources(self.course)

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command of ours; return what it prints."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            ended = main([*words, "--course", str(self.course.root)])
        assert ended == code, f"{' '.join(words)}: {ended}\n{out.getvalue()}"
        return out.getvalue()

    def nbgrader(self, *words: str) -> str:
        """Run a command of nbgrader's in the course folder; return what it prints."""
        command = [sys.executable, "-m", "nbgrader", *words]
        done = subprocess.run(command, cwd=self.course.root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def grade(self, moment: str, assignment: str, *, code: int) -> None:
        """Grade, and keep what it says beside what is planted by then."""
        path = self.folder / f"{moment}.json"
        printed = self.run("grade", assignment, "--workers", "1", "--json", str(path), code=code)
        students = json.loads(path.read_text(encoding="utf-8"))["students"]
        self.moments[moment] = SimpleNamespace(
            assignment=assignment, students=students, printed=printed, books=copy.deepcopy(self.books)
        )

    def mark(self, assignment: str, *, again: float | None = None) -> None:
        """Mark by hand all that waits for a person, as the formgrader does."""
        for _, student, name in sorted(each for each in self.books.waiting if each[0] == assignment):
            points = MARKS[name][ALL.index(student) % len(MARKS[name])] if again is None else again
            notebook, cell = name.split("/")
            marked_by_hand(
                self.course, student, cell, points, f"Read, {student}.", assignment=assignment, notebook=notebook
            )
            self.books.mark(assignment, student, name, points)

    def export(
        self, assignment: str, platform: str, template: Path | None = None, *, pages: bool = True, code: int = 0
    ) -> SimpleNamespace:
        """Export, with the pages of feedback; return the points by student, read back, the lines, and the pages."""
        path, archive_of_pages = (self.folder / f"{assignment}-{platform}{ending}" for ending in (".csv", ".zip"))
        words = ["--template", str(template)] if template else []
        words += ["--feedback", str(archive_of_pages)] if pages else []
        printed = self.run("export", assignment, "--platform", platform, "--to", str(path), *words, code=code)
        form = PLATFORMS[platform].form
        sheet = read_sheet(path, form)
        roster = Roster(FORTY, {str(70001 + number): student for number, student in enumerate(ALL)})
        where = next(
            place
            for place, heading in enumerate(sheet.heading)
            if form.points.fullmatch(heading) and heading not in form.kept and heading not in form.new[:-3]
        )
        points = {roster.find(sheet.person(row, form))[0]: row[where] for row in sheet.rows}
        names: list[str] = []
        if pages:
            with zipfile.ZipFile(archive_of_pages) as archive:
                names = archive.namelist()
        return SimpleNamespace(points=points, printed=printed, pages=names, raw=path.read_bytes())

    def feedback_and_export(self, assignment: str, platform: str, *, code: int = 1) -> SimpleNamespace:
        """Make the pages, export, and keep beside it what is planted by then."""
        self.feedback(assignment)
        back = self.export(assignment, platform, code=code)
        back.books = copy.deepcopy(self.books)
        return back

    def feedback(self, assignment: str) -> None:
        """What `nbgrader generate_feedback` does."""
        with quiet(self.folder / "feedback.log"):
            self.course.nbgrader(GenerateFeedback, assignment)

    def gradebook(self) -> list[str]:
        """All that the gradebook says."""
        with contextlib.closing(sqlite3.connect(self.course.root / "gradebook.db")) as book:
            return list(book.iterdump())


def play(folder: Path) -> Term:
    """The term from its first day to its last."""
    term = Term(folder)
    enrol(term.course, FORTY)
    with opened(term.course.gradebook) as gradebook:
        for assignment, due in DUE.items():
            gradebook.add_assignment(assignment, duedate=f"{due:%Y-%m-%d %H:%M:%S} UTC")
    term.run("build")
    handed = Handed(term.course)
    first_weeks(term, handed)
    corrected(term, handed)
    third_week(term, handed)
    second_assignment(term, handed)
    term.nbgrader("export", "--to", str(folder / "all.csv"))
    return term


def first_weeks(term: Term, handed: Handed) -> None:
    """Collected from Canvas, graded, marked, given back."""
    sent = []
    for number, student in enumerate(ALL):
        work = planted.first_powers(number)
        if work is None:
            continue
        content, name = handed.with_answers(POWERS, "powers", work), "powers.ipynb"
        if number % 7 == 3:  # two versions, of which the newer counts
            first_try = handed.with_answers(POWERS, "powers", planted.without_text(work))
            sent.append(Sent(student, name, first_try))
        if number % 11 == 5:
            name = "powers (1).ipynb"
        elif number % 13 == 6:
            litter = ("__MACOSX/hw/._powers.ipynb", b"\0\5\x16\7" + b"\0" * 200)
            content, name = zipped([("hw/powers.ipynb", content), litter]), "Min läxa.zip"
        sent.append(Sent(student, name, content, late=number in (7, 17), version=int(number % 7 == 3)))
        if number in (7, 17):
            work = Work(work.answers, DUE[POWERS] + (DAY + timedelta(hours=3) if number == 7 else timedelta(hours=5)))
        term.books.hand_in(POWERS, student, work)
    place = download(term.folder, "canvas", sent)
    term.moments["collected"] = SimpleNamespace(printed=term.run("collect", POWERS, str(place), code=1))
    for number in (7, 17):
        when = term.books.work[POWERS, ALL[number]].when
        path = term.course.root / "submitted" / ALL[number] / POWERS / "timestamp.txt"
        path.write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC", encoding="utf-8")
    term.moments["before anything"] = SimpleNamespace(printed=term.run("grade", POWERS, "--dry-run", "--workers", "1"))
    term.grade("first", POWERS, code=1)
    term.mark(POWERS)
    term.moments["first back"] = term.export(POWERS, "canvas", canvas_table(term), pages=False, code=1)
    term.moments["first back"].books = copy.deepcopy(term.books)


def corrected(term: Term, handed: Handed) -> None:
    """The test that was too strict is corrected, some have more time, some hand in again, through Moodle."""
    rows = planted.SOURCES[POWERS]["powers"]
    planted.write_source(term.course, POWERS, "powers", planted.other(rows, planted.CORRECTED))
    term.run("build", POWERS)
    before = term.gradebook()
    path = term.folder / "dry.json"
    printed = term.run("grade", POWERS, "--dry-run", "--json", str(path), "--workers", "1")
    changes = json.loads(path.read_text(encoding="utf-8"))["changes"]
    term.moments["dry"] = SimpleNamespace(
        printed=printed, changes=changes, same=term.gradebook() == before, books=copy.deepcopy(term.books)
    )
    term.books.changed.add("powers/square")
    for number, until in ((7, "2026-03-03"), (29, "2026-03-10"), (39, "2026-03-10")):
        term.run("extend", ALL[number], POWERS, "--until", until)
        term.books.until[POWERS, ALL[number]] = datetime.fromisoformat(f"{until} 23:59").replace(tzinfo=UTC)
    sent = resubmissions(term, handed)
    place, times = download(term.folder, "moodle", sent), moodle_table(term, sent)
    printed = term.run("collect", POWERS, str(place), "--times", str(times), "--timezone", "UTC")
    term.moments["collected again"] = SimpleNamespace(printed=printed)
    term.grade("corrected", POWERS, code=1)
    waiting = term.export(POWERS, "moodle", moodle_table(term, sent), pages=False, code=1)
    waiting.books = copy.deepcopy(term.books)
    term.moments["waiting"] = waiting
    term.mark(POWERS, again=2.0)
    term.feedback(POWERS)
    for platform, table in (("canvas", canvas_table(term)), ("moodle", moodle_table(term, sent))):
        back = term.export(POWERS, platform, table, code=1)
        back.books = copy.deepcopy(term.books)
        term.moments[f"back to {platform}"] = back


def resubmissions(term: Term, handed: Handed) -> list[Sent]:
    """Who handed in nothing does now, all but one; five hand in better work, two with another text, two late."""
    due, sent = DUE[POWERS], []
    for number, student in enumerate(ALL):
        if number in (9, 19, 29):
            answers = {"powers/square": "floats", "powers/cube": "right", "powers/why": f"At last, {number}."}
            work = Work(answers, due + DAY * (7 if number == 29 else number / 4))
        elif number % 8 == 2:
            before = term.books.work[POWERS, student]
            better = before.but(due + (2.5 * DAY if number in (10, 26) else -3 * timedelta(hours=1)))
            work = better.but(better.when, powers_square="ints", powers_cube="right")
            if number in (2, 18):
                work = work.but(work.when, powers_why="On second thoughts: it grows faster and faster.")
        else:
            continue
        work = Work(work.answers, work.when.replace(second=0, microsecond=0) if work.when else None)
        term.books.hand_in(POWERS, student, work)
        sent.append(Sent(student, "powers.ipynb", handed.with_answers(POWERS, "powers", work), when=work.when or due))
    return sent


def third_week(term: Term, handed: Handed) -> None:
    """Moodle's download once more, flat this time: one is new, one is older than what lies there, the rest is known."""
    again = [
        Sent(student, "powers.ipynb", handed.with_answers(POWERS, "powers", work), when=work.when)
        for student, work in ((ALL[9], term.books.work[POWERS, ALL[9]]), (ALL[10], term.books.work[POWERS, ALL[10]]))
        if work.when
    ]
    old = Work({"powers/square": "wrong", "powers/cube": "visible", "powers/why": "Old."}, DUE[POWERS] - 9 * DAY)
    new = Work({"powers/square": "ints", "powers/cube": "visible", "powers/why": "New."}, DUE[POWERS] + 10 * DAY)
    for number, work in ((18, old), (12, new)):
        content = handed.with_answers(POWERS, "powers", work)
        again.append(Sent(ALL[number], "powers.ipynb", content, when=work.when or DUE[POWERS]))
    term.books.hand_in(POWERS, ALL[12], new)
    place, times = download(term.folder, "moodle-flat", again), moodle_table(term, again)
    printed = term.run("collect", POWERS, str(place), "--times", str(times), "--timezone", "UTC", code=1)
    term.moments["collected flat"] = SimpleNamespace(printed=printed)
    term.grade("third", POWERS, code=1)
    term.mark(POWERS, again=1.5)


def second_assignment(term: Term, handed: Handed) -> None:
    """Two notebooks from Brightspace; one has other points then; one of two and newer ones come through Blackboard."""
    sent = []
    for number, student in enumerate(ALL):
        work = planted.first_halves(number)
        if work is not None:
            sent += halves(handed, student, work)
            term.books.hand_in(HALVES, student, work)
    term.run("collect", HALVES, str(download(term.folder, "brightspace", sent)), "--timezone", "UTC")
    term.grade("halves", HALVES, code=1)
    term.mark(HALVES)
    term.moments["back to brightspace"] = term.feedback_and_export(HALVES, "brightspace")

    rows = planted.SOURCES[HALVES]["one"]
    planted.write_source(term.course, HALVES, "one", planted.other(rows, planted.DEARER))
    term.books.changed.add("one/half")
    sent = []
    for number, student in enumerate(ALL):
        before = term.books.work.get((HALVES, student))
        if number % 12 == 1:  # only the one that was forgotten
            when = DUE[HALVES] + 1.5 * DAY
            assert before
            work = Work(before.answers | {"two/half": "right", "two/sketch": "drawn"}, when)
            sent += [one for one in halves(handed, student, work) if one.name == "two.ipynb"]
        elif number == 5:
            assert before
            work = before.but(DUE[HALVES] - timedelta(hours=1), one_half="wrong", two_half="unwritten")
            sent += halves(handed, student, work)
        else:
            continue
        term.books.hand_in(HALVES, student, work)
    term.run("collect", HALVES, str(download(term.folder, "blackboard", sent)), "--timezone", "UTC")
    term.grade("halves again", HALVES, code=0)
    term.mark(HALVES, again=1.0)
    term.moments["back to blackboard"] = term.feedback_and_export(HALVES, "blackboard")


def halves(handed: Handed, student: str, work: Work) -> list[Sent]:
    """The notebooks of the second assignment that a student hands in."""
    names = sorted({name.split("/")[0] for name in work.answers})
    return [
        Sent(student, f"{name}.ipynb", handed.with_answers(HALVES, name, work), when=work.when or DUE[HALVES])
        for name in names
    ]


def canvas_table(term: Term) -> Path:
    """The gradebook as Canvas gives it."""
    heading = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Old (1)", f"{POWERS} (2)", "Final Score"]
    rows = [["    Points Possible", "", "", "", "", "9", "8.0", "(read only)"]]
    rows += [[f"{one.last}, {one.first}", one.lms, "", one.id, "A", "1", "", "50"] for one in FORTY]
    path = term.folder / "canvas-table.csv"
    path.write_bytes(Sheet(heading, rows).content())
    return path


def moodle_table(term: Term, sent: list[Sent]) -> Path:
    """Moodle's grading worksheet, with the time of each hand-in."""
    when = {one.student: f"{one.when:%A, {one.when.day} %B %Y, %I:%M %p}" for one in sent}
    rows = [
        [
            f"Participant {one.lms}",
            f"{one.first} {one.last}".strip(),
            one.email,
            "Submitted for grading",
            "",
            "8.00",
            when.get(one.id, "-"),
            "-",
        ]
        for one in FORTY
    ]
    path = term.folder / "moodle-table.csv"
    path.write_bytes(Sheet(list(MOODLE), rows).content())
    return path


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Term:
    """The term, played once."""
    return play(tmp_path_factory.mktemp("term"))


# What grading says


@pytest.mark.parametrize("moment", ["first", "corrected", "third", "halves", "halves again"])
def test_grade_says_of_everybody_what_is_owed(term: Term, moment: str) -> None:
    at = term.moments[moment]
    handed_in = {student for assignment, student in at.books.work if assignment == at.assignment}
    assert set(at.students) == handed_in
    for student in sorted(handed_in):
        due = owed(at.books, at.assignment, student)
        row = at.students[student]
        assert row["score"] == pytest.approx(due["score"]), student
        taken = row.get("late_submission_penalty", 0.0)
        assert taken == pytest.approx(due["sum"] - due["score"]), student
        for name, points in due.items():
            if name not in ("sum", "score"):
                check_exercise(at, student, name, points)


def check_exercise(at: Any, student: str, name: str, points: float) -> None:
    exercises = at.students[student]["exercises"]
    slug = name if name in exercises else name.split("/")[1]
    waits = (at.assignment, student, name) in at.books.waiting
    assert exercises[slug]["points"] == (None if waits else pytest.approx(points)), f"{student}: {name}"
    if waits and (at.assignment, student, name) in at.books.marks:
        assert exercises[slug]["earlier"] == pytest.approx(points), f"{student}: {name}"


def test_a_person_looks_at_what_is_odd_in_a_file_and_at_nobody_else(term: Term) -> None:
    """No version that was handed out is an edit, and no corrected test makes anybody suspect."""
    kinds = {
        moment: {
            student: {note["kind"] for note in row["tamper"]} for student, row in term.moments[moment].students.items()
        }
        for moment in ("first", "corrected", "third", "halves", "halves again")
    }
    for moment in ("first", "corrected", "third"):
        for student, seen in kinds[moment].items():
            wanted = {"misnamed"} if ALL.index(student) % 11 == 5 else set()
            wanted |= {"not-taken"} if (moment, student) == ("third", ALL[18]) else set()  # something older came
            assert seen == wanted, f"{moment}: {student}"
    for student, seen in kinds["halves"].items():
        assert seen == ({"no-notebook"} if ALL.index(student) % 12 == 1 else set()), student
    assert not any(kinds["halves again"].values())


def test_dry_run_names_those_who_gain_and_enters_nothing(term: Term) -> None:
    assert "36 would be graded for the first time; nothing was entered" in term.moments["before anything"].printed
    dry = term.moments["dry"]
    assert dry.same
    gain = {student for (_, student), work in dry.books.work.items() if work.answers["powers/square"] == "floats"}
    assert {name for name, change in dry.changes.items() if change["exercises"]} == gain
    assert all(dry.changes[name]["exercises"] == {"square": [0.0, 2.0]} for name in gain)
    assert f"{len(gain)} would gain, 0 would lose, {36 - len(gain)} keep their sum" in dry.printed


# What is collected


def test_collect_tells_who_was_late_and_what_was_left_out(term: Term) -> None:
    first = term.moments["collected"].printed
    assert "canvas: 36 students handed in: 36 new" in first
    assert {line.split(":")[0].split()[-1] for line in first.splitlines() if " late " in line} == {ALL[7], ALL[17]}
    older = {line.split("left out: ")[1].split(":")[0] for line in first.splitlines() if "an older version" in line}
    twice = [number for number in range(len(ALL)) if number % 7 == 3 and number % 10 != 9]
    # A file of another name is no version of this one for a platform: grading tells which of them counts.
    assert older == {ALL[number] for number in twice if number % 11 != 5}
    assert "moodle: 8 students handed in: 3 new, 5 newer than what lay there" in term.moments["collected again"].printed
    flat = term.moments["collected flat"].printed
    assert "moodle: 4 students handed in: 1 newer than what lay there, 2 unchanged, 1 left as it lay there" in flat
    assert f"left out: {ALL[18]}: powers.ipynb: it is of 2026-02-20" in flat


# What goes back


@pytest.mark.parametrize(
    ("moment", "assignment"),
    [
        ("first back", POWERS),
        ("waiting", POWERS),
        ("back to canvas", POWERS),
        ("back to moodle", POWERS),
        ("back to brightspace", HALVES),
        ("back to blackboard", HALVES),
    ],
)
def test_points_that_go_back_are_those_that_are_owed(term: Term, moment: str, assignment: str) -> None:
    back = term.moments[moment]
    assert set(ALL) <= set(back.points)
    for student in ALL:
        if (assignment, student) not in back.books.work:
            assert back.points[student] == "", f"{student} handed in nothing"
            assert f"{student}: nothing was graded" in back.printed
        elif any((assignment, student) == each[:2] for each in back.books.waiting):
            assert back.points[student] == "" and f"{student}: waits for a mark by hand" in back.printed
        else:
            due = owed(back.books, assignment, student)["score"]
            assert float(back.points[student]) == pytest.approx(due, abs=1e-4), student


def test_nothing_in_a_table_is_run_by_a_spreadsheet(term: Term) -> None:
    for path in [*term.folder.glob("*-*.csv"), term.folder / "all.csv"]:
        text = path.read_bytes().decode("utf-16" if "blackboard" in path.name else "utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "blackboard" in path.name else ","):
            assert not [cell for cell in row if cell[:1] in tuple("=+@\t\r") or cell[:2] == "-1"], path.name


def test_nbgraders_own_export_has_the_same_of_both_assignments(term: Term) -> None:
    with (term.folder / "all.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}
    assert set(rows) == {(assignment, student) for assignment in (POWERS, HALVES) for student in ALL}
    for (assignment, student), row in rows.items():
        handed_in = (assignment, student) in term.books.work
        due = owed(term.books, assignment, student) if handed_in else {"sum": 0.0, "score": 0.0}
        assert float(row["raw_score"]) == pytest.approx(due["sum"]), student
        assert float(row["score"]) == pytest.approx(due["score"]), f"{assignment}: {student}"
        assert row["last_name"].lstrip("'") == FORTY[ALL.index(student)].last.lstrip("'")


# What students read


def test_everybody_has_a_page_with_the_comment_and_how_late_it_was(term: Term) -> None:
    for assignment in (POWERS, HALVES):
        for (of, student), work in term.books.work.items():
            if of != assignment or (of == POWERS and student == ALL[12]):  # marked after the pages were made
                continue
            name = "powers" if of == POWERS else "one"
            page = (term.course.root / "feedback" / student / of / f"{name}.html").read_text(encoding="utf-8")
            assert (
                work.answers.get(f"{name}/why", work.answers.get(f"{name}/argue")) == "" or f"Read, {student}." in page
            )
            assert ("It came" in page) == bool(term.books.days_late(of, student)), f"{of}: {student}"
            assert "cube(-1)" not in page


def test_pages_are_named_as_each_platform_takes_them_back(term: Term) -> None:
    canvas, moodle = (term.moments[f"back to {platform}"].pages for platform in ("canvas", "moodle"))
    assert (len(canvas), len(moodle)) == (31, 8), "each student's, where that student's work came from"
    assert all("_" in name and name.endswith("powers.html") for name in canvas)
    assert all("_assignsubmission_file_/powers.html" in name for name in moodle)
    brightspace = term.moments["back to brightspace"]
    with_two = [work for (of, _), work in brightspace.books.work.items() if of == HALVES]
    assert len(brightspace.pages) == sum(len({name.split("/")[0] for name in work.answers}) for work in with_two)
    assert all(" - " in name for name in brightspace.pages)
