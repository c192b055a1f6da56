"""The first screen of feedback: each exercise by name, its points, the check's own sentence, the marker's comment."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup, Tag
from nbgrader.converters import GenerateFeedback

from autograder.course import Course, quiet
from autograder.grading.grade import grade
from ci.tests.autograder import builders
from ci.tests.autograder.builders import SQUARE, copied
from ci.tests.autograder.small_course import ASSIGNMENT, ROWS, SOLVED, mark, put, small


def pages(course: Course, assignment: str) -> dict[str, BeautifulSoup]:
    with quiet(course.root / "feedback.log"):
        course.nbgrader(GenerateFeedback, assignment)
    return {
        path.parts[-3]: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in (course.root / "feedback").glob("*/*/*.html")
    }


def lines(page: BeautifulSoup) -> dict[str, Tag]:
    """Slug -> its line of the first screen."""
    return {str(line.code.get_text()): line for line in page.select(".lines > li")}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, tiny_built: Path) -> SimpleNamespace:
    course = copied(tiny_built, tmp_path_factory.mktemp("overview"))
    for student in ("right", "wrong", "half", "unwritten"):
        builders.put(course, student, "square", SQUARE[student][0])
    grade(course, "1-tiny")
    return SimpleNamespace(course=course, pages=pages(course, "1-tiny"))


def test_line_has_name_slug_points_and_the_checks_sentence(tiny: SimpleNamespace) -> None:
    line = lines(tiny.pages["half"])["square"]
    assert "0.5 of 1" in line.get_text() and "partly right" in line.get_text()
    assert "a negative number is not right" in line.find("p").get_text(), "though nobody sees the test"
    assert not lines(tiny.pages["right"])["square"].find("p")


def test_every_link_of_the_page_leads_somewhere(tiny: SimpleNamespace) -> None:
    for page in tiny.pages.values():
        links = [str(link["href"]) for link in page.find_all("a")]
        assert links and all(page.find(id=link[1:]) is not None for link in links)


def test_what_is_not_written_is_not_called_wrong(tiny: SimpleNamespace) -> None:
    text = lines(tiny.pages["unwritten"])["square"].get_text()
    assert "not written" in text and "wrong" not in text


def test_page_needs_nothing_from_elsewhere(tiny: SimpleNamespace) -> None:
    for page in tiny.pages.values():
        assert not page.find_all(["script", "link", "iframe"])
        assert all(str(image["src"]).startswith("data:") for image in page.find_all("img"))
        assert len(page.encode()) < 100_000


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    course: Course = small(
        tmp_path_factory.mktemp("small"),
        [("text", "text", '# Powers\n\n## Of 2: $x^2$ <a id="of-two"></a>', 0.0), *ROWS[1:]],
    )
    put(course, "ada", SOLVED | {"cube": "def cube(x):\n    return abs(x ** 3)"})
    broken = put(course, "bob", SOLVED)
    text = broken.read_text(encoding="utf-8")
    broken.write_text(text[: text.index("def cube")], encoding="utf-8")
    put(course, "eve", SOLVED | {"square": "def square(x):\n    while True:\n        pass"})
    course.config()
    settings = course.root / "nbgrader_config.py"
    settings.write_text("c = get_config()\nc.Examine.timeout = 2.0\n", encoding="utf-8")
    grade(course, ASSIGNMENT)
    mark(course, "ada", "why", 1.5, "Say *why*.")
    return SimpleNamespace(course=course, pages=pages(course, ASSIGNMENT))


def test_plain_asserts_of_a_course_of_ones_own_are_told_and_hidden_ones_are_not(course: SimpleNamespace) -> None:
    line = lines(course.pages["ada"])["cube"]
    assert "0 of 3" in line.get_text() and "AssertionError" in line.get_text()
    assert "cube(-1)" not in course.pages["ada"].get_text()


def test_mark_and_comment_of_a_written_answer_stand_in_its_line(course: SimpleNamespace) -> None:
    line = lines(course.pages["ada"])["why"]
    assert "1.5 of 3" in line.get_text() and line.find("em").get_text() == "why"
    waits = lines(course.pages["eve"])["why"].get_text()
    assert "? of 3" in waits and "not marked yet" in waits
    assert "3 are still to be marked" in course.pages["eve"].find("header").get_text()


def test_broken_file_is_told_with_the_exercise_in_which_it_ends(course: SimpleNamespace) -> None:
    notice = course.pages["bob"].select_one("main > .notice").get_text()
    assert "Your file ends in the middle of exercise “cube”: hand it in again." in notice
    told = lines(course.pages["bob"])
    assert "breaks off" in told["cube"].get_text() and "breaks off" in told["why"].get_text()
    assert "breaks off" not in told["square"].get_text()
    assert not course.pages["ada"].select_one("main > .notice")


def test_hang_is_told_with_its_time_and_its_likely_reason(course: SimpleNamespace) -> None:
    text = lines(course.pages["eve"])["square"].get_text()
    assert "It had 2 seconds" in text and "a loop never ends" in text and "CellTimeoutError" not in text


def test_exercise_has_the_name_of_its_heading_with_formulas(course: SimpleNamespace) -> None:
    line = lines(course.pages["ada"])["square"]
    assert line.find("a").get_text().startswith("Of 2: ") and line.find("msup")
    assert course.pages["ada"].h1.get_text() == "Powers" and "<a" not in line.find("a").get_text()
    assert course.pages["ada"].find(id="of-two") is not None, "the notebook's own links lead there"
