"""Sakai's folders and its two ways to write a time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.platforms.platform import PAGE, TYPED, WORK, Download
from autograder.platforms.sakai import feedback_place, read

FOLDER = "HW 1/O'Keeffe, Jr., Gia(gia)"


def made(folder: Path, **files: str) -> list[tuple[str, str, str, datetime | None]]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    pieces = read(Download(folder))
    return [(piece.person.id, str(piece.name), piece.kind, piece.when) for piece in pieces]


@pytest.mark.parametrize("text", ["20261003224510000", "2026-10-03T22:45:10Z", "2026-10-03T23:45:10+01:00\n"])
def test_folder_says_who_and_timestamp_when(tmp_path: Path, text: str) -> None:
    files = {
        f"{FOLDER}/Submission attachment(s)/a.ipynb": "{}",
        f"{FOLDER}/Submission attachment(s)/hw.zip/hw/b.csv": "1",
        f"{FOLDER}/timestamp.txt": text,
        f"{FOLDER}/comments.txt": "",
        f"{FOLDER}/O'Keeffe, Jr., Gia(gia)_submissionText.html": "typed",
        "HW 1/grades.csv": "",
    }
    when = datetime(2026, 10, 3, 22, 45, 10, tzinfo=UTC)
    found = made(tmp_path, **files)
    assert ("gia", "a.ipynb", WORK, when) in found and ("gia", "hw/b.csv", WORK, when) in found
    assert [kind for _, name, kind, _ in found if name.endswith("Text.html")] == [TYPED]
    assert {name for _, name, kind, _ in found if kind == PAGE} == {"timestamp.txt", "comments.txt", "grades.csv"}


def test_flat_download_is_read_too(tmp_path: Path) -> None:
    assert made(tmp_path, **{"HW/Lovelace, Ada(ada)_Submission attachment(s)_a.ipynb": "{}"}) == [
        ("ada", "a.ipynb", WORK, None)
    ]


def test_broken_time_is_none(tmp_path: Path) -> None:
    files = {f"{FOLDER}/Submission attachment(s)/a.ipynb": "{}", f"{FOLDER}/timestamp.txt": "soon"}
    assert [when for _, _, kind, when in made(tmp_path, **files) if kind == WORK] == [None]


def test_page_goes_back_beside_what_was_handed_in() -> None:
    assert feedback_place(f"class/{FOLDER}", "a.html") == f"{FOLDER}/Feedback Attachment(s)/a.html"
