"""A download of each platform comes into submitted/: the newest of everybody's, nothing older, nothing twice."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
import zipfile
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.gradebook.turns import alone_in
from autograder.platforms.collect import Memory, collect
from autograder.platforms.roster import Roster
from autograder.problem import Problem
from autograder.submission import Submission
from autograder.tamper import read_notes
from ci.tests.autograder.platforms.builders import (
    AT,
    CLASS,
    NOTEBOOK,
    PLATFORMS,
    ROSTER,
    Sent,
    download,
    enrol,
    packed,
    zipped,
)

TIMELESS = ("canvas", "moodle", "moodle-flat")
PAGE = "1-tiny"


def work(student: str, **more: object) -> Sent:
    return replace(Sent(student, content=f'{{"of": "{student}"}}'.encode()), **more)


def brought(course: Course, source: Path, **how: object) -> dict[str, str]:
    """Collect, and return student -> what became of it; the class is a new one each time, as in a command's run."""
    return collect(course, PAGE, source, roster=Roster(CLASS), timezone="UTC", **how).students  # type: ignore[arg-type]


def lying(course: Course, student: str) -> dict[str, bytes]:
    folder = Submission(course, PAGE, student).submitted
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_class_of_odd_names_is_collected_from_each_platform(tiny: Course, tmp_path: Path, platform: str) -> None:
    source = download(tmp_path, platform, [work(student.id) for student in CLASS])
    result = collect(tiny, PAGE, source, roster=Roster(CLASS), timezone="UTC")
    assert result.platform == platform.removesuffix("-flat")
    assert result.students == {student.id: "new" for student in CLASS}, str(result)
    assert result.left == []
    for student in CLASS:
        files = lying(tiny, student.id)
        assert files.pop(NOTEBOOK) == work(student.id).content
        if platform in TIMELESS:
            assert files == {}
        else:
            minutes = "2026-10-03 22:45:00" if platform == "brightspace" else "2026-10-03 22:45:10"
            assert files.pop("timestamp.txt").decode().startswith(minutes)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_second_run_changes_nothing(tiny: Course, tmp_path: Path, platform: str) -> None:
    source = download(tmp_path, platform, [work("ada"), work("zoë")])
    brought(tiny, source)
    (Submission(tiny, PAGE, "ada").submitted / "mine.txt").write_text("a note of the instructor's", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in tiny.root.glob("submitted/**/*")}
    assert brought(tiny, source) == {"ada": "unchanged", "zoë": "unchanged"}
    assert {path: path.stat().st_mtime_ns for path in tiny.root.glob("submitted/**/*")} == before


@pytest.mark.parametrize("platform", PLATFORMS)
def test_newer_download_counts_and_the_older_never_comes_back(tiny: Course, tmp_path: Path, platform: str) -> None:
    old = download(tmp_path, platform, [work("ada", content=b"old")])
    later = work("ada", content=b"new", when=AT + timedelta(days=1), version=1)
    (tmp_path / "later").mkdir()
    new = download(tmp_path / "later", platform, [later])
    brought(tiny, old)
    assert brought(tiny, new) == {"ada": "newer than what lay there"}
    assert lying(tiny, "ada")[NOTEBOOK] == b"new"
    assert brought(tiny, old) == {"ada": "left as it lay there"}
    assert lying(tiny, "ada")[NOTEBOOK] == b"new"
    assert brought(tiny, new) == {"ada": "unchanged"}
    replaced = list((tiny.root / "downloaded" / PAGE / "replaced").rglob(NOTEBOOK))
    assert [path.read_bytes() for path in replaced] == [b"old"], "what was replaced is kept"


@pytest.mark.parametrize("platform", ["canvas", "brightspace", "blackboard", "gradescope"])
def test_of_versions_in_one_download_the_newest_counts_and_the_others_are_named(
    tiny: Course, tmp_path: Path, platform: str
) -> None:
    first = work("ada", content=b"old")
    last = work("ada", content=b"new", when=AT + timedelta(hours=13), version=2)
    result = collect(tiny, PAGE, download(tmp_path, platform, [last, first]), roster=ROSTER, timezone="UTC")
    assert lying(tiny, "ada")[NOTEBOOK] == b"new"
    assert [(left.who, left.open) for left in result.left] == [("ada", False)], str(result)
    assert NOTEBOOK in result.left[0].what and "older" in result.left[0].why


