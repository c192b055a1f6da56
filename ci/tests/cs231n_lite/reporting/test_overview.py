"""The tables of all notebooks: what counts, what does not any more, what a person gives."""

from __future__ import annotations

import json
from pathlib import Path

from ci.tests.cs231n_lite.working.builders import ANSWERS, handed_out, write
from cs231n_lite.reporting.overview import others, overview
from cs231n_lite.working.notebook_file import digest, read


def test_points_of_a_changed_answer_are_shown_and_not_counted(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    write(path, ANSWERS)
    results = {"square": {"points": 2.0, "answer": digest(ANSWERS["square"])}, "half": {"points": 3.0, "answer": "?"}}
    path.with_name(".powers.progress.json").write_text(json.dumps({"results": results}))
    lines = [" ".join(line.split()) for line in overview(tmp_path).splitlines()]
    assert lines[:5] == [
        "1-powers",
        "✓ square 2 of 2",
        "· half 3 of 3 before it was changed: run its check again",
        "✎ why 4 by hand, written",
        "together 2 of 5, and 4 that a person gives",
    ]
    assert lines[-1] == "all 1 notebooks: 2 of 5, and 4 by hand (1 of 1 written); 1 changed since the check"


def test_what_is_not_begun_is_not_crossed_out(tmp_path: Path) -> None:
    handed_out(tmp_path)
    assert "○ square" in overview(tmp_path) and "✗" not in overview(tmp_path)


def test_notebook_that_lies_by_itself_looks_at_no_other_folder(tmp_path: Path) -> None:
    handed_out(tmp_path, "2-more")
    path = handed_out(tmp_path)
    moved = tmp_path / "Downloads" / path.name
    moved.parent.mkdir()
    path.rename(moved)
    assert others(read(moved)) == []


def test_folder_without_notebooks_says_where_it_looked(tmp_path: Path) -> None:
    assert str(tmp_path) in overview(tmp_path)
