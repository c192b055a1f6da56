"""A student's first minute and last: `ci lab` in a real browser, on what is handed out."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page

from ci.tests.browser.serving import ROOT

pytestmark = pytest.mark.browser

ASSIGNMENTS = ("3-vectorized-jacobians", "4-two-layer-net")
START = """
import sys
from pathlib import Path
from ci.lab import server
home = Path(sys.argv[1])
server.LOG, server.WORKSPACES = home / "lab.log", home / "workspaces"
sys.exit(server.serve(home / "assignments", "--no-browser"))
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The command on two notebooks as they are handed out; what it printed, and where they are."""
    home = tmp_path_factory.mktemp("student")
    for name in ASSIGNMENTS:
        shutil.copytree(ROOT / "assignments" / name, home / "assignments" / name)
    folders = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    environment = os.environ | folders | {"PYTHONPATH": str(ROOT), "HOME": str(home)}
    command = [sys.executable, "-c", START, str(home)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as lab:
        assert lab.stdout is not None
        lines = [lab.stdout.readline() for _ in range(3)]
        yield SimpleNamespace(url=lines[0].split()[3], notebooks=home / "assignments")
        lab.send_signal(signal.SIGTERM)
        lab.communicate(timeout=30)


@pytest.fixture(scope="module")
def page(browser, opened: SimpleNamespace) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.goto(opened.url)
    page.locator(".jp-Notebook .jp-MarkdownCell h1").first.wait_for(timeout=90_000)
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    yield page
    context.close()


def test_first_notebook_is_open_with_its_contents_at_the_side(page: Page, artefacts: Path) -> None:
    contents = page.locator(".jp-TableOfContents:visible")
    contents.get_by_text("Before you hand in").wait_for()
    assert page.locator(".jp-NotebookPanel:visible h1").first.inner_text().startswith("3 ·")
    page.screenshot(path=artefacts / "course-lab.png")


def test_nothing_of_an_instructors_is_there(page: Page) -> None:
    menus = page.locator(".lm-MenuBar-itemLabel").all_inner_texts()
    assert "File" in menus and "Nbgrader" not in menus
    words = page.locator("body").inner_text()
    assert not [word for word in ("Formgrader", "Course List", "Validate", "Create Assignment") if word in words]
    page.locator(".lm-TabBar-addButton:visible").first.click()
    launcher = page.locator(".jp-Launcher")
    launcher.wait_for()
    assert "Jupytext" not in launcher.inner_text() and "Python 3" in launcher.inner_text()
    page.locator(".lm-TabBar-tab.lm-mod-current .lm-TabBar-tabCloseIcon").first.click()
    assert page.locator(".jp-toast-message, .Toastify__toast").count() == 0, "no news pops up"


def test_last_cell_looks_at_the_file_and_the_other_notebook(
    page: Page, opened: SimpleNamespace, artefacts: Path
) -> None:
    page.locator(".lm-MenuBar-item", has_text="Run").first.click()
    page.locator(".lm-Menu-item", has_text="Run All Cells").first.click()
    page.locator(".jp-TableOfContents:visible").get_by_text("Before you hand in").click()
    said = page.locator(".jp-OutputArea-output", has_text="Hand it in as your course tells you.")
    said.wait_for(timeout=90_000)
    assert "vectorized-jacobians.ipynb, " in said.inner_text() and "Still empty: jacobian" in said.inner_text()
    progress = page.locator(".jp-OutputArea-output", has_text="all 2 notebooks").inner_text()
    assert "0 of 25, and 3 that a person gives" in progress and "4-two-layer-net: 0 of 28" in progress
    assert "✗" not in progress
    page.screenshot(path=artefacts / "course-lab-end.png")
    kept = opened.notebooks / ASSIGNMENTS[0] / ".vectorized-jacobians.progress.json"
    assert json.loads(kept.read_text())["results"] == {}, "what is not written is kept as nothing"
