"""A table of points as a platform's own file has it: read, filled in, and written so that no spreadsheet runs a cell.

A cell that begins with =, +, -, @ or a tab is run as a formula when the table is opened. Such a text gets a ' before
it, which spreadsheets take for "this is text", and which is taken off again when a table is read here. Every text is
in quotes, so that commas and semicolons in it are never the end of a cell, whatever is taken for one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.platforms.roster import Person, decoded
from autograder.problem import Problem

__all__ = ["Form", "Sheet", "number", "read_sheet", "safe"]

RUN = re.compile(r"'*[ \n\0]*[=+\-@\t\r＝＋－＠]")
NUMBER = re.compile(r"[+-]?\d*[.,]?\d*")  # and "-" alone, which is "nothing" in Moodle's tables
LARGEST = 32 << 20  # bytes of a template


@dataclass(frozen=True)
class Form:
    """How a platform writes its table: where it says who somebody is, and what the column of points is called.

    `who` maps what a Person is known by to headings; `heading` is that of an assignment's points, with its title and
    most points, as a new column has it, and `points` a pattern of it, with `title` and perhaps `most` as groups.
    `kept` are the columns that are written of a template, all where it is empty; `new` those without one.
    """

    who: dict[str, tuple[str, ...]]
    new: tuple[str, ...]
    heading: str
    points: re.Pattern[str]
    kept: tuple[str, ...] = ()
    sign: str = ""  # before each id
    most: str = ""  # the column of the most points
    top: str = ""  # the name of the row of the most points
    last: tuple[str, str] = ("", "")  # a last column and what stands in it
    preamble: tuple[tuple[str, ...], ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","
    nobody: tuple[str, ...] = ()  # names of rows that are no student's


@dataclass
class Sheet:
    """A table: rows above the heading, the heading, and the rows below it, each as long as the heading."""

    heading: list[str]
    rows: list[list[str]] = field(default_factory=list)
    above: list[list[str]] = field(default_factory=list)
    encoding: str = "utf-8"
    delimiter: str = ","

    def column(self, titles: Sequence[str]) -> int:
        """The number of the first column of one of these titles, -1 for none."""
        headings = [heading.strip().casefold() for heading in self.heading]
        return next((headings.index(title.casefold()) for title in titles if title.casefold() in headings), -1)

    def person(self, row: list[str], form: Form) -> Person:
        """Return whom a row is about."""
        cells = {}
        for what, titles in form.who.items():
            where = self.column(titles)
            cells[what] = row[where].strip().removeprefix(form.sign) if where >= 0 else ""
        name = cells.get("name") or f"{cells.get('first', '')} {cells.get('last', '')}".strip()
        digits = re.search(r"(\d+)\s*$", cells.get("number", ""))
        return Person(
            id=cells.get("id", ""),
            lms=cells.get("lms", ""),
            email=cells.get("email", ""),
            name=name,
            number=digits[1] if digits else "",
        )

    def content(self) -> bytes:
        """Return the table as the bytes of its file."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        for row in [*self.above, self.heading, *self.rows]:
            writer.writerow([safe(cell) for cell in row])
        return text.getvalue().encode(self.encoding)


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet runs."""
    return f"'{cell}" if RUN.match(cell) and not NUMBER.fullmatch(cell) else cell


def number(points: float) -> str:
    """Return points as every platform reads them."""
    return f"{points:.4f}".rstrip("0").rstrip(".")


def read_sheet(path: Path, form: Form) -> Sheet:
    """Read a platform's own table; raises Problem where it is none."""
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise Problem(f"{path}: the template cannot be read ({error.strerror})") from None
    if len(content) > LARGEST or content.startswith(b"PK"):
        raise Problem(f"{path}: is no text; save it as CSV, as the platform itself wrote it")
    text, encoding = decoded(content)
    head = "\n".join(text.splitlines()[:5])
    delimiter = max((form.delimiter, ",", ";", "\t"), key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Problem(f"{path}: is no table of text ({error})") from None
    titles = {title.casefold() for titles in form.who.values() for title in titles}
    for place, row in enumerate(rows[:10]):
        if len(titles & {cell.strip().casefold() for cell in row}) >= min(2, len(form.who)):
            wide = len(row)
            below = [(_plain(line) + [""] * wide)[: max(wide, 1)] for line in rows[place + 1 :] if any(line)]
            return Sheet(_plain(row), below, [_plain(line) for line in rows[:place]], encoding, delimiter)
    wanted = ", ".join(titles[0] for titles in form.who.values())
    raise Problem(f"{path}: has no heading of this platform's; expected columns such as {wanted}")


def _plain(row: list[str]) -> list[str]:
    """Cells without the sign that kept them from being run."""
    return [cell[1:] if cell[:1] == "'" and RUN.match(cell) else cell for cell in row]
