"""Text of a notebook as HTML for a page: formulas as MathML, and headings that links can jump to.

nbconvert's filter `markdown2html` in the setting `HTMLExporter.filters`, for feedback and for the formgrader. What a
student wrote has been made safe before, see display.py: here it is rendered as it was looked at there.
"""

from __future__ import annotations

import re
from html import escape
from importlib import import_module
from typing import Any

from bs4 import BeautifulSoup
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from autograder.feedback.formulas import written_out

__all__ = ["PAGE", "as_html", "as_it_is", "in_a_line", "rendered"]

PAGE = "page of feedback"  # in resources: this is one, where headings are a level down and links may jump to them
MARK = re.compile(r"`([^`\n]+)`")
FENCED = "<div style="  # what display.py made safe by writing it anew
EMPTY_HEAD = re.compile(r"<th( style=\"[^\"]*\")?></th>")  # it is read out as the head of a column, and has no words
AS_WRITTEN = ("pre", "code", "math", "annotation")


@pass_context
def as_html(context: Context, source: str) -> str:
    """Return a cell's text as HTML: nbconvert's filter of the name markdown2html."""
    cell, resources = context.get("cell", {}), context.get("resources", {})
    about = cell.get("metadata", {}).get("nbgrader", {})
    page = bool(resources.get(PAGE))
    # An id in a student's own text could be that of something else, as of a field for points in the formgrader.
    ours = bool(about.get("grade_id")) and not about.get("solution")
    path = resources.get("metadata", {}).get("path", "")
    return rendered(source, cell, lower=int(page), anchors=page and ours, ours=ours, path=path)


def rendered(
    source: str, cell: Any, *, lower: int = 0, anchors: bool = False, ours: bool = True, path: str = ""
) -> str:
    """Return the text of a cell as HTML with headings so many levels lower; `ours` says that the course wrote it."""
    # Only pages are rendered: grading, which loads every step, would load a parser of Markdown with it.
    html = import_module("autograder.feedback.renderer").rendered(
        source, anchors=anchors, lower=lower, attachments=cell.get("attachments", {}), path=path
    )
    html = EMPTY_HEAD.sub(r"<td\1></td>", html)
    return _formulas_in(html) if source.startswith(FENCED) and not ours else html


def _formulas_in(html: str) -> str:
    """HTML that was made safe has its formulas as text, with entities for what means something to Markdown."""
    soup = BeautifulSoup(html, "html.parser")
    for text in soup.find_all(string=re.compile(r"\$")):
        if not any(parent.name in AS_WRITTEN for parent in text.parents):
            text.replace_with(BeautifulSoup(written_out(str(text)), "html.parser"))
    return str(soup)


def in_a_line(text: str) -> Markup:
    """Return a line of a check or a heading as HTML: `code`, formulas, and everything else as it is."""
    parts = MARK.split(text)
    return Markup("".join(f"<code>{escape(p)}</code>" if n % 2 else written_out(p) for n, p in enumerate(parts)))


def as_it_is(text: str) -> str:
    """Return a text that may be the name of a student's file so that Markdown and HTML leave it as it is.

    Half a character, which no file can hold, becomes a question mark.
    """
    text = text.encode("utf-8", "replace").decode()
    return "".join(f"&#{ord(letter)};" if letter in "\\`*_{}[]<>#|&!$~" else letter for letter in text)
