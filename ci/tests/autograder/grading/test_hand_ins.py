"""Folders and students' ids that nobody reckons with: one line for that student, and everybody else is graded."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from autograder.__main__ import main
from autograder.course import Course
from autograder.gradebook.session import opened
from autograder.grading.grade import grade
from autograder.grading.results import StudentResult
from autograder.intake.hand_in_folder import MOST_FILES
from autograder.submission import Submission
from ci.tests.autograder.builders import SQUARE, copied, put

RIGHT = SQUARE["right"][0]
FULL = 3.0  # of the tiny course, where the written answer waits for a person


def nested(folder: Path) -> None:
    where = os.open(folder, os.O_RDONLY)
    for _ in range(1500):  # the path as a whole would be too long to be made at once
        os.mkdir("d", dir_fd=where)
        deeper = os.open("d", os.O_RDONLY, dir_fd=where)
        os.close(where)
        where = deeper
    os.close(where)


def in_circles(folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "b").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")


def long_names(folder: Path) -> None:
    for _ in range(5):
        folder = folder / ("n" * 255)
        folder.mkdir()
    (folder / ("f" * 255)).write_text("text", encoding="utf-8")


def no_utf_8(folder: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("text", encoding="utf-8")
    (folder / os.fsdecode(b"caf\xe9")).mkdir()
    (folder / os.fsdecode(b"caf\xe9") / "data.txt").write_text("text", encoding="utf-8")


def many_files(folder: Path) -> None:
    for number in range(10_000):
        (folder / f"{number:05}.txt").touch()


FOLDERS: dict[str, tuple[Callable[[Path], None], str | None]] = {
    # what is done to the folder, and the kind of note; right work keeps its points beside each of them
    "nested by the thousand": (nested, "too-deep"),
    "links in circles": (in_circles, "symlink"),
    "names of 255 bytes": (long_names, None),
    "names that are no UTF-8": (no_utf_8, "odd-name"),
    "a pipe": (lambda folder: os.mkfifo(folder / "pipe"), "not-a-file"),
    "ten thousand files": (many_files, "too-many-files"),
}


SOME = "some too many files"


class Spoilt(NamedTuple):
    """A class graded at once: student -> result, and the folder of the one who has some files too many."""

    graded: dict[str, StudentResult]
    some: Path


@pytest.fixture(scope="module")
def spoilt(tiny_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spoilt]:
    """A class graded at once: a student for each folder, one whose files are some too many, and zoe."""
    course = copied(tiny_built, tmp_path_factory.mktemp("spoilt"))
    try:
        for name, (spoil, _) in FOLDERS.items():
            spoil(put(course, name, "square", RIGHT).parent)
        some = put(course, SOME, "square", RIGHT).parent
        for number in range(MOST_FILES + 50):
            (some / f"{number:05}.txt").touch()
        put(course, "zoe", "square", RIGHT)
        yield Spoilt(grade(course, "1-tiny"), some)
    finally:  # what no `shutil.rmtree` could remove
        subprocess.run(["rm", "-rf", str(course.root)], check=True)


@pytest.mark.parametrize("name", FOLDERS)
def test_folder_costs_that_student_a_line_and_the_others_nothing(spoilt: Spoilt, name: str) -> None:
    kind, own, zoe = FOLDERS[name][1], spoilt.graded[name], spoilt.graded["zoe"]
    assert zoe.score == FULL and zoe.tamper == []
    assert own.score == FULL
    kinds = {note["kind"] for note in own.tamper}
    assert kinds == ({kind} if kind else set()), own.tamper


def test_of_thousands_of_files_so_many_are_taken_and_one_line_tells_it(spoilt: Spoilt) -> None:
    notes = spoilt.graded[SOME].tamper
    assert len(notes) == 1 and f"of which {MOST_FILES} were taken" in notes[0]["detail"]
    assert len(list(spoilt.some.iterdir())) == MOST_FILES


STRANGE = (
    "[a-z]*", "*", "?", "[!a]", "-rf", "--help", "two words", "it's", '"quoted"', "a&b<b>", "müller", "王小明", "🙂🙃",
    "x" * 200, "12345", ".hidden", "...", "a,b", "{student_id}", "{0}", "%s%n", "$(id)", "`id`", "a;b", "nul", "~",
    "a\\b",
)  # fmt: skip
UNGRADABLE = ("two\nlines", " ends with a space ", "y" * 250, os.fsdecode(b"caf\xe9"), "\x1b[31mred", "\u202eevil")


def test_strange_ids_are_graded_and_impossible_ones_told_in_a_line(
    tiny: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for student in (*STRANGE, *UNGRADABLE, "zoe"):
        put(tiny, student, "square", RIGHT)
    target = tmp_path / "out.json"
    assert main(["grade", "1-tiny", "--course", str(tiny.root), "--json", str(target)]) == 1
    out = capsys.readouterr()
    assert "Traceback" not in out.out + out.err
    students = json.loads(target.read_text(encoding="utf-8"))["students"]
    assert {name: students[name]["score"] for name in (*STRANGE, "zoe")} == dict.fromkeys((*STRANGE, "zoe"), FULL)
    assert all(students[name]["tamper"] == [] for name in (*STRANGE, "zoe"))
    for name in UNGRADABLE:
        assert students[name]["score"] == 0.0 and [note["kind"] for note in students[name]["tamper"]] == ["not-graded"]
    with opened(tiny.gradebook) as gradebook:
        assert {student.id for student in gradebook.students} == {*STRANGE, "zoe"}


def test_id_that_is_a_glob_names_itself_where_somebody_has_it(tiny: Course) -> None:
    for student in ("[a-z]*", "ada"):
        put(tiny, student, "square", RIGHT)
    assert list(grade(tiny, "1-tiny", "[a-z]*")) == ["[a-z]*"]
    assert list(grade(tiny, "1-tiny", "a*")) == ["ada"]


def copied_by_link(tiny: Course, level: str) -> StudentResult:
    put(tiny, "eve", "square", SQUARE["half"][0])
    assert grade(tiny, "1-tiny", "eve")["eve"].score == 2.5
    put(tiny, "ada", "square", RIGHT)
    own, other = (Submission(tiny, "1-tiny", name).submitted for name in ("eve", "ada"))
    subprocess.run(["rm", "-rf", str(own.parent)], check=True)
    if level == "student":
        own.parent.symlink_to(other.parent)
    else:
        own.parent.mkdir()
        own.symlink_to(other)
    graded = grade(tiny, "1-tiny")
    assert graded["ada"].score == FULL and graded["ada"].tamper == []
    return graded["eve"]


@pytest.mark.parametrize("level", ["student", "assignment"])
def test_folder_that_is_a_link_to_anothers_has_none_of_their_points(tiny: Course, level: str) -> None:
    eve = copied_by_link(tiny, level)
    assert eve.score == 0.0 and all(not exercise.points for exercise in eve.exercises.values())
    assert [note["kind"] for note in eve.tamper if note["severity"] == "attack"] == ["symlink"]
    with opened(tiny.gradebook) as gradebook:
        assert gradebook.find_submission("1-tiny", "eve").score == 0.0


def test_what_cannot_be_put_aside_is_not_followed(tiny: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put(tiny, "eve", "square", RIGHT).parent
    (folder / "secret.txt").symlink_to("/etc/hostname")
    put(tiny, "zoe", "square", RIGHT)

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refused)
    graded = grade(tiny, "1-tiny")
    assert graded["zoe"].score == FULL and graded["eve"].score == 0.0
    assert {note["kind"] for note in graded["eve"].tamper} == {"symlink", "not-graded"}
    assert not list((tiny.root / "autograded").glob("eve/**/secret.txt"))
