from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.submission import submissions
from ci.bench.memory import tiny_class, watched


def test_a_class_is_graded_and_told_with_its_memory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course = tiny_class(3, tmp_path)
    answers = {(each.submitted / "tiny.ipynb").read_text() for each in submissions(course, "1-tiny")}
    assert len(answers) == 3
    watched(course, "1-tiny")
    rows = [line.split("|")[1:-1] for line in capsys.readouterr().out.splitlines() if line.startswith("| 3 ")]
    ((graded, _, processor, most, own),) = rows
    assert (int(graded), float(processor) > 0) == (3, True)
    assert float(most) > 50 and float(own) > 50
    with Gradebook(course.gradebook) as gradebook:
        assert len(gradebook.assignment_submissions("1-tiny")) == 3
