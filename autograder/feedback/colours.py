"""Code coloured for a page, up to a bound: what follows is shown whole and plain.

Each word of coloured code is an element of the page. A notebook of the course has some thousands of characters of code
in a cell and less than a hundred thousand in all; one of four million would take minutes and gigabytes to be shown.
"""

from __future__ import annotations

import re
from typing import Any

from nbconvert.filters.highlight import Highlight2HTML

__all__ = ["MOST", "Highlight"]

MOST = 120_000  # characters of a page that are coloured
BARE = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')  # names and marks: a third of a page, in no colour
PLAIN = "text"  # Pygments' name for what has no colours


class Highlight(Highlight2HTML):
    """nbconvert's filter of this purpose, which it makes anew for each page."""

    def __init__(self, pygments_lexer: str | None = None, **keywords: Any) -> None:
        super().__init__(pygments_lexer=pygments_lexer or "python", **keywords)
        self._room = MOST

    def __call__(self, source: str, language: str | None = None, metadata: Any = None) -> str:
        """Return a cell's source as HTML, in colours as long as there is room."""
        self._room -= len(source)
        html = str(super().__call__(source, language if self._room >= 0 else PLAIN, metadata))
        return BARE.sub(r"\1", html)
