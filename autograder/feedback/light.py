"""Pictures of a page made lighter: a page goes through mail and is opened on a telephone, a class has hundreds of them.

Plots are drawn in few colours: with a palette they have a quarter of their bytes and look the same. Drawings lose what
nothing shows in an <img>: words, which stand in its `alt` too, and data for scripts. A picture that cannot be read, or
that is too large to be unpacked here, stays as it is. Where a page's plots are heavy still, the heaviest of exercises
that have all their points are left out: they are in the student's own notebook, and their words stay.
"""

from __future__ import annotations

import base64
import html as markup
import io
import re
from typing import Any
from urllib.parse import quote, unquote

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from PIL import Image, ImageColor

from autograder.feedback.said_once import said_once
from autograder.feedback.sanitise import picture

__all__ = ["Lighten", "drawing", "plot"]

COLOURS, OF_PHOTOGRAPHS = 32, 64  # with a hole in it, a picture is one of photographs
LEAST = 2000  # bytes of a picture that is worth it
MOST_PIXELS = 8_000_000
PLOTS = 60_000  # bytes of a page's plots; with code, words and drawings a page has 300 kB then
LEFT_OUT = "<p>Left out to keep this page light: it is in your own notebook. {}</p>"
EXERCISE = re.compile(r'^##? .*?(?:<a id="exercise-([a-z0-9-]+)"></a>)?\s*$', re.MULTILINE)
HEAVY = re.compile(r'<img\b[^>]*\bsrc="data:image/(?:webp|png);base64,[^"]+"[^>]*>')
WORDS = re.compile(r'\balt="([^"]*)"')
FITS = 1500  # pixels across of a drawing that can be read on a page of 1,000
DRAWING = re.compile(r"(?<=src=\")data:image/svg\+xml,([^\"]+)(?=\")")
PLOT = re.compile(r"(?<=src=\")data:image/png;base64,([^\"]+)(?=\")")
# A wide graph in boxes: a page without a script shows the whole of it, which says the same and more. Where all
# gradients agree, there is no gate to look for, and the boxes say enough in half of the bytes.
BOXES = re.compile(r'<img alt="([^"]*)" src="data:image/svg\+xml,[^"]*data-box(?:=|%3D)[^"]*"[^>]*>')
AGREES = re.compile(r"(?:all \d+ gradients agree|the gradient of \S+ agrees) with what was measured\.?$")
CLOSED = re.compile(r"<details>(?=<summary>all \d+ gates)")
WIDTH = re.compile(r"\bwidth=['\"](\d+)['\"]")
UNSHOWN = re.compile(
    r"<desc>[^<]*</desc>|<title>[^<]*</title>|\sdata-[a-z]+=\"[^\"<>]*\"|(?<=\d)\.0(?=[\s\"hvHVLCMz])|\n"
)
# The colours for dark pages hang on JupyterLab's attribute; a picture in a page of ours follows the reader's system.
DARK = re.compile(r"<style>((?:\[data-jp-theme-light=\"false\"\] [^{}<>]+\{[^{}<>]*\}\s*)+)</style>")
# An array is drawn as a square for each entry.
SQUARE = r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" fill="(#[0-9a-f]{6})"/>'
GRID = re.compile(f"(?:{re.sub(r'[()]', '', SQUARE)}){{4,4000}}")
FAMILY = re.compile(r'font-family="[^"<>]*"')
IN_LAB, GRAPH = '[data-jp-theme-light="false"] ', ".cl-graph "
PLAIN = " /:=;,'()!*@+$?~"  # what an address in a page may hold as it is; & < > # % and quotes mean something there


class Lighten(NbGraderPreprocessor):
    """Puts lighter pictures of the same look in the place of a notebook's, the last step before its page is made."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with lighter pictures."""
        for cell in nb.cells:
            if cell.get("outputs"):
                cell.outputs = [output for output in cell.outputs if _lightened(output)]
        _leave_out(nb.cells, PLOTS)
        return nb, resources


def _leave_out(cells: list[NotebookNode], most: int) -> None:
    """Put words in the place of the heaviest plots of what lost no points, until all have at most so many bytes."""
    slug, of_exercise, lost = "", [], set()
    for cell in cells:
        if cell.cell_type == "markdown":
            for heading in EXERCISE.finditer(cell.source):
                slug = heading[1] or ""
        of_exercise.append(slug)
        grade = cell.metadata.get("nbgrader", {})
        points = grade.get("points") or 0
        if grade.get("grade") and ((grade.get("score") or 0) < points or not points):  # a stretch has none to lose
            lost.add(slug)
    plots = [
        (len(picture_text), output, picture_text, slug in lost)
        for cell, slug in zip(cells, of_exercise, strict=True)
        for output in cell.get("outputs", [])
        for picture_text in _plots(output)
    ]
    total = sum(size for size, *_ in plots)
    for size, output, picture_text, needed in sorted(plots, key=lambda plot: -plot[0]):
        if total <= most:
            return
        if not needed:
            _say_only(output, picture_text)
            total -= size


def _plots(output: NotebookNode) -> list[str]:
    """The plots of an output, as they stand in it: the base64 of an image, or an element of HTML."""
    data = output.get("data", {})
    images = [data[kind] for kind in ("image/webp", "image/png") if isinstance(data.get(kind), str)]
    return images + (HEAVY.findall(data["text/html"]) if isinstance(data.get("text/html"), str) else [])


def _say_only(output: NotebookNode, plot_text: str) -> None:
    data = output.data
    for kind in ("image/webp", "image/png"):
        if data.get(kind) == plot_text:
            del data[kind]
            words = output.get("metadata", {}).pop(kind, {}).get("alt") or data.get("text/plain", "")
            data.setdefault("text/html", LEFT_OUT.format(markup.escape(str(words))))
            return
    alt = WORDS.search(plot_text)
    words = markup.escape(markup.unescape(alt[1])) if alt else ""  # in an attribute, < is no beginning of a tag
    data["text/html"] = data["text/html"].replace(plot_text, LEFT_OUT.format(words), 1)


def _lightened(output: NotebookNode) -> bool:
    """Make the pictures of an output lighter; return whether there is anything left to be seen."""
    data = output.get("data", {})
    if isinstance(data.get("image/png"), str):
        kind, text = plot(data.pop("image/png"))
        data[kind] = text
        about = output.setdefault("metadata", {})
        if "image/png" in about:
            about[kind] = about.pop("image/png")
    if isinstance(data.get("text/html"), str):
        html = data["text/html"]
        boxed = BOXES.findall(html)
        lean = _in_boxes(html) if boxed and all(map(AGREES.search, boxed)) else html
        html, boxes = (lean, 0) if lean != html else BOXES.subn("", html)
        if boxes and "<img" not in html:
            return False
        html = CLOSED.sub("<details open>", html) if boxes else html
        data["text/html"] = PLOT.sub(_plot, DRAWING.sub(_drawing, html))
    return True


def _in_boxes(html: str) -> str:
    """The same without the gates of a graph out of their boxes; as it is, where these are no part by themselves."""
    opening, end = CLOSED.search(html), html.rfind("</details>") + len("</details>")
    if not opening or opening.start() > end:
        return html
    whole = html[opening.start() : end]
    alone = all(whole.count(f"<{tag}") == whole.count(f"</{tag}>") for tag in ("details", "div"))
    return html[: opening.start()] + html[end:] if alone else html


def plot(png: str) -> tuple[str, str]:
    """Return the MIME type and the base64 of a PNG made lighter; the same where that cannot be."""
    try:
        raw = base64.b64decode(png)
        with Image.open(io.BytesIO(raw), formats=("PNG",)) as image:
            if len(raw) < LEAST or image.width * image.height > MOST_PIXELS or getattr(image, "n_frames", 1) > 1:
                return "image/png", png
            smooth = image.convert("RGBA")
        opaque = smooth.getchannel("A").getextrema()[0] == 255
        few = (
            smooth.convert("RGB")
            .quantize(COLOURS if opaque else OF_PHOTOGRAPHS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            .convert("RGB")
        )
        if not opaque:
            few.putalpha(smooth.getchannel("A"))
        light = io.BytesIO()
        few.save(light, "WEBP", lossless=True, quality=80, method=4)
    except Exception:  # a student's file may be anything, and Pillow raises what it likes
        return "image/png", png
    data = light.getvalue()
    return ("image/webp", base64.b64encode(data).decode()) if len(data) < len(raw) else ("image/png", png)


def _drawing(match: re.Match[str]) -> str:
    """A drawing's address, and a class where it can be read when it is made as wide as the page."""
    light = drawing(match[0])
    width = WIDTH.search(unquote(light[:LEAST]))
    return f'{light}" class="fits' if width and int(width[1]) <= FITS else light


def _plot(match: re.Match[str]) -> str:
    kind, data = plot(match[1])
    return f"data:{kind};base64,{data}"


def drawing(address: str) -> str:
    """Return the address of an SVG in the page itself with less in it, and with its colours for dark pages."""
    svg = unquote(address.removeprefix("data:image/svg+xml,"))
    lean = DARK.sub(lambda match: _by_system(match[1]), UNSHOWN.sub(_shorter, svg))
    lean = said_once(GRID.sub(_grid, lean))
    lean = f"data:image/svg+xml,{quote(_quoted(lean), safe=PLAIN)}"
    return lean if len(lean) < len(address) and picture(lean) else address


def _grid(match: re.Match[str]) -> str:
    """The squares of an array as one small picture, a pixel each; what is no grid as it is."""
    squares = [(*map(float, square[:4]), square[4]) for square in re.findall(SQUARE, match[0])]
    (_, _, width, height, _), sizes = squares[0], {square[2:4] for square in squares}
    columns, rows = (sorted({square[side] for square in squares}) for side in (0, 1))
    close = all(
        abs(place - places[0] - number * size) < 0.2
        for places, size in ((columns, width), (rows, height))
        for number, place in enumerate(places)
    )
    if not close or len(sizes) > 1 or len(columns) * len(rows) != len(squares):
        return match[0]
    image = Image.new("RGB", (len(columns), len(rows)))
    for x, y, _, _, colour in squares:
        image.putpixel((columns.index(x), rows.index(y)), ImageColor.getrgb(colour))
    file = io.BytesIO()
    image.save(file, "WEBP", lossless=True)
    stretched = "" if width == height else ' preserveAspectRatio="none"'
    return (
        f'<image x="{columns[0]:g}" y="{rows[0]:g}" width="{width * len(columns):g}" '
        f'height="{height * len(rows):g}"{stretched} image-rendering="pixelated" '
        f'href="data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"/>'
    )


def _shorter(match: re.Match[str]) -> str:
    return " " if match[0] == "\n" else ""


def _by_system(rules: str) -> str:
    return f"<style>@media(prefers-color-scheme:dark){{{rules.replace(IN_LAB, '').replace(GRAPH, '')}}}</style>"


def _quoted(svg: str) -> str:
    """The same with such quotes around attributes as an address may hold."""
    svg = FAMILY.sub(lambda match: match[0].replace("'", ""), svg)  # names of fonts need none
    return re.sub(r'="([^"<>]*)"', lambda match: "='" + match[1].replace("'", "&quot;") + "'", svg)
