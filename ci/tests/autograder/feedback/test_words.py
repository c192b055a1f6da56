"""Text as HTML: formulas without a script, headings that a notebook's links find, ids for the course's text alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.feedback.display import Display
from autograder.feedback.words import PAGE, as_html, as_it_is, in_a_line


def rendered(source: str, *, ours: bool, page: bool = True) -> BeautifulSoup:
    about: dict[str, Any] = {"grade_id": "text", "solution": False, "grade": False} if ours else {}
    cell = new_markdown_cell(source, metadata={"nbgrader": about} if about else {})
    notebook, _ = Display().preprocess(new_notebook(cells=[cell]), {})
    context = {"cell": notebook.cells[0], "resources": {PAGE: True} if page else {}}
    return BeautifulSoup(as_html(context, notebook.cells[0].source), "html.parser")


def test_headings_are_a_level_down_and_a_link_of_the_notebook_finds_them() -> None:
    soup = rendered("# 1 · *Slopes* & `x`\n\n[there](#1-·-Slopes-&-x)\n\n###### deep", ours=True)
    (heading,) = soup.find_all("h2")
    assert heading["id"] == "1-·-Slopes-&-x" and heading.get_text() == "1 · Slopes & x"
    assert soup.find("h6") and not soup.find("h1")


def test_an_empty_corner_of_a_table_is_no_heading() -> None:
    soup = rendered("|  | a |\n|--|--|\n| 1 | 2 |", ours=True)
    assert [tag.name for tag in soup.find("thead").find_all(["td", "th"])] == ["td", "th"]


def test_an_anchor_of_the_course_stays_and_one_of_a_student_does_not() -> None:
    source = '<a id="add-gate"></a>\n\n# Add'
    assert rendered(source, ours=True).find(id="add-gate")
    assert not [tag for tag in rendered(source, ours=False).find_all(True) if tag.has_attr("id")]


def test_formgrader_has_formulas_and_no_ids() -> None:
    soup = rendered("# A\n\n$x_i$ and\n\n$$\\frac12$$\n\n\\begin{aligned}a&=b\\end{aligned}", ours=True, page=False)
    assert len(soup.find_all("math")) == 3 and soup.h1 and not soup.h1.has_attr("id")


@pytest.mark.parametrize("source", ["It is $x^2$.", 'It is $x^2$ <b onclick="x()">so</b>.'], ids=["plain", "made safe"])
def test_formulas_of_a_student_are_shown(source: str) -> None:
    soup = rendered(source, ours=False)
    assert soup.find("msup") and "$" not in soup.get_text() and "onclick" not in str(soup)


def test_dollars_in_code_stay() -> None:
    assert rendered("`$a$` <i onclick=1>and</i>", ours=False).code.get_text() == "$a$"


def test_a_line_of_a_check_shows_code_and_nothing_else() -> None:
    assert in_a_line("write `x < 1`, not <b>") == "write <code>x &lt; 1</code>, not &lt;b&gt;"
    assert SimpleNamespace(html=in_a_line("$\\sigma$")).html.startswith("<math>")


def test_a_name_of_a_file_is_shown_letter_by_letter() -> None:
    name = "[a](http://x) <b> *c* `d` $e$ _f_"
    html = as_html({"cell": new_markdown_cell(""), "resources": {}}, as_it_is(name))
    assert BeautifulSoup(html, "html.parser").get_text().strip() == name and "<b>" not in html


def test_half_a_character_of_a_name_becomes_one_that_a_file_can_hold() -> None:
    assert as_it_is("a\udfff*") == "a?&#42;"
