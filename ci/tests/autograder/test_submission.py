"""Where a submission lies at each stage, and what of it is a file."""

from __future__ import annotations

from pathlib import Path

from autograder.course import Course
from autograder.submission import Submission, submissions


def test_each_stage_has_its_folder_as_nbgrader_has_it(tmp_path: Path) -> None:
    ada = Submission(Course(tmp_path), "1-tiny", "ada")
    assert ada.submitted == tmp_path / "submitted" / "ada" / "1-tiny"
    assert ada.autograded == tmp_path / "autograded" / "ada" / "1-tiny"
    assert ada.feedback == tmp_path / "feedback" / "ada" / "1-tiny"


def test_names_with_a_slash_lead_out_of_no_report(tmp_path: Path) -> None:
    odd = Submission(Course(tmp_path), "../1-tiny", "../../ada")
    assert odd.tamper_notes == tmp_path / "tamper" / "1-tiny" / "ada.json"
    assert odd.aside == tmp_path / "tamper" / "1-tiny" / "aside" / "ada"


def test_files_are_plain_ones_in_all_folders_and_no_link_is_followed(tmp_path: Path) -> None:
    ada, linked = (Submission(Course(tmp_path), "1-tiny", name) for name in ("ada", "linked"))
    (ada.submitted / "work").mkdir(parents=True)
    (ada.submitted / "work" / "tiny.ipynb").touch()
    (ada.submitted / "notes.txt").touch()
    (ada.submitted / "passwords").symlink_to("/etc/passwd")
    assert [path.name for path in ada.files()] == ["notes.txt", "tiny.ipynb"]
    linked.submitted.parent.mkdir()
    linked.submitted.symlink_to(ada.submitted)
    assert linked.files() == []


def test_what_was_handed_in_comes_by_the_students_names(tmp_path: Path) -> None:
    course = Course(tmp_path)
    for name in ("zoe", "ada"):
        Submission(course, "1-tiny", name).submitted.mkdir(parents=True)
    Submission(course, "2-other", "bob").submitted.mkdir(parents=True)
    assert [one.student for one in submissions(course, "1-tiny")] == ["ada", "zoe"]
