"""Reading a submission, whatever it is: what can be read as cells comes back, and whatever was wrong is told.

Nothing in a submission is trusted, so the file is read as plain JSON and not through nbformat, which refuses a whole
notebook for one odd cell. Links and devices are not followed; a file that breaks off keeps the cells before the break.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.intake.odd_json import LENIENT, brief, parsed
from autograder.intake.outputs import still
from autograder.tamper import ACCIDENT, ATTACK, ODD, STRAY, Note

__all__ = ["LARGEST", "Piece", "cut", "salvage"]

LARGEST = 256 * 2**20  # bytes; a notebook full of plots has some megabytes, a memory of its size must be had to read it
# Characters of one cell, where a long answer has some thousands, and one with all former tries as comments some ten
# thousand: what looks at code takes time that grows with it. A text may hold a picture.
LONGEST = {"code": 90_000, "markdown": 2**20, "raw": 2**20}
ALL = 4 * 2**20  # characters of all cells; a course's notebook has less than 100,000
FEW = 8  # different characters, of which nobody writes a program
BLANK = 50  # lines on end that may be empty: what colours code takes minutes over some thousands
MOST = 2000  # cells
PICTURES = 48 * 2**20  # characters of the pictures in one text; a camera makes files of some 20 MB
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
MEMORY = 2**30  # bytes that a notebook may take as data


@dataclass(frozen=True)
class Piece:
    """One cell as it was handed in: its kind, text, id, the nbgrader metadata that it claims, its tags and pictures.

    `pictures` are a text's attachments, name -> {"image/png": base64}: a photo of what was worked out on paper;
    `outputs` are what can be seen of a code cell's, None where nothing tells what it showed.
    """

    kind: str
    source: str
    ident: str
    claims: dict[str, Any] | None
    tags: tuple[str, ...]
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)
    outputs: list[dict[str, Any]] | None = None


def salvage(path: Path) -> tuple[list[Piece], list[Note]]:
    """Read the cells of a submitted notebook; return them in order, and a note for each thing that was amiss.

    Never raises for what the file holds; a file that cannot be read as text at all gives no cells.
    """
    notes: list[Note] = []
    text = _text(path, notes)
    if text is None:
        return [], notes
    if not text.strip():
        return [], [*notes, Note("empty-file", "", "the file is empty", ACCIDENT)]
    cells = _cells(text, notes)
    if len(cells) > MOST:
        notes.append(Note("too-many-cells", "", f"{len(cells)} cells, of which the first {MOST} were read", ATTACK))
    pieces: list[Piece] = []
    room = ALL
    for position, cell in enumerate(cells[:MOST]):
        piece = _piece(cell, position, notes)
        room -= len(piece.source) if piece else 0
        if room < 0:
            detail = f"what follows {ALL} characters of text was not read"
            return pieces, [*notes, Note("too-long", f"cell {position + 1}", detail, ATTACK)]
        if piece is not None:
            pieces.append(piece)
    return pieces, notes


def _text(path: Path, notes: list[Note]) -> str | None:
    try:
        # O_NOFOLLOW refuses a link even if it appears between a look and the opening; O_NONBLOCK waits at no pipe.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        notes.append(Note("missing-file", "", f"there is no {path.name}", ACCIDENT))
        return None
    except OSError as error:
        kind = "symlink" if path.is_symlink() else "unreadable"
        notes.append(
            Note(kind, "", f"{path.name} was not opened: {error.strerror}", ATTACK if kind == "symlink" else ACCIDENT)
        )
        return None
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            notes.append(Note("not-a-file", "", f"{path.name} is a device, a pipe or a folder, not a file", ATTACK))
            return None
        if about.st_size > LARGEST:
            detail = f"{about.st_size / 2**20:.0f} MiB, of which the first {LARGEST // 2**20} were read"
            notes.append(Note("too-large", "", detail, ATTACK))
        data = file.read(LARGEST)
    encoding = json.detect_encoding(data[:4])
    with contextlib.suppress(UnicodeDecodeError):  # such as PowerShell writes; what merely begins so is no notebook
        text = data.decode(encoding) if "utf-8" not in encoding else ""
        if '"cells"' in text:
            notes.append(Note("not-utf-8", "", f"the file is {encoding.upper()} and was read so", STRAY))
            return text.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        notes.append(Note("not-utf-8", "", f"byte {error.start} is not UTF-8; such bytes became �", STRAY))
        return data.decode("utf-8-sig", errors="replace")


def _cells(text: str, notes: list[Note]) -> list[Any]:
    try:
        with _bounded():
            notebook = parsed(text, notes)
    except MemoryError:
        cells = _unbroken(text)
        detail = f"as data it takes more than {MEMORY // 2**20} MiB; {len(cells)} whole cells were found"
        notes.append(Note("too-large", "", detail, ATTACK))
        return cells
    except (ValueError, RecursionError) as error:
        detail = "nested too deep" if isinstance(error, RecursionError) else str(error)[:200]
        cells = _unbroken(text)
        notes.append(Note("broken-json", "", f"not JSON: {detail}; {len(cells)} whole cells were found", ACCIDENT))
        return cells
    if not isinstance(notebook, dict):
        notes.append(Note("not-a-notebook", "", f"JSON, but a {type(notebook).__name__} and no notebook", ACCIDENT))
        return []
    version = notebook.get("nbformat")
    if version != 4:
        notes.append(Note("nbformat", "", f"nbformat {brief(version)}; cells were read as far as they could be", STRAY))
    entries = notebook.get("cells")
    if entries is None and isinstance(notebook.get("worksheets"), list):  # nbformat 3 and earlier
        sheets = [sheet.get("cells") for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        entries = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    if isinstance(entries, dict):
        notes.append(Note("no-cells", "", "the cells are no list but have names; they were read in order", ACCIDENT))
        entries = list(entries.values())
    if not isinstance(entries, list):
        notes.append(Note("no-cells", "", "the notebook has no list of cells", ACCIDENT))
        return []
    return entries


def _unbroken(text: str) -> list[Any]:
    """The cells of a file that is not JSON as a whole: those that are complete, one after another, up to the break."""
    cells: list[Any] = []
    start = text.find('"cells"')
    position = text.find("[", start) + 1 if start >= 0 else 0
    while position > 0 and len(cells) <= MOST:
        position = text.find("{", position)
        if position < 0:
            break
        try:
            with _bounded():
                cell, position = LENIENT.raw_decode(text, position)
        except (ValueError, RecursionError, MemoryError):
            break
        cells.append(cell)
    return cells


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """Let this process take MEMORY more and then raise MemoryError: `[]` is two letters and 56 bytes of memory."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(OSError, ValueError):  # where the kernel does not tell or does not limit it
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + MEMORY
        most = min([most, *(limit for limit in before if limit != resource.RLIM_INFINITY)])
        resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _piece(cell: Any, position: int, notes: list[Note]) -> Piece | None:
    where = f"cell {position + 1}"
    if not isinstance(cell, dict):
        notes.append(Note("not-a-cell", where, f"a {type(cell).__name__} stands where a cell belongs", ACCIDENT))
        return None
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    claims = metadata.get("nbgrader")
    claims = claims if isinstance(claims, dict) and claims else None
    source = cell.get("source", cell.get("input", ""))  # code cells of nbformat 3 have an input
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        if len(lines) < len(source):
            detail = f"{len(source) - len(lines)} of the {len(source)} lines of its source are no text; left out"
            notes.append(Note("not-a-cell", where, detail, ACCIDENT))
        source = "".join(lines)
    if not isinstance(source, str):
        notes.append(Note("not-a-cell", where, f"its source is a {type(source).__name__}, not text", ACCIDENT))
        source = ""
    kind = cell.get("cell_type")
    kind = kind if isinstance(kind, str) and kind in LONGEST else "markdown"
    # A lone surrogate is legal in JSON and cannot be written as UTF-8.
    source = source.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    source = cut(kind, source, where, notes)
    tags = metadata.get("tags")
    tags = tuple(brief(tag) for tag in tags[:20]) if isinstance(tags, list) else ()
    ident = cell.get("id")
    ident = ident if isinstance(ident, str) else ""
    outputs = still(cell) if kind == "code" else None
    return Piece(kind, source, ident, claims, tags, _pictures(cell, kind, where, notes), outputs)