def test_late_without_a_time_is_told_and_never_made_up(tiny: Course, tmp_path: Path) -> None:
    result = collect(tiny, PAGE, download(tmp_path, "canvas", [work("ada", late=True), work("ivan")]), roster=ROSTER)
    assert list(result.late) == ["ada"] and "timestamp.txt" in result.late["ada"]
    assert set(lying(tiny, "ada")) == {NOTEBOOK}
    stamp = Submission(tiny, PAGE, "ada").submitted / "timestamp.txt"
    stamp.write_text("2026-10-04 01:00:00 UTC", encoding="utf-8")
    again = collect(tiny, PAGE, tmp_path / "canvas.zip", roster=ROSTER)
    assert again.late == {} and stamp.is_file(), "what a person wrote as they were asked to is enough, and stays"


def test_students_own_archive_from_a_mac_is_unpacked_as_theirs(tiny: Course, tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "Zoë_tiny.txt")
    own = zipped(
        [("hw/tiny.ipynb", b"{}"), ("hw/data/a.csv", b"1"), (f"hw/{name}", b"x"), ("__MACOSX/hw/._tiny.ipynb", b"x")]
    )
    for platform in PLATFORMS:
        folder = tmp_path / platform
        folder.mkdir()
        source = download(folder, platform, [work("zoë", name="hw.zip", content=own), work("ada")])
        result = collect(tiny, PAGE, source, roster=ROSTER, timezone="UTC", force=True)
        assert set(lying(tiny, "zoë")) - {"timestamp.txt"} == {"tiny.ipynb", "data/a.csv", "Zoë_tiny.txt"}, platform
        assert result.left == [], platform


def test_archive_cannot_hold_work_in_anothers_name(tiny: Course, tmp_path: Path) -> None:
    for platform in PLATFORMS:
        folder = tmp_path / platform
        folder.mkdir()
        evil = zipped(packed(platform, [work("ada", content=b"evil")]))
        source = download(folder, platform, [work("eve", name="hw.zip", content=evil), work("ada")])
        collect(tiny, PAGE, source, roster=ROSTER, timezone="UTC", force=True)
        assert lying(tiny, "ada")[NOTEBOOK] == work("ada").content, platform


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        ("moodle", "Eve_70005_assignsubmission_file_/Ada Lovelace_70001_assignsubmission_file_/tiny.ipynb"),
        ("moodle", "Eve_70005_assignsubmission_file_Ada Lovelace_70001_assignsubmission_file_tiny.ipynb"),
        ("moodle", "Ada Lovelace_70001_assignsubmission_file_ X_70005_assignsubmission_file_/tiny.ipynb"),
        ("brightspace", "70005-1 - Ada Lovelace - Oct 3, 2026 1045 PM - X - Oct 4, 2026 1045 PM/tiny.ipynb"),
        ("blackboard", "HW_eve_attempt_2026-10-03-22-45-10_ada_attempt_2026-10-03-22-45-10_tiny.ipynb"),
        ("blackboard", "HW_eve_attempt_2026-10-03-22-45-10_x.zip/HW_ada_attempt_2026-10-03-22-45-10_tiny.ipynb"),
        ("sakai", "HW/X, Y(ada)_x(eve)/Submission attachment(s)/tiny.ipynb"),
        ("sakai", "HW/Plus, Eve(eve)/Submission attachment(s)/Lovelace, Ada(ada)/Submission attachment(s)/tiny.ipynb"),
        ("canvas", "pluseve_70005_1_lovelaceada_70001_2_tiny.ipynb"),
    ],
)
def test_name_that_was_chosen_to_look_like_anothers_is_not_anothers(
    tiny: Course, tmp_path: Path, platform: str, name: str
) -> None:
    for path, content in [(name, b"{}"), *packed(platform, [work("ivan")])]:
        (tmp_path / "class" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "class" / path).write_bytes(content)
    result = collect(tiny, PAGE, tmp_path / "class", roster=ROSTER, timezone="UTC")
    assert "ada" not in result.students and "ivan" in result.students
    assert "eve" in result.students or any("tiny.ipynb" in left.what for left in result.left), str(result)


def test_folder_that_a_browser_unpacked_is_collected_like_the_archive(tiny: Course, tmp_path: Path) -> None:
    own = zipped([("tiny.ipynb", b"own")])
    for platform in PLATFORMS:
        place = tmp_path / platform
        place.mkdir()
        source = download(place, platform, [work("ada", name="hw.zip", content=own), work("ivan")])
        with zipfile.ZipFile(source) as archive:
            archive.extractall(place / "unpacked")
        result = collect(tiny, PAGE, place / "unpacked", roster=ROSTER, timezone="UTC", force=True)
        assert set(result.students) == {"ada", "ivan"} and lying(tiny, "ada")[NOTEBOOK] == b"own", platform


