"""Where there is no notebook, or one of another course, nothing is claimed of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ci.tests.cs231n_lite.working.builders import handed_out
from cs231n_lite.working import session
from cs231n_lite.working.handing_in import Readiness, readiness


def test_no_notebook_is_told_as_none() -> None:
    assert readiness() == Readiness() and not readiness().is_ready


def test_notebook_of_another_course_is_whole_and_not_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "other.ipynb"
    path.write_text('{"cells": [], "metadata": {}}')
    monkeypatch.setattr(session, "notebook_path", lambda: path)
    state = readiness()
    assert state.is_whole and "does not say what was handed out" in state.problem and not state.is_ready


def test_deleted_answer_stands_against_handing_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = handed_out(tmp_path)
    text = path.read_text().replace('"id": "half"', '"id": "gone"').replace('"grade_id": "half"', '"grade_id": "gone"')
    path.write_text(text)
    monkeypatch.setattr(session, "notebook_path", lambda: path)
    assert readiness().missing == ["half"] and not readiness().is_ready
