"""The stepper inside a real JupyterLab: a cell is run, its output clicked through, on the light and the dark theme."""

from __future__ import annotations

import nbformat
import pytest

from ci.tests.browser.pages import clicked_through, run_the_cell, shown
from ci.tests.cs231n_lite.drawing.gallery import product
from cs231n_lite.drawing.picture import draw

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(browser, lab):
    context = browser.new_context(viewport={"width": 1200, "height": 860})
    page = context.new_page()
    page.goto(f"{lab.address}/lab/tree/picture.ipynb?token={lab.token}&reset")
    run_the_cell(page)
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


def test_a_notebook_that_was_opened_and_not_run_shows_the_still_picture(browser, lab, artefacts):
    """JupyterLab trusts no output that it did not see made: its sanitizer lets no script and no inline SVG through."""
    picture = draw(product())
    data = {"text/html": picture._repr_html_(), "text/plain": repr(picture)}
    cell = nbformat.v4.new_code_cell("draw(graph)", outputs=[nbformat.v4.new_output("display_data", data)])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), lab.folder / "stored.ipynb")
    context = browser.new_context(viewport={"width": 1200, "height": 860})
    page = context.new_page()
    page.goto(f"{lab.address}/lab/tree/stored.ipynb?token={lab.token}&reset")
    page.locator(".jp-OutputArea-output").first.wait_for(timeout=60_000)
    shown(page.locator(".jp-OutputArea-output img"))
    words = page.locator(".jp-OutputArea-output").first.inner_text()
    assert "−12" not in words and "function" not in words, f"words of the stripped picture are left: {words[:200]}"
    page.screenshot(path=artefacts / "jupyterlab-not-run.png")
    context.close()


def test_every_step_inside_notebook_7_shows_the_graphs_numbers(browser, lab, artefacts):
    context = browser.new_context(viewport={"width": 1200, "height": 860})
    page = context.new_page()
    page.goto(f"{lab.address}/notebooks/again.ipynb?token={lab.token}")
    run_the_cell(page)
    clicked_through(page, product())
    page.screenshot(path=artefacts / "notebook-7.png")
    context.close()
