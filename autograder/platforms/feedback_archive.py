"""Pages of feedback in one archive, each named as the platform that takes it back names that student's hand-in."""

from __future__ import annotations

import zipfile
from pathlib import Path

from autograder.course import Course
from autograder.platforms.collect import Memory
from autograder.platforms.known import PLATFORMS
from autograder.problem import Problem, unwritten
from autograder.submission import Submission

__all__ = ["feedback_archive"]

WHEN = (1980, 1, 1, 0, 0, 0)  # the same pages give the same archive
TABLES = {"sakai": "grades.csv"}  # which platform takes the table of points in the archive, and as what


def feedback_archive(course: Course, assignment: str, platform: str, path: Path, table: bytes = b"") -> list[str]:
    """Write the archive; return a line for each student whose pages are not in it.

    `table` are the points, for a platform that takes both in one.
    """
    memory = Memory(course, assignment)
    if all(entry["platform"] != platform for entry in memory.students.values()):
        said = f"was collected from {memory.platform}" if memory.platform else "was not collected from a platform"
        raise Problem(
            f"{assignment}: {said}, so that how {PLATFORMS[platform].title} names its hand-ins is not known; "
            f"collect its download first: python -m autograder collect {assignment} DOWNLOAD"
        )
    pages, lines = _pages(course, assignment, platform, memory)
    if not pages:
        raise Problem(f"{assignment}: there are no pages of feedback: nbgrader generate_feedback {assignment}")
    new = path.with_name(path.name + ".new")
    try:
        with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
            if table and platform in TABLES:
                top = next(iter(pages)).split("/")[0]
                archive.writestr(zipfile.ZipInfo(f"{top}/{TABLES[platform]}", WHEN), table)
            for name, page in pages.items():
                entry_of = zipfile.ZipInfo(name, WHEN)
                entry_of.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry_of, page.read_bytes())
        new.replace(path)
    except OSError as error:
        raise Problem(unwritten(error, path)) from None
    return lines


def _pages(course: Course, assignment: str, platform: str, memory: Memory) -> tuple[dict[str, Path], list[str]]:
    """The pages by their names in the archive, and a line for each student who has none."""
    pages: dict[str, Path] = {}
    lines: list[str] = []
    for student, entry in sorted(memory.students.items()):
        if entry["platform"] != platform:
            lines.append(f"{student}: was collected from {entry['platform']}")
            continue
        folder = Submission(course, assignment, student).feedback
        found = sorted(folder.glob("*.html")) if folder.is_dir() else []
        if not found:
            lines.append(f"{student}: no page of feedback: nbgrader generate_feedback {assignment}")
        for page in found:
            place = PLATFORMS[platform].feedback_place(entry["label"], page.name)
            if place in pages:  # of a group, which handed in one for all
                place = PLATFORMS[platform].feedback_place(entry["label"], f"{student}-{page.name}")
            pages[place] = page
    return pages, lines
