"""Canvas's names: the numbers, LATE, versions, what was typed; and those that it takes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.platforms.canvas import feedback_place, read
from autograder.platforms.platform import TYPED, WORK, Download


def pieces(folder: Path, *names: str) -> list[tuple[str, str, str, bool, tuple[int, ...]]]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return [
        (str(piece.person), str(piece.name), piece.kind, piece.late, piece.order) for piece in read(Download(folder))
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lovelaceada_70001_88001_a.ipynb", ("lovelaceada (70001)", "a.ipynb", WORK, False, (88001, 0))),
        ("lovelaceada_LATE_70001_88001_a-2.ipynb", ("lovelaceada (70001)", "a-2.ipynb", WORK, True, (88001, 2))),
        ("lovelaceada_70001_88001_my_hw_3.ipynb", ("lovelaceada (70001)", "my_hw_3.ipynb", WORK, False, (88001, 0))),
        ("王小明_70004_88001_a.ipynb", ("王小明 (70004)", "a.ipynb", WORK, False, (88001, 0))),
        ("lovelaceada_70001_text.html", ("lovelaceada (70001)", "text.html", TYPED, False, (0, 0))),
        ("class/x_1_2_hw.zip/hw/a.ipynb", ("x (1)", "hw/a.ipynb", WORK, False, (2, 0))),
        ("class/x_1_2_hw.zip/y_3_4_a.ipynb", ("x (1)", "y_3_4_a.ipynb", WORK, False, (2, 0))),
    ],
)
def test_name_says_whose_it_is_and_which_version(tmp_path: Path, name: str, expected: object) -> None:
    assert pieces(tmp_path, name) == [expected]


def test_other_names_are_none_of_canvas(tmp_path: Path) -> None:
    assert (
        pieces(tmp_path, "ada_tiny.ipynb", "70001_88001.ipynb", "Ada Lovelace_4711_assignsubmission_file_a.ipynb") == []
    )


def test_page_goes_back_by_its_numbers() -> None:
    back = feedback_place("lovelaceada_LATE_70001_88001_a-2.ipynb", "tiny.html")
    assert back == "lovelaceada_LATE_70001_88001_tiny.html"
    assert [part for part in back.split("_") if part.isdecimal()][:2] == ["70001", "88001"]
