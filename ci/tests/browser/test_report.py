"""The report on a class in a browser without a network: light, dark, on a phone, on paper, and by axe-core's rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from autograder.reporting.class_report import class_report
from autograder.reporting.page import as_page
from autograder.reporting.reading import read_class
from ci.tests.autograder.reporting.planted import planted

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the planted class, with names."""
    course = planted(tmp_path_factory.mktemp("report") / "course")
    page = course.root / "report.html"
    report = class_report([read_class(course, name) for name in ("1-a", "2-b")], names=True)
    page.write_text(as_page(report), encoding="utf-8")
    return page


def opened(browser, path: Path, width: int = 1440, scheme: str = "light") -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return page, asked


def test_first_screen_says_what_to_do(browser, path: Path, artefacts: Path) -> None:
    page, asked = opened(browser, path)
    assert asked == [path.as_uri()]
    for lesson in page.locator(".lesson").all():
        assert lesson.bounding_box()["y"] < 400
    assert page.locator(".lesson").count() == 3
    page.screenshot(path=artefacts / "report.png")
    page.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (320, "light"), (320, "dark")])
def test_page_is_read_by_everybody_at_any_width(browser, path: Path, artefacts: Path, width: int, scheme: str) -> None:
    page, _ = opened(browser, path, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    assert found.response["violations"] == []
    plots = page.locator("figure svg")
    assert plots.count() > 6 and all(box["width"] > 250 for box in (plot.bounding_box() for plot in plots.all()))
    page.screenshot(path=artefacts / f"report-{width}-{scheme}.png", full_page=True)
    page.context.close()


def test_paper_holds_all_of_it(browser, path: Path, artefacts: Path) -> None:
    page, _ = opened(browser, path)
    (artefacts / "report.pdf").write_bytes(page.pdf(format="A4"))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    wide = page.evaluate("[...document.querySelectorAll('table, pre')].filter(e => e.scrollWidth > 720).length")
    assert wide == 0, "nothing is cut off at the paper's edge"
    page.context.close()
