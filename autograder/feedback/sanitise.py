"""Foreign HTML made harmless: what is left can be read and looked at, and cannot do anything.

A list of what may stay, never of what must go: the tags of text, tables and lists, a few attributes, style properties
that colour and space a box but cannot take anything out of it, and pictures that travel inside the page. No address
is left that a browser would load or a click would follow, because a link into the grader's own Jupyter server is a
request with the grader's rights. nh3, a browser's parser with such lists, has the first and the last word; between the
two, words take the place of links and of pictures from elsewhere. (nbconvert's own sanitizer, on bleach, shows the text
of the scripts that it takes the tags of, drops pictures that are data, and looks at no value of a style.)
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
from collections.abc import Iterable
from itertools import islice
from urllib.parse import unquote_to_bytes

import bs4
import nh3
import tinycss2
from defusedxml import DefusedXmlException, ElementTree
from pygments.token import STANDARD_TYPES

__all__ = ["FENCE", "fenced", "picture", "sanitise"]

KEPT = (
    "abbr b big blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 "
    "h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub summary sup table "
    "tbody td tfoot th thead tr tt u ul var wbr"
)
TAGS = frozenset(KEPT.split())
# These go with all that is in them; of any other tag the words stay.
SILENT = (
    "script style template noscript noembed noframes iframe frame frameset object embed applet svg math head title "
    "meta link base portal audio video canvas map select option datalist textarea"
)
COUNTED = {"colspan", "rowspan", "start", "value", "span", "border", "width", "height"}
WORDS = {
    "align": {"left", "right", "center", "justify"},
    "valign": {"top", "middle", "bottom", "baseline"},
    "role": {"group", "img"},  # with a label, what a mark or a box is to those who hear the page
    "tabindex": {"0"},
}
ATTRIBUTES = {
    "*": {"align", "alt", "aria-label", "class", "role", "style", "title", "valign", *COUNTED},
    "a": {"href"},
    "details": {"open"},
    "div": {"tabindex"},  # a box that scrolls is reached by keyboard
    "img": {"src"},
    "input": {"checked", "type"},
    "pre": {"tabindex"},
}
CLASSES = frozenset(
    # of pictures of the course, of Pygments and of pandas
    {"cl-chart", "cl-graph", "cl-photographs", "highlight", "dataframe", *filter(None, STANDARD_TYPES.values())}
)
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml)(?:;charset=[\w-]+)?(;base64)?,", re.IGNORECASE)

# Neither a position nor a negative length: nothing here moves a box over another one.
PROPERTIES = (
    "background background-color border-collapse border-color border-radius border-spacing border-style border-width "
    "color contain font-family font-size font-style font-weight height line-height list-style-type max-height "
    "max-width min-height min-width overflow overflow-x overflow-y text-align text-decoration white-space width"
)
SIDES = ("", "-top", "-right", "-bottom", "-left")
STYLES = {*PROPERTIES.split(), *(name + side for name in ("border", "margin", "padding") for side in SIDES)}
COLOURS = {"rgb", "rgba", "hsl", "hsla"}
LARGEST = {"px": 2000.0, "pt": 1500.0, "%": 100.0}  # of a length; of any other unit 100

# MathJax's own HTML: links, styles, classes and ids, and extensions that it would load.
TEX = re.compile(r"\\(bbox|class|cssId|data|href|mmlToken|require|style|url)(?![A-Za-z])")

# Parsers repair what is not closed, at a cost that grows as the square; no honest output comes near these.
MOST_TAGS, MOST_ENTITIES, DEEPEST, LONGEST = 20_000, 50_000, 80, 8 * 2**20
# An open one of these with attributes of its own is opened again in every paragraph that follows.
REOPENED = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/]", re.IGNORECASE)
MOST_REOPENED = 1_000_000
LONGEST_STYLE = 2000
LONGEST_KNOWN = 2**20  # characters of a picture that is remembered
# A box that clips whatever is drawn in it and holds what is placed in relation to the page.
FENCE = "contain:content;overflow-x:auto"
# A drawing may be wider than the page: its box is scrolled, also by keyboard. (In nh3's order of attributes.)
SCROLLED = f'<div aria-label="a drawing" role="group" style="{FENCE}" tabindex="0">'
LEFT_OUT = "<p><em>(An output was left out here: it is too large or too tangled to be shown safely.)</em></p>"


def sanitise(html: str) -> str:
    """Return the HTML with nothing in it that runs, loads, links or leaves its box; twice is the same as once."""
    soup = bs4.BeautifulSoup(_clean(html, TAGS | {"a", "input"}), "html.parser") if _modest(html) else None
    if soup is None or any(len(list(islice(tag.parents, DEEPEST))) == DEEPEST for tag in soup.find_all(True)):
        return LEFT_OUT
    _put_words(soup)
    cleaned = _clean(soup.decode(formatter="minimal"), TAGS)
    return cleaned if _modest(cleaned) else LEFT_OUT


def fenced(html: str, *, drawn: bool = False) -> str:
    """Return sanitised HTML in a box that nothing is drawn outside of; one that has such a box already as it is.

    With `drawn`, a box with a drawing in it can be scrolled by keyboard.
    """
    parts = bs4.BeautifulSoup(html, "html.parser").contents
    if len(parts) == 1 and isinstance(parts[0], bs4.Tag) and parts[0].get("style") == FENCE:
        return html
    return (SCROLLED if drawn and "data:image/svg+xml" in html else f'<div style="{FENCE}">') + html + "</div>"


def _modest(html: str) -> bool:
    tags = html.count("<")
    return (
        len(html) <= LONGEST
        and tags <= MOST_TAGS
        and html.count("&") <= MOST_ENTITIES
        and len(REOPENED.findall(html)) * tags <= MOST_REOPENED
    )


def _still(text: str) -> str:
    """Return the text with MathJax's commands that make HTML shown by name."""
    return TEX.sub(r"\\mathrm{\1}", text)


