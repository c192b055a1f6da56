"""What a graded notebook may show: the step that makes outputs and the student's own words safe to look at.

nbgrader's feedback and its formgrader put a notebook's outputs and Markdown into their page as they are, the latter
with the grader's rights on the Jupyter server. So the autograded notebook itself is made safe, as the last step of
autograding: whatever shows it later has nothing to guard against. The same step runs again when feedback is written
and when the formgrader shows a submission (HTMLExporter.preprocessors), for notebooks that were graded before or by
other means; running it twice changes nothing. What was handed in stays as it is in submitted/.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import List, Unicode

from autograder.feedback.sanitise import fenced, picture, sanitise

__all__ = ["IMAGES", "REPORT", "Display", "remember", "shown"]

REPORT = "application/vnd.cs231n-lite.report+json"  # cs231n_lite's MIME: to import that is to load NumPy
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
# nbgrader's feedback takes further styles: for text and code, which could reach over their box with stacked accents.
STYLE = ".output_subarea,.text_cell_render,.input_area{contain:content;overflow-x:auto;max-width:100%}"
# Formulas that move or pile up what they hold; they are shown behind a fence, which plain Markdown does not have.
REACHING = re.compile(
    r"\\(raise|lower|move|[mh]?kern|[mh]?skip|[mh]space|[rlc]lap|smash|rule|Rule|Space|mathrlap|mathllap|mathclap|hphantom)"
    r"|[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4}"
)
# Python's parser of HTML is slow with what is not closed, and Markdown's with formulas that do not end.
LONGEST, MOST_TAGS, MOST_FORMULAS = 20_000, 1500, 300
FORMULA = re.compile(r"\\\\[\[(]|\\begin|\$\$")
# Characters that mean something to a Markdown parser; as entities they mean themselves.
MARKS = {ord(mark): f"&#{ord(mark)};" for mark in "\n\r\t\\`*_[]$~|:@^"}


class Display(NbGraderPreprocessor):
    """Leaves in a notebook only what can be read and looked at: sanitised HTML, pictures, plain text, code."""

    # The exporter hands its own down to every step; nbgrader's base knows it for no setting, and a server would warn.
    display_data_priority = List(Unicode(), help="The exporter's order of outputs; not used here.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with safe outputs and texts; in a page that is being made, also a fence around them."""
        nb.metadata.pop("widgets", None)
        for cell in nb.cells:
            self._cell(cell)
        styles = resources.get("inlining", {}).get("css")
        if styles is not None and STYLE not in styles:
            styles.append(STYLE)
        # The formgrader writes these into its page as they are; a student's id can be the name of an uploaded file.
        for name in ("student", "first_name", "last_name", "notebook_path"):
            if isinstance(resources.get(name), str):
                resources[name] = escape(resources[name])
        return nb, resources

    def _cell(self, cell: NotebookNode) -> None:
        about = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code":
            if type(cell.get("execution_count")) is not int:
                cell.execution_count = None
            cell.outputs = [safe for output in cell.outputs if (safe := shown(output)) is not None]
        elif cell.cell_type == "raw":
            cell.source = sanitise(cell.source)
        elif not about.get("grade_id") or about.get("solution"):  # any other text is the master's, see graft.py
            cell.source = _markdown(cell.source, _attachments(cell))
        if about.get("comment"):
            about.comment = _markdown(str(about.comment), {})


def _attachments(cell: NotebookNode) -> dict[str, dict[str, str]]:
    """The cell's attachments that are pictures; the others go."""
    pictures = {}
    for name, bundle in dict(cell.get("attachments", {})).items():
        images = {kind: data for kind, data in bundle.items() if kind in IMAGES and _image(kind, data)}
        if images:
            pictures[name] = images
    if "attachments" in cell:
        cell.attachments = NotebookNode(pictures)
    return pictures


def _image(kind: str, data: Any) -> bool:
    return isinstance(data, str) and picture(f"data:{kind};base64,{data}")


def _markdown(source: str, attachments: dict[str, dict[str, str]]) -> str:
    """The text as it is where what it renders to is safe, else that in its safe form, on one line of HTML."""
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    try:
        if len(source) > LONGEST or len(FORMULA.findall(source)) > MOST_FORMULAS:
            raise ValueError("too much to be rendered")
        html = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # an attachment that is not there, or what else a student's text makes of the renderer
        html = f"<pre>{escape(source)}</pre>"
    else:
        # The same tags in the same order: also no end of what somebody else began.
        plain = html.count("<") <= MOST_TAGS and not REACHING.search(source)
        if plain and _Tokens(html).tokens == _Tokens(sanitise(html)).tokens:
            return source
    return fenced(sanitise(html)).strip().translate(MARKS)


