"""The picture as one piece of HTML that can be stepped through: no server, no network, no kernel.

The still picture is an image; the script unfolds it in its place, hides what a step has not reached yet and adds the
controls, so that a page that strips scripts still shows the whole picture. It is an <img>, because JupyterLab's
sanitizer takes the tags of an inline SVG away and leaves their words behind, in every notebook that was not yet run.
Script and styles stand inside an empty SVG, where a page that strips tags but keeps their text does not show that text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from cs231n_lite.drawing.diagram import Diagram
from cs231n_lite.drawing.narration import Story, Words, tell
from cs231n_lite.drawing.palette import DARK, LIGHT
from cs231n_lite.speech import marked, say

__all__ = ["SAID", "Still", "script", "spoken", "still_picture", "style", "to_html", "tools", "word_list"]

COLOURS = ("card", "line", "ink", "soft", "gate", "value", "gradient", "yes")
PLAIN = " =/:;,()@!?&*$-_.~[]"  # what may stand unescaped in an address between double quotes


def _variables(palette: dict[str, str]) -> str:
    return ";".join(f"--cl-{name}:{palette[name]}" for name in COLOURS)


def style(name: str) -> str:
    """Return a file of styles in one line, as it stands in every picture of a notebook, with its colours.

    The two comments of the file are their places.
    """
    written = Path(__file__).with_name(name).read_text(encoding="utf-8")
    line = "".join(line.strip() for line in written.splitlines())
    return line.replace("/* light */", _variables(LIGHT)).replace("/* dark */", _variables(DARK))


def script(name: str) -> str:
    """Return a file of JavaScript as it is."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


STYLE = style("stepper.css")
# The script works on every stepper of the page that no script has taken yet, because JupyterLab runs it before it is
# known which output it stands in. It holds no "<" and no "&", which XML and HTML would read differently.
SCRIPT = "\n" + script("stepper.js")
SAID = re.compile(r"'([^'\n]*)'")  # its texts, some of which are read


@dataclass(frozen=True, slots=True)
class Still:
    """A diagram, its picture as `svg`, and its text alternative, `words`."""

    diagram: Diagram
    svg: str
    words: str


def to_html(picture: Still, boxes: Still | None = None) -> str:
    """Return the picture's stepper; where there is a form in `boxes`, that one, and the picture below it to be opened.

    A picture without values stays a still one.
    """
    parts = _stepper(picture)
    if boxes is not None:
        gates = sum(bool(mark.inputs) for mark in picture.diagram.marks.values())
        summary = say(f"all {gates} gates, out of their boxes", "picture")
        whole = f'<details class="cl-whole"><summary>{summary}</summary>{parts}</details>'
        parts = f"<div>{_stepper(boxes, in_boxes=True)}{whole}</div>"
    return parts + tools(STYLE, spoken(SCRIPT, "stepper"))


def spoken(code: str, table: str) -> str:
    """Return a script with its texts in the language that is spoken."""
    return SAID.sub(lambda text: f"'{_kept_apart(text[1], table)}'", code)


def tools(styles: str, scripts: str) -> str:
    """Return styles and scripts as they stand behind a picture."""
    inside = f"<style>{styles}</style><script>{scripts}</script>"
    return f'<svg width="0" height="0" aria-hidden="true" style="position:absolute">{inside}</svg>'


def still_picture(still: Still) -> str:
    """Return the still picture as an image with its words."""
    return f'<img alt="{escape(still.words)}" src="data:image/svg+xml,{quote(still.svg, safe=PLAIN)}">'


def word_list(still: Still) -> str:
    """Return the picture in words, a clause a line, to be unfolded."""
    clauses = "".join(f"<li>{escape(clause)}</li>" for clause in still.words.rstrip(".").split(". ") if clause)
    return f"<details><summary>{say('the picture in words', 'picture')}</summary><ul>{clauses}</ul></details>"


def _stepper(still: Still, *, in_boxes: bool = False) -> str:
    diagram = still.diagram
    story = tell(diagram) if any(mark.value is not None for mark in diagram.marks.values()) else Story()
    label = say(f"graph of {diagram.output}{' in boxes' * in_boxes}, step by step", "picture")
    data = f' data-story="{escape(_data(story, cached=not in_boxes))}"' if len(story.steps) > 1 else ""
    return (
        f'<div{marked()} class="cl-stepper" role="group" '
        f'aria-label="{escape(label)}" '
        f'data-lm-suppress-shortcuts="true"{data}><div class="cl-view">{still_picture(still)}</div>'
        f"{'' if in_boxes else word_list(still)}</div>"  # the whole picture's list says all that is in the boxes
    )


def _data(story: Story, *, cached: bool) -> str:
    steps = [
        {"phase": step.phase, "node": step.node, "lines": _spoken(step.lines)}
        | ({"cached": step.cached} if cached else {})
        for step in story.steps
    ]
    content = {"steps": steps, "values": story.value_from, "gradients": story.gradient_from}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _spoken(lines: list[Words]) -> list[Words]:
    """The lines with their plain words in the language that is spoken, and the white space around them as it was."""
    return [[(css, text if css else _kept_apart(text, "picture")) for css, text in line] for line in lines]


def _kept_apart(text: str, table: str) -> str:
    words = text.strip()
    return text.replace(words, say(words, table)) if words else text
