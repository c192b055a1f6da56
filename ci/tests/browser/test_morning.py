"""What goes wrong on an ordinary day, in a real JupyterLab: a restart, a broken cell, a loop without an end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from autograder.course import Course
from autograder.notebooks.notebook import grade_id, read

pytestmark = pytest.mark.browser

ASSIGNMENT = Course().assignments()[0]
NAME = Course().notebooks(ASSIGNMENT)[0].name
PATIENCE = 120_000  # milliseconds; nothing waits as long as that when it works
ENDLESS = "def numerical_gradient(f, x, h=1e-5):\n    while True:\n        x = x + 0.0\n"


class Opened:
    """The first notebook in JupyterLab, with some answers in it."""

    def __init__(self, page: Page, lab: SimpleNamespace, answers: dict[str, str]) -> None:
        self.page = page
        path = lab.folder / "assignments" / ASSIGNMENT / f"tried-{len(list(lab.folder.rglob('tried-*')))}.ipynb"
        notebook = read(path.with_name(NAME))
        self.names = [grade_id(cell) for cell in notebook.cells]
        for cell in notebook.cells:
            cell.source = answers.get(grade_id(cell), cell.source)
        path.write_text(json.dumps(notebook), encoding="utf-8")
        page.goto(f"{lab.address}/lab/tree/{path.relative_to(lab.folder)}?token={lab.token}&reset")
        self.idle()

    def idle(self) -> None:
        expect(self.page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")).to_be_attached()

    def cell(self, name: str) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self.names.index(name))

    def choose(self, menu: str, item: str) -> None:
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.get_by_role("menuitem", name=re.compile(f"^{item}")).click()

    def run(self, name: str) -> None:
        cell = self.cell(name)
        cell.locator(".jp-Placeholder, .jp-InputPrompt").first.click()
        self.page.keyboard.press("Control+Enter")

    def run_all(self) -> None:
        """Run all cells; asked again where the kernel was not connected yet, as JupyterLab runs nothing then."""
        for patience in (15_000, 30_000, PATIENCE):
            self.choose("Run", "Run All Cells")
            try:
                self.cell("progress").locator(".jp-OutputArea-output").first.wait_for(
                    timeout=patience, state="attached"
                )
                return
            except TimeoutError:
                continue
        pytest.fail("Run All Cells did not come to the last cell")


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
