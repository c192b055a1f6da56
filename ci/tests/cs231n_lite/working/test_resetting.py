"""One answer is brought back, the old one kept, and everything else is as it was."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from ci.tests.cs231n_lite.working.builders import ANSWERS, STUBS, handed_out, write
from cs231n_lite.cells import Run, cells
from cs231n_lite.working import session
from cs231n_lite.working.notebook_file import read
from cs231n_lite.working.resetting import Refused, reset


def test_answer_comes_back_and_the_old_one_is_kept_beside_it(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    write(path, ANSWERS)
    said = reset("square", folder=tmp_path)
    old = path.parent / "old-answers" / "square-1.py"
    assert str(old) in said and "Reload Notebook from Disk" in said
    assert old.read_text() == ANSWERS["square"] + "\n"
    assert read(path).sources["square"] == STUBS["square"] and read(path).sources["half"] == ANSWERS["half"]


def test_second_reset_keeps_both_old_answers(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    for answer in ("x = 1", "x = 2"):
        write(path, {"square": answer})
        reset("square", folder=tmp_path)
    assert [p.read_text() for p in sorted((path.parent / "old-answers").iterdir())] == ["x = 1\n", "x = 2\n"]


def test_what_is_as_handed_out_is_left_alone(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    before = path.read_bytes()
    assert "nothing to do" in reset("square", folder=tmp_path) and path.read_bytes() == before


def test_deleted_cell_is_there_again_in_its_place(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    data = json.loads(path.read_text())
    names = [cell["id"] for cell in data["cells"]]
    data["cells"] = [cell for cell in data["cells"] if cell["id"] not in ("half", "why")]
    path.write_text(json.dumps(data))
    for slug in ("half", "why"):
        assert "there again" in reset(slug, folder=tmp_path)
    again = json.loads(path.read_text())["cells"]
    assert [cell["id"] for cell in again] == names and read(path).missing == []
    assert {cell["id"]: cell["cell_type"] for cell in again}["why"] == "markdown"


def test_unknown_exercise_is_told_with_the_nearest(tmp_path: Path) -> None:
    handed_out(tmp_path)
    with pytest.raises(Refused, match="did you mean square"):
        reset("sqare", folder=tmp_path)


def test_exercise_of_two_notebooks_needs_the_notebook(tmp_path: Path) -> None:
    paths = [handed_out(tmp_path, name) for name in ("1-powers", "2-more")]
    for path in paths:
        write(path, ANSWERS)
    with pytest.raises(Refused, match="in 2 notebooks"):
        reset("square", folder=tmp_path)
    for name in ("2-more", str(paths[0])):
        reset("square", name, tmp_path)
    assert [read(path).sources["square"] for path in paths] == [STUBS["square"]] * 2


def test_folder_without_notebooks_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no notebook of the course"):
        reset("square", folder=tmp_path)


def test_damaged_file_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    path.write_text(path.read_text()[:500])
    with pytest.raises(Refused, match="not a whole notebook"):
        reset("square", str(path))
    assert len(path.read_text()) == 500


def test_notebook_comes_back_with_all_its_answers_and_keeps_cells_of_ones_own(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    handed = read(path).sources
    write(path, ANSWERS)
    data = json.loads(path.read_text())
    data["cells"] = [cell for cell in data["cells"] if cell["id"] != "half"]
    data["cells"].append({"cell_type": "markdown", "id": "mine", "metadata": {}, "source": "my notes"})
    path.write_text(json.dumps(data))
    lines = reset(path.name, folder=tmp_path).splitlines()
    assert [line.split("`")[1] for line in lines[:-1]] == ["square", "half", "why"] and "Reload" in lines[-1]
    assert read(path).sources == handed | {"mine": "my notes"}
    assert (path.parent / "old-answers" / "why-1.md").read_text() == ANSWERS["why"] + "\n"
    before = path.read_bytes()
    assert "every answer" in reset(path.name, folder=tmp_path) and path.read_bytes() == before


def test_one_notebook_of_several_is_named(tmp_path: Path) -> None:
    for name in ("1-powers", "2-more"):
        write(handed_out(tmp_path, name), ANSWERS)
    with pytest.raises(Refused, match="which of them"):
        reset("powers.ipynb", folder=tmp_path)


def test_what_was_run_and_not_saved_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = handed_out(tmp_path)
    write(path, ANSWERS)
    before = path.read_bytes()
    monkeypatch.setattr(session, "is_kernel", lambda: True)
    monkeypatch.setattr(cells, "last", {"half": Run("half", "def half(x):\n    return 0.5 * x", when=time.time() + 60)})
    with pytest.raises(Refused, match=r"what you ran last in `half`: press Ctrl\+S"):
        reset("square", folder=tmp_path)
    assert path.read_bytes() == before
    monkeypatch.setattr(cells, "last", {"half": Run("half", ANSWERS["half"], when=time.time() + 60)})
    assert "is as it was handed out" in reset("square", folder=tmp_path)
