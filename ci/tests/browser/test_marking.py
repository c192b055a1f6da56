"""The page on which written answers are marked, by keyboard alone, at any width, in light and in dark."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from nbgrader.api import Gradebook
from playwright.sync_api import Page

from ci.tests.autograder.feedback import tricks
from ci.tests.autograder.marking.builders import graded, planted
from ci.tests.autograder.small_course import ASSIGNMENT

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
HOSTILE = "mallory"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The page of sixty answers, one of which holds every trick that a written answer can."""
    answers = {name: text for name, (text, _) in list(planted().items())[:60]}
    answers[HOSTILE] = "A trick: " + "\n\n".join(tricks.texts().values())
    course = graded(tmp_path_factory.mktemp("marking"), answers)
    command = [sys.executable, "-m", "autograder", "mark", ASSIGNMENT, "--course", str(course.root), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        address = [process.stdout.readline() for _ in range(3)][1].strip()
        yield SimpleNamespace(course=course, address=address)
        process.terminate()
        process.communicate(timeout=60)


def opened(browser, served: SimpleNamespace, width: int = 1280, scheme: str = "light") -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: pytest.fail(f"the script failed: {error}"))
    page.on("dialog", lambda dialog: (asked.append("a dialog"), dialog.dismiss()))
    page.goto(served.address)
    page.locator("#group h2").wait_for()
    return page, asked


def scores(served: SimpleNamespace) -> list[tuple[float, str | None]]:
    with Gradebook(served.course.gradebook) as gradebook:
        submissions = gradebook.find_assignment(ASSIGNMENT).submissions
        return sorted(
            (s.score, gradebook.find_comment("why", "nb", ASSIGNMENT, s.student.id).comment)
            for s in submissions
            if not s.needs_manual_grade
        )


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def settled(page: Page, heading: str) -> None:
    page.locator("#group h2", has_text=heading).wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_everybody_can_read_and_use_it(browser, served, artefacts: Path, width: int, scheme: str) -> None:
    page, _ = opened(browser, served, width, scheme)
    page.locator("#question").focus()
    press(page, "Tab", "?")
    page.locator("summary").first.click()
    problems = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(p["id"], [node["target"] for node in p["nodes"]]) for p in problems] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing is wider than the page"
    page.screenshot(path=artefacts / f"marking-{width}-{scheme}.png", full_page=True)
    page.context.close()


def test_each_thing_that_is_reached_by_tab_shows_it(browser, served) -> None:
    page, _ = opened(browser, served)
    press(page, *["Tab"] * 3)
    seen = set()
    for _ in range(25):
        about = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e); "
            "return [e.id || e.textContent.slice(0, 30), s.outlineStyle, parseFloat(s.outlineWidth)] })()"
        )
        assert about[1] != "none" and about[2] >= 2, about
        seen.add(about[0])
        press(page, "Tab")
    assert {"points", "comment", "save"} <= seen
    page.context.close()


def test_hostile_answer_does_nothing(browser, served) -> None:
    page, asked = opened(browser, served)
    page.locator("#list button", has_text="A trick").click()
    page.locator("#group .answer", has_text="A trick").wait_for()
    page.evaluate("document.querySelectorAll('#group a, #group summary, #group button').forEach(part => part.click())")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if not url.startswith((served.address, "data:"))]
    assert page.locator("#group").get_by_text(HOSTILE).count() == 0, "nobody's name is shown"
    page.context.close()


def test_groups_are_marked_by_keyboard_with_parts_points_comments_and_undo(browser, served, artefacts: Path) -> None:
    page, _ = opened(browser, served)
    size = page.locator("#group .facts b").first.inner_text()
    press(page, "a", "d", "d", "c")
    page.keyboard.type("Say why?")
    press(page, "Control+Enter")
    page.locator("#status", has_text="1.5 of 3 for").wait_for()
    settled(page, "Group 2 of")
    marked = scores(served)
    assert f"{len(marked)} answer" in size and all(score == 1.5 for score, _ in marked)
    assert all(comment.startswith("Say why?") and "Beyond a formula: 0.5 of 1" in comment for _, comment in marked)

    assert page.locator("#offered button").inner_text() == "+ Say why?", "what was typed is offered again"
    press(page, "2", "h")
    assert page.locator("#points").input_value() == "2.5"
    press(page, "j")
    settled(page, "Group 3 of")
    press(page, "k")
    settled(page, "Group 2 of")
    assert page.locator("#points").input_value() == "2.5", "what is not given yet is not lost"
    press(page, "Enter")
    settled(page, "Group 3 of")
    assert {score for score, _ in scores(served)} == {1.5, 2.5}
    page.screenshot(path=artefacts / "marking-going-on.png", full_page=True)

    page.reload()
    settled(page, "Group 3 of")
    press(page, "u")
    page.locator("#status", has_text="Undone for").wait_for()
    settled(page, "Group 2 of")
    assert {score for score, _ in scores(served)} == {1.5}
    press(page, "k")
    settled(page, "Group 1 of")
    assert page.locator("#comment").input_value() == "Say why?"
    assert page.locator(".part input:checked").evaluate_all("all => all.map(one => one.value)") == ["1", "0", "0.5"]
    press(page, "u")
    page.locator("#status", has_text="Undone for").wait_for()
    assert scores(served) == []
    page.context.close()


def test_wording_is_taken_out_by_keyboard_and_single_keys_can_be_turned_off(browser, served) -> None:
    page, _ = opened(browser, served)
    number = page.locator("#list button").count()
    page.locator("#list button").first.click()
    while page.locator("#group button.apart").count() == 0:
        before = page.locator("#group h2").inner_text()
        press(page, "j")
        page.wait_for_function("before => document.querySelector('#group h2').innerText !== before", arg=before)
    press(page, "v", "x")
    page.locator("#status", has_text="Taken out").wait_for()
    assert page.locator("#list button").count() == number + 1
    press(page, "u")
    page.locator("#status", has_text="Undone").wait_for()
    press(page, "?")
    page.locator("#single").uncheck()
    page.locator("#group").focus()
    press(page, "2")
    assert page.locator("#points").input_value() == ""
    page.context.close()
