"""A graph with less in it has the same parts in the same colours; what is no graph of the course is left alone."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from autograder.feedback.said_once import said_once
from ci.tests.cs231n_lite.drawing.gallery import neuron_graph
from cs231n_lite.drawing.picture import draw


def test_colours_and_letters_are_said_once_and_no_part_is_lost() -> None:
    svg = draw(neuron_graph(), {"w0": 5.0}, title="a neuron").svg
    lean = said_once(svg)
    assert len(lean) < 0.7 * len(svg) and ElementTree.fromstring(lean) is not None
    for tag in ("<text", "<path", "<rect", "<circle", "<tspan"):
        assert lean.count(tag) == svg.count(tag)
    assert re.findall(r">([^<>]+)</text>", lean) == re.findall(r">([^<>]+)</text>", svg)
    light = lean[: lean.index("[data-jp-theme-light")]  # a dark page's rules come after, and so go before
    assert ".v{fill:#116329}" in light and ".w{fill:none;stroke:#6e7781" in light and ".m{font-style:italic" in light
    assert 'fill="#116329"' not in lean and lean.count('text-anchor="middle"') == 1


def test_an_attribute_that_not_all_of_a_class_have_stays() -> None:
    start = '<svg xmlns="http://www.w3.org/2000/svg" class="cl-graph"><style></style><g transform="scale(1)">'
    parts = '<path class="a" fill="red" stroke="none"/><path class="a" fill="blue" stroke="none"/>'
    lean = said_once(f"{start}{parts}</g></svg>")
    assert ".a{stroke:none}" in lean and 'fill="red"' in lean and 'fill="blue"' in lean and 'stroke="none"' not in lean


def test_another_picture_stays_as_it_is() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><style></style><path class="a" fill="red"/></svg>'
    assert said_once(svg) == svg
