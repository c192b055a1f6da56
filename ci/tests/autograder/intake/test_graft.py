"""The graft: whatever a submission is, what is graded is the master with the student's answers in it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback

from autograder.building.build import build
from autograder.building.released_steps import GOES_ON
from autograder.corpus.answers import answered
from autograder.corpus.hand_in import HandIn, hand_in
from autograder.course import Course, quiet
from autograder.grading.grade import grade
from autograder.intake.graft import graft
from autograder.intake.hook import put_aside
from autograder.intake.salvage import salvage
from autograder.notebooks.notebook import canonical, grade_id, read
from autograder.submission import Submission
from autograder.tamper import ACCIDENT, ATTACK, ODD, STRAY, read_notes

TINY = Path(__file__).parents[2] / "fixtures" / "course"
Data = dict[str, Any]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course, built a single time: a build runs the notebook."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("graft") / "course"))
    build(Course(root), "1-tiny")
    return root


@pytest.fixture
def built(once: Path, tmp_path: Path) -> Course:
    return Course(Path(shutil.copytree(once, tmp_path / "course")))


def master(course: Course) -> NotebookNode:
    return read(course.source / "1-tiny" / "tiny.ipynb")


def solved(course: Course) -> Data:
    notebook: Data = json.loads(canonical(answered(course, "1-tiny", {})["tiny.ipynb"]))
    return notebook


def cell(notebook: Data, name: str) -> Data:
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def put(course: Course, content: Data | str | bytes, student: str = "eve") -> Path:
    path = course.root / "submitted" / student / "1-tiny" / "tiny.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    data = json.dumps(content) if isinstance(content, dict) else content
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return path


def kinds(notes: list[Any]) -> list[tuple[str, str, str]]:
    return [(note.kind, note.cell, note.severity) for note in notes]


def sources(notebook: NotebookNode) -> dict[str, str]:
    return {cell.id: cell.source for cell in notebook.cells}


def test_an_untouched_solution_is_grafted_whole_and_without_a_note(built: Course) -> None:
    grafted, notes = graft(master(built), put(built, solved(built)), built.config())
    assert notes == []
    assert sources(grafted)["square"] == cell(solved(built), "square")["source"] or isinstance(
        cell(solved(built), "square")["source"], list
    )
    assert "BEGIN HIDDEN TESTS" in sources(grafted)["square-test"], "the tests are the master's, hidden ones included"


def test_the_unwritten_notebook_keeps_its_stubs_and_no_solution_comes_back(built: Course) -> None:
    path = built.release / "1-tiny" / "tiny.ipynb"
    grafted, notes = graft(master(built), path, built.config())
    assert notes == []
    assert "NotImplementedError" in sources(grafted)["square"]
    assert "BEGIN SOLUTION" not in sources(grafted)["square"]


def _tag(notebook: Data) -> None:
    cell(notebook, "square-test")["metadata"]["tags"] = ["skip-execution"]


def _edit_test(notebook: Data) -> None:
    cell(notebook, "square-test")["source"] = "pass"


def _edit_text(notebook: Data) -> None:
    cell(notebook, "title")["source"] = "# My notebook"


def _drop_test(notebook: Data) -> None:
    notebook["cells"].remove(cell(notebook, "square-test"))


def _copy_test(notebook: Data) -> None:
    notebook["cells"].append(dict(cell(notebook, "square-test"), id="copy"))


def _points(notebook: Data) -> None:
    cell(notebook, "square-test")["metadata"]["nbgrader"]["points"] = 100


def _grade_the_answer(notebook: Data) -> None:
    cell(notebook, "square")["metadata"]["nbgrader"].update(grade=True, points=50)


def _schema(notebook: Data) -> None:
    for each in notebook["cells"]:
        each["metadata"]["nbgrader"]["schema_version"] = 99


def _retype(notebook: Data) -> None:
    cell(notebook, "square")["cell_type"] = "markdown"


def _reverse(notebook: Data) -> None:
    notebook["cells"].reverse()


def _unknown(notebook: Data) -> None:
    meta = dict(cell(notebook, "square-test")["metadata"]["nbgrader"], grade_id="bonus", points=10)
    notebook["cells"].append({"cell_type": "code", "source": "1", "metadata": {"nbgrader": meta}, "id": "b"})


def _lose_metadata(notebook: Data) -> None:
    for each in notebook["cells"]:
        each["metadata"] = {}


def _old_format(notebook: Data) -> None:
    notebook["worksheets"] = [{"cells": notebook.pop("cells")}]
    notebook["nbformat"] = 3
    for each in notebook["worksheets"][0]["cells"]:
        if each["cell_type"] == "code":
            each["input"] = each.pop("source")


CHANGES: dict[str, tuple[Callable[[Data], None], str, str, str]] = {
    # what a student's notebook can be: how it comes about, and the note it must get
    "skip-execution-tag": (_tag, "tagged", "square-test", ATTACK),
    "edited-test": (_edit_test, "edited", "square-test", ODD),
    "edited-text": (_edit_text, "edited", "title", STRAY),
    "deleted-test": (_drop_test, "missing", "square-test", ODD),
    "copied-test": (_copy_test, "duplicated", "square-test", STRAY),
    "points-raised": (_points, "flags", "square-test", ATTACK),
    "answer-made-a-test": (_grade_the_answer, "flags", "square", ATTACK),
    "unknown-schema": (_schema, "flags", "title", ATTACK),
    "answer-retyped": (_retype, "retyped", "square", STRAY),
    "cells-reversed": (_reverse, "moved", "", STRAY),
    "test-of-its-own": (_unknown, "unknown-cell", "bonus", ODD),
    "metadata-lost": (_lose_metadata, "metadata-lost", "", STRAY),
    "nbformat-3": (_old_format, "nbformat", "", STRAY),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_masters_cells_are_graded_and_the_answer_comes_across(built: Course, name: str) -> None:
    change, kind, where, severity = CHANGES[name]
    handed_in = solved(built)
    change(handed_in)
    grafted, notes = graft(master(built), put(built, handed_in), built.config())
    assert any(n.kind == kind and (not where or n.cell == where) and n.severity == severity for n in notes), kinds(
        notes
    )
    expected, _ = graft(master(built), put(built, solved(built)), built.config())
    own = {cell.id for cell in master(built).cells}
    assert [c for c in grafted.cells if c.id in own] == expected.cells, "the master's cells with the student's answers"


@pytest.mark.parametrize("stripped", [(), ("jupyter", "tags")], ids=["as-it-was-built", "as-built-before"])
def test_what_the_build_sets_for_students_is_no_note_and_neither_is_its_absence(
    built: Course, stripped: tuple[str, ...]
) -> None:
    handed_in: Data = json.loads((built.release / "1-tiny" / "tiny.ipynb").read_text(encoding="utf-8"))
    assert cell(handed_in, "square")["metadata"]["tags"] == [GOES_ON]
    assert cell(handed_in, "square-test")["metadata"]["jupyter"]["source_hidden"]
    for each in handed_in["cells"]:
        for key in stripped:
            each["metadata"].pop(key, None)
    grafted, notes = graft(master(built), put(built, handed_in), built.config())
    assert notes == []
    graded = {each.id: each.metadata for each in grafted.cells}
    assert "tags" not in graded["square"] and "jupyter" not in graded["square-test"]


def test_tag_that_lets_an_answer_fail_is_an_attack_on_a_test(built: Course) -> None:
    handed_in = solved(built)
    for name in ("square", "square-test"):
        cell(handed_in, name)["metadata"]["tags"] = [GOES_ON]
    _, notes = graft(master(built), put(built, handed_in), built.config())
    assert [(note.kind, note.cell, note.severity) for note in notes] == [("tagged", "square-test", ATTACK)]


def test_extra_cells_stand_where_they_stood_and_bring_no_metadata(built: Course) -> None:
    handed_in = solved(built)
    place = next(i for i, each in enumerate(handed_in["cells"]) if each["id"] == "square")
    helper = {
        "cell_type": "code",
        "source": "def helper(): ...",
        "id": "square-test",
        "outputs": [],
        "metadata": {"tags": ["x"]},
    }
    handed_in["cells"].insert(place, helper | {"id": "helper"})
    handed_in["cells"].insert(0, {"cell_type": "markdown", "source": "hello", "id": "h", "metadata": {"nbgrader": {}}})
    grafted, notes = graft(master(built), put(built, handed_in), built.config())
    assert notes == []
    names = [each.id for each in grafted.cells]
    assert names.index("square") == names.index("extra-2") + 1
    assert names[0] == "extra-1" and grafted.cells[0].source == "hello"
    assert [dict(each.metadata) for each in grafted.cells if each.id.startswith("extra")] == [{}, {}]


def test_photo_in_a_written_answer_comes_across_and_nothing_else_that_is_attached(built: Course) -> None:
    handed_in = solved(built)
    photo = {"image/jpeg": "/9j/4AAQ"}
    script = {"image/svg+xml": "<svg onload='x()'/>", "image/png": "no base64: <b>", "text/html": "<b>"}
    attached = {"paper.jpg": {**photo, "text/html": "<b>"}, "drawing": script, "list": ["image/png"]}
    cell(handed_in, "why-double")["attachments"] = attached
    cell(handed_in, "square")["attachments"] = attached
    grafted, notes = graft(master(built), put(built, handed_in), built.config())
    assert [(note.kind, note.severity) for note in notes] == [("picture-left-out", ACCIDENT)] * 4
    assert {each.id: each.attachments for each in grafted.cells if "attachments" in each} == {
        "why-double": {"paper.jpg": photo}
    }


def test_a_copied_answer_cell_counts_as_it_did_for_the_student_the_last_one_last(built: Course) -> None:
    handed_in = solved(built)
    first = cell(handed_in, "square")
    place = handed_in["cells"].index(first)
    handed_in["cells"].insert(place + 1, dict(first, id="copy", source="def square(x):\n    return 0"))
    grafted, notes = graft(master(built), put(built, handed_in), built.config())
    names = [each.id for each in grafted.cells]
    assert grafted.cells[names.index("square") + 1].source == "def square(x):\n    return 0"
    assert kinds(notes) == [("duplicated", "square", STRAY)]


def test_a_file_that_breaks_off_keeps_the_answers_before_the_break(built: Course) -> None:
    text = json.dumps(solved(built), indent=1)
    broken = text[: text.index('"id": "square-test"')]
    grafted, notes = graft(master(built), put(built, broken), built.config())
    assert ("broken-json", "", ACCIDENT) in kinds(notes)
    assert "NotImplementedError" not in sources(grafted)["square"]
    assert "def forward" in sources(grafted)["double-gate"]


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty-file"),
    "spaces": (b" \n ", "empty-file"),
    "not-json": (b"I could not do it, sorry", "broken-json"),
    "json-list": (b"[1, 2, 3]", "not-a-notebook"),
    "json-without-cells": (b'{"nbformat": 4}', "no-cells"),
    "cells-are-numbers": (b'{"nbformat": 4, "cells": [1, null, "x"]}', "not-a-cell"),
    "source-is-a-number": (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 5}]}', "not-a-cell"),
    "deep": (b'{"nbformat": 4, "cells": ' + b"[" * 100_000, "broken-json"),
    "binary": (bytes(range(256)) * 50, "not-utf-8"),
    "lone-surrogate": (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\\ud800"}]}', "missing"),
    "unknown-format": (b'{"nbformat": 77, "cells": []}', "nbformat"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_notebook_is_told_and_gives_the_unwritten_master(built: Course, name: str) -> None:
    content, kind = BROKEN[name]
    grafted, notes = graft(master(built), put(built, content), built.config())
    assert kind in [note.kind for note in notes]
    own = {each.id for each in master(built).cells}
    unwritten, _ = graft(master(built), built.release / "1-tiny" / "tiny.ipynb", built.config())
    assert [each for each in grafted.cells if each.id in own] == unwritten.cells
    canonical(grafted)  # can be written as a file


def test_links_devices_and_missing_files_are_not_read(built: Course, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_text(json.dumps(solved(built)))
    folder = built.root / "submitted" / "eve" / "1-tiny"
    folder.mkdir(parents=True)
    (folder / "link.ipynb").symlink_to(secret)
    os.mkfifo(folder / "pipe.ipynb")
    salvaged = {name: salvage(folder / f"{name}.ipynb") for name in ("link", "pipe", "none")}
    assert [pieces for pieces, _ in salvaged.values()] == [[], [], []]
    assert [notes[0].kind for _, notes in salvaged.values()] == ["symlink", "not-a-file", "missing-file"]


def test_links_pipes_and_huge_files_are_put_aside_and_plain_files_stay(built: Course, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the exam")
    path = put(built, solved(built))
    (path.parent / "link.txt").symlink_to(secret)
    (path.parent / "folder").mkdir()
    (path.parent / "folder" / "deep-link").symlink_to("/")
    os.mkfifo(path.parent / "pipe")
    with (path.parent / "huge.csv").open("wb") as file:
        file.truncate(20 * 2**20)
    (path.parent / "notes.txt").write_text("mine")
    put_aside(Submission(built, "1-tiny", "eve"), path.parent)
    assert sorted(each.name for each in path.parent.iterdir()) == ["folder", "notes.txt", "tiny.ipynb"]
    assert list((path.parent / "folder").iterdir()) == []
    assert secret.read_text() == "the exam"
    notes = read_notes(Submission(built, "1-tiny", "eve").tamper_notes)
    assert sorted(note.kind for note in notes) == ["not-a-file", "symlink", "symlink", "too-large"]
    assert {note.severity for note in notes} == {ATTACK, ACCIDENT}


def test_through_nbgrader_a_batch_of_spoiled_submissions_is_graded_and_told(built: Course) -> None:
    handed_in = solved(built)
    cell(handed_in, "square")["source"] = "def square(x):\n    return 0"
    _tag(handed_in)
    put(built, handed_in, "tagged")
    put(built, "not JSON", "broken")
    high = solved(built)
    _schema(high)
    put(built, high, "schema")
    copied = solved(built)
    copied["cells"].append(
        {"cell_type": "code", "source": "1", "metadata": {"nbgrader": {}}, "outputs": [], "id": "empty-metadata"}
    )
    put(built, copied, "copied")
    (built.root / "submitted" / "linked" / "1-tiny").mkdir(parents=True)
    (built.root / "submitted" / "linked" / "1-tiny" / "tiny.ipynb").symlink_to(put(built, solved(built), "right"))
    graded = grade(built, "1-tiny")
    assert {name: student.exercises["square"].points for name, student in graded.items()} == {
        "tagged": 0.0, "broken": 0.0, "schema": 1.0, "copied": 1.0, "right": 1.0, "linked": 0.0,
    }  # fmt: skip
    assert {name: student.exercises["square"].verdict for name, student in graded.items()} == {
        "tagged": "failed", "broken": "not-written", "schema": "passed",
        "copied": "passed", "right": "passed", "linked": "not-written",
    }  # fmt: skip
    notes = {name: {note["kind"] for note in student.tamper} for name, student in graded.items()}
    assert notes["right"] == set() and notes["copied"] == set()
    assert "tagged" in notes["tagged"] and "broken-json" in notes["broken"] and "symlink" in notes["linked"]


def test_an_older_score_never_stays_when_a_newer_hand_in_is_broken(built: Course) -> None:
    hand_in(Submission(built, "1-tiny", "eve"), HandIn())
    assert grade(built, "1-tiny")["eve"].exercises["square"].points == 1.0
    put(built, b"")
    again = grade(built, "1-tiny")["eve"]
    assert again.exercises["square"].points == 0.0 and again.exercises["double-gate"].points == 0.0


def test_notes_are_beside_the_gradebook_and_not_in_what_the_student_gets(built: Course) -> None:
    handed_in = solved(built)
    _tag(handed_in)
    put(built, handed_in)
    grade(built, "1-tiny")
    assert (built.root / "tamper" / "1-tiny" / "eve.json").is_file()
    graded = read(built.root / "autograded" / "eve" / "1-tiny" / "tiny.ipynb")
    assert "skip-execution" in graded.cells.pop(0).source, "it stands above the notebook for whoever marks it"
    assert "skip-execution" not in str(graded) and "tamper" not in str(graded)
    with quiet(built.root / "feedback.log"):
        built.nbgrader(GenerateFeedback, "1-tiny")
    page = (built.root / "feedback" / "eve" / "1-tiny" / "tiny.html").read_text(encoding="utf-8")
    assert "Tiny gates" in page and "skip-execution" not in page and "tamper" not in page


def test_grafted_cells_keep_the_names_that_nbgrader_grades_by(built: Course) -> None:
    grafted, _ = graft(master(built), put(built, solved(built)), built.config())
    assert [grade_id(each) for each in grafted.cells] == [grade_id(each) for each in master(built).cells]
