"""Which file of a hand-in is graded: the newest that holds work, whatever it is called; all others are named."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grading.grade import register
from autograder.intake.choice import handed_in, is_placeholder
from autograder.intake.misnamed import missing, nothing_to_grade, take_another
from autograder.notebooks.notebook import canonical, grade_id, read
from autograder.submission import Submission
from autograder.tamper import read_notes
from ci.tests.autograder.builders import copied, put

RIGHT = "def square(x):\n    return x * x"
NAME = "tiny.ipynb"


@pytest.fixture
def tiny(tmp_path: Path, tiny_built: Path) -> Course:
    return copied(tiny_built, tmp_path)


@pytest.fixture
def ada(tiny: Course) -> Submission:
    put(tiny, "ada", "square", RIGHT)
    return Submission(tiny, "1-tiny", "ada")


def untouched(submission: Submission, name: str = NAME) -> Path:
    place = submission.submitted / name
    shutil.copy(submission.course.release / "1-tiny" / NAME, place)
    return place


def renamed(name: str) -> Callable[[Path], Path]:
    return lambda path: path.rename(path.with_name(name))


def utf_16(path: Path) -> Path:
    text = path.read_text(encoding="utf-8")
    path.unlink()
    other = path.with_name("tiny.json")
    other.write_text(text, encoding="utf-16")
    return other


def in_a_folder(path: Path) -> Path:
    (path.parent / "hw 1").mkdir()
    return path.rename(path.parent / "hw 1" / NAME)


def without_metadata(path: Path) -> Path:
    notebook = read(path)
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
        cell.id = f"cell-{len(grade_id(cell))}-{notebook.cells.index(cell)}"
    path.write_text(canonical(notebook), encoding="utf-8")
    return path.rename(path.with_name("Kopie von tiny.ipynb"))


WAYS: dict[str, Callable[[Path], Path]] = {
    "a second download": renamed("tiny (1).ipynb"),
    "a browser's ending": renamed("tiny.ipynb.txt"),
    "JSON": renamed("tiny.json"),
    "no ending": renamed("tiny"),
    "UTF-16": utf_16,
    "a folder": in_a_folder,
    "no metadata": without_metadata,
}


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside an untouched one"])
@pytest.mark.parametrize("way", WAYS)
def test_what_is_solved_is_graded_under_whatever_name(ada: Submission, way: str, beside: bool) -> None:
    path = WAYS[way](ada.submitted / NAME)
    if beside:
        untouched(ada)
    take_another(ada)
    assert handed_in(ada, NAME) == path
    assert is_placeholder(ada.submitted / NAME) != beside
    notes = read_notes(ada.tamper_notes)
    assert [note.kind for note in notes] == ["misnamed"]
    assert path.name in notes[0].detail and ("nothing written" if beside else "missing") in notes[0].detail


def test_archive_is_looked_into_where_nothing_else_is_solved(ada: Submission) -> None:
    path = ada.submitted / NAME
    with zipfile.ZipFile(ada.submitted / "hw.zip", "w") as archive:
        archive.write(path, "hw/tiny.ipynb")
        archive.writestr("__MACOSX/hw/._tiny.ipynb", b"\x00" * 200)
    path.unlink()
    take_another(ada)
    assert RIGHT in "".join(cell.source for cell in read(handed_in(ada, NAME)).cells)
    assert "hw.zip/hw/tiny.ipynb was graded as tiny.ipynb" in read_notes(ada.tamper_notes)[0].detail


def test_newest_of_two_solved_ones_counts_in_both_directions(ada: Submission) -> None:
    own, other = ada.submitted / NAME, ada.submitted / "tiny (1).ipynb"
    shutil.copy(own, other)
    for newer, older in ((own, other), (other, own)):
        os.utime(newer, (2e9, 2e9))
        os.utime(older, (1e9, 1e9))
        take_another(ada)
        assert handed_in(ada, NAME) == newer
        assert any(older.name in note.detail for note in read_notes(ada.tamper_notes)), newer


def test_misnamed_file_that_is_replaced_is_the_new_one(ada: Submission) -> None:
    other = (ada.submitted / NAME).rename(ada.submitted / "tiny (1).ipynb")
    for answer in (RIGHT, RIGHT.replace("x * x", "3"), RIGHT):
        notebook = read(other)
        next(cell for cell in notebook.cells if grade_id(cell) == "square").source = answer
        other.write_text(canonical(notebook), encoding="utf-8")
        take_another(ada)
        assert handed_in(ada, NAME) == other
    other.unlink()
    take_another(ada)
    assert missing(ada) == [ada.submitted / NAME] and not list(ada.submitted.glob("*.ipynb"))


def test_a_hand_in_as_it_should_be_is_not_looked_at(ada: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    (ada.submitted / "data.csv").write_text("1,2\n", encoding="utf-8")
    monkeypatch.setattr("autograder.intake.choice.salvage", None)
    assert take_another(ada) == [] and handed_in(ada, NAME) == ada.submitted / NAME
    assert read_notes(ada.tamper_notes) == []


def test_without_a_notebook_what_lies_there_is_told_and_a_page_can_be_made(ada: Submission) -> None:
    (ada.submitted / NAME).rename(ada.submitted / "tiny.pdf").write_bytes(b"%PDF-1.7")
    assert take_another(ada) == []
    register(ada.course, "1-tiny", ada.course.root / "build" / "grade.log")
    nothing_to_grade(ada)
    (note,) = read_notes(ada.tamper_notes)
    assert note.kind == "no-notebook" and "expected tiny.ipynb; what lies there: tiny.pdf" in note.detail
    page = read(ada.autograded / NAME)
    assert "NotImplementedError" in page.cells[3].source and "HIDDEN" not in str(page)
