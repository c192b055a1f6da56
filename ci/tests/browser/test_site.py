"""The course in a browser tab: each assignment is solved on the site as it is built, and no other host is asked.

Each test comes as somebody who was never here before: nothing is in the browser's cache, nothing is stored.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page

from autograder.building.handing_out import exercises
from autograder.course import Course
from autograder.notebooks.notebook import read
from ci.tests.browser.site_pages import NOTEBOOKS, answered_with, downloaded, opened, points, text_of, visitor

pytestmark = pytest.mark.browser

RIGHT = re.compile(r"\b(\d+(?:\.5)?) of \1 points")
# Of one assignment: exercises that are answered wrongly, by the audit's names.
WRONG = {"numerical_gradient": "forward-difference", "multiply_gate": "operands-swapped", "add_gate": "shared-out"}


def slow(notebook: dict, limit: float) -> list[str]:
    """The cells that took longer than a limit in seconds."""
    return [f"{cell['id']} {cell['seconds']:.1f} s" for cell in notebook["cells"] if cell.get("seconds", 0) > limit]


@pytest.mark.parametrize("assignment", NOTEBOOKS)
def test_solved_assignment_earns_all_points_and_asks_no_other_host(
    browser: Browser, site: SimpleNamespace, artefacts: Path, capsys: pytest.CaptureFixture[str], assignment: str
) -> None:
    site.instead[f"files/{NOTEBOOKS[assignment]}"] = answered_with(assignment)
    context, requests = visitor(browser)
    start = time.perf_counter()
    page = opened(context, site.address, assignment)
    run_all_until_right(page)
    with capsys.disabled():
        print(f"\n{assignment}: first right check {time.perf_counter() - start:.0f} s after a cold opening")
    page.locator(".jp-Notebook .jp-CodeCell").last.locator(".jp-OutputArea-output").first.wait_for(state="attached")
    notebook = downloaded(page)
    page.screenshot(path=artefacts / f"{assignment}-site.png")
    assert not page.locator(".jp-Dialog").count(), "nobody was asked anything"
    context.close()

    wanted = exercises(read(Course().release / NOTEBOOKS[assignment]))
    by_check = {slug: (entry["points"],) * 2 for slug, entry in wanted.items() if not entry["by_hand"]}
    assert points(notebook) == by_check
    errors = [cell["id"] for cell in notebook["cells"] for out in cell.get("outputs", ()) if is_trouble(out)]
    assert errors == []
    elsewhere = [url for url in requests if not url.startswith((site.address, "blob:", "data:"))]
    assert requests and elsewhere == []
    total = f"{sum(most for _, most in by_check.values()):g}"
    assert f"{total} of {total}" in text_of(notebook, "progress"), "the notebook's own file was found"
    assert "All answers are written, run and saved" in text_of(notebook, "hand-in")


def is_trouble(output: dict) -> bool:
    return output["output_type"] == "error" or output.get("name") == "stderr"


def run_all_until_right(page: Page) -> None:
    """Run all cells, and wait for the first check that gives full points."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(".jp-OutputArea-output", has_text=RIGHT).first.wait_for(state="attached")
