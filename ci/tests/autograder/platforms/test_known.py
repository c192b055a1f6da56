"""Which platform wrote a download is told by its names alone."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from autograder.platforms.known import PLATFORMS as KNOWN
from autograder.platforms.known import chosen, is_marked, recognised
from autograder.platforms.options import NAMES
from autograder.platforms.platform import WORK, Download
from autograder.problem import Problem
from ci.tests.autograder.platforms.builders import CLASS, PLATFORMS, Sent, packed


def unpacked(folder: Path, platform: str, count: int = 12) -> Download:
    for name, content in packed(platform, [Sent(student.id) for student in CLASS[:count]]):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return Download(folder)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("count", [1, 12])
def test_platform_is_recognised_in_a_class_of_any_size(tmp_path: Path, platform: str, count: int) -> None:
    download = unpacked(tmp_path, platform, count)
    assert recognised(download) == platform.removesuffix("-flat")
    assert sum(piece.kind == WORK for piece in chosen(download)[1]) == count


@pytest.mark.parametrize("platform", PLATFORMS)
def test_mark_of_a_students_file_is_seen_in_its_path(platform: str) -> None:
    assert is_marked(PurePosixPath(packed(platform, [Sent("zoë", "hw.zip")])[0][0]))
    assert not is_marked(PurePosixPath("submissions.zip"))


def test_options_name_the_platforms_that_are_known() -> None:
    assert tuple(KNOWN) == NAMES


def test_empty_download_and_one_of_another_platform_are_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="holds no files"):
        chosen(Download(tmp_path))
    with pytest.raises(Problem, match="as Sakai names hand-ins"):
        chosen(unpacked(tmp_path, "canvas"), "sakai")
