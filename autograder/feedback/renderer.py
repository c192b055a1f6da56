"""nbconvert's renderer of Markdown, with formulas as MathML and headings that links can jump to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.feedback.formulas import mathml

__all__ = ["rendered"]


class _Renderer(IPythonRenderer):
    """nbconvert's, with MathML for formulas and, where `anchors` says so, ids for headings."""

    def __init__(self, *, anchors: bool, lower: int, **keywords: Any) -> None:
        super().__init__(**keywords)
        self._anchors, self._lower = anchors, lower

    def block_math(self, body: str) -> str:
        return mathml(body, block=True)

    def inline_math(self, body: str) -> str:
        return mathml(body)

    def latex_environment(self, name: str, body: str) -> str:
        return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def heading(self, text: str, level: int, **_: Any) -> str:
        level = min(6, level + self._lower)
        # As JupyterLab names them, so that a notebook's own links lead to the same place.
        name = unescape(re.sub(r"<[^>]*>", "", text)).strip().replace(" ", "-")
        place = f' id="{escape(name)}"' if self._anchors and name else ""
        return f"<h{level}{place}>{text}</h{level}>\n"


def rendered(source: str, *, anchors: bool, lower: int, attachments: Mapping[str, Any], path: str) -> str:
    """Return Markdown as HTML; headings stand so many levels `lower`, and with `anchors` are places to jump to."""
    renderer = _Renderer(
        anchors=anchors,
        lower=lower,
        escape=False,
        exclude_anchor_links=True,
        attachments=attachments,
        path=path,
    )
    return str(MarkdownWithMath(renderer=renderer).render(source))