def picture(address: str) -> bool:
    """Return whether the address is a picture that travels in the page itself and holds no script."""
    return _travels(address) if len(address) <= LONGEST_KNOWN else _travels.__wrapped__(address)


@functools.lru_cache(8)  # each is asked for before and after the words are put in, and once more when it is shown
def _travels(address: str) -> bool:
    start = PICTURE.match(address)
    if not start:
        return False
    kind, coded = start[1].lower(), bool(start[2])
    if kind != "svg+xml":
        return coded and re.fullmatch(r"[A-Za-z0-9+/=\s]*", address[start.end() :]) is not None
    try:
        data = unquote_to_bytes(address[start.end() :])
        return _drawing(base64.b64decode(data) if coded else data)
    except binascii.Error:
        return False


def _drawing(svg: bytes) -> bool:
    """Whether this is an SVG without script; in an <img> none would run, but pictures are also opened by themselves."""
    try:
        root = ElementTree.fromstring(svg)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, RecursionError):
        return False
    for part in root.iter():
        name = str(part.tag).rsplit("}", 1)[-1].lower()
        if name in {"script", "foreignobject", "iframe", "object", "embed", "handler", "listener", "a"}:
            return False
        for key, value in part.attrib.items():
            key = key.rsplit("}", 1)[-1].lower()
            if key.startswith("on") or (key == "href" and not (value.startswith("#") or PICTURE.match(value))):
                return False
    return True


def _put_words(soup: bs4.BeautifulSoup) -> None:
    """Put words in the place of links, of pictures from elsewhere and of ticked boxes."""
    for tag in soup.find_all("img"):
        if not tag.has_attr("src"):
            tag.replace_with(f"[picture left out: {str(tag.get('alt') or 'not part of the page')[:200]}]")
            continue
        if not tag.has_attr("alt"):
            tag["alt"] = "a picture without a description"
        if "border" not in str(tag.get("style", "")):
            # The formgrader draws a red one, which in our pictures means wrong.
            tag["style"] = f"{tag.get('style', '')};border:0".lstrip(";")
    for tag in soup.find_all("a"):
        address = str(tag.get("href", "")).strip()
        if re.match(r"https?://", address) and address not in tag.get_text():
            tag.append(f" ({address[:500]})")
        tag.unwrap()
    for tag in soup.find_all("input"):
        ticked = "☑ " if tag.has_attr("checked") else "☐ "
        tag.replace_with(ticked if tag.get("type") == "checkbox" else "")
    for text in soup.find_all(string=TEX):
        if not any(parent.name in ("pre", "code") for parent in text.parents):
            text.replace_with(_still(str(text)))


def _clean(html: str, tags: frozenset[str]) -> str:
    cleaned: str = nh3.clean(
        html,
        tags=set(tags),
        clean_content_tags=set(SILENT.split()),
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"data", "http", "https"},
        link_rel=None,
    )
    return cleaned


def _attribute(_tag: str, name: str, value: str) -> str | None:
    """The value that an attribute may have, or None for no attribute."""
    if name == "style":
        return _style(value) or None
    if name == "class":
        return value if set(value.split()) <= CLASSES else None
    if name == "src":
        return value if picture(value) else None
    if name in WORDS:
        return value if value.lower() in WORDS[name] else None
    if name in COUNTED:
        return value if re.fullmatch(r"\d{1,4}", value) else None
    return value


def _style(style: str) -> str:
    """The declarations of a style that may stay."""
    return _declarations(style) if len(style) <= LONGEST_STYLE else ""


@functools.lru_cache(1000)  # a drawing has the same few hundreds of times, and a class the same drawings
def _declarations(style: str) -> str:
    declarations = []
    for part in tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True):
        if part.type == "declaration" and part.lower_name in STYLES and _plain(part.value):
            declarations.append(f"{part.lower_name}:{tinycss2.serialize(part.value).strip()}")
    return ";".join(declarations)


def _plain(values: Iterable[tinycss2.ast.Node]) -> bool:
    """Whether a value is made of words, colours and lengths that are neither negative nor huge."""
    for value in values:
        if value.type in ("number", "percentage", "dimension"):
            unit = "%" if value.type == "percentage" else getattr(value, "lower_unit", "")
            if not 0 <= value.value <= LARGEST.get(unit, 100.0 if unit else 1000.0):
                return False
        elif value.type == "function":
            if value.lower_name not in COLOURS or not _plain(value.arguments):
                return False
        elif value.type == "literal":
            if value.value not in (",", "/"):
                return False
        elif value.type not in ("ident", "hash", "string", "whitespace"):
            return False
    return True
