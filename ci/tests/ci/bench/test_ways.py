from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.notebooks.notebook import grade_id, read
from ci.bench.grading.ways import test_changed as changed
from ci.environment import ROOT

TINY = ROOT / "ci" / "tests" / "fixtures" / "course"


@pytest.mark.parametrize(("place", "name"), [(0.25, "double-gate-test"), (0.75, "square-test")])
def test_one_test_is_changed_for_a_while_and_nothing_else(tmp_path: Path, place: float, name: str) -> None:
    course = Course(Path(shutil.copytree(TINY, tmp_path / "course")))
    (path,) = course.notebooks("1-tiny")
    text, before = path.read_bytes(), {grade_id(cell): cell.source for cell in read(path).cells}
    with pytest.raises(KeyboardInterrupt), changed(course, "1-tiny", place) as told:
        sources = {grade_id(cell): cell.source for cell in read(path).cells}
        assert told == name
        assert sources == before | {name: f"{before[name]}\n# changed"}
        raise KeyboardInterrupt
    assert path.read_bytes() == text
