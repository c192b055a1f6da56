"""Tables come back as they were written, and no cell of them is run."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from autograder.platforms.known import PLATFORMS
from autograder.platforms.sheet import Sheet, number, read_sheet, safe
from autograder.problem import Problem
from ci.tests.autograder.platforms.builders import CLASS

FORM = PLATFORMS["sakai"].form
TEXTS = [
    *[name for student in CLASS for name in (student.first, student.last)],
    *(
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1",
        " =1",
        "'=1",
        "''=1",
        "＝1",
        "a;=1",
        'a"=1',
        "a\n=1",
        "",
        "-",
        "-1.5",
        "it's",
    ),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_any_text_comes_back_the_same(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [[text, text, "x", "1"] for text in TEXTS]
    sheet = Sheet(["Display ID", "Last Name", "First Name", "grade"], rows, [["HW", "x"]], encoding, delimiter)
    path = tmp_path / "grades.csv"
    path.write_bytes(sheet.content())
    back = read_sheet(path, FORM)
    assert (back.heading, back.rows, back.above) == (sheet.heading, rows, sheet.above)
    assert (back.encoding, back.delimiter) == (encoding, delimiter)


@pytest.mark.parametrize("text", TEXTS)
def test_no_cell_is_run_whatever_is_taken_for_the_end_of_one(text: str) -> None:
    content = Sheet(["a"], [[text]]).content().decode()
    for delimiter in (",", ";", "\t"):
        for row in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
            for cell in row:
                assert not cell.strip(" ").startswith(("=", "+", "@", "\t", "＝")), cell
                assert not cell.startswith("-") or cell in ("-", "-1.5")
    assert safe(text) in (text, f"'{text}")


def test_numbers_are_read_by_all() -> None:
    assert [number(value) for value in (3.0, 2.5, 1 / 3, 0.0, 123456.25, 10.0)] == [
        "3",
        "2.5",
        "0.3333",
        "0",
        "123456.25",
        "10",
    ]


def test_whom_a_row_is_about() -> None:
    form = PLATFORMS["moodle"].form
    sheet = Sheet(["Identifier", "Full name", "Email address", "Grade"], [])
    person = sheet.person(["Participant 4711", "Ada Lovelace", "a@b.c", ""], form)
    assert (person.number, person.name, person.email) == ("4711", "Ada Lovelace", "a@b.c")
    form = PLATFORMS["brightspace"].form
    person = Sheet(["OrgDefinedId", "Username"], []).person(["#7", "#ada"], form)
    assert (person.lms, person.id) == ("7", "ada")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04", "is no text"),
        (b"a,b\n1,2\n", "no heading of this platform"),
        (b"", "no heading"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "x.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Problem, match=words):
        read_sheet(path, FORM)
