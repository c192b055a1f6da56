"""A page of feedback in a browser without a network: it is read by everybody, at any width, in light and in dark."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from autograder import HOME
from autograder.corpus.answers import EMPTY
from autograder.corpus.hand_in import HandIn, hand_in
from autograder.course import Course
from autograder.demo import ASSIGNMENT, feedback, prepare
from autograder.grading.grade import grade
from autograder.grading.pictures import draw_pictures
from autograder.submission import Submission
from ci.tests.browser.violations import RULES, violations

pytestmark = pytest.mark.browser

ANSWERS = HandIn({"multiply-gate": "operands-swapped", "add-gate": EMPTY})


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a real assignment with a mistake and a gap, alone in a folder."""
    course: Course = prepare(tmp_path_factory.mktemp("feedback") / "course", HOME, [ASSIGNMENT])
    hand_in(Submission(course, ASSIGNMENT, "ada"), ANSWERS)
    grade(course, ASSIGNMENT, unsafe=True)
    draw_pictures(course, ASSIGNMENT, ["ada"], unsafe=True)
    feedback(course, ASSIGNMENT, course.root / "log")
    (page,) = (course.root / "feedback" / "ada" / ASSIGNMENT).glob("*.html")
    return Path(shutil.copy(page, tmp_path_factory.mktemp("train")))


def opened(browser, path: Path, width: int = 1440, scheme: str = "light") -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return page, [url for url in asked if not url.startswith("data:")]


def test_page_asks_for_nothing_and_is_small(browser, path: Path, artefacts: Path) -> None:
    page, asked = opened(browser, path)
    assert asked == [path.as_uri()]
    assert path.stat().st_size < 300_000
    page.screenshot(path=artefacts / "feedback.png")
    page.context.close()


def test_first_screen_names_the_mistake(browser, path: Path) -> None:
    page, _ = opened(browser, path)
    line = page.locator(".lines > li", has_text="multiply-gate")
    assert line.bounding_box()["y"] < 900, "it is on the first screen"
    assert "0.5 of 2" in line.inner_text() and "multiplied by its own input" in line.inner_text()
    assert "not written" in page.locator(".lines > li", has_text="add-gate").inner_text()
    page.context.close()


def test_each_link_jumps(browser, path: Path) -> None:
    page, _ = opened(browser, path)
    links = page.locator("a[href^='#']:visible")
    assert links.count() > 30
    for number in range(links.count()):
        page.evaluate("window.scrollTo(0, 0)")
        href = links.nth(number).get_attribute("href")
        links.nth(number).evaluate("link => link.click()")
        top = page.evaluate("document.querySelector(':target')?.getBoundingClientRect().top ?? 1e9")
        assert -5 <= top < 900, href
    page.context.close()


def test_formulas_are_drawn(browser, path: Path) -> None:
    page, _ = opened(browser, path)
    sizes = page.evaluate(
        "[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect()).map(b => b.height)"
    )
    assert len(sizes) > 100 and min(size for size in sizes if size) > 5
    above, below = page.evaluate(
        "[...document.querySelector('mfrac').children].map(part => part.getBoundingClientRect().y)"
    )
    assert above < below, "a fraction has one above the other"
    assert "$" not in page.locator(".words").first.inner_text()
    page.context.close()


def test_hints_open_by_keyboard_and_look_like_what_they_are(browser, path: Path) -> None:
    page, _ = opened(browser, path)
    hint = page.locator("summary", has_text="A nudge").first
    assert hint.evaluate("part => getComputedStyle(part).display") == "list-item", "its triangle is there"
    hint.focus()
    page.keyboard.press("Enter")
    assert hint.evaluate("part => part.parentElement.open")
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 900, 1440])
def test_page_fits_and_axe_finds_nothing(browser, path: Path, width: int, scheme: str, artefacts: Path) -> None:
    page, _ = opened(browser, path, width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.screenshot(path=artefacts / f"feedback-{width}-{scheme}.png")
    assert violations(page, rules=(*RULES, "best-practice")) == []
    page.context.close()


def test_printed_page_is_there(browser, path: Path, artefacts: Path) -> None:
    page, _ = opened(browser, path)
    page.pdf(path=artefacts / "feedback.pdf", format="A4")
    assert (artefacts / "feedback.pdf").stat().st_size > 50_000
    page.context.close()
