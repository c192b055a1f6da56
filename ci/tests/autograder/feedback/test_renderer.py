"""nbconvert's renderer as pages use it: formulas as MathML, headings at their level, places only where they may be."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from autograder.feedback.renderer import rendered


@pytest.mark.parametrize(("anchors", "place"), [(True, "A-line"), (False, None)])
def test_heading_is_lower_and_a_place_to_jump_to_where_it_may_be(anchors: bool, place: str | None) -> None:
    html = rendered("## A *line*", anchors=anchors, lower=2, attachments={}, path="")
    heading = BeautifulSoup(html, "html.parser").h4
    assert heading is not None and heading.get("id") == place and heading.get_text() == "A line"


@pytest.mark.parametrize("formula", ["$x^2$", "$$x^2$$", "\\begin{aligned}x^2\\end{aligned}"])
def test_formula_of_each_kind_is_mathml(formula: str) -> None:
    html = rendered(f"So {formula} is", anchors=False, lower=0, attachments={}, path="")
    assert BeautifulSoup(html, "html.parser").find("math") is not None and "\\begin" not in html.split("<annotation")[0]
