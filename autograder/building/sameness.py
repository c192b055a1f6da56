"""Whether two files that were built are the same to a reader: a picture may differ by what another processor rounds.

A plot of rounding errors is made of the last bits of pow and exp, which are other ones from processor to processor; its
picture then differs in a few pixels by one shade. Everything else is compared byte for byte.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
from typing import Any

import matplotlib.image
import numpy as np

__all__ = ["same"]

SHADES = 2.5 / 255  # by which a pixel may differ
PNG = "image/png"
CHART = re.compile(r'<img alt="[^"]*" src="data:image/png;base64,([^"]*)">')  # and numbers read off the picture


def same(old: bytes | None, new: bytes | None) -> bool:
    """Return whether two files are the same: to the byte, or notebooks whose pictures alone differ, and by a shade."""
    if old == new or old is None or new is None:
        return old == new
    try:
        notebooks = json.loads(old), json.loads(new)
        pictures, others = _pictures(notebooks[0]), _pictures(notebooks[1])
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return notebooks[0] == notebooks[1] and len(pictures) == len(others) and all(map(_alike, pictures, others))


def _pictures(notebook: Any) -> list[str]:
    """Take the PNG pictures out of a notebook's outputs, and return them in order."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    pictures = []
    for data in [output["data"] for output in outputs if "data" in output]:
        html = "".join(data.get("text/html", ""))
        if charts := CHART.findall(html):
            pictures += charts
            data["text/html"] = CHART.sub("<img>", html)
        if PNG in data:
            pictures.append(data.pop(PNG))
    return pictures


def _alike(picture: str, other: str) -> bool:
    if picture == other:
        return True
    try:
        pixels, others = (matplotlib.image.imread(io.BytesIO(base64.b64decode(p)), "png") for p in (picture, other))
    except (binascii.Error, OSError, SyntaxError):  # SyntaxError: what Pillow makes of a broken PNG
        return False
    return pixels.shape == others.shape and bool(np.all(np.abs(pixels - others) <= SHADES))
