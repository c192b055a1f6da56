"""JSON that no tool of ours writes and Python's own reader stumbles over, read as far as it can be.

Numbers of thousands of digits, line ends in the middle of a text, lists nested by the thousand, cells that stand twice:
each is told in a note, and costs what it stands in and nothing else of the notebook.
"""

from __future__ import annotations

import json
import math
import re
import reprlib
from typing import Any

from autograder.tamper import ACCIDENT, STRAY, Note

__all__ = ["LENIENT", "brief", "parsed"]

DIGITS = 300  # of a whole number; Python refuses to read some thousands, and a float has no more
DEEPEST = 50  # lists and objects in one another that are read, where not all can be; a notebook's cells are on level 3
LONGEST = 8 * 2**20  # characters of a text that is looked through, one bracket after another, for what is too deep
TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


def brief(value: Any) -> str:
    """Return the beginning of a value as text, in time that does not depend on how large or deep it is."""
    return value[:60] if isinstance(value, str) else reprlib.repr(value)[:60]


def _whole_number(digits: str) -> float:
    return int(digits) if len(digits) <= DIGITS else math.copysign(math.inf, -1 if digits[0] == "-" else 1)


# What Python's reader says of it, and what is told.
ODDITIES = {
    "Exceeds the limit": f"a whole number has more than {DIGITS} digits, and counts as infinite",
    "Invalid control character": "a text has line ends or tabs in it that are not written as \\n and \\t",
}
LENIENT = json.JSONDecoder(strict=False, parse_int=_whole_number)


def parsed(text: str, notes: list[Note]) -> Any:
    """Return what a JSON text says, with a note where it was odd; raises ValueError or RecursionError for no JSON."""
    value: Any
    try:
        value = json.loads(text)
    except RecursionError:
        if len(text) > LONGEST:
            raise
        value = LENIENT.decode(_shallow(text))
        detail = f"nested too deep for a notebook; what is more than {DEEPEST} levels down was left out"
        notes.append(Note("odd-json", "", detail, ACCIDENT))
    except ValueError as error:
        reason = next((reason for words, reason in ODDITIES.items() if words in str(error)), "")
        if not reason:
            raise
        value = LENIENT.decode(text)
        notes.append(Note("odd-json", "", f"{reason}; all else was read", ACCIDENT))
    # No more is looked for where nothing of it can be there: this asks for each object of the file.
    if text.count('"cells"') > 1 and isinstance(value, dict) and _twice(text):
        notes.append(Note("odd-json", "", "cells stand in it twice; the last were read, as Jupyter does", STRAY))
    return value


def _shallow(text: str) -> str:
    """The text with null for each list or object that is too deep."""
    pieces: list[str] = []
    depth = copied = 0
    for token in TOKENS.finditer(text):
        letter = token[0]
        if letter in "[{":
            if depth == DEEPEST:
                pieces += [text[copied : token.start()], "null"]
            depth += 1
        elif letter in "]}":
            depth -= 1
            if depth == DEEPEST:
                copied = token.end()
    return "".join([*pieces, text[copied:]] if depth <= DEEPEST else pieces)


def _twice(text: str) -> bool:
    """Whether the outermost object has its cells more than once."""
    outermost: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        outermost[:] = [key for key, _ in pairs]

    try:
        json.JSONDecoder(strict=False, parse_int=_whole_number, object_pairs_hook=look).decode(text)
    except (ValueError, RecursionError):
        return False
    return outermost.count("cells") > 1
