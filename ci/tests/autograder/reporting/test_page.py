"""The page shows what the report says, and whatever students are called or write is text in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.reporting.class_report import class_report
from autograder.reporting.page import as_page
from autograder.reporting.reading import read_class
from autograder.reporting.tables import as_csv, as_json
from ci.tests.autograder.reporting.planted import Entry, graded, prepared, put

SECRET = "Zuleika"
IDS = ["<script>alert(1)</script>", "\"><img src=x onerror='alert(1)'>", "=cmd()", "a'b&amp;<b>", "{{ 7*7 }}"]
CODE = (
    "def {name}(x, dz):\n    # Zuleika </pre><script>\n    zuleika_{number} = '</code><img src=x>'\n"
    "    return zuleika_{number}"
)


class Tables(HTMLParser):
    """The cells of a page's tables, and all of its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self._open = tag in ("td", "th") or (self._open and tag in ("a", "code", "span", "br"))

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._open and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.replace("\N{NO-BREAK SPACE}", " ")


def shown(exercise: dict[str, Any]) -> list[str]:
    """The row of an exercise as a person would write it."""
    apart = [exercise["statistics"][name] for name in ("item_rest", "upper_lower", "alpha_without")]
    by_hand = exercise["by_hand"]
    return [
        exercise["slug"] + (" perhaps too strict" if exercise["trial"] else ""),
        f"{exercise['points']:g}",
        f"{100 * exercise['facility']:.0f} %",
        *("–" if value is None else f"{value:.2f}".replace("-", "−") for value in apart),
        str(exercise["verdicts"].get("not-written", 0)),
        "–" if by_hand else str(exercise["wrong"]),
        "–" if by_hand else str(exercise["nameless"]["share"][0]),
    ]


def test_tables_show_the_report_s_numbers(report: dict[str, Any]) -> None:
    rows = [row for row in Tables(as_page(report)).rows if len(row) == 9 and row[0] != "exercise"]
    assert rows == [shown(each) for graded in report["assignments"] for each in graded["exercises"]]


def test_mistakes_stand_with_their_counts(report: dict[str, Any]) -> None:
    rows = [row for row in Tables(as_page(report)).rows if len(row) == 5 and row[0] != "mistake"]
    expected = []
    for graded_class in report["assignments"]:
        for exercise in graded_class["exercises"]:
            if exercise["wrong"]:
                entries = [*exercise["mistakes"], {**exercise["nameless"], "slug": "wrong, and no name fitted"}]
                for entry in entries:
                    count, _, *shares = entry["share"]
                    share, low, high = (f"{100 * value:.0f} %" for value in shares)
                    expected.append([entry["slug"], str(count), f"{share} ({low} to {high})", f"{entry['lost']:g}"])
    assert [[row[0], *row[2:]] for row in rows] == expected


def test_page_needs_nothing_else(report: dict[str, Any]) -> None:
    page = as_page(report)
    tables = Tables(page)
    assert not tables.tags & {"script", "img", "link", "iframe", "object", "form", "input"}
    assert not {name for name in tables.attributes if name.startswith("on") or name in ("src", "srcset")}
    assert not re.search(r"url\(|@import|https?://", page)
    assert page.count("<svg") == page.count("role=img") == page.count("<figcaption")


def hostile(root: Path) -> Course:
    """A class of people who are called and who write what a page must not obey."""
    root.mkdir()
    with prepared(root, ["1-a"]) as gradebook:
        entry: Entry = (0.5, "partial", ["</script><b>slug</b>"], CODE)
        wrong = {"gate": dict.fromkeys(range(len(IDS)), entry)}
        folders = [f"student-{number:03}" for number in range(len(IDS))]
        notebooks = {student: graded("1-a", number, wrong) for number, student in enumerate(folders)}
        points = {name: {"gate-test": 0.5, "loop-test": 3.0, "both-test": 4.0, "why": 1.0} for name in folders}
        put(root, "1-a", notebooks, points, gradebook)
    return Course(root)


def test_hostile_names_and_code_are_text(tmp_path: Path) -> None:
    graded_class = read_class(hostile(tmp_path / "course"), "1-a")
    for exercise in graded_class.exercises:
        exercise.answers = dict(zip(IDS, exercise.answers.values(), strict=True))
    graded_class.students, graded_class.absent = IDS, ["<i>nobody</i>"]
    for names in (False, True):
        report = class_report([graded_class], names=names)
        page = as_page(report)
        tables = Tables(page)
        assert not tables.tags & {"script", "img", "i"} and "onerror" not in tables.attributes
        assert ("&lt;script&gt;alert(1)" in page) is names and ("{{ 7*7 }}" in page) is names
        for text in (page, as_csv(report), as_json(report)):
            assert SECRET not in text and SECRET.lower() not in text
            assert names or not any(student in text for student in IDS)
