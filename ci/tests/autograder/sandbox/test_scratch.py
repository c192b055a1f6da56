"""Temporary folders: removed whatever lies in them, swept when their grader is dead, and never while it lives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import scratch
from ci.tests.autograder.builders import not_run

HOLDER = """
import sys
from autograder.sandbox import scratch
print(scratch.made("box-"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary ones, here and in processes that are started."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(scratch, "PLACES", (None,))
    return tmp_path


@pytest.fixture
def holder(place: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another grader, and a folder that it has made."""
    words = [sys.executable, "-c", HOLDER]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def deep(folder: Path) -> None:
    """Nest folders by the thousand, each with a file."""
    start = os.open(".", os.O_RDONLY)
    os.chdir(folder)
    try:
        for _ in range(3000):
            Path("d").mkdir()
            Path("f").touch()
            os.chdir("d")
    finally:
        os.fchdir(start)
        os.close(start)


def wide(folder: Path) -> None:
    for number in range(300):
        (folder / str(number) / "inner").mkdir(parents=True)
        (folder / str(number) / "f").touch()


def closed(folder: Path) -> None:
    (folder / "outer" / "inner" / "f").mkdir(parents=True)
    (folder / "outer" / "inner").chmod(0)
    (folder / "outer").chmod(0)


def linked(folder: Path) -> None:
    (folder / "link").symlink_to(folder.parent / "kept")
    (folder / "inner").mkdir()
    (folder / "inner" / "link").symlink_to(folder.parent / "kept")


@pytest.mark.parametrize("fill", [deep, wide, closed, linked])
def test_folder_goes_whatever_lies_in_it(fill: object, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "f").touch()
    folder = tmp_path / "folder"
    folder.mkdir()
    fill(folder)  # type: ignore[operator]
    scratch.remove(folder)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["f", "kept"]


def test_folder_is_there_in_the_block_and_gone_after_it(place: Path) -> None:
    with scratch.folder("x-") as folder:
        assert folder.is_dir()
        assert folder.is_relative_to(place)
    assert not folder.exists()


def test_what_a_library_makes_lies_with_the_rest(place: Path) -> None:
    own = scratch.made().parent
    with scratch.shared(), tempfile.TemporaryDirectory() as folder:
        assert Path(folder).parent == own
        assert scratch.made().parent == own
    assert tempfile.gettempdir() == str(place)


def test_folders_of_a_dead_grader_are_swept_and_those_of_a_living_one_stay(
    holder: tuple[subprocess.Popen[str], Path],
) -> None:
    process, folder = holder
    own = scratch.made()
    scratch.sweep()
    assert folder.is_dir()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    scratch.sweep()
    assert not folder.parent.exists()
    assert own.is_dir()


def test_grader_that_ends_by_itself_leaves_nothing(holder: tuple[subprocess.Popen[str], Path], place: Path) -> None:
    process, folder = holder
    assert process.stdin is not None
    process.stdin.close()
    process.wait()
    assert not folder.parent.exists()


def test_process_that_a_dead_grader_left_is_ended_by_the_sweep(holder: tuple[subprocess.Popen[str], Path]) -> None:
    process, folder = holder
    own = {"HOME": f"{folder}/home"}
    with subprocess.Popen(["sleep", "99"], env=own) as left, subprocess.Popen(["sleep", "99"]) as other:
        scratch.sweep()
        assert left.poll() is None, "its grader lives"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        scratch.sweep()
        assert left.wait(10) == -signal.SIGKILL
        assert other.poll() is None
        other.kill()


@pytest.mark.parametrize("name", ["a file", "a link", "a folder of another's"])
def test_sweep_leaves_alone(name: str, place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = place / f"autograder-{os.geteuid()}-x"
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "f").touch()
    if name == "a file":
        path.touch()
    elif name == "a link":
        path.symlink_to(elsewhere)
    else:
        if os.geteuid():
            not_run("it takes root to make a folder of another user's")
        path.mkdir()
        os.chown(path, 12345, 12345)
    scratch.sweep()
    assert os.path.lexists(path)
    assert (elsewhere / "f").exists()