def _pictures(cell: dict[str, Any], kind: str, where: str, notes: list[Note]) -> dict[str, dict[str, str]]:
    """The pictures attached to a text, as long as there is room, with a note for each that is left out."""
    attached = cell.get("attachments")
    pictures: dict[str, dict[str, str]] = {}
    room = PICTURES
    for name, bundle in list(attached.items())[:50] if kind == "markdown" and isinstance(attached, dict) else []:
        for mime, data in bundle.items() if isinstance(bundle, dict) else []:
            reason = f"is {brief(mime)}; {', '.join(form.removeprefix('image/') for form in IMAGES)} are shown"
            if mime in IMAGES and isinstance(data, str) and BASE64.fullmatch(data):
                room -= len(data)
                reason = "" if room >= 0 else f"is too large: {PICTURES >> 20} MiB in one answer are shown"
                if not reason:
                    pictures.setdefault(str(name)[:200], {})[mime] = data
            if reason:
                notes.append(Note("picture-left-out", where, f"the picture {brief(str(name))} {reason}", ACCIDENT))
    return pictures


def cut(kind: str, source: str, where: str, notes: list[Note]) -> str:
    """Return a cell's text, no longer than one of this kind may be, with a note where it was."""
    if len(source) > LONGEST[kind]:
        detail = f"{len(source)} characters, of which the first {LONGEST[kind]} were read"
        # A pasted list or all of one's tries are long; a few letters over and over are to keep somebody busy.
        notes.append(Note("too-long", where, detail, ODD if len(set(source)) > FEW else ATTACK))
        source = source[: LONGEST[kind]]
    if kind != "code":
        return source
    short: list[str] = []
    run = 0
    lines = source.split("\n")
    for line in lines:
        run = 0 if line.strip() else run + 1
        if run <= BLANK:
            short.append(line)
    if len(short) < len(lines):
        notes.append(Note("blank-lines", where, f"{len(lines) - len(short)} empty lines were left out", ODD))
    return "\n".join(short)
