"""A gradebook's file that cannot be written: one line with what to do, code 2, and all is as it was before."""

from __future__ import annotations

import contextlib
import io
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import make_url

from autograder import HOME
from autograder.__main__ import main
from autograder.course import Course
from autograder.gradebook import file as gradebook_file
from autograder.gradebook.file import emptied, writable
from autograder.grading import grade as grading
from autograder.grading.grade import grade
from autograder.problem import Problem
from autograder.submission import Submission
from ci.tests.autograder.builders import SQUARE, copied, held_to_rights, put


@pytest.fixture(scope="module")
def graded(tiny_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which ada has all points for what she handed in first, and hands in something worse."""
    course = copied(tiny_built, tmp_path_factory.mktemp("graded"))
    path = put(course, "ada", "square", SQUARE["right"][0])
    assert grade(course, "1-tiny")["ada"].score == 3.0
    path.write_text(path.read_text(encoding="utf-8").replace("x**2", "2 * x"), encoding="utf-8")
    return course.root


@pytest.fixture
def better(graded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A copy of that course, and little patience."""
    monkeypatch.setattr(gradebook_file, "PATIENCE", 0.05)
    monkeypatch.setattr(gradebook_file, "LONGEST", 0.1)
    return copied(graded, tmp_path)


def read_only(path: Path) -> None:
    path.chmod(0o444)


def folder_read_only(path: Path) -> None:
    path.chmod(0o644)
    path.parent.chmod(0o555)


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


def no_database(path: Path) -> None:
    path.write_text("Dear diary, " * 500, encoding="utf-8")


def pipe(path: Path) -> None:
    path.unlink()
    subprocess.run(["mkfifo", str(path)], check=True)


SPOILT: dict[str, tuple[Callable[[Path], None], str]] = {
    "a folder": (folder_instead, "is a folder: move it away"),
    "no database": (no_database, "is no SQLite file, or a broken one: restore it"),
    "a pipe": (pipe, "is no plain file: move it away"),
}


def what_is_there(course: Course) -> dict[str, bytes]:
    """All that a grading writes but for the gradebook, by path."""
    folders = [course.root / name for name in ("autograded", "tamper", "build/store")]
    return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


RIGHTS = {"read only": read_only, "folder read only": folder_read_only}


@pytest.mark.parametrize("case", SPOILT)
def test_gradebook_that_cannot_be_written_is_told_in_a_line_before_anything_is_done(
    better: Course, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    spoil, words = SPOILT[case]
    before = what_is_there(better)
    spoil(better.root / "gradebook.db")
    assert main(["grade", "1-tiny", "--course", str(better.root), "--workers=1"]) == 2
    told = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("not held on this machine")]
    assert len(told) == 1 and words in told[0] and "gradebook.db" in told[0]
    assert what_is_there(better) == before, "nothing is half done"


@pytest.mark.parametrize("case", RIGHTS)
def test_gradebook_that_may_not_be_written_is_told_in_a_line(better: Course, case: str) -> None:
    before = what_is_there(better)
    RIGHTS[case](better.root / "gradebook.db")
    command = [sys.executable, "-m", "autograder", "grade", "1-tiny", "--course", str(better.root), "--workers=1"]
    ran = subprocess.run([*held_to_rights(), *command], capture_output=True, text=True, check=False)
    better.root.chmod(0o755)
    told = [line for line in ran.stderr.splitlines() if not line.startswith("not held on this machine")]
    assert (ran.returncode, ran.stdout, len(told)) == (2, "", 1), ran.stderr
    assert "give yourself the right to write the file and its folder" in told[0]
    assert what_is_there(better) == before, "nothing is half done"


@contextlib.contextmanager
def written_by_another(course: Course) -> Iterator[None]:
    """Have another program in the middle of writing."""
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def test_gradebook_that_another_program_writes_is_told_in_a_line(
    better: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    before = what_is_there(better)
    with written_by_another(better):
        assert main(["grade", "1-tiny", "--course", str(better.root), "--workers=1"]) == 2
    told = capsys.readouterr().err
    assert "another program writes into it and does not end: close the formgrader" in told
    assert what_is_there(better) == before
    assert grade(better, "1-tiny")["ada"].score == 2.0


def test_gradebook_that_another_program_writes_for_a_while_is_waited_for(
    better: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradebook_file, "LONGEST", 60)
    lock = sqlite3.connect(better.root / "gradebook.db", isolation_level=None, check_same_thread=False)
    lock.execute("BEGIN EXCLUSIVE")
    end = threading.Timer(8.0, lambda: lock.execute("ROLLBACK"))
    end.start()
    graded = grade(better, "1-tiny")["ada"]
    end.join()
    lock.close()
    assert "this waits up to 60 s" in capsys.readouterr().err
    with Gradebook(better.gradebook) as gradebook:
        assert (graded.score, gradebook.find_submission("1-tiny", "ada").score) == (2.0, 2.0)


def test_disk_without_room_is_told_before_anything_is_done(better: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradebook_file, "ROOM", 1 << 80)
    before = what_is_there(better)
    with pytest.raises(Problem, match=r"gradebook\.db: the disk is full: make room on it"):
        grade(better, "1-tiny")
    assert what_is_there(better) == before


def test_gradebook_that_is_lost_midway_ends_the_run_before_the_next_is_examined(
    better: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(better, "bob", "square", SQUARE["right"][0])
    first: list[str] = []

    def lose(submission: Submission) -> object:
        first.append(submission.student)
        folder_instead(better.root / "gradebook.db")
        return []

    monkeypatch.setattr(grading, "take_another", lose)
    with pytest.raises(Problem, match="is a folder: move it away"):
        grade(better, "1-tiny")
    assert first == ["ada"]


def test_new_gradebook_is_not_left_behind_by_the_look(tmp_path: Path) -> None:
    writable(make_url(f"sqlite:///{tmp_path}/gradebook.db"))
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"there is no folder .*/none: make it"):
        writable(make_url(f"sqlite:///{tmp_path}/none/gradebook.db"))


def test_plain_autograde_leaves_what_was_graded_where_it_cannot_write(better: Course) -> None:
    before = what_is_there(better)
    folder_instead(better.root / "gradebook.db")
    shutil.copy(HOME / "nbgrader_config.py", better.root)
    nbgrader = str(Path(sys.executable).parent / "nbgrader")
    ran = subprocess.run(
        [nbgrader, "autograde", "1-tiny", "--force"], cwd=better.root, capture_output=True, text=True, check=False
    )
    assert ran.returncode != 0
    assert what_is_there(better) == before


class _Ears(io.StringIO):
    """A terminal that does something as soon as it is told that this waits."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self.act = act

    def write(self, text: str) -> int:
        if "this waits" in text:
            self.act()
        return super().write(text)


def locked_before_bob(course: Course, lock: sqlite3.Connection) -> dict[str, float]:
    """Grade a class, while another program begins to write when it is the turn of the second."""

    def watch(students: Iterable[str]) -> Iterator[str]:
        for name in students:
            if name == "bob":
                lock.execute("BEGIN EXCLUSIVE")
            yield name

    return {name: each.score for name, each in grade(course, "1-tiny", watch=watch).items()}


@pytest.mark.parametrize("ends", [True, False], ids=["it ends", "it does not end"])
def test_lock_in_the_middle_of_a_class_is_waited_for_or_told_and_nobody_is_half_graded(
    better: Course, monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    for student in ("bob", "cyd"):
        put(better, student, "square", SQUARE["right"][0])
    lock = sqlite3.connect(better.root / "gradebook.db", isolation_level=None)
    with contextlib.closing(lock):
        if ends:
            monkeypatch.setattr(gradebook_file, "LONGEST", 60)
            with contextlib.redirect_stderr(_Ears(lambda: lock.execute("ROLLBACK"))):
                graded = locked_before_bob(better, lock)
        else:
            with pytest.raises(Problem, match="another program writes into it and does not end"):
                locked_before_bob(better, lock)
            lock.execute("ROLLBACK")
            with Gradebook(better.gradebook) as gradebook:
                assert gradebook.find_submission("1-tiny", "ada").score == 2.0, "who was graded before is"
            assert not (better.root / "autograded" / "bob").exists()
            graded = {name: each.score for name, each in grade(better, "1-tiny").items()}
    assert graded == {"ada": 2.0, "bob": 3.0, "cyd": 3.0}
    with Gradebook(better.gradebook) as gradebook:
        assert {name: gradebook.find_submission("1-tiny", name).score for name in graded} == graded


def test_empty_copy_has_the_tables_and_nobody_in_them(better: Course, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    emptied(make_url(better.gradebook), copy)
    with Gradebook(f"sqlite:///{copy}") as gradebook:
        assert gradebook.students == [] and gradebook.assignments == []
        gradebook.add_student("zoe")
    with Gradebook(better.gradebook) as gradebook:
        assert [student.id for student in gradebook.students] == ["ada"]
    emptied(make_url(f"sqlite:///{tmp_path}/none.db"), tmp_path / "other.db")
    assert not (tmp_path / "other.db").exists()
