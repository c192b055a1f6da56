"""nbgrader's own `zip_collect` with the plugins: what it ended with for a class is told of one student."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest
from nbgrader.apps import ZipCollectApp
from nbgrader.coursedir import CourseDirectory

from autograder import HOME
from autograder.course import Course
from autograder.submission import Submission
from ci.tests.autograder.platforms.builders import CLASS, NOTEBOOK, PLATFORMS, Sent, enrol, packed, zipped


def zip_collect(course: Course, files: list[tuple[str, bytes]]) -> dict[str, bytes]:
    """Run it on an archive; return student -> the notebook that came."""
    shutil.copy(HOME / "nbgrader_config.py", course.root)
    place = course.root / "downloaded" / "1-tiny" / "archive"
    place.mkdir(parents=True)
    (place / "class.zip").write_bytes(zipped(files))
    config = course.config()
    config.CourseDirectory.root, config.CourseDirectory.assignment_id = str(course.root), "1-tiny"
    app = ZipCollectApp(config=config, coursedir=CourseDirectory(config=config))
    app.log = logging.getLogger("zip_collect")
    app.init_plugins()
    app.extract_archive_files()
    app.process_extracted_files()
    paths = course.root.glob(f"submitted/*/1-tiny/{NOTEBOOK}")
    return {path.parent.parent.name: path.read_bytes() for path in paths}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_download_of_each_platform_is_collected(enrolled: Course, platform: str) -> None:
    own = zipped([("hw/tiny.ipynb", b"own"), ("__MACOSX/hw/._tiny.ipynb", b"x")])
    sent = [Sent(student.id, content=student.id.encode()) for student in CLASS[1:]] + [Sent("ada", "hw.zip", own)]
    assert zip_collect(enrolled, packed(platform, sent)) == {student.id: student.id.encode() for student in CLASS} | {
        "ada": b"own"
    }
    assert (Submission(enrolled, "1-tiny", "ada").submitted / "timestamp.txt").is_file() == (
        platform not in ("canvas", "moodle", "moodle-flat")
    )


def test_two_files_of_one_name_cost_nobody_the_collection(enrolled: Course, caplog: pytest.LogCaptureFixture) -> None:
    sent = [Sent("ada", content=b"old"), Sent("ada", content=b"new", version=1), Sent("ivan", content=b"his")]
    files = [*packed("canvas", sent), ("hoppergrace_9_9_tiny.ipynb", b"?")]
    with caplog.at_level(logging.WARNING):
        assert zip_collect(enrolled, files) == {"ada": b"new", "ivan": b"his"}
    assert "ada: tiny.ipynb: an older version" in caplog.text and "hoppergrace" in caplog.text


def test_without_a_class_and_without_a_platforms_names_the_expression_counts(tiny: Course, tmp_path: Path) -> None:
    assert set(zip_collect(tiny, packed("canvas", [Sent("ada")]))) == {"lovelaceada"}
    other = Course(
        Path(shutil.copytree(tiny.root, tmp_path / "other", ignore=shutil.ignore_patterns("submitted", "downloaded")))
    )
    enrol(other)
    own = zipped([(NOTEBOOK, b"own")])
    assert zip_collect(other, [("bob_tiny.ipynb", b"{}"), ("ada_work.zip", own)]) == {"bob": b"{}", "ada": b"own"}
