"""Whom a platform means: by number, login, address or name, and nobody where that cannot be told."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.platforms.roster import Person, Roster, Student, from_file, from_gradebook
from autograder.problem import Problem
from ci.tests.autograder.platforms.builders import CLASS, ROSTER


@pytest.mark.parametrize(
    ("person", "student"),
    [
        (Person(lms="70001", name="lovelaceada"), "ada"),
        (Person(name="Ada Lovelace"), "ada"),
        (Person(name="Lovelace, Ada"), "ada"),
        (Person(name="ADA  lovelace"), "ada"),
        (Person(name=unicodedata.normalize("NFD", "Zoë Müller-Lüdenscheidt")), "zoë"),
        (Person(name="Zoe Muller Ludenscheidt"), "zoë"),
        (Person(id=unicodedata.normalize("NFD", "zoë")), "zoë"),
        (Person(id="ADA"), "ada"),
        (Person(email="Ada@Example.org"), "ada"),
        (Person(name="王小明"), "wang"),
        (Person(name="Plato"), "plato"),
        (Person(name="John Smith", number="70012"), "smith_2"),
        (Person(name="Ada Lovelace", number="70012"), "ada"),  # the number may be the assignment's
        (Person(name="ivan"), "ivan"),
    ],
)
def test_person_is_known(person: Person, student: str) -> None:
    assert ROSTER.find(person) == (student, "")


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (Person(name="John Smith"), "smith_1, smith_2"),
        (Person(name="Grace Hopper"), "nobody in the class"),
        (Person(lms="70001", name="Иван Петров"), "the number is that of ada, the name that of ivan"),
        (Person(name="Ann van der Berg"), "nobody"),
        (Person(), "nobody"),
    ],
)
def test_person_who_cannot_be_told_is_nobody(person: Person, why: str) -> None:
    student, reason = ROSTER.find(person)
    assert student == "" and why in reason


def test_without_a_class_a_login_is_the_id_and_a_name_is_none() -> None:
    assert Roster([]).find(Person(id="ada")) == ("ada", "")
    student, reason = Roster([]).find(Person(name="Ada"))
    assert student == "" and "nbgrader db student import" in reason


def test_number_that_was_seen_to_mean_somebody_does(tmp_path: Path) -> None:
    roster = Roster(CLASS, {"4711": "smith_2"})
    assert roster.find(Person(name="John Smith", number="4711")) == ("smith_2", "")
    assert roster.find(Person(name="Participant", number="4711")) == ("smith_2", "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_class_list_of_excel_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "class.csv"
    rows = [
        ["id", "First Name", "last_name", "E-Mail", "lms_user_id"],
        ["zoë", "Zoë", "Müller", "z@x.org", "7"],
        [""] * 5,
    ]
    path.write_text("\r\n".join(delimiter.join(row) for row in rows), encoding=encoding, newline="")
    assert from_file(path).students == [Student("zoë", "Zoë", "Müller", "z@x.org", "7")]


def test_list_without_ids_or_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text("name\nAda\n", encoding="utf-8")
    for name, words in (("class.csv", "no column of ids"), ("none.csv", "cannot be read")):
        with pytest.raises(Problem, match=words):
            from_file(tmp_path / name)


def test_class_of_the_gradebook_comes_back_as_it_was_entered(enrolled: Course) -> None:
    assert sorted(from_gradebook(enrolled).students, key=lambda student: student.id) == sorted(
        CLASS, key=lambda s: s.id
    )
