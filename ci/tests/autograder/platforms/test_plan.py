"""What counts of several files of a student, and what is said of the others."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.platforms.plan import Plan, bare, planned
from autograder.platforms.platform import TYPED, Piece
from autograder.platforms.roster import Person
from ci.tests.autograder.platforms.builders import ROSTER

ADA = Person(id="ada")


def plan(folder: Path, *pieces: tuple[str, dict[str, object]]) -> Plan:
    made = []
    for number, (name, more) in enumerate(pieces):
        path = folder / str(number)
        path.write_text(str(number), encoding="utf-8")
        made.append(Piece(ADA, PurePosixPath(name), "label", path=path, **more))  # type: ignore[arg-type]
    return planned(made, ROSTER, {"tiny.ipynb"})


def chosen(result: Plan) -> dict[str, str]:
    return {str(name): path.name for name, path in result.hand_ins["ada"].files.items()}


def test_canvas_number_of_a_version_is_no_part_of_the_name(tmp_path: Path) -> None:
    result = plan(
        tmp_path,
        ("tiny.ipynb", {"order": (0, 1)}),
        ("tiny-2.ipynb", {"order": (2, 9)}),
        ("tiny-1.ipynb", {"order": (1, 5)}),
        ("plot-1.png", {"order": (1, 6)}),
    )
    assert chosen(result) == {"tiny.ipynb": "1", "plot-1.png": "3"}
    assert sorted(left.what for left in result.left) == ["tiny-1.ipynb", "tiny.ipynb"]


def test_folder_around_all_is_no_part_of_a_name_but_one_beside_the_notebook_is(tmp_path: Path) -> None:
    assert set(chosen(plan(tmp_path, ("hw/a/tiny.ipynb", {}), ("hw/a/data/x.csv", {})))) == {"tiny.ipynb", "data/x.csv"}
    assert set(chosen(plan(tmp_path, ("tiny.ipynb", {}), ("data/x.csv", {})))) == {"tiny.ipynb", "data/x.csv"}
    assert set(chosen(plan(tmp_path, ("notes.txt", {}), ("hw/tiny.ipynb", {})))) == {"tiny.ipynb", "notes.txt"}


def test_students_own_timestamp_is_not_the_time(tmp_path: Path) -> None:
    result = plan(tmp_path, ("tiny.ipynb", {}), ("timestamp.txt", {}))
    assert set(chosen(result)) == {"tiny.ipynb"} and "platform's to say" in result.left[0].why


def test_newest_attempt_counts_whole(tmp_path: Path) -> None:
    first, last = (datetime(2026, 10, day, tzinfo=UTC) for day in (1, 2))
    result = plan(
        tmp_path,
        ("tiny.ipynb", {"attempt": "b", "when": first}),
        ("data.csv", {"attempt": "b", "when": first}),
        ("tiny.ipynb", {"attempt": "a", "when": last}),
    )
    assert chosen(result) == {"tiny.ipynb": "2"} and result.hand_ins["ada"].when == last
    (left,) = result.left
    assert str(left).startswith("ada: data.csv, tiny.ipynb of 2026-10-01 00:00 UTC: an older version") and not left.open


def test_what_was_typed_and_a_hand_in_without_a_notebook_are_told(tmp_path: Path) -> None:
    result = plan(tmp_path, ("text.html", {"kind": TYPED}))
    assert result.hand_ins == {} and result.left[0].open
    result = plan(tmp_path, ("photo.jpg", {}))
    assert chosen(result) == {"photo.jpg": "0"} and "no notebook" in result.left[0].why


def test_one_of_two_notebooks_handed_in_again_leaves_the_other(tmp_path: Path) -> None:
    first, last = (datetime(2026, 10, day, tzinfo=UTC) for day in (1, 2))
    pieces = []
    for number, (name, when) in enumerate([("tiny.ipynb", first), ("more.ipynb", first), ("tiny.ipynb", last)]):
        path = tmp_path / str(number)
        path.write_text(str(number), encoding="utf-8")
        pieces.append(Piece(ADA, PurePosixPath(name), "label", attempt=str(when), when=when, path=path))
    result = planned(pieces, ROSTER, {"tiny.ipynb", "more.ipynb"})
    assert chosen(result) == {"tiny.ipynb": "2", "more.ipynb": "1"} and result.hand_ins["ada"].when == last
    assert any("more.ipynb: taken from an earlier attempt" in str(left) for left in result.left)


def test_archive_that_is_not_opened_takes_the_place_of_nothing_that_is(tmp_path: Path) -> None:
    first, last = (datetime(2026, 10, day, tzinfo=UTC) for day in (1, 2))
    result = plan(
        tmp_path,
        ("tiny.ipynb", {"attempt": "a", "when": first}),
        ("hw.rar", {"attempt": "b", "when": last}),
    )
    assert chosen(result) == {"tiny.ipynb": "0"} and result.hand_ins["ada"].when == first
    (left,) = result.left
    assert left.open and "hw.rar" in left.what and left.why.endswith("what was handed in otherwise counts")
    alone = plan(tmp_path, ("hw.rar", {}))
    assert chosen(alone) == {"hw.rar": "0"}, "it lies where whoever grades looks for it"
    assert "not opened" in alone.left[0].why


def test_second_download_of_a_browser_is_the_notebook_that_it_is_named_after(tmp_path: Path) -> None:
    assert [bare(name) for name in ("a (1).ipynb", "a-2.ipynb", "a.ipynb", "a2.ipynb")] == ["a.ipynb"] * 3 + [
        "a2.ipynb"
    ]
