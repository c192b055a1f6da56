"""What must not stay in a submission's folder: found one level at a time, each with its kind, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.intake.hand_in_folder import MOST_FILES, dangerous, plain
from autograder.submission import DEEPEST


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hand-in of a notebook and a data file."""
    folder = tmp_path / "eve" / "1-tiny"
    (folder / "data").mkdir(parents=True)
    (folder / "tiny.ipynb").write_text("{}")
    (folder / "data" / "table.csv").write_text("1,2\n")
    return folder


def kinds(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): kind for path, kind, _ in dangerous(folder)}


def test_ordinary_hand_in_stays_as_it_is(folder: Path) -> None:
    (folder / "timestamp.txt").write_text("2026-01-01 12:00:00 UTC")
    assert kinds(folder) == {}


@pytest.mark.parametrize(
    ("name", "make", "kind"),
    [
        ("link.csv", lambda path: path.symlink_to("/etc/passwd"), "symlink"),
        ("folder", lambda path: path.symlink_to("/etc"), "symlink"),
        ("pipe", os.mkfifo, "not-a-file"),
        ("other.ipynb", Path.mkdir, "not-a-file"),
        ("a\nb", Path.touch, "odd-name"),
        ("big", lambda path: path.write_bytes(bytes(1 << 25)), "too-large"),
        ("timestamp.txt", lambda path: path.write_text("soon"), "no-time"),
    ],
)
def test_danger_is_named(folder: Path, name: str, make: object, kind: str) -> None:
    make(folder / name)  # type: ignore[operator]
    assert kinds(folder) == {name: kind}


def test_folders_too_deep_are_told_once_however_deep_they_go(folder: Path) -> None:
    path = folder
    for _ in range(DEEPEST + 20):
        path = path / "d"
        path.mkdir()
    assert list(kinds(folder).values()) == ["too-deep"]


def test_of_too_many_files_those_nearest_to_the_notebook_stay(folder: Path) -> None:
    for number in range(MOST_FILES):
        (folder / "data" / f"{number:03d}").touch()
    assert set(kinds(folder)) == {"data/099", "data/table.csv"}


def test_folder_that_is_itself_a_link_is_not_looked_into(folder: Path) -> None:
    other = folder.parent.parent / "mallory"
    other.symlink_to(folder.parent)
    assert [kind for _, kind, _ in dangerous(other / "1-tiny")] == ["symlink"]


def test_name_that_no_terminal_can_hold_is_told_in_plain_letters() -> None:
    assert plain("a\x1b[2Jb") == "a?[2Jb"
