"""Pictures of a class, drawn when all of its points are entered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder import HOME
from autograder.course import Course
from autograder.grading.grade import grade
from autograder.grading.pictures import draw_pictures
from autograder.notebooks.kinds import METADATA
from autograder.notebooks.notebook import read
from ci.tests.autograder.builders import put

DRAWS = "from cs231n_lite import Graph, draw\ndef square(x):\n    return x * x\ndraw(Graph({'f': ('add', 'x', 'y')}))"


def graded_notebook(course: Course, student: str) -> Path:
    return course.root / "autograded" / student / "1-tiny" / "tiny.ipynb"


def entered(course: Course) -> bytes:
    return (course.root / "gradebook.db").read_bytes()


def test_pictures_are_drawn_after_the_points_and_change_none(tiny: Course) -> None:
    put(tiny, "ada", "square", DRAWS)
    put(tiny, "bob", "square", "def square(x):\n    return x * x")
    assert {name: student.score for name, student in grade(tiny, "1-tiny").items()} == {"ada": 3.0, "bob": 3.0}
    before, points = read(graded_notebook(tiny, "ada")), entered(tiny)
    assert "Not drawn yet" in str(before)
    seen: list[str] = []

    def watch(names: object) -> object:
        for name in names:  # type: ignore[attr-defined]
            seen.append(name)
            yield name

    assert draw_pictures(tiny, "1-tiny", ["ada", "bob"], watch=watch, workers=2) == 1 and seen == ["ada"]  # type: ignore[arg-type]
    after = read(graded_notebook(tiny, "ada"))
    assert "data:image/svg+xml" in str(after) and "Not drawn yet" not in str(after)
    assert entered(tiny) == points
    for old, new in zip(before.cells, after.cells, strict=True):
        assert new.metadata.get("nbgrader") == old.metadata.get("nbgrader") and new.source == old.source
        if not old.metadata.get(METADATA, {}).get("waiting"):
            assert new == old
    assert draw_pictures(tiny, "1-tiny", ["ada", "bob"]) == 0, "nothing waits any more"


def test_one_that_cannot_be_drawn_waits_on_and_keeps_nobody_else(tiny: Course) -> None:
    for name in ("ada", "bob"):
        put(tiny, name, "square", DRAWS)
    grade(tiny, "1-tiny")
    path = graded_notebook(tiny, "ada")
    broken = path.read_text(encoding="utf-8") + "}"
    path.write_text(broken, encoding="utf-8")
    assert draw_pictures(tiny, "1-tiny", ["ada", "bob"]) == 2
    assert path.read_text(encoding="utf-8") == broken
    assert "Not drawn yet" not in graded_notebook(tiny, "bob").read_text(encoding="utf-8")
    assert "ada: pictures" in (tiny.root / "build" / "grade.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("mode", ["handed-in", "drawn", "none"])
def test_what_a_student_saw_is_shown_where_it_may_be(tiny: Course, mode: str) -> None:
    path = put(tiny, "ada", "square", DRAWS)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell |= {"outputs": [], "execution_count": 1} if cell["cell_type"] == "code" else {}
    answer = next(cell for cell in notebook["cells"] if "draw(" in "".join(cell["source"]))
    data = {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'><text>seen by ada</text></svg>"}
    answer["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    settings = (HOME / "nbgrader_config.py").read_text(encoding="utf-8")
    (tiny.root / "nbgrader_config.py").write_text(f"{settings}\nc.Examine.pictures = {mode!r}\n", encoding="utf-8")
    assert grade(tiny, "1-tiny")["ada"].score == 3.0
    assert draw_pictures(tiny, "1-tiny", ["ada"]) == (mode == "drawn")
    text = graded_notebook(tiny, "ada").read_text(encoding="utf-8")
    assert ("As handed in" in text, "seen%20by%20ada" in text) == (mode == "handed-in",) * 2
