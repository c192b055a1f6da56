"""One exercise of the first notebook, worked in JupyterLab by keyboard alone; then axe-core looks at what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ci.tests.browser.first_notebook import PATIENCE, Opened
from ci.tests.browser.violations import violations

pytestmark = pytest.mark.browser

SLUG = "chain-rule-by-hand"
ANSWER = """\
def chain_rule_by_hand():
return {"q": 3.0, "f": -12.0, "df": 1.0, "dz": 3.0, "dq": -4.0, "dx": -4.0, "dy": -4.0}"""
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3], [4, 1, 2]);"
OURS = [".jp-OutputArea-output"]  # what is around them is JupyterLab's own
STOPS = 60  # so many times Tab is pressed at most to come somewhere


class Keyboard(Opened):
    """The notebook as those meet it who use no mouse."""

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def active(self) -> str:
        """The name of the cell that is chosen."""
        number = self.page.evaluate(
            "[...document.querySelectorAll('.jp-Notebook .jp-Cell')].findIndex(c => c.matches('.jp-mod-active'))"
        )
        return self.names[number]

    def go_to(self, name: str, key: str) -> None:
        """Press a key until a cell is chosen."""
        for _ in self.names:
            if self.active() == name:
                return
            self.press(key)
        pytest.fail(f"{key} does not lead to {name}")

    def tab_to(self, target: Locator, key: str = "Tab") -> None:
        """Press Tab until the target has the focus."""
        for _ in range(STOPS):
            if target.evaluate("part => part === document.activeElement"):
                return
            self.press(key)
        pytest.fail(f"{key} does not lead to {target}")


@pytest.fixture(scope="module")
def notebook(browser: Browser, course_lab: SimpleNamespace) -> Iterator[Keyboard]:
    expect.set_options(timeout=PATIENCE)
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield Keyboard(page, course_lab, {})
    context.close()


def test_an_exercise_is_worked_by_keyboard_alone(notebook: Keyboard, artefacts) -> None:
    page: Page = notebook.page
    notebook.tab_to(page.locator(".jp-Notebook .jp-Cell.jp-mod-active"))
    notebook.go_to(SLUG, "Shift+Enter")  # what stands above is run on the way
    notebook.press("Enter", "Control+a")
    page.keyboard.type(ANSWER)
    notebook.press("Escape", "Shift+Enter")
    notebook.go_to(f"{SLUG}-hints", "Shift+Enter")
    expect(notebook.cell(f"{SLUG}-test").locator(".jp-OutputArea-output")).to_contain_text("2 of 2 points")

    hint = notebook.cell(f"{SLUG}-hints").locator("summary").first
    for key in ("Enter", "Space"):
        notebook.tab_to(hint)
        notebook.press(key)
    assert hint.evaluate("part => part.parentElement.open") is False, "opened, and folded again"
    notebook.press("Enter")
    expect(notebook.cell(f"{SLUG}-hints").locator("details").first).to_contain_text("green pencil")

    stepper = notebook.cell("chain-rule-picture").locator(".cl-stepper")
    notebook.tab_to(stepper.get_by_role("slider", name="step"), "Shift+Tab")
    notebook.press("Home", "ArrowRight")
    notebook.tab_to(stepper.get_by_role("button", name="one step forward"), "Shift+Tab")
    notebook.press("Space", "Enter")
    assert stepper.get_attribute("data-step") == "3"
    page.screenshot(path=artefacts / "keyboard.png")
    notebook.tab_to(notebook.cell(f"{SLUG}-hints").locator("summary").first)
    assert notebook.active() in (f"{SLUG}-hints", "chain-rule-picture"), "and out of it again"


def test_axe_finds_nothing_in_what_jupyterlab_shows_light_and_dark(notebook: Keyboard, artefacts) -> None:
    page: Page = notebook.page
    page.locator(".jp-Notebook .jp-Cell.jp-mod-active").press("b")  # a cell of one's own
    notebook.press("Enter")
    page.keyboard.type(PLOT)
    notebook.press("Control+Enter")
    plot = page.locator(".jp-OutputArea-output img[alt*='begins with 4 at 1, ends with 2 at 3, least 1 at 2']")
    expect(plot).to_be_visible()
    assert violations(page, only=OURS) == []
    heard = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    words = " ".join(str(node.get("name", {}).get("value")) for node in heard if not node["ignored"])
    assert "medium" in words and "●○" not in words, "difficulty is read as a word"
    page.locator(".lm-MenuBar-item", has_text="Settings").click()
    for item in ("Theme", "JupyterLab Dark"):
        page.locator(".lm-Menu-item", has_text=item).first.click()
    expect(page.locator("body[data-jp-theme-light='false']")).to_be_attached()
    expect(page.locator("#jupyterlab-splash")).not_to_be_attached()
    assert violations(page, only=OURS) == []
    page.screenshot(path=artefacts / "keyboard-dark.png")
