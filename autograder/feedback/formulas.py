"""Formulas as MathML, made when a page is made: a browser shows them with no script and no network.

latex2mathml reads the LaTeX; what it makes is written down here element by element from a list of what may stay, as a
formula can be a student's. One that it cannot read, or that is too long or too deep to be one, is shown as it was
written.
"""

from __future__ import annotations

import functools
import re
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import Converter

__all__ = ["mathml", "written_out"]

NAMES = """
    math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt
    mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none
"""
TAGS = frozenset(NAMES.split())
WORD, LENGTH = re.compile(r"[a-z]{1,12}"), re.compile(r"\d{1,2}(\.\d{1,3})?(em|ex|pt)")
ATTRIBUTES = {
    **dict.fromkeys(("accent", "accentunder", "display", "displaystyle", "fence", "form", "largeop"), WORD),
    **dict.fromkeys(("movablelimits", "separator", "stretchy", "symmetric"), WORD),
    **dict.fromkeys(("linethickness", "lspace", "maxsize", "minsize", "rspace", "width"), LENGTH),
    "mathvariant": re.compile("normal"),
    "scriptlevel": re.compile(r"[0-3]"),
}
# What browsers no longer take from MathML's attributes, they take from CSS.
STYLES = {
    ("mathvariant", "bold"): "font-weight:bold",
    ("mathvariant", "bold-italic"): "font-weight:bold;font-style:italic",
    ("mathvariant", "italic"): "font-style:italic",
    ("mathvariant", "monospace"): "font-family:monospace",
    ("mathvariant", "sans-serif"): "font-family:sans-serif",
    ("columnalign", "left"): "text-align:left",
    ("columnalign", "right"): "text-align:right",
}
DEFINING = re.compile(r"\\(def|let|[a-z]*newcommand|[a-z]*newenvironment|DeclareMathOperator)(?![A-Za-z])")
LONGEST, DEEPEST = 2000, 60
NARROW = 20  # characters of a formula that fits everywhere
IN_TEXT = re.compile(r"\$\$(?P<block>[^$]+)\$\$|(?<![\\$])\$(?=\S)(?P<line>[^$\n]+)(?<=\S)\$(?!\d)")


@functools.lru_cache(maxsize=2000)
def mathml(latex: str, *, block: bool = False) -> str:
    """Return a formula as MathML; as its LaTeX in a <code> where it cannot be read."""
    latex = latex.strip()
    try:
        if not latex or len(latex) > LONGEST or DEFINING.search(latex):
            raise ValueError("this is not read")
        tree = Converter(display="block" if block else "inline").convert_to_element(latex)
        markup = _markup(tree, 0)
    except Exception:  # latex2mathml raises whatever a formula makes of it
        mark = "$$" if block else "$"
        return f"<code>{escape(f'{mark}{latex}{mark}')}</code>"
    if not block:
        return markup
    # One that may be wider than a telephone can be scrolled there, also by keyboard.
    focus = ' tabindex="0"' if len(latex) > NARROW else ""
    return f'<div class="formula"{focus}>{markup}</div>'


def written_out(text: str) -> str:
    """Return text that is to stand in HTML with its formulas as MathML: `$x$` and `$$x$$`."""

    def formula(match: re.Match[str]) -> str:
        return mathml(match["block"] or match["line"], block=bool(match["block"]))

    parts, start = [], 0
    for match in IN_TEXT.finditer(text):
        parts += [escape(text[start : match.start()], quote=False), formula(match)]
        start = match.end()
    return "".join([*parts, escape(text[start:], quote=False)])


def _markup(element: Element, depth: int) -> str:
    """An element of latex2mathml's as HTML; raises ValueError where it is none of MathML's or too deep."""
    if element.tag not in TAGS or depth > DEEPEST:
        raise ValueError(element.tag)
    styles = ";".join(style for pair, style in STYLES.items() if element.get(pair[0]) == pair[1])
    attributes = {name: value for name, value in element.items() if name in ATTRIBUTES}
    words = "".join(f' {name}="{value}"' for name, value in attributes.items() if ATTRIBUTES[name].fullmatch(value))
    words = words.replace(' display="inline"', "") + (f' style="{styles}"' if styles else "")
    inside = "".join(_text(child.tail, _markup(child, depth + 1)) for child in element)
    return f"<{element.tag}{words}>{_text(element.text)}{inside}</{element.tag}>"


def _text(text: str | None, before: str = "") -> str:
    """Text after markup; latex2mathml writes some letters as entities."""
    return before + escape(unescape(text or ""), quote=False)
