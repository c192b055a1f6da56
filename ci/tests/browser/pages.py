"""The stepper in a page: opening it, reading what can be seen now, clicking through all of its steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError

from cs231n_lite.drawing.diagram import number
from cs231n_lite.drawing.narration import tell
from cs231n_lite.drawing.picture import draw
from cs231n_lite.graph import Graph

THEMES = ("light", "dark")
COLOURS = {"light": "#fff;color:#000000de", "dark": "#111;color:#ffffffde", "colab": "#383838;color:#d5d5d5"}


def opened(browser: Browser, path: Path, **options: object) -> Page:
    """The page, in a context without any network; an error of the script fails the test when it is closed."""
    context = browser.new_context(viewport={"width": 1000, "height": 620}, offline=True, **options)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the script failed: {error}"))
    page.goto(path.as_uri())
    return page


def seen(page: Page, kind: str) -> dict[str, str]:
    """What can be seen now: node -> the text of its value or its gradient."""
    return page.evaluate(
        """kind => Object.fromEntries([...document.querySelectorAll('.node')].map(
            node => [node.dataset.node, node.querySelector('.' + kind)]
        ).filter(([, group]) => group && getComputedStyle(group).visibility === 'visible'
        ).map(([name, group]) => [name, group.textContent.trim()]))""",
        kind,
    )


def said(page: Page) -> list[str]:
    return page.locator(".cl-lines > div").all_text_contents()


def said_of(page: Page) -> list[str]:
    """The lines that a live graph says."""
    return page.locator(".cl-live .cl-say > div").all_text_contents()


def clicked_through(page: Page, graph: Graph) -> None:
    """Click from the first step to the last and compare every number with the graph's own."""
    story = tell(draw(graph).diagram)
    measured = graph.sensitivities()
    page.get_by_role("slider", name="step").fill("0")
    assert seen(page, "value") == {name: number(graph.nodes[name].value) for name in graph.inputs}
    assert seen(page, "gradient") == {}
    for index, step in enumerate(story.steps):
        if index:
            page.get_by_role("button", name="one step forward").click()
        values, gradients = seen(page, "value"), seen(page, "gradient")
        assert step.node not in graph.wiring or values[step.node] == number(graph.nodes[step.node].value)
        for name, text in gradients.items():
            assert text.removesuffix(" ✓") == number(float(f"{measured[name]:.9g}")), f"step {index}, {name}"
        assert said(page)[:-1] == ["".join(text for _, text in line) for line in step.lines]
        assert page.locator(".node.cl-now").count() == bool(step.node)
    names = {name for name, node in graph.nodes.items() if node.kind != "constant"}
    assert set(seen(page, "value")) == set(seen(page, "gradient")) == names
    assert page.get_by_role("button", name="one step forward").get_attribute("aria-disabled") == "true"
    assert said(page)[-1] == "cached: 0 bytes"


def shown(image):
    """Assert that a still picture is there, was decoded, and says in words what it shows."""
    image.wait_for()
    assert image.evaluate("image => image.complete && image.naturalWidth") > 200
    assert "f: multiply of q, z, value −12, gradient 1" in image.get_attribute("alt")


def shown_in(theme: str, html: str, path: Path) -> Path:
    """Write a page in the colours that JupyterLab's page has around an output, or Colab's dark one."""
    colours = COLOURS[theme]
    told = "" if theme == "colab" else f' data-jp-theme-light="{str(theme == "light").lower()}"'
    body = f'<body{told} style="background:{colours}">'
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>output</title>'
    path.write_text(f"{head}{body}<main><h1>output</h1>{html}</main></body></html>", encoding="utf-8")
    return path


def run_the_cell(page: Page, picture: str = ".cl-stepper[data-on]") -> None:
    """Run the first cell until its picture is there.

    A cell that is run before the kernel is connected is not run at all, or Jupyter asks which kernel to take.
    """
    editor = page.locator(".jp-Notebook .cm-content").first
    editor.wait_for(timeout=60_000)
    for patience in (4_000, 8_000, 16_000, 32_000):
        page.locator("#jupyterlab-splash").wait_for(state="detached")
        if page.locator(".jp-Dialog").count():
            page.keyboard.press("Enter")
        editor.click()
        page.keyboard.press("Control+Enter")
        try:
            page.locator(picture).wait_for(timeout=patience)
            return
        except TimeoutError:
            continue
    pytest.fail("the cell did not run: " + page.locator(".jp-Cell").first.inner_text())
