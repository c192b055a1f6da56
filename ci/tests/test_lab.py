"""Assignment 1 in a real JupyterLab and a real browser: it opens, it draws, Run All ends without an error."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from ci.browser import chromium
from ci.commands import lab

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = "1-computational-graphs/computational-graphs.ipynb"
PATIENCE = 120_000  # milliseconds until a browser test gives up; nothing waits as long as that when it works
TOKEN = "for-this-test-alone"
# All cells in the page at once, and no questions about news.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab on a copy of assignments/ and solutions/."""
    folder = tmp_path_factory.mktemp("lab")
    for place in ("assignments", "solutions"):
        shutil.copytree(ROOT / place, folder / place)
    for name, values in SETTINGS.items():
        path = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        *(
            "--no-browser",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={TOKEN}",
        ),
        *(f"--LabApp.user_settings_dir={folder / 'settings'}", f"--LabApp.workspaces_dir={folder / 'workspaces'}"),
        "--KernelManager.transport_encryption=auto",
    ]
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTER_RUNTIME_DIR": str(folder / "runtime")}
    with subprocess.Popen([*lab(folder), *options], env=env, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = ""
            for line in process.stderr:
                said += line
                if "is running at" in line:
                    break
            else:
                pytest.fail(f"JupyterLab did not start:\n{said}")
            yield f"http://127.0.0.1:{port}"
        finally:
            with urllib.request.urlopen(
                urllib.request.Request(f"http://127.0.0.1:{port}/api/shutdown?token={TOKEN}", method="POST", data=b"")
            ):
                pass
            process.stderr.read()


@pytest.fixture
def page() -> Iterator[Page]:
    """A tab of the system's Chromium."""
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs rights that root in a container lacks; the page is this project's.
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 1600})
        tab.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        yield tab
        browser.close()


def open_notebook(page: Page, server: str, place: str) -> None:
    page.goto(f"{server}/lab/tree/{place}/{NOTEBOOK}?token={TOKEN}&reset")
    expect(page.locator(".jp-Notebook h1").first).to_contain_text("Computational graphs")


def picture(page: Page, name: str) -> None:
    folder = ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")


def test_solution_shows_its_pictures_and_reports(server: str, page: Page) -> None:
    open_notebook(page, server, "solutions")
    expect(page.locator(".jp-OutputArea svg").first).to_be_visible()
    assert page.locator(".jp-OutputArea svg").count() >= 5, "a drawn graph in most exercises"
    expect(page.get_by_text(re.compile(r"3 of 3 points")).first).to_be_attached()
    picture(page, "solution")


def test_released_notebook_runs_all_and_says_what_is_not_written_yet(server: str, page: Page) -> None:
    open_notebook(page, server, "assignments")
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")).to_be_attached()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
    last = page.locator(".jp-Notebook .jp-CodeCell").last
    expect(last.locator(".jp-OutputArea-output")).to_contain_text("numerical-gradient")
    for kind in ("stderr", "error"):
        assert page.locator(f"[data-mime-type='application/vnd.jupyter.{kind}']").count() == 0, kind
    assert page.get_by_text("not written yet").count() >= 9, "a word for each exercise"
    picture(page, "released")
