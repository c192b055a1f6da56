"""The course in a browser tab: each assignment is solved on the site as it is built, and no other host is asked.

Each test comes as somebody who was never here before: nothing is in the browser's cache, nothing is stored.
"""

from __future__ import annotations

import ast
import json
import re
import time
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page

from autograder.building.handing_out import exercises
from autograder.course import Course
from autograder.notebooks.notebook import read
from ci.tests.browser.site_pages import (
    NOTEBOOKS,
    answered_with,
    downloaded,
    opened,
    points,
    reports,
    run_all,
    text_of,
    visitor,
)
from ci.tests.browser.violations import violations

pytestmark = pytest.mark.browser

RIGHT = re.compile(r"\b(\d+(?:\.5)?) of \1 points")
# Of one assignment: exercises that are answered wrongly, by the audit's names.
WRONG = {"numerical_gradient": "forward-difference", "multiply_gate": "operands-swapped", "add_gate": "shared-out"}


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


@pytest.fixture(scope="module")
def mistaken(browser: Browser, site: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The first assignment with a few wrong answers, run to its end on the site."""
    assignment = next(iter(NOTEBOOKS))
    text = answered_with(assignment, **WRONG)
    site.instead[f"files/{NOTEBOOKS[assignment]}"] = text
    context, _ = visitor(browser, color_scheme="dark")
    page = opened(context, site.address, assignment)
    run_all(page)
    before = datetime.now()
    yield SimpleNamespace(page=page, handed_out=json.loads(text), before=before, notebook=downloaded(page))
    context.close()


def told_here(notebook: dict, slug: str) -> list:
    """What the check of an exercise finds in this Python: its cells run after the setup cell alone."""
    names: dict = {"__name__": "__main__", "display": lambda *_: None}
    sources = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    for name in ("setup", slug):
        exec(compile(sources[name], name, "exec"), names)
    lines = ast.parse(sources[f"{slug}-test"])
    last = lines.body.pop()
    exec(compile(lines, slug, "exec"), names)
    assert isinstance(last, ast.Expr)
    return reports([{"data": eval(compile(ast.Expression(last.value), slug, "eval"), names)._repr_mimebundle_()}])


@pytest.mark.parametrize("slug", [slug.replace("_", "-") for slug in WRONG])
def test_wrong_answer_is_told_on_the_site_what_it_is_told_here(mistaken: SimpleNamespace, slug: str) -> None:
    (test,) = [cell for cell in mistaken.notebook["cells"] if cell["id"] == f"{slug}-test"]
    on_the_site, here = reports(test["outputs"]), told_here(mistaken.handed_out, slug)
    assert on_the_site[0]["findings"] and on_the_site[0]["points"] < on_the_site[0]["max_points"]
    assert on_the_site == here


def test_pictures_step_by_click_and_key_and_are_dark_where_the_browser_is(
    mistaken: SimpleNamespace, artefacts: Path
) -> None:
    page = mistaken.page
    stepper = page.locator(".cl-stepper[data-on][data-story]").first
    stepper.scroll_into_view_if_needed()
    stepper.get_by_role("slider", name="step").fill("0")
    stepper.get_by_role("button", name="one step forward").click()
    assert stepper.get_attribute("data-step") == "1"
    stepper.get_by_role("slider", name="step").press("ArrowRight")
    assert stepper.get_attribute("data-step") == "2"
    page.screenshot(path=artefacts / "site-dark.png")
    assert page.locator("body[data-jp-theme-light='false']").count() == 1, "the theme follows the browser's"
    assert violations(page, only=[".jp-OutputArea-output"]) == []
    assert stepper.locator("svg .c").first.evaluate("card => getComputedStyle(card).fill") == "rgb(22, 27, 34)"


def test_who_comes_back_finds_the_work_and_how_far_it_was(mistaken: SimpleNamespace) -> None:
    page = mistaken.page
    page.reload()
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    cell = page.locator(".jp-Notebook .jp-CodeCell", has_text="before_handing_in()")
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    card = cell.locator(".jp-OutputArea-output", has_text="Not run as it is now")
    card.wait_for()
    assert "computational-graphs.ipynb" in card.inner_text(), "the file that was saved in this browser"
    saved = re.search(r"saved at (\d\d:\d\d)", card.inner_text())
    minutes = (datetime.now() - mistaken.before).seconds // 60 + 1
    possible = {f"{mistaken.before + timedelta(minutes=minute):%H:%M}" for minute in range(minutes + 1)}
    assert saved and saved[1] in possible, "as the clock on the wall shows it"


def test_answer_that_is_reset_in_a_cell_is_the_stub_again_and_the_others_stay(mistaken: SimpleNamespace) -> None:
    page, before = mistaken.page, {cell["id"]: cell["source"] for cell in mistaken.notebook["cells"]}
    page.locator(".jp-Notebook .jp-CodeCell").last.locator(".jp-InputPrompt").click()
    for key in ("b", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("%run -m cs231n_lite reset multiply-gate")
    for keys in ("Control+s", "Control+Enter"):
        page.keyboard.press(keys)
    page.locator(".jp-OutputArea-output", has_text="computational-graphs.ipynb is as it was handed out").wait_for()
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_text("Reload Notebook from Disk", exact=True).click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.locator(".jp-Dialog").wait_for(state="detached")
    after = {cell["id"]: cell["source"] for cell in downloaded(page)["cells"]}
    assert [slug for slug in before if before[slug] != after[slug]] == ["multiply-gate"]
    assert "YOUR CODE HERE" in after["multiply-gate"] and "YOUR CODE HERE" not in before["multiply-gate"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_in_front_fits_a_narrow_window_and_axe_finds_nothing(
    browser: Browser, site: SimpleNamespace, artefacts: Path, scheme: str
) -> None:
    context, requests = visitor(browser, color_scheme=scheme)
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{site.address}/")
    page.screenshot(path=artefacts / f"site-front-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == []
    assert f"{site.address}/page.css" in requests and all(url.startswith(site.address) for url in requests)
    context.close()


def test_site_is_small_and_holds_what_students_get_and_nothing_else(site: SimpleNamespace) -> None:
    files = {path.relative_to(site.folder).as_posix(): path for path in site.folder.rglob("*") if path.is_file()}
    assert sum(len(zlib.compress(path.read_bytes(), 6)) for path in files.values()) < 30_000_000
    (wheel,) = [path for name, path in files.items() if "/cs231n_lite-" in name]
    assert not [name for name in [*files, *zipfile.ZipFile(wheel).namelist()] if "autograder" in name]
    for name in NOTEBOOKS.values():
        assert files[f"files/{name}"].read_bytes() == (Course().release / name).read_bytes()
    pages = {f"{Path(name).parent}/reference.html" for name in NOTEBOOKS.values()}  # the one page to keep
    assert {name.removeprefix("files/") for name in files if name.startswith("files/")} == {*NOTEBOOKS.values(), *pages}
