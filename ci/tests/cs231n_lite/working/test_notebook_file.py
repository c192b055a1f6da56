"""What a notebook's file says of itself, and which files are none of the course's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ci.tests.cs231n_lite.working.builders import ANSWERS, handed_out, write
from cs231n_lite.working.notebook_file import Foreign, Unreadable, digest, notebooks_below, read


def test_exercises_are_those_that_were_handed_out_with_their_points(tmp_path: Path) -> None:
    exercises = read(handed_out(tmp_path)).exercises
    assert [(e.slug, e.points, e.by_hand) for e in exercises] == [
        ("square", 2, False),
        ("half", 3, False),
        ("why", 4, True),
    ]


def test_answer_is_empty_until_something_is_written(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    write(path, {"square": ANSWERS["square"], "half": "   \n"})
    notebook = read(path)
    assert [e.slug for e in notebook.exercises if notebook.is_empty(e)] == ["half", "why"]


def test_missing_cells_are_named(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    data = json.loads(path.read_text())
    data["cells"] = [cell for cell in data["cells"] if cell["id"] not in ("half", "square-test")]
    path.write_text(json.dumps(data))
    assert read(path).missing == ["square-test", "half"]


def test_cell_is_known_by_its_id_where_an_editor_dropped_the_metadata(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    data = json.loads(path.read_text())
    for cell in data["cells"]:
        cell["metadata"] = {}
    path.write_text(json.dumps(data))
    assert read(path).missing == []


def test_half_a_file_is_told_with_the_line(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text()), indent=1)[:2000])
    with pytest.raises(Unreadable, match=r"powers.ipynb is not a whole notebook: it is damaged in line \d+"):
        read(path)


@pytest.mark.parametrize("text", ["{}", "[]", '{"cells": [], "metadata": {}}', "3"])
def test_other_notebooks_are_none_of_the_courses(tmp_path: Path, text: str) -> None:
    (tmp_path / "other.ipynb").write_text(text)
    with pytest.raises(Foreign):
        read(tmp_path / "other.ipynb")


def test_notebooks_are_found_from_where_a_student_types(tmp_path: Path) -> None:
    paths = [handed_out(tmp_path / "assignments", name) for name in ("1-powers", "2-more")]
    (tmp_path / "assignments" / "1-powers" / "mine.ipynb").write_text("{}")
    for folder in (tmp_path, tmp_path / "assignments"):
        assert [notebook.path for notebook in notebooks_below(folder)] == paths
    assert [notebook.path for notebook in notebooks_below(paths[0].parent)] == paths[:1]


def test_white_space_around_an_answer_makes_no_other_answer() -> None:
    assert digest("x = 1\n") == digest("\nx = 1") != digest("x = 2")


def test_written_back_it_is_the_same_notebook(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    before = json.loads(path.read_text())
    read(path).write()
    assert json.loads(path.read_text(encoding="utf-8")) == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]
