"""The platforms that are known, by name, and which of them wrote a download."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from autograder.platforms import blackboard, brightspace, canvas, gradescope, moodle, sakai
from autograder.platforms.platform import PAGE, Download, Piece, Reader
from autograder.platforms.sheet import Form
from autograder.problem import Problem

__all__ = ["PLATFORMS", "Platform", "chosen", "is_marked", "recognised"]


@dataclass(frozen=True)
class Platform:
    """A platform: how it reads as a name, what its download looks like, how it is read, where pages go back."""

    title: str
    example: str
    read: Reader
    feedback_place: Callable[[str, str], str]
    mark: re.Pattern[str]  # what a file, or a folder above it, is named if it is a student's
    form: Form


PLATFORMS = {
    "canvas": Platform(
        "Canvas", "lovelaceada_70001_88001_NAME.ipynb", canvas.read, canvas.feedback_place, canvas.MARK, canvas.FORM
    ),
    "moodle": Platform(
        "Moodle",
        "Ada Lovelace_4711_assignsubmission_file_/NAME.ipynb",
        moodle.read,
        moodle.feedback_place,
        moodle.MARK,
        moodle.FORM,
    ),
    "brightspace": Platform(
        "Brightspace",
        "1234-5678 - Ada Lovelace - Oct 3, 2026 1045 PM/NAME.ipynb",
        brightspace.read,
        brightspace.feedback_place,
        brightspace.MARK,
        brightspace.FORM,
    ),
    "blackboard": Platform(
        "Blackboard",
        "HW_ada_attempt_2026-10-03-22-45-10_NAME.ipynb",
        blackboard.read,
        blackboard.feedback_place,
        blackboard.MARK,
        blackboard.FORM,
    ),
    "sakai": Platform(
        "Sakai",
        "HW/Lovelace, Ada(ada)/Submission attachment(s)/NAME.ipynb",
        sakai.read,
        sakai.feedback_place,
        sakai.MARK,
        sakai.FORM,
    ),
    "gradescope": Platform(
        "Gradescope",
        "submission_123/NAME.ipynb and submission_metadata.yml",
        gradescope.read,
        gradescope.feedback_place,
        gradescope.MARK,
        gradescope.FORM,
    ),
}


def is_marked(path: PurePath) -> bool:
    """Return whether a path is named as some platform names a student's."""
    return any(platform.mark.fullmatch(part) for platform in PLATFORMS.values() for part in path.parts)


def recognised(download: Download) -> str:
    """Return the name of the platform that named most of a download's files, or "" where none did."""
    counts = {
        name: len({piece.path for piece in platform.read(download) if piece.kind != PAGE})
        for name, platform in PLATFORMS.items()
    }
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""


def chosen(download: Download, platform: str = "auto") -> tuple[str, list[Piece]]:
    """Return the platform's name and its pieces; raises Problem where nothing is named so."""
    name = recognised(download) if platform == "auto" else platform
    pieces = list(PLATFORMS[name].read(download)) if name else []
    if any(piece.kind != PAGE for piece in pieces):
        return name, pieces
    files = download.files
    seen = f"it holds {len(files)} files, such as {files[0]}" if files else "it holds no files"
    if name:
        known = PLATFORMS[name]
        raise Problem(f"nothing in it is named as {known.title} names hand-ins, {known.example}; {seen}")
    shapes = "".join(f"\n    {key:12} {known.example}" for key, known in PLATFORMS.items())
    raise Problem(f"nothing in it is named as a platform names hand-ins; {seen}. Known are{shapes}")
