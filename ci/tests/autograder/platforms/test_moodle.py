"""Moodle's names: folders of two versions, flat files, what was typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.platforms.moodle import feedback_place, read
from autograder.platforms.platform import TYPED, WORK, Download


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Ada Lovelace_4711_assignsubmission_file_/a.ipynb", ("Ada Lovelace (4711)", "a.ipynb", WORK)),
        ("Ada Lovelace_4711_assignsubmission_file/a.ipynb", ("Ada Lovelace (4711)", "a.ipynb", WORK)),
        ("Ada Lovelace_4711_assignsubmission_file_a_b.ipynb", ("Ada Lovelace (4711)", "a_b.ipynb", WORK)),
        ("Mary-Ann van der Berg_8_assignsubmission_file_/d/a.csv", ("Mary-Ann van der Berg (8)", "d/a.csv", WORK)),
        ("A_B_8_assignsubmission_file_hw.zip/hw/a.ipynb", ("A_B (8)", "hw/a.ipynb", WORK)),
        ("x/A_8_assignsubmission_onlinetext_/onlinetext.html", ("A (8)", "onlinetext.html", TYPED)),
    ],
)
def test_name_says_whose_it_is(tmp_path: Path, path: str, expected: object) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).touch()
    assert [(str(piece.person), str(piece.name), piece.kind) for piece in read(Download(tmp_path))] == [expected]


def test_page_goes_back_in_the_participants_folder() -> None:
    label = "Ada Lovelace_4711_assignsubmission_file_"
    assert feedback_place(label, "a.html") == f"{label}/a.html"
