"""Gradescope's list of hand-ins: groups, times, and a list that is none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.platforms.gradescope import feedback_place, read
from autograder.platforms.platform import PAGE, Download

GROUP = """submission_123:
  :submitters:
  - :name: Ada Lovelace
    :sid: '70001'
    :email: ada@example.org
  - :name: Иван Петров
    :sid:
    :email: ivan@example.org
  :created_at: 2026-10-03 22:45:10.123456789 Z
  :score: 1.0
"""


def made(folder: Path, metadata: str) -> Download:
    (folder / "submission_123").mkdir()
    (folder / "submission_123" / "a.ipynb").touch()
    (folder / "submission_metadata.yml").write_text(metadata, encoding="utf-8")
    return Download(folder)


def test_group_has_handed_in_each_for_oneself(tmp_path: Path) -> None:
    pieces = [piece for piece in read(made(tmp_path, GROUP)) if piece.kind != PAGE]
    assert [piece.person.email for piece in pieces] == ["ada@example.org", "ivan@example.org"]
    for piece in pieces:
        assert piece.when is not None and piece.when.replace(microsecond=0) == datetime(
            2026, 10, 3, 22, 45, 10, tzinfo=UTC
        )
        assert (str(piece.name), piece.label) == ("a.ipynb", "submission_123")
    assert feedback_place("submission_123", "a.html") == "submission_123/a.html"


@pytest.mark.parametrize(
    "text", ["", "[", "- a", "submission_123: 5", "submission_123:\n  :submitters: 5\n", "!!python/object:os.x {}"]
)
def test_broken_list_names_nobody(tmp_path: Path, text: str) -> None:
    assert [piece for piece in read(made(tmp_path, text)) if piece.kind != PAGE] == []
