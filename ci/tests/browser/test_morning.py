"""What goes wrong on an ordinary day, in a real JupyterLab: a restart, a broken cell, a loop without an end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

from ci.tests.browser.first_notebook import PATIENCE, Opened

pytestmark = pytest.mark.browser

ENDLESS = "def numerical_gradient(f, x, h=1e-5):\n    while True:\n        x = x + 0.0\n"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    expect.set_options(timeout=PATIENCE)
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    yield tab
    context.close()


def test_run_all_goes_on_behind_a_syntax_error_and_a_restart_is_told_in_one_sentence(
    course_lab: SimpleNamespace, page: Page, artefacts
) -> None:
    opened = Opened(page, course_lab, {"add-gate": "class AddGate\n    pass\n"})
    expect(opened.cell("add-gate-test").locator(".jp-Placeholder")).to_be_attached()  # its code is folded
    opened.run_all()
    told = opened.cell("add-gate-test").locator(".jp-OutputArea-output")
    expect(told).to_contain_text("The cell of AddGate failed when it was last run (SyntaxError in its line 1)")
    expect(told).to_contain_text("nothing was checked · 0 of 2 points")

    opened.choose("Kernel", "Restart Kernel…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(page.locator(".jp-Dialog")).not_to_be_attached()
    opened.idle()
    opened.run("setup")
    opened.idle()
    opened.run("numerical-gradient-test")
    told = opened.cell("numerical-gradient-test").locator(".jp-OutputArea-output")
    sentence = (
        "numerical_gradient is not there: run the cell above (after a restart: Run → Run All Above Selected Cell)."
    )
    expect(told).to_contain_text(sentence)
    assert told.count() == 1 and told.inner_text().count("numerical_gradient") == 1
    page.screenshot(path=artefacts / "morning.png")


def test_an_endless_loop_that_is_interrupted_ends_in_one_sentence(course_lab: SimpleNamespace, page: Page) -> None:
    opened = Opened(page, course_lab, {"numerical-gradient": ENDLESS})
    for name in ("setup", "numerical-gradient", "numerical-gradient-test"):
        opened.run(name)
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status='busy']")).to_be_attached()
    expect(opened.cell("numerical-gradient").locator(".jp-InputPrompt")).not_to_have_text(re.compile(r"[*]|\[ \]"))
    opened.choose("Kernel", "Interrupt Kernel")
    told = opened.cell("numerical-gradient-test").locator(".jp-OutputArea-output")
    expect(told).to_contain_text("was stopped, in your line")
    assert len(told.inner_text().strip().splitlines()) == 1
