"""The colours of a graph's picture, on a light page and in a dark JupyterLab.

Every element carries its light colour as an attribute and a class that names its role; only the dark colours come
from a style, so a page that strips styles still shows the light picture. Text has a contrast of at least 4.5 to its
card.
"""

from __future__ import annotations

__all__ = ["CLASSES", "DARK", "LIGHT", "STYLE"]

LIGHT = {
    "card": "#ffffff",
    "line": "#d0d7de",
    "ink": "#1f2328",
    "soft": "#59636e",
    "wire": "#6e7781",
    "gate": "#f6f8fa",
    "value": "#116329",
    "gradient": "#c4162a",
    "yes": "#0550ae",
    "no": "#953800",
}
DARK = {
    "card": "#161b22",
    "line": "#30363d",
    "ink": "#e6edf3",
    "soft": "#9da7b3",
    "wire": "#8b949e",
    "gate": "#21262d",
    "value": "#56d364",
    "gradient": "#ff8b84",
    "yes": "#79c0ff",
    "no": "#ffa657",
}
# class: (attribute, colour)
CLASSES = {
    "c": ("fill", "card"),
    "i": ("fill", "ink"),
    "s": ("fill", "soft"),
    "w": ("stroke", "wire"),
    "a": ("fill", "wire"),
    "o": ("fill", "gate"),
    "v": ("fill", "value"),
    "g": ("fill", "gradient"),
    "vl": ("stroke", "value"),
    "gl": ("stroke", "gradient"),
    "y": ("fill", "yes"),
    "n": ("fill", "no"),
    "nl": ("stroke", "no"),
}
STYLE = (
    "".join(
        f'[data-jp-theme-light="false"] .cl-graph .{name}{{{attribute}:{DARK[colour]}}}'
        for name, (attribute, colour) in CLASSES.items()
    )
    + f'[data-jp-theme-light="false"] .cl-graph .c{{stroke:{DARK["line"]}}}'
    + f'[data-jp-theme-light="false"] .cl-graph .o{{stroke:{DARK["wire"]}}}'
)