class _Tokens(HTMLParser):
    """The tags and words of HTML in order, however they are written; `found` holds words and tags by turns."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tokens: list[Any] = [""]
        self.feed(html)
        self.close()
        self.tokens[::2] = [" ".join(words.split()) for words in self.tokens[::2]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tokens += [(tag, sorted(attrs, key=str)), ""]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.tokens += [tag, ""]

    def handle_data(self, data: str) -> None:
        self.tokens[-1] += data

    def handle_comment(self, _data: str) -> None:
        self.tokens += ["a comment", ""]


ROOM = 16 << 20  # characters of JSON that are remembered
_known: dict[bytes, str] = {}  # hash of an output -> the JSON of what may be shown of it
_room = [ROOM]  # that is left
_lock = threading.Lock()  # a farm on this machine works in threads


def shown(output: NotebookNode) -> NotebookNode | None:
    """Return the output made anew from what may be shown of it, None for nothing; at once where it is known."""
    text = _known.get(_hashed(output))
    if text is None:
        text = json.dumps(_output(output))
        _remember(output, text)
    safe: NotebookNode | None = from_dict(json.loads(text))
    return safe


def remember(outputs: Sequence[Any], safe: Sequence[Any]) -> None:
    """Take `safe` for what may be shown of `outputs`, each of each: the store kept what was found out before."""
    for output, entry in zip(outputs, safe, strict=True):
        _remember(output, json.dumps(entry))


def _remember(output: Any, text: str) -> None:
    with _lock:
        _room[0] -= len(text)
        if _room[0] < 0:
            _known.clear()
            _room[0] = ROOM - len(text)
        _known[_hashed(output)] = text


def _hashed(output: Any) -> bytes:
    return hashlib.sha256(json.dumps(output, sort_keys=True).encode("ascii")).digest()


def _output(output: NotebookNode) -> NotebookNode | None:
    """The output made anew from what may be shown of it."""
    kind = output.output_type
    if kind == "stream":
        name = "stderr" if output.name == "stderr" else "stdout"
        return new_output("stream", name=name, text=str(output.text))
    if kind == "error":
        lines = [str(line) for line in output.traceback]
        return new_output("error", ename=str(output.ename), evalue=str(output.evalue), traceback=lines)
    if kind not in ("display_data", "execute_result"):
        return None
    data, sizes = _bundle(output.data, output.get("metadata", {}))
    if not data:
        return None
    safe = new_output(kind, data=data, metadata=sizes)
    if kind == "execute_result":
        count = output.get("execution_count")
        safe.execution_count = count if type(count) is int else None
    return safe


def _bundle(data: dict[str, Any], metadata: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What may be shown of a bundle of one thing in several forms, and the sizes of its pictures."""
    forms: dict[str, Any] = {"text/plain": data["text/plain"]} if isinstance(data.get("text/plain"), str) else {}
    sizes: dict[str, dict[str, Any]] = {}
    for kind in IMAGES:
        if _image(kind, data.get(kind)):
            forms[kind] = data[kind]
            size = metadata.get(kind)
            size = size if isinstance(size, dict) else {}
            sizes[kind] = {side: size[side] for side in ("width", "height") if type(size.get(side)) is int}
            if isinstance(size.get("alt"), str):  # what a plot shows, in words
                sizes[kind]["alt"] = size["alt"][:LONGEST]
    if isinstance(data.get("text/html"), str):
        forms["text/html"] = fenced(sanitise(data["text/html"]), drawn=True)
    elif isinstance(data.get("image/svg+xml"), str):
        # As an image and not as a part of the page, in which its scripts and links would live.
        words = escape(forms.get("text/plain", "")) or "a drawing"  # what our own drawings say in words
        forms["text/html"] = fenced(
            sanitise(f'<img alt="{words}" src="data:image/svg+xml,{quote(data["image/svg+xml"])}">'), drawn=True
        )
    elif isinstance(data.get("text/markdown"), str):
        forms["text/markdown"] = _markdown(data["text/markdown"], {})
    elif isinstance(data.get("text/latex"), str):
        forms["text/html"] = fenced(sanitise(escape(data["text/latex"])))
    if isinstance(data.get(REPORT), dict):
        forms[REPORT] = data[REPORT]
    return forms, {kind: size for kind, size in sizes.items() if size}
