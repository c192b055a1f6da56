"""Feedback and the formgrader's page of a submission that holds every trick, in a real browser.

Each trick asks for http://trick.invalid/NAME. The same tricks as nbgrader by itself shows them do ask, in both pages.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output
from playwright.sync_api import Page

from autograder import HOME
from autograder.demo import feedback
from autograder.grading.grade import grade
from autograder.grading.pictures import draw_pictures
from autograder.marking.desk import Desk
from autograder.notebooks.notebook import canonical, read
from ci.tests.autograder.builders import copied
from ci.tests.autograder.feedback import tricks
from ci.tests.autograder.feedback.builders import planted
from ci.tests.browser.serving import serving
from ci.tests.browser.violations import violations

pytestmark = pytest.mark.browser

OURS = [".text_cell_render", ".output_subarea"]  # nbgrader's own fields and bars are not ours
# Of the tricks, those that need no hand to work in a page that shows them as they are.
AT_ONCE = {
    *("script", "script-src", "img-onerror", "img-unquoted", "svg-onload", "iframe-srcdoc"),
    *("object-data", "style-url", "link-stylesheet", "img-network", "img-srcset", "video-poster"),
    *("input-autofocus", "details-ontoggle", "table-background", "comment-early-end", "textarea-breakout"),
    *("png-width", "png-filename", "output-markdown", "output-markdown-picture"),
    *("markdown-script", "markdown-onerror", "markdown-picture", "isolated-frame"),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, tiny_built: Path) -> Iterator[SimpleNamespace]:
    """A formgrader on loopback in a course of two: mallory as graded here, and "plain" as plain nbgrader leaves it."""
    course = copied(tiny_built, tmp_path_factory.mktemp("formgrader"))
    shutil.copy(HOME / "nbgrader_config.py", course.root)
    planted(course, "mallory")
    planted(course, "plain")
    grade(course, "1-tiny")
    draw_pictures(course, "1-tiny", ["mallory"])
    feedback(course, "1-tiny", course.root / "log")
    with serving("jupyter_server", course.root) as server:
        yield SimpleNamespace(course=course, **vars(server))


@contextlib.contextmanager
def watched(browser) -> Iterator[tuple[Page, set[str], list[str]]]:
    """A page, the tricks that have asked for something, and everything else that was asked for or popped up."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    worked: set[str] = set()
    others: list[str] = []

    def asked(route):
        url = route.request.url
        if "trick.invalid" in url:
            worked.add(url.rsplit("/", 1)[-1])
            route.abort()
        elif url.startswith(("http://127.0.0.1:", "file:")):
            route.continue_()
        else:
            others.append(url)
            route.abort()

    context.route("**/*", asked)
    page = context.new_page()
    page.on("dialog", lambda dialog: (others.append(f"dialog {dialog.message}"), dialog.dismiss()))
    context.on("page", lambda opened: others.append(f"window {opened.url}"))
    yield page, worked, others
    context.close()


def settled(page: Page, url: str, token: str = "") -> None:
    """Open an address, with the server's cookies where it is a server's."""
    page.goto(url, wait_until="load")
    if token and "/login" in page.url:
        page.locator("#password_input").fill(token)
        page.locator("#login_submit").click()
        page.wait_for_url(url)
    # Every picture has loaded or failed, and whatever that set off has been set off.
    page.evaluate(
        "Promise.all([...document.images].map(i => i.complete || new Promise(r => {i.onload = i.onerror = r})))"
    )
    page.wait_for_load_state("networkidle")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))")


def by_hand(page: Page) -> None:
    """Do in the notebook's part of the page what a curious reader does: click on every link, button and field."""
    page.evaluate(
        "document.querySelectorAll('.text_cell_render a, .output_subarea a, .output_subarea button, summary')"
        ".forEach(part => part.click())"
    )


def address_of(served: SimpleNamespace, student: str) -> str:
    with contextlib.closing(sqlite3.connect(served.course.root / "gradebook.db")) as gradebook:
        ((ident,),) = gradebook.execute(
            "select n.id from submitted_notebook n join submitted_assignment a on n.assignment_id = a.id "
            "where a.student_id = ?",
            [student],
        )
    return f"{served.address}/formgrader/submissions/{ident}/"


def as_it_is(name: str) -> NotebookNode:
    """The trick's cell with the output that it has."""
    cell = tricks.cells()[name]
    if name in tricks.bundles():
        data, about = map(nbformat.from_dict, tricks.bundles()[name])
        cell.outputs = [new_output("display_data", data=data, metadata=about)]
    return cell


def as_plain_nbgrader_leaves_it(path: Path) -> None:
    """Put the tricks into a graded notebook as outputs and cells that nobody has looked at."""
    notebook = read(path)
    notebook.cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader")]
    # nbconvert shows no notebook at all with a missing attachment.
    notebook.cells += [as_it_is(name) for name in tricks.cells() if name != "markdown-attachment"]
    path.chmod(0o644)
    path.write_text(canonical(notebook), encoding="utf-8")


