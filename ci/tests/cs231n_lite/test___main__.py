"""A student's commands, as they are typed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ci.tests.cs231n_lite.working.builders import ANSWERS, STUBS, handed_out, write
from cs231n_lite.__main__ import main
from cs231n_lite.working.notebook_file import read

HOME = Path(__file__).parents[3]


def test_progress_and_reset_as_typed_in_the_folder_of_the_notebooks(tmp_path: Path) -> None:
    path = handed_out(tmp_path / "assignments")
    write(path, ANSWERS)
    told = []
    for words in (["progress"], ["reset", "square"], ["progress", "assignments"]):
        command = [sys.executable, "-m", "cs231n_lite", *words]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(HOME)},
            capture_output=True,
            text=True,
            check=True,
        )
        told.append(done.stdout)
    assert "not checked yet" in told[0]
    assert "old-answers" in told[1] and read(path).sources["square"] == STUBS["square"]
    assert "still empty" in told[2]


def test_mistyped_exercise_ends_with_2_and_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    handed_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["reset", "squar"]) == 2
    error = capsys.readouterr().err
    assert "did you mean square?" in error and "Traceback" not in error
