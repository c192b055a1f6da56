"""The class: nbgrader's students, or those of a list, and which of them a platform means by what it says of a person.

A platform names people by its own numbers, by logins, or by names alone. Whoever cannot be told beyond doubt is told so
and taken for nobody: work in another's name is worse than work that waits for a person.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from autograder.course import Course
from autograder.gradebook.session import opened
from autograder.problem import Problem

__all__ = ["Person", "Roster", "Student", "decoded", "from_file", "from_gradebook", "printable"]

# What the columns of a class list are called: nbgrader's own names first, then those of platforms' lists.
COLUMNS = {
    "id": ("id", "student_id", "username", "user name", "login", "sis login id", "display id", "netid"),
    "lms": ("lms_user_id", "canvas id", "sid", "student id", "id number", "orgdefinedid"),
    "first": ("first_name", "first name", "firstname", "given name", "vorname"),
    "last": ("last_name", "last name", "lastname", "surname", "family name", "nachname"),
    "email": ("email", "email address", "e-mail", "e-mail address", "mail"),
}


@dataclass(frozen=True)
class Student:
    """One student of the course: the id that nbgrader knows, and what else is known of the person."""

    id: str
    first: str = ""
    last: str = ""
    email: str = ""
    lms: str = ""


@dataclass(frozen=True)
class Person:
    """What a platform says of somebody; `number` is one that may mean something else than the person."""

    id: str = ""
    lms: str = ""
    email: str = ""
    name: str = ""
    number: str = ""

    def __str__(self) -> str:
        numbers = self.id or self.lms or self.number
        name = f"{self.name} ({numbers})" if self.name and numbers else self.name or numbers or self.email
        return printable(name) or "somebody"


@dataclass
class Roster:
    """All students of the course; `numbers` are those that were seen to mean a student, in this assignment."""

    students: list[Student]
    numbers: dict[str, str] = field(default_factory=dict)

    def find(self, person: Person) -> tuple[str, str]:
        """Return the id of the student whom a platform means, or "" and why it cannot be told."""
        if not self.students:
            if person.id:
                return _plain(person.id), ""
            return "", "the gradebook has no students: nbgrader db student import class.csv, or say --roster class.csv"
        by_name = self._named(person.name)
        by_key = self._keyed(person)
        if len(by_key) == 1:
            if len(by_name) == 1 and by_key != by_name:
                return "", f"the number is that of {min(by_key)}, the name that of {min(by_name)}"
            return min(by_key), ""
        if len(by_name) != 1 and person.number:
            numbered = self._matching("lms", person.number) | {
                student for number, student in self.numbers.items() if number == person.number
            }
            fits = numbered & by_name if by_name else numbered
            if len(fits) == 1:
                return min(fits), ""
        if len(by_name) == 1:
            return min(by_name), ""
        if not by_name and (itself := self._matching("id", person.name)):
            return min(itself), ""  # a platform that is told no names has ids in their place
        if by_name:
            return "", f"the name is that of {', '.join(sorted(by_name))}; their lms_user_id would tell them apart"
        return (
            "",
            "nobody in the class has this name or number; add it: nbgrader db student add ID --lms-user-id=NUMBER",
        )

    def _keyed(self, person: Person) -> set[str]:
        """The students whom a number or address means that belongs to one person alone."""
        tries = (
            ("id", person.id),
            ("lms", person.lms),
            ("id", person.lms),
            ("lms", person.id),
            ("email", person.email),
            ("id", person.email),
        )
        return next((matches for what, wanted in tries if (matches := self._matching(what, wanted))), set())

    def _matching(self, what: str, wanted: str) -> set[str]:
        return self._index.get((what, _plain(wanted))) or self._index.get((f"any {what}", _key(wanted)), set())

    def _named(self, name: str) -> set[str]:
        """The students of a name, in either order; without accents where nobody has it with them."""
        orders = {name, " ".join(reversed(name.split(",", 1)))}
        for what, key in NAMES.items():
            if matches := set().union(*(self._index.get((what, key(order)), set()) for order in orders)):
                return matches
        return set()

    @cached_property
    def _index(self) -> dict[tuple[str, str], set[str]]:
        """The students by each of what they may be known by, as it is compared."""
        index: dict[tuple[str, str], set[str]] = {}
        for student in self.students:
            for what in ("id", "lms", "email"):
                text = getattr(student, what)
                index.setdefault((what, _plain(text)), set()).add(student.id)
                index.setdefault((f"any {what}", _key(text)), set()).add(student.id)
            for what, key in NAMES.items():
                for name in (student.first + student.last, student.last + student.first):
                    index.setdefault((what, key(name)), set()).add(student.id)
        return {(what, text): students for (what, text), students in index.items() if text}


def printable(text: str) -> str:
    """Return what a platform, or a student, says without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _plain(text: str) -> str:
    """A text whose letters are one sign each: a Mac writes an accent as a sign of its own."""
    return unicodedata.normalize("NFC", text).strip()


def _key(text: str) -> str:
    return _plain(text).casefold()


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LMN")


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKD", _letters(text))
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN")


# How names are compared: first as they are written, then without accents.
NAMES: dict[str, Callable[[str], str]] = {"name": _letters, "bare name": _bare}


def from_gradebook(course: Course) -> Roster:
    """Return the students whom nbgrader knows."""
    with opened(course.gradebook) as gradebook:
        return Roster(
            [
                Student(
                    entry.id,
                    entry.first_name or "",
                    entry.last_name or "",
                    entry.email or "",
                    str(entry.lms_user_id or ""),
                )
                for entry in gradebook.students
            ]
        )


def from_file(path: Path) -> Roster:
    """Return the students of a class list: a CSV file with a heading, as nbgrader's `db student import` takes it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Problem(f"{path}: the class list cannot be read ({error.strerror})") from None
    text, _ = decoded(content)
    heading = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=heading.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = {name.strip().casefold(): name for name in rows.fieldnames or ()}
    columns = {what: _column(names, titles) for what, titles in COLUMNS.items()}
    if not columns["id"]:
        raise Problem(f"{path}: has no column of ids; its heading is {heading!r}, expected one such as id or username")
    students = [
        Student(**{what: _plain(row[name] or "") if name else "" for what, name in columns.items()}) for row in rows
    ]
    return Roster([student for student in students if student.id])


def _column(names: dict[str, str], titles: Iterable[str]) -> str:
    return next((names[title] for title in titles if title in names), "")


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text of a table that Excel or a platform wrote, and the encoding in which to write it again."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), "utf-16"
    try:
        return content.decode("utf-8-sig"), "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "utf-8"
