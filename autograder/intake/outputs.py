"""What a submission shows of a cell: pictures and plain text out of the outputs with which it was handed in.

Whoever graded a cell before, here nothing of it counts: these are kept for a reader's eyes alone. So of each output the
still forms stay, as a picture or as text, whatever else was there; feedback/display.py looks at them once more.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["ROOM", "still"]

IMAGES = ("image/png", "image/jpeg")
DRAWING = "image/svg+xml"
ROOM = 8 * 2**20  # characters of one cell's outputs
MOST = 100  # outputs of one cell
# A chart or a graph of the course, which a notebook keeps as a picture in HTML, with words for those who do not see it.
PICTURE = re.compile(
    r'(?:<div class="(cl-chart|cl-photographs)">)?'
    r'<img alt="([^"<>]*)" src="(data:image/(?:png;base64|svg\+xml),[^"<>]*)">'
)
DRAWN = re.compile(r"<(?:svg|img|canvas|object|iframe|video)\b", re.I)
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


def still(cell: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the outputs of a cell that are pictures or plain text, as nbformat's plain data.

    None where there are none of these: [] says that the cell has run and showed nothing.
    """
    outputs = cell.get("outputs")
    if outputs == [] and type(cell.get("execution_count")) is int:
        return []
    shown: list[dict[str, Any]] = []
    room = ROOM
    for output in outputs[:MOST] if isinstance(outputs, list) else []:
        for form in _forms(output) if isinstance(output, dict) else []:
            room -= sum(len(text) for text in (form.get("text", ""), *form.get("data", {}).values()))
            if room < 0:
                return shown or None
            shown.append(form)
    return shown[:MOST] or None


def _forms(output: dict[str, Any]) -> list[dict[str, Any]]:
    if output.get("output_type") == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        text = _text(output.get("text"))
        return [{"output_type": "stream", "name": name, "text": text}] if text else []
    data = output.get("data")
    if output.get("output_type") not in ("display_data", "execute_result") or not isinstance(data, dict):
        return []
    forms = {kind: _text(data[kind]) for kind in (*IMAGES, DRAWING) if kind in data}
    forms = {kind: text for kind, text in forms.items() if text and (kind == DRAWING or BASE64.fullmatch(text))}
    words = _text(data.get("text/plain"))
    html = _text(data.get("text/html"))
    if not forms and html and (DRAWN.search(html) or words[:1] in ("", "<")):  # its words are not what was to be seen
        return [_display({"text/html": _alone(*parts)}) for parts in PICTURE.findall(html)]
    forms |= {"text/plain": words} if words else {}
    return [_display(forms)] if forms else []


def _alone(kind: str, words: str, address: str) -> str:
    """A picture of the course's without the rest of its HTML."""
    return f'<div class="{kind or "cl-graph"}"><img alt="{words}" src="{address}"></div>'


def _display(data: dict[str, str]) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _text(value: Any) -> str:
    """Text of a notebook's, which may stand there as a list of lines."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    # A lone surrogate is legal in JSON and cannot be written as UTF-8.
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""
