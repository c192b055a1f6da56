"""How exercises stand, from a file and what is kept beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ci.tests.cs231n_lite.working.builders import ANSWERS, handed_out, write
from cs231n_lite.cells import Run, cells
from cs231n_lite.working import session
from cs231n_lite.working.notebook_file import digest, read
from cs231n_lite.working.results import keep, standings


def kept(path: Path, text: str) -> None:
    path.with_name(".powers.progress.json").write_text(text)


def states(path: Path) -> dict[str, tuple[bool, float | None, bool]]:
    return {s.exercise.slug: (s.is_empty, s.points, s.changed) for s in standings(read(path))}


def test_result_belongs_to_its_answer(tmp_path: Path) -> None:
    path = handed_out(tmp_path)
    write(path, {"square": ANSWERS["square"], "half": ANSWERS["half"]})
    entry = {"points": 2.0, "answer": digest(ANSWERS["square"])}
    kept(path, json.dumps({"results": {"square": entry, "half": entry}}))
    assert states(path) == {
        "square": (False, 2.0, False),
        "half": (False, 2.0, True),
        "why": (True, None, False),
    }


@pytest.mark.parametrize("text", ["", "{", "[]", '{"results": 3}', '{"results": {"square": {"points": "x"}}}'])
def test_spoiled_file_is_as_none(tmp_path: Path, text: str) -> None:
    path = handed_out(tmp_path)
    kept(path, text)
    assert states(path)["square"] == (True, None, False)


def test_folder_that_cannot_be_written_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = handed_out(tmp_path)
    write(path, {"square": ANSWERS["square"]})
    monkeypatch.setattr(session, "notebook_path", lambda: path)
    monkeypatch.setitem(cells.last, "square", Run("square", ANSWERS["square"], when=1e12))

    def refused(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", refused)
        keep("square", 2.0)
    assert states(path)["square"] == (False, None, False)
    keep("square", 2.0)
    assert states(path)["square"] == (False, 2.0, False)
    keep("square", None)  # the check says that nothing is written
    assert states(path)["square"] == (False, None, False)
    keep("another", 2.0)
    assert "another" not in json.loads(path.with_name(".powers.progress.json").read_text())["results"]
