"""Every link of the exercise tables is clicked: in JupyterLab, in Notebook 7, in an exported page, in feedback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Locator, Page, expect

from autograder.course import Course
from autograder.notebooks.notebook import read
from ci.tests.browser.serving import ROOT

pytestmark = pytest.mark.browser

NOTEBOOKS = {name: Course().notebooks(name)[0] for name in Course().assignments()}
PATIENCE = 60_000  # milliseconds; nothing waits as long as that when it works
VIEWS = {"JupyterLab": "/lab/tree/{path}?reset&", "Notebook 7": "/notebooks/{path}?"}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    expect.set_options(timeout=PATIENCE)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    yield tab
    context.close()


def headings(assignment: str) -> dict[str, str]:
    """Exercise -> the heading that its link is to show."""
    text = "\n".join(cell.source for cell in read(NOTEBOOKS[assignment]).cells if cell.cell_type == "markdown")
    return {
        slug: title for title, slug in re.findall(r'^## (.*) <a id="exercise-([a-z0-9-]+)"></a>$', text, re.MULTILINE)
    }


def each_jumps(links: Locator, titled: Locator, assignment: str, back: Locator) -> None:
    expected = headings(assignment)
    assert links.all_text_contents() == list(expected)
    for slug, title in expected.items():
        heading = titled.filter(has_text=title).first
        links.get_by_text(slug, exact=True).click()
        expect(heading).to_be_in_viewport()
        back.evaluate("page => { page.scrollTop = 0; }")
        expect(heading).not_to_be_in_viewport()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("assignment", NOTEBOOKS)
def test_each_link_jumps_in_a_notebook(course_lab: SimpleNamespace, page: Page, assignment: str, view: str) -> None:
    path = f"assignments/{assignment}/{NOTEBOOKS[assignment].name}"
    page.goto(f"{course_lab.address}{VIEWS[view].format(path=path)}token={course_lab.token}")
    links = page.locator(".jp-Notebook table a")
    links.first.wait_for()
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")).to_be_attached()
    each_jumps(links, page.locator(".jp-Notebook h2"), assignment, page.locator(".jp-WindowedPanel-outer").first)


@pytest.mark.parametrize("feedback", [False, True], ids=["exported", "feedback"])
@pytest.mark.parametrize("assignment", NOTEBOOKS)
def test_each_link_jumps_in_a_page(page: Page, tmp_path: Path, assignment: str, feedback: bool) -> None:
    released = ROOT / "assignments" / assignment / NOTEBOOKS[assignment].name
    # As the settings of feedback have it, a heading is no anchor: its name could be that of a field for points.
    exporter = HTMLExporter(mathjax_url="", require_js_url="", jquery_url="", exclude_anchor_links=feedback)
    path = tmp_path / "page.html"
    path.write_text(exporter.from_filename(str(released))[0], encoding="utf-8")
    page.goto(path.as_uri())
    each_jumps(page.locator("table a"), page.locator("h2"), assignment, page.locator("html"))
