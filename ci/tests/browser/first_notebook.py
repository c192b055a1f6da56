"""The first notebook of the course, opened in JupyterLab with some answers in it."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from autograder.course import Course
from autograder.notebooks.notebook import grade_id, read

__all__ = ["ASSIGNMENT", "NAME", "PATIENCE", "Opened"]

ASSIGNMENT = Course().assignments()[0]
NAME = Course().notebooks(ASSIGNMENT)[0].name
PATIENCE = 120_000  # milliseconds; nothing waits as long as that when it works


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
        # A kernel that has no name yet is called idle as well, and JupyterLab then runs nothing that it is asked to.
        expect(page.locator(".jp-KernelName")).to_contain_text("Python")
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
