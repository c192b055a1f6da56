"""The first notebook, solved, in Notebook 7: run from top to bottom, then axe-core looks at what it shows."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, expect

from ci.tests.browser.first_notebook import ASSIGNMENT, NAME, PATIENCE
from ci.tests.browser.serving import ROOT
from ci.tests.browser.violations import violations

pytestmark = pytest.mark.browser

OURS = [".jp-OutputArea-output", ".jp-MarkdownOutput"]  # what is around them is Notebook's own


def test_axe_finds_nothing_in_what_notebook_7_shows_light_and_dark(
    browser: Browser, course_lab: SimpleNamespace, artefacts
) -> None:
    shutil.copytree(ROOT / "solutions" / ASSIGNMENT, course_lab.folder / "solved")
    expect.set_options(timeout=PATIENCE)
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{course_lab.address}/notebooks/solved/{NAME}?token={course_lab.token}")
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")).to_be_attached()
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name="Restart Kernel and Run All Cells…").click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    progress = page.locator(".jp-Notebook .jp-CodeCell").last.locator(".jp-OutputArea-output").first
    expect(page.locator(".jp-Notebook .cl-stepper .cl-controls, .jp-Notebook .cl-stepper").first).to_be_attached()
    expect(progress).to_be_attached()
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")).to_be_attached()
    page.evaluate("document.querySelectorAll('.jp-Notebook details').forEach(part => { part.open = true; })")
    assert violations(page, only=OURS) == []
    page.screenshot(path=artefacts / "notebook-7-light.png")
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    for item in ("Theme", "JupyterLab Dark"):
        page.locator(".lm-Menu-item", has_text=item).first.click()
    expect(page.locator("body[data-jp-theme-light='false']")).to_be_attached()
    page.wait_for_function("getComputedStyle(document.body).getPropertyValue('--jp-layout-color0').trim() !== 'white'")
    assert violations(page, only=OURS) == []
    page.screenshot(path=artefacts / "notebook-7-dark.png")
    context.close()
