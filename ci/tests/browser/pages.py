"""The stepper in a page: opening it, reading what can be seen now, clicking through all of its steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from cs231n_lite.drawing.diagram import number
from cs231n_lite.drawing.narration import tell
from cs231n_lite.drawing.picture import draw
from cs231n_lite.graph import Graph


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
