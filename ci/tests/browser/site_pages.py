"""The site in a browser: its files on loopback, some of them others than were built, and a notebook opened and run."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from autograder.corpus.answers import answered
from autograder.course import Course
from ci.site.serving import Handler, server

REPORT = "application/vnd.cs231n-lite.report+json"
PATIENCE = 240_000  # milliseconds until a test gives up; nothing waits as long as that when it works
NOTEBOOKS = {name: f"{name}/{Course().notebooks(name)[0].name}" for name in Course().assignments()}


@contextmanager
def served(folder: Path) -> Iterator[SimpleNamespace]:
    """The site on loopback; what stands in `instead` is served in place of the file of that path."""
    instead: dict[str, bytes] = {}

    class Other(Handler):
        def do_GET(self) -> None:
            data = instead.get(urlsplit(self.path).path.lstrip("/"))
            if data is None:
                return super().do_GET()
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(self.path))
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    host = server(folder)
    # A function makes it as a class would, with the folder.
    host.RequestHandlerClass = lambda *arguments: Other(*arguments, directory=str(folder))  # type: ignore[assignment]
    thread = threading.Thread(target=host.serve_forever)
    thread.start()
    try:
        yield SimpleNamespace(folder=folder, address=f"http://127.0.0.1:{host.server_port}", instead=instead)
    finally:
        host.shutdown()
        thread.join()
        host.server_close()


def answered_with(assignment: str, **answers: str) -> bytes:
    """What a student would have: the solution's answers, but for exercises that name one of the audit's."""
    changes = {slug.replace("_", "-"): name for slug, name in answers.items()}
    (notebook,) = answered(Course(), assignment, changes).values()
    return json.dumps(notebook).encode()


def visitor(browser: Browser, **options: Any) -> tuple[BrowserContext, list[str]]:
    """A browser that was never here before, and the list of all addresses that it asks for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True, **options)
    context.set_default_timeout(PATIENCE)
    requests: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    return context, requests


def opened(context: BrowserContext, address: str, assignment: str) -> Page:
    """The assignment's notebook, opened by its link on the page in front."""
    page = context.new_page()
    page.goto(f"{address}/index.html")
    page.locator(f'a[href$="path={NOTEBOOKS[assignment]}"]').click()
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    # A kernel that has no name yet is called idle as well, and JupyterLab then runs nothing that it is asked to.
    page.locator(".jp-KernelName", has_text="Python").wait_for()
    return page


def run_all(page: Page) -> None:
    """Run all cells, and wait until the last has shown what it has to say."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(".jp-Notebook .jp-CodeCell").last.locator(".jp-OutputArea-output").first.wait_for(state="attached")


def downloaded(page: Page) -> dict[str, Any]:
    """Save the notebook, download it by the menu, and read it."""
    page.locator(".jp-Notebook").first.press("Control+s")
    page.locator(".jp-mod-dirty").wait_for(state="detached")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="File", exact=True).click()
        page.locator(".lm-Menu-item[data-command='docmanager:download']").click()
    notebook: dict[str, Any] = json.loads(Path(download.value.path()).read_bytes())
    return notebook


def reports(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What checks said in these outputs, as plain data, with the points that they gave."""
    said = [output["data"][REPORT] for output in outputs if REPORT in output.get("data", {})]
    return [report for report in said if "points" in report]


def points(notebook: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """What each check gave in a notebook: exercise -> points, and the most that there is."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    return {report["exercise"]: (report["points"], report["max_points"]) for report in reports(outputs)}


def text_of(notebook: dict[str, Any], name: str) -> str:
    """What a cell shows, as plain text."""
    (cell,) = [cell for cell in notebook["cells"] if cell["id"] == name]
    outputs = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell["outputs"]]
    return "".join("".join(text) for text in outputs)
