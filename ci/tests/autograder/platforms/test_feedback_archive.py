"""Pages go back in one archive, each where the platform looks for it, and it is read again as that student's."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.platforms.collect import collect
from autograder.platforms.feedback_archive import feedback_archive
from autograder.platforms.known import PLATFORMS as KNOWN
from autograder.platforms.platform import Download
from autograder.problem import Problem
from autograder.submission import Submission
from ci.tests.autograder.platforms.builders import CLASS, PLATFORMS, ROSTER, Sent, download, zipped


def returned(course: Course, *students: str) -> None:
    """Write a page for each of the students."""
    for student in students:
        folder = Submission(course, "1-tiny", student).feedback
        folder.mkdir(parents=True)
        (folder / "tiny.html").write_text(f"for {student}", encoding="utf-8")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_page_of_each_student_lies_where_the_platform_looks(tiny: Course, tmp_path: Path, platform: str) -> None:
    collect(tiny, "1-tiny", download(tmp_path, platform, [Sent(student.id) for student in CLASS]), roster=ROSTER)
    returned(tiny, *(student.id for student in CLASS if student.id != "wang"))
    name, path = platform.removesuffix("-flat"), tmp_path / "feedback.zip"
    (line,) = feedback_archive(tiny, "1-tiny", name, path, b"points")
    assert line.startswith("wang: no page of feedback")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "back")
        assert len([entry for entry in archive.namelist() if entry.endswith(".html")]) == len(CLASS) - 1
    if name == "gradescope":  # which takes none back
        return
    if name == "sakai":
        assert (tmp_path / "back" / "HW 1" / "grades.csv").read_bytes() == b"points"
        for page in (tmp_path / "back").rglob("*.html"):  # the folder is the student's
            assert page.parent.name == "Feedback Attachment(s)" and page.parent.parent.parent.name == "HW 1"
            assert f"({page.read_text(encoding='utf-8').removeprefix('for ')})" in page.parent.parent.name
        return
    for piece in KNOWN[name].read(Download(tmp_path / "back")):
        assert piece.path.read_text(encoding="utf-8") == f"for {ROSTER.find(piece.person)[0]}"


def test_without_pages_or_names_nothing_is_written(tiny: Course, tmp_path: Path) -> None:
    path = tmp_path / "feedback.zip"
    with pytest.raises(Problem, match="collect its download first"):
        feedback_archive(tiny, "1-tiny", "canvas", path)
    collect(tiny, "1-tiny", download(tmp_path, "canvas", [Sent("ada")]), roster=ROSTER)
    with pytest.raises(Problem, match="generate_feedback"):
        feedback_archive(tiny, "1-tiny", "canvas", path)
    with pytest.raises(Problem, match="was collected from canvas"):
        feedback_archive(tiny, "1-tiny", "moodle", path)
    assert not path.exists()


def test_group_that_handed_in_together_gets_a_page_each(tiny: Course, tmp_path: Path) -> None:
    metadata = "submission_1:\n  :submitters:\n  - :email: ada@example.org\n  - :email: ivan@example.org\n"
    source = tmp_path / "export.zip"
    source.write_bytes(zipped([("submission_1/tiny.ipynb", b"{}"), ("submission_metadata.yml", metadata.encode())]))
    collect(tiny, "1-tiny", source, roster=ROSTER)
    returned(tiny, "ada", "ivan")
    feedback_archive(tiny, "1-tiny", "gradescope", tmp_path / "feedback.zip")
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        assert {archive.read(name) for name in archive.namelist()} == {b"for ada", b"for ivan"}
