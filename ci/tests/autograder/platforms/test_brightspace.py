"""Brightspace's folders: who, and when by the course's clock."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.platforms.brightspace import feedback_place, read
from autograder.platforms.platform import PAGE, Download, zone_of


@pytest.mark.parametrize(
    ("head", "when"),
    [
        ("1234-5678 - Ada Lovelace - Oct 3, 2026 1045 PM", (2026, 10, 4, 2, 45)),
        ("1234-5678 - Ada Lovelace - Oct 3, 2026 926 AM", (2026, 10, 3, 13, 26)),
        ("1234-5678 - Ada Lovelace - 3 October, 2026 2245", (2026, 10, 4, 2, 45)),
        ("1234-5678 - Ada - Lovelace - Oct 3, 2026 10:45 PM", (2026, 10, 4, 2, 45)),
        ("1234-5678 - Ada Lovelace - 3 octobre 2026 2245", None),
    ],
)
@pytest.mark.parametrize("flat", [False, True])
def test_folder_says_who_and_when(tmp_path: Path, head: str, when: tuple[int, ...] | None, flat: bool) -> None:
    path = tmp_path / (f"{head} - a.ipynb" if flat else f"{head}/a.ipynb")
    path.parent.mkdir(exist_ok=True)
    path.touch()
    (piece,) = read(Download(tmp_path, zone_of("America/New_York")))
    assert piece.person.name == head.split(" - ", 1)[1].rpartition(" - ")[0]
    assert piece.when == (datetime(*when, tzinfo=UTC) if when else None)  # type: ignore[misc]
    assert (piece.label, str(piece.name)) == (head, "a.ipynb")
    assert feedback_place(piece.label, "a.html") == f"{head}/a.html"


def test_number_that_all_share_is_nobodys(tmp_path: Path) -> None:
    for number in (1, 2):
        folder = tmp_path / f"99-{number} - Student {number} - Oct 3, 2026 1045 PM"
        folder.mkdir()
        (folder / "a.ipynb").touch()
    (tmp_path / "index.html").touch()
    found = {(piece.person.number, piece.kind) for piece in read(Download(tmp_path))}
    assert found == {("1", "work"), ("2", "work"), ("", PAGE)}
