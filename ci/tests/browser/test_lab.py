"""The stepper inside a real JupyterLab: a cell is run, its output clicked through, on the light and the dark theme."""

from __future__ import annotations

import pytest

from ci.tests.browser.test_stepper import clicked_through
from ci.tests.gallery import product

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(browser, lab):
    context = browser.new_context(viewport={"width": 1200, "height": 860})
    page = context.new_page()
    page.goto(f"{lab.address}/lab/tree/picture.ipynb?token={lab.token}&reset")
    editor = page.locator(".jp-Notebook .cm-content").first
    editor.wait_for(timeout=60_000)
    page.get_by_text("| Idle").wait_for(timeout=60_000)  # a cell that is run before the kernel is there is not run
    editor.click()
    page.keyboard.press("Shift+Enter")
    page.locator(".cl-stepper[data-on]").wait_for(timeout=60_000)
    yield page
    context.close()


def test_every_step_inside_jupyterlab_shows_the_graphs_numbers(page, artefacts):
    clicked_through(page, product())
    page.get_by_role("slider", name="step").fill("4")
    page.screenshot(path=artefacts / "jupyterlab-light.png")


def test_arrow_keys_step_and_do_not_leave_the_output(page):
    page.get_by_role("slider", name="step").fill("0")
    page.get_by_role("slider", name="step").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator(".cl-stepper").get_attribute("data-step") == "3"
    page.get_by_role("button", name="one step back").focus()
    page.keyboard.press("Space")
    assert page.locator(".cl-stepper").get_attribute("data-step") == "2"
    assert page.locator(".jp-Notebook .jp-Cell").count() <= 2


def test_the_dark_theme_gets_the_dark_card(page, artefacts):
    page.locator(".lm-MenuBar-item", has_text="Settings").click()
    page.locator(".lm-Menu-item", has_text="Theme").first.click()
    page.locator(".lm-Menu-item", has_text="JupyterLab Dark").first.click()
    page.locator("body[data-jp-theme-light='false']").wait_for(state="attached")
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    page.get_by_role("slider", name="step").fill("4")
    page.screenshot(path=artefacts / "jupyterlab-dark.png")
    card = page.evaluate("getComputedStyle(document.querySelector('.cl-stepper svg .c')).fill")
    assert card == "rgb(22, 27, 34)"
