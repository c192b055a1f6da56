"""Each assignment in a real JupyterLab: it opens, draws, and runs all without an error."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from autograder.course import Course
from autograder.notebooks.kinds import exercise_of, is_test
from autograder.notebooks.notebook import read
from ci.tests.browser.serving import serving

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[3]
NOTEBOOKS = {name: Course().notebooks(name)[0] for name in Course().assignments()}
PATIENCE = 120_000  # milliseconds until a browser test gives up; nothing waits as long as that when it works
# All cells in the page at once, and no questions about news.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A JupyterLab on a copy of assignments/ and solutions/."""
    folder = tmp_path_factory.mktemp("course")
    for place in ("assignments", "solutions"):
        shutil.copytree(ROOT / place, folder / place)
    for name, values in SETTINGS.items():
        path = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    with serving("jupyterlab", folder, JUPYTERLAB_SETTINGS_DIR=str(folder / "settings")) as served:
        yield served


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab for one test."""
    expect.set_options(timeout=PATIENCE)
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    yield tab
    context.close()


def open_notebook(page: Page, server: SimpleNamespace, place: str, assignment: str) -> None:
    name = NOTEBOOKS[assignment].name
    page.goto(f"{server.address}/lab/tree/{place}/{assignment}/{name}?token={server.token}&reset")
    expect(page.locator(".jp-Notebook .jp-Cell").last).to_be_attached()


def run_all(page: Page) -> Locator:
    """Run all cells and return the last code cell; asked again where the kernel was not connected yet.

    JupyterLab runs nothing then, and says nothing; a kernel may show as idle before it is connected.
    """
    last = page.locator(".jp-Notebook .jp-CodeCell").last
    for patience in (10_000, 20_000, 40_000, PATIENCE):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
        try:
            last.locator(".jp-OutputArea-output").first.wait_for(timeout=patience)
            return last
        except TimeoutError:
            continue
    pytest.fail("Run All Cells ran nothing, asked four times")


def exercises(assignment: str) -> list[str]:
    return [exercise_of(cell) for cell in read(NOTEBOOKS[assignment]).cells if is_test(cell)]


@pytest.mark.parametrize("assignment", NOTEBOOKS)
def test_solution_shows_its_pictures_and_full_points(
    server: SimpleNamespace, page: Page, artefacts: Path, assignment: str
) -> None:
    open_notebook(page, server, "solutions", assignment)
    expect(page.locator(".jp-OutputArea").locator("svg, img").first).to_be_visible()
    assert page.locator(".jp-OutputArea").locator("svg, img").count() >= len(exercises(assignment)) / 2
    points = re.compile(r"\b(\d+(?:\.5)?) of \1 points|: all \d+ parts are right · stretch")
    assert page.get_by_text(points).count() >= len(exercises(assignment)), "each check shows full points"
    page.screenshot(path=artefacts / f"{assignment}-solution.png")


@pytest.mark.parametrize("assignment", NOTEBOOKS)
def test_released_notebook_runs_all_and_says_what_is_not_written_yet(
    server: SimpleNamespace, page: Page, artefacts: Path, assignment: str
) -> None:
    open_notebook(page, server, "assignments", assignment)
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")).to_be_attached()
    last = run_all(page)
    expect(last.locator(".jp-OutputArea-output")).to_contain_text(exercises(assignment)[-1])
    for kind in ("stderr", "error"):
        assert page.locator(f"[data-mime-type='application/vnd.jupyter.{kind}']").count() == 0, kind
    assert page.get_by_text("not written yet").count() >= len(exercises(assignment)), "a word for each exercise"
    page.screenshot(path=artefacts / f"{assignment}-released.png")