def test_whoever_cannot_be_told_is_named_and_the_others_come(tiny: Course, tmp_path: Path) -> None:
    source = download(tmp_path, "moodle", [work("smith_1"), work("smith_2"), work("ada"), work("wang")])
    students = [replace(student, lms="") for student in CLASS if student.id != "wang"]
    result = collect(tiny, PAGE, source, roster=Roster(students))
    assert set(result.students) == {"ada"}
    lines = [str(left) for left in result.left]
    assert len(lines) == 3 and all(NOTEBOOK in line for line in lines)
    assert any("王" in line and "nobody in the class" in line for line in lines)
    assert sum("smith_1, smith_2" in line for line in lines) == 2


def test_what_is_no_notebook_is_named_with_its_student_and_why(tiny: Course, tmp_path: Path) -> None:
    files = packed(
        "canvas",
        [work("ada", name="hw.rar"), work("ivan", name="hw.zip", content=b"no zip"), work("plato"), work("ada")],
    )
    files += [("lovelaceada_70001_text.html", b"typed"), ("notes.txt", b"?"), ("../x.ipynb", b"?")]
    source = tmp_path / "canvas.zip"
    source.write_bytes(zipped(files))
    result = collect(tiny, PAGE, source, roster=ROSTER)
    told = "\n".join(map(str, result.left))
    for words in ("ada: hw.rar: an archive", "ada: text.html: typed", "ivan: ", "notes.txt: not named", "x.ipynb"):
        assert words in told
    assert [note.kind for note in read_notes(Submission(tiny, PAGE, "ada").tamper_notes)] == ["left-out"] * 2
    assert set(result.students) == {"ada", "plato"}


def test_what_another_way_brought_stays_unless_forced(tiny: Course, tmp_path: Path) -> None:
    folder = Submission(tiny, PAGE, "ada").submitted
    folder.mkdir(parents=True)
    (folder / NOTEBOOK).write_bytes(b"by hand")
    source = download(tmp_path, "canvas", [work("ada")])
    result = collect(tiny, PAGE, source, roster=ROSTER)
    assert lying(tiny, "ada") == {NOTEBOOK: b"by hand"} and "--force" in str(result)
    collect(tiny, PAGE, source, roster=ROSTER, force=True)
    assert lying(tiny, "ada")[NOTEBOOK] == work("ada").content


