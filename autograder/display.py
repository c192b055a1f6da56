"""What a graded notebook may show: the step that makes outputs and the student's own words safe to look at.

nbgrader's feedback and its formgrader put a notebook's outputs and Markdown into their page as they are, the latter
with the grader's rights on the Jupyter server. So the autograded notebook itself is made safe, as the last step of
autograding: whatever shows it later has nothing to guard against. The same step runs again when feedback is written
and when the formgrader shows a submission (HTMLExporter.preprocessors), for notebooks that were graded before or by
other means; running it twice changes nothing. What was handed in stays as it is in submitted/.
"""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import quote

from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.sanitise import picture, sanitise, still

__all__ = ["Display"]

REPORT = "application/vnd.cs231n-lite.report+json"
IMAGES = ("image/png", "image/jpeg")
# Text could still reach over its box with tall formulas and stacked accents.
FENCE = ".output_subarea,.text_cell_render,.input_area{contain:content;overflow-x:auto;max-width:100%}"
# Characters that mean something to a Markdown parser; as entities they mean themselves.
MARKS = {ord(mark): f"&#{ord(mark)};" for mark in "\n\r\t\\`*_[]$~|:@^"}


class Display(NbGraderPreprocessor):
    """Leaves in a notebook only what can be read and looked at: sanitised HTML, pictures, plain text, code."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with safe outputs and texts; in a page that is being made, also a fence around them."""
        nb.metadata.pop("widgets", None)
        for cell in nb.cells:
            self._cell(cell)
        styles = resources.get("inlining", {}).get("css")
        if styles is not None and FENCE not in styles:
            styles.append(FENCE)
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
            cell.outputs = [safe for output in cell.outputs if (safe := _output(output)) is not None]
        elif cell.cell_type == "raw":
            cell.source = sanitise(cell.source)
        elif not about.get("grade_id") or about.get("solution"):  # any other text is the master's, see graft.py
            cell.source = _markdown(cell.source, _attachments(cell))
        if about.get("comment"):
            about.comment = _markdown(str(about.comment), {})


def _attachments(cell: NotebookNode) -> dict[str, dict[str, str]]:
    """The cell's attachments that are pictures; the others go."""
    kept = {}
    for name, bundle in dict(cell.get("attachments", {})).items():
        images = {kind: data for kind, data in bundle.items() if kind in IMAGES and _image(kind, data)}
        if images:
            kept[name] = images
    if "attachments" in cell:
        cell.attachments = NotebookNode(kept)
    return kept


def _image(kind: str, data: Any) -> bool:
    return isinstance(data, str) and picture(f"data:{kind};base64,{data}")


def _markdown(source: str, attachments: dict[str, dict[str, str]]) -> str:
    """The text as it is where what it renders to is safe, else that in its safe form, on one line of HTML."""
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    try:
        shown = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # an attachment that is not there, or what else a student's text makes of the renderer
        shown = f"<pre>{escape(source)}</pre>"
    else:
        if _normal(shown) == _normal(sanitise(shown)):
            return source
    return "<div>" + sanitise(shown).strip().translate(MARKS) + "</div>"


def _normal(html: str) -> str:
    """The same HTML in the one way of writing it in which two pieces can be compared."""
    return str(BeautifulSoup(html, "html.parser").decode(formatter="minimal"))


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
    safe = new_output(kind, data=data, metadata=sizes)
    if kind == "execute_result":
        count = output.get("execution_count")
        safe.execution_count = count if type(count) is int else None
    return safe


def _bundle(data: dict[str, Any], metadata: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What may be shown of a bundle of one thing in several forms, and the sizes of its pictures."""
    kept: dict[str, Any] = {
        kind: data[kind] for kind in ("text/plain", "text/latex") if isinstance(data.get(kind), str)
    }
    if "text/latex" in kept:
        kept["text/latex"] = still(kept["text/latex"])
    sizes = {}
    for kind in IMAGES:
        if _image(kind, data.get(kind)):
            kept[kind] = data[kind]
            told = metadata.get(kind)
            told = told if isinstance(told, dict) else {}
            sizes[kind] = {side: told[side] for side in ("width", "height") if type(told.get(side)) is int}
    if isinstance(data.get("text/html"), str):
        kept["text/html"] = sanitise(data["text/html"])
    elif isinstance(data.get("image/svg+xml"), str):
        # As an image and not as a part of the page, in which its scripts and links would live.
        kept["text/html"] = sanitise(f'<img alt="a drawing" src="data:image/svg+xml,{quote(data["image/svg+xml"])}">')
    elif isinstance(data.get("text/markdown"), str):
        kept["text/markdown"] = _markdown(data["text/markdown"], {})
    if isinstance(data.get(REPORT), dict):
        kept[REPORT] = data[REPORT]
    return kept, {kind: size for kind, size in sizes.items() if size}
