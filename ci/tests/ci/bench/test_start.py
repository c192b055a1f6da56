from __future__ import annotations

import json
import sys
from pathlib import Path

from autograder.course import Course
from ci.bench.grading.cost import measured
from ci.bench.memory import tiny_class
from ci.environment import ROOT


def test_a_start_is_less_than_all_of_a_grading_and_is_told_after_it(tmp_path: Path) -> None:
    course: Course = tiny_class(1, tmp_path)
    words = ["1-tiny", "--course", str(course.root), "--workers", "1"]
    run = measured([sys.executable, "-m", "ci.bench.grading.start", *words], ROOT)
    took = json.loads(run.printed.splitlines()[-1])
    assert took["itself"] > 0 and took["started"] > 0
    assert took["itself"] + took["started"] < run.processor
    assert (course.root / "autograded" / "s00000" / "1-tiny" / "tiny.ipynb").is_file()
