"""Code in a page: coloured as nbconvert does, names and marks plain, and past a bound shown whole without colours."""

from __future__ import annotations

import re

import pytest
from nbconvert import HTMLExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course import Course
from autograder.feedback import colours
from autograder.feedback.colours import MOST, Highlight

LINE = "answer = second.third(4)\n"


def test_code_of_a_course_has_the_colours_that_it_has_by_nbconvert() -> None:
    code = LINE * (MOST // len(LINE))
    theirs = Highlight2HTML(pygments_lexer="python")(code)
    assert Highlight()(code) == re.sub(r'<span class="[nopw]">([^<]*)</span>', r"\1", theirs) != theirs


def test_page_of_much_code_is_coloured_up_to_the_bound_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colours, "MOST", 25 * len(LINE))
    cells = [new_code_cell(f"# cell {number}\n" + LINE * 10) for number in range(4)]
    exporter = HTMLExporter(config=Course().config())
    for _ in range(2):  # each page has its own bound
        page, _ = exporter.from_notebook_node(new_notebook(cells=cells, metadata={"language_info": {"name": "python"}}))
        assert page.count('answer = second.third(<span class="mi">4</span>)') == 20
        assert page.count(LINE.strip()) == 20, "without colours, and whole"
        assert all(f"# cell {number}" in page for number in range(4))
