"""A notebook that was run and exported, as people pass them round: the stepper is in the page and works there."""

from __future__ import annotations

import nbformat
import pytest
from nbconvert import HTMLExporter

from ci.tests.browser.pages import clicked_through, opened
from ci.tests.cs231n_lite.drawing.gallery import product
from cs231n_lite.drawing.picture import draw

pytestmark = pytest.mark.browser


def exported(tmp_path, picture, **options):
    data = {"text/html": picture._repr_html_(), "text/plain": repr(picture)}
    output = nbformat.v4.new_output("execute_result", data, execution_count=1)
    cell = nbformat.v4.new_code_cell("draw(graph)", outputs=[output], execution_count=1)
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"language_info": {"name": "python"}})
    page, _ = HTMLExporter(mathjax_url="", require_js_url="", jquery_url="", **options).from_notebook_node(notebook)
    path = tmp_path / "exported.html"
    path.write_text(page, encoding="utf-8")
    return path


def test_every_step_of_an_exported_notebook_shows_the_graphs_numbers(browser, tmp_path, artefacts):
    page = opened(browser, exported(tmp_path, draw(product())))
    clicked_through(page, product())
    page.screenshot(path=artefacts / "exported-notebook.png")
    page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_exported_notebook_gets_the_card_of_its_theme(browser, tmp_path, theme):
    page = opened(browser, exported(tmp_path, draw(product()), theme=theme))
    card = page.evaluate("getComputedStyle(document.querySelector('.cl-stepper svg .c')).fill")
    assert card == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 27, 34)"}[theme]
    page.context.close()
