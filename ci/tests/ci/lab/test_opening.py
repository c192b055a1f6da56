"""Which notebook is opened, and what stands at its side."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ci.lab.opening import contents_at_the_side, notebook_at_hand


def notebook(folder: Path, name: str, count: int | None, when: int) -> Path:
    path = folder / name / "nb.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "execution_count": count}]}))
    os.utime(path, (when, when))
    return path


def test_before_any_work_it_is_the_first(tmp_path: Path) -> None:
    first = notebook(tmp_path, "1-a", None, when=1)
    notebook(tmp_path, "2-b", None, when=2)
    assert notebook_at_hand(tmp_path) == first


def test_then_it_is_the_one_last_worked_on(tmp_path: Path) -> None:
    notebook(tmp_path, "1-a", 3, when=1)
    second = notebook(tmp_path, "2-b", 1, when=2)
    notebook(tmp_path, "3-c", None, when=3)
    assert notebook_at_hand(tmp_path) == second


def test_damaged_notebook_and_empty_folder_stop_nothing(tmp_path: Path) -> None:
    assert notebook_at_hand(tmp_path) is None
    path = notebook(tmp_path, "1-a", 3, when=1)
    path.write_text("{")
    assert notebook_at_hand(tmp_path) == path


def test_workspace_that_is_there_is_left_as_it_was(tmp_path: Path) -> None:
    contents_at_the_side(tmp_path)
    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_text())["data"]["layout-restorer:data"]["left"]["current"] == "@jupyterlab/toc:plugin"
    path.write_text("{}")
    contents_at_the_side(tmp_path)
    assert path.read_text() == "{}"
