"""Pictures that a written answer shows: those attached to its cell, and those that lie beside the notebook.

A page of feedback and the formgrader load nothing from a student's folder. So a picture that was handed in as a file
and is linked from a text becomes an attachment of its cell, if it is one of the kinds that can do nothing but be seen.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from autograder.tamper import ACCIDENT, Note

__all__ = ["brought_along"]

LINK = re.compile(
    r"(!\[[^\]\n]{0,300}\]\(\s*<?)([^)\s>\"']{1,300})|<img\b[^>]{0,300}?\bsrc=[\"']([^\"'>]{1,300})[\"'][^>]{0,300}>",
    re.I,
)
STARTS = {b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
LARGEST = 24 << 20  # bytes of the pictures of one text
Pictures = dict[str, dict[str, str]]


def brought_along(source: str, pictures: Pictures, folder: Path, where: str, notes: list[Note]) -> tuple[str, Pictures]:
    """Return a text and its attachments, with the pictures in the folder that it links; note each that is not there."""
    if "![" not in source and "<img" not in source.lower():
        return source, pictures
    together, room = dict(pictures), [LARGEST]

    def attached(link: re.Match[str]) -> str:
        before, address = link[1] or "", link[2] or link[3]
        if address.startswith("attachment:"):
            if unquote(address.removeprefix("attachment:")) not in pictures:
                notes.append(_note(where, address.removeprefix("attachment:"), "which is not attached to its cell"))
            return link[0] if before else f"\n\n![]({address})\n\n"  # in HTML an attachment would not be shown
        if re.match(r"[a-z][a-z0-9+.-]*:|//", address, re.I):  # it travels in the text itself, or lies on a server
            return link[0]
        name = f"beside-{len(together) + 1}"
        try:
            together[name] = _picture(folder, unquote(address), room)
        except ValueError as reason:
            notes.append(_note(where, address, str(reason)))
            return link[0]
        return f"{before}attachment:{name}" if before else f"\n\n![](attachment:{name})\n\n"

    return LINK.sub(attached, source), together


def _picture(folder: Path, address: str, room: list[int]) -> dict[str, str]:
    """The picture at an address in a folder; raises ValueError with why there is none."""
    parts = PurePosixPath(address.split("?")[0].replace("\\", "/")).parts
    path = folder.joinpath(*parts)
    if not parts or parts[0] == "/" or ".." in parts:
        raise ValueError("which lies outside of what was handed in")
    if not path.is_file() or any((folder.joinpath(*parts[: n + 1])).is_symlink() for n in range(len(parts))):
        raise ValueError("which was not handed in beside the notebook")
    room[0] -= path.stat().st_size
    if room[0] < 0:
        raise ValueError(f"which is too large: {LARGEST >> 20} MiB in one answer are shown")
    data = path.read_bytes()
    kind = next((kind for start, kind in STARTS.items() if data.startswith(start)), "")
    kind = "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else kind
    if not kind:
        raise ValueError("which is none of png, jpeg, gif and webp")
    return {kind: base64.b64encode(data).decode()}


def _note(where: str, name: str, reason: str) -> Note:
    return Note("picture-left-out", where, f"it shows {unquote(name)[:80]}, {reason}", ACCIDENT)