def test_tricks_work_in_a_page_of_nbconverts_own(browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    with watched(browser) as (tab, worked, _):
        for name in AT_ONCE:
            page_text, _ = HTMLExporter(template_name="classic").from_notebook_node(
                new_notebook(cells=[as_it_is(name)])
            )
            page.write_text(page_text, encoding="utf-8")
            settled(tab, page.as_uri())
    assert sorted(AT_ONCE - worked) == [], "these tests would see nothing of them"


def test_feedback_does_nothing_and_shows_card_and_picture(browser, served, artefacts) -> None:
    page = served.course.root / "feedback" / "mallory" / "1-tiny" / "tiny.html"
    with watched(browser) as (tab, worked, others):
        settled(tab, page.as_uri())
        _card_and_picture(tab)
        tab.screenshot(path=artefacts / "feedback-of-tricks.png", full_page=True)
        by_hand(tab)
        settled(tab, page.as_uri())
        _nothing_over_the_scores(tab)
    assert not worked
    assert not others


def test_formgrader_shows_a_graded_submission_and_does_nothing(browser, served, artefacts) -> None:
    with watched(browser) as (tab, worked, others):
        settled(tab, address_of(served, "mallory"), served.token)
        points = tab.locator("input.score").evaluate_all(
            "fields => fields.map(field => field.placeholder || field.value)"
        )
        assert [point for point in points if point] == ["2", "1"], "nbgrader's own page, with its points"
        _card_and_picture(tab)
        tab.screenshot(path=artefacts / "formgrader-of-tricks.png", full_page=True)
        by_hand(tab)
        settled(tab, address_of(served, "mallory"), served.token)
        _nothing_over_the_scores(tab)
        assert "### BEGIN HIDDEN TESTS" in tab.content(), "who grades sees them"
        assert tab.get_by_text("For whoever marks this").is_visible(), "and why it is flagged"
        assert violations(tab, only=OURS) == []
    assert not worked
    assert not others, "nobody else is asked for anything"


def test_formgrader_shows_what_was_marked_in_a_group(browser, served) -> None:
    desk = Desk(served.course, "1-tiny")
    (stack,) = desk.stacks
    (group,) = stack.groups
    assert desk.mark(stack, stack.stamps(group.grade_ids), 1.5, "Say *why*.").written == 2
    # nbgrader's server keeps what it has read once; one that is started now has all marks.
    with serving("jupyter_server", served.course.root) as fresh, watched(browser) as (tab, _, _):
        there = SimpleNamespace(course=served.course, **vars(fresh))
        for student in ("mallory", "plain"):
            settled(tab, address_of(there, student), there.token)
            # nbgrader's page fetches the scores when everything else is there.
            tab.wait_for_function("[...document.querySelectorAll('input.score')].some(field => field.value === '1.5')")
            assert "Say *why*." in tab.locator("textarea").evaluate_all("fields => fields.map(field => field.value)")


def test_formgrader_does_nothing_with_what_plain_nbgrader_left_and_would_without_our_step(browser, served) -> None:
    path = served.course.root / "autograded" / "plain" / "1-tiny" / "tiny.ipynb"
    as_plain_nbgrader_leaves_it(path)
    with watched(browser) as (tab, worked, others):
        settled(tab, address_of(served, "plain"), served.token)
        by_hand(tab)
    assert not worked
    assert not others, "nobody else is asked for anything"

    settings = served.course.root / "nbgrader_config.py"
    settings.write_text(
        settings.read_text(encoding="utf-8") + "\nc.HTMLExporter.preprocessors = []\n", encoding="utf-8"
    )
    with serving("jupyter_server", served.course.root) as unguarded, watched(browser) as (tab, worked, _):
        there = SimpleNamespace(course=served.course, **vars(unguarded))
        settled(tab, address_of(there, "plain"), there.token)
    assert {"img-onerror", "script"} & worked, "the same page without our step asks"


def _card_and_picture(tab: Page) -> None:
    card = tab.locator("div[style*='border-left']", has_text="dW has the wrong sign.")
    assert card.is_visible()
    assert card.evaluate("part => getComputedStyle(part).borderLeftWidth") == "4px"
    widths = tab.evaluate(
        "[...document.images].filter(i => i.src.includes('honest')).map(i => i.naturalWidth && i.width)"
    )
    assert len(widths) == 1 and widths[0] > 200, "the still picture is there, drawn"


def _nothing_over_the_scores(tab: Page) -> None:
    """What is drawn where nbgrader writes a score is nbgrader's."""
    covered = tab.evaluate(
        """[...document.querySelectorAll('.points, input.score')].filter(part => {
            part.scrollIntoView({block: 'center'});
            const box = part.getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return top !== null && !(part === top || part.contains(top) || top.contains(part));
        }).length"""
    )
    assert covered == 0
