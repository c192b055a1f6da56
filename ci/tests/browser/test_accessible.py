"""What the course shows is for everybody: axe-core finds nothing on outputs, stepper and audit pages, light and dark.

The outputs of the solutions stand in nbconvert's page in JupyterLab's look, which has JupyterLab's own styles, and, of
one notebook, in a real JupyterLab; see test_keyboard.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from nbconvert.exporters import HTMLExporter
from playwright.sync_api import Browser, Page

from autograder.__main__ import main
from autograder.course import Course
from autograder.notebooks.notebook import read
from ci.tests.autograder.auditing.builders import STRONG, course
from ci.tests.browser.pages import COLOURS, THEMES, opened, shown_in
from ci.tests.browser.serving import ROOT
from ci.tests.browser.violations import NARROW, too_wide, violations
from ci.tests.cs231n_lite.drawing.gallery import unrolled
from cs231n_lite import reveal, self_test
from cs231n_lite.drawing.picture import draw
from cs231n_lite.reporting.finding import Finding
from cs231n_lite.reporting.report import Report

pytestmark = pytest.mark.browser

OURS = [".jp-OutputArea-output"]  # how texts look is JupyterLab's own
ANSWERS = "# %% area | wrong | added | loses 2\ndef area(w, h):\n    return w + h\n"


def as_lab_shows(notebook: Path, theme: str, path: Path) -> Path:
    """Write a notebook's texts and outputs as JupyterLab shows them in a theme."""
    exporter = HTMLExporter(template_name="lab", theme=theme, exclude_input=True, mathjax_url="", require_js_url="")
    path.write_text(exporter.from_notebook_node(read(notebook))[0], encoding="utf-8")
    return path


def unfolded(page: Page) -> Page:
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    return page


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("assignment", Course().assignments())
def test_outputs_of_a_solution(browser: Browser, tmp_path: Path, assignment: str, theme: str) -> None:
    (notebook,) = (ROOT / "solutions" / assignment).glob("*.ipynb")
    page = unfolded(opened(browser, as_lab_shows(notebook, theme, tmp_path / "page.html")))
    assert violations(page, only=OURS) == []
    images = page.locator(".jp-OutputArea-output img").evaluate_all("parts => parts.map(part => part.alt)")
    assert all(words.startswith("Chart. ") and len(words) > 30 for words in images), images
    page.set_viewport_size({"width": NARROW, "height": 800})
    assert too_wide(page, ".jp-OutputArea-output") == []
    page.context.close()


@pytest.mark.parametrize("theme", COLOURS)
def test_the_page_to_keep_and_what_asks(browser: Browser, tmp_path: Path, theme: str) -> None:
    page = opened(browser, ROOT / "assignments" / "1-computational-graphs" / "reference.html")
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    assert violations(page) == []
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 2, "two sheets of A4"
    page.set_viewport_size({"width": NARROW, "height": 800})
    assert too_wide(page, "body") == []
    page.context.close()
    asked = self_test("1")._repr_html_() + reveal("x", "z", "because")._repr_html_()
    page = opened(browser, shown_in(theme, asked, tmp_path / "page.html"))
    page.locator("summary").first.press("Enter")
    page.locator("summary").nth(1).press("Enter")
    assert page.locator("details[open]").count() == 1, "one answer of a question is open at a time"
    assert violations(unfolded(page)) == []
    page.context.close()


@pytest.mark.parametrize("theme", COLOURS)
def test_a_report_of_mistakes(browser: Browser, tmp_path: Path, theme: str) -> None:
    report = Report("net")
    with report.part("right"):
        pass
    report.fail(["dW", "dx"], Finding("sign", "dW", "dW has the wrong `sign`.", detail="yours" + "  -1.25" * 20))
    page = opened(browser, shown_in(theme, report.points(3)._repr_html_(), tmp_path / "page.html"))
    assert page.locator("pre").count(), "with numbers that are wider than a narrow page"
    for width in (1000, NARROW):
        page.set_viewport_size({"width": width, "height": 600})
        assert violations(page) == []
        assert too_wide(page, "main") == []
    assert page.get_by_role("img", name="not right").count() == 3, "a mark is read as a word"
    page.context.close()


@pytest.mark.parametrize("theme", COLOURS)
def test_the_stepper_before_in_the_middle_and_at_the_end(browser: Browser, tmp_path: Path, theme: str) -> None:
    page = unfolded(opened(browser, shown_in(theme, draw(unrolled(4))._repr_html_(), tmp_path / "page.html")))
    page.set_viewport_size({"width": NARROW, "height": 700})
    stepper = page.get_by_role("group", name=", step by step").last  # the whole picture, below that in boxes
    view, slider = stepper.locator(".cl-view"), stepper.get_by_role("slider", name="step")
    assert violations(page) == []
    for key in ("Home", "ArrowRight", "End"):
        slider.press(key)
        assert violations(page) == [], key
    assert too_wide(page, "main") == []
    assert view.get_attribute("aria-label").startswith("the picture, wider than its box")
    step = stepper.get_attribute("data-step")
    view.evaluate("view => view.scrollLeft = 0")
    view.press("ArrowRight")
    page.wait_for_function("view => view.scrollLeft > 0", arg=view.element_handle())
    assert stepper.get_attribute("data-step") == step, "there the key scrolls and does not step"
    page.set_viewport_size({"width": 3000, "height": 700})
    page.wait_for_function("view => !view.hasAttribute('tabindex')", arg=view.element_handle())
    page.context.close()


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both pages of an audit that has something to complain of."""
    folder = tmp_path_factory.mktemp("audited")
    weak = STRONG.replace("== 15.0", "> 0.0").replace("== 2.0", "> 0.0")
    root = course(folder, weak, answers=ANSWERS).root
    main(["audit", "--course", str(root), "--html", str(folder / "audit.html")])
    main(["audit", "--course", str(root), f"--messages={folder / 'messages.html'}"])
    return folder


@pytest.mark.parametrize("scheme", THEMES)
@pytest.mark.parametrize("name", ["audit", "messages"])
def test_pages_of_the_audit(browser: Browser, audited: Path, name: str, scheme: str) -> None:
    page = unfolded(opened(browser, audited / f"{name}.html", color_scheme=scheme))
    for width in (1000, NARROW):
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
