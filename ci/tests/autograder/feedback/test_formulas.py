"""Formulas become MathML that a browser shows by itself, and nothing else becomes anything that acts."""

from __future__ import annotations

import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder import HOME
from autograder.feedback.formulas import ATTRIBUTES, TAGS, mathml, written_out


class Collected(IPythonRenderer):
    """Keeps the formulas of what is rendered."""

    def __init__(self) -> None:
        super().__init__(escape=False)
        self.formulas: list[tuple[str, bool]] = []

    def block_math(self, body: str) -> str:
        self.formulas.append((body, True))
        return ""

    def inline_math(self, body: str) -> str:
        self.formulas.append((body, False))
        return ""


NOTEBOOKS = sorted((HOME / "source").glob("*/*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_formula_of_the_course_is_read(path) -> None:
    renderer = Collected()
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            MarkdownWithMath(renderer=renderer).render(cell.source)
    assert len(renderer.formulas) > 40
    for latex, block in renderer.formulas:
        html = mathml(latex, block=block)
        assert "<math" in html and "<code" not in html and "\\" not in html, latex


HOSTILE = {
    "a tag as text": r"\text{<img src=x onerror=alert(1)>}",
    "a tag as entities": r"\text{&lt;script&gt;alert(1)&lt;/script&gt;}",
    "a link": r"\href{javascript:alert(1)}{x}",
    "a style": r"\style{position:fixed;background:url(http://trick.invalid)}{x}",
    "a class": r"\class{score}{x}",
    "an id": r"\cssId{notebook}{x}",
    "a colour": r"\color{red;position:fixed}x",
    "a huge space": r"\hspace{900em}x",
    "an end": r"</math></div><script>alert(1)</script>",
    "a rule": r"\rule{900em}{900em}",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("block", [True, False])
def test_nothing_of_a_formula_acts(name: str, block: bool) -> None:
    html = mathml(HOSTILE[name], block=block)
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        assert tag.name in {*TAGS, "code"} or (tag.name == "div" and set(tag.attrs) <= {"class", "tabindex"})
        for key, value in tag.attrs.items():
            assert key in {*ATTRIBUTES, "style", "class", "tabindex"}
            assert key != "style" or re.fullmatch(r"(font|text)-[a-z]+:[a-z-]+(;font-style:italic)?", value)
            assert key != "width" or re.fullmatch(r"\d{1,2}(\.\d+)?em", value)


@pytest.mark.parametrize(
    "latex",
    [r"\frac{", "x" * 3000, "{" * 300 + "}" * 300, "x^{" * 200 + "}" * 200, r"\newcommand{\a}{xx}\a", "", r"\begin{x"],
    ids=["cut off", "long", "deep", "high", "a macro", "empty", "no end"],
)
def test_what_is_no_formula_is_shown_as_it_was_written(latex: str) -> None:
    html = mathml(latex)
    assert html.startswith("<code>$") and BeautifulSoup(html, "html.parser").get_text() == f"${latex}$"


def test_text_keeps_all_that_is_no_formula() -> None:
    assert written_out("a < b & c") == "a &lt; b &amp; c"
    assert written_out("it costs $5 or $6 here") == "it costs $5 or $6 here"
    assert "<msup>" in written_out("so $x^2$ it is") and written_out("so $x^2$ it is").endswith(" it is")
    assert written_out("$$x$$").startswith('<div class="formula"><math display="block">')