def test_bomb_costs_its_student_alone(tiny: Course, tmp_path: Path) -> None:
    settings = "c = get_config()\nc.Extractor.most_of_one = 1_000_000\n"
    (tiny.root / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    bomb = zipped([("tiny.ipynb", b"0" * 5_000_000)])
    source = download(tmp_path, "moodle", [work("eve", name="hw.zip", content=bomb), work("ada")])
    result = collect(tiny, PAGE, source, roster=ROSTER)
    assert set(result.students) == {"ada"} and "more than 1,000,000 bytes" in str(result) and "eve" in str(result)


def test_no_download_of_a_platform_is_told_with_what_is_known(tiny: Course, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zipped([("a.txt", b"")]))
    for source, platform, words in (
        (path, "auto", "Known are"),
        (path, "sakai", "as Sakai names hand-ins"),
        (tmp_path / "none.zip", "auto", "no such file"),
    ):
        with pytest.raises(Problem, match=words):
            collect(tiny, PAGE, source, platform=platform, roster=ROSTER)


def test_memory_knows_where_pages_go_back(tiny: Course, tmp_path: Path) -> None:
    brought(tiny, download(tmp_path, "moodle", [work("ada")]))
    memory = Memory(tiny, PAGE)
    assert memory.platform == "moodle" and memory.numbers() == {"70001": "ada"}
    assert memory.students["ada"]["label"] == "Ada Lovelace_70001_assignsubmission_file_"


def test_times_without_a_zone_are_of_the_zone_that_is_named(tiny: Course, tmp_path: Path) -> None:
    source = download(tmp_path, "blackboard", [work("ada")])
    collect(tiny, PAGE, source, roster=ROSTER, timezone="America/New_York")
    assert lying(tiny, "ada")["timestamp.txt"].decode() == "2026-10-04 02:45:10.000000 UTC"
    assert AT.tzinfo is UTC


def test_what_lies_there_already_by_another_way_is_unchanged(tiny: Course, tmp_path: Path) -> None:
    source = download(tmp_path, "canvas", [work("ada")])
    brought(tiny, source)
    Memory(tiny, PAGE).path.unlink()  # as after a run that was ended, or nbgrader's zip_collect
    assert brought(tiny, source) == {"ada": "unchanged"}
    assert Memory(tiny, PAGE).students["ada"]["number"] == "70001"


def test_canvas_file_of_another_name_is_newer_by_its_number(tiny: Course, tmp_path: Path) -> None:
    brought(tiny, download(tmp_path, "canvas", [work("ada", content=b"1", version=1)]))
    last = tmp_path / "last.zip"
    last.write_bytes(zipped([("lovelaceada_70001_99999_tiny.ipynb", b"2")]))
    assert brought(tiny, last) == {"ada": "newer than what lay there"}


def test_terminal_obeys_nothing_that_a_file_is_called(tiny: Course, tmp_path: Path) -> None:
    source = tmp_path / "class.zip"
    source.write_bytes(zipped([*packed("canvas", [work("ada")]), ("x\x1b[2J_1_2_tiny.ipynb", b"{}")]))
    told = str(collect(tiny, PAGE, source, roster=ROSTER))
    assert "x?[2J" in told and "\x1b" not in told


def test_whoever_hands_in_an_older_version_again_means_it(tiny: Course, tmp_path: Path) -> None:
    source = tmp_path / "class.zip"
    for number, content, became in (
        (1, b"A", "new"),
        (2, b"B", "newer than what lay there"),
        (3, b"A", "newer than what lay there"),
    ):
        source.write_bytes(zipped([(f"lovelaceada_70001_{number}_tiny.ipynb", content)]))
        assert brought(tiny, source) == {"ada": became}
    assert lying(tiny, "ada") == {NOTEBOOK: b"A"}


def test_notebook_that_is_not_handed_in_again_stays(tiny: Course, tmp_path: Path) -> None:
    """Also where another platform's download, or one of the last attempt alone, has one of two notebooks."""
    (tiny.source / PAGE / "more.ipynb").write_bytes((tiny.source / PAGE / NOTEBOOK).read_bytes())
    brought(tiny, download(tmp_path, "brightspace", [work("ada"), work("ada", name="more.ipynb", content=b"more")]))
    again = download(tmp_path, "blackboard", [work("ada", content=b"new", when=AT + timedelta(days=1))])
    result = collect(tiny, PAGE, again, roster=Roster(CLASS), timezone="UTC")
    there = lying(tiny, "ada")
    assert (there[NOTEBOOK], there["more.ipynb"]) == (b"new", b"more")
    assert [str(left) for left in result.left] == [
        "ada: more.ipynb: stays as it was collected before: what is newer is without it"
    ]
    assert brought(tiny, again) == {"ada": "unchanged"}


def test_number_of_one_platform_makes_nothing_of_another_older(tiny: Course, tmp_path: Path) -> None:
    brought(tiny, download(tmp_path, "canvas", [work("ada", version=1)]))
    assert brought(tiny, download(tmp_path, "moodle", [work("ada", content=b"new")])) == {
        "ada": "newer than what lay there"
    }


def test_what_is_left_out_is_noted_for_the_student_and_what_is_the_courses_own_is_not(
    tiny: Course, tmp_path: Path
) -> None:
    bomb = [work("eve", name="hw.zip", content=b"no archive"), work("ada", name="hw.rar"), work("zoë")]
    collect(tiny, PAGE, download(tmp_path, "moodle", bomb), roster=ROSTER)
    notes = {name: read_notes(Submission(tiny, PAGE, name).tamper_notes) for name in ("eve", "ada", "zoë")}
    assert {name: [note.kind for note in each] for name, each in notes.items()} == {
        "eve": ["left-out"],
        "ada": ["left-out"],
        "zoë": [],
    }
    assert lying(tiny, "eve") == {} and Submission(tiny, PAGE, "eve").submitted.is_dir(), "so that grading tells it"
    folder = Submission(tiny, PAGE, "ivan").submitted
    folder.mkdir(parents=True)
    (folder / NOTEBOOK).write_bytes(b"by hand")
    collect(tiny, PAGE, download(tmp_path, "moodle", [work("ivan")]), roster=ROSTER)
    assert [note.kind for note in read_notes(Submission(tiny, PAGE, "ivan").tamper_notes)] == ["not-taken"]


def test_second_collection_waits_for_the_first(tiny: Course, tmp_path: Path) -> None:
    source = download(tmp_path, "canvas", [work("ada", name="tiny.ipynb")])
    enrol(tiny, CLASS[:1])
    command = [sys.executable, "-m", "autograder", "collect", PAGE, str(source), "--course", str(tiny.root)]
    with alone_in(tiny.root):
        second = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert second.stderr
        assert "is at work in this course; this waits for its end" in second.stderr.readline()
        assert not (tiny.root / "submitted").exists()
    printed, _ = second.communicate()
    assert second.returncode == 0 and "1 new" in printed and set(lying(tiny, "ada")) == {NOTEBOOK}
