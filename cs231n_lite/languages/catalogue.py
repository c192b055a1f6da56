"""A language as a file: English templates with named fields, and what is said in their place.

A sentence is looked up when it is finished, so that the code that makes it knows of no language. `en` is matched
against it from its first letter to its last, its fields are carried over into the other side, and what no entry matches
stays English: a wrong translation is worse than none. In `en`, `{name}` is any text of one line, `{name:number}` a
number (and so on, see KINDS), and `{name:table}` a text that is itself translated, by that table of the file; where
that one cannot be, the sentence is not. In the other side a field is just `{name}`, and brackets that are no field are
doubled in both.
"""

from __future__ import annotations

import functools
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cs231n_lite.speech import speak

__all__ = ["KINDS", "Catalogue", "Entry", "language", "languages", "read"]

FOLDER = Path(__file__).parent
KINDS = {
    "": r".+?",
    "number": r"[-+−]?\d[\d.,]*(?:e[-+−]?\d+)?(?<![.,])|nan|NaN|[-+−]?inf|−?∞",
    "shape": r"\([\d, ]*\)",
    "word": r"\S+?",
    "name": r"[^.,;:?!]+?(?:\.\w+)*",  # also of several words, and with its object in front
    "names": r"[^.;:?!]+?",
    "unplaced": r"(?:(?!, in your ).)+?",  # an error's own text, which says in no line where it was raised
    "plain": r"[^()]+?",
    "end": r"[.,;:?!]",
}
# Where a text may be cut: each piece is a sentence, or a clause of a picture's words, with an entry of its own.
CUT = re.compile(r"(?<=[.?!:;,]) |\n")


@dataclass(frozen=True)
class Entry:
    """A template of the English and one of the other language, with the same fields."""

    en: str
    other: str

    @functools.cached_property
    def fields(self) -> dict[str, str]:
        """What each field of the English side is: one of KINDS, or the name of a table."""
        return {name: spec or "" for _, name, spec, _ in string.Formatter().parse(self.en) if name is not None}

    @functools.cached_property
    def letters(self) -> int:
        """How much of the English side is no field."""
        return sum(len(literal) for literal, *_ in string.Formatter().parse(self.en))

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a finished English sentence is matched against, as a whole."""
        pattern, seen = "", set()
        for literal, name, spec, _ in string.Formatter().parse(self.en):
            pattern += re.escape(literal)
            if name is not None:
                pattern += f"(?P={name})" if name in seen else f"(?P<{name}>{KINDS.get(spec or '', KINDS[''])})"
                seen.add(name)
        return re.compile(pattern)


@dataclass(frozen=True)
class Catalogue:
    """A language: its name, and its entries by table; a slug's sentences stand in the table of its name."""

    name: str
    tables: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)

    def __call__(self, text: str, *tables: str) -> str:
        """Return a text in this language, in English where an entry of these tables is missing for any piece of it."""
        return self.found(text, *tables) or text

    def found(self, text: str, *tables: str) -> str | None:
        """Return a text in this language, None where an entry is missing for any piece of it.

        Pieces are as short as can be, so that no field swallows the sentence behind it.
        """
        cuts = sorted({0, *(match.end() for match in CUT.finditer(text)), len(text)})
        gaps = {match.end(): match.group() for match in CUT.finditer(text)}
        rest: dict[int, str | None] = {len(text): ""}  # a cut -> all that is behind it, translated
        for number in reversed(range(len(cuts) - 1)):
            start = cuts[number]
            rest[start] = None
            for end in cuts[number + 1 :]:
                if rest[end] is None:
                    continue
                gap = gaps.get(end, "")
                piece = self._piece(text[start : end - len(gap)], tables)
                if piece is not None:
                    rest[start] = piece + gap + str(rest[end])
                    break
        return rest[0]

    def matching(self, piece: str, *tables: str) -> list[Entry]:
        """Return all entries of these tables that match a piece as a whole."""
        entries = [entry for table in tables for entry in self.tables.get(table, ())]
        return [entry for entry in entries if entry.pattern.fullmatch(piece)]

    def _piece(self, piece: str, tables: tuple[str, ...]) -> str | None:
        """What the entry with the most letters of its own says in place of a piece; None where two have as many."""
        said: dict[int, set[str]] = {}
        for entry in self.matching(piece, *tables):
            match = entry.pattern.fullmatch(piece)
            values = dict(self._values(entry, match.groupdict() if match else {}))
            if None not in values.values():
                said.setdefault(entry.letters, set()).add(entry.other.format(**values))
        best = said[max(said)] if said else set()
        return best.pop() if len(best) == 1 else None

    def _values(self, entry: Entry, groups: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
        for name, table in entry.fields.items():
            value = str(groups[name])
            yield name, value if table in KINDS else self.found(value, table)


def languages() -> list[str]:
    """Return the languages that there is a file of, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@functools.cache
def read(name: str) -> Catalogue:
    """Return a language's catalogue; raises ValueError where there is none of that name."""
    if name not in languages():
        raise ValueError(f"there is no language {name!r}: there is en, {', '.join(languages())}")
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return Catalogue(
        name, {table: tuple(Entry(row["en"], row[name]) for row in rows) for table, rows in tables.items()}
    )


def language(name: str) -> None:
    """Choose the language of what checks, pictures and tables say in this notebook: "es", or "en" for English.

    What has no translation is shown in English. Raises ValueError for a language that there is no file of.
    """
    speak(None if name == "en" else read(name))
